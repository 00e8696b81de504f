"""Quantiles of one variable in every domain, with Woodruff, score or replicate intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from attitudes.aggregation.answers import MeasuredAnswers
from attitudes.aggregation.moments import measured_answers
from attitudes.aggregation.totals import numeric_totals
from attitudes.estimation.linear import Estimated, estimate_answers
from attitudes.estimation.options import Options
from attitudes.estimation.plan import Plan, degrees_of, make_plan
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.inference.intervals import critical_value, proportion_interval
from attitudes.numerics.inference.quantiles import SortedSample, bracketed_root, sort_sample
from attitudes.numerics.replicates.replicates import replicate_estimates
from attitudes.numerics.variance.psu_totals import linearize_mean

ROUNDING = 1e-12  # a share of 1 without variance may end a rounding error above 1

__all__ = ["QuantileCall", "QuantileEstimates", "estimate_quantiles"]


@dataclass(frozen=True, slots=True)
class QuantileCall:
    """What quantiles are wanted, and by which rule."""

    probabilities: tuple[float, ...]
    rule: Any


@dataclass(frozen=True, slots=True)
class QuantileEstimates:
    """Quantiles of one variable; arrays are D × q, counts and df of length D."""

    name: str
    estimate: FloatArray
    se: FloatArray
    low: FloatArray
    high: FloatArray
    df: FloatArray
    n: IntArray


@dataclass(frozen=True, slots=True)
class _Sample:
    """One variable's answers with the respondents of each domain who answered."""

    answers: MeasuredAnswers
    rows: tuple[IntArray, ...]
    sorted: tuple[SortedSample, ...]


def estimate_quantiles(
    plan: Plan, name: str, call: QuantileCall, options: Options
) -> QuantileEstimates:
    """Estimate the quantiles of a variable in every domain."""
    answers = measured_answers(plan.survey, name)
    sample = _sample(plan, answers)
    estimate = np.array(
        [[s.quantile(p, call.rule) for p in call.probabilities] for s in sample.sorted]
    ).reshape(plan.domains.count, len(call.probabilities))
    sums = numeric_totals(plan.segments, answers)
    df = plan.df if plan.linear is None else degrees_of(plan.segments, sums.weight[:, 0])
    if options.ci_method == "quantile":
        low, high, se = _replicate_ends(plan, sample, call, options, estimate, df)
    else:
        ends = _score_ends if options.ci_method == "score" else _woodruff_ends
        low, high = ends(plan, sample, call, options, estimate, df)
        se = (high - low) / (2 * critical_value(options.level, df))[:, None]
    return QuantileEstimates(name, estimate, se, low, high, df, sums.n[:, 0])


def _sample(plan: Plan, answers: MeasuredAnswers) -> _Sample:
    segments = plan.segments
    kept = segments.row_domain
    if answers.present is not None:
        kept = np.where(answers.present, kept, segments.n_domains)
    order = np.argsort(kept, kind="stable")
    ends = np.searchsorted(kept[order], np.arange(segments.n_domains + 1))
    rows = tuple(order[a:b] for a, b in pairwise(ends))
    ordered = tuple(sort_sample(answers.values[r], segments.weights[r]) for r in rows)
    return _Sample(answers, rows, ordered)


