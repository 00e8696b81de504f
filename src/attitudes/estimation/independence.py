"""Test of independence of two categorical answers."""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np
from scipy import stats

from attitudes.aggregation.domains import selection
from attitudes.aggregation.levels import code_levels
from attitudes.aggregation.placement import in_memory
from attitudes.errors import EstimationError, OptionError
from attitudes.estimation.hypothesis import HypothesisTest
from attitudes.estimation.inference import BoolArray, Setting, Variance, make_setting
from attitudes.numerics.design import FloatArray
from attitudes.numerics.inference.chisquare_mixtures import mixture_tail
from attitudes.numerics.inference.independence import rao_scott, wald_independence
from attitudes.numerics.variance.singletons import SingletonPolicy
from attitudes.survey.survey import Survey

__all__ = ["IndependenceStatistic", "cross_indicators", "independence_test"]

IndependenceStatistic = Literal["F", "Chisq", "Wald", "adjWald", "lincom", "saddlepoint"]
_PEARSON = "Pearson's X²"


def independence_test(
    survey: Survey,
    row: str,
    column: str,
    *,
    statistic: IndependenceStatistic = "F",
    where: Any = None,
    variance: Variance | None = None,
    singleton: SingletonPolicy = "error",
) -> HypothesisTest:
    """Test whether two categorical answers are independent in the population.

    Parameters
    ----------
    survey
        The survey.
    row, column
        Names of the variables; respondents without an answer to either take no part.
    statistic
        ``"F"``: Rao–Scott second-order correction, F distribution. ``"Chisq"``: first-order
        correction, χ². ``"Wald"``, ``"adjWald"``: on the estimated totals. ``"lincom"``: exact
        distribution of the linear combination of χ². ``"saddlepoint"``: its approximation.
    where
        Respondents to whom the test is confined: a boolean array, a column, an expression.
    variance
        ``"taylor"`` or ``"replicate"``; default: replicates where the survey has them.
    singleton
        What to do with strata of a single PSU.

    Returns
    -------
    HypothesisTest

    Raises
    ------
    EstimationError
        A table of fewer than two rows or columns.
    OptionError
        Unknown statistic.

    Notes
    -----
    X² = n Σ (p̂ᵢⱼ − p̂ᵢ₊p̂₊ⱼ)²/(p̂ᵢ₊p̂₊ⱼ), n the number of respondents with or without an answer, as
    in R's svychisq; its distribution is Σ λⱼ χ²₁ⱼ with λ the generalised design effects. Design
    degrees of freedom are those of the whole sample selected.

    References
    ----------
    Rao and Scott (1984), Annals of Statistics 12; Thomas and Rao (1987), JASA 82.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"a": [1, 1, 1, 2, 2, 2] * 10, "b": [1, 1, 2, 1, 2, 2] * 10})
    >>> test = independence_test(Survey.from_frame(frame), "a", "b")
    >>> round(test.statistic, 3), round(test.p_value, 4)
    (6.556, 0.013)
    """
    if statistic not in get_args(IndependenceStatistic):
        raise OptionError.unknown(
            "independence_test", "statistic", statistic, get_args(IndependenceStatistic)
        )
    survey = in_memory(survey, [row, column], where)
    setting = make_setting(survey, variance=variance, singleton=singleton)
    chosen = selection(survey, where)
    inside = np.ones(survey.n, dtype=bool) if chosen is None else chosen
    indicators, shape, rows = cross_indicators(setting, row, column, inside)
    counts = (int(rows.sum()), int(inside.sum() - rows.sum()))
    df = setting.df(inside)
    if statistic in ("Wald", "adjWald"):
        cells = (setting.weights @ indicators).reshape(shape, order="F")
        covariance = setting.infer_totals(indicators, rows).matrix
        wald = wald_independence(cells, covariance, df, adjusted=statistic == "adjWald")
        name = "Wald test of association" + (", adjusted" if statistic == "adjWald" else "")
        return HypothesisTest(
            name, "F", wald.statistic, (wald.ndf, wald.ddf), wald.p_value, *counts, setting.variance
        )
    shares, matrix = _shares(setting, indicators, rows)
    found = rao_scott(shares.reshape(shape, order="F"), matrix, float(inside.sum()))
    k = len(found.eigenvalues)
    if statistic == "F":
        value = found.pearson / found.trace
        dfs: tuple[float, ...] = (found.satterthwaite, found.satterthwaite * df)
        p = float(stats.f.sf(value, *dfs))
        return HypothesisTest(
            f"{_PEARSON}, Rao–Scott second-order correction",
            "F",
            value,
            dfs,
            p,
            *counts,
            setting.variance,
        )
    if statistic == "Chisq":
        p = float(stats.chi2.sf(found.pearson * k / found.trace, k))
        return HypothesisTest(
            f"{_PEARSON}, Rao–Scott first-order correction",
            "X-squared",
            found.pearson,
            (float(k),),
            p,
            *counts,
            setting.variance,
        )
    # R's svychisq gives replicate designs no denominator degrees of freedom here.
    ddf = found.satterthwaite * df if setting.variance == "taylor" else np.inf
    method: Literal["integration", "saddlepoint"] = (
        "integration" if statistic == "lincom" else "saddlepoint"
    )
    p = mixture_tail(found.pearson, found.eigenvalues, ddf=ddf, method=method)
    kind = "linear combination" if statistic == "lincom" else "saddlepoint approximation"
    return HypothesisTest(
        f"{_PEARSON}, {kind} of χ²", "X-squared", found.pearson, (), p, *counts, setting.variance
    )


def cross_indicators(
    setting: Setting, row: str, column: str, inside: BoolArray
) -> tuple[FloatArray, tuple[int, int], BoolArray]:
    """Return 0/1 indicators of the cells (rows vary fastest), their shape, and the rows used.

    Raises
    ------
    EstimationError
        When nobody answered both.
    """
    first, second = code_levels(setting.survey, row), code_levels(setting.survey, column)
    rows = inside & (first.codes >= 0) & (second.codes >= 0) & (setting.weights > 0)
    if not rows.any():
        raise EstimationError(
            f"{row} × {column}", "no respondent who answered both", "at least one"
        )
    r_seen, r = np.unique(first.codes[rows], return_inverse=True)
    c_seen, c = np.unique(second.codes[rows], return_inverse=True)
    shape = (len(r_seen), len(c_seen))
    indicators = np.zeros((setting.survey.n, shape[0] * shape[1]))
    indicators[np.flatnonzero(rows), r + shape[0] * c] = 1.0
    return indicators, shape, rows


def _shares(
    setting: Setting, indicators: FloatArray, rows: BoolArray
) -> tuple[FloatArray, FloatArray]:
    weights = setting.weights * rows
    total = weights.sum()
    shares = weights @ indicators / total
    scores = (indicators - shares) * (weights / total)[:, None]
    ones = np.broadcast_to(rows[:, None].astype(float), indicators.shape)
    return shares, setting.infer_ratios(scores, rows, indicators, ones).matrix
