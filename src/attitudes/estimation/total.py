"""Totals of variables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from attitudes.aggregation.answers import numeric_answers
from attitudes.aggregation.grouped_totals import mean_columns
from attitudes.aggregation.totals import numeric_totals
from attitudes.estimation.options import (
    DeffReference,
    Missing,
    Options,
    VarianceMethod,
    as_names,
    chosen_variance,
)
from attitudes.estimation.run import T_METHODS, Statistic, estimate_table, wald
from attitudes.estimation.table import EstimateTable
from attitudes.numerics.variance.psu_totals import linearize_total
from attitudes.numerics.variance.singletons import SingletonPolicy
from attitudes.survey.survey import Survey

__all__ = ["total"]


def total(
    survey: Survey,
    variables: str | Sequence[str],
    *,
    by: str | Sequence[str] | None = None,
    where: Any = None,
    variance: VarianceMethod | None = None,
    level: float = 0.95,
    ci_method: Literal["t", "normal"] | None = None,
    singleton: SingletonPolicy = "error",
    singleton_domains: bool = False,
    deff: DeffReference = "replace",
    missing: Missing = "available",
    totals: bool = False,
    covariance: bool = False,
) -> EstimateTable:
    """Estimate population totals.

    Parameters
    ----------
    survey, variables, by, where, variance, level, ci_method, singleton, singleton_domains, deff
        As for `mean`.
    missing, totals, covariance
        As for `mean`. Respondents without an answer add nothing: a total of a variable with
        missing answers is that of those who answered.

    Returns
    -------
    EstimateTable
        One row for each variable and domain.

    Raises
    ------
    DataError, DesignError, OptionError
        As for `mean`.

    Notes
    -----
    Σwy; the scores are the PSU totals themselves. The total of a column of ones estimates the
    size of the population.

    Examples
    --------
    >>> import pandas as pd
    >>> import attitudes as at
    >>> frame = pd.DataFrame({"q": [1, 2, 4, 5], "psu": [1, 1, 2, 2], "w": [10.0] * 4})
    >>> survey = at.Survey.from_frame(frame, at.SurveyDesign(weight="w", psu="psu"))
    >>> at.total(survey, "q").rows[0].estimate
    120.0
    """
    options = Options.of(
        T_METHODS,
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
        "total", numeric_answers, numeric_totals, linearize_total, wald, grouped=mean_columns
    )
    return estimate_table(survey, as_names(variables, "variables"), kind, options)
