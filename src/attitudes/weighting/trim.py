"""Trimming of large and small weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from attitudes.errors import OptionError
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.replicates.replicate_adjustment import adjust_rows
from attitudes.numerics.weights.trimming import Redistribution, trim
from attitudes.survey.ledger import Step
from attitudes.survey.survey import Survey
from attitudes.weighting.apply import (
    COLUMN,
    as_names,
    check_number,
    check_option,
    finish,
    group_codes,
    spread,
    start,
)

__all__ = ["Reference", "trim_weights"]

Reference = Literal["none", "median", "mean", "quantile", "iqr"]


def trim_weights(
    survey: Survey,
    *,
    lower: float | None = None,
    upper: float | None = None,
    relative_to: Reference = "none",
    redistribute: Redistribution = "equal",
    strict: bool = True,
    by: str | tuple[str, ...] = (),
    column: str = COLUMN,
) -> Survey:
    """Trim weights and give what is cut off to the others.

    Parameters
    ----------
    survey
        The respondents and their weights.
    lower, upper
        Bounds of the weight; None for none.
    relative_to
        What the bounds are measured in: ``"none"`` (weights), multiples of the ``"median"`` or
        the ``"mean"``, ``"quantile"`` (0.99 cuts at the 99th percentile), ``"iqr"`` (median +
        upper · interquartile range, median − lower · interquartile range).
    redistribute
        To the weights within bounds in ``"equal"`` parts, ``"proportional"`` to them, or
        ``"none"``: then the sum of weights falls.
    strict
        Repeat until no weight is outside.
    by
        Variables within whose groups trimming and redistribution happen, so that the groups keep
        their totals.
    column
        Column that takes the new weights.

    Returns
    -------
    Survey
        With the rule repeated in each replicate: relative bounds are taken from its own weights;
        weights of zero stay zero.

    Raises
    ------
    OptionError
        No bound, or a lower above the upper one.
    EstimationError
        Bounds between which the weights cannot keep their sum.

    Notes
    -----
    Trimming after a calibration disturbs its totals; calibrate again, or calibrate with
    ``bounds``. Linearised variances take the trimmed weights as fixed.

    References
    ----------
    Potter (1990), Proc. ASA Survey Research Methods, 225–230; Valliant, Dever and Kreuter (2018),
    Practical Tools for Designing and Weighting Survey Samples, 14.4.

    Examples
    --------
    >>> import pandas as pd
    >>> from attitudes.survey.design import SurveyDesign
    >>> frame = pd.DataFrame({"w": [1.0, 1.0, 2.0, 8.0]})
    >>> trim_weights(Survey.from_frame(frame, SurveyDesign(weight="w")), upper=5).weights.tolist()
    [2.0, 2.0, 3.0, 5.0]
    """
    verb = "trim_weights"
    check_option(verb, "relative_to", relative_to, get_args(Reference))
    check_option(verb, "redistribute", redistribute, get_args(Redistribution))
    _check_bounds(lower, upper, relative_to)
    design = start(survey, verb)
    codes, groups = group_codes(survey, as_names(by))

    whose = [verb] if not as_names(by) else [f"{verb}, {group}" for group in groups]

    def trimmed(weights: FloatArray, where: str = "") -> _Trimmed:
        own = [name + where for name in whose]
        return _trim_groups(weights, codes, own, lower, upper, relative_to, redistribute, strict)

    made = trimmed(design.weights)
    weights = made.weights
    replicates = None
    if design.replicates is not None:
        replicates = adjust_rows(
            design.replicates,
            design.weights,
            lambda w, r: trimmed(w, f", replicate {r + 1}").weights,
        )
    parameters: dict[str, Any] = {
        "lower": lower,
        "upper": upper,
        "relative_to": relative_to,
        "redistribute": redistribute,
        "strict": strict,
        "by": list(as_names(by)),
        "column": column,
    }
    moved = 100 * made.moved / float(design.weights.sum())
    summary = (
        f"{made.cut} weights cut, {made.raised} raised, {moved:.2g}% of the weight moved; "
        f"{spread(weights, design.weights)}"
    )
    step = Step(verb, parameters, summary)
    return finish(survey, weights, step, column=column, replicates=replicates)


@dataclass(frozen=True, slots=True)
class _Trimmed:
    """New weights, how many were raised and cut at first, and the weight given to the others."""

    weights: FloatArray
    raised: int
    cut: int
    moved: float


def _check_bounds(lower: float | None, upper: float | None, relative_to: Reference) -> None:
    if lower is None and upper is None:
        raise OptionError("trim_weights", "no bound", "lower, upper or both")
    for name, value in (("lower", lower), ("upper", upper)):
        if value is not None:
            allowed = "a number of at least 0"
            check_number(f"trim_weights, {name}", value, least=0, strict=False, allowed=allowed)
    if relative_to != "iqr" and lower is not None and upper is not None and lower >= upper:
        raise OptionError("trim_weights, lower", f"{lower:g}", f"below upper, {upper:g}")
    for name, value in (("lower", lower), ("upper", upper)):
        if relative_to == "quantile" and value is not None and value > 1:
            raise OptionError(f"trim_weights, {name}", f"{value:g}", "0 to 1, a quantile")


def _trim_groups(
    weights: FloatArray,
    codes: IntArray,
    whose: list[str],
    lower: float | None,
    upper: float | None,
    relative_to: Reference,
    redistribute: Redistribution,
    strict: bool,
) -> _Trimmed:
    out, raised, cut, moved = np.array(weights), 0, 0, 0.0
    for group, where in enumerate(whose):
        rows = np.flatnonzero((codes == group) & (weights > 0))
        if len(rows):
            low, high = _limits(weights[rows], lower, upper, relative_to)
            own = trim(
                weights[rows], low, high, redistribute=redistribute, strict=strict, where=where
            )
            out[rows] = own.weights
            raised, cut, moved = raised + own.raised, cut + own.cut, moved + abs(own.moved)
    return _Trimmed(out, raised, cut, moved)


def _limits(
    weights: FloatArray, lower: float | None, upper: float | None, relative_to: Reference
) -> tuple[float, float]:
    low = 0.0 if lower is None else lower
    if relative_to == "none":
        return low, np.inf if upper is None else upper
    if relative_to == "quantile":
        cut = np.inf if upper is None else float(np.quantile(weights, upper))
        return (0.0 if lower is None else float(np.quantile(weights, lower))), cut
    if relative_to == "iqr":
        first, median, third = np.quantile(weights, (0.25, 0.5, 0.75))
        floor = 0.0 if lower is None else max(0.0, float(median - lower * (third - first)))
        return floor, np.inf if upper is None else float(median + upper * (third - first))
    unit = float(np.median(weights) if relative_to == "median" else weights.mean())
    return low * unit, np.inf if upper is None else upper * unit