def _woodruff_ends(
    plan: Plan,
    sample: _Sample,
    call: QuantileCall,
    options: Options,
    estimate: FloatArray,
    df: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Map the interval of the proportion at or below each quantile back to the variable."""
    low, high = np.full_like(estimate, np.nan), np.full_like(estimate, np.nan)
    rows = np.array([len(r) for r in sample.rows], dtype=np.float64)
    if plan.linear is not None and plan.linear.whole_design:
        rows = plan.rows
    method: Any = options.ci_method
    for j in range(len(call.probabilities)):
        below = _share_below(plan, sample, estimate[:, j])
        ends = proportion_interval(
            method, below.estimate[:, 0], below.variance[:, 0], df, options.level, rows
        )
        for d, ordered in enumerate(sample.sorted):
            if ends.low[d] >= 0:
                low[d, j] = ordered.quantile(float(ends.low[d]), call.rule)
            if ends.high[d] <= 1 + ROUNDING:
                high[d, j] = ordered.quantile(min(float(ends.high[d]), 1.0), call.rule)
    return low, high


def _share_below(plan: Plan, sample: _Sample, at: FloatArray) -> Estimated:
    thresholds = np.append(np.nan_to_num(at), 0.0)[plan.segments.row_domain]
    indicator = (sample.answers.values <= thresholds).astype(np.float64)
    if sample.answers.present is not None:
        indicator = np.where(sample.answers.present, indicator, 0.0)
    answers = MeasuredAnswers(indicator, sample.answers.present)
    return estimate_answers(plan, "below", answers, numeric_totals, linearize_mean)


def _score_ends(
    plan: Plan,
    sample: _Sample,
    call: QuantileCall,
    options: Options,
    estimate: FloatArray,
    df: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Invert the score test of the quantile (Francisco and Fuller)."""
    low, high = np.full_like(estimate, np.nan), np.full_like(estimate, np.nan)
    for d, rows in enumerate(sample.rows):
        x = sample.answers.values[rows]
        t = float(critical_value(options.level, df[d]))
        if len(x) < 2 or np.isnan(t):
            continue
        inside = np.zeros(plan.segments.n, dtype=bool)
        inside[rows] = True
        own = make_plan(
            plan.survey,
            (),
            inside,
            options.variance,
            options.singleton,
            options.singleton_domains,
            plan.design,
        )
        for j, p in enumerate(call.probabilities):
            test = _score_test(own, sample.answers, p)
            ends = [_score_root(test, x, limit) for limit in (t, -t)]
            for out, end in zip((low, high), ends, strict=True):
                if not np.isnan(end):
                    share = float((x <= end).mean())
                    out[d, j] = sample.sorted[d].quantile(share, call.rule)
    return low, high


def _score_test(plan: Plan, answers: MeasuredAnswers, p: float) -> Callable[[float], float]:
    def test(theta: float) -> float:
        above = (answers.values > theta).astype(np.float64) - (1 - p)
        result = estimate_answers(
            plan,
            "above",
            MeasuredAnswers(above, answers.present),
            numeric_totals,
            linearize_mean,
        )
        return float(result.estimate[0, 0] / np.sqrt(result.variance[0, 0]))

    return test


def _score_root(test: Callable[[float], float], x: FloatArray, limit: float) -> float:
    lower, upper = np.quantile(x, [0.25, 0.75])
    margin = (upper - lower) / 100
    with np.errstate(divide="ignore", invalid="ignore"):
        return bracketed_root(
            lambda theta: test(theta) - limit,
            float(x.min() + margin),
            float(x.max() - margin),
            1 / (100 * np.sqrt(len(x))),
        )


def _replicate_ends(
    plan: Plan,
    sample: _Sample,
    call: QuantileCall,
    options: Options,
    estimate: FloatArray,
    df: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Wald interval from the quantiles under every replicate."""
    assert plan.replicate is not None

    def quantiles(weights: FloatArray) -> FloatArray:
        rows = [
            [ordered.quantile(p, call.rule) for p in call.probabilities]
            for ordered in (sort_sample(sample.answers.values[r], weights[r]) for r in sample.rows)
        ]
        return np.ravel(rows)

    replicates = plan.replicate.replicates
    thetas = replicate_estimates(quantiles, plan.design.weights, replicates)
    shaped = thetas.reshape(len(thetas), *estimate.shape)
    se = np.sqrt(plan.replicate.variances(shaped, estimate))
    half = critical_value(options.level, df)[:, None] * se
    return estimate - half, estimate + half, se
