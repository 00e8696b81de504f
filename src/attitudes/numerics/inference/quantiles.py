"""Quantiles of weighted data by the rules in use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from attitudes.numerics.design import FloatArray

__all__ = ["QUANTILE_RULES", "QuantileRule", "SortedSample", "bracketed_root", "sort_sample"]

QuantileRule = Literal[
    "math", "school", "hf1", "hf2", "hf3", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9"
]
QUANTILE_RULES: tuple[str, ...] = get_args(QuantileRule)


@dataclass(frozen=True, slots=True)
class SortedSample:
    """Values in ascending order with their weights; zero weights are left out.

    Attributes
    ----------
    values, weights
        Length m.
    cumulated
        Cumulated weights, length m.
    """

    values: FloatArray
    weights: FloatArray
    cumulated: FloatArray

    def quantile(self, p: float, rule: QuantileRule = "math") -> float:
        """Return the quantile at ``p`` by a rule; NaN without values.

        Notes
        -----
        ``"math"`` and ``"hf1"`` are the inverse of the weighted distribution function;
        ``"school"`` and ``"hf2"`` average at a step of it; ``"hf3"`` takes the even of two;
        ``"hf4"`` to ``"hf9"`` interpolate as Hyndman and Fan's rules 4 to 9 with weights for
        counts.

        References
        ----------
        Hyndman and Fan (1996), American Statistician 50.
        """
        if not len(self.values) or np.isnan(p):
            return float("nan")
        if rule in ("math", "hf1", "school", "hf2", "hf3", "hf4"):
            return self._step(p, rule)
        return self._interpolated(p, rule)

    def _step(self, p: float, rule: str) -> float:
        x, cumulated = self.values, self.cumulated
        if rule == "hf3":
            last = np.append(np.flatnonzero(np.diff(x)), len(x) - 1)
            x, cumulated = x[last], cumulated[last]
        total = cumulated[-1]
        below = int(np.searchsorted(cumulated, p * total, side="right")) - 1
        position = max(below, 0)
        after = min(position + 1, len(x) - 1)
        low, high = float(x[position]), float(x[after])
        gap_low = p - cumulated[position] / total
        if rule == "hf4":
            gap_high = cumulated[after] / total - p
            if gap_high + gap_low == 0:
                return low
            share = float(gap_low / (gap_high + gap_low))
            return low * (1 - share) + high * share
        if gap_low != 0:
            return high
        if rule in ("school", "hf2"):
            return (low + high) / 2
        if rule == "hf3":
            return low if (position + 1) % 2 == 0 else high
        return low

    def _interpolated(self, p: float, rule: str) -> float:
        x, w, cumulated = self.values, self.weights, self.cumulated
        n = len(x)
        if n == 1:
            return float(x[0])
        before = np.concatenate([[0.0], cumulated[:-1]])
        total = cumulated[-1]
        if rule == "hf5":
            at = (cumulated - w / 2) / total
        elif rule == "hf6":
            at = cumulated / (total + w[-1])
        elif rule == "hf7":
            at = before / cumulated[-2]
        elif rule == "hf8":
            at = (before / 3 + cumulated * 2 / 3) / (total + w[-1] / 3)
        else:
            at = (before * 3 / 8 + cumulated * 5 / 8) / (total + w[-1] / 4)
        return float(np.interp(p, at, x))


def sort_sample(values: FloatArray, weights: FloatArray) -> SortedSample:
    """Sort values with their weights, without zero weights.

    Weights are cumulated in extended precision, so that steps of the distribution function at
    round shares are found where they are.
    """
    positive = weights > 0
    if not positive.all():
        values, weights = values[positive], weights[positive]
    order = np.argsort(values, kind="stable")
    weights = weights[order]
    cumulated = np.cumsum(weights.astype(np.longdouble)).astype(np.float64)
    return SortedSample(values[order], weights, cumulated)


def bracketed_root(
    function: Callable[[float], float], low: float, high: float, tolerance: float
) -> float:
    """Return a zero of a function that changes sign between two points (Brent's method).

    Parameters
    ----------
    function
        Need not be continuous: the point of a jump over zero is found.
    low, high
        Points where it has opposite signs.
    tolerance
        Width at which to stop.

    Returns
    -------
    float
        NaN when there is no change of sign.

    References
    ----------
    Brent (1973), Algorithms for Minimization without Derivatives, chapter 4.
    """
    a, b, c = low, high, low
    fa, fb = function(a), function(b)
    fc = fa
    if fa == 0:
        return a
    if not fa * fb <= 0:
        return float("nan")
    for _ in range(1001):
        previous = b - a
        if abs(fc) < abs(fb):
            a, b, c = b, c, b
            fa, fb, fc = fb, fc, fb
        small = 2 * np.finfo(float).eps * abs(b) + tolerance / 2
        step = (c - b) / 2
        if abs(step) <= small or fb == 0:
            break
        if abs(previous) >= small and abs(fa) > abs(fb):
            step = _inverse_step(a, b, c, fa, fb, fc, small, previous, step)
        if abs(step) < small:
            step = small if step > 0 else -small
        a, fa = b, fb
        b += step
        fb = function(b)
        if (fb > 0 and fc > 0) or (fb < 0 and fc < 0):
            c, fc = a, fa
    return b


def _inverse_step(
    a: float,
    b: float,
    c: float,
    fa: float,
    fb: float,
    fc: float,
    small: float,
    previous: float,
    bisection: float,
) -> float:
    """Return the step of linear or inverse quadratic interpolation where it is safe."""
    width = c - b
    if a == c:
        ratio = fb / fa
        p, q = width * ratio, 1.0 - ratio
    else:
        q, first, second = fa / fc, fb / fc, fb / fa
        p = second * (width * q * (q - first) - (b - a) * (first - 1.0))
        q = (q - 1.0) * (first - 1.0) * (second - 1.0)
    if p > 0:
        q = -q
    else:
        p = -p
    if p < 0.75 * width * q - abs(small * q) / 2 and p < abs(previous * q / 2):
        return p / q
    return bisection
