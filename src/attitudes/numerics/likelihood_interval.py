"""Profile-likelihood interval of a proportion, scaled by the design effect."""

from __future__ import annotations

import numpy as np
from scipy import special, stats

from attitudes.numerics.design import FloatArray
from attitudes.numerics.intervals import Interval

__all__ = ["likelihood_intervals"]

MAX_STEPS = 10
SPLINE_POINTS = 3


def likelihood_intervals(
    p: FloatArray,
    variance: FloatArray,
    powers: FloatArray,
    rows: int,
    n: int,
    df: float,
    level: float = 0.95,
) -> Interval:
    """Return the intervals of k proportions of one domain.

    Parameters
    ----------
    p, variance
        Proportions and their design variances, length k.
    powers
        Σw̃, Σw̃^1.5 and Σw̃² of those who chose each category, 3 × k, of weights w̃ scaled to mean
        one in the domain.
    rows, n
        Respondents who answered; those of positive weight.
    df
        Degrees of freedom.
    level
        Confidence level.

    Notes
    -----
    The deviance of a weighted logistic model with a constant, divided by the dispersion of its
    Pearson residuals, is compared with a quantile that is widened by the ratio of design to model
    variance. The deviance's signed root is taken at steps of the log odds and a cubic spline
    through them is inverted, as R's survey does.

    References
    ----------
    Rao and Scott (1984), Annals of Statistics 12.
    """
    low, high = np.full_like(p, np.nan), np.full_like(p, np.nan)
    total = powers.sum(axis=1)
    for j in range(len(p)):
        if not 0 < p[j] < 1 or not variance[j] > 0 or df <= 0:
            continue
        dispersion = _dispersion(p[j], powers[:, j], total, n)
        low[j], high[j] = _one(p[j], variance[j], total[0], dispersion, rows, df, level)
    return Interval(low, high)


def _dispersion(p: float, chose: FloatArray, total: FloatArray, n: int) -> float:
    """Weighted variance of the Pearson residuals (y − p)√w̃/√(p(1 − p))."""
    pq = p * (1 - p)
    mean = (chose[1] - p * total[1]) / np.sqrt(pq) / total[0]
    square = (chose[2] * (1 - 2 * p) + p**2 * total[2]) / pq / total[0]
    return float((square - mean**2) * n / (n - 1))


def _one(
    p: float,
    variance: float,
    weight: float,
    dispersion: float,
    rows: int,
    df: float,
    level: float,
) -> tuple[float, float]:
    pq = p * (1 - p)
    se = np.sqrt(variance) / pq
    inflation = np.sqrt(se**2 * weight * pq)
    tail = float(special.ndtr(stats.t.ppf((1 - level) / 2, df) * inflation))
    alpha = tail / 2
    furthest = np.sqrt(stats.f.isf(alpha, 1, rows - 1))
    centre = float(special.logit(p))

    def root(b: float) -> float:
        deviance = -2 * weight * (p * special.log_expit(b) + (1 - p) * special.log_expit(-b))
        least = -2 * weight * (p * np.log(p) + (1 - p) * np.log1p(-p))
        return float(np.sqrt(max((deviance - least) / dispersion, 0.0)))

    points = [(0.0, centre)]
    for sign in (-1, 1):
        for step in range(1, MAX_STEPS):
            b = centre + sign * step * furthest / 5 * se
            points.append((sign * root(b), b))
            if abs(points[-1][0]) >= furthest:
                break
    points.sort()
    z, b = np.array([q[0] for q in points]), np.array([q[1] for q in points])
    grid = np.linspace(b[0], b[-1], SPLINE_POINTS * len(b))
    cutoff = abs(special.ndtri(tail))
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
