"""Expected latent values under an ordinal model with several correlated factors."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from attitudes.errors import OptionError
from attitudes.numerics.design import FloatArray

__all__ = ["FactorExpectations", "OrdinalModel", "expected_factors"]

_POINTS = {1: 21, 2: 9, 3: 5, 4: 3, 5: 3, 6: 3}
_FAR = 40.0
_CHUNK = 4096
_STEPS = 50


@dataclass(frozen=True, slots=True)
class OrdinalModel:
    """A factor model of the normal variables under ordinal items.

    Attributes
    ----------
    loadings
        Pattern loadings, k × m.
    phi
        Correlations of the factors, m × m.
    thresholds
        Of each item: C_j − 1 numbers.
    """

    loadings: FloatArray
    phi: FloatArray
    thresholds: tuple[FloatArray, ...]


@dataclass(frozen=True, slots=True)
class FactorExpectations:
    """Posterior means of the factors.

    Attributes
    ----------
    scores, se
        Posterior means and standard deviations, n × m; NaN for a respondent without answers.
    reliability
        Variance of the means / (that + mean posterior variance), weighted, length m; its root is
        the determinacy of the scores.
    """

    scores: FloatArray
    se: FloatArray
    reliability: FloatArray


def expected_factors(
    codes: NDArray[np.integer], model: OrdinalModel, *, weights: FloatArray | None = None
) -> FactorExpectations:
    """Return expected a posteriori values of all factors together.

    Parameters
    ----------
    codes
        Answers as numbers of categories, n × k; −1 where missing.
    model
        Loadings, correlations of the factors, thresholds; at most 6 factors.
    weights
        Of the reliability, length n.

    Raises
    ------
    OptionError
        More than 6 factors.

    Notes
    -----
    The posterior is log-concave: its mode is found by Newton's method, and the means by
    Gauss–Hermite quadrature around it, scaled by its curvature there.

    References
    ----------
    Schilling, S. and Bock, R. D. (2005). High-dimensional maximum marginal likelihood item factor
    analysis by adaptive quadrature. *Psychometrika* 70, 533–555.

    Examples
    --------
    >>> model = OrdinalModel(np.full((3, 1), 0.7), np.eye(1), (np.zeros(1),) * 3)
    >>> found = expected_factors(np.array([[1, 1, 1], [0, 0, 0]]), model)
    >>> bool(np.isclose(found.scores[0, 0], -found.scores[1, 0]))
    True
    """
    m = model.loadings.shape[1]
    if m not in _POINTS:
        raise OptionError("expected factors", f"{m} factors", f"1 to {max(_POINTS)}")
    patterns, place = np.unique(codes, axis=0, return_inverse=True)
    mean, variance = np.empty((len(patterns), m)), np.empty((len(patterns), m))
    for start in range(0, len(patterns), _CHUNK):
        rows = slice(start, start + _CHUNK)
        mean[rows], variance[rows] = _posterior(patterns[rows].astype(np.int64), model)
    mean, variance = mean[place.ravel()], variance[place.ravel()]
    answered = np.asarray((codes >= 0).any(axis=1))
    w = (np.ones(len(codes)) if weights is None else weights) * answered
    centre = np.average(mean, axis=0, weights=w)
    between = np.average((mean - centre) ** 2, axis=0, weights=w)
    within = np.average(variance, axis=0, weights=w)
    blank = ~answered[:, None]
    return FactorExpectations(
        np.where(blank, np.nan, mean),
        np.where(blank, np.nan, np.sqrt(variance)),
        between / (between + within),
    )


@dataclass(frozen=True, slots=True)
class _Edges:
    """Lower and upper edge of every answer in units of the unique deviation, n × k."""

    low: FloatArray
    high: FloatArray
    slopes: FloatArray
    """Loadings in the same units, k × m."""


def _edges(codes: NDArray[np.int64], model: OrdinalModel) -> _Edges:
    communality = ((model.loadings @ model.phi) * model.loadings).sum(axis=1)
    spread = np.sqrt(1.0 - communality)
    low, high = np.full(codes.shape, -_FAR), np.full(codes.shape, _FAR)
    for j, cuts in enumerate(model.thresholds):
        grid = np.concatenate([[-_FAR], cuts / spread[j], [_FAR]])
        known = codes[:, j] >= 0
        low[known, j] = grid[codes[known, j]]
        high[known, j] = grid[codes[known, j] + 1]
    return _Edges(low, high, model.loadings / spread[:, None])


def _density(z: FloatArray) -> FloatArray:
    return np.asarray(np.exp(-z * z / 2.0) / np.sqrt(2.0 * np.pi))


def _probability(edges: _Edges, theta: FloatArray) -> FloatArray:
    """Probability of every answer, from the tail where it is small, n × k."""
    location = theta @ edges.slopes.T
    low, high = edges.low - location, edges.high - location
    turn = low > 0
    p = ndtr(np.where(turn, -low, high)) - ndtr(np.where(turn, -high, low))
    return np.asarray(np.maximum(p, 1e-300), dtype=np.float64)


def _posterior(codes: NDArray[np.int64], model: OrdinalModel) -> tuple[FloatArray, FloatArray]:
    edges = _edges(codes, model)
    precision = np.asarray(np.linalg.inv(model.phi), dtype=np.float64)
    mode, curvature = _mode(edges, precision)
    root = np.linalg.cholesky(np.linalg.inv(curvature))
    m = len(precision)
    nodes, mass = np.polynomial.hermite_e.hermegauss(_POINTS[m])
    logs, points = [], []
    for index in product(range(len(nodes)), repeat=m):
        u = nodes[list(index)]
        theta = mode + root @ u
        log_p = np.log(_probability(edges, theta)).sum(axis=1)
        log_p -= np.einsum("ia,ab,ib->i", theta, precision, theta) / 2.0
        logs.append(log_p + u @ u / 2.0 + np.log(mass[list(index)]).sum())
        points.append(theta)
    weight = np.array(logs)
    weight = np.exp(weight - weight.max(axis=0))
    weight /= weight.sum(axis=0)
    theta = np.array(points)
    mean = np.einsum("qi,qia->ia", weight, theta)
    variance = np.einsum("qi,qia->ia", weight, theta**2) - mean**2
    return mean, np.maximum(variance, 0.0)


def _mode(edges: _Edges, precision: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mode of each posterior, n × m, and its negative second derivative there, n × m × m."""
    theta = np.zeros((len(edges.low), len(precision)))
    for _ in range(_STEPS):
        gradient, curvature = _slopes(edges, theta, precision)
        step = np.linalg.solve(curvature, gradient[:, :, None])[:, :, 0]
        size = np.sqrt((step**2).sum(axis=1, keepdims=True))
        theta = theta + step * np.minimum(1.0, 1.0 / np.maximum(size, 1e-300))
        if float(size.max(initial=0.0)) < 1e-9:
            break
    return theta, _slopes(edges, theta, precision)[1]


def _slopes(
    edges: _Edges, theta: FloatArray, precision: FloatArray
) -> tuple[FloatArray, FloatArray]:
    location = theta @ edges.slopes.T
    low, high = edges.low - location, edges.high - location
    p = _probability(edges, theta)
    at_low, at_high = _density(low), _density(high)
    first = (at_low - at_high) / p
    bend = np.maximum(first**2 - (low * at_low - high * at_high) / p, 0.0)
    gradient = first @ edges.slopes - theta @ precision
    curvature = np.einsum("ij,ja,jb->iab", bend, edges.slopes, edges.slopes, optimize=True)
    return gradient, curvature + precision
