"""Variances, standard deviations and correlations from totals of moments."""

from __future__ import annotations

import numpy as np

from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.segments import group_sums
from attitudes.numerics.variance.psu_totals import LinearEstimates, VariableTotals

__all__ = ["linearize_correlation", "linearize_sd", "linearize_variance"]


def linearize_variance(totals: VariableTotals, domain: IntArray, size: int) -> LinearEstimates:
    """Return n/(n − 1) Σw(y − ȳ)²/Σw by domain, from Σwy and Σwy² around a constant.

    Notes
    -----
    n counts the respondents of positive weight in the domain, as R's survey does.
    Scores: n/(n − 1) [Σw(y − ȳ)² − s² Σw]/Σ₊w of the segment; ȳ adds nothing to first order.
    """
    weight = totals.weight
    divisor = _divisor(totals)
    moments = group_sums(totals.values, domain, size) / divisor
    mean, second = moments[:, :1], moments[:, 1:]
    members = totals.n if totals.members is None else totals.members
    factor = _finite_factor(members)
    plain = np.maximum(second - mean**2, 0.0)
    m, v = np.nan_to_num(mean)[domain], np.nan_to_num(plain)[domain]
    squares = totals.values[:, 1:] - 2 * m * totals.values[:, :1] + m**2 * weight
    scores = (squares - v * weight) * np.nan_to_num(factor / divisor)[domain]
    srs = totals.spread / divisor / np.maximum(totals.n - 1, 1) * factor**2
    return LinearEstimates(plain * factor, scores, srs)


def linearize_sd(totals: VariableTotals, domain: IntArray, size: int) -> LinearEstimates:
    """Return the square root of the variance; scores are those of the variance over 2s."""
    variance = linearize_variance(totals, domain, size)
    sd = np.sqrt(variance.estimate)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.where(sd > 0, 1 / (2 * sd), 0.0)
    return LinearEstimates(
        sd,
        variance.scores * np.nan_to_num(slope)[domain],
        variance.srs_variance * slope**2,
    )


def linearize_correlation(totals: VariableTotals, domain: IntArray, size: int) -> LinearEstimates:
    """Return Pearson's correlation by domain, from Σw of a, b, a², b², ab around constants.

    Notes
    -----
    With standardised z₁, z₂ the scores are Σw[z₁z₂ − r(z₁² + z₂²)/2]/Σ₊w.
    """
    divisor = _divisor(totals)
    a, b, aa, bb, ab = (group_sums(totals.values, domain, size) / divisor).T
    var_a, var_b = np.maximum(aa - a**2, 0.0), np.maximum(bb - b**2, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        root = np.sqrt(var_a * var_b)
        r = np.where(root > 0, (ab - a * b) / root, np.nan)
    r = np.clip(r, -1.0, 1.0)
    known = np.isfinite(r)

    def at(values: FloatArray, fill: float = 0.0) -> FloatArray:
        return np.where(known, values, fill)[domain]

    w, (sa, sb, saa, sbb, sab) = totals.weight[:, 0], totals.values.T
    cross = sab - at(a) * sb - at(b) * sa + at(a) * at(b) * w
    square_a = saa - 2 * at(a) * sa + at(a) ** 2 * w
    square_b = sbb - 2 * at(b) * sb + at(b) ** 2 * w
    scores = cross / at(root, 1.0)
    scores -= at(r) / 2 * (square_a / at(var_a, 1.0) + square_b / at(var_b, 1.0))
    scores /= np.where(known, divisor[:, 0], 1.0)[domain]
    srs = np.full((size, 1), np.nan)
    return LinearEstimates(r[:, None], scores[:, None], srs)


def _divisor(totals: VariableTotals) -> FloatArray:
    usable = (totals.n > 0) & (totals.population > 0)
    return np.where(usable, totals.population, np.nan)


def _finite_factor(n: IntArray) -> FloatArray:
    return np.where(n > 1, n / np.maximum(n - 1.0, 1.0), np.nan)
