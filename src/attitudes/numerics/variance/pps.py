"""Variance of totals from unequal-probability samples drawn without replacement."""

from __future__ import annotations

from typing import Literal

import numpy as np

from attitudes.errors import DesignError
from attitudes.numerics.design import DesignArrays, FloatArray, IntArray

__all__ = [
    "brewer_covariance",
    "check_matrix",
    "hartley_rao_check",
    "joint_check",
    "overton_check",
    "pps_covariance",
    "quadratic_covariance",
]


def pps_covariance(scores: FloatArray, design: DesignArrays) -> FloatArray:
    """Return the covariance of totals under a design with unequal inclusion probabilities.

    Parameters
    ----------
    scores
        Weighted linearised values (the weight is contained), n × p.
    design
        Design with ``probabilities`` and either ``pps`` (the approximation) or ``joint``.

    Returns
    -------
    FloatArray
        Covariance of the p column sums of ``scores``, p × p.

    Raises
    ------
    DesignError
        Probabilities that differ within a unit; a joint probability of zero; a joint matrix of
        another size; Yates–Grundy for Brewer's approximation; later stages with a method that
        has none.

    Notes
    -----
    With Δ̌ᵢⱼ = (πᵢⱼ − πᵢπⱼ)/πᵢⱼ and zᵢ the unit's weighted total, Horvitz–Thompson is Σᵢⱼ Δ̌ᵢⱼ zᵢzⱼ
    and Yates–Grundy is −½ Σᵢⱼ Δ̌ᵢⱼ (zᵢ − zⱼ)².

    References
    ----------
    Särndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, 2.8;
    Brewer and Donadio (2003), Survey Methodology 29.
    """
    scores = np.asarray(scores, dtype=np.float64)
    if scores.ndim == 1:
        scores = scores[:, None]
    if design.pps == "brewer":
        return brewer_covariance(scores, design)
    _refuse_later_stages(design)
    units = design.psus[0]
    totals = _totals(scores, units, design.n_psus)
    return quadratic_covariance(totals, check_matrix(design), design.pps_variance)


def check_matrix(design: DesignArrays) -> FloatArray:
    """Return Δ̌ between first-stage units, C × C, in the order of their codes.

    Raises
    ------
    DesignError
        See `pps_covariance`.
    """
    if design.joint is not None:
        if design.joint.shape != (design.n_psus, design.n_psus):
            raise DesignError(
                "design, joint",
                f"a matrix of {design.joint.shape[0]} × {design.joint.shape[-1]}",
                f"{design.n_psus} × {design.n_psus}, one row and column a sampled unit",
            )
        return joint_check(design.joint)
    probabilities, strata = unit_probabilities(design), _unit_strata(design)
    if design.pps == "overton":
        return overton_check(probabilities, strata)
    return hartley_rao_check(probabilities, strata, design.pps_sum_p2)


