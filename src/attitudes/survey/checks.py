"""Checks of the columns that are no answers: ids, weights, strata, units, provenance."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd

from attitudes.errors import AttitudesError, DataError, suggest
from attitudes.survey.arrays import build_design_arrays
from attitudes.survey.coding import IntRows, Place
from attitudes.survey.design import SurveyDesign, stages
from attitudes.survey.raw import counted, listed_rows
from attitudes.survey.survey import Provenance

__all__ = ["check_design", "check_ids", "check_provenance", "missing_columns"]

SHOWN_IDS = 5
PROVENANCE: tuple[Provenance, ...] = ("generated", "reconstructed", "respondents")


def missing_columns(
    source: str,
    wanted: Sequence[str],
    columns: Sequence[str],
    what: str,
    taken: Collection[str] = (),
) -> list[AttitudesError]:
    """Return a failure for each wanted column that the file does not have.

    ``taken`` columns are something else's, and not suggested in place of a missing one.
    """
    free = [name for name in columns if name not in taken]
    return [_absent(source, name, columns, free, what) for name in wanted if name not in columns]


def _absent(
    source: str, name: str, columns: Sequence[str], free: Sequence[str], what: str
) -> AttitudesError:
    known = DataError.unknown("", "column", name, columns)
    near = suggest(name, free)
    return DataError(
        f"{source}, header",
        f"no column {name!r} ({what})",
        f"the columns that the codebook names; the file has {known.allowed}",
        f"did you mean {near!r}?" if near else None,
    )


def check_ids(at: Place, ids: pd.Series[Any]) -> list[AttitudesError]:
    """Return failures of respondents without an id and of ids that occur twice."""
    failures: list[AttitudesError] = []
    blank = ids.isna().to_numpy()
    if blank.any():
        failures.append(
            DataError(at.at(blank), counted(int(blank.sum()), "blank id"), "an id in every row")
        )
    twice = ids.duplicated(keep=False).to_numpy() & ~blank
    if twice.any():
        repeated = ids[twice]
        names = list(dict.fromkeys(repeated.tolist()))
        shown = "; ".join(
            f"{name} ({listed_rows(at.rows[(ids == name).to_numpy()])})"
            for name in names[:SHOWN_IDS]
        )
        failures.append(
            DataError(
                f"{at.source}, column {at.column}",
                f"{counted(len(names), 'respondent id')} more than once: {shown}"
                f"{'; …' if len(names) > SHOWN_IDS else ''}",
                "each id once",
            )
        )
    return failures


def check_design(
    source: str, frame: pd.DataFrame, design: SurveyDesign, rows: IntRows
) -> list[AttitudesError]:
    """Return all that is wrong with the columns of the design, named by file and row.

    Notes
    -----
    Nesting of units, population sizes and the like are looked at only when every design column
    has a usable value in every row.
    """
    failures: list[AttitudesError] = []
    for name in design.columns:
        if name not in frame.columns:
            continue  # reported with the other missing columns
        at = Place(source, name, rows)
        numeric = name not in (*stages(design.stratum), *stages(design.psu))
        failures += _numbers(at, frame[name]) if numeric else _filled(at, frame[name])
    if failures or any(name not in frame.columns for name in design.columns):
        return failures
    try:
        build_design_arrays(frame, design)
    except AttitudesError as error:
        every = error.failures or (error,)
        return [DataError(f"{source}, {e.where}", e.found, e.allowed, e.remedy) for e in every]
    return []


def _filled(at: Place, column: pd.Series[Any]) -> list[AttitudesError]:
    blank = column.isna().to_numpy()
    if not blank.any():
        return []
    return [
        DataError(at.at(blank), counted(int(blank.sum()), "blank cell"), "a value in every row")
    ]


def _numbers(at: Place, column: pd.Series[Any]) -> list[AttitudesError]:
    failures = _filled(at, column)
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    text = ~np.isfinite(numbers) & ~column.isna().to_numpy()
    if text.any():
        found = ", ".join(repr(v) for v in pd.unique(column[text])[:SHOWN_IDS].tolist())
        failures.append(DataError(at.at(text), found, "a finite number"))
    negative = numbers < 0
    if negative.any():
        worst = float(numbers[negative].min())
        failures.append(
            DataError(at.at(negative), f"{int(negative.sum())} below zero ({worst:g})", "0 or more")
        )
    return failures


def check_provenance(at: Place, column: pd.Series[Any]) -> tuple[Provenance, list[AttitudesError]]:
    """Return whose answers a file holds by its ``provenance`` column.

    One generated row makes the file generated, else one reconstructed row makes it
    reconstructed. A word after the kind (``reconstructed from published figures``) is allowed.
    """
    found: set[Provenance] = set()
    failures: list[AttitudesError] = []
    words = column.astype(object).where(column.notna(), "")
    for value in pd.unique(words).tolist():
        text = str(value).casefold().strip()
        kind = next((k for k in PROVENANCE if text.startswith(k)), None)
        if kind is None:
            rows = (words == value).to_numpy()
            failures.append(DataError(at.at(rows), repr(value), ", ".join(sorted(PROVENANCE))))
        else:
            found.add(kind)
    return next((k for k in PROVENANCE if k in found), "respondents"), failures
