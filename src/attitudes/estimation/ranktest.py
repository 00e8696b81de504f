"""Design-based rank tests of two groups or more."""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np
from scipy import linalg, stats

from attitudes.aggregation.domains import selection
from attitudes.aggregation.levels import code_levels
from attitudes.aggregation.placement import in_memory
from attitudes.errors import EstimationError, OptionError
from attitudes.estimation.hypothesis import HypothesisTest
from attitudes.estimation.inference import Variance, make_setting, t_interval
from attitudes.numerics.inference.ranks import Ties, group_regression, rank_scores
from attitudes.numerics.variance.singletons import SingletonPolicy
from attitudes.survey.survey import Survey

__all__ = ["RankTest", "rank_test"]

WORST_CONDITION = 1e14
_TITLES = {
    "wilcoxon": "Wilcoxon",
    "kruskal": "Kruskal–Wallis",
    "vanderwaerden": "van der Waerden",
    "median": "median",
}
RankTest = Literal["wilcoxon", "kruskal", "vanderwaerden", "median"]


def rank_test(
    survey: Survey,
    variable: str,
    *,
    by: str,
    test: RankTest = "wilcoxon",
    ties: Ties = "rows",
    level: float = 0.95,
    where: Any = None,
    variance: Variance | None = None,
    singleton: SingletonPolicy = "error",
) -> HypothesisTest:
    """Test whether groups differ in the ranks of their answers.

    Parameters
    ----------
    survey
        The survey.
    variable
        Numeric or ordinal answers.
    by
        The groups.
    test
        Scores of the ranks: ``"wilcoxon"`` and ``"kruskal"`` the ranks themselves,
        ``"vanderwaerden"`` normal quantiles, ``"median"`` above or below the median.
    ties
        ``"rows"``: tied answers share the plain mean of their rows' ranks, as in R, which moves a
        little with the order of rows when weights differ; ``"weights"``: order plays no part.
    level
        Coverage of the interval (two groups).
    where
        Respondents to whom the test is confined.
    variance, singleton
        How the variance is taken; default: replicates where the survey has them.

    Returns
    -------
    HypothesisTest
        Two groups: t with the difference of mean rank scores; more: F of the χ² of all
        differences.

    Raises
    ------
    EstimationError
        A single group; ranks without variance; no degrees of freedom.
    OptionError
        Unknown test.

    Notes
    -----
    Ranks are estimated for the population, scores are regressed on the groups, and the
    coefficients' design covariance gives the test: t on df − 1 for two groups, F(k − 1,
    df − k + 1) for k. Replicates weigh the influences found on the full sample, as in R.

    References
    ----------
    Lumley and Scott (2013), Biometrika 100, 831–842.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"q": [1, 2, 3, 3, 4, 5], "g": ["a", "a", "a", "b", "b", "b"]})
    >>> round(rank_test(Survey.from_frame(frame), "q", by="g").estimate, 4)
    0.4444
    """
    if test not in get_args(RankTest):
        raise OptionError.unknown("rank_test", "test", test, get_args(RankTest))
    survey = in_memory(survey, [variable, by], where)
    setting = make_setting(survey, variance=variance, singleton=singleton)
    chosen = selection(survey, where)
    inside = np.ones(survey.n, dtype=bool) if chosen is None else chosen
    y = survey.answers(variable).as_float()
    levels = code_levels(survey, by)
    rows = inside & np.isfinite(y) & (levels.codes >= 0) & (setting.weights > 0)
    seen, groups = np.unique(levels.codes[rows], return_inverse=True)
    k = len(seen)
    if k < 2:
        raise EstimationError(f"rank test by {by}", f"{k} groups with answers", "two or more")
    used = np.flatnonzero(rows)
    scores = rank_scores(y[rows], setting.weights[rows], test, ties)
    fit = group_regression(scores, groups, setting.weights[rows], k)
    values = np.zeros((survey.n, k - 1))
    values[used] = fit.influence / setting.weights[rows][:, None]
    inference = setting.infer_totals(values, rows)
    counts = (len(used), int(inside.sum()) - len(used))
    df = setting.df(rows)
    if k == 2:
        se = float(inference.se[0])
        _require(df - 1, se)
        estimate = float(fit.differences[0])
        low, high = t_interval(estimate, se, df - 1, level)
        p = float(2 * stats.t.sf(abs(estimate / se), df - 1))
        return HypothesisTest(
            f"Design-based {_TITLES[test]} test",
            "t",
            estimate / se,
            (df - 1,),
            p,
            *counts,
            setting.variance,
            estimate,
            se,
            low,
            high,
        )
    ddf = df - (k - 1)
    if ddf <= 0:
        raise EstimationError(
            "rank test", f"{df:g} degrees of freedom for {k} groups", f"more than {k - 1}"
        )
    scale = float(np.abs(np.diag(inference.matrix)).min())
    if not scale > 0 or np.linalg.cond(inference.matrix) > WORST_CONDITION:
        _require(ddf, 0.0)
    chisq = float(fit.differences @ linalg.solve(inference.matrix, fit.differences))
    value = chisq / (k - 1)
    p = float(stats.f.sf(value, k - 1, ddf))
    return HypothesisTest(
        f"Design-based {_TITLES[test]} test",
        "F",
        value,
        (float(k - 1), ddf),
        p,
        *counts,
        setting.variance,
    )


def _require(df: float, se: float) -> None:
    if not df > 0 or not se > 0:
        raise EstimationError(
            "rank test",
            f"standard error {se:g} on {df:g} degrees of freedom",
            "both more than 0",
            "more PSUs, or answers that vary, are needed",
        )
