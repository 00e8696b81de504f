"""Alignment: factor means and variances of many groups without exact invariance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from attitudes.errors import ConvergenceError
from attitudes.numerics.design import FloatArray, IntArray

__all__ = ["Aligned", "align", "invariant_groups"]

_EPSILON = 0.01


@dataclass(frozen=True, slots=True)
class Aligned:
    """Aligned measurement models of one factor.

    Attributes
    ----------
    mean, sd
        Of the factor in each group, length G; 0 and 1 in the first.
    loadings
        G × J.
    cuts
        Intercepts, or thresholds with the sign turned, G × M.
    loss
        Total loss at the minimum.
    r2_loadings, r2_cuts
        Share of each parameter's variation over groups that the factor's means and variances
        explain; NaN where it does not vary.
    """

    mean: FloatArray
    sd: FloatArray
    loadings: FloatArray
    cuts: FloatArray
    loss: float
    r2_loadings: FloatArray
    r2_cuts: FloatArray


def _pair_loss(values: FloatArray, weights: FloatArray, epsilon: float) -> tuple[float, FloatArray]:
    """Σ_{g<h} w_g w_h (x² + ε)^¼ over columns, and its gradient by the values."""
    gap = values[:, None, :] - values[None, :, :]
    inner = gap**2 + epsilon
    w = (np.outer(weights, weights) * (1.0 - np.eye(len(values))))[:, :, None]
    loss = 0.5 * float((w * inner**0.25).sum())
    return loss, (w * 0.5 * gap * inner**-0.75).sum(axis=1)


def align(
    loadings: FloatArray, cuts: FloatArray, item: IntArray, n: FloatArray, *, free: bool = False
) -> Aligned:
    """Choose factor means and variances so that few parameters differ much.

    Parameters
    ----------
    loadings
        Of each group's own model with factor mean 0 and variance 1, G × J.
    cuts
        Its intercepts (or thresholds with the sign turned), G × M.
    item
        Item of each cut, length M.
    n
        Respondents of each group, length G.
    free
        Whether the first group's mean is estimated as well (``FREE``), not fixed at 0
        (``FIXED``).

    Raises
    ------
    ConvergenceError
        No minimum.

    Notes
    -----
    λ* = λ/√ψ, ν* = ν − αλ/√ψ; the loss Σ √(n_g n_h) ((Δλ*)² + ε)^¼ + … with ε = 0.01 is small when
    most differences are none and few are large. Π ψ = 1 while it is minimised; it is brought down
    from large ε, where it has one minimum. Afterwards the first group has mean 0 and variance 1.

    References
    ----------
    Asparouhov, T. and Muthén, B. (2014). Multiple-group factor analysis alignment. *Structural
    Equation Modeling* 21, 495–508.
    """
    groups = len(loadings)
    weights = np.sqrt(n / n.mean())
    first = 0 if free else 1

    def unpack(x: FloatArray) -> tuple[FloatArray, FloatArray]:
        alpha = np.concatenate([np.zeros(first), x[: groups - first]])
        log_sd = x[groups - first :]
        return alpha, np.exp(np.concatenate([log_sd, [-log_sd.sum()]]))

    def loss(x: FloatArray, epsilon: float) -> tuple[float, FloatArray]:
        alpha, sd = unpack(x)
        own = loadings / sd[:, None]
        moved = cuts - alpha[:, None] * own[:, item]
        a, da = _pair_loss(own, weights, epsilon)
        b, db = _pair_loss(moved, weights, epsilon)
        by_own = da.copy()
        for g in range(groups):
            by_own[g] -= alpha[g] * np.bincount(item, weights=db[g], minlength=own.shape[1])
        by_alpha = -(db * own[:, item]).sum(axis=1)
        by_log = -(by_own * own).sum(axis=1)
        slope = np.concatenate([by_alpha[first:], by_log[:-1] - by_log[-1]])
        return a + b, slope

    x = np.zeros(2 * groups - 1 - first)
    found = None
    for epsilon in (10.0, 1.0, 0.1, _EPSILON):
        found = minimize(
            loss,
            x,
            args=(epsilon,),
            jac=True,
            method="BFGS",
            options={"gtol": 1e-7, "maxiter": 2000},
        )
        x = found.x
    assert found is not None
    if float(np.abs(found.jac).max()) > 1e-3 * max(1.0, float(found.fun)):
        raise ConvergenceError(
            "alignment", f"a gradient of {np.abs(found.jac).max():.1e}", "a minimum", "fewer groups"
        )
    alpha, sd = unpack(x)
    return _in_units_of_first(loadings, cuts, item, alpha, sd, float(found.fun))


def _in_units_of_first(
    loadings: FloatArray,
    cuts: FloatArray,
    item: IntArray,
    alpha: FloatArray,
    sd: FloatArray,
    loss: float,
) -> Aligned:
    mean, scale = (alpha - alpha[0]) / sd[0], sd / sd[0]
    own = loadings / scale[:, None]
    moved = cuts - mean[:, None] * own[:, item]
    average, level = own.mean(axis=0), moved.mean(axis=0)
    return Aligned(
        mean,
        scale,
        own,
        moved,
        loss,
        _explained(loadings, loadings - scale[:, None] * average),
        _explained(cuts, cuts - level - mean[:, None] * average[item]),
    )


def _explained(values: FloatArray, rest: FloatArray) -> FloatArray:
    total = values.var(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(total > 1e-12, 1.0 - rest.var(axis=0) / total, np.nan)


def invariant_groups(values: FloatArray, variances: FloatArray, n: FloatArray) -> IntArray:
    """Return which groups share a parameter, as 0 and 1.

    Parameters
    ----------
    values, variances
        Of one parameter after alignment, length G.
    n
        Respondents of each group.

    Notes
    -----
    It begins with the largest set whose neighbours do not differ at 1 %; then groups that differ
    from the set's weighted mean at 0.1 % leave, others join, until the set is stable.
    """
    order = np.argsort(values)
    start = _largest_run(values[order], variances[order])
    chosen = np.zeros(len(values), dtype=bool)
    chosen[order[start]] = True
    for _ in range(2 * len(values)):
        w = n * chosen
        mean = float(w @ values / w.sum())
        share = w / w.sum()
        spread = variances * (1.0 - 2.0 * share) + float(share**2 @ variances)
        far = np.abs(values - mean) > 3.290526731491926 * np.sqrt(np.maximum(spread, 1e-300))
        if (~far == chosen).all() or not (~far).any():
            break
        chosen = ~far
    return chosen.astype(np.int64)


def _largest_run(values: FloatArray, variances: FloatArray) -> IntArray:
    """Longest run of sorted values whose neighbours do not differ at 1 %."""
    gaps = np.diff(values) > 2.5758293035489004 * np.sqrt(variances[1:] + variances[:-1])
    runs = np.split(np.arange(len(values)), np.flatnonzero(gaps) + 1)
    return max(runs, key=len)
