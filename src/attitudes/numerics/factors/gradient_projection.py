"""Gradient projection: the rotation that makes a criterion of the loadings smallest."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from attitudes.numerics.design import FloatArray
from attitudes.numerics.factors.rotation_criteria import Criterion

__all__ = ["STEPS", "oblique_rotation", "orthogonal_rotation"]

STEPS = 20_000
_EPS = 1e-8


def _descend(
    t: FloatArray,
    evaluate: Callable[[FloatArray], tuple[float, FloatArray]],
    project: Callable[[FloatArray, FloatArray], FloatArray],
    retract: Callable[[FloatArray], FloatArray],
) -> tuple[FloatArray, float] | None:
    """Projected gradient steps with halving until the projected gradient vanishes."""
    value, gradient = evaluate(t)
    length = 1.0
    for _ in range(STEPS):
        direction = project(t, gradient)
        size = float(np.sqrt((direction**2).sum()))
        if size < _EPS:
            return t, value
        length *= 2.0
        for _ in range(40):
            trial = retract(t - length * direction)
            trial_value, trial_gradient = evaluate(trial)
            if value - trial_value > 0.5 * size**2 * length:
                break
            length /= 2.0
        else:
            return (t, value) if size < 1e-5 else None
        t, value, gradient = trial, trial_value, trial_gradient
    return None


def orthogonal_rotation(
    a: FloatArray, criterion: Criterion, start: FloatArray
) -> tuple[FloatArray, float] | None:
    """Return the orthogonal matrix and the criterion; None without convergence."""

    def evaluate(t: FloatArray) -> tuple[float, FloatArray]:
        value, slope = criterion(a @ t)
        return value, a.T @ slope

    def project(t: FloatArray, gradient: FloatArray) -> FloatArray:
        inner = t.T @ gradient
        return np.asarray(gradient - t @ (inner + inner.T) / 2.0)

    def retract(x: FloatArray) -> FloatArray:
        left, _, right = np.linalg.svd(x)
        return np.asarray(left @ right)

    return _descend(start, evaluate, project, retract)


def oblique_rotation(
    a: FloatArray, criterion: Criterion, start: FloatArray
) -> tuple[FloatArray, float] | None:
    """Return the matrix of unit columns and the criterion; None without convergence."""

    def evaluate(t: FloatArray) -> tuple[float, FloatArray]:
        inverse = np.linalg.inv(t)
        rotated = a @ inverse.T
        value, slope = criterion(rotated)
        return value, -(rotated.T @ slope @ inverse).T

    def project(t: FloatArray, gradient: FloatArray) -> FloatArray:
        return np.asarray(gradient - t * (t * gradient).sum(axis=0))

    def retract(x: FloatArray) -> FloatArray:
        return np.asarray(x / np.sqrt((x**2).sum(axis=0)))

    return _descend(start, evaluate, project, retract)
