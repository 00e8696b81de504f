"""Whether linear conditions can all hold, and which of them contradict each other.

The solver (HiGHS, by scipy) only proposes. That conditions contradict each other is believed
when its multipliers, turned into exact fractions, prove it; that they can hold together when the
solver's point keeps every strict row with room to spare, or, on the edge, when the point made
exact satisfies every row.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from attitudes.errors import EstimationError
from attitudes.numerics.printed.certificates import Certificate, LinearSystem, rationalise

__all__ = [
    "Bounds",
    "Feasibility",
    "MinimalSets",
    "bounds",
    "feasible",
    "integer_point",
    "minimal_removals",
    "minimal_sets",
    "shrink",
]

Status = Literal["feasible", "impossible", "undecided"]
_ROOM = 1e-9


@dataclass(frozen=True, slots=True)
class Feasibility:
    """Answer of :func:`feasible`.

    Attributes
    ----------
    status
        ``feasible``, ``impossible`` (with a verified certificate) or ``undecided``.
    point
        Values of the unknowns, when feasible.
    certificate
        The proof, when impossible.
    """

    status: Status
    point: NDArray[np.float64] | None = None
    certificate: Certificate | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """Smallest and largest value of a linear function of the unknowns."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class MinimalSets:
    """Minimal contradicting sets.

    Attributes
    ----------
    sets
        Each a set of members that cannot all hold, while any of its proper subsets can.
    removals
        Each a smallest-by-inclusion set of members whose removal leaves no contradiction.
    complete
        Whether the budget sufficed to find them all.
    """

    sets: tuple[frozenset[int], ...]
    removals: tuple[frozenset[int], ...]
    complete: bool


def _matrices(
    system: LinearSystem,
) -> tuple[sparse.csr_matrix, NDArray[np.float64], NDArray[np.float64]]:
    """Return rows scaled to largest coefficient 1, their right sides, and the scales."""
    data: list[float] = []
    indices: list[int] = []
    starts = [0]
    scales = np.ones(len(system.rows))
    rhs = np.empty(len(system.rows))
    for i, row in enumerate(system.rows):
        scale = max((abs(float(a)) for a in row.coefficients.values()), default=1.0) or 1.0
        scales[i] = scale
        rhs[i] = float(row.rhs) / scale
        indices.extend(row.coefficients)
        data.extend(float(a) / scale for a in row.coefficients.values())
        starts.append(len(indices))
    shape = (len(system.rows), system.n_unknowns)
    return sparse.csr_matrix((data, indices, starts), shape=shape), rhs, scales


def _programme(
    matrix: sparse.csr_matrix,
    rhs: NDArray[np.float64],
    slack: NDArray[np.float64],
    direction: float,
    upper: float | None,
) -> optimize.OptimizeResult:
    """Minimise ``direction`` × s subject to A x + slack·s ≤ b, x ≥ 0, 0 ≤ s ≤ upper."""
    wide: Any = sparse.hstack([matrix, sparse.csr_matrix(slack[:, None])], format="csr")
    cost = np.zeros(wide.shape[1])
    cost[-1] = direction
    limits = [(0.0, None)] * matrix.shape[1] + [(0.0, upper)]
    return optimize.linprog(cost, A_ub=wide, b_ub=rhs, bounds=limits, method="highs")


def feasible(system: LinearSystem) -> Feasibility:
    """Decide whether the rows of a system can all hold.

    Parameters
    ----------
    system
        Rows over non-negative unknowns.

    Returns
    -------
    Feasibility
        ``impossible`` only with a certificate that was verified in exact fractions.

    Examples
    --------
    >>> from attitudes.numerics.printed.certificates import Row
    >>> rows = (Row({0: Fraction(1)}, Fraction(2), strict=True),
    ...         Row({0: Fraction(-1)}, Fraction(-2)))
    >>> feasible(LinearSystem(1, rows)).status
    'impossible'
    """
    if not system.rows:
        return Feasibility("feasible", np.zeros(system.n_unknowns))
    matrix, rhs, scales = _matrices(system)
    everywhere = -np.ones(len(system.rows))
    relaxed = _programme(matrix, rhs, everywhere, 1.0, None)
    if relaxed.status != 0:
        return Feasibility("undecided")
    if relaxed.fun > _ROOM:
        proof = rationalise(system.rows, _multipliers(relaxed, scales))
        if proof is not None:
            return Feasibility("impossible", certificate=proof)
    strict = np.array([1.0 if r.strict else 0.0 for r in system.rows])
    if not strict.any():
        return Feasibility("feasible", relaxed.x[:-1]) if relaxed.fun <= _ROOM else _unknown()
    inner = _programme(matrix, rhs, strict, -1.0, 1.0)
    if inner.status != 0:
        return _unknown()
    if -inner.fun > _ROOM:
        return Feasibility("feasible", inner.x[:-1])
    proof = rationalise(system.rows, _multipliers(inner, scales))
    if proof is not None:
        return Feasibility("impossible", certificate=proof)
    return _unknown()


def _unknown() -> Feasibility:
    return Feasibility("undecided")


def _multipliers(result: optimize.OptimizeResult, scales: NDArray[np.float64]) -> list[float]:
    multipliers = np.maximum(-np.asarray(result.ineqlin.marginals), 0.0) / scales
    return [float(y) for y in multipliers]


