"""Means, totals, proportions and ratios: one path from PSU totals to a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from attitudes.aggregation.answers import CodedAnswers
from attitudes.aggregation.row_scores import from_rows, scored_means
from attitudes.aggregation.segments import Segments
from attitudes.estimation.plan import Plan
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.variance.psu_totals import (
    LinearEstimates,
    VariableTotals,
    linearize_mean,
    linearize_ratio,
    linearize_total,
    stack_totals,
)

__all__ = [
    "Estimated",
    "FlatEstimates",
    "Linearize",
    "MakeTotals",
    "estimate_answers",
    "estimate_variables",
    "flatten",
    "joint_covariance",
]

Linearize = Callable[[VariableTotals, IntArray, int], LinearEstimates]
MakeTotals = Callable[[Segments, Any], VariableTotals]
SEPARABLE = (linearize_mean, linearize_ratio, linearize_total)
REPLICATED_TOGETHER = 12
BLOCK_CELLS = 200_000


@dataclass(frozen=True, slots=True)
class Estimated:
    """One variable's estimates.

    Attributes
    ----------
    name
        The variable.
    categories
        Labels of the k outcomes; None where there is one without a label.
    estimate, variance, srs_variance
        D × k.
    n, population
        Respondents and their Σw, length D.
    scores
        Weighted linearised values by segment, S × k, kept where covariances are wanted.
    thetas
        Replicate estimates, R × D × k, kept where covariances are wanted.
    """

    name: str
    categories: tuple[Any, ...] | None
    estimate: FloatArray
    variance: FloatArray
    srs_variance: FloatArray
    n: IntArray
    population: FloatArray
    scores: FloatArray | None
    thetas: FloatArray | None


@dataclass(frozen=True, slots=True)
class FlatEstimates:
    """Estimates of several variables in the order of a table's rows, all of one length.

    Attributes
    ----------
    estimate, variance, srs_variance, n, population
        As in `Estimated`.
    df, rows
        Degrees of freedom and respondents of each row's domain.
    """

    estimate: FloatArray
    variance: FloatArray
    srs_variance: FloatArray
    n: FloatArray
    population: FloatArray
    df: FloatArray
    rows: FloatArray


def flatten(plan: Plan, results: Sequence[Estimated]) -> FlatEstimates:
    """Return estimates ordered by variable, domain and outcome."""
    times = np.repeat([r.estimate.shape[1] for r in results], plan.domains.count)

    def by_domain(values: Sequence[FloatArray | IntArray]) -> FloatArray:
        return np.repeat(np.concatenate(values).astype(np.float64), times)

    return FlatEstimates(
        np.concatenate([r.estimate.ravel() for r in results]),
        np.concatenate([r.variance.ravel() for r in results]),
        np.concatenate([r.srs_variance.ravel() for r in results]),
        by_domain([r.n for r in results]),
        by_domain([r.population for r in results]),
        by_domain([plan.df] * len(results)),
        by_domain([plan.rows] * len(results)),
    )


def estimate_variables(
    plan: Plan,
    names: Sequence[str],
    read: Callable[[str], Any],
    totals: MakeTotals,
    linearize: Linearize,
    categories: Callable[[Any], tuple[Any, ...] | None],
    *,
    keep: bool = False,
) -> list[Estimated]:
    """Estimate each variable in every domain.

    Parameters
    ----------
    plan
        The prepared survey.
    names
        Names of the variables.
    read
        Gives a variable's answers.
    totals
        Sums the answers by segment.
    linearize
        Makes estimates and scores of the sums.
    categories
        Labels of the outcomes of the answers.
    keep
        Keep scores and replicates for `joint_covariance`.
    """

    if plan.replicate is not None:
        return _estimate_replicated(plan, names, read, totals, linearize, categories, keep)
    out: list[Estimated] = []
    together = plan.linear is not None and not plan.linear.depends_on_presence()
    direct = together and linearize is linearize_mean
    together = together and linearize in SEPARABLE
    width = max(1, BLOCK_CELLS // max(plan.segments.size, 1)) if together else 1
    for start in range(0, len(names), width):
        block = [(name, read(name)) for name in names[start : start + width]]
        if direct and all(from_rows(plan.segments, answers) for _, answers in block):
            out.extend(_estimate_rows(plan, name, answers, keep) for name, answers in block)
        else:
            out.extend(_estimate_block(plan, block, totals, linearize, categories, keep))
    return out


def _estimate_rows(plan: Plan, name: str, answers: CodedAnswers, keep: bool) -> Estimated:
    """Estimate one mean without totals by segment."""
    assert plan.linear is not None
    means = scored_means(plan.segments, answers)
    linear = means.linear
    variance = plan.linear.variances(linear.scores)
    variance = np.where(np.isnan(linear.estimate), np.nan, variance)
    scores = linear.scores if keep else None
    return Estimated(
        name,
        None,
        linear.estimate,
        variance,
        linear.srs_variance,
        means.n,
        means.population,
        scores,
        None,
    )


def _estimate_replicated(
    plan: Plan,
    names: Sequence[str],
    read: Callable[[str], Any],
    totals: MakeTotals,
    linearize: Linearize,
    categories: Callable[[Any], tuple[Any, ...] | None],
    keep: bool,
) -> list[Estimated]:
    """Estimate with replicates: the matrix product takes several variables at once."""
    assert plan.replicate is not None
    assert plan.replicate_segments is not None
    again = plan.replicate_segments is not plan.segments
    out: list[Estimated] = []
    for start in range(0, len(names), REPLICATED_TOGETHER):
        block = [(name, read(name)) for name in names[start : start + REPLICATED_TOGETHER]]
        each = [totals(plan.segments, answers) for _, answers in block]
        base = [totals(plan.replicate_segments, a) for _, a in block] if again else each
        wide = [np.concatenate([b.weight, b.values], axis=1) for b in base]
        sums = plan.replicate.sums(np.concatenate(wide, axis=1))
        at = 0
        for item, own, under, columns in zip(block, each, base, wide, strict=True):
            part = sums[:, :, at : at + columns.shape[1]]
            at += columns.shape[1]
            thetas = _replicated(part, under, linearize)
            made = (own, thetas)
            out += _estimate_block(plan, [item], totals, linearize, categories, keep, made)
    return out


def estimate_answers(
    plan: Plan, name: str, answers: Any, totals: MakeTotals, linearize: Linearize
) -> Estimated:
    """Estimate one variable without categories in every domain."""

    def given(_: str) -> Any:
        return answers

    return estimate_variables(plan, [name], given, totals, linearize, lambda _: None)[0]


def _estimate_block(
    plan: Plan,
    block: Sequence[tuple[str, Any]],
    totals: MakeTotals,
    linearize: Linearize,
    categories: Callable[[Any], tuple[Any, ...] | None],
    keep: bool,
    made: tuple[VariableTotals, FloatArray] | None = None,
) -> list[Estimated]:
    """Estimate a few variables together: one pass over the segments' small matrices.

    ``made`` holds the totals and the replicate estimates of the one variable where there are any.
    """
    segments = plan.segments
    each = [totals(segments, answers) for _, answers in block] if made is None else [made[0]]
    sums = stack_totals(each)
    result = linearize(sums, segments.domain, segments.n_domains)
    thetas = None
    if plan.linear is not None:
        variance = plan.linear.variances(result.scores, sums.weight[:, 0])
    else:
        assert plan.replicate is not None
        assert made is not None
        thetas = made[1]
        variance = plan.replicate.variances(thetas, result.estimate)
    variance = np.where(np.isnan(result.estimate), np.nan, variance)
    if linearize is linearize_mean:
        # Where all answers of a domain are the same, their mean is known without error.
        variance = np.where(result.srs_variance == 0, 0.0, variance)
    out: list[Estimated] = []
    at = 0
    for (name, answers), own in zip(block, each, strict=True):
        part = slice(
            at, at + result.estimate.shape[1] if len(block) == 1 else at + own.values.shape[1]
        )
        out.append(
            Estimated(
                name,
                categories(answers),
                result.estimate[:, part],
                variance[:, part],
                result.srs_variance[:, part],
                own.n[:, 0],
                own.population[:, 0],
                result.scores[:, part] if keep else None,
                thetas if keep else None,
            )
        )
        at = part.stop
    return out


def _replicated(sums: FloatArray, base: VariableTotals, linearize: Linearize) -> FloatArray:
    """Return the estimates under every replicate, R × D × k, from their sums R × D × c."""
    r, d, width = sums.shape
    weight = sums[:, :, :1].reshape(r * d, 1)
    flat = VariableTotals(
        weight,
        sums[:, :, 1:].reshape(r * d, width - 1),
        np.tile(base.n, (r, 1)),
        np.zeros((r * d, width - 1)),
        weight,
    )
    made = linearize(flat, np.arange(r * d), r * d).estimate
    return made.reshape(r, d, made.shape[1])


def joint_covariance(parts: Sequence[tuple[Plan, Sequence[Estimated]]]) -> FloatArray:
    """Return the covariance of all estimates, ordered by plan, variable, domain and outcome."""
    first = parts[0][0]
    if first.linear is not None:
        wide = [
            plan.linear.spread(result.scores)
            for plan, results in parts
            for result in results
            if plan.linear is not None and result.scores is not None
        ]
        return first.linear.matrix(np.concatenate(wide, axis=1))
    assert first.replicate is not None
    every = [result for _, results in parts for result in results]
    thetas = [r.thetas.reshape(len(r.thetas), -1) for r in every if r.thetas is not None]
    estimate = np.concatenate([r.estimate.ravel() for r in every])
    return first.replicate.covariance(np.concatenate(thetas, axis=1), estimate)
