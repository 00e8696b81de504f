"""Variances and standard deviations of variables in the population."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Literal

from attitudes.aggregation.moments import measured_answers, moment_totals
from attitudes.estimation.linear import MakeTotals
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
from attitudes.numerics.variance.moment_estimates import linearize_sd, linearize_variance
from attitudes.numerics.variance.singletons import SingletonPolicy
from attitudes.survey.survey import Survey

__all__ = ["sd", "variance"]


def variance(
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
    """Estimate the variance of variables in the population.

    Parameters
    ----------
    survey, variables, by, where, variance, level, ci_method, singleton, singleton_domains
        As for `mean`; ``variance`` is the method of the standard error.
    deff, missing, totals, covariance
        As for `mean`.

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
    s² = n/(n − 1) Σw(y − ȳ)²/Σw with n the respondents of the domain, as R's survey counts
    them (``missing="listwise"`` counts those who answered). The linearised value is that of a
    mean of (y − ȳ)² n/(n − 1).

    Examples
    --------
    >>> import pandas as pd
    >>> import attitudes as at
    >>> survey = at.Survey.from_frame(pd.DataFrame({"q": [1.0, 3.0, 1.0, 3.0, 2.0, 2.0]}))
    >>> round(at.variance(survey, "q").rows[0].estimate, 3)
    0.8
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
    kind = Statistic("variance", measured_answers, _sums(options), linearize_variance, wald)
    return estimate_table(survey, as_names(variables, "variables"), kind, options)


def sd(
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
    """Estimate the standard deviation of variables in the population.

    Parameters
    ----------
    survey, variables, by, where, variance, level, ci_method, singleton, singleton_domains
        As for `mean`; ``variance`` is the method of the standard error.
    deff, missing, totals, covariance
        As for `mean`.

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
    The root of `variance`; its standard error is that of the variance divided by 2s.

    Examples
    --------
    >>> import pandas as pd
    >>> import attitudes as at
    >>> survey = at.Survey.from_frame(pd.DataFrame({"q": [1.0, 3.0, 1.0, 3.0, 2.0, 2.0]}))
    >>> round(at.sd(survey, "q").rows[0].estimate, 3)
    0.894
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
    kind = Statistic("sd", measured_answers, _sums(options), linearize_sd, wald)
    return estimate_table(survey, as_names(variables, "variables"), kind, options)


def _sums(options: Options) -> MakeTotals:
    return partial(moment_totals, members=options.variance == "taylor")