def bounds(system: LinearSystem, weights: NDArray[np.float64]) -> Bounds:
    """Return the least and the greatest value of Σ weights·x that the rows leave open.

    Parameters
    ----------
    system
        Rows over non-negative unknowns; strict rows count as closed.
    weights
        One coefficient an unknown.

    Raises
    ------
    EstimationError
        When the rows contradict each other or leave the function without bound.

    Notes
    -----
    With shares of a group as unknowns this says how far printed figures pin down the answers of
    that group: what an attacker learns from a publication.

    Examples
    --------
    >>> from attitudes.numerics.printed.certificates import Row
    >>> rows = (Row({0: Fraction(1), 1: Fraction(1)}, Fraction(1)),)
    >>> bounds(LinearSystem(2, rows), np.array([1.0, 0.0]))
    Bounds(low=0.0, high=1.0)
    """
    matrix, rhs, _ = _matrices(system)
    ends = []
    rows: Any = matrix
    for sign in (1.0, -1.0):
        result = optimize.linprog(sign * weights, A_ub=rows, b_ub=rhs, method="highs")
        if result.status != 0:
            raise EstimationError("bounds", result.message.strip(), "rows that leave it bounded")
        ends.append(sign * float(result.fun or 0.0) + 0.0)
    return Bounds(ends[0], ends[1])


def integer_point(system: LinearSystem, *, seconds: float = 5.0) -> Feasibility:
    """Look for whole numbers that satisfy every row.

    Notes
    -----
    A point is rounded and checked in exact integers. That there is none is never concluded here:
    a solver's word on integers carries no certificate, so the answer is then ``undecided``.
    """
    matrix, rhs, _ = _matrices(system)
    strict = np.array([1e-7 if r.strict else 0.0 for r in system.rows])
    result = optimize.milp(
        np.zeros(system.n_unknowns),
        constraints=optimize.LinearConstraint(matrix, ub=rhs - strict),
        integrality=np.ones(system.n_unknowns, dtype=np.int64),
        options={"time_limit": seconds},
    )
    if result.x is None:
        return _unknown()
    point = [round(float(v)) for v in result.x]
    for row in system.rows:
        total = sum((a * point[j] for j, a in row.coefficients.items()), Fraction(0))
        if total > row.rhs or (row.strict and total == row.rhs):
            return _unknown()
    return Feasibility("feasible", np.array(point, dtype=float))


def shrink(members: Iterable[int], impossible: Callable[[frozenset[int]], bool]) -> frozenset[int]:
    """Reduce a contradicting set to a minimal one by the deletion filter.

    Parameters
    ----------
    members
        A set that contradicts itself.
    impossible
        Whether a set of members contradicts itself.

    References
    ----------
    Chinneck, J. W., Dravnieks, E. W. (1991). Locating minimal infeasible constraint sets in
    linear programs. ORSA Journal on Computing 3(2).

    Examples
    --------
    >>> sorted(shrink([1, 2, 3, 4], lambda s: {2, 4} <= s))
    [2, 4]
    """
    kept = frozenset(members)
    for member in sorted(kept):
        smaller = kept - {member}
        if impossible(smaller):
            kept = smaller
    return kept


def minimal_sets(
    members: Iterable[int],
    impossible: Callable[[frozenset[int]], bool],
    *,
    seconds: float = 10.0,
) -> MinimalSets:
    """Return all minimal contradicting sets of a few members, and the minimal removals.

    Notes
    -----
    Subsets are tried by size; what contains a contradicting set is never tried. When the whole
    is consistent one call settles it.

    Examples
    --------
    >>> found = minimal_sets(range(4), lambda s: {0, 1} <= s or {1, 2, 3} <= s)
    >>> [sorted(s) for s in found.sets], [sorted(s) for s in found.removals]
    ([[0, 1], [1, 2, 3]], [[1], [0, 2], [0, 3]])
    """
    everyone = frozenset(members)
    if not impossible(everyone):
        return MinimalSets((), (frozenset(),), True)
    end = time.monotonic() + seconds
    found: list[frozenset[int]] = []
    complete = True
    for size in range(1, len(everyone) + 1):
        for chosen in combinations(sorted(everyone), size):
            candidate = frozenset(chosen)
            if any(known <= candidate for known in found):
                continue
            if time.monotonic() > end:
                complete = False
                break
            if impossible(candidate):
                found.append(candidate)
        if not complete:
            break
    if not found:
        found = [shrink(everyone, impossible)]
    return MinimalSets(tuple(found), minimal_removals(found), complete)


def minimal_removals(sets: Iterable[frozenset[int]]) -> tuple[frozenset[int], ...]:
    """Return the minimal sets that meet every given set (Berge's multiplication).

    Examples
    --------
    >>> [sorted(s) for s in minimal_removals([frozenset({1, 2}), frozenset({2, 3})])]
    [[2], [1, 3]]
    """
    hitting: set[frozenset[int]] = {frozenset()}
    for members in sets:
        grown = {h if h & members else h | {m} for h in hitting for m in members}
        hitting = {h for h in grown if not any(other < h for other in grown)}
    return tuple(sorted(hitting, key=lambda h: (len(h), sorted(h))))
