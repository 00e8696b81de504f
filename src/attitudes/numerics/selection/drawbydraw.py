"""Designs that draw, or drop, one unit at a time: Brewer's and Tillé's."""

from __future__ import annotations

import numpy as np

from attitudes.numerics.design import FloatArray
from attitudes.numerics.selection.inclusion import inclusion_probabilities
from attitudes.numerics.selection.result import Selection, split, whole_size

__all__ = ["brewer", "elimination_steps", "tille"]


def brewer(probabilities: FloatArray, rng: np.random.Generator) -> Selection:
    """Draw one unit after another by Brewer's method.

    Notes
    -----
    In step i of n, with a the probability mass drawn so far, a unit not drawn yet has chance
    proportional to π(n − a − π)/(n − a − π(n − i + 1)).

    References
    ----------
    Brewer (1975), Australian Journal of Statistics 17; Tillé (2006), Sampling Algorithms, 6.7.

    Examples
    --------
    >>> brewer(np.array([0.2, 0.4, 0.6, 0.8]), np.random.default_rng(4)).n
    2
    """
    parts = split(probabilities)
    n = whole_size(parts.probabilities)
    p = parts.probabilities.copy()
    drawn = np.empty(n, dtype=np.int64)
    live = np.ones(len(p), dtype=bool)
    mass = float(n)
    for i in range(n):
        chance = np.where(live, p * (mass - p) / (mass - p * (n - i)), 0.0)
        unit = _pick(chance, rng.random())
        drawn[i], live[unit] = unit, False
        mass -= p[unit]
    return Selection(parts.join(drawn), probabilities, "brewer")


def tille(probabilities: FloatArray, rng: np.random.Generator) -> Selection:
    """Drop one unit after another until n are left (Tillé's elimination procedure).

    References
    ----------
    Tillé (1996), Biometrika 83.

    Examples
    --------
    >>> tille(np.array([0.2, 0.4, 0.6, 0.8]), np.random.default_rng(4)).n
    2
    """
    parts = split(probabilities)
    n = whole_size(parts.probabilities)
    live = np.ones(len(parts.open), dtype=bool)
    for drop in elimination_steps(parts.probabilities, n):
        live[_pick(np.where(live, drop, 0.0), rng.random())] = False
    return Selection(parts.join(np.flatnonzero(live)), probabilities, "tille")


def elimination_steps(probabilities: FloatArray, n: int) -> list[FloatArray]:
    """Return the chance of being dropped in each step from N units down to n, each of length N.

    Notes
    -----
    From k to k − 1 units: 1 − π(k−1)/π(k), with π(k) the inclusion probabilities of size k.
    """
    now = np.ones(len(probabilities))
    steps = []
    for size in range(len(probabilities) - 1, n - 1, -1):
        smaller = inclusion_probabilities(probabilities, size) if size > n else probabilities
        steps.append(np.maximum(1 - smaller / now, 0.0))
        now = smaller
    return steps


def _pick(chance: FloatArray, u: float) -> int:
    """Return the position that a uniform number falls on; never one without chance."""
    cumulated = np.cumsum(chance)
    unit = int(np.searchsorted(cumulated, u * cumulated[-1], side="right"))
    return unit if unit < len(chance) else int(np.flatnonzero(chance)[-1])
