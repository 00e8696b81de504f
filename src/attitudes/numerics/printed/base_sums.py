"""Whole-number bases and sums whose quotients lie in given intervals and have given totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint
from scipy.sparse import coo_array, csr_array

from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.printed.integer_programme import integer_programme

__all__ = ["BaseSums", "QuotientBounds", "attainable_sums", "choose_base_sums"]


@dataclass(frozen=True, slots=True)
class QuotientBounds:
    """What is known of one quotient of a sum of whole answers and their number.

    Attributes
    ----------
    lower, upper
        Ends between which it must lie; the upper one is left out.
    least, greatest
        Smallest and largest answer.
    largest
        Largest base possible.
    wanted
        Base wished for.
    """

    lower: float
    upper: float
    least: float
    greatest: float
    largest: int
    wanted: int


@dataclass(frozen=True, slots=True)
class BaseSums:
    """Bases and sums.

    Attributes
    ----------
    bases, sums
        Answers counted and their sum, one a quotient.
    """

    bases: IntArray
    sums: IntArray


def attainable_sums(
    base: int, lower: float, upper: float, least: float, greatest: float
) -> IntArray:
    """Return the whole sums of ``base`` answers whose mean prints: lower ≤ mean < upper.

    Examples
    --------
    >>> attainable_sums(39, 2.975, 2.985, 1, 5), attainable_sums(41, 2.975, 2.985, 1, 5)
    (array([], dtype=int64), array([122]))
    >>> attainable_sums(40, 2.975, 2.985, 1, 5)
    array([119])
    """
    margin = 1e-9
    first = int(np.ceil(max(lower, least) * base - margin))
    last = int(np.floor(min(upper - margin, greatest) * base + margin * base / 2))
    return np.arange(first, last + 1, dtype=np.int64)


def choose_base_sums(
    quotients: Sequence[QuotientBounds],
    shares: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
    *,
    options: int = 60,
    node_limit: int = 2000,
) -> BaseSums | None:
    """Choose bases near the wanted ones, and sums, whose quotients have given totals.

    Parameters
    ----------
    quotients
        One a quotient, n of them.
    shares
        Weights of the quotients in each of m totals, m × n.
    lower, upper
        Ends of each total, length m.
    options
        Pairs of base and sum considered for a quotient.
    node_limit
        Nodes that the integer programme may branch on.

    Returns
    -------
    BaseSums or None
        None when no such pairs were found.

    Notes
    -----
    A 0/1 variable a pair; one pair a quotient; the totals are linear in the pairs' quotients. The
    distance of the bases from the wanted ones is minimised.
    """
    owner: list[int] = []
    bases: list[int] = []
    sums: list[int] = []
    for number, q in enumerate(quotients):
        found = 0
        for base in sorted(range(1, q.largest + 1), key=lambda b: (abs(b - q.wanted), b)):
            for total in attainable_sums(base, q.lower, q.upper, q.least, q.greatest).tolist():
                owner.append(number)
                bases.append(base)
                sums.append(total)
                found += 1
            if found >= options:
                break
        if not found:
            return None
    own, base_of, sum_of = np.array(owner), np.array(bases), np.array(sums)
    value = sum_of / base_of
    n, m = len(own), len(lower)
    one = csr_array(coo_array((np.ones(n), (own, np.arange(n))), shape=(len(quotients), n)))
    constraints = [LinearConstraint(one, 1, 1)]
    if m:
        constraints.append(LinearConstraint(csr_array(shares[:, own] * value), lower, upper))
    wanted = np.array([q.wanted for q in quotients])
    result = integer_programme(
        np.abs(base_of - wanted[own]).astype(np.float64),
        constraints=constraints,
        integrality=np.ones(n, dtype=np.int64),
        bounds=Bounds(0, 1),
        options={"node_limit": node_limit, "mip_rel_gap": 0.05},
    )
    if result.x is None:
        return None
    chosen = np.flatnonzero(result.x > 0.5)
    chosen = chosen[np.argsort(own[chosen])]
    return BaseSums(base_of[chosen], sum_of[chosen])
