"""Intervals of alpha and omega: from the design, by bootstrap of PSUs, or Feldt's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import t as t_distribution

from attitudes.errors import AttitudesError, OptionError
from attitudes.numerics.design import FloatArray
from attitudes.numerics.moments import Moments
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

__all__ = [
    "Interval",
    "IntervalMethod",
    "alpha_interval",
    "bootstrap_intervals",
    "design_intervals",
]

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


def design_intervals(
    survey: Survey,
    weights: FloatArray,
    estimates: Mapping[str, tuple[float, FloatArray]],
    *,
    level: float,
    singleton: SingletonPolicy,
) -> dict[str, Interval]:
    """Return intervals of coefficients by linearisation over the PSUs.

    Parameters
    ----------
    survey
        Respondents, with their design.
    weights
        Length n; 0 outside the domain.
    estimates
        Name → the coefficient, below 1, and each respondent's influence on it, length n.
    level, singleton
        Confidence level; policy for strata with a single PSU.

    Notes
    -----
    A t interval of log(1 − θ), turned back: it stays below 1 and is wider downwards.
    """
    if not estimates:
        return {}
    domain = weights > 0
    scores = np.column_stack([u for _, u in estimates.values()]) * weights[:, None]
    found = design_covariance(
        scores,
        survey.design_arrays(),
        singleton,
        None if domain.all() else domain,
        calibrations=survey.calibrations,
    )
    quantile = float(t_distribution.ppf((1.0 + level) / 2.0, max(found.df, 1)))
    out = {}
    for (name, (value, _)), se in zip(estimates.items(), found.se, strict=True):
        gap = 1.0 - value
        width = quantile * float(se) / gap
        limits = (1.0 - gap * float(np.exp(width)), 1.0 - gap * float(np.exp(-width)))
        out[name] = Interval(float(se), *limits, level, "design", float(found.df))
    return out


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
    estimates = {"alpha": (alpha, influence)}
    return design_intervals(survey, weights, estimates, level=level, singleton=singleton)["alpha"]


def bootstrap_intervals(
    survey: Survey,
    weights: FloatArray,
    statistics: Callable[[FloatArray], Mapping[str, float]],
    *,
    level: float,
    replicates: int,
    rng: np.random.Generator | None,
) -> tuple[dict[str, Interval], int]:
    """Return percentile intervals of coefficients, and how many replicates had none.

    Parameters
    ----------
    survey
        Respondents, with their design.
    weights
        Length n; 0 outside the domain.
    statistics
        From the weights of a replicate, length n, to coefficients by name.
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
    rows, failed = [], 0
    for r in range(replicates):
        try:
            rows.append(statistics(weights * drawn.factors[drawn.units, r]))
        except AttitudesError:
            failed += 1
    tail = (1.0 - level) / 2.0
    out = {}
    for name in rows[0] if rows else ():
        values = np.array([row[name] for row in rows], dtype=np.float64)
        values = values[np.isfinite(values)]
        if len(values) < 2:
            continue
        low, high = np.quantile(values, [tail, 1.0 - tail])
        spread = float(values.std(ddof=1))
        out[name] = Interval(spread, float(low), float(high), level, "bootstrap", float("nan"))
    return out, failed
