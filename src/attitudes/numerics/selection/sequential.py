"""Designs that decide units in sequence: ordered pivotal and Chromy's."""

from __future__ import annotations

import numpy as np

from attitudes.errors import DesignError
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.selection.result import Selection, split, whole_size

__all__ = ["chromy", "pivotal"]

_DONE = 1e-9


def pivotal(
    probabilities: FloatArray, rng: np.random.Generator, *, randomised: bool = True
) -> Selection:
    """Draw by the pivotal method: two units contest until one is decided.

    Parameters
    ----------
    probabilities
        Inclusion probabilities, length N, with a whole sum.
    randomised
        Whether the order of the contests is random; in the given order the sample is spread
        over it.

    References
    ----------
    Deville and Tillé (1998), Biometrika 85.

    Examples
    --------
    >>> pivotal(np.full(8, 0.25), np.random.default_rng(3)).n
    2
    """
    parts = split(probabilities)
    whole_size(parts.probabilities)
    size = len(parts.open)
    order = rng.permutation(size) if randomised else np.arange(size)
    chances = parts.probabilities[order].tolist()
    decided = np.zeros(size, dtype=bool)
    if size:
        draws = rng.random(size).tolist()
        holder, held = 0, chances[0]
        for k in range(1, size):
            holder, held, winner = _contest(holder, held, k, chances[k], draws[k])
            if winner >= 0:
                decided[winner] = True
        if draws[0] < held:
            decided[holder] = True
    name = "pivotal_random" if randomised else "pivotal"
    return Selection(parts.join(order[decided]), probabilities, name)


def _contest(i: int, a: float, j: int, b: float, u: float) -> tuple[int, float, int]:
    """Return who goes on with which probability, and who is selected (−1: nobody)."""
    both = a + b
    if both < 1:
        return (i, both, -1) if u * both < a else (j, both, -1)
    rest = both - 1
    if rest > 1 - _DONE:
        return i, a, j
    if u * (1 - rest) < 1 - b:
        return j, rest, i
    return i, rest, j


def chromy(expected: FloatArray, rng: np.random.Generator) -> Selection:
    """Draw by Chromy's sequential design with minimal replacement, on a ring.

    Parameters
    ----------
    expected
        Expected number of selections n·xₖ/Σx of each unit, length N, with a whole sum. Units
        above 1 are selected ⌊·⌋ or ⌈·⌉ times.

    Notes
    -----
    The first unit is drawn with probability proportional to size and the order goes round from
    it. With I and F the whole and fractional parts of the cumulated expectation, the number of
    selections up to unit k is Iₖ or Iₖ + 1, the latter with probability Fₖ.

    References
    ----------
    Chromy (1979), Sequential sample selection methods, Proceedings of the Survey Research
    Methods Section, ASA; Chauvet (2020), Computational Statistics & Data Analysis 146.
    """
    e = np.asarray(expected, dtype=np.float64)
    if not np.isfinite(e).all() or (e < 0).any():
        raise DesignError("chromy, expected", "missing or negative numbers", "0 or more")
    n = whole_size(e)
    first = int(np.searchsorted(np.cumsum(e), rng.random() * e.sum(), side="right"))
    order = np.roll(np.arange(len(e)), -min(first, len(e) - 1))
    hits = _chromy_hits(e[order], n, rng)
    units = np.sort(np.repeat(order, hits))
    return Selection(units, e, "chromy", replacement=bool((e > 1 + _DONE).any()))


def _chromy_hits(e: FloatArray, n: int, rng: np.random.Generator) -> IntArray:
    cumulated = np.cumsum(e)
    cumulated[-1] = n
    near = np.abs(cumulated - np.rint(cumulated)) < _DONE
    cumulated[near] = np.rint(cumulated[near])
    whole = np.floor(cumulated)
    fraction = (cumulated - whole).tolist()
    draws = rng.random(len(e)).tolist()
    extra, before = np.zeros(len(e), dtype=np.int64), 0.0
    above = False
    for k, (now, u) in enumerate(zip(fraction, draws, strict=True)):
        if now > before:
            above = above or u * (1 - before) < now - before
        else:
            above = above and u * before < now
        extra[k] = above
        before = now
    reached = whole.astype(np.int64) + extra
    hits: IntArray = np.diff(reached, prepend=0)
    return hits
