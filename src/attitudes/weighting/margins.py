"""Known totals as weighting takes them: margins of categories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from attitudes.errors import AttitudesError, OptionError, raise_all
from attitudes.numerics.design import FloatArray
from attitudes.survey.survey import Survey

__all__ = ["Margin", "Totals", "label_of", "read_margins"]

#: What is taken as known totals: names of the study's totals tables, ``{"sex": {"men": 10, …}}``,
#: ``{("sex", "age"): {("men", "18_29"): 4, …}}``, a Series whose index levels are variables, the
#: plain form ``{"by": [...], "cells": [[[...], total], …]}``, a `Margin`, or a sequence of these.
Totals = Any


@dataclass(frozen=True, slots=True)
class Margin:
    """Known totals of the categories of one variable, or of several crossed.

    Attributes
    ----------
    by
        The variables.
    cells
        The categories as text, one a total, in the order of ``by``.
    totals
        Known totals, not negative, length K.
    """

    by: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    totals: tuple[float, ...]

    @property
    def name(self) -> str:
        """The variables, joined."""
        return " × ".join(self.by)

    @property
    def sum(self) -> float:
        """Sum of the totals."""
        return float(np.sum(self.totals))

    def label(self, category: int) -> str:
        """Return a category in words."""
        return " × ".join(self.cells[category])

    def array(self) -> FloatArray:
        """Return the totals as an array."""
        return np.asarray(self.totals, dtype=np.float64)

    def scaled(self, factor: float) -> Margin:
        """Return the margin with its totals multiplied."""
        return Margin(self.by, self.cells, tuple(float(t * factor) for t in self.totals))

    def plain(self) -> dict[str, Any]:
        """Return the margin as plain values, which `read_margins` takes again."""
        pairs = zip(self.cells, self.totals, strict=True)
        return {"by": list(self.by), "cells": [[list(cell), float(t)] for cell, t in pairs]}


def label_of(value: object) -> str:
    """Return a category's value as text: whole numbers without a decimal point.

    Examples
    --------
    >>> label_of(2.0), label_of("men"), label_of(True)
    ('2', 'men', 'True')
    """
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def read_margins(survey: Survey, totals: Totals, verb: str) -> tuple[Margin, ...]:
    """Read known totals in any of their forms (see `Totals`).

    Raises
    ------
    OptionError
        Forms that are not known; totals that are negative or no numbers; cells of the wrong
        length or twice.
    """
    made: list[Margin] = []
    for item in totals if isinstance(totals, list | tuple) else [totals]:
        made += _read_one(survey, item, verb)
    if not made:
        raise OptionError(f"{verb}, totals", "none", "at least one margin with its totals")
    failures: list[AttitudesError] = []
    for margin in made:
        failures += _problems(margin, verb)
        failures += [
            OptionError.unknown(
                f"{verb}, totals of {margin.name}", "variable", name, survey.columns
            )
            for name in margin.by
            if name not in survey.columns
        ]
    raise_all(failures)
    return tuple(made)


def _read_one(survey: Survey, item: Totals, verb: str) -> list[Margin]:
    if isinstance(item, Margin):
        return [item]
    if isinstance(item, str):
        return [_of_study(survey, item, verb)]
    if isinstance(item, pd.Series):
        return [_of_series(item, verb)]
    if isinstance(item, Mapping):
        if {"by", "cells"} == set(item):
            pairs = item["cells"].items() if isinstance(item["cells"], Mapping) else item["cells"]
            return [_margin(_names(item["by"]), pairs, verb)]
        return [_of_mapping(name, cells, verb) for name, cells in item.items()]
    raise OptionError(
        f"{verb}, totals",
        f"{type(item).__name__}",
        "a name of the study's totals, {variable: {category: total}}, or a Series",
    )


def _of_study(survey: Survey, name: str, verb: str) -> Margin:
    if survey.study is None:
        raise OptionError(
            f"{verb}, totals",
            f"the name {name!r}",
            "{variable: {category: total}}",
            "names of totals need a survey with a study",
        )
    cells = survey.study.population(name)
    return _margin(survey.study.totals[name].by, list(cells.items()), verb)


def _of_series(series: pd.Series[Any], verb: str) -> Margin:
    names = [str(n) for n in series.index.names if n is not None]
    if len(names) != series.index.nlevels:
        raise OptionError(
            f"{verb}, totals", "a Series whose index has no name", "index levels named as variables"
        )
    return _margin(tuple(names), list(zip(series.index, series.to_list(), strict=True)), verb)


def _of_mapping(name: Any, cells: Any, verb: str) -> Margin:
    if not isinstance(cells, Mapping):
        raise OptionError(
            f"{verb}, totals of {name}",
            f"{cells!r}",
            "a total for each category",
            "totals of numbers are for calibrate",
        )
    return _margin(_names(name), list(cells.items()), verb)


def _names(by: Any) -> tuple[str, ...]:
    return (by,) if isinstance(by, str) else tuple(str(b) for b in by)


def _margin(by: Sequence[str], pairs: Any, verb: str) -> Margin:
    cells, totals = [], []
    for cell, total in pairs:
        parts = tuple(cell) if isinstance(cell, tuple | list) else (cell,)
        cells.append(tuple(label_of(part) for part in parts))
        if isinstance(total, bool) or not isinstance(total, int | float | np.number):
            raise OptionError(
                f"{verb}, totals of {' × '.join(by)}, {' × '.join(cells[-1])}",
                f"{total!r}",
                "a number of at least 0",
            )
        totals.append(float(total))
    return Margin(tuple(by), tuple(cells), tuple(totals))


def _problems(margin: Margin, verb: str) -> list[AttitudesError]:
    found: list[AttitudesError] = []
    where = f"{verb}, totals of {margin.name}"
    if not margin.cells:
        return [OptionError(where, "no category", "at least one category with its total")]
    seen: set[tuple[str, ...]] = set()
    for cell, total in zip(margin.cells, margin.totals, strict=True):
        at = f"{where}, {' × '.join(cell)}"
        if len(cell) != len(margin.by):
            found.append(
                OptionError(at, f"{len(cell)} values", f"{len(margin.by)}, one a variable")
            )
        if cell in seen:
            found.append(OptionError(at, "the category again", "each category once"))
        seen.add(cell)
        if not (np.isfinite(total) and total >= 0):
            found.append(OptionError(at, f"{total:g}", "a number of at least 0"))
    if not found and not margin.sum > 0:
        found.append(OptionError(where, "totals that are all zero", "positive totals"))
    return found
