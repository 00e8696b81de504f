"""Coefficient alpha and its relatives from a covariance matrix, and their influence functions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import f as f_distribution

from attitudes.numerics.design import FloatArray
from attitudes.numerics.factors.efa import squared_multiple_correlations
from attitudes.numerics.moments import Moments, scaled_covariance

__all__ = [
    "AlphaCoefficients",
    "ItemStatistics",
    "alpha_coefficients",
    "alpha_gradient",
    "alpha_if_dropped",
    "covariance_influence",
    "feldt_interval",
    "item_statistics",
]


_BLOCK = 8192


@dataclass(frozen=True, slots=True)
class AlphaCoefficients:
    """Internal consistency of k items.

    Attributes
    ----------
    raw, standardised
        Alpha of the covariances and of the correlations.
    lambda6
        Guttman's λ₆, by squared multiple correlations.
    average_r, median_r, variance_r
        Mean, median and variance of the inter-item correlations.
    signal_to_noise
        k r̄ / (1 − r̄).
    normal_se
        Standard error of raw alpha for n = 1 normal respondents; divide by √n.
    """

    raw: float
    standardised: float
    lambda6: float
    average_r: float
    median_r: float
    variance_r: float
    signal_to_noise: float
    normal_se: float


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """How each item goes with the scale, each of length k.

    Attributes
    ----------
    r_total
        Correlation with the total of standardised items (psych's ``std.r``).
    r_corrected
        The same with squared multiple correlations on the diagonal (``r.cor``).
    r_rest
        Correlation with the sum of the other items (``r.drop``).
    """

    r_total: FloatArray
    r_corrected: FloatArray
    r_rest: FloatArray


def _raw_alpha(trace: float, total: float, k: int) -> float:
    return k / (k - 1) * (1.0 - trace / total)


def alpha_coefficients(
    covariance: FloatArray, *, smc: FloatArray | None = None
) -> AlphaCoefficients:
    """Return alpha and its relatives.

    Parameters
    ----------
    covariance
        k × k with k ≥ 2, positive variances.
    smc
        Squared multiple correlations, when they are known already.

    References
    ----------
    Cronbach, L. J. (1951). Coefficient alpha and the internal structure of tests. *Psychometrika*
    16, 297–334. Duhachek, A. and Iacobucci, D. (2004). Alpha's standard error. *Journal of
    Applied Psychology* 89, 792–808.

    Examples
    --------
    >>> c = np.array([[1.0, 0.5, 0.5], [0.5, 1.0, 0.5], [0.5, 0.5, 1.0]])
    >>> round(alpha_coefficients(c).raw, 4)
    0.75
    """
    k = len(covariance)
    correlation = scaled_covariance(covariance)
    trace, total = float(np.trace(covariance)), float(covariance.sum())
    whole = float(correlation.sum())
    off = correlation[np.triu_indices(k, 1)]
    average = float(off.mean())
    if smc is None:
        smc = squared_multiple_correlations(correlation)
    square = covariance @ covariance
    q = (2.0 * k**2 / ((k - 1) ** 2 * total**3)) * (
        total * (float(np.trace(square)) + trace**2) - 2.0 * trace * float(square.sum())
    )
    return AlphaCoefficients(
        _raw_alpha(trace, total, k),
        _raw_alpha(float(k), whole, k),
        1.0 - (k - float(smc.sum())) / whole,
        average,
        float(np.median(off)),
        float(off.var(ddof=1)) if len(off) > 1 else float("nan"),
        k * average / (1.0 - average) if average < 1.0 else float("inf"),
        float(np.sqrt(max(q, 0.0))),
    )


def alpha_if_dropped(covariance: FloatArray) -> tuple[AlphaCoefficients, ...]:
    """Return the coefficients of the other items, once for each item left out; k ≥ 3."""
    k = len(covariance)
    keep = ~np.eye(k, dtype=bool)
    known = _smc_if_dropped(scaled_covariance(covariance))
    return tuple(
        alpha_coefficients(
            covariance[np.ix_(row, row)], smc=None if known is None else known[i, row]
        )
        for i, row in enumerate(keep)
    )


def _smc_if_dropped(correlation: FloatArray) -> FloatArray | None:
    """Row i: squared multiple correlations without item i, by a downdate of the inverse."""
    if np.linalg.eigvalsh(correlation)[0] < 1e-6:
        return None
    inverse = np.linalg.inv(correlation)
    own = np.diag(inverse)
    with np.errstate(divide="ignore"):
        return np.asarray(1.0 - 1.0 / (own[None, :] - inverse**2 / own[:, None]))


def item_statistics(covariance: FloatArray) -> ItemStatistics:
    """Return item-total correlations of three kinds.

    Examples
    --------
    >>> item_statistics(np.array([[1.0, 0.5], [0.5, 1.0]])).r_rest
    array([0.5, 0.5])
    """
    correlation = scaled_covariance(covariance)
    reduced = correlation.copy()
    np.fill_diagonal(reduced, squared_multiple_correlations(correlation))
    variance = np.diag(covariance)
    column = covariance.sum(axis=0)
    rest = covariance.sum() - 2.0 * column + variance
    return ItemStatistics(
        correlation.sum(axis=0) / np.sqrt(correlation.sum()),
        np.asarray(reduced.sum(axis=0) / np.sqrt(max(float(reduced.sum()), 1e-300))),
        np.asarray((column - variance) / np.sqrt(variance * rest)),
    )


def alpha_gradient(covariance: FloatArray, *, standardised: bool = False) -> FloatArray:
    """Return dα/dC as a symmetric matrix G, so that dα = Σ_ij G_ij dC_ij.

    Examples
    --------
    >>> alpha_gradient(np.array([[1.0, 0.5], [0.5, 1.0]])).round(4)
    array([[-0.2222,  0.4444],
           [ 0.4444, -0.2222]])
    """
    k = len(covariance)
    factor = k / (k - 1)
    if not standardised:
        trace, total = float(np.trace(covariance)), float(covariance.sum())
        gradient = np.full((k, k), factor * trace / total**2)
        gradient[np.diag_indices(k)] -= factor / total
        return gradient
    deviation = np.sqrt(np.diag(covariance))
    correlation = scaled_covariance(covariance)
    slope = factor * k / float(correlation.sum()) ** 2
    gradient = slope / np.outer(deviation, deviation)
    shrink = slope * (correlation.sum(axis=0) - 1.0) / deviation**2
    gradient[np.diag_indices(k)] = -shrink
    return np.asarray(gradient)


def covariance_influence(values: FloatArray, moments: Moments, gradient: FloatArray) -> FloatArray:
    """Return each respondent's influence on a function of the covariance matrix, length n.

    Parameters
    ----------
    values
        Answers, n × k, NaN where missing.
    moments
        Their (weighted) moments.
    gradient
        dθ/dC, symmetric, k × k.

    Returns
    -------
    FloatArray
        u, to be multiplied by the weight: θ̂ − θ ≈ Σ w u. Each element of C rests on those who
        answered both items.
    """
    present = np.isfinite(values)
    scaled = gradient / moments.weight
    if present.all():
        return _complete_influence(values, moments, scaled)
    mask = present.astype(np.float64)
    centred = np.where(present, values - moments.mean, 0.0)
    shift = moments.pair_means - moments.mean[:, None]
    cross = ((centred @ scaled) * centred).sum(axis=1)
    linear = (centred * (mask @ (scaled * shift))).sum(axis=1)
    level = ((mask @ (scaled * (shift * shift.T - moments.covariance))) * mask).sum(axis=1)
    return np.asarray(cross - 2.0 * linear + level)


def _complete_influence(values: FloatArray, moments: Moments, scaled: FloatArray) -> FloatArray:
    constant = float((scaled * moments.covariance).sum())
    shared = float(scaled[0, 1])
    own = np.diag(scaled) - shared
    short = _is_alpha_like(scaled)
    out = np.empty(len(values))
    for start in range(0, len(values), _BLOCK):
        rows = slice(start, start + _BLOCK)
        centred = np.ascontiguousarray(values[rows]) - moments.mean
        if short:
            out[rows] = shared * centred.sum(axis=1) ** 2 + centred**2 @ own - constant
        else:
            out[rows] = ((centred @ scaled) * centred).sum(axis=1) - constant
    return out


def _is_alpha_like(scaled: FloatArray) -> bool:
    off = scaled[~np.eye(len(scaled), dtype=bool)]
    return bool(np.ptp(off) <= 1e-12 * np.abs(off).max())


def feldt_interval(alpha: float, n: int, k: int, level: float = 0.95) -> tuple[float, float]:
    """Return Feldt's interval of alpha for n independent respondents and k items.

    References
    ----------
    Feldt, L. S., Woodruff, D. J. and Salih, F. A. (1987). Statistical inference for coefficient
    alpha. *Applied Psychological Measurement* 11, 93–103.

    Examples
    --------
    >>> low, high = feldt_interval(0.703018446057304, 2800, 5)
    >>> round(low, 6), round(high, 6)
    (0.685264, 0.720063)
    """
    tail = (1.0 - level) / 2.0
    df = (n - 1, (n - 1) * (k - 1))
    low = 1.0 - (1.0 - alpha) * f_distribution.ppf(1.0 - tail, *df)
    high = 1.0 - (1.0 - alpha) * f_distribution.ppf(tail, *df)
    return float(low), float(high)
