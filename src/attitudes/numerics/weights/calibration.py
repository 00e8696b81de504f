"""Calibration: weights nearest to the given ones that reproduce known totals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from attitudes.errors import OptionError
from attitudes.numerics.design import FloatArray

__all__ = ["Bounds", "CalibrationFit", "Distance", "calibrate_weights", "check_bounds"]

Distance = Literal["linear", "raking", "logit"]
Bounds = tuple[float, float]
UNBOUNDED: Bounds = (-np.inf, np.inf)
_GOAL = 1e-14


@dataclass(frozen=True, slots=True)
class CalibrationFit:
    """Calibrated weights.

    Attributes
    ----------
    g
        Multiplier of each weight, length n.
    multipliers
        λ, length p.
    trace
        Largest relative miss of a total after each iteration; the first before any.
    converged
        Whether the last of them is within the tolerance.
    misses
        Totals reached minus totals wanted, length p.
    """

    g: FloatArray
    multipliers: FloatArray
    trace: FloatArray
    converged: bool
    misses: FloatArray

    @property
    def iterations(self) -> int:
        """Newton steps taken."""
        return len(self.trace) - 1


def check_bounds(distance: Distance, bounds: Bounds | None) -> Bounds:
    """Return the bounds of g that a distance uses.

    Raises
    ------
    OptionError
        Bounds that do not contain 1; the logit distance without bounds.
    """
    if bounds is None:
        if distance == "logit":
            raise OptionError(
                "calibrate, distance 'logit'", "no bounds", "two numbers around 1, as (0.5, 2)"
            )
        return UNBOUNDED
    low, high = float(bounds[0]), float(bounds[1])
    if not low < 1 < high or (distance == "logit" and not np.isfinite([low, high]).all()):
        raise OptionError("calibrate, bounds", f"({low:g}, {high:g})", "low < 1 < high, on g")
    return low, high


def calibrate_weights(
    X: FloatArray,
    weights: FloatArray,
    totals: FloatArray,
    *,
    distance: Distance = "linear",
    bounds: Bounds | None = None,
    variance: FloatArray | None = None,
    start: FloatArray | None = None,
    tolerance: float = 1e-10,
    max_iterations: int = 100,
) -> CalibrationFit:
    """Find g near 1 with Σ wᵢ gᵢ xᵢ = totals.

    Parameters
    ----------
    X
        Auxiliaries, n × p.
    weights
        Weights before, length n, not negative.
    totals
        Known totals, length p.
    distance
        ``"linear"`` (chi-square distance: the GREG estimator), ``"raking"`` (multiplicative) or
        ``"logit"``.
    bounds
        Smallest and largest g. The linear and the raking distance are truncated at them, the
        logit distance approaches them.
    variance
        σ² of the working model for each row: g = F(xλ/σ²).
    start
        λ to begin with, length p.
    tolerance
        Largest relative miss of a total that counts as met.
    max_iterations
        Newton steps before the fit is given up.

    Returns
    -------
    CalibrationFit
        ``converged`` says whether the totals are met; the caller has to look.

    Notes
    -----
    Damped Newton steps on Σ w x F(xλ/σ²) = totals with F(u) = 1 + u, eᵘ, or
    (L(U−1) + U(1−L)eᴬᵘ)/((U−1) + (1−L)eᴬᵘ) with A = (U−L)/((1−L)(U−1)). Misses are relative to
    Σ w|x| + |total|.

    References
    ----------
    Deville and Särndal (1992), JASA 87, 376–382; Deville, Särndal and Sautory (1993), JASA 88.

    Examples
    --------
    >>> X = np.array([[1., 2.], [1., 4.], [1., 6.]])
    >>> fit = calibrate_weights(X, np.ones(3), np.array([3., 15.]))
    >>> fit.g.round(4).tolist(), (X.T @ fit.g).round(10).tolist()
    ([0.25, 1.0, 1.75], [3.0, 15.0])
    """
    low, high = check_bounds(distance, bounds)
    scale = np.abs(X).T @ weights + np.abs(totals)
    scale = np.where(scale > 0, scale, 1.0)
    Z = X / scale
    goal = totals / scale
    sigma = np.ones(len(X)) if variance is None else np.asarray(variance, dtype=np.float64)
    state = _newton(
        _Problem(Z, weights, goal, sigma, distance, low, high),
        np.zeros(X.shape[1]) if start is None else start * scale,
        tolerance,
        max_iterations,
    )
    misses = X.T @ (weights * state.g) - totals
    return CalibrationFit(
        state.g,
        state.multipliers / scale,
        np.asarray(state.trace),
        state.trace[-1] <= tolerance,
        misses,
    )


@dataclass(frozen=True, slots=True)
class _Problem:
    """The equations, with auxiliaries scaled."""

    Z: FloatArray
    weights: FloatArray
    goal: FloatArray
    sigma: FloatArray
    distance: Distance
    low: float
    high: float

    def g(self, multipliers: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return F(u) and F′(u)."""
        u = self.Z @ multipliers / self.sigma
        if self.distance == "logit":
            return _logit(u, self.low, self.high)
        with np.errstate(over="ignore"):
            raw = 1 + u if self.distance == "linear" else np.exp(u)
        slope = np.ones_like(u) if self.distance == "linear" else raw
        inside = (raw > self.low) & (raw < self.high)
        return np.clip(raw, self.low, self.high), np.where(inside, slope, 0.0)

    def miss(self, g: FloatArray) -> FloatArray:
        """Return what is missing of each scaled total."""
        with np.errstate(invalid="ignore", over="ignore"):
            return self.goal - self.Z.T @ (self.weights * g)


@dataclass(frozen=True, slots=True)
class _State:
    """Where the iteration ended."""

    g: FloatArray
    multipliers: FloatArray
    trace: list[float]


def _newton(
    problem: _Problem, multipliers: FloatArray, tolerance: float, max_iterations: int
) -> _State:
    g, slope = problem.g(multipliers)
    miss = problem.miss(g)
    trace = [float(np.abs(miss).max(initial=0.0))]
    while trace[-1] > _GOAL and len(trace) <= max_iterations:
        jacobian = problem.Z.T @ (problem.Z * (problem.weights * slope / problem.sigma)[:, None])
        step = np.linalg.lstsq(jacobian, miss, rcond=256 * np.finfo(np.float64).eps)[0]
        length, norm = 1.0, float(miss @ miss)
        for _ in range(40):
            proposal = multipliers + length * step
            g_new, slope_new = problem.g(proposal)
            miss_new = problem.miss(g_new)
            better = float(miss_new @ miss_new)
            if np.isfinite(better) and better < norm * (1 - 1e-4 * length):
                break
            length /= 2
        else:
            break
        multipliers, g, slope, miss = proposal, g_new, slope_new, miss_new
        trace.append(float(np.abs(miss).max(initial=0.0)))
        if trace[-1] <= tolerance and trace[-1] > 0.5 * trace[-2]:
            break
    return _State(g, multipliers, trace)


def _logit(u: FloatArray, low: float, high: float) -> tuple[FloatArray, FloatArray]:
    rate = (high - low) / ((1 - low) * (high - 1))
    shift = np.log((1 - low) / (high - 1))
    share = 0.5 * (1 + np.tanh(0.5 * (rate * u + shift)))
    return low + (high - low) * share, rate * (high - low) * share * (1 - share)
