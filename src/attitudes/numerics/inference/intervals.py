"""Confidence intervals of means and proportions under a sampling design."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from scipy import special

from attitudes.numerics.design import FloatArray

__all__ = [
    "PROPORTION_METHODS",
    "Interval",
    "ProportionMethod",
    "critical_value",
    "log_odds_interval",
    "proportion_interval",
    "t_interval",
]

ProportionMethod = Literal["logit", "beta", "wilson", "asin", "likelihood", "xlogit", "mean"]
PROPORTION_METHODS: tuple[str, ...] = get_args(ProportionMethod)


@dataclass(frozen=True, slots=True)
class Interval:
    """Ends of intervals, each of the shape of the estimates."""

    low: FloatArray
    high: FloatArray


def critical_value(level: float, df: FloatArray | float) -> FloatArray:
    """Return the upper quantile of Student's t; of the normal for infinite df, NaN for df ≤ 0."""
    freedom = np.asarray(df, dtype=np.float64)
    p = 1 - (1 - level) / 2
    infinite = np.isinf(freedom)
    usable = np.where(infinite | (freedom <= 0), 1.0, freedom)
    value = np.where(infinite, special.ndtri(p), special.stdtrit(usable, p))
    return np.where(freedom > 0, value, np.nan)


def t_interval(
    estimate: FloatArray, se: FloatArray, df: FloatArray | float, level: float = 0.95
) -> Interval:
    """Return estimate ± t · se."""
    half = critical_value(level, df) * se
    return Interval(estimate - half, estimate + half)


def proportion_interval(
    method: ProportionMethod,
    p: FloatArray,
    variance: FloatArray,
    df: FloatArray | float,
    level: float = 0.95,
    rows: FloatArray | None = None,
) -> Interval:
    """Return the interval of proportions.

    Parameters
    ----------
    method
        ``"logit"`` and ``"xlogit"`` (Wald on the log odds), ``"beta"`` (Korn and Graubard, from
        the effective sample size), ``"wilson"`` (score interval with the effective sample size),
        ``"asin"`` (variance-stabilising), ``"mean"`` (Wald). ``"likelihood"`` is in
        `attitudes.numerics.inference.likelihood_interval`.
    p, variance
        Proportions and their variances.
    df
        Design degrees of freedom.
    level
        Confidence level.
    rows
        Respondents of the domain, for ``"beta"``.

    Returns
    -------
    Interval
        NaN where the proportion is 0 or 1, or has no variance, and the method needs more.

    Notes
    -----
    Effective sample size: n* = p(1 − p)/v, times (t_{n−1}/t_df)² for ``"beta"``. Where the
    variance is zero (a poststratum, a stratum) n* is infinite and both ends are p. Angles of
    ``"asin"`` stay within those of 0 and 1.

    References
    ----------
    Korn and Graubard (1998), Survey Methodology 24; Dean and Pagano (2015), Journal of Survey
    Statistics and Methodology 3.
    """
    if method == "mean":
        return t_interval(p, np.sqrt(variance), df, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        if method in ("logit", "xlogit"):
            ends = log_odds_interval(p, np.sqrt(variance) / (p * (1 - p)), df, level)
        elif method == "asin":
            half = critical_value(level, df) * np.sqrt(variance / (4 * p * (1 - p)))
            centre = np.arcsin(np.sqrt(p))
            low, high = np.maximum(centre - half, 0.0), np.minimum(centre + half, np.pi / 2)
            ends = Interval(np.sin(low) ** 2, np.sin(high) ** 2)
        else:
            effective = p * (1 - p) / variance
            if method == "wilson":
                ends = _wilson(p, effective, critical_value(level, df))
            else:
                ratio = critical_value(level, (rows if rows is not None else np.inf) - 1.0)
                ends = _beta(p, effective * (ratio / critical_value(level, df)) ** 2, level)
            constant = (variance == 0) & (critical_value(level, df) > 0)
            ends = Interval(np.where(constant, p, ends.low), np.where(constant, p, ends.high))
    open_ended = (p > 0) & (p < 1) & (variance >= 0)
    return Interval(np.where(open_ended, ends.low, np.nan), np.where(open_ended, ends.high, np.nan))


def log_odds_interval(
    p: FloatArray, se: FloatArray, df: FloatArray | float, level: float = 0.95
) -> Interval:
    """Return the interval of proportions from the standard error of their log odds.

    Examples
    --------
    >>> ends = log_odds_interval(np.array([0.5]), np.array([0.2]), np.inf)
    >>> ends.low.round(4), ends.high.round(4)
    (array([0.4032]), array([0.5968]))
    """
    centre = special.logit(p)
    half = critical_value(level, df) * se
    return Interval(special.expit(centre - half), special.expit(centre + half))


def _beta(p: FloatArray, n: FloatArray, level: float) -> Interval:
    tail = (1 - level) / 2
    low = special.betaincinv(n * p, n * (1 - p) + 1, tail)
    high = special.betaincinv(n * p + 1, n * (1 - p), 1 - tail)
    return Interval(np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64))


def _wilson(p: FloatArray, n: FloatArray, t: FloatArray) -> Interval:
    centre = (p + t**2 / (2 * n)) / (1 + t**2 / n)
    half = t / (1 + t**2 / n) * np.sqrt(p * (1 - p) / n + t**2 / (4 * n**2))
    return Interval(centre - half, centre + half)
