"""Correlations between variables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from attitudes.aggregation.moments import AnswerPair, measured_pair, product_totals
from attitudes.errors import OptionError
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
from attitudes.estimation.run import Statistic, estimate_table, wald
from attitudes.estimation.table import EstimateTable
from attitudes.numerics.inference.intervals import Interval, critical_value
from attitudes.numerics.variance.moment_estimates import linearize_correlation
from attitudes.numerics.variance.singletons import SingletonPolicy
from attitudes.survey.survey import Survey

__all__ = ["correlation"]


def correlation(
    survey: Survey,
    variables: Sequence[str],
    *,
    by: str | Sequence[str] | None = None,
    where: Any = None,
    variance: VarianceMethod | None = None,
    level: float = 0.95,
    ci_method: Literal["fisher", "t", "normal"] | None = None,
    singleton: SingletonPolicy = "error",
    singleton_domains: bool = False,
    deff: DeffReference = "replace",
    missing: Missing = "available",
    totals: bool = False,
    covariance: bool = False,
) -> EstimateTable:
    """Estimate Pearson's correlation of every pair of variables.

    Parameters
    ----------
    survey
        The respondents.
    variables
        Two columns of numbers or more.
    ci_method
        ``"fisher"`` (default; t on the inverse hyperbolic tangent), ``"t"`` or ``"normal"``.
    by, where, variance, level, singleton, singleton_domains, deff, missing, totals, covariance
        As for `mean`. By default a pair is estimated by those who answered both.

    Returns
    -------
    EstimateTable
        One row for each pair, named ``"a~b"``, and domain; without design effects.

    Raises
    ------
    DataError, DesignError, OptionError
        As for `mean`; fewer than two variables.

    Notes
    -----
    With z₁, z₂ standardised by weighted means and variances, r = Σwz₁z₂/Σw and its linearised
    value is w[z₁z₂ − r(z₁² + z₂²)/2]/Σw.

    Examples
    --------
    >>> import pandas as pd
    >>> import attitudes as at
    >>> frame = pd.DataFrame({"a": [1, 2, 3, 4], "b": [2, 1, 4, 3]})
    >>> round(at.correlation(at.Survey.from_frame(frame), ["a", "b"]).rows[0].estimate, 6)
    0.6
    """
    options = Options.of(
        ("fisher", "t", "normal"),
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
    names = as_names(variables, "variables")
    if len(names) < 2:
        raise OptionError("variables", f"{list(names)}", "two columns or more")
    pairs = {f"{a}~{b}": (a, b) for i, a in enumerate(names) for b in names[i + 1 :]}

    def read(of: Survey, name: str) -> AnswerPair:
        return measured_pair(of, *pairs[name])

    kind = Statistic(
        "correlation",
        read,
        product_totals,
        linearize_correlation,
        _interval,
        columns=pairs.__getitem__,
    )
    return estimate_table(survey, tuple(pairs), kind, options)


def _interval(plan: Plan, results: Sequence[Estimated], options: Options) -> Interval:
    if options.ci_method != "fisher":
        return wald(plan, results, options)
    flat = flatten(plan, results)
    r = flat.estimate
    with np.errstate(divide="ignore", invalid="ignore"):
        half = critical_value(options.level, flat.df) * np.sqrt(flat.variance) / (1 - r**2)
        centre = np.arctanh(r)
        return Interval(np.tanh(centre - half), np.tanh(centre + half))
