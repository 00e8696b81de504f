"""Whole numbers that stand in proportion to given weights."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from attitudes.errors import OptionError
from attitudes.numerics.design import FloatArray, IntArray

__all__ = ["ROUNDINGS", "Rounding", "apportion", "round_plain"]

Rounding = Literal[
    "hamilton", "webster", "jefferson", "adams", "huntington-hill", "half_up", "half_even"
]
ROUNDINGS: tuple[Rounding, ...] = (
    "hamilton",
    "webster",
    "jefferson",
    "adams",
    "huntington-hill",
    "half_up",
    "half_even",
)

_SIGNPOSTS: dict[str, Callable[[int], float]] = {
    "webster": lambda k: k + 0.5,
    "jefferson": lambda k: k + 1.0,
    "adams": float,
    "huntington-hill": lambda k: math.sqrt(k * (k + 1.0)),
}


def apportion(
    weights: ArrayLike,
    total: int,
    *,
    method: Rounding = "hamilton",
    minimum: ArrayLike = 0,
) -> IntArray:
    """Divide ``total`` whole units in proportion to ``weights``.

    Parameters
    ----------
    weights
        Sizes or exact allocations, length H, finite, not negative, not all zero.
    total
        Units to give out.
    method
        ``"hamilton"`` (largest remainder), a divisor method (``"webster"`` = Sainte-Laguë,
        ``"jefferson"`` = D'Hondt, ``"adams"``, ``"huntington-hill"``), or plain rounding of each
        quota by itself (``"half_up"``, ``"half_even"``), whose sum may miss ``total``.
    minimum
        Least number of each, one for all or length H; raised to it, the rest share what is left.

    Returns
    -------
    IntArray
        Length H. Ties go to the earlier entry.

    Raises
    ------
    OptionError
        Unusable weights, an unknown method, or minima above the total.

    Notes
    -----
    A divisor method gives the next unit to the largest wₕ/d(aₕ), with d(a) = a + ½ (Webster),
    a + 1 (Jefferson), a (Adams) or √(a(a+1)) (Huntington–Hill); the last two give every positive
    weight one unit first, and are refused where the total does not suffice for that.

    References
    ----------
    Balinski and Young (2001), Fair Representation, 2nd ed.

    Examples
    --------
    >>> apportion([41.5, 33.2, 25.3], 10).tolist()
    [4, 3, 3]
    >>> apportion([1, 1, 1], 10, method="half_up").tolist()
    [3, 3, 3]
    """
    w = _weights(weights)
    if method not in ROUNDINGS:
        raise OptionError.unknown("apportion, method", "rounding", method, ROUNDINGS)
    least = np.broadcast_to(np.asarray(minimum, dtype=np.int64), w.shape).copy()
    if total < 0 or least.sum() > total:
        raise OptionError(
            "apportion, total", str(total), f"at least the sum of the minima, {int(least.sum())}"
        )
    if method in ("half_up", "half_even"):
        return np.maximum(round_plain(w * (total / w.sum()), method), least)
    if method == "hamilton":
        return _hamilton(w, total, least)
    return _divisor(w, total, least, method)


def round_plain(values: ArrayLike, method: Literal["half_up", "half_even"] | str) -> IntArray:
    """Round each value by itself, halves up or to the even neighbour.

    Examples
    --------
    >>> round_plain([0.5, 1.5, 2.5], "half_up").tolist()
    [1, 2, 3]
    >>> round_plain([0.5, 1.5, 2.5], "half_even").tolist()
    [0, 2, 2]
    """
    v = np.asarray(values, dtype=np.float64)
    rounded = np.floor(v + 0.5) if method == "half_up" else np.rint(v)
    return rounded.astype(np.int64)


def _weights(weights: ArrayLike) -> FloatArray:
    w = np.asarray(weights, dtype=np.float64)
    if w.ndim != 1 or not len(w) or not np.isfinite(w).all() or (w < 0).any() or w.sum() <= 0:
        raise OptionError(
            "apportion, weights",
            "weights that are not one row of finite numbers, or that are negative or all zero",
            "sizes of 0 or more with a positive sum",
        )
    return w


def _hamilton(w: FloatArray, total: int, least: IntArray) -> IntArray:
    """Largest remainders of the quotas; entries below their minimum are fixed at it first."""
    fixed = np.zeros(len(w), dtype=bool)
    while True:
        free = total - int(least[fixed].sum())
        share = np.where(fixed, 0.0, w)
        quota = share * (free / share.sum()) if share.sum() > 0 else share
        short = ~fixed & (quota < least)
        if not short.any():
            break
        fixed |= short
    whole = np.where(fixed, least, np.floor(quota + 1e-9)).astype(np.int64)
    left = total - int(whole.sum())
    if left > 0:
        remainder = np.where(fixed | (w == 0), -1.0, quota - whole)
        if (remainder < 0).all():
            remainder = w.copy()
        order = np.argsort(-np.round(remainder, 9), kind="stable")
        np.add.at(whole, order[np.arange(left) % len(order)], 1)
    return whole


def _divisor(w: FloatArray, total: int, least: IntArray, method: str) -> IntArray:
    signpost = _SIGNPOSTS[method]
    if signpost(0) == 0:
        needed = int(np.maximum(least, w > 0).sum())
        if needed > total:
            raise OptionError(
                f"apportion, method {method!r}",
                f"a total of {total} for {needed} entries that get one each",
                f"{needed} or more",
                "use 'hamilton' or 'webster'",
            )
        given = np.maximum(least, w > 0).astype(np.int64)
    else:
        given = least.copy()
    heap = [(-w[h] / signpost(int(given[h])), h) for h in range(len(w)) if w[h] > 0]
    heapq.heapify(heap)
    for _ in range(total - int(given.sum())):
        _, h = heap[0]
        given[h] += 1
        heapq.heapreplace(heap, (-w[h] / signpost(int(given[h])), h))
    return given
