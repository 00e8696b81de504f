"""Division of a sample over strata."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize

from attitudes.errors import ConvergenceError, OptionError
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.rounding import Rounding, apportion

__all__ = ["PrecisionAllocation", "bounded_shares", "precision_allocation", "whole_allocation"]


@dataclass(frozen=True, slots=True)
class PrecisionAllocation:
    """The cheapest allocation that meets precision constraints.

    Attributes
    ----------
    n
        Exact allocation, length H.
    cost
        Σ cₕ nₕ.
    variances
        Variance of each estimate under ``n``, length J.
    multipliers
        Shadow price of each constraint, length J: the relative fall of a variance bound costs so
        much; 0 where the constraint does not bind.
    gap
        Cost above the bound that duality proves, as a share of the cost.
    """

    n: FloatArray
    cost: float
    variances: FloatArray
    multipliers: FloatArray
    gap: float


def bounded_shares(
    shares: ArrayLike, total: float, *, minimum: ArrayLike = 0.0, maximum: ArrayLike = np.inf
) -> FloatArray:
    """Divide ``total`` in proportion to ``shares`` within bounds.

    Parameters
    ----------
    shares
        Length H, not negative, not all zero.
    total
        What is divided.
    minimum, maximum
        Bounds, one for all or length H.

    Returns
    -------
    FloatArray
        nₕ = clip(λ aₕ, minimum, maximum) with Σ nₕ = total.

    Raises
    ------
    OptionError
        Bounds that ``total`` cannot meet; unusable shares.

    Examples
    --------
    >>> bounded_shares([80, 15, 5], 100, minimum=10).tolist()
    [75.78947368421052, 14.210526315789473, 10.0]
    """
    a = np.asarray(shares, dtype=np.float64)
    low = np.broadcast_to(np.asarray(minimum, dtype=np.float64), a.shape)
    high = np.broadcast_to(np.asarray(maximum, dtype=np.float64), a.shape)
    if not np.isfinite(a).all() or (a < 0).any() or a.sum() <= 0:
        raise OptionError(
            "allocation, shares", "missing, negative or all zero", "numbers of 0 or more"
        )
    reach = float(np.where(a > 0, high, low).sum())
    if (low > high).any() or low.sum() > total * (1 + 1e-12) or reach < total * (1 - 1e-12):
        raise OptionError(
            "allocation, bounds",
            f"bounds that admit {float(low.sum()):g} to {reach:g}",
            f"bounds that admit the total of {total:g}",
        )
    free = np.ones(len(a), dtype=bool)
    out = np.zeros(len(a))
    while True:
        left = total - float(out[~free].sum())
        mass = float(a[free].sum())
        trial = a * (left / mass) if mass > 0 else np.zeros(len(a))
        over = np.where(free, np.maximum(trial - high, 0), 0.0)
        under = np.where(free, np.maximum(low - trial, 0), 0.0)
        if over.sum() <= 1e-12 * total and under.sum() <= 1e-12 * total:
            out[free] = trial[free]
            return out
        fixed = over > 0 if over.sum() >= under.sum() else under > 0
        out[fixed] = high[fixed] if over.sum() >= under.sum() else low[fixed]
        free &= ~fixed


def whole_allocation(
    exact: ArrayLike,
    *,
    maximum: ArrayLike = np.inf,
    minimum: ArrayLike = 0,
    rounding: Rounding = "hamilton",
) -> IntArray:
    """Make an exact allocation whole, keeping its sum and its bounds.

    Examples
    --------
    >>> whole_allocation([33.3, 33.4, 33.3]).tolist()
    [33, 34, 33]
    """
    x = np.asarray(exact, dtype=np.float64)
    high = np.broadcast_to(np.asarray(maximum, dtype=np.float64), x.shape)
    low = np.broadcast_to(np.asarray(minimum, dtype=np.int64), x.shape)
    out = np.zeros(len(x), dtype=np.int64)
    free = np.ones(len(x), dtype=bool)
    total = round(float(x.sum()))
    while free.any():
        left = total - int(out[~free].sum())
        out[free] = apportion(x[free], left, method=rounding, minimum=low[free])
        over = free & (out > high)
        if not over.any():
            break
        out[over] = high[over].astype(np.int64)
        free &= ~over
    return out


def precision_allocation(
    sizes: ArrayLike,
    sds: ArrayLike,
    bounds: ArrayLike,
    *,
    costs: ArrayLike = 1.0,
    weights: ArrayLike | None = None,
    minimum: ArrayLike = 2.0,
    maximum: ArrayLike | None = None,
) -> PrecisionAllocation:
    """Find the cheapest allocation under which every estimate is precise enough.

    Parameters
    ----------
    sizes
        Population of each stratum, length H.
    sds
        Standard deviation of each variable in each stratum, H × J.
    bounds
        Largest admitted variance of each estimate, length J.
    costs
        Cost of one interview by stratum.
    weights
        Factor of each stratum's mean in each estimate, H × J; default Wₕ = Nₕ/N, the overall
        mean. A domain estimate has weights within its strata and 0 elsewhere.
    minimum, maximum
        Bounds of nₕ; at most Nₕ.

    Returns
    -------
    PrecisionAllocation

    Raises
    ------
    OptionError
        A precision that not even the largest sizes reach.
    ConvergenceError
        When the duality gap does not close.

    Notes
    -----
    Minimise Σ cₕnₕ subject to Σₕ Wₕⱼ² Sₕⱼ² (1/nₕ − 1/Nₕ) ≤ Vⱼ: convex in 1/nₕ. For multipliers λ
    the inner minimum is nₕ = √(Σⱼ λⱼ aₕⱼ / cₕ) within its bounds; the concave dual is maximised.

    References
    ----------
    Bethel (1989), Survey Methodology 15; Chromy (1987), Proceedings of the ASA.

    Examples
    --------
    >>> found = precision_allocation([5000, 3000], [[10.0], [20.0]], [0.25], minimum=1)
    >>> found.n.round(1).tolist(), found.variances.round(6).tolist()
    ([310.7, 372.9], [0.25])
    """
    N = np.asarray(sizes, dtype=np.float64)
    S = np.asarray(sds, dtype=np.float64).reshape(len(N), -1)
    V = np.asarray(bounds, dtype=np.float64)
    W = (N / N.sum())[:, None] * np.ones_like(S) if weights is None else np.asarray(weights)
    c = np.broadcast_to(np.asarray(costs, dtype=np.float64), N.shape)
    high = N if maximum is None else np.minimum(np.asarray(maximum, dtype=np.float64), N)
    low = np.minimum(np.broadcast_to(np.asarray(minimum, dtype=np.float64), N.shape), high)
    spread = W**2 * S**2
    fixed = (spread / N[:, None]).sum(axis=0)
    _check_reachable(spread, fixed, V, high)
    a = spread / (V + fixed)
    multipliers = _maximise_dual(a, c, low, high)
    n = _inner(multipliers, a, c, low, high)
    excess = float((a / n[:, None]).sum(axis=0).max())
    if excess > 1:
        n = np.minimum(n * excess, high)
    cost = float(c @ n)
    bound = _dual(multipliers, a, c, low, high)
    if cost - bound > 1e-6 * cost:
        raise ConvergenceError(
            "precision allocation", f"a duality gap of {(cost - bound) / cost:.2g}", "1e-6"
        )
    variances = (spread / n[:, None]).sum(axis=0) - fixed
    return PrecisionAllocation(n, cost, variances, multipliers, max((cost - bound) / cost, 0.0))


def _check_reachable(
    spread: FloatArray, fixed: FloatArray, bounds: FloatArray, high: FloatArray
) -> None:
    if (bounds <= 0).any():
        raise OptionError("precision allocation, bounds", "a bound of 0 or less", "positive bounds")
    best = (spread / high[:, None]).sum(axis=0) - fixed
    short = best > bounds
    if short.any():
        j = int(np.argmax(short))
        raise OptionError(
            f"precision allocation, constraint {j + 1}",
            f"a bound of {bounds[j]:.4g}",
            f"at least {best[j]:.4g}, the variance under the largest admitted sizes",
        )


def _inner(
    multipliers: FloatArray, a: FloatArray, c: FloatArray, low: FloatArray, high: FloatArray
) -> FloatArray:
    inner: FloatArray = np.clip(np.sqrt(a @ multipliers / c), low, high)
    return inner


def _dual(
    multipliers: FloatArray, a: FloatArray, c: FloatArray, low: FloatArray, high: FloatArray
) -> float:
    n = _inner(multipliers, a, c, low, high)
    return float(c @ n + multipliers @ ((a / n[:, None]).sum(axis=0) - 1))


def _maximise_dual(a: FloatArray, c: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Maximise over λ ≥ 0: in roots of λ from a good start, then Newton's steps on what binds."""
    start = np.array([(np.sqrt(a[:, j] * c).sum()) ** 2 for j in range(a.shape[1])])
    scale = float(start.max())

    def negative(x: FloatArray) -> tuple[float, FloatArray]:
        n = _inner(x * scale, a, c, low, high)
        slope = (a / n[:, None]).sum(axis=0) - 1
        return -float(c @ n + scale * x @ slope) / scale, -slope

    found = optimize.minimize(
        negative,
        start / scale / len(start),
        jac=True,
        bounds=[(0.0, None)] * len(start),
        method="L-BFGS-B",
        options={"ftol": 1e-16, "gtol": 1e-12, "maxiter": 5000},
    )
    multipliers = np.asarray(found.x, dtype=np.float64) * scale
    return _polish(multipliers, a, c, low, high)


def _polish(
    multipliers: FloatArray, a: FloatArray, c: FloatArray, low: FloatArray, high: FloatArray
) -> FloatArray:
    out = multipliers.copy()
    binds = out > 1e-7 * out.max()
    for _ in range(30):
        n = _inner(out, a, c, low, high)
        gap = (a[:, binds] / n[:, None]).sum(axis=0) - 1
        if np.abs(gap).max(initial=0.0) < 1e-13:
            break
        free = (n > low) & (n < high)
        part = a[np.ix_(free, binds)]
        hessian = (part / (2 * c[free] * n[free] ** 3)[:, None]).T @ part
        if np.linalg.cond(hessian) > 1e13:
            return multipliers
        step = np.linalg.solve(hessian, gap)
        out[binds] = np.maximum(out[binds] + step, 0.0)
    better = _dual(out, a, c, low, high) >= _dual(multipliers, a, c, low, high)
    return out if better else multipliers
