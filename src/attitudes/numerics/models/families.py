"""Families and links of generalised linear models."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special, stats

from attitudes.errors import OptionError
from attitudes.numerics.design import FloatArray

__all__ = ["FAMILIES", "Family", "FamilyName", "LinkName", "make_family"]

FamilyName = Literal["gaussian", "binomial", "poisson", "gamma"]
LinkName = Literal["identity", "log", "logit", "probit", "cloglog", "cauchit", "inverse", "sqrt"]
ArrayFunction = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True, slots=True)
class Link:
    """A link g: η = g(μ), its inverse, and dμ/dη."""

    forward: ArrayFunction
    inverse: ArrayFunction
    slope: ArrayFunction


@dataclass(frozen=True, slots=True)
class Family:
    """A family with its link.

    Attributes
    ----------
    name, link_name
        What it is.
    link
        Link functions.
    variance
        Variance function V(μ).
    deviance
        Unit deviances of (y, μ).
    start
        Starting means from y and the prior weights.
    valid
        Whether means lie where the family is defined.
    """

    name: str
    link_name: str
    link: Link
    variance: ArrayFunction
    deviance: Callable[[FloatArray, FloatArray], FloatArray]
    start: Callable[[FloatArray, FloatArray], FloatArray]
    valid: Callable[[FloatArray], bool]


_TINY = np.finfo(float).eps


def _expit_slope(eta: FloatArray) -> FloatArray:
    return np.asarray(np.maximum(special.expit(eta) * special.expit(-eta), _TINY))


def _inside(mu: FloatArray) -> FloatArray:
    """Keep means of a binomial strictly between 0 and 1."""
    return np.asarray(np.clip(mu, _TINY, 1 - _TINY))


def _positive(mu: FloatArray) -> FloatArray:
    return np.asarray(np.maximum(mu, _TINY))


_LINKS: dict[str, Link] = {
    "identity": Link(lambda m: m, lambda e: e, lambda e: np.ones_like(e)),
    "log": Link(np.log, lambda e: _positive(np.exp(e)), lambda e: _positive(np.exp(e))),
    "logit": Link(special.logit, lambda e: _inside(special.expit(e)), _expit_slope),
    "probit": Link(
        special.ndtri,
        lambda e: _inside(special.ndtr(e)),
        lambda e: _positive(stats.norm.pdf(e)),
    ),
    "cloglog": Link(
        lambda m: np.log(-np.log1p(-m)),
        lambda e: _inside(-np.expm1(-np.exp(e))),
        lambda e: _positive(np.exp(e - np.exp(np.minimum(e, 700.0)))),
    ),
    "cauchit": Link(
        stats.cauchy.ppf,
        lambda e: _inside(stats.cauchy.cdf(e)),
        lambda e: _positive(stats.cauchy.pdf(e)),
    ),
    "inverse": Link(lambda m: 1 / m, lambda e: 1 / e, lambda e: -1 / e**2),
    "sqrt": Link(np.sqrt, np.square, lambda e: 2 * e),
}


def _binomial_deviance(y: FloatArray, mu: FloatArray) -> FloatArray:
    value = special.xlogy(y, y) - special.xlogy(y, mu)
    value += special.xlogy(1 - y, 1 - y) - special.xlogy(1 - y, 1 - mu)
    return np.asarray(2 * value, dtype=np.float64)


def _poisson_deviance(y: FloatArray, mu: FloatArray) -> FloatArray:
    return np.asarray(2 * (special.xlogy(y, y / mu) - (y - mu)), dtype=np.float64)


def _gamma_deviance(y: FloatArray, mu: FloatArray) -> FloatArray:
    return np.asarray(-2 * (np.log(y / mu) - (y - mu) / mu), dtype=np.float64)


_VARIANCES: dict[str, ArrayFunction] = {
    "gaussian": np.ones_like,
    "binomial": lambda m: m * (1 - m),
    "poisson": lambda m: m,
    "gamma": np.square,
}
_DEVIANCES = {
    "gaussian": lambda y, m: (y - m) ** 2,
    "binomial": _binomial_deviance,
    "poisson": _poisson_deviance,
    "gamma": _gamma_deviance,
}
_STARTS: dict[str, Callable[[FloatArray, FloatArray], FloatArray]] = {
    "gaussian": lambda y, w: y,
    "binomial": lambda y, w: (w * y + 0.5) / (w + 1),
    "poisson": lambda y, w: y + 0.1,
    "gamma": lambda y, w: y,
}
_VALID: dict[str, Callable[[FloatArray], bool]] = {
    "gaussian": lambda m: True,
    "binomial": lambda m: bool((m >= 0).all() and (m <= 1).all()),
    "poisson": lambda m: bool((m > 0).all()),
    "gamma": lambda m: bool((m > 0).all()),
}
FAMILIES: dict[str, tuple[str, ...]] = {
    "gaussian": ("identity", "log", "inverse"),
    "binomial": ("logit", "probit", "cloglog", "cauchit", "log", "identity"),
    "poisson": ("log", "identity", "sqrt"),
    "gamma": ("inverse", "log", "identity"),
}


def make_family(name: str, link: str | None = None) -> Family:
    """Return a family with its link (default: the canonical one, the first listed).

    Raises
    ------
    OptionError
        Unknown family, or a link that it does not have.

    Examples
    --------
    >>> make_family("binomial").link_name
    'logit'
    """
    if name not in FAMILIES:
        raise OptionError.unknown("regress", "family", name, FAMILIES)
    chosen = FAMILIES[name][0] if link is None else link
    if chosen not in FAMILIES[name]:
        raise OptionError.unknown(f"regress, family {name}", "link", chosen, FAMILIES[name])
    start = _STARTS[name]
    if name == "gaussian" and chosen != "identity":
        start = _positive_start
    link_functions = _LINKS[chosen]
    return Family(
        name, chosen, link_functions, _VARIANCES[name], _DEVIANCES[name], start, _VALID[name]
    )


def _positive_start(y: FloatArray, weights: FloatArray) -> FloatArray:
    return np.maximum(y, 0.1)
