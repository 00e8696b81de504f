"""Simple, systematic and with-replacement selection."""

from __future__ import annotations

import numpy as np

from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.selection.result import Selection, split, whole_size

__all__ = ["pps_replacement", "pps_systematic", "simple", "systematic_positions"]


def simple(size: int, n: int, rng: np.random.Generator) -> Selection:
    """Draw ``n`` of ``size`` units, every set of n equally likely.

    Examples
    --------
    >>> simple(10, 3, np.random.default_rng(1)).n
    3
    """
    units = np.sort(rng.choice(size, size=n, replace=False, shuffle=False))
    return Selection(units.astype(np.int64), np.full(size, n / size), "srs")


def systematic_positions(probabilities: FloatArray, start: float) -> IntArray:
    """Return the units whose cumulated probabilities pass start, start + 1, start + 2, …

    Parameters
    ----------
    probabilities
        Length N, each at most 1.
    start
        In [0, 1).

    Examples
    --------
    >>> systematic_positions(np.array([0.25, 0.5, 0.75, 0.5]), 0.3).tolist()
    [1, 2]
    """
    cumulated = np.cumsum(probabilities)
    n = round(float(cumulated[-1])) if len(cumulated) else 0
    whole = len(cumulated) and abs(cumulated[-1] - n) < 1e-6
    if whole:
        cumulated[-1] = n
    count = n if whole else max(int(np.ceil(cumulated[-1] - start)), 0) if len(cumulated) else 0
    return np.searchsorted(cumulated, start + np.arange(count), side="right").astype(np.int64)


def pps_systematic(
    probabilities: FloatArray, rng: np.random.Generator, *, randomised: bool = False
) -> Selection:
    """Draw systematically, in the given order or in a random one.

    Parameters
    ----------
    probabilities
        Inclusion probabilities, length N, with a whole sum.
    randomised
        Whether the order is shuffled first (Hartley and Rao); in the given order the design
        spreads the sample over it (implicit stratification), and pairs near each other have a
        joint probability of zero.

    References
    ----------
    Madow (1949), Annals of Mathematical Statistics 20; Hartley and Rao (1962), ibid. 33.
    """
    parts = split(probabilities)
    whole_size(parts.probabilities)
    start = float(rng.random())
    if randomised:
        order = rng.permutation(len(parts.open))
        drawn = order[systematic_positions(parts.probabilities[order], start)]
    else:
        drawn = systematic_positions(parts.probabilities, start)
    name = "pps_systematic_random" if randomised else "pps_systematic"
    return Selection(parts.join(drawn), probabilities, name)


def pps_replacement(expected: FloatArray, rng: np.random.Generator) -> Selection:
    """Draw n times independently, each with probability proportional to size.

    Parameters
    ----------
    expected
        Expected number of selections n·xₖ/Σx of each unit, length N; their sum n is whole.
    rng
        Source of randomness.

    Examples
    --------
    >>> pps_replacement(np.array([3.0, 1.0]), np.random.default_rng(2)).n
    4
    """
    n = whole_size(expected)
    cumulated = np.cumsum(expected)
    last = int(np.max(np.flatnonzero(expected), initial=0))
    units = np.minimum(np.searchsorted(cumulated, n * rng.random(n), side="right"), last)
    return Selection(np.sort(units).astype(np.int64), expected, "pps_replacement", replacement=True)
