"""Ratios of two totals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from attitudes.aggregation.moments import AnswerPair, measured_pair
from attitudes.aggregation.segments import Segments
from attitudes.aggregation.totals import ratio_totals
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
from attitudes.numerics.variance.psu_totals import VariableTotals, linearize_ratio
from attitudes.numerics.variance.singletons import SingletonPolicy
from attitudes.survey.survey import Survey

__all__ = ["ratio"]


def ratio(
    survey: Survey,
    numerator: str | Sequence[str],
    denominator: str | Sequence[str],
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
    """Estimate ratios of two totals.

    Parameters
    ----------
    survey
        The respondents.
    numerator, denominator
        One column of numbers each, or several: every numerator over every denominator.
    by, where, variance, level, ci_method, singleton, singleton_domains, deff, missing
        As for `mean`. A respondent counts who answered both.
    totals, covariance
        As for `mean`.

    Returns
    -------
    EstimateTable
        One row for each pair, named ``"numerator/denominator"``, and domain.

    Raises
    ------
    DataError, DesignError, OptionError
        As for `mean`.

    Notes
    -----
    R = Σwy/Σwx; the linearised value is w(y − Rx)/Σwx. The design effect is that of the total of
    the linearised values.

    Examples
    --------
    >>> import pandas as pd
    >>> import attitudes as at
    >>> frame = pd.DataFrame({"spent": [2.0, 3.0, 5.0], "earned": [4.0, 6.0, 10.0]})
    >>> at.ratio(at.Survey.from_frame(frame), "spent", "earned").rows[0].estimate
    0.5
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
    pairs = {
        f"{top}/{bottom}": (top, bottom)
        for top in as_names(numerator, "numerator")
        for bottom in as_names(denominator, "denominator")
    }

    def read(of: Survey, name: str) -> AnswerPair:
        return measured_pair(of, *pairs[name])

    kind = Statistic("ratio", read, _sums, linearize_ratio, wald, columns=pairs.__getitem__)
    return estimate_table(survey, tuple(pairs), kind, options)


def _sums(segments: Segments, pair: AnswerPair) -> VariableTotals:
    return ratio_totals(segments, pair.first, pair.second)
