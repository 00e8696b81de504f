"""Columns of cells to columns of codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from attitudes.errors import AttitudesError, DataError, suggest
from attitudes.survey.lookup import Lookup, Resolved, normal_text, shown_value
from attitudes.survey.raw import counted, listed_rows

if TYPE_CHECKING:
    from attitudes.study.responses import Code, Response

__all__ = ["BLANK_KIND", "SHOWN_VALUES", "Coded", "Place", "as_column", "code_answers"]

BLANK_KIND = "blank"
SHOWN_VALUES = 8
IntRows = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a column stands, for messages.

    Attributes
    ----------
    source
        The file.
    column
        Its name there.
    rows
        Number of each row in the file.
    """

    source: str
    column: str
    rows: IntRows

    def at(self, mask: np.ndarray[Any, Any]) -> str:
        """Return the place of the rows chosen by a mask or by positions."""
        return f"{self.source}, column {self.column}, {listed_rows(self.rows[mask])}"


@dataclass(frozen=True, slots=True)
class Coded:
    """One coded variable.

    Attributes
    ----------
    values
        Codes: the smallest integers that hold them, float64 where a blank has no code, or a
        pandas Categorical where codes are texts.
    missing
        Count of each kind of missing answer that occurs.
    failures
        What cannot be coded.
    notes
        What a reader of the ledger should know.
    """

    values: Any
    missing: Mapping[str, int] = field(default_factory=dict)
    failures: tuple[AttitudesError, ...] = ()
    notes: tuple[str, ...] = ()


def code_answers(series: pd.Series[Any], response: Response, lookup: Lookup, at: Place) -> Coded:
    """Return the codes of a column of answers, given as codes or as labels.

    Parameters
    ----------
    series
        The cells, length n; NaN where blank.
    response
        Their scale; a blank gets its code of ``not_asked`` where it has one.
    lookup
        What stands for which code.
    at
        Where the column stands.
    """
    places, uniques = pd.factorize(series, use_na_sentinel=True)
    resolved = [lookup.resolve(value) for value in uniques.tolist()]
    codes: list[Code | None] = [r.code for r in resolved]
    bad = [(i, r) for i, r in enumerate(resolved) if r.problem is not None]
    failures = _unresolved(places, uniques, bad, lookup, at)
    blank = response.missing.get("not_asked")
    values = as_column(np.asarray(places), codes, blank, (*lookup.codes, *lookup.missing))
    kinds = _kinds(np.asarray(places), codes, lookup.missing, blank)
    return Coded(
        values, kinds, failures, _contested(np.asarray(places), uniques, codes, lookup, at)
    )


def _contested(
    places: IntRows, uniques: Any, codes: Sequence[Code | None], lookup: Lookup, at: Place
) -> tuple[str, ...]:
    """Note values that are answers in the codebook and declared missing in the file."""
    return tuple(
        f"{at.column}: {shown_value(value)} is declared missing in the file and an answer in the "
        f"codebook; {int((places == i).sum())} taken as answers"
        for i, (value, code) in enumerate(zip(uniques.tolist(), codes, strict=True))
        if code in lookup.codes and any(d.covers(value) for d in lookup.declared)
    )


def _unresolved(
    places: Any, uniques: Any, bad: Sequence[tuple[int, Resolved]], lookup: Lookup, at: Place
) -> tuple[AttitudesError, ...]:
    failures: list[AttitudesError] = []
    for i, found in bad[:SHOWN_VALUES]:
        rows = np.flatnonzero(places == i)
        value = uniques[i]
        times = "once" if len(rows) == 1 else f"{len(rows)} times"
        failures.append(
            DataError(
                at.at(rows),
                f"{found.problem} {times}{found.reason}",
                lookup.allowed(),
                _remedy(value, lookup),
            )
        )
    if len(bad) > SHOWN_VALUES:
        rest = np.flatnonzero(np.isin(places, [i for i, _ in bad[SHOWN_VALUES:]]))
        values = counted(len(bad) - SHOWN_VALUES, "further value")
        failures.append(
            DataError(
                at.at(rest),
                f"{values} in {counted(len(rest), 'row')}",
                lookup.allowed(),
            )
        )
    return tuple(failures)


def _remedy(value: Any, lookup: Lookup) -> str | None:
    if any(d.covers(value) for d in lookup.declared):
        shown = shown_value(value)
        return (
            f"say its kind in study.yaml (missing: {{refused: {shown}}} of its response scale), "
            f'or pass missing={{{shown}: "refused"}}'
        )
    if isinstance(value, str):
        near = suggest(normal_text(value), lookup.texts)
        return f"did you mean {lookup.texts[near]!r}?" if near is not None else None
    return None


def _kinds(
    places: IntRows, codes: list[Code | None], missing: Mapping[Code, str], blank: Code | None
) -> dict[str, int]:
    counts = np.bincount(places[places >= 0], minlength=len(codes))
    out: dict[str, int] = {}
    for code, count in zip(codes, counts, strict=True):
        if code is not None and code in missing:
            out[missing[code]] = out.get(missing[code], 0) + int(count)
    n_blank = int((places < 0).sum())
    if n_blank:
        kind = BLANK_KIND if blank is None else missing[blank]
        out[kind] = out.get(kind, 0) + n_blank
    return out


def as_column(
    places: IntRows,
    codes: list[Code | None],
    blank: Code | None,
    all_codes: tuple[Code, ...],
) -> Any:
    """Return codes in the narrowest column that holds them.

    Parameters
    ----------
    places
        Position in ``codes`` of each row, −1 where blank.
    codes
        Code of each distinct cell; None where it has none (its rows become blank).
    blank
        Code of a blank cell; None when blank cells stay blank.
    all_codes
        Every code that the variable may hold, in order: the categories of a column of texts.

    Examples
    --------
    >>> as_column(np.array([0, 1, -1]), [5, 1], 99, (1, 5, 99))
    array([ 5,  1, 99], dtype=int8)
    >>> list(as_column(np.array([0, -1]), ["north"], None, ("north", "south")))
    ['north', nan]
    """
    extended: list[Code | None] = [*codes, blank]  # place −1 is the last
    numbers = [code for code in (*all_codes, *extended) if isinstance(code, int)]
    if all(isinstance(code, int) for code in all_codes):
        whole = all(code is not None for code in codes) and (
            blank is not None or not bool((places < 0).any())
        )
        if not whole:
            floats = np.array([np.nan if c is None else c for c in extended], dtype=np.float64)
            return floats[places]
        dtype = np.result_type(np.int8, *(np.min_scalar_type(-abs(c) - 1) for c in numbers))
        return np.array([0 if c is None else c for c in extended], dtype=dtype)[places]
    categories: Any = list(dict.fromkeys(all_codes))
    position = {code: i for i, code in enumerate(categories)}
    index = np.array([-1 if c is None else position[c] for c in extended], dtype=np.int64)
    return pd.Categorical.from_codes(index[places], categories=categories)
