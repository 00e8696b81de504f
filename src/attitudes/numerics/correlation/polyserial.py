"""The polyserial correlation of a continuous variable with an ordinal one, in two steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from attitudes.errors import ConvergenceError
from attitudes.numerics.correlation.polychoric import normal_cuts
from attitudes.numerics.design import FloatArray, IntArray

__all__ = ["PolyserialFit", "fit_polyserial"]

_BOUND = 0.99999
_STEPS = 100


@dataclass(frozen=True, slots=True)
class PolyserialFit:
    """One polyserial correlation.

    Attributes
    ----------
    rho
        The correlation.
    se
        Standard error given the thresholds, by the observed information.
    thresholds
        C − 1 thresholds of the ordinal variable.
    n
        Respondents with both.
    """

    rho: float
    se: float
    thresholds: FloatArray
    n: int


def _slopes(
    z: FloatArray, lower: FloatArray, upper: FloatArray, weights: FloatArray, rho: float
) -> tuple[float, float, float]:
    """First and second derivative of the log-likelihood by ρ, and the outer product of scores."""
    spread = np.sqrt(1.0 - rho**2)
    a, b = (lower - rho * z) / spread, (upper - rho * z) / spread
    p = np.maximum(np.where(a > 0, ndtr(-a) - ndtr(-b), ndtr(b) - ndtr(a)), 1e-300)
    da, db = (rho * lower - z) / spread**3, (rho * upper - z) / spread**3
    fa, fb = (np.exp(-(x**2) / 2.0) / np.sqrt(2.0 * np.pi) for x in (a, b))
    first = (fb * db - fa * da) / p
    dda, ddb = (lim / spread**3 + 3.0 * rho * (rho * lim - z) / spread**5 for lim in (lower, upper))
    second = (fb * (ddb - b * db**2) - fa * (dda - a * da**2)) / p
    gradient = float(weights @ first)
    return gradient, float(weights @ (second - first**2)), float(weights @ first**2)


def fit_polyserial(
    x: FloatArray, codes: IntArray, weights: FloatArray | None = None
) -> PolyserialFit:
    """Estimate the correlation of x with the normal variable under an ordinal item.

    Parameters
    ----------
    x
        Continuous variable, length n, NaN where missing.
    codes
        Category numbers 0 … C − 1, length n; −1 where missing.
    weights
        Length n; default: all 1.

    Raises
    ------
    ConvergenceError
        When Newton's method does not settle.

    Notes
    -----
    x is standardised with divisor Σw; the thresholds are normal quantiles of the cumulative
    shares; l(ρ) = Σ w log[Φ((τ_c − ρz)/√(1−ρ²)) − Φ((τ_{c−1} − ρz)/√(1−ρ²))].

    References
    ----------
    Olsson, U., Drasgow, F. and Dorans, N. J. (1982). The polyserial correlation coefficient.
    *Psychometrika* 47, 337–347.
    """
    both = np.isfinite(x) & (codes >= 0)
    x, codes = x[both], codes[both].astype(np.int64)
    w = np.ones(len(x)) if weights is None else weights[both]
    centred = x - np.average(x, weights=w)
    z = centred / np.sqrt(np.average(centred**2, weights=w))
    counts = np.bincount(codes, weights=w).astype(np.float64)
    cuts = normal_cuts(counts[None, :])[0]
    edges = np.concatenate([[-40.0], cuts, [40.0]])
    lower, upper = edges[codes], edges[codes + 1]
    number = codes - np.average(codes, weights=w)
    start = np.average(z * number, weights=w) / np.sqrt(np.average(number**2, weights=w))
    rho, low, high = float(np.clip(start, -0.9, 0.9)), -_BOUND, _BOUND
    for _ in range(_STEPS):
        gradient, curvature, outer = _slopes(z, lower, upper, w, rho)
        low, high = (rho, high) if gradient > 0 else (low, rho)
        step = -gradient / (curvature if curvature < 0 else -outer)
        proposal = rho + step
        if abs(step) >= 1e-7 and not low < proposal < high:
            proposal = (low + high) / 2.0
        moved, rho = abs(proposal - rho), float(np.clip(proposal, -_BOUND, _BOUND))
        if moved < 1e-11:
            curvature = _slopes(z, lower, upper, w, rho)[1]
            return PolyserialFit(rho, float(np.sqrt(-1.0 / curvature)), cuts, len(x))
    raise ConvergenceError(
        "polyserial correlation", f"no convergence in {_STEPS} steps", "a single maximum"
    )
