"""Inclusion probabilities proportional to size, units taken with certainty found iteratively."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from attitudes.errors import DesignError
from attitudes.numerics.design import FloatArray, IntArray

__all__ = [
    "CERTAIN",
    "expected_selections",
    "inclusion_probabilities",
    "stratified_probabilities",
]

#: Probabilities nearer to 1 than this are certainty, nearer to 0 exclusion.
CERTAIN = 1e-10


def inclusion_probabilities(sizes: ArrayLike, n: int) -> FloatArray:
    """Return inclusion probabilities proportional to size that sum to ``n`` and never exceed 1.

    Parameters
    ----------
    sizes
        Measure of size of each unit of the population, length N, finite, not negative.
    n
        Units to draw, at most the number of units of positive size.

    Returns
    -------
    FloatArray
        Length N; exactly 1 for units taken with certainty, 0 for units of size 0. The exactly
        rounded sum (``math.fsum``) is n.

    Raises
    ------
    DesignError
        Sizes missing or negative; fewer units of positive size than ``n``.

    Notes
    -----
    πₖ = n′·xₖ/Σx over the units not yet certain; a unit whose πₖ reaches 1 is certain, and the
    remaining n′ = n − (certain units) are spread over the rest, until no unit reaches 1.

    References
    ----------
    Särndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, 3.6.

    Examples
    --------
    >>> inclusion_probabilities([10, 2, 2, 2], 2).tolist()
    [1.0, 0.3333333333333333, 0.3333333333333333, 0.3333333333333333]
    """
    x = np.asarray(sizes, dtype=np.float64)
    _check(x, n)
    certain = np.zeros(len(x), dtype=bool)
    if n == 0:
        return np.zeros(len(x))
    left, total = n, float(x.sum())
    while left:
        reached = x >= total / left * (1 - CERTAIN)
        reached &= ~certain
        if not reached.any():
            break
        certain |= reached
        left = n - int(certain.sum())
        if left <= 0:
            break
        total = float(x[~certain].sum())
    probabilities: FloatArray = x * (left / total) if left > 0 else np.zeros(len(x))
    probabilities[certain] = 1.0
    return _exact_sum(probabilities, n)


def expected_selections(sizes: ArrayLike, n: int) -> FloatArray:
    """Return numbers of selections proportional to size that sum to ``n``, above 1 as they fall.

    Parameters
    ----------
    sizes
        Measure of size of each unit, length N, finite, not negative, not all zero.
    n
        Selections, 0 or more.

    Returns
    -------
    FloatArray
        Length N, n·xₖ/Σx; the exactly rounded sum (``math.fsum``) is n.

    Raises
    ------
    DesignError
        Sizes missing, negative or all zero; a negative ``n``.

    Examples
    --------
    >>> expected_selections([6, 1, 1], 4).tolist()
    [3.0, 0.5, 0.5]
    """
    x = np.asarray(sizes, dtype=np.float64)
    _check_sizes(x)
    if n < 0 or not x.sum() > 0:
        found = f"{n} selections from sizes that sum to {x.sum():g}"
        raise DesignError("expected selections", found, "0 or more, from a positive sum")
    return _exact_sum(x * (n / x.sum()), n, np.inf)


def stratified_probabilities(strata: ArrayLike, sizes: ArrayLike, n: ArrayLike) -> FloatArray:
    """Return inclusion probabilities within strata.

    Parameters
    ----------
    strata
        Codes 0 … H−1, length N.
    sizes
        Measure of size, length N; ones for equal probabilities.
    n
        Units to draw in each stratum, length H.

    Returns
    -------
    FloatArray
        Length N.

    Examples
    --------
    >>> stratified_probabilities([0, 0, 1, 1, 1], [1, 1, 1, 1, 1], [1, 2]).round(3).tolist()
    [0.5, 0.5, 0.667, 0.667, 0.667]
    """
    codes: IntArray = np.asarray(strata, dtype=np.int64)
    x = np.asarray(sizes, dtype=np.float64)
    counts = np.asarray(n, dtype=np.int64)
    order = np.argsort(codes, kind="stable")
    edges = np.searchsorted(codes[order], np.arange(len(counts) + 1))
    out = np.zeros(len(x))
    for h, count in enumerate(counts):
        rows = order[edges[h] : edges[h + 1]]
        out[rows] = inclusion_probabilities(x[rows], int(count))
    return out


def _check_sizes(x: FloatArray) -> None:
    if x.ndim != 1 or not np.isfinite(x).all() or (x < 0).any():
        raise DesignError(
            "inclusion probabilities, sizes",
            f"{int((~np.isfinite(x) | (x < 0)).sum())} sizes missing or negative",
            "finite numbers of 0 or more",
        )


def _check(x: FloatArray, n: int) -> None:
    _check_sizes(x)
    positive = int((x > 0).sum())
    if n < 0 or n > positive:
        raise DesignError(
            "inclusion probabilities, n", str(n), f"0 to {positive}, the units of positive size"
        )


def _exact_sum(probabilities: FloatArray, n: int, below: float = 1.0) -> FloatArray:
    """Move the last rounding error of the sum onto the largest probability under ``below``."""
    k = int(np.argmax(np.where(probabilities < below, probabilities, -1.0)))
    if not 0 < probabilities[k] < below:
        return probabilities
    for _ in range(4):
        whole, rest = _accurate_sum(probabilities)
        if whole + rest == n:
            break
        probabilities[k] += (n - whole) - rest
    return probabilities


def _accurate_sum(values: FloatArray) -> tuple[float, float]:
    """Return a sum and its rounding error: Knuth's two-sum, halving the array."""
    x, error = values, 0.0
    while len(x) > 1:
        tail = float(x[-1]) if len(x) % 2 else 0.0
        a, b = x[: len(x) // 2], x[len(x) // 2 : 2 * (len(x) // 2)]
        total = a + b
        virtual = total - a
        error += float(((a - (total - virtual)) + (b - virtual)).sum())
        x = np.append(total, tail) if tail else total
    return (float(x[0]) if len(x) else 0.0), error
