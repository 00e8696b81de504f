"""From new weights to a new survey: the weight column, the replicates, the record, the step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from attitudes.errors import DataError, OptionError
from attitudes.numerics.design import DesignArrays, FloatArray, IntArray, ReplicateArrays
from attitudes.numerics.replicates.replicate_adjustment import CellAdjustment, adjust_cells
from attitudes.numerics.weights.cells import cell_totals
from attitudes.survey.design import Replicates
from attitudes.survey.ledger import Step
from attitudes.survey.survey import Calibration, Survey

__all__ = [
    "COLUMN",
    "as_names",
    "check_iteration",
    "check_number",
    "check_option",
    "finish",
    "repeat_cells",
    "spread",
    "spread_of_cells",
    "start",
]

COLUMN = "weight_"


def start(survey: Survey, verb: str) -> DesignArrays:
    """Return the design as it stands before a step.

    Raises
    ------
    DataError
        A frame that is not pandas', or one without rows.
    """
    if not isinstance(survey.frame, pd.DataFrame):
        raise DataError(
            verb,
            f"a frame of type {type(survey.frame).__name__}",
            "a pandas frame",
            "Survey.from_frame(survey.to_pandas(), survey.design)",
        )
    if not survey.n:
        raise DataError(verb, "no respondents", "at least one")
    return survey.design_arrays()


def finish(
    survey: Survey,
    weights: FloatArray,
    step: Step,
    *,
    column: str,
    replicates: ReplicateArrays | None = None,
    calibration: Calibration | None = None,
) -> Survey:
    """Return the survey with the step's weights, replicates and record."""
    made = survey.with_weights(weights, step, column=column, calibration=calibration)
    given = survey.design.replicates
    if replicates is None or given is None:
        return made
    matrix = replicates.units is None
    new = Replicates(
        weights=replicates.weights if matrix else None,
        scale=replicates.scale,
        rscales=replicates.rscales,
        mse=replicates.mse,
        df=replicates.df,
        method=given.method,
        factors=replicates.factors,
        units=replicates.units,
        jackknife=replicates.jackknife,
    )
    return made.with_design(replace(made.design, replicates=new))


def repeat_cells(
    design: DesignArrays, cells: IntArray, factors: FloatArray, adjust: CellAdjustment
) -> ReplicateArrays | None:
    """Repeat an adjustment by cells in the replicates, where there are any."""
    if design.replicates is None:
        return None
    return adjust_cells(design.replicates, design.weights, cells, factors, adjust)


def spread(weights: FloatArray, before: FloatArray) -> str:
    """Say how far factors reach and what the weights cost, for a step's summary."""
    part = (before > 0) & (weights > 0)
    w, first = (weights, before) if part.all() else (weights[part], before[part])
    g = w / first
    return _said(float(g.min()), float(g.max()), len(w), float(w.sum()), float(w @ w))


def spread_of_cells(factors: FloatArray, mass: FloatArray, weights: FloatArray) -> str:
    """Say the same where the factor depends on the cell only."""
    g = factors[(mass > 0) & (factors > 0)]
    n = int(np.count_nonzero(weights))
    return _said(float(g.min()), float(g.max()), n, float(weights.sum()), float(weights @ weights))


def _said(least: float, greatest: float, n: int, total: float, squares: float) -> str:
    return (
        f"factors {least:.4g} to {greatest:.4g}, sum {total:,.10g}, "
        f"deff of weights {n * squares / total**2:.3f}"
    )


def as_names(value: str | Sequence[str]) -> tuple[str, ...]:
    """Return one name or several as a tuple."""
    return (value,) if isinstance(value, str) else tuple(value)


def check_option(verb: str, name: str, value: Any, allowed: Sequence[str]) -> None:
    """Refuse a value that an option does not have."""
    if value not in allowed:
        raise OptionError.unknown(f"{verb}, {name}", "option", str(value), allowed)


def check_number(where: str, value: Any, *, least: float, strict: bool, allowed: str) -> None:
    """Refuse what is no finite number of at least (or, strictly, above) a bound."""
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if number and np.isfinite(value) and (value > least if strict else value >= least):
        return
    raise OptionError(where, f"{value:g}" if number else repr(value), allowed)


def check_iteration(verb: str, tolerance: Any, max_iterations: Any) -> None:
    """Refuse a tolerance that is not positive and a number of iterations below one."""
    check_number(
        f"{verb}, tolerance", tolerance, least=0, strict=True, allowed="a number above 0, as 1e-10"
    )
    check_number(
        f"{verb}, max_iterations", max_iterations, least=1, strict=False, allowed="1 or more"
    )


def group_codes(survey: Survey, by: Sequence[str]) -> tuple[IntArray, tuple[str, ...]]:
    """Return the group of each respondent and the groups' names; one group without variables.

    Missing values form a group of their own.
    """
    from attitudes.weighting.coding import joint_codes

    if not by:
        return np.zeros(survey.n, dtype=np.int64), ("all",)
    joint = joint_codes(survey, by)
    names = tuple(
        " × ".join("no answer" if v is None else v for v in label) for label in joint.labels
    )
    return joint.codes, names


def group_sums(codes: IntArray, size: int, values: FloatArray) -> FloatArray:
    """Return sums by group."""
    return cell_totals(codes, size, values)
