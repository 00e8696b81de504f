"""Effect sizes with design-based intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from attitudes.aggregation.domains import selection
from attitudes.aggregation.levels import code_levels
from attitudes.aggregation.placement import in_memory
from attitudes.errors import EstimationError
from attitudes.estimation.inference import BoolArray, Setting, Variance, make_setting
from attitudes.estimation.ttest import two_groups
from attitudes.numerics.design import FloatArray
from attitudes.numerics.inference.effect_sizes import EffectSize, cohens_d, cramers_v
from attitudes.numerics.variance.singletons import SingletonPolicy
from attitudes.survey.survey import Survey

__all__ = ["Effect", "effect_size"]


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect size.

    Attributes
    ----------
    name
        ``"Cohen's d"`` or ``"Cramér's V"``.
    estimate, se
        Value and design-based standard error.
    ci_low, ci_high, level
        Interval and its coverage.
    df
        Degrees of freedom of the design.
    n
        Respondents used.
    variance
        ``"taylor"`` or ``"replicate"``.
    """

    name: str
    estimate: float
    se: float
    ci_low: float
    ci_high: float
    level: float
    df: float
    n: int
    variance: str

    def to_dict(self) -> dict[str, object]:
        """Return the fields as plain values."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def effect_size(
    survey: Survey,
    variable: str,
    *,
    by: str,
    categorical: bool = False,
    level: float = 0.95,
    where: Any = None,
    variance: Variance | None = None,
    singleton: SingletonPolicy = "error",
) -> Effect:
    """Return Cohen's d of two groups' means, or Cramér's V of two categorical answers.

    Parameters
    ----------
    survey
        The survey.
    variable
        The answer.
    by
        The groups: two for Cohen's d, the second minus the first.
    categorical
        Whether to take ``variable`` as categories (Cramér's V) rather than numbers (Cohen's d).
    level
        Coverage of the interval.
    where
        Respondents to whom it is confined.
    variance, singleton
        How the variance is taken; default: replicates where the survey has them.

    Raises
    ------
    EstimationError
        Not two groups (d); fewer than two categories (V); no variation within groups.

    Notes
    -----
    Delta method on the weighted shares and moments. The interval of d is t on the design's degrees
    of freedom; that of V is taken on artanh V, and its lower end is not below 0. V is biased
    upwards in small samples.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"q": [1, 2, 3, 3, 4, 5], "g": ["a", "a", "a", "b", "b", "b"]})
    >>> round(effect_size(Survey.from_frame(frame), "q", by="g").estimate, 4)
    2.4495
    """
    survey = in_memory(survey, [variable, by], where)
    setting = make_setting(survey, variance=variance, singleton=singleton)
    chosen = selection(survey, where)
    inside = np.ones(survey.n, dtype=bool) if chosen is None else chosen
    inside = inside & (setting.weights > 0)
    if categorical:
        return _association(setting, variable, by, inside, level)
    y = survey.answers(variable).as_float()
    group, rows = two_groups(survey, by, inside & np.isfinite(y))
    used = np.flatnonzero(rows)

    def estimate(weights: FloatArray) -> EffectSize:
        return cohens_d(y[used], group[used], weights)

    value, se, df = _infer(setting, rows, estimate)
    half = float(stats.t.ppf((1 + level) / 2, df)) * se
    return Effect(
        "Cohen's d", value, se, value - half, value + half, level, df, len(used), setting.variance
    )


def _association(
    setting: Setting, variable: str, by: str, inside: BoolArray, level: float
) -> Effect:
    first, second = code_levels(setting.survey, variable), code_levels(setting.survey, by)
    rows = inside & (first.codes >= 0) & (second.codes >= 0)
    if not rows.any():
        raise EstimationError(f"{variable} × {by}", "no respondent who answered both", "some")
    used = np.flatnonzero(rows)
    r_seen, r = np.unique(first.codes[used], return_inverse=True)
    c_seen, c = np.unique(second.codes[used], return_inverse=True)

    def estimate(weights: FloatArray) -> EffectSize:
        return cramers_v(r, c, weights, (len(r_seen), len(c_seen)))

    value, se, df = _infer(setting, rows, estimate)
    # On artanh V the interval stays below 1.
    clipped = min(value, 1 - 1e-12)
    half = float(stats.t.ppf((1 + level) / 2, df)) * se / (1 - clipped**2)
    low = max(0.0, float(np.tanh(np.arctanh(clipped) - half)))
    high = float(np.tanh(np.arctanh(clipped) + half))
    return Effect("Cramér's V", value, se, low, high, level, df, len(used), setting.variance)


def _infer(
    setting: Setting, rows: BoolArray, estimate: Callable[[FloatArray], EffectSize]
) -> tuple[float, float, float]:
    used = np.flatnonzero(rows)
    full = estimate(setting.weights[used])
    scores = np.zeros((setting.survey.n, 1))
    scores[used, 0] = full.scores

    def refit(weights: FloatArray) -> FloatArray:
        return np.array([estimate(weights[used]).value])

    inference = setting.infer(scores, rows, np.array([full.value]), refit)
    return full.value, float(inference.se[0]), inference.df
