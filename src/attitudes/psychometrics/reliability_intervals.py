"""Intervals of alpha: from the design, by bootstrap of PSUs, or Feldt's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import t as t_distribution

from attitudes.errors import OptionError
from attitudes.numerics.design import FloatArray
from attitudes.numerics.moments import Moments, pairwise_moments
from attitudes.numerics.replicates.bootstrap import bootstrap_replicates
from attitudes.numerics.scales.alpha import (
    alpha_coefficients,
    alpha_gradient,
    covariance_influence,
    feldt_interval,
)
from attitudes.numerics.variance.singletons import SingletonPolicy
from attitudes.numerics.variance.taylor import design_covariance
from attitudes.survey.survey import Survey

__all__ = ["Interval", "IntervalMethod", "alpha_interval", "bootstrap_interval"]

IntervalMethod = Literal["design", "bootstrap", "feldt"]


@dataclass(frozen=True, slots=True)
class Interval:
    """A standard error and an interval.

    Attributes
    ----------
    se
        Standard error; NaN for Feldt's interval.
    low, high
        Limits.
    level
        Confidence level.
    method
        ``"design"``, ``"bootstrap"`` or ``"feldt"``.
    df
        Degrees of freedom of a design-based interval; NaN otherwise.
    """

    se: float
    low: float
    high: float
    level: float
    method: str
    df: float


def alpha_interval(
    survey: Survey,
    values: FloatArray,
    weights: FloatArray,
    moments: Moments,
    *,
    method: Literal["design", "feldt"],
    level: float,
    singleton: SingletonPolicy,
) -> Interval:
    """Return the interval of raw alpha.

    Parameters
    ----------
    survey
        Respondents, with their design.
    values, weights
        Keyed answers, n × k, and weights; weight 0 outside the domain.
    moments
        Moments of the values.
    method
        ``"design"``: linearisation over PSUs, t interval of log(1 − α); ``"feldt"``: F interval for
        independent respondents of equal weight.
    level, singleton
        Confidence level; policy for strata with a single PSU.
    """
    alpha = alpha_coefficients(moments.covariance).raw
    if method == "feldt":
        n = int(np.isfinite(values[weights > 0]).any(axis=1).sum())
        low, high = feldt_interval(alpha, n, values.shape[1], level)
        return Interval(float("nan"), low, high, level, "feldt", float("nan"))
    influence = covariance_influence(values, moments, alpha_gradient(moments.covariance))
    domain = weights > 0
    found = design_covariance(
        influence * weights,
        survey.design_arrays(),
        singleton,
        None if domain.all() else domain,
        calibrations=survey.calibrations,
    )
    se = float(found.se[0])
    width = float(t_distribution.ppf((1.0 + level) / 2.0, max(found.df, 1))) * se / (1.0 - alpha)
    return Interval(
        se,
        1.0 - (1.0 - alpha) * float(np.exp(width)),
        1.0 - (1.0 - alpha) * float(np.exp(-width)),
        level,
        "design",
        float(found.df),
    )


def bootstrap_interval(
    survey: Survey,
    values: FloatArray,
    weights: FloatArray,
    statistic: Callable[[FloatArray], float],
    *,
    level: float,
    replicates: int,
    rng: np.random.Generator | None,
) -> Interval:
    """Return the percentile interval of a function of the covariance matrix.

    Parameters
    ----------
    survey
        Respondents, with their design.
    values, weights
        Keyed answers, n × k, and weights.
    statistic
        From a covariance matrix to a number.
    level
        Confidence level.
    replicates
        Number of bootstrap replicates of the PSUs within strata (Rao and Wu).
    rng
        Source of randomness.

    Raises
    ------
    OptionError
        Without rng.
    """
    if rng is None:
        raise OptionError(
            "reliability, interval", "bootstrap without rng", "a numpy Generator as rng"
        )
    drawn = bootstrap_replicates(survey.design_arrays(), rng, n_replicates=replicates)
    assert drawn.factors is not None
    found = np.empty(replicates)
    for r in range(replicates):
        replicate = weights * drawn.factors[drawn.units, r]
        keep = replicate > 0
        found[r] = statistic(pairwise_moments(values[keep], replicate[keep]).covariance)
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(found, [tail, 1.0 - tail])
    return Interval(
        float(found.std(ddof=1)), float(low), float(high), level, "bootstrap", float("nan")
    )