def joint_check(joint: FloatArray) -> FloatArray:
    """Return Δ̌ from a matrix of joint inclusion probabilities (πᵢ on its diagonal).

    Raises
    ------
    DesignError
        When a pair can never be drawn together: no unbiased variance estimator exists.
    """
    joint = np.asarray(joint, dtype=np.float64)
    if not np.isfinite(joint).all() or (joint < 0).any() or (joint > 1).any():
        raise DesignError("design, joint", "entries outside [0, 1]", "joint probabilities")
    if (joint == 0).any():
        pairs = int((joint == 0).sum() // 2)
        raise DesignError(
            "design, joint",
            f"{pairs} pairs of units with joint probability zero",
            "positive joint probabilities for every sampled pair",
            "under systematic sampling from a fixed order some pairs can never be drawn together "
            "and no unbiased variance estimator exists; use joint='brewer', 'overton' or "
            "'hartley-rao'",
        )
    first = np.diag(joint)
    check: FloatArray = (joint - np.outer(first, first)) / joint
    check[np.abs(check) < joint.min() / 10_000] = 0.0
    return check


def overton_check(probabilities: FloatArray, strata: IntArray) -> FloatArray:
    """Return Δ̌ by Overton's approximation πᵢⱼ ≈ πᵢπⱼ(n−1)/(n − (πᵢ+πⱼ)/2)."""
    mean = (probabilities[:, None] + probabilities[None, :]) / 2
    n = np.bincount(strata)[strata].astype(np.float64)[:, None]
    return _finish(1 - (n - mean) / np.maximum(n - 1, 1), probabilities, strata)


def hartley_rao_check(
    probabilities: FloatArray, strata: IntArray, sum_p2: float | None = None
) -> FloatArray:
    """Return Δ̌ by Hartley and Rao's approximation for randomised systematic sampling.

    Parameters
    ----------
    probabilities
        Inclusion probabilities of the sampled units, length C.
    strata
        Codes of their strata, length C.
    sum_p2
        Σπ²/n over the population; None: estimated by the mean of π over the stratum's sample.
    """
    pair = probabilities[:, None] + probabilities[None, :]
    counts = np.bincount(strata).astype(np.float64)
    n = counts[strata][:, None]
    if sum_p2 is None:
        means = np.bincount(strata, weights=probabilities) / np.maximum(counts, 1)
        bar = means[strata][:, None]
    else:
        bar = np.full_like(n, sum_p2)
    return _finish(1 - (n - pair + bar) / np.maximum(n - 1, 1), probabilities, strata)


def _finish(check: FloatArray, probabilities: FloatArray, strata: IntArray) -> FloatArray:
    check[strata[:, None] != strata[None, :]] = 0.0
    certain = probabilities >= 1
    check[certain, :] = 0.0
    check[:, certain] = 0.0
    np.fill_diagonal(check, 1 - probabilities)
    return check


def quadratic_covariance(
    totals: FloatArray, check: FloatArray, form: Literal["ht", "yg"] | str = "ht"
) -> FloatArray:
    """Return the Horvitz–Thompson or Yates–Grundy form of unit totals C × p."""
    value: FloatArray = totals.T @ (check @ totals)
    if form == "yg":
        value = value - (totals * check.sum(axis=0)[:, None]).T @ totals
    return (value + value.T) / 2


def brewer_covariance(scores: FloatArray, design: DesignArrays) -> FloatArray:
    """Return Brewer's approximation, with the later stages where the design states them.

    Notes
    -----
    Stage 1: Σₕ nₕ/(nₕ−1) Σᵢ (1−πᵢ)(zᵢ − z̄ₕ)(zᵢ − z̄ₕ)ᵀ. Later stages: πᵢ times the variance within
    unit i, each by the same formula with its own sampling fraction.
    """
    if design.pps_variance == "yg":
        raise DesignError(
            "design, pps_variance", "'yg' with joint='brewer'", "'ht' with Brewer's approximation"
        )
    value = np.zeros((scores.shape[1], scores.shape[1]))
    multiplier = np.ones(design.n)
    for stage, units in enumerate(design.psus):
        fraction = design.probabilities if stage == 0 else design.fractions[stage]
        if fraction is None:
            break
        value += _stage(scores, design.strata[stage], units, fraction, multiplier)
        multiplier = multiplier * fraction
    return value


def _stage(
    scores: FloatArray,
    strata: IntArray,
    units: IntArray,
    fraction: FloatArray,
    multiplier: FloatArray,
) -> FloatArray:
    n_units = int(units.max()) + 1
    first = np.empty(n_units, dtype=np.int64)
    first[units[::-1]] = np.arange(len(units) - 1, -1, -1)
    stratum, f, m = strata[first], fraction[first], multiplier[first]
    totals = _totals(scores, units, n_units)
    counts = np.bincount(stratum)
    means = _totals(totals, stratum, len(counts)) / np.maximum(counts, 1)[:, None]
    n = counts[stratum].astype(np.float64)
    remaining = np.where(f >= 1, 0.0, 1 - f)
    lonely = (n == 1) & (remaining > 1e-7)
    if lonely.any():
        raise DesignError(
            "design, joint='brewer'",
            f"{int(lonely.sum())} strata with a single unit that is not certain",
            "two units or more in each stratum",
        )
    scale = m * remaining * n / np.maximum(n - 1, 1)
    centred = (totals - means[stratum]) * np.sqrt(scale)[:, None]
    return np.asarray(centred.T @ centred, dtype=np.float64)


def unit_probabilities(design: DesignArrays) -> FloatArray:
    """Return the inclusion probability of each first-stage unit, length C.

    Raises
    ------
    DesignError
        When it differs within a unit, or is not there.
    """
    if design.probabilities is None:
        raise DesignError(
            "design, probabilities", "none", "a column of inclusion probabilities of the units"
        )
    per_unit = np.empty(design.n_psus)
    per_unit[design.psus[0]] = design.probabilities
    if not np.allclose(per_unit[design.psus[0]], design.probabilities, rtol=1e-9, atol=0):
        raise DesignError(
            "design, probabilities", "values that differ within a unit", "one value a unit"
        )
    return per_unit


def _unit_strata(design: DesignArrays) -> IntArray:
    strata = np.empty(design.n_psus, dtype=np.int64)
    strata[design.psus[0]] = design.strata[0]
    return strata


def _refuse_later_stages(design: DesignArrays) -> None:
    if any(fraction is not None for fraction in design.fractions[1:]):
        raise DesignError(
            "design, joint",
            "sampling fractions at later stages",
            "one stage, or joint='brewer'",
            "leave out the later fpc to take the first stage as the ultimate cluster",
        )


def _totals(values: FloatArray, codes: IntArray, size: int) -> FloatArray:
    out = np.empty((size, values.shape[1]))
    for j in range(values.shape[1]):
        out[:, j] = np.bincount(codes, weights=values[:, j], minlength=size)
    return out
