"""From PSU totals to estimates and their linearised scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.segments import group_sums

__all__ = [
    "LinearEstimates",
    "VariableTotals",
    "linearize_mean",
    "linearize_ratio",
    "linearize_total",
]


@dataclass(frozen=True, slots=True)
class VariableTotals:
    """Sums of one variable over S segments and D domains, for k outcomes.

    Attributes
    ----------
    weight
        Σw of those who answered, by segment, length S.
    values
        Σwy, by segment, S × k.
    n
        Respondents of positive weight who answered, by domain, length D.
    spread
        Σw(y − ȳ)² around the domain's mean, D × k; for a ratio R the same of y − Rx.
    population
        Σw of those who answered, by domain, length D.
    members
        Respondents of positive weight, whether they answered or not, by domain; None where n is
        to be used throughout.
    """

    weight: FloatArray
    values: FloatArray
    n: IntArray
    spread: FloatArray
    population: FloatArray
    members: IntArray | None = None


@dataclass(frozen=True, slots=True)
class LinearEstimates:
    """Estimates of D domains × k outcomes with the scores that their variance is made of.

    Attributes
    ----------
    estimate
        D × k; NaN where no one answered.
    scores
        Weighted linearised values of each segment, S × k.
    srs_variance
        Variance of the same estimate under simple random sampling with replacement of as many
        respondents, D × k.
    n
        Respondents, length D.
    population
        Σw of those who answered, length D.
    """

    estimate: FloatArray
    scores: FloatArray
    srs_variance: FloatArray
    n: IntArray
    population: FloatArray


def linearize_mean(totals: VariableTotals, domain: IntArray, size: int) -> LinearEstimates:
    """Return Σwy/Σw by domain, with scores (Σwy − m Σw)/Σ₊w by segment.

    Notes
    -----
    Under simple random sampling the variance is s²/n with
    s² = n/(n − 1) Σw(y − m)²/Σw, as R's survey has it.
    """
    divisor = _positive(totals.population, totals.n)[:, None]
    mean = group_sums(totals.values, domain, size) / divisor
    scores = totals.values - np.nan_to_num(mean)[domain] * totals.weight[:, None]
    scores /= np.nan_to_num(divisor, nan=1.0)[domain]
    srs = totals.spread / divisor / _less_one(totals.n)[:, None]
    return LinearEstimates(mean, scores, srs, totals.n, totals.population)


def linearize_total(totals: VariableTotals, domain: IntArray, size: int) -> LinearEstimates:
    """Return Σwy by domain; the scores are the segments' totals themselves."""
    means = linearize_mean(totals, domain, size)
    sums = group_sums(totals.values, domain, size)
    sums[totals.n == 0] = np.nan
    return LinearEstimates(
        sums,
        totals.values,
        means.srs_variance * (means.population**2)[:, None],
        totals.n,
        means.population,
    )


def linearize_ratio(totals: VariableTotals, domain: IntArray, size: int) -> LinearEstimates:
    """Return Σwy/Σwx by domain, with scores (Σwy − R Σwx)/Σ₊wx by segment."""
    bottom = np.bincount(domain, weights=totals.weight, minlength=size)
    top = group_sums(totals.values, domain, size)[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where((totals.n > 0) & (bottom != 0), top / bottom, np.nan)
    known = np.isfinite(ratio)
    scores = totals.values[:, 0] - np.where(known, ratio, 0.0)[domain] * totals.weight
    scores /= np.where(known, bottom, 1.0)[domain]
    spread = totals.spread / _positive(totals.population, totals.n)[:, None]
    spread /= _less_one(totals.n)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        srs = spread * ((totals.population / bottom) ** 2)[:, None]
    return LinearEstimates(ratio[:, None], scores[:, None], srs, totals.n, totals.population)


def _positive(population: FloatArray, n: IntArray) -> FloatArray:
    return np.where((n > 0) & (population > 0), population, np.nan)


def _less_one(n: IntArray) -> FloatArray:
    return np.where(n > 1, n - 1.0, np.nan)
