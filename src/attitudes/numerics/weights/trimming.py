"""Trimming of weights, what is cut off given to the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from attitudes.errors import ConvergenceError, EstimationError
from attitudes.numerics.design import FloatArray

__all__ = ["Redistribution", "TrimmedWeights", "trim"]

Redistribution = Literal["equal", "proportional", "none"]
_MAXIMUM_PASSES = 10_000


@dataclass(frozen=True, slots=True)
class TrimmedWeights:
    """Weights within bounds.

    Attributes
    ----------
    weights
        Length n.
    raised, cut
        Weights that were below the lower and above the upper bound at first.
    moved
        Weight above the upper bound minus weight below the lower: what was given to the others.
    passes
        How often trimming and redistribution took turns.
    """

    weights: FloatArray
    raised: int
    cut: int
    moved: float
    passes: int


def trim(
    weights: FloatArray,
    lower: float,
    upper: float,
    *,
    redistribute: Redistribution = "equal",
    strict: bool = True,
    where: str = "trim_weights",
) -> TrimmedWeights:
    """Bring weights within [lower, upper] and keep their sum.

    Parameters
    ----------
    weights
        Length n; weights of zero stay zero and take no part.
    lower, upper
        Bounds of the weight.
    redistribute
        What was cut off goes to the weights within bounds in equal parts, in proportion to them,
        or to none.
    strict
        Repeat until redistribution leaves no weight outside.
    where
        Whose weights these are, for the errors.

    Raises
    ------
    EstimationError
        Bounds between which the sum cannot be kept.
    ConvergenceError
        Weights still outside after many passes.

    Notes
    -----
    One pass with equal parts is R's ``survey::trimWeights``; with ``strict`` it is repeated.

    References
    ----------
    Potter (1990), Proc. ASA Survey Research Methods, 225–230; Lumley (2010), Complex Surveys, 7.

    Examples
    --------
    >>> trim(np.array([1., 1., 2., 8.]), 0, 5).weights.tolist()
    [2.0, 2.0, 3.0, 5.0]
    """
    values = np.array(weights, dtype=np.float64)
    part = values > 0
    active = values[part]
    low, high = active < lower, active > upper
    moved = float((active[high] - upper).sum() - (lower - active[low]).sum())
    if strict and redistribute != "none":
        _check_room(active, lower, upper, where)
    passes = 0
    while (low | high).any():
        passes += 1
        outside = low | high
        excess = float((active[outside] - np.clip(active[outside], lower, upper)).sum())
        active = np.clip(active, lower, upper)
        if redistribute == "none":
            break
        if outside.all():
            raise EstimationError(
                where, "no weight within the bounds", "bounds that some weights meet"
            )
        active[~outside] += _parts(active[~outside], excess, redistribute)
        if not strict:
            break
        if abs(excess) <= 1e-15 * active.sum():
            active = np.clip(active, lower, upper)
        if passes >= _MAXIMUM_PASSES:
            raise ConvergenceError(
                where,
                f"weights outside [{lower:g}, {upper:g}] after {passes} passes",
                "wider bounds",
            )
        low, high = active < lower, active > upper
    raised, cut = int((values[part] < lower).sum()), int((values[part] > upper).sum())
    values[part] = active
    return TrimmedWeights(values, raised, cut, moved, passes)


def _check_room(active: FloatArray, lower: float, upper: float, where: str) -> None:
    total = float(active.sum())
    if not len(active) * lower <= total * (1 + 1e-12):
        raise EstimationError(
            f"{where}, lower",
            f"{lower:g} for {len(active)} weights with sum {total:g}",
            f"at most their mean, {total / len(active):g}",
        )
    if not total * (1 - 1e-12) <= len(active) * upper:
        raise EstimationError(
            f"{where}, upper",
            f"{upper:g} for {len(active)} weights with sum {total:g}",
            f"at least their mean, {total / len(active):g}",
        )


def _parts(inside: FloatArray, excess: float, redistribute: Redistribution) -> FloatArray:
    if redistribute == "equal":
        return np.full(len(inside), excess / len(inside))
    return np.asarray(inside * (excess / inside.sum()))
