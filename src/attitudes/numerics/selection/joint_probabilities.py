"""Second-order inclusion probabilities: exact where the design has a formula."""

from __future__ import annotations

import math

import numpy as np

from attitudes.errors import OptionError
from attitudes.numerics.design import FloatArray
from attitudes.numerics.selection.drawbydraw import elimination_steps
from attitudes.numerics.selection.inclusion import CERTAIN
from attitudes.numerics.selection.poisson import (
    conditional_inclusion,
    working_probabilities,
)
from attitudes.numerics.selection.result import split, whole_size

__all__ = ["EXACT_JOINT", "exact_joint", "zero_pairs"]

#: Methods whose joint probabilities `exact_joint` computes.
EXACT_JOINT = (
    "srs",
    "systematic",
    "pps_systematic",
    "poisson",
    "brewer",
    "max_entropy",
    "sampford",
    "tille",
    "pivotal",
    "chromy",
    "pps_replacement",
)
LARGEST_ENUMERATION = 20_000_000


def exact_joint(probabilities: FloatArray, method: str) -> FloatArray:
    """Return the joint inclusion probabilities of a design of the population.

    Parameters
    ----------
    probabilities
        First-order inclusion probabilities in the order of the draw, length N; for
        ``"pps_replacement"`` and ``"chromy"`` expected numbers of selections.
    method
        One of ``EXACT_JOINT``. Brewer's design is enumerated, in small populations only. For
        ``"pps_systematic_random"``, ``"pivotal_random"`` and ``"local_pivotal"`` no formula of
        less than exponential cost is known; Hartley–Rao or Overton approximate them.

    Returns
    -------
    FloatArray
        N × N, symmetric, the first-order probabilities on the diagonal. With replacement: the
        probabilities to be drawn at least once.

    Raises
    ------
    OptionError
        When the method has no formula, or the population is too large to enumerate.

    Notes
    -----
    Rows sum to n πₖ where the size is fixed. With replacement, πₖ = 1 − (1 − pₖ)ⁿ and
    πₖₗ = 1 − (1 − pₖ)ⁿ − (1 − pₗ)ⁿ + (1 − pₖ − pₗ)ⁿ.

    References
    ----------
    Tillé (2006), Sampling Algorithms; Chauvet (2012), Computational Statistics 27 (pivotal).

    Examples
    --------
    >>> exact_joint(np.full(4, 0.5), "srs").round(4)[0].tolist()
    [0.5, 0.1667, 0.1667, 0.1667]
    """
    if method not in EXACT_JOINT:
        raise OptionError(
            "joint probabilities, method",
            repr(method),
            ", ".join(EXACT_JOINT),
            "no formula is known for it: use an approximation, joint='hartley-rao' or 'overton' "
            "in SurveyDesign",
        )
    p = np.asarray(probabilities, dtype=np.float64)
    if method == "pps_replacement":
        return _replacement(p)
    if method == "chromy":
        joint = _chromy(p)
    else:
        joint = np.outer(p, p)
        parts = split(p)
        inner = _OPEN[method](parts.probabilities) if len(parts.open) else np.zeros((0, 0))
        joint[np.ix_(parts.open, parts.open)] = inner
    np.fill_diagonal(joint, p)
    return joint


def zero_pairs(joint: FloatArray) -> int:
    """Return the number of pairs of units that can be drawn, but never together."""
    live = np.diag(joint) > CERTAIN
    never = (joint <= 1e-12) & live[:, None] & live[None, :]
    return int(np.triu(never, 1).sum())


def _srs(p: FloatArray) -> FloatArray:
    n, size = whole_size(p), len(p)
    value = n * (n - 1) / (size * (size - 1)) if size > 1 else 0.0
    return np.full((size, size), value)


def _poisson(p: FloatArray) -> FloatArray:
    return np.outer(p, p)


def _systematic(p: FloatArray) -> FloatArray:
    """Measure of the starts in [0, 1) from which both units are drawn."""
    whole_size(p)
    edges = np.concatenate([[0.0], np.cumsum(p)])
    edges[-1] = np.rint(edges[-1])
    cuts = np.unique(np.concatenate([edges % 1.0, [0.0, 1.0]]))
    lengths = np.diff(cuts)
    middles = cuts[:-1] + lengths / 2
    drawn = np.floor(edges[1:, None] - middles) - np.floor(edges[:-1, None] - middles)
    joint: FloatArray = (drawn * lengths) @ drawn.T
    return joint


