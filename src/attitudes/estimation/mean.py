"""Means of variables."""

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
from attitudes.numerics.variance.psu_totals import linearize_mean
from attitudes.numerics.variance.singletons import SingletonPolicy
from attitudes.survey.survey import Survey

__all__ = ["mean"]


def mean(
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
    """Estimate means.

    Parameters
    ----------
    survey
        The respondents.
    variables
        One column of numbers, or several.
    by
        Columns whose crossed values are the domains.
    where
        Respondents to keep: a boolean array, a 0/1 column, or an expression such as
        ``"age >= 18"``. The whole design stays.
    variance
        ``"taylor"``, or ``"replicate"`` where the survey has replicate weights. Default: by
        linearisation, unless the design gives replicate weights and no strata or units.
    level
        Confidence level.
    ci_method
        ``"t"`` with the design's degrees of freedom (default), or ``"normal"``.
    singleton
        What to do with strata of a single PSU: ``"error"``, ``"adjust"`` (centre at the mean of
        all PSUs), ``"average"`` (mean variance of the others), ``"certainty"`` or ``"remove"``.
    singleton_domains
        Do it also where a single PSU of a stratum has members of the domain.
    deff
        Reference of the design effect: simple random sampling with (``"replace"``) or without
        (``"srs"``) replacement.
    missing
        ``"available"``: each variable by those who answered it; ``"listwise"``: by those who
        answered all.
    totals
        Add rows over all values of the ``by`` columns, labelled ``total``.
    covariance
        Compute the covariance of all estimates.

    Returns
    -------
    EstimateTable
        One row for each variable and domain. A domain without answers has NaN and n = 0.

    Raises
    ------
    DataError
        Columns that are not there, or hold no numbers.
    DesignError
        A design that does not fit; strata with a single PSU under ``"error"``.
    OptionError
        Options that are not known.

    Notes
    -----
    ȳ = Σwy/Σw. The linearised value of respondent i is wᵢ(yᵢ − ȳ)/Σw, zero outside the domain;
    only PSU totals of w and wy are needed for it.

    Examples
    --------
    >>> import pandas as pd
    >>> import attitudes as at
    >>> frame = pd.DataFrame({"q": [1, 2, 4, 5], "psu": [1, 1, 2, 2], "w": [1.0, 1, 1, 1]})
    >>> survey = at.Survey.from_frame(frame, at.SurveyDesign(weight="w", psu="psu"))
    >>> row = at.mean(survey, "q").rows[0]
    >>> row.estimate, round(row.se, 3), row.df
    (3.0, 1.5, 1.0)
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
        "mean", numeric_answers, numeric_totals, linearize_mean, wald, grouped=mean_columns
    )
    return estimate_table(survey, as_names(variables, "variables"), kind, options)
