"""Proportions of each category."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import special

from attitudes.aggregation.answers import coded_categories
from attitudes.aggregation.grouped_totals import category_columns
from attitudes.aggregation.totals import category_totals
from attitudes.estimation.linear import Estimated, flatten
from attitudes.estimation.options import (
    DeffReference,
    Missing,
    Options,
    VarianceMethod,
    as_names,
    chosen_variance,
)
from attitudes.estimation.plan import Plan
from attitudes.estimation.run import Statistic, estimate_table
from attitudes.estimation.table import EstimateTable
from attitudes.numerics.design import FloatArray
from attitudes.numerics.inference.intervals import (
    PROPORTION_METHODS,
    Interval,
    ProportionMethod,
    log_odds_interval,
    proportion_interval,
)
from attitudes.numerics.inference.likelihood_interval import likelihood_interval
from attitudes.numerics.replicates.replicate_variance import ReplicateVariance
from attitudes.numerics.variance.psu_totals import linearize_mean
from attitudes.numerics.variance.singletons import SingletonPolicy
from attitudes.survey.survey import Survey

__all__ = ["proportion"]


def proportion(
    survey: Survey,
    variables: str | Sequence[str],
    *,
    by: str | Sequence[str] | None = None,
    where: Any = None,
    variance: VarianceMethod | None = None,
    level: float = 0.95,
    ci_method: ProportionMethod | None = None,
    singleton: SingletonPolicy = "error",
    singleton_domains: bool = False,
    deff: DeffReference = "replace",
    missing: Missing = "available",
    totals: bool = False,
    covariance: bool = False,
) -> EstimateTable:
    """Estimate the proportion of each category.

    Parameters
    ----------
    survey
        The respondents.
    variables
        One column or several, of any kind. The categories are those of the codebook, or of a
        categorical column, or the values that occur, sorted.
    ci_method
        ``"logit"`` (default), ``"beta"`` (Korn and Graubard), ``"wilson"``, ``"asin"``,
        ``"likelihood"``, ``"xlogit"`` or ``"mean"``; t with the domain's degrees of freedom.
    by, where, variance, level, singleton, singleton_domains, deff, missing, totals, covariance
        As for `mean`.

    Returns
    -------
    EstimateTable
        One row for each variable, domain and category. A category that no one chose has
        estimate 0, standard error 0 and the remark ``never chosen``.

    Raises
    ------
    DataError, DesignError, OptionError
        As for `mean`.

    Notes
    -----
    The mean of the category's indicator among those who answered. The logit interval takes the
    standard error of the log odds: by the delta method, or from the replicates themselves. For a
    multiple-response question, whose answers are 0/1 columns, take `mean` of the columns.

    References
    ----------
    Korn and Graubard (1998), Survey Methodology 24; Dean and Pagano (2015), Journal of Survey
    Statistics and Methodology 3.

    Examples
    --------
    >>> import pandas as pd
    >>> import attitudes as at
    >>> frame = pd.DataFrame({"q": ["yes", "no", "yes", "yes"], "w": [1.0, 1, 1, 1]})
    >>> survey = at.Survey.from_frame(frame, at.SurveyDesign(weight="w"))
    >>> [(r.category, r.estimate) for r in at.proportion(survey, "q")]
    [('no', 0.25), ('yes', 0.75)]
    """
    options = Options.of(
        PROPORTION_METHODS,
        by=by,
        where=where,
        variance=chosen_variance(survey, variance),
        level=level,
        ci_method=ci_method,
        singleton=singleton,
        singleton_domains=singleton_domains,
        deff=deff,
        missing=missing,
        totals=totals,
        covariance=covariance,
    )
    kind = Statistic(
        "proportion",
        coded_categories,
        category_totals,
        linearize_mean,
        _interval,
        categorical=True,
        grouped=category_columns,
        replicates=lambda chosen: chosen.ci_method == "logit",
    )
    return estimate_table(survey, as_names(variables, "variables"), kind, options)


def _interval(plan: Plan, results: Sequence[Estimated], options: Options) -> Interval:
    if options.ci_method == "likelihood":
        parts = [_likelihood(plan, result, options.level) for result in results]
        low = np.concatenate([part.low.ravel() for part in parts])
        return Interval(low, np.concatenate([part.high.ravel() for part in parts]))
    flat = flatten(plan, results)
    if options.ci_method == "logit" and plan.replicate is not None:
        se = np.concatenate([_log_odds_se(plan.replicate, result).ravel() for result in results])
        return log_odds_interval(flat.estimate, se, flat.df, options.level)
    method: Any = options.ci_method
    return proportion_interval(
        method, flat.estimate, flat.variance, flat.df, options.level, flat.rows
    )


def _log_odds_se(replicate: ReplicateVariance, result: Estimated) -> FloatArray:
    """Return the standard errors of the log odds over the replicates, D × k.

    Where a replicate has a share of 0 or 1, whose log odds do not exist, that of the delta method.
    """
    assert result.thetas is not None
    p = result.estimate
    with np.errstate(divide="ignore", invalid="ignore"):
        delta = np.sqrt(result.variance) / (p * (1 - p))
        odds = special.logit(result.thetas)
        found = np.sqrt(replicate.variances(odds, special.logit(p)))
    exists = np.isfinite(odds).all(axis=0)
    return np.where((p > 0) & (p < 1), np.where(exists, found, delta), np.nan)


def _likelihood(plan: Plan, result: Estimated, level: float) -> Interval:
    """Profile likelihood: a second pass over the respondents of each domain."""
    low = np.full_like(result.estimate, np.nan)
    high = low.copy()
    answers = coded_categories(plan.survey, result.name)
    weights, row_domain = plan.segments.weights, plan.segments.row_domain
    for d in range(plan.domains.count):
        inside = row_domain == d
        if not result.n[d]:
            continue
        scaled = weights[inside] / (weights[inside].sum() / plan.rows[d])
        answered = answers.codes[inside] > 0
        codes = answers.codes[inside][answered]
        for j in range(result.estimate.shape[1]):
            low[d, j], high[d, j] = likelihood_interval(
                scaled[answered],
                codes == j + 1,
                float(result.variance[d, j]),
                float(plan.df[d]),
                level,
                int(plan.rows[d]) - int((~answered).sum()),
            )
    return Interval(low, high)
