"""Tail probabilities of linear combinations of chi-squared variables."""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy import optimize, stats

from attitudes.errors import ConvergenceError, OptionError
from attitudes.numerics.design import FloatArray

__all__ = ["MixtureMethod", "mixture_tail"]

MixtureMethod = Literal["satterthwaite", "saddlepoint", "integration"]


def mixture_tail(
    x: float,
    coefficients: FloatArray,
    *,
    ddf: float = np.inf,
    method: MixtureMethod = "integration",
) -> float:
    """Return P(Σ λⱼ χ²₁ⱼ > x), or with ``ddf`` finite P(Σ λⱼ χ²₁ⱼ > x · χ²_ddf/ddf).

    Parameters
    ----------
    x
        Observed statistic.
    coefficients
        λ, length k, at least one positive.
    ddf
        Degrees of freedom of the denominator that the estimated covariance stands for.
    method
        ``"satterthwaite"`` matches two moments; ``"saddlepoint"`` is Kuonen's approximation
        (relative error of some per mille); ``"integration"`` inverts the characteristic function
        numerically, to about 1e-12 of the probability.

    Raises
    ------
    OptionError
        Unknown method, or no positive coefficient.

    Notes
    -----
    The integral (1/2πi)∫ exp(K(s) − sx)/s ds is taken over a parabola through the saddle point
    of its integrand, K being the cumulant generating function, so that nothing oscillates and
    small tails keep their relative accuracy.

    References
    ----------
    Rao and Scott (1981), JASA 76; Kuonen (1999), Biometrika 86; Imhof (1961), Biometrika 48.

    Examples
    --------
    >>> round(mixture_tail(5.991464547107979, [1.0, 1.0]), 12)
    0.05
    """
    weights = np.asarray(coefficients, dtype=np.float64)
    if not np.isfinite(weights).all() or not (weights > 0).any():
        raise OptionError("mixture, coefficients", f"{weights}", "finite, one positive at least")
    if method == "satterthwaite":
        return _satterthwaite(x, weights, ddf)
    if method not in ("saddlepoint", "integration"):
        raise OptionError.unknown(
            "mixture", "method", method, ["satterthwaite", "saddlepoint", "integration"]
        )
    if x <= 0 and (weights > 0).all():
        return 1.0
    multiplicity = np.ones_like(weights)
    threshold = float(x)
    if np.isfinite(ddf):
        weights = np.append(weights, -x / ddf)
        multiplicity = np.append(multiplicity, ddf)
        threshold = 0.0
    used = weights != 0
    weights, multiplicity = weights[used], multiplicity[used]
    if method == "integration":
        return _invert(threshold, weights, multiplicity)
    approximate = _saddlepoint(threshold, weights, multiplicity)
    if approximate is None:
        return _satterthwaite(x, np.asarray(coefficients, dtype=np.float64), ddf)
    return approximate


def _satterthwaite(x: float, weights: FloatArray, ddf: float) -> float:
    mean = float(weights.mean())
    spread = float((weights**2).mean() / mean**2)
    ndf = len(weights) / spread
    scale = mean * spread
    if np.isfinite(ddf):
        return float(stats.f.sf(x / ndf / scale, ndf, ddf))
    return float(stats.chi2.sf(x / scale, ndf))


def _saddlepoint(x: float, weights: FloatArray, multiplicity: FloatArray) -> float | None:
    scale = float(weights.max())
    lam, x = weights / scale, x / scale

    def slope(zeta: float) -> float:
        return float(np.sum(multiplicity * lam / (1 - 2 * zeta * lam)) - x)

    upper = float(0.5 / lam.max()) * 0.99999
    if (lam < 0).any():
        lower = float((0.5 / lam[lam < 0]).max()) * 0.99999
    elif x > float(np.sum(multiplicity * lam)):
        lower = -0.01
    else:
        lower = -float(multiplicity.sum()) / (2 * x)
    if slope(lower) * slope(upper) > 0:
        return None
    zeta = float(optimize.brentq(slope, lower, upper, xtol=1e-14, rtol=8.9e-16))
    if abs(zeta) < 1e-4:
        return None
    k0 = -0.5 * float(np.sum(multiplicity * np.log1p(-2 * zeta * lam)))
    k2 = 2 * float(np.sum(multiplicity * lam**2 / (1 - 2 * zeta * lam) ** 2))
    w = np.sign(zeta) * np.sqrt(2 * (zeta * x - k0))
    v = zeta * np.sqrt(k2)
    return float(stats.norm.sf(w + np.log(v / w) / w))