def _replacement(expected: FloatArray) -> FloatArray:
    n = whole_size(expected)
    if n == 0:
        return np.zeros((len(expected), len(expected)))
    p = expected / n
    missed = (1 - p) ** n
    neither = np.maximum(1 - p[:, None] - p[None, :], 0.0) ** n
    joint: FloatArray = 1 - missed[:, None] - missed[None, :] + neither
    np.fill_diagonal(joint, 1 - missed)
    return joint


def _brewer(p: FloatArray) -> FloatArray:
    """Follow every set of units that can stand drawn after each of the n draws."""
    n, size = whole_size(p), len(p)
    if math.comb(size, n) * size > LARGEST_ENUMERATION or size > 62:
        raise OptionError(
            "joint probabilities, method 'brewer'",
            f"{math.comb(size, n):.3g} samples of {n} of {size} units",
            f"populations small enough to enumerate, {LARGEST_ENUMERATION // size:,} samples",
            "use 'max_entropy' or 'sampford', or the approximation joint='brewer'",
        )
    bits = np.int64(1) << np.arange(size, dtype=np.int64)
    sets = np.zeros(1, dtype=np.int64)
    chances: FloatArray = np.ones(1)
    for i in range(n):
        drawn = (sets[:, None] & bits) != 0
        mass = n - drawn @ p
        left = mass[:, None]
        step = np.where(drawn, 0.0, p * (left - p) / (left - p * (n - i)))
        step *= (chances / step.sum(axis=1))[:, None]
        reached, place = np.unique((sets[:, None] | bits)[~drawn], return_inverse=True)
        sums = np.bincount(place.ravel(), weights=step[~drawn], minlength=len(reached))
        chances = sums.astype(np.float64)
        sets = reached
    inside = ((sets[:, None] & bits) != 0).astype(np.float64)
    joint: FloatArray = (inside * chances[:, None]).T @ inside
    return joint


def _max_entropy(p: FloatArray) -> FloatArray:
    n = whole_size(p)
    return _conditional_pairs(working_probabilities(p, n), p, n)


def _conditional_pairs(working: FloatArray, first: FloatArray, n: int) -> FloatArray:
    """Pairs of Poisson sampling given the size: π_k times the inclusion in what is left."""
    size = len(working)
    joint = np.zeros((size, size))
    for k in range(size):
        others = np.delete(np.arange(size), k)
        joint[k, others] = first[k] * conditional_inclusion(working[others], n - 1)
    pairs: FloatArray = (joint + joint.T) / 2
    return pairs


def _sampford(p: FloatArray) -> FloatArray:
    """Sum p(s) ∝ Πₛ λₖ · Σₛ (1 − πₖ) over the samples that hold both units.

    With P(m) the chance that m of the other units are drawn in Poisson sampling, and Q(m) the
    same with Σₛ (1 − πₖ) inside, πₖₗ ∝ πₖπₗ ((2 − πₖ − πₗ) P(n − 2) + Q(n − 2)); the constant is
    Q(n) of all units.
    """
    n, size = whole_size(p), len(p)
    joint = np.zeros((size, size))
    if n < 2:
        return joint
    whole = _weighted_counts(p, n)[1][-1, n]
    for k in range(size - 1):
        others = np.arange(k + 1, size)
        rest = np.delete(p, k)
        before, inner = _weighted_counts(rest, n - 2)
        after, outer = (table[::-1] for table in _weighted_counts(rest[::-1], n - 2))
        at = others - 1
        count = np.einsum("kz,kz->k", before[at], after[others, ::-1])
        within = np.einsum("kz,kz->k", inner[at], after[others, ::-1])
        within += np.einsum("kz,kz->k", before[at], outer[others, ::-1])
        pair = p[k] * p[others] * ((2 - p[k] - p[others]) * count + within) / whole
        joint[k, others] = joint[others, k] = pair
    return joint


