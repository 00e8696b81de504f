"""Criteria of simple structure: value and gradient at a matrix of loadings."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from attitudes.errors import OptionError
from attitudes.numerics.design import FloatArray

__all__ = ["OBLIQUE", "ORTHOGONAL", "Criterion", "criterion_of", "varimax_criterion"]

Criterion = Callable[[FloatArray], tuple[float, FloatArray]]
ORTHOGONAL = ("quartimax", "geomin_t", "bifactor", "target_t")
OBLIQUE = ("oblimin", "quartimin", "geomin", "bifactor_q", "target")


def _oblimin(gamma: float) -> Criterion:
    def criterion(loadings: FloatArray) -> tuple[float, FloatArray]:
        squares = loadings**2
        others = squares.sum(axis=1, keepdims=True) - squares
        if gamma:
            others = others - gamma * others.mean(axis=0)
        return float((squares * others).sum() / 4.0), loadings * others

    return criterion


def _quartimax(loadings: FloatArray) -> tuple[float, FloatArray]:
    return -float((loadings**4).sum() / 4.0), -(loadings**3)


def varimax_criterion(loadings: FloatArray) -> tuple[float, FloatArray]:
    """Return minus a quarter of the summed squares of centred squared loadings, and its slope."""
    centred = loadings**2 - (loadings**2).mean(axis=0)
    return -float((centred**2).sum() / 4.0), -loadings * centred


def _geomin(delta: float) -> Criterion:
    def criterion(loadings: FloatArray) -> tuple[float, FloatArray]:
        m = loadings.shape[1]
        padded = loadings**2 + delta
        product = np.exp(np.log(padded).sum(axis=1) / m)
        return float(product.sum()), 2.0 / m * loadings / padded * product[:, None]

    return criterion


def _bifactor(loadings: FloatArray) -> tuple[float, FloatArray]:
    value, slope = _oblimin(0.0)(loadings[:, 1:])
    return 4.0 * value, np.column_stack([np.zeros(len(loadings)), 4.0 * slope])


def _target(target: FloatArray) -> Criterion:
    fixed = np.isfinite(target)
    wanted = np.where(fixed, target, 0.0)

    def criterion(loadings: FloatArray) -> tuple[float, FloatArray]:
        gap = np.where(fixed, loadings - wanted, 0.0)
        return float((gap**2).sum()), 2.0 * gap

    return criterion


def criterion_of(
    name: str,
    shape: tuple[int, ...],
    *,
    target: FloatArray | None,
    gamma: float,
    delta: float,
) -> Criterion:
    """Return the criterion of a rotation.

    Raises
    ------
    OptionError
        For a target rotation without a target of the loadings' shape.

    References
    ----------
    Jennrich, R. I. and Bentler, P. M. (2011). Exploratory bi-factor analysis. *Psychometrika* 76,
    537–549. Yates, A. (1987). *Multivariate Exploratory Data Analysis* (geomin). Browne, M. W.
    (2001). An overview of analytic rotation in exploratory factor analysis. *Multivariate
    Behavioral Research* 36, 111–150.
    """
    if name in ("target", "target_t"):
        if target is None or target.shape != shape:
            found = "none" if target is None else f"shape {target.shape}"
            raise OptionError("rotation, target", found, f"an array of shape {shape}, NaN = free")
        return _target(target)
    if name in ("oblimin", "quartimin"):
        return _oblimin(gamma if name == "oblimin" else 0.0)
    if name in ("geomin", "geomin_t"):
        return _geomin(delta)
    return _quartimax if name == "quartimax" else _bifactor
