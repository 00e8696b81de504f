"""Quantiles and their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from attitudes.aggregation.moments import measured_answers
from attitudes.aggregation.placement import in_memory
from attitudes.errors import OptionError
from attitudes.estimation.assemble import assemble_quantiles
from attitudes.estimation.options import (
    Missing,
    Options,
    VarianceMethod,
    as_names,
    check_choice,
    chosen_variance,
)
from attitudes.estimation.plan import make_plan
from attitudes.estimation.quantile_intervals import QuantileCall, estimate_quantiles
from attitudes.estimation.run import listwise, margins, stack_tables
from attitudes.estimation.table import EstimateTable
from attitudes.numerics.inference.quantiles import QUANTILE_RULES, QuantileRule
from attitudes.numerics.variance.singletons import SingletonPolicy
from attitudes.survey.survey import Survey

__all__ = ["QuantileInterval", "quantile"]

QuantileInterval = Literal["mean", "beta", "xlogit", "asin", "score", "quantile"]
METHODS = ("mean", "beta", "xlogit", "asin", "score", "quantile")


def quantile(
    survey: Survey,
    variables: str | Sequence[str],
    q: float | Sequence[float] = 0.5,
    *,
    by: str | Sequence[str] | None = None,
    where: Any = None,
    qrule: QuantileRule = "math",
    variance: VarianceMethod | None = None,
    level: float = 0.95,
    ci_method: QuantileInterval | None = None,
    singleton: SingletonPolicy = "error",
    singleton_domains: bool = False,
    missing: Missing = "available",
    totals: bool = False,
) -> EstimateTable:
    """Estimate quantiles.

    Parameters
    ----------
    survey, variables, by, where, variance, level, singleton, singleton_domains, missing, totals
        As for `mean`.
    q
        One probability, or several.
    qrule
        ``"math"`` (inverse distribution function), ``"school"`` (averages at a step), or
        Hyndman and Fan's ``"hf1"`` to ``"hf9"``.
    ci_method
        Woodruff's interval from that of the proportion below the quantile, which is ``"mean"``
        (default), ``"beta"``, ``"xlogit"`` or ``"asin"``; ``"score"`` inverts the score test
        (Taylor only); ``"quantile"`` is Wald from replicate quantiles (replicates only).

    Returns
    -------
    EstimateTable
        One row for each variable, domain and probability (in ``category``). Ends beyond the data
        are NaN. The standard error is the interval's width over twice the quantile of t.

    Raises
    ------
    DataError, DesignError, OptionError
        As for `mean`; probabilities outside [0, 1]; an interval that the variance cannot give.

    References
    ----------
    Woodruff (1952), JASA 47; Francisco and Fuller (1991), Annals of Statistics 19.

    Examples
    --------
    >>> import pandas as pd
    >>> import attitudes as at
    >>> survey = at.Survey.from_frame(pd.DataFrame({"age": [18, 20, 30, 41, 60]}))
    >>> at.quantile(survey, "age", [0.25, 0.5]).estimate
    array([20., 30.])
    """
    options = Options.of(
        METHODS,
        by=by,
        where=where,
        variance=chosen_variance(survey, variance),
        level=level,
        ci_method=ci_method,
        singleton=singleton,
        singleton_domains=singleton_domains,
        missing=missing,
        totals=totals,
    )
    call = _checked(q, qrule, options)
    names = as_names(variables, "variables")
    survey = in_memory(survey, [*names, *options.by], options.where)
    kept, dropped = listwise(survey, names, measured_answers, options)
    design = survey.design_arrays()
    tables = []
    for crossing in margins(options):
        plan = make_plan(
            survey,
            crossing,
            kept,
            options.variance,
            options.singleton,
            options.singleton_domains,
            design,
        )
        results = [estimate_quantiles(plan, name, call, options) for name in names]
        tables.append(assemble_quantiles(plan, results, call.probabilities, options, dropped))
    return stack_tables(tables, options.by)


def _checked(q: float | Sequence[float], qrule: str, options: Options) -> QuantileCall:
    probabilities = (float(q),) if isinstance(q, int | float) else tuple(float(p) for p in q)
    outside = [p for p in probabilities if not 0 <= p <= 1]
    if outside or not probabilities:
        raise OptionError("q", f"{outside or 'no probability'}", "probabilities from 0 to 1")
    check_choice("qrule", qrule, QUANTILE_RULES)
    if options.ci_method == "score" and options.variance == "replicate":
        raise OptionError("ci_method", "'score' with variance='replicate'", "a Woodruff interval")
    if options.ci_method == "quantile" and options.variance == "taylor":
        raise OptionError("ci_method", "'quantile' with variance='taylor'", "variance='replicate'")
    return QuantileCall(probabilities, qrule)