def _weighted_counts(p: FloatArray, n: int) -> tuple[FloatArray, FloatArray]:
    """Return P(m of the units before k), and the same with Σ (1 − π) inside: (N + 1) × (n + 1)."""
    plain, inside = np.zeros((len(p) + 1, n + 1)), np.zeros((len(p) + 1, n + 1))
    plain[0, 0] = 1.0
    for k, chance in enumerate(p.tolist()):
        plain[k + 1] = (1 - chance) * plain[k]
        inside[k + 1] = (1 - chance) * inside[k]
        plain[k + 1, 1:] += chance * plain[k, :-1]
        inside[k + 1, 1:] += chance * (inside[k, :-1] + (1 - chance) * plain[k, :-1])
    return plain, inside


def _tille(p: FloatArray) -> FloatArray:
    joint = np.ones((len(p), len(p)))
    for drop in elimination_steps(p, whole_size(p)):
        joint *= np.maximum(1 - drop[:, None] - drop[None, :], 0.0)
    return joint


def _pivotal(p: FloatArray) -> FloatArray:
    """Pairs of the ordered design, by its chain of cumulated selections."""
    whole_size(p)
    pairs: FloatArray = _chain_pairs(p[None, :])[0]
    return pairs


def _chromy(expected: FloatArray) -> FloatArray:
    if (expected > 1 + CERTAIN).any():
        raise OptionError(
            "joint probabilities, method 'chromy'",
            f"{int((expected > 1 + CERTAIN).sum())} units expected more than once",
            "expected selections of at most 1",
            "take the large units with certainty first",
        )
    n = whole_size(expected)
    size = len(expected)
    turns = (np.arange(size)[:, None] + np.arange(size)[None, :]) % size
    joint = np.zeros((size, size))
    step = max(LARGEST_ENUMERATION // size**2, 1)
    for first in range(0, size, step):
        block = turns[first : first + step]
        for rows, pairs in zip(block, _chain_pairs(expected[block]), strict=True):
            joint[np.ix_(rows, rows)] += expected[rows[0]] / n * pairs
    return joint


def _chain_pairs(p: FloatArray) -> FloatArray:
    """Pairs of the sequential design for each row of orders, R × N → R × N × N.

    The state after unit k is low (⌊cumulated⌋ units drawn so far) or high (one more). No unit
    exceeds 1, so a unit at which ⌊cumulated⌋ steps up is drawn unless the state falls, and one at
    which it does not is drawn when the state rises.
    """
    cumulated = np.cumsum(p, axis=1)
    near = np.abs(cumulated - np.rint(cumulated)) < 1e-9
    cumulated = np.where(near, np.rint(cumulated), cumulated)
    whole = np.floor(cumulated)
    f = cumulated - whole
    f_before = np.hstack([np.zeros((len(p), 1)), f[:, :-1]])
    step = whole - np.hstack([np.zeros((len(p), 1)), whole[:, :-1]])
    up = f > f_before
    with np.errstate(divide="ignore", invalid="ignore"):
        from_low = np.where(up, (f - f_before) / (1 - f_before), 0.0)
        from_high = np.where(up, 1.0, np.where(f_before > 0, f / f_before, 0.0))
    size = p.shape[1]
    joint = np.zeros((len(p), size, size))
    for k in range(size - 1):
        crossing = step[:, k] == 1
        low = np.where(crossing, 1 - f_before[:, k], 0.0)
        high = np.where(
            crossing, f_before[:, k] * from_high[:, k], (1 - f_before[:, k]) * from_low[:, k]
        )
        for m in range(k + 1, size):
            drawn, low, high = _advance(low, high, step[:, m], from_low[:, m], from_high[:, m])
            joint[:, k, m] = joint[:, m, k] = drawn
    return joint


def _advance(
    low: FloatArray, high: FloatArray, step: FloatArray, from_low: FloatArray, from_high: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """One unit on: the mass with which it is drawn, and the new masses of both states."""
    rises, remains = low * from_low, high * from_high
    drawn = np.where(step == 1, low + remains, rises)
    return drawn, low - rises + high - remains, rises + remains


_OPEN = {
    "srs": _srs,
    "systematic": _systematic,
    "pps_systematic": _systematic,
    "poisson": _poisson,
    "brewer": _brewer,
    "max_entropy": _max_entropy,
    "sampford": _sampford,
    "tille": _tille,
    "pivotal": _pivotal,
}
