"""What totals bounded weights can reach: why a calibration cannot be had."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack, identity

from attitudes.numerics.design import FloatArray
from attitudes.numerics.weights.calibration import Bounds

__all__ = ["Reach", "nearest_totals", "single_reach"]


@dataclass(frozen=True, slots=True)
class Reach:
    """Totals that each auxiliary can have on its own, g within its bounds.

    Attributes
    ----------
    least, greatest
        Length p.
    """

    least: FloatArray
    greatest: FloatArray


def single_reach(X: FloatArray, weights: FloatArray, bounds: Bounds) -> Reach:
    """Return the least and greatest total of each auxiliary under the bounds of g.

    Examples
    --------
    >>> reach = single_reach(np.array([[1.], [-1.]]), np.array([10., 5.]), (0.5, 2.0))
    >>> reach.least.tolist(), reach.greatest.tolist()
    ([-5.0], [17.5])
    """
    up = np.where(X > 0, X, 0.0).T @ weights
    down = np.where(X < 0, X, 0.0).T @ weights
    with np.errstate(invalid="ignore"):
        least = np.where(up > 0, bounds[0] * up, 0.0) + np.where(down < 0, bounds[1] * down, 0.0)
        greatest = np.where(up > 0, bounds[1] * up, 0.0) + np.where(down < 0, bounds[0] * down, 0.0)
    return Reach(least, greatest)


def nearest_totals(
    X: FloatArray, weights: FloatArray, totals: FloatArray, bounds: Bounds
) -> FloatArray:
    """Return the totals nearest to the wanted ones that some g within bounds reaches, length p.

    Notes
    -----
    Linear programme over distinct rows of X: minimise the sum of relative misses. Rows with the
    same auxiliaries share one g without loss.
    """
    rows, inverse = np.unique(X, axis=0, return_inverse=True)
    mass = np.bincount(inverse.ravel(), weights=weights, minlength=len(rows))
    scale = np.abs(X).T @ weights + np.abs(totals)
    scale = np.where(scale > 0, scale, 1.0)
    system = csr_array((rows * mass[:, None] / scale).T)
    p, k = system.shape
    unit = identity(p, format="csr")
    low, high = (None if np.isinf(b) else float(b) for b in bounds)
    limits: list[tuple[float | None, float | None]] = [(low, high)] * k + [(0.0, None)] * (2 * p)
    result = linprog(
        np.concatenate([np.zeros(k), np.ones(2 * p)]),
        A_eq=hstack([system, unit, -unit], format="csr"),
        b_eq=totals / scale,
        bounds=limits,
        method="highs",
    )
    solution = np.asarray(result.x, dtype=np.float64)
    miss = (solution[k : k + p] - solution[k + p :]) * scale
    return np.asarray(np.where(np.abs(miss) < 1e-9 * scale, totals, totals - miss))
