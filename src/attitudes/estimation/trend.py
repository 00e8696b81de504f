"""Change of a mean between waves of a survey."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from attitudes.aggregation.placement import in_memory
from attitudes.errors import OptionError
from attitudes.estimation.comparison import Comparison, compare
from attitudes.estimation.domain_means import domain_means
from attitudes.estimation.inference import Variance, make_setting
from attitudes.numerics.design import FloatArray
from attitudes.numerics.inference.multiplicity import Adjustment
from attitudes.numerics.variance.singletons import SingletonPolicy
from attitudes.survey.survey import Survey

__all__ = ["trend"]


def trend(
    waves: Sequence[Survey],
    variable: str,
    *,
    times: Sequence[float] | None = None,
    labels: Sequence[str] | None = None,
    where: Any = None,
    adjust: Adjustment | None = "holm",
    level: float = 0.95,
    variance: Variance | None = None,
    singleton: SingletonPolicy = "error",
) -> Comparison:
    """Return the change of a mean from wave to wave, from first to last, and its slope.

    Parameters
    ----------
    waves
        Two surveys or more, in order, drawn independently of each other.
    variable
        Numeric answers, of the same name in each wave.
    times
        Time of each wave, for the slope per unit of time; default 0, 1, 2, ….
    labels
        Names of the waves; default their times.
    where
        Column or expression that confines each wave.
    adjust
        Adjustment of the p-values over the rows.
    level
        Coverage of the intervals.
    variance, singleton
        How each wave's variance is taken.

    Returns
    -------
    Comparison
        Differences of neighbouring waves; of last and first, and the slope, for more than two.

    Raises
    ------
    OptionError
        Fewer than two waves; times that do not increase.

    Notes
    -----
    Waves are independent, so variances add. The slope weighs the waves' means by the inverse of
    their variances. Degrees of freedom: the sum over waves.

    Examples
    --------
    >>> import pandas as pd
    >>> first = Survey.from_frame(pd.DataFrame({"q": [1, 2, 3, 2]}))
    >>> second = Survey.from_frame(pd.DataFrame({"q": [3, 4, 5, 4]}))
    >>> trend([first, second], "q").estimates.tolist()
    [2.0]
    """
    moments = np.arange(len(waves), dtype=np.float64) if times is None else np.asarray(times, float)
    if len(waves) < 2 or len(moments) != len(waves) or (np.diff(moments) <= 0).any():
        raise OptionError(
            "trend", f"{len(waves)} waves and {len(moments)} times", "two waves or more, in order"
        )
    names = [f"{t:g}" for t in moments] if labels is None else [str(v) for v in labels]
    if len(names) != len(waves):
        raise OptionError("trend, labels", f"{len(names)}", f"{len(waves)}, one a wave")
    means, variances, dfs, kinds = [], [], [], []
    for wave in waves:
        held = in_memory(wave, [variable], where)
        setting = make_setting(held, variance=variance, singleton=singleton)
        found = domain_means(setting, [variable], [], where)
        means.append(float(found.estimates[0]))
        variances.append(float(found.inference.matrix[0, 0]))
        dfs.append(found.inference.df)
        kinds.append(setting.variance)
    rows, titles = _contrasts(moments, names, np.array(variances))
    return compare(
        titles,
        rows @ np.array(means),
        rows @ np.diag(variances) @ rows.T,
        df=float(sum(dfs)),
        level=level,
        adjustment=adjust,
        variance=", ".join(dict.fromkeys(kinds)),
    )


def _contrasts(
    times: FloatArray, names: list[str], variances: FloatArray
) -> tuple[FloatArray, tuple[str, ...]]:
    k = len(times)
    identity = np.eye(k)
    rows = [identity[j] - identity[i] for i, j in pairwise(range(k))]
    titles = [f"{names[j]} − {names[i]}" for i, j in pairwise(range(k))]
    if k > 2:
        rows.append(identity[-1] - identity[0])
        titles.append(f"{names[-1]} − {names[0]}")
        precision = 1 / np.where(variances > 0, variances, np.nan)
        weights = precision if np.isfinite(precision).all() else np.ones(k)
        centred = times - float(weights @ times / weights.sum())
        rows.append(weights * centred / float(weights @ centred**2))
        titles.append("slope")
    return np.vstack(rows), tuple(titles)
