"""Profile-likelihood interval of a proportion, scaled by the design effect."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from attitudes.numerics.design import FloatArray

__all__ = ["likelihood_interval"]

MAX_STEPS = 10
MAX_ITERATIONS = 25
TOLERANCE = 1e-8
SPLINE_POINTS = 3


def likelihood_interval(
    weights: FloatArray,
    chosen: NDArray[np.bool_],
    variance: float,
    df: float,
    level: float = 0.95,
    rows: int | None = None,
) -> tuple[float, float]:
    """Return the interval of the proportion of ``chosen`` in one domain.

    Parameters
    ----------
    weights
        Weights of those who answered, length m, scaled so that the mean over the domain is one,
        those who did not answer among them.
    chosen
        Who chose the category, length m.
    variance
        Design variance of the proportion.
    df
        Degrees of freedom.
    level
        Confidence level.
    rows
        Rows of the data who answered, those with weight zero outside the domain among them where
        the design keeps them; default m.

    Returns
    -------
    tuple
        Low and high end; NaN for a proportion of 0 or 1, without variance, or where the
        interval is wider than numbers can tell.

    Notes
    -----
    The deviance of a weighted logistic model with a constant, over its dispersion (the mean weight
    times n/(n − 1)), is compared with a quantile that is widened by the ratio of design to model
    variance. The deviance's signed root is taken at steps of the log odds and a cubic spline
    through them is inverted. Iterations stop where R's do, so that both agree to more digits than
    matter.

    References
    ----------
    Rao and Scott (1984), Annals of Statistics 12.
    """
    total = float(weights.sum())
    p = float(weights[chosen].sum() / total) if total > 0 else np.nan
    n = int((weights > 0).sum())
    m = len(weights) if rows is None else rows
    if not 0 < p < 1 or not variance > 0 or not df > 0 or n < 2:
        return np.nan, np.nan
    centre, information = _fit(weights, chosen, p, total)
    fitted = float(special.expit(centre))
    se = float(np.sqrt(variance) / (fitted * (1 - fitted)))
    tail = float(special.ndtr(stats.t.ppf((1 - level) / 2, df) * se * np.sqrt(information)))
    furthest = float(np.sqrt(stats.f.isf(tail / 2, 1, m - 1)))
    if not np.isfinite(furthest):
        return np.nan, np.nan
    least = _deviance(centre, p, total)
    dispersion = total / m * n / (n - 1)

    def root(b: float) -> float:
        change = (_deviance(b, p, total) - least) / dispersion
        return float(np.sqrt(max(change, 0.0)))

    points = _profile(root, centre, se, furthest)
    cutoff = abs(float(special.ndtri(tail)))
    return _invert(points, cutoff)


def _deviance(b: float, p: float, total: float) -> float:
    return float(-2 * total * (p * special.log_expit(b) + (1 - p) * special.log_expit(-b)))


def _fit(
    weights: FloatArray, chosen: NDArray[np.bool_], p: float, total: float
) -> tuple[float, float]:
    """Fit the constant by iterative weighting; return it and the information of the last step."""
    mu = (weights * chosen + 0.5) / (weights + 1)
    slope = mu * (1 - mu)
    working = special.logit(mu) + (chosen - mu) / slope
    information = float((weights * slope).sum())
    b = float((weights * slope * working).sum()) / information
    before = -2 * float((weights * np.where(chosen, np.log(mu), np.log1p(-mu))).sum())
    for _ in range(MAX_ITERATIONS):
        deviance = _deviance(b, p, total)
        if abs(deviance - before) / (abs(deviance) + 0.1) < TOLERANCE:
            break
        before = deviance
        fitted = float(special.expit(b))
        information = total * fitted * (1 - fitted)
        b += total * (p - fitted) / information
    return b, information


def _profile(
    root: Callable[[float], float], centre: float, se: float, furthest: float
) -> list[tuple[float, float]]:
    points = [(0.0, centre)]
    for sign in (-1, 1):
        for step in range(1, MAX_STEPS):
            b = centre + sign * step * furthest / 5 * se
            points.append((sign * root(b), b))
            if abs(points[-1][0]) >= furthest:
                break
    return sorted(points)


def _invert(points: list[tuple[float, float]], cutoff: float) -> tuple[float, float]:
    z, b = np.array([q[0] for q in points]), np.array([q[1] for q in points])
    grid = np.linspace(b[0], b[-1], SPLINE_POINTS * len(b))
    curve = _forsythe_spline(b, z, grid)
    ends = np.interp([-cutoff, cutoff], curve, grid, left=np.nan, right=np.nan)
    return float(special.expit(ends[0])), float(special.expit(ends[1]))


def _forsythe_spline(x: FloatArray, y: FloatArray, at: FloatArray) -> FloatArray:
    """Cubic spline whose ends match the cubics through the four outermost points.

    References
    ----------
    Forsythe, Malcolm and Moler (1977), Computer Methods for Mathematical Computations.
    """
    n = len(x)
    h = np.diff(x)
    slope = np.diff(y) / h
    matrix = np.zeros((n, n))
    right = np.zeros(n)
    inner = np.arange(1, n - 1)
    matrix[inner, inner - 1], matrix[inner, inner + 1] = h[:-1], h[1:]
    matrix[inner, inner] = 2 * (h[:-1] + h[1:])
    right[1:-1] = np.diff(slope)
    matrix[0, 0], matrix[0, 1] = -h[0], h[0]
    matrix[-1, -1], matrix[-1, -2] = -h[-1], h[-1]
    if n > 3:
        second = np.diff(slope) / (x[2:] - x[:-2])
        right[0] = (second[1] - second[0]) / (x[3] - x[0]) * h[0] ** 2
        right[-1] = -(second[-1] - second[-2]) / (x[-1] - x[-4]) * h[-1] ** 2
    c = np.linalg.solve(matrix, right)
    i = np.clip(np.searchsorted(x, at, side="right") - 1, 0, n - 2)
    d = at - x[i]
    b = slope[i] - h[i] * (c[i + 1] + 2 * c[i])
    cubic = (c[i + 1] - c[i]) / h[i]
    return np.asarray(y[i] + d * (b + d * (3 * c[i] + d * cubic)), dtype=np.float64)
