"""Design-based t-test of a mean, or of the difference of two groups' means."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats

from attitudes.aggregation.domains import selection
from attitudes.aggregation.levels import code_levels
from attitudes.aggregation.placement import in_memory
from attitudes.errors import EstimationError, OptionError
from attitudes.estimation.hypothesis import HypothesisTest
from attitudes.estimation.inference import BoolArray, Variance, make_setting, t_interval
from attitudes.numerics.design import IntArray
from attitudes.numerics.variance.singletons import SingletonPolicy
from attitudes.survey.survey import Survey

__all__ = ["t_test", "two_groups"]


def t_test(
    survey: Survey,
    variable: str,
    *,
    by: str | None = None,
    minus: str | None = None,
    mean: float = 0.0,
    level: float = 0.95,
    where: Any = None,
    variance: Variance | None = None,
    singleton: SingletonPolicy = "error",
) -> HypothesisTest:
    """Test a mean against a number, or two groups' means against each other.

    Parameters
    ----------
    survey
        The survey.
    variable
        Numeric answers.
    by
        Variable with two groups; the estimate is the second group's mean minus the first's.
    minus
        Second variable of the same respondents, subtracted first (paired test).
    mean
        Mean under the hypothesis (of the difference where there are groups).
    level
        Coverage of the interval.
    where
        Respondents to whom the test is confined.
    variance, singleton
        How the variance is taken; default: replicates where the survey has them.

    Returns
    -------
    HypothesisTest
        With the estimate, its standard error and interval.

    Raises
    ------
    EstimationError
        Fewer or more than two groups; no answers.

    Notes
    -----
    t on the design's degrees of freedom − 1, as R's svyttest: one mean is tested on all PSUs, two
    groups on the PSUs with answers.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"q": [1, 2, 3, 4, 4, 5], "g": ["a", "a", "a", "b", "b", "b"]})
    >>> test = t_test(Survey.from_frame(frame), "q", by="g")
    >>> round(test.estimate, 4), round(test.statistic, 3), test.df
    (2.3333, 3.913, (4.0,))
    """
    if not 0 < level < 1:
        raise OptionError("t_test, level", f"{level}", "between 0 and 1")
    survey = in_memory(survey, [name for name in (variable, by, minus) if name], where)
    setting = make_setting(survey, variance=variance, singleton=singleton)
    chosen = selection(survey, where)
    inside = np.ones(survey.n, dtype=bool) if chosen is None else chosen
    y = survey.answers(variable).as_float()
    if minus is not None:
        y = y - survey.answers(minus).as_float()
    rows = inside & np.isfinite(y) & (setting.weights > 0)
    label = variable if minus is None else f"{variable} − {minus}"
    if by is None:
        _require(rows, label)
        members = rows[:, None].astype(float)
        name, basis = "one-sample t-test", inside
    else:
        group, rows = two_groups(survey, by, rows)
        members = np.column_stack([rows & (group == 0), rows & (group == 1)]).astype(float)
        name, basis = "t-test", rows
    values = np.where(rows, y, 0.0)[:, None] * members
    totals = setting.weights @ members
    means = (setting.weights @ values) / totals
    scores = (values - means * members) * (setting.weights[:, None] / totals)
    inference = setting.infer_ratios(scores, rows, values, members)
    contrast = np.ones(1) if by is None else np.array([-1.0, 1.0])
    estimate = float(contrast @ means)
    se = float(np.sqrt(contrast @ inference.matrix @ contrast))
    df = setting.df(basis) - 1
    return _result(
        f"Design-based {name}", estimate, se, df, mean, level, rows, inside, setting.variance
    )


def _result(
    name: str,
    estimate: float,
    se: float,
    df: float,
    mean: float,
    level: float,
    rows: BoolArray,
    inside: BoolArray,
    variance: str,
) -> HypothesisTest:
    if not df > 0 or not se > 0:
        raise EstimationError(
            name,
            f"standard error {se:g} on {df:g} degrees of freedom",
            "both more than 0",
            "more PSUs, or answers that vary, are needed",
        )
    value = (estimate - mean) / se
    low, high = t_interval(estimate, se, df, level)
    p = float(2 * stats.t.sf(abs(value), df))
    counts = (int(rows.sum()), int(inside.sum() - rows.sum()))
    return HypothesisTest(name, "t", value, (df,), p, *counts, variance, estimate, se, low, high)


def two_groups(survey: Survey, by: str, rows: BoolArray) -> tuple[IntArray, BoolArray]:
    """Return 0/1 group codes and the rows that belong to a group.

    Raises
    ------
    EstimationError
        When there are not two groups with answers.
    """
    levels = code_levels(survey, by)
    rows = rows & (levels.codes >= 0)
    _require(rows, by)
    seen = np.unique(levels.codes[rows])
    if len(seen) != 2:
        found = ", ".join(str(levels.values[int(c)]) for c in seen[:8])
        raise EstimationError(
            f"test by {by}",
            f"{len(seen)} groups with answers ({found})",
            "two groups",
            "use contrast(…, pairs='all') or rank_test for more than two",
        )
    return np.where(levels.codes == seen[1], 1, 0), rows


def _require(rows: BoolArray, name: str) -> None:
    if not rows.any():
        raise EstimationError(f"test of {name}", "no respondent with an answer", "at least two")
