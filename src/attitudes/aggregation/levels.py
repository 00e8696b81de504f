"""The distinct values of a column, in the order in which tables show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from attitudes.errors import DataError
from attitudes.numerics.design import IntArray
from attitudes.survey.survey import Survey

__all__ = ["Levels", "code_levels", "declared_levels"]


@dataclass(frozen=True, slots=True)
class Levels:
    """A column as codes.

    Attributes
    ----------
    name
        The column.
    values
        Distinct values in order: the codebook's order where there is one, that of the categories
        of a categorical column, otherwise sorted.
    codes
        Position of each respondent's value in ``values``; −1 where missing. Length n.
    """

    name: str
    values: tuple[Any, ...]
    codes: NDArray[Any]


def declared_levels(survey: Survey, name: str) -> tuple[Any, ...]:
    """Return the values that the codebook gives for a column, in order; empty without one."""
    study = survey.study
    if study is None or not study.has(name):
        return ()
    return tuple(study.groups(name))


def code_levels(survey: Survey, name: str) -> Levels:
    """Return a column of the survey as codes of its levels.

    Raises
    ------
    DataError
        When the column is not there, or holds infinite numbers.
    """
    series = survey.column(name)
    if isinstance(series.dtype, pd.CategoricalDtype):
        values = series.cat.categories.tolist()
        codes: NDArray[Any] = series.cat.codes.to_numpy()
    else:
        codes, values = _factorize(series)
    missing = set(survey.missing_codes(name).values())
    declared = [v for v in declared_levels(survey, name) if v not in missing]
    extra = [v for v in values if v not in declared and v not in missing]
    order = [*declared, *extra]
    if order == list(values):
        return Levels(name, tuple(values), codes)
    place = {v: i for i, v in enumerate(order)}
    table = np.array([place.get(v, -1) for v in values] + [-1], dtype=np.int64)
    return Levels(name, tuple(order), table[codes])


def _factorize(series: pd.Series[Any]) -> tuple[IntArray, list[Any]]:
    values = series.to_numpy() if isinstance(series.dtype, np.dtype) else None
    if values is not None and values.dtype.kind in "iub" and len(values):
        low = int(values.min())
        span = int(values.max()) - low + 1
        if span <= 65_536:
            shifted = values.astype(np.int64) - low
            seen = np.bincount(shifted, minlength=span) > 0
            table = np.cumsum(seen) - 1
            return table[shifted], [values.dtype.type(v + low).item() for v in np.flatnonzero(seen)]
    if values is not None and values.dtype.kind == "f":
        infinite = np.isinf(values)
        if infinite.any():
            raise DataError(
                f"survey, column {series.name}",
                f"{int(infinite.sum())} infinite values",
                "finite numbers; nothing, or NaN, where there is no answer",
            )
    codes, uniques = pd.factorize(series, use_na_sentinel=True)
    found = [u.item() if hasattr(u, "item") else u for u in uniques]
    try:
        order = sorted(range(len(found)), key=lambda i: found[i])
    except TypeError:
        order = sorted(range(len(found)), key=lambda i: str(found[i]))
    table = np.full(len(found) + 1, -1, dtype=np.int64)
    table[order] = np.arange(len(found))
    return table[codes], [found[i] for i in order]
