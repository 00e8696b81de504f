"""From PSU totals to estimates and their linearised scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.segments import group_edges, group_sums

__all__ = [
    "LinearEstimates",
    "VariableTotals",
    "linearize_mean",
    "linearize_ratio",
    "linearize_total",
    "stack_totals",
]


@dataclass(frozen=True, slots=True)
class VariableTotals:
    """Sums over S segments and D domains, for k outcomes.

    Attributes
    ----------
    weight
        Σw of those who answered, by segment, S × 1 or S × k.
    values
        Σwy, by segment, S × k.
    n
        Respondents of positive weight who answered, by domain, D × 1 or D × k.
    spread
        Σw(y − ȳ)² around the domain's mean, D × k; for a ratio R the same of y − Rx.
    population
        Σw of those who answered, by domain, D × 1 or D × k.
    members
        Respondents of positive weight, whether they answered or not, D × 1; None where n is to be
        used throughout.
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
    """

    estimate: FloatArray
    scores: FloatArray
    srs_variance: FloatArray


def stack_totals(totals: Sequence[VariableTotals]) -> VariableTotals:
    """Return the totals of several variables as those of one with all their outcomes."""
    if len(totals) == 1:
        return totals[0]
    widths = [t.values.shape[1] for t in totals]

    def join(arrays: list[np.ndarray[tuple[int, ...], np.dtype[np.float64]]]) -> FloatArray:
        if all(a.shape[1] == k for a, k in zip(arrays, widths, strict=True)):
            return np.concatenate(arrays, axis=1)
        wide = [np.broadcast_to(a, (len(a), k)) for a, k in zip(arrays, widths, strict=True)]
        return np.concatenate(wide, axis=1)

    members = [t.members.astype(np.float64) for t in totals if t.members is not None]
    return VariableTotals(
        join([t.weight for t in totals]),
        join([t.values for t in totals]),
        join([t.n.astype(np.float64) for t in totals]).astype(np.int64),
        join([t.spread for t in totals]),
        join([t.population for t in totals]),
        join(members).astype(np.int64) if len(members) == len(totals) else None,
    )


def linearize_mean(totals: VariableTotals, domain: IntArray, size: int) -> LinearEstimates:
    """Return Σwy/Σw by domain, with scores (Σwy − m Σw)/Σ₊w by segment.

    Notes
    -----
    Under simple random sampling the variance is s²/n with
    s² = n/(n − 1) Σw(y − m)²/Σw, as R's survey has it.
    """
    divisor = _positive(totals.population, totals.n)
    mean = group_sums(totals.values, domain, size) / divisor
    scores = _mean_scores(
        totals, np.nan_to_num(mean), 1 / np.nan_to_num(divisor, nan=1.0), domain, size
    )
    srs = totals.spread / divisor / _less_one(totals.n)
    return LinearEstimates(mean, scores, srs)


def _mean_scores(
    totals: VariableTotals, mean: FloatArray, factor: FloatArray, domain: IntArray, size: int
) -> FloatArray:
    edges = group_edges(domain, size)
    if edges is None:
        return (totals.values - mean[domain] * totals.weight) * factor[domain]
    scores = np.empty_like(totals.values)
    for d in range(size):
        part = slice(edges[d], edges[d + 1])
        np.multiply(totals.weight[part], mean[d], out=scores[part])
        np.subtract(totals.values[part], scores[part], out=scores[part])
        scores[part] *= factor[d]
    return scores


def linearize_total(totals: VariableTotals, domain: IntArray, size: int) -> LinearEstimates:
    """Return Σwy by domain; the scores are the segments' totals themselves."""
    divisor = _positive(totals.population, totals.n)
    sums = np.where(totals.n > 0, group_sums(totals.values, domain, size), np.nan)
    srs = totals.spread * divisor / _less_one(totals.n)
    return LinearEstimates(sums, totals.values, srs)


def linearize_ratio(totals: VariableTotals, domain: IntArray, size: int) -> LinearEstimates:
    """Return Σwy/Σwx by domain, with scores (Σwy − R Σwx)/Σ₊wx by segment."""
    bottom = group_sums(totals.weight, domain, size)
    top = group_sums(totals.values, domain, size)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where((totals.n > 0) & (bottom != 0), top / bottom, np.nan)
    known = np.isfinite(ratio)
    scores = totals.values - np.where(known, ratio, 0.0)[domain] * totals.weight
    scores /= np.where(known, bottom, 1.0)[domain]
    spread = totals.spread / _positive(totals.population, totals.n) / _less_one(totals.n)
    with np.errstate(divide="ignore", invalid="ignore"):
        srs = spread * (totals.population / bottom) ** 2
    return LinearEstimates(ratio, scores, srs)


def _positive(population: FloatArray, n: IntArray) -> FloatArray:
    return np.where((n > 0) & (population > 0), population, np.nan)


def _less_one(n: IntArray) -> FloatArray:
    return np.where(n > 1, n - 1.0, np.nan)
