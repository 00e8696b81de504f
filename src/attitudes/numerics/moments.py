"""Weighted means, covariances and correlations of items with missing answers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import rankdata

from attitudes.numerics.design import FloatArray, IntArray

__all__ = ["Moments", "correlation_errors", "pairwise_moments", "ranks", "scaled_covariance"]


_BLOCK = 8192
_STILL = 1e-12
"""A variance below this share of the second moment is rounding: the item does not vary."""


@dataclass(frozen=True, slots=True)
class Moments:
    """First and second moments of k items.

    Attributes
    ----------
    mean
        Weighted mean of each item over all who answered it, length k.
    covariance
        k × k, over the respondents who answered both items, with divisor Σw (n − 1)/n.
    correlation
        k × k; each pair's standard deviations are those of its own respondents.
    pair_means
        k × k: mean of item i among those who answered i and j.
    n
        Number of respondents with positive weight who answered both, k × k.
    weight
        Sum of their weights, k × k.
    """

    mean: FloatArray
    covariance: FloatArray
    correlation: FloatArray
    pair_means: FloatArray
    n: IntArray
    weight: FloatArray


def scaled_covariance(covariance: FloatArray) -> FloatArray:
    """Return the correlation matrix of a covariance matrix: D⁻½ C D⁻½.

    Examples
    --------
    >>> scaled_covariance(np.array([[4.0, 1.0], [1.0, 1.0]]))
    array([[1. , 0.5],
           [0.5, 1. ]])
    """
    deviation = np.sqrt(np.diag(covariance))
    out: FloatArray = covariance / np.outer(deviation, deviation)
    np.fill_diagonal(out, 1.0)
    return out


def ranks(values: FloatArray) -> FloatArray:
    """Return mid-ranks column by column, NaN where missing.

    Examples
    --------
    >>> ranks(np.array([[3.0], [1.0], [np.nan], [1.0]])).ravel()
    array([3. , 1.5, nan, 1.5])
    """
    out: FloatArray = rankdata(values, axis=0, nan_policy="omit")
    return out


def _complete(values: FloatArray, weights: FloatArray | None) -> Moments:
    n, k = values.shape
    if weights is None:
        mean, used, total = values.mean(axis=0), n, float(n)
    else:
        total = float(weights.sum())
        used = int((weights > 0).sum())
        mean = weights @ values / total
    cross = np.zeros((k, k))
    for start in range(0, n, _BLOCK):
        rows = slice(start, start + _BLOCK)
        centred = np.ascontiguousarray(values[rows]) - mean
        if weights is not None:
            centred *= np.sqrt(weights[rows])[:, None]
        cross += centred.T @ centred
    covariance = cross / (total * (used - 1) / used)
    shape = (k, k)
    return Moments(
        mean,
        covariance,
        scaled_covariance(covariance),
        np.repeat(mean[:, None], k, axis=1),
        np.full(shape, used, dtype=np.int64),
        np.full(shape, total),
    )


def pairwise_moments(values: FloatArray, weights: FloatArray | None = None) -> Moments:
    """Return the moments of items, each pair over those who answered both.

    Parameters
    ----------
    values
        Answers, n × k, NaN where missing.
    weights
        Sampling weights, length n; default: all 1.

    Notes
    -----
    With weights 1 the covariances are R's ``cov(use = "pairwise")``; with weights they are those
    of the R package survey's ``svyvar``: divisor Σw (n − 1)/n. Every item must have at least two
    different answers, in every pair, where correlations are wanted (0/0 gives NaN).

    Examples
    --------
    >>> x = np.array([[1.0, 2.0], [2.0, 4.0], [4.0, np.nan]])
    >>> pairwise_moments(x).covariance
    array([[2.33333333, 1.        ],
           [1.        , 2.        ]])
    """
    present = np.isfinite(values)
    if weights is not None and len(weights) and np.ptp(weights) == 0 and weights[0] > 0:
        found = pairwise_moments(values)
        return replace(found, weight=found.weight * weights[0])
    with np.errstate(invalid="ignore", divide="ignore"):
        if present.all():
            return _complete(values, weights)
        w = np.ones(len(values)) if weights is None else weights
        mask = present.astype(np.float64)
        weighted = mask * w[:, None]
        mean = (w @ np.where(present, values, 0.0)) / weighted.sum(axis=0)
        centred = np.where(present, values - mean, 0.0)
        total = mask.T @ weighted
        sums = centred.T @ weighted
        squares = (centred**2).T @ weighted
        cross = centred.T @ (centred * w[:, None])
        counted = mask * (w > 0)[:, None]
        n = np.rint(counted.T @ counted)
        means = sums / total
        inflate = n / (n - 1.0)
        covariance = (cross / total - means * means.T) * inflate
        second = squares / total
        variance = np.where(second - means**2 > _STILL * second, second - means**2, 0.0) * inflate
        correlation = covariance / np.sqrt(variance * variance.T)
    np.fill_diagonal(correlation, 1.0)
    shifted = means + mean[:, None]
    return Moments(mean, covariance, correlation, shifted, n.astype(np.int64), total)


def correlation_errors(values: FloatArray, weights: FloatArray | None = None) -> FloatArray:
    """Return standard errors of pairwise Pearson correlations, k × k, free of normality.

    Parameters
    ----------
    values
        Answers, n × k, NaN where missing.
    weights
        Sampling weights, length n; default: all 1. Respondents are taken as independent.

    Notes
    -----
    From the influence of a respondent, z_i z_j − ρ (z_i² + z_j²)/2, over those who answered both.

    Examples
    --------
    >>> x = np.random.default_rng(1).normal(size=(400, 2))
    >>> bool(abs(correlation_errors(x)[0, 1] - 1 / 20) < 0.01)
    True
    """
    moments = pairwise_moments(values, weights)
    present = np.isfinite(values)
    w = np.ones(len(values)) if weights is None else weights
    average = (w @ np.where(present, values, 0.0)) / (w @ present)
    z = np.where(present, values - average, 0.0)
    z /= np.sqrt((w @ z**2) / (w @ present))
    v = (w**2)[:, None]
    mask = present.astype(np.float64)
    squares = z**2
    rho = moments.correlation
    both = squares.T @ (squares * v)
    third = (squares * z).T @ (z * v)
    fourth = (squares**2).T @ (mask * v)
    total = both - rho * (third + third.T) + rho**2 / 4.0 * (fourth + fourth.T + 2.0 * both)
    return np.asarray(np.sqrt(np.maximum(total, 0.0)) / moments.weight)
