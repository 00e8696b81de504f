"""Cumulative-link models for ordered answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from scipy import linalg, special, stats

from attitudes.errors import ConvergenceError, EstimationError, OptionError
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.models.separation import is_separated_ordinal

__all__ = ["OrdinalFit", "OrdinalLink", "cumulative", "density", "fit_ordinal"]

OrdinalLink = Literal["logit", "probit", "cloglog", "loglog", "cauchit"]
_MAXIMUM_ITERATIONS = 200


@dataclass(frozen=True, slots=True)
class OrdinalFit:
    """Fit of P(Y ≤ k) = F(ζₖ − xβ).

    Attributes
    ----------
    coefficients
        β, length p.
    thresholds
        ζ, increasing, length K − 1.
    information
        Negative Hessian of the weighted log-likelihood in (β, ζ).
    scores
        Weighted influence of each row on (β, ζ), n × (p + K − 1).
    log_likelihood
        Weighted log-likelihood.
    iterations
        Newton steps taken.
    """

    coefficients: FloatArray
    thresholds: FloatArray
    information: FloatArray
    scores: FloatArray
    log_likelihood: float
    iterations: int


def cumulative(eta: FloatArray, link: OrdinalLink) -> FloatArray:
    """Return F(η) of a link; ``"loglog"`` is exp(−exp(−η)), ``"cloglog"`` 1 − exp(−exp(η))."""
    if link == "logit":
        return np.asarray(special.expit(eta))
    if link == "probit":
        return np.asarray(special.ndtr(eta))
    if link == "cauchit":
        return np.asarray(stats.cauchy.cdf(eta))
    with np.errstate(over="ignore"):
        return -np.expm1(-np.exp(eta)) if link == "cloglog" else np.exp(-np.exp(-eta))


def density(eta: FloatArray, link: OrdinalLink) -> tuple[FloatArray, FloatArray]:
    """Return F′ and F″ of a link; both are zero at ±∞."""
    finite = np.isfinite(eta)
    x = np.where(finite, eta, 0.0)
    if link == "logit":
        mu = special.expit(x)
        first = mu * special.expit(-x)
        second = first * (1 - 2 * mu)
    elif link == "probit":
        first = stats.norm.pdf(x)
        second = -x * first
    elif link == "cauchit":
        first = stats.cauchy.pdf(x)
        second = -2 * x / (1 + x**2) * first
    else:
        sign = 1.0 if link == "cloglog" else -1.0
        clipped = np.minimum(sign * x, 500.0)
        with np.errstate(over="ignore"):
            power = np.exp(clipped)
            first = np.exp(clipped - power)
            second = sign * np.where(first > 0, first * (1 - power), 0.0)
    return np.where(finite, first, 0.0), np.where(finite, second, 0.0)


def fit_ordinal(
    X: FloatArray,
    y: IntArray,
    weights: FloatArray,
    *,
    n_categories: int,
    link: OrdinalLink = "logit",
    start: FloatArray | None = None,
) -> OrdinalFit:
    """Fit a cumulative-link model by Newton's method.

    Parameters
    ----------
    X
        Predictors without intercept, n × p.
    y
        Category of each row, 0 … K−1.
    weights
        Weights, length n.
    n_categories
        K, at least 3.
    link
        F; ``"logit"`` is the proportional-odds model.
    start
        (β, ζ) to start from.

    Raises
    ------
    OptionError
        Unknown link.
    EstimationError
        A category that nobody chose.
    ConvergenceError
        No maximum: separation, or predictors that depend on each other.

    References
    ----------
    McCullagh (1980), JRSS B 42; Binder (1983), ISR 51.
    """
    if link not in get_args(OrdinalLink):
        raise OptionError.unknown("ordinal regression", "link", link, get_args(OrdinalLink))
    shares = np.bincount(y, weights=weights, minlength=n_categories) / weights.sum()
    if (shares <= 0).any():
        raise EstimationError(
            "ordinal regression",
            f"{int((shares <= 0).sum())} answer categories that nobody chose",
            "respondents in every category",
            "merge categories",
        )
    p = X.shape[1]
    theta = np.concatenate([np.zeros(p), _quantile(np.cumsum(shares)[:-1], link)])
    theta = theta if start is None else start
    value = _log_likelihood(theta, X, y, weights, link)
    for iteration in range(1, _MAXIMUM_ITERATIONS + 1):
        rows, information = _derivatives(theta, X, y, weights, link)
        gradient = rows.sum(axis=0)
        step = _newton_step(information, gradient)
        theta, improved = _line_search(theta, step, value, X, y, weights, link)
        done = float(gradient @ step) <= 1e-13 * (abs(value) + 1)
        value = improved
        if done:
            return _finish(theta, p, X, y, weights, link, value, iteration)
        if np.abs(theta).max() > 1e8:
            break
    raise _no_maximum()


def _no_maximum() -> ConvergenceError:
    return ConvergenceError(
        "ordinal regression",
        "no maximum of the likelihood (separation)",
        "predictors under which the answers overlap",
        "leave out or merge the categories in which everybody gives the same answer",
    )


def _finish(
    theta: FloatArray,
    p: int,
    X: FloatArray,
    y: IntArray,
    weights: FloatArray,
    link: OrdinalLink,
    value: float,
    iteration: int,
) -> OrdinalFit:
    upper, lower = _bounds(theta, X, y)
    finite = np.concatenate([upper[np.isfinite(upper)], lower[np.isfinite(lower)]])
    if np.abs(finite).max() > 8 and is_separated_ordinal(X, y, len(theta) - p + 1):
        raise _no_maximum()
    rows, information = _derivatives(theta, X, y, weights, link)
    scores = rows @ linalg.inv(information)
    return OrdinalFit(theta[:p], theta[p:], information, scores, value, iteration)


def _quantile(shares: FloatArray, link: OrdinalLink) -> FloatArray:
    if link == "logit":
        return np.asarray(special.logit(shares))
    if link == "probit":
        return np.asarray(special.ndtri(shares))
    if link == "cauchit":
        return np.asarray(stats.cauchy.ppf(shares))
    if link == "cloglog":
        return np.asarray(np.log(-np.log1p(-shares)))
    return np.asarray(-np.log(-np.log(shares)))


def _bounds(theta: FloatArray, X: FloatArray, y: IntArray) -> tuple[FloatArray, FloatArray]:
    p = X.shape[1]
    edges = np.concatenate([[-np.inf], theta[p:], [np.inf]])
    eta = X @ theta[:p]
    return edges[y + 1] - eta, edges[y] - eta


def _probability(upper: FloatArray, lower: FloatArray, link: OrdinalLink) -> FloatArray:
    direct = cumulative(upper, link) - cumulative(lower, link)
    if link not in ("logit", "probit", "cauchit"):
        return direct
    # For the symmetric links the difference is taken in the lower tail.
    mirrored = cumulative(-lower, link) - cumulative(-upper, link)
    return np.where(lower > 0, mirrored, direct)


def _log_likelihood(
    theta: FloatArray, X: FloatArray, y: IntArray, weights: FloatArray, link: OrdinalLink
) -> float:
    if (np.diff(theta[X.shape[1] :]) <= 0).any():
        return -np.inf
    probability = _probability(*_bounds(theta, X, y), link)
    if (probability[weights != 0] <= 0).any():
        return -np.inf
    return float(weights @ np.log(np.where(weights != 0, probability, 1.0)))


def _derivatives(
    theta: FloatArray, X: FloatArray, y: IntArray, weights: FloatArray, link: OrdinalLink
) -> tuple[FloatArray, FloatArray]:
    n, p = X.shape
    q = len(theta) - p
    upper, lower = _bounds(theta, X, y)
    probability = np.maximum(_probability(upper, lower, link), 1e-300)
    (f_u, g_u), (f_l, g_l) = density(upper, link), density(lower, link)
    at_upper = np.zeros((n, p + q))
    at_upper[:, :p] = -X
    at_lower = at_upper.copy()
    has_upper, has_lower = np.flatnonzero(y < q), np.flatnonzero(y > 0)
    at_upper[has_upper, p + y[has_upper]] = 1.0
    at_lower[has_lower, p + y[has_lower] - 1] = 1.0
    rows = (at_upper * (f_u / probability)[:, None]) - at_lower * (f_l / probability)[:, None]
    curvature = at_upper.T @ (at_upper * (weights * g_u / probability)[:, None])
    curvature -= at_lower.T @ (at_lower * (weights * g_l / probability)[:, None])
    information = rows.T @ (rows * weights[:, None]) - curvature
    return rows * weights[:, None], information


def _newton_step(information: FloatArray, gradient: FloatArray) -> FloatArray:
    ridge = 0.0
    scale = float(np.abs(np.diag(information)).max())
    for _ in range(40):
        try:
            factor = linalg.cho_factor(information + ridge * np.eye(len(gradient)))
            return np.asarray(linalg.cho_solve(factor, gradient))
        except linalg.LinAlgError:
            ridge = max(10 * ridge, 1e-8 * scale)
    raise ConvergenceError("ordinal regression", "an information matrix that is not positive")


def _line_search(
    theta: FloatArray,
    step: FloatArray,
    value: float,
    X: FloatArray,
    y: IntArray,
    weights: FloatArray,
    link: OrdinalLink,
) -> tuple[FloatArray, float]:
    for _ in range(60):
        candidate = theta + step
        improved = _log_likelihood(candidate, X, y, weights, link)
        if improved >= value - 1e-12 * (abs(value) + 1):
            return candidate, improved
        step = step / 2
    return theta, value