def _invert(x: float, weights: FloatArray, multiplicity: FloatArray) -> float:
    scale = float(weights.max())
    lam, x = weights / scale, x / scale
    lower_tail = x < float(multiplicity @ lam)
    centre = (_negative_saddle if lower_tail else _positive_saddle)(x, lam, multiplicity)
    tail = _contour(x, lam, multiplicity, centre)
    return 1 - tail if lower_tail else tail


def _contour(x: float, lam: FloatArray, multiplicity: FloatArray, centre: float) -> float:
    curvature = float(
        2 * np.sum(multiplicity * lam**2 / (1 - 2 * centre * lam) ** 2) + 1 / centre**2
    )
    width = 1 / np.sqrt(curvature)
    bend = np.sign(x) * 0.5 / width
    sign = np.sign(centre)
    peak = _exponent(np.array([centre + 0j]), x, lam, multiplicity)[0].real

    def integrand(u: FloatArray) -> FloatArray:
        t = width * np.sinh(u)
        s = centre + bend * t**2 + 1j * t
        value = np.exp(_exponent(s, x, lam, multiplicity) - peak) / s * (2 * bend * t + 1j)
        out: FloatArray = value.imag * width * np.cosh(u)
        return out

    def trapezoid(step: float) -> float:
        u = np.arange(0.0, 40.0 + step, step)
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            values = np.nan_to_num(integrand(u), nan=0.0, posinf=0.0, neginf=0.0)
        return float(step * (values.sum() - values[0] / 2))

    step, previous = 0.1, np.nan
    for _ in range(9):
        current = trapezoid(step)
        if abs(current - previous) <= 1e-13 * abs(current):
            return float(min(1.0, max(0.0, sign * current * np.exp(peak) / np.pi)))
        step, previous = step / 2, current
    raise ConvergenceError(
        "mixture of chi-squared variables", "no convergence of the inversion", "9 halvings"
    )


def _exponent(s: FloatArray, x: float, lam: FloatArray, multiplicity: FloatArray) -> FloatArray:
    logs = np.log(1 - 2 * np.multiply.outer(s, lam))
    out: FloatArray = -0.5 * (logs @ multiplicity) - s * x
    return out


def _slope(s: float, x: float, lam: FloatArray, multiplicity: FloatArray) -> float:
    return float(np.sum(multiplicity * lam / (1 - 2 * s * lam)) - x - 1 / s)


def _positive_saddle(x: float, lam: FloatArray, multiplicity: FloatArray) -> float:
    upper = 0.5 / float(lam.max())
    low, high = upper * 1e-12, upper * (1 - 1e-12)
    return _root(low, high, x, lam, multiplicity)


def _negative_saddle(x: float, lam: FloatArray, multiplicity: FloatArray) -> float:
    negative = lam[lam < 0]
    if len(negative):
        low = float((0.5 / negative).max()) * (1 - 1e-12)
    else:
        low = -1.0
        while _slope(low, x, lam, multiplicity) > 0:
            low *= 4
    return _root(low, low * 1e-14, x, lam, multiplicity)


def _root(low: float, high: float, x: float, lam: FloatArray, multiplicity: FloatArray) -> float:
    arguments = (x, lam, multiplicity)
    return float(optimize.brentq(_slope, low, high, args=arguments, xtol=1e-300, rtol=1e-12))
