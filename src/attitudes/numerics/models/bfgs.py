"""Variable-metric minimisation as R's optim has it, to repeat R's results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from attitudes.errors import ConvergenceError
from attitudes.numerics.design import FloatArray

__all__ = ["Minimum", "difference_hessian", "minimise"]

_STEP_REDUCTION, _ACCEPTANCE, _RELATIVE_TEST = 0.2, 1e-4, 10.0


@dataclass(frozen=True, slots=True)
class Minimum:
    """Where the iteration ended, and the value there."""

    point: FloatArray
    value: float


def minimise(
    function: Callable[[FloatArray], float],
    gradient: Callable[[FloatArray], FloatArray],
    start: FloatArray,
    *,
    tolerance: float = 1e-8,
    iterations: int = 100,
) -> Minimum:
    """Minimise by BFGS with Nash's backtracking (algorithm 21), R's ``optim(method = "BFGS")``.

    Parameters
    ----------
    function, gradient
        What is minimised, and its gradient.
    start
        Where to begin.
    tolerance
        Relative change of the value at which the iteration ends.
    iterations
        Most evaluations of the gradient.

    Raises
    ------
    ConvergenceError
        A start at which the function is not finite; more iterations than allowed.

    References
    ----------
    Nash (1990), Compact Numerical Methods for Computers, algorithm 21; R's optim.c (vmmin).
    """
    point, best = start.copy(), function(start)
    if not np.isfinite(best):
        raise ConvergenceError("BFGS", "a start where the function is not finite", "a finite one")
    slope = gradient(point)
    n, gradients, restarted, rounds = len(point), 1, 1, 1
    metric = np.eye(n)
    while True:
        if restarted == gradients:
            metric = np.eye(n)
        before, slope_before = point.copy(), slope.copy()
        direction = -metric @ slope
        descent = float(direction @ slope)
        unchanged = 0
        if descent < 0:
            step, accepted, value = 1.0, False, best
            while not accepted:
                point = before + step * direction
                unchanged = int((_RELATIVE_TEST + before == _RELATIVE_TEST + point).sum())
                if unchanged == n:
                    break
                value = function(point)
                accepted = bool(np.isfinite(value) and value <= best + descent * step * _ACCEPTANCE)
                if not accepted:
                    step *= _STEP_REDUCTION
            if not abs(value - best) > tolerance * (abs(best) + tolerance):
                unchanged, best = n, value
            if unchanged < n:
                best = value
                slope = gradient(point)
                gradients += 1
                rounds += 1
                moved, change = step * direction, slope - slope_before
                curvature = float(moved @ change)
                if curvature > 0:
                    metric = _updated(metric, moved, change, curvature)
                else:
                    restarted = gradients
            elif restarted < gradients:
                unchanged, restarted = 0, gradients
        elif restarted == gradients:
            unchanged = n
        else:
            unchanged, restarted = 0, gradients
        if rounds >= iterations:
            raise ConvergenceError("BFGS", f"no convergence in {iterations} iterations")
        if gradients - restarted > 2 * n:
            restarted = gradients
        if unchanged == n and restarted == gradients:
            return Minimum(point, best)


def _updated(
    metric: FloatArray, moved: FloatArray, change: FloatArray, curvature: float
) -> FloatArray:
    turned = metric @ change
    factor = 1.0 + float(turned @ change) / curvature
    cross = np.outer(moved, turned)
    out: FloatArray = metric + (factor * np.outer(moved, moved) - cross - cross.T) / curvature
    return out


def difference_hessian(
    gradient: Callable[[FloatArray], FloatArray], point: FloatArray, step: float = 1e-3
) -> FloatArray:
    """Return the symmetrised Hessian from central differences of the gradient."""
    rows = []
    for i in range(len(point)):
        shift = np.zeros(len(point))
        shift[i] = step
        rows.append((gradient(point + shift) - gradient(point - shift)) / (2 * step))
    raw = np.vstack(rows)
    return np.asarray((raw + raw.T) / 2, dtype=np.float64)
