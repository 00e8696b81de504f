"""Means, totals, proportions and ratios: one path from PSU totals to a table."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from attitudes.aggregation.segments import Segments
from attitudes.estimation.plan import Plan
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.psu_totals import LinearEstimates, VariableTotals

__all__ = [
    "Estimated",
    "Linearize",
    "MakeTotals",
    "estimate_answers",
    "estimate_variables",
    "joint_covariance",
    "over",
]

Linearize = Callable[[VariableTotals, IntArray, int], LinearEstimates]
MakeTotals = Callable[[Segments, Any], VariableTotals]
THREADED_ROWS = 100_000
T = TypeVar("T")
U = TypeVar("U")


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


def over(items: Sequence[T], work: Callable[[T], U], rows: int) -> list[U]:
    """Return ``work`` of each item, in threads where there are many rows."""
    workers = min(len(items), os.cpu_count() or 1, 4)
    if rows < THREADED_ROWS or workers < 2:
        return [work(item) for item in items]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(work, items))


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

    def one(name: str) -> Estimated:
        return estimate_answers(plan, name, read(name), totals, linearize, categories, keep=keep)

    return over(names, one, plan.segments.n)


def estimate_answers(
    plan: Plan,
    name: str,
    answers: Any,
    totals: MakeTotals,
    linearize: Linearize,
    categories: Callable[[Any], tuple[Any, ...] | None],
    *,
    keep: bool = False,
) -> Estimated:
    """Estimate one variable in every domain; see `estimate_variables`."""
    segments = plan.segments
    sums = totals(segments, answers)
    result = linearize(sums, segments.domain, segments.n_domains)
    thetas = None
    if plan.linear is not None:
        variance = plan.linear.variances(result.scores, sums.weight)
    else:
        thetas = _replicated(plan, answers, totals, linearize)
        assert plan.replicate is not None
        variance = plan.replicate.variances(thetas, result.estimate)
    return Estimated(
        name,
        categories(answers),
        result.estimate,
        np.where(np.isnan(result.estimate), np.nan, variance),
        result.srs_variance,
        result.n,
        result.population,
        result.scores if keep else None,
        thetas if keep else None,
    )


def _replicated(plan: Plan, answers: Any, totals: MakeTotals, linearize: Linearize) -> FloatArray:
    """Return the estimates under every replicate, R × D × k."""
    assert plan.replicate is not None
    assert plan.replicate_segments is not None
    base = totals(plan.replicate_segments, answers)
    sums = plan.replicate.sums(np.concatenate([base.weight[:, None], base.values], axis=1))
    r, d, width = sums.shape
    flat = VariableTotals(
        sums[:, :, 0].ravel(),
        sums[:, :, 1:].reshape(r * d, width - 1),
        np.tile(base.n, r),
        np.zeros((r * d, width - 1)),
        sums[:, :, 0].ravel(),
    )
    return linearize(flat, np.arange(r * d), r * d).estimate.reshape(r, d, width - 1)


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
