"""The auxiliaries of a calibration: categories and numbers as columns, with their totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from attitudes.errors import AttitudesError, EstimationError, OptionError, raise_all
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.weights.cells import cell_totals
from attitudes.survey.survey import Survey
from attitudes.weighting.coding import CodedMargin, Untargeted, code_margins
from attitudes.weighting.margins import Margin, Totals, read_margins
from attitudes.weighting.shares import to_counts

__all__ = ["Auxiliaries", "aggregated", "build_auxiliaries", "split_numbers"]


@dataclass(frozen=True, slots=True)
class Auxiliaries:
    """Calibration variables of the respondents.

    Attributes
    ----------
    X
        n × p; rows of weight zero are zero.
    totals
        Known totals, length p.
    names
        What each column stands for, in words.
    margins
        The margins of categories among them.
    numbers
        Known totals of numbers by variable.
    """

    X: FloatArray
    totals: FloatArray
    names: tuple[str, ...]
    margins: tuple[Margin, ...]
    numbers: dict[str, float]


def split_numbers(totals: Totals) -> tuple[list[Totals], dict[str, float]]:
    """Return the margins and the totals of numbers of a specification."""
    margins: list[Totals] = []
    numbers: dict[str, float] = {}
    for item in totals if isinstance(totals, list | tuple) else [totals]:
        if not isinstance(item, Mapping) or set(item) == {"by", "cells"}:
            margins.append(item)
            continue
        for name, value in item.items():
            if isinstance(value, int | float | np.number) and not isinstance(value, bool):
                numbers[str(name)] = float(value)
            else:
                margins.append({name: value})
    return margins, numbers


def build_auxiliaries(
    survey: Survey,
    totals: Totals,
    weights: FloatArray,
    *,
    shares: bool,
    population: float | None,
    untargeted: Untargeted,
    verb: str = "calibrate",
) -> Auxiliaries:
    """Return the matrix of calibration variables and their totals.

    The categories of the first margin have a column each, those of further margins all but their
    first, whose total follows from the others.
    """
    given, numbers = split_numbers(totals)
    _check_numbers(numbers, population, verb)
    margins = read_margins(survey, given, verb) if given else ()
    if margins:
        margins = to_counts(margins, weights, shares, population if shares else None, verb)
    if not margins and not numbers and population is None:
        raise OptionError(f"{verb}, totals", "none", "totals of categories or of numbers")
    coded = (
        code_margins(survey, margins, weights, verb=verb, untargeted=untargeted) if margins else ()
    )
    if population is not None and margins and not shares:
        _check_population(margins, population, verb)
    active = weights > 0
    columns, goals, names = _category_columns(coded, active)
    if population is not None and not margins:
        columns.append(active.astype(np.float64))
        goals.append(float(population))
        names.append("population")
    failures: list[AttitudesError] = []
    for name, total in numbers.items():
        values = _numbers(survey, name, active, verb, failures)
        columns.append(values)
        goals.append(total)
        names.append(name)
    raise_all(failures)
    return Auxiliaries(
        np.column_stack(columns), np.asarray(goals), tuple(names), tuple(margins), numbers
    )


def aggregated(
    X: FloatArray, weights: FloatArray, units: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Return the weighted means of X and the mean weight within units, a row a respondent.

    Units of weight zero get zeros.
    """
    size = int(units.max()) + 1
    counts = np.bincount(units[weights > 0], minlength=size)
    mass = np.bincount(units, weights=weights, minlength=size)
    sums = cell_totals(units, size, X * weights[:, None])
    means = np.divide(sums, mass[:, None], out=np.zeros_like(sums), where=mass[:, None] > 0)
    mean_weight = np.divide(mass, counts, out=np.zeros(size), where=counts > 0)
    active = (weights > 0)[:, None]
    return np.where(active, means[units], 0.0), np.where(weights > 0, mean_weight[units], 0.0)


def _category_columns(
    coded: Sequence[CodedMargin], active: np.ndarray[Any, np.dtype[np.bool_]]
) -> tuple[list[FloatArray], list[float], list[str]]:
    columns: list[FloatArray] = []
    goals: list[float] = []
    names: list[str] = []
    for j, one in enumerate(coded):
        codes = one.codes
        occupied = np.flatnonzero(np.bincount(codes[active], minlength=one.size)).tolist()
        for k in occupied[1 if j else 0 :]:
            columns.append(((codes == k) & active).astype(np.float64))
            goals.append(float(one.targets[k]))
            names.append(f"{one.margin.name}, {one.label(k)}")
    return columns, goals, names


def _check_population(margins: Sequence[Margin], population: float, verb: str) -> None:
    first = margins[0]
    if abs(first.sum - population) > 1e-9 * first.sum:
        raise EstimationError(
            f"{verb}, population",
            f"{population:,.10g}, but {first.sum:,.10g} over {first.name}",
            "one size of the population",
        )


def _check_numbers(numbers: Mapping[str, float], population: float | None, verb: str) -> None:
    failures: list[AttitudesError] = [
        OptionError(f"{verb}, total of {name}", f"{total:g}", "a finite number")
        for name, total in numbers.items()
        if not np.isfinite(total)
    ]
    if population is not None and not 0 < population < np.inf:
        failures.append(OptionError(f"{verb}, population", f"{population:g}", "a positive number"))
    raise_all(failures)


def _numbers(
    survey: Survey,
    name: str,
    active: np.ndarray[Any, np.dtype[np.bool_]],
    verb: str,
    failures: list[AttitudesError],
) -> FloatArray:
    values = survey.answers(name).as_float()
    missing = int((~np.isfinite(values) & active).sum())
    if missing:
        failures.append(
            EstimationError(
                f"{verb}, total of {name}",
                f"{missing} respondents without a number",
                "a number from every respondent",
                "impute them first",
            )
        )
    return np.where(active & np.isfinite(values), values, 0.0)
