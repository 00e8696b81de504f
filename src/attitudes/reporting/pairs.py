"""Two scores against each other: weighted correlation, its interval, the line through them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from attitudes.numerics.design import FloatArray

__all__ = ["Pairs", "correlation_influence", "fisher_interval", "pairs_of"]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Respondents who have both scores.

    Attributes
    ----------
    x, y
        The scores, length n.
    r
        Correlation; None when a score does not vary.
    line
        Intercept and slope of the weighted least-squares line; None likewise.
    low, high
        Interval of the correlation, where it was estimated.
    """

    x: FloatArray
    y: FloatArray
    r: float | None
    line: tuple[float, float] | None
    low: float | None = None
    high: float | None = None

    @property
    def n(self) -> int:
        """Number of pairs."""
        return len(self.x)


def pairs_of(x: FloatArray, y: FloatArray, weights: FloatArray | None = None) -> Pairs:
    """Correlate two variables over those who have both.

    Parameters
    ----------
    x, y
        Scores with NaN where there is none, length n.
    weights
        Sampling weights, length n; None: all equal.

    Notes
    -----
    r = S_xy / √(S_xx S_yy) with S_uv = Σ w (u − ū)(v − v̄) and weighted means.

    Examples
    --------
    >>> found = pairs_of(np.array([1.0, 2.0, 3.0, np.nan]), np.array([2.0, 4.0, 6.0, 1.0]))
    >>> found.n, round(found.r, 6), found.line
    (3, 1.0, (0.0, 2.0))
    """
    w = np.ones(len(x)) if weights is None else weights
    both = np.isfinite(x) & np.isfinite(y) & (w > 0)
    x, y, w = x[both], y[both], w[both]
    if not len(x):
        return Pairs(x, y, None, None)
    mean_x, mean_y = np.average(x, weights=w), np.average(y, weights=w)
    dx, dy = x - mean_x, y - mean_y
    sxx, syy, sxy = (float((w * a * b).sum()) for a, b in ((dx, dx), (dy, dy), (dx, dy)))
    if sxx <= 0 or syy <= 0:
        return Pairs(x, y, None, None)
    slope = sxy / sxx
    return Pairs(x, y, sxy / math.sqrt(sxx * syy), (float(mean_y - slope * mean_x), slope))


def correlation_influence(x: FloatArray, y: FloatArray, weights: FloatArray) -> FloatArray | None:
    """Return each respondent's influence on the weighted correlation; None when there is none.

    Notes
    -----
    With standardised scores a, b the linearised variable of r is ab − r (a² + b²) / 2, whose
    weighted mean is 0 and whose mean has the variance of r (Binder 1983). NaN without a pair.

    Examples
    --------
    >>> x = np.array([1.0, 2.0, 3.0, 4.0])
    >>> u = correlation_influence(x, np.array([1.0, 3.0, 2.0, 4.0]), np.ones(4))
    >>> bool(abs(u.mean()) < 1e-12)
    True
    """
    found = pairs_of(x, y, weights)
    if found.r is None:
        return None
    both = np.isfinite(x) & np.isfinite(y) & (weights > 0)
    a, b = (_standardised(v, weights, both) for v in (x, y))
    return np.asarray(a * b - found.r * (a * a + b * b) / 2, dtype=np.float64)


def _standardised(values: FloatArray, weights: FloatArray, kept: NDArray[np.bool_]) -> FloatArray:
    w, v = weights[kept], values[kept]
    centre = np.average(v, weights=w)
    spread = math.sqrt(np.average((v - centre) ** 2, weights=w))
    return np.asarray(np.where(kept, (values - centre) / spread, np.nan), dtype=np.float64)


def fisher_interval(r: float, se: float, df: float, level: float) -> tuple[float, float]:
    """Return the interval of a correlation on Fisher's z scale, ends turned back.

    Notes
    -----
    z = artanh r has the standard error se / (1 − r²); the interval is tanh(z ± t se_z).

    Examples
    --------
    >>> [round(v, 3) for v in fisher_interval(0.5, 0.1, 60, 0.95)]
    [0.275, 0.673]
    """
    if not (abs(r) < 1 and math.isfinite(se) and df > 0):
        return math.nan, math.nan
    t = float(stats.t.ppf((1 + level) / 2, df))
    z, reach = math.atanh(r), t * se / (1 - r * r)
    return math.tanh(z - reach), math.tanh(z + reach)
