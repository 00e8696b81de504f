"""Columns of cells to columns of codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from attitudes.errors import AttitudesError, DataError, StudyError, suggest
from attitudes.survey.lookup import Lookup, normal_text
from attitudes.survey.raw import listed_rows

if TYPE_CHECKING:
    from attitudes.study.responses import Code, Response

__all__ = ["BLANK_KIND", "Coded", "Place", "as_column", "code_answers", "code_numbers"]

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
    """

    values: Any
    missing: Mapping[str, int] = field(default_factory=dict)
    failures: tuple[AttitudesError, ...] = ()


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
    bad = [(i, r.problem) for i, r in enumerate(resolved) if r.problem is not None]
    failures = _unresolved(places, uniques, bad, lookup, at)
    blank = response.missing.get("not_asked")
    values = as_column(np.asarray(places), codes, blank, (*lookup.codes, *lookup.missing))
    return Coded(values, _kinds(np.asarray(places), codes, lookup.missing, blank), failures)


def _unresolved(
    places: Any, uniques: Any, bad: Sequence[tuple[int, str | None]], lookup: Lookup, at: Place
) -> tuple[AttitudesError, ...]:
    failures: list[AttitudesError] = []
    for i, problem in bad[:SHOWN_VALUES]:
        rows = np.flatnonzero(places == i)
        value = uniques[i]
        times = "once" if len(rows) == 1 else f"{len(rows)} times"
        failures.append(
            DataError(at.at(rows), f"{problem} {times}", lookup.allowed(), _remedy(value, lookup))
        )
    if len(bad) > SHOWN_VALUES:
        rest = np.flatnonzero(np.isin(places, [i for i, _ in bad[SHOWN_VALUES:]]))
        failures.append(
            DataError(
                at.at(rest),
                f"{len(bad) - SHOWN_VALUES} further values in {len(rest)} rows",
                lookup.allowed(),
            )
        )
    return tuple(failures)


def _remedy(value: Any, lookup: Lookup) -> str | None:
    if any(d.covers(value) for d in lookup.declared):
        shown = f"{value:g}" if isinstance(value, float) else repr(value)
        return f'say its kind: missing={{{shown}: "refused"}}'
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


def code_numbers(series: pd.Series[Any], response: Response, lookup: Lookup, at: Place) -> Coded:
    """Return a column of numbers, its missing codes kept as numbers.

    Raises
    ------
    StudyError
        When a missing code of the scale is a text.
    """
    numbers, failures = _as_numbers(series, lookup, at)
    outside = _outside(numbers, response, at)
    blank = response.missing.get("not_asked")
    empty = np.isnan(numbers)
    counts = {
        kind: int((numbers == code).sum())
        for code, kind in lookup.missing.items()
        if isinstance(code, int)
    }
    if empty.any():
        kind = BLANK_KIND if blank is None else "not_asked"
        counts[kind] = counts.get(kind, 0) + int(empty.sum())
        if isinstance(blank, int):
            numbers = np.where(empty, float(blank), numbers)
    kept = {kind: count for kind, count in counts.items() if count}
    return Coded(_narrow(numbers), kept, (*failures, *outside))


def _as_numbers(
    series: pd.Series[Any], lookup: Lookup, at: Place
) -> tuple[np.ndarray[Any, np.dtype[np.float64]], list[AttitudesError]]:
    if any(isinstance(code, str) for code in lookup.missing):
        raise StudyError(
            f"response scale of {at.column}, missing",
            f"codes {sorted(map(str, lookup.missing))}",
            "numbers, since the answers are numbers",
        )
    places, uniques = pd.factorize(series, use_na_sentinel=True)
    failures: list[AttitudesError] = []
    out = np.empty(len(uniques) + 1, dtype=np.float64)
    out[-1] = np.nan
    plain = pd.api.types.is_numeric_dtype(uniques.dtype) and not lookup.aliases
    if plain and not lookup.file_labels and not lookup.declared:
        out[:-1] = np.asarray(uniques, dtype=np.float64)
        return out[places], failures
    bad: list[tuple[int, str | None]] = []
    for i, value in enumerate(uniques.tolist()):
        out[i], problem = _number(value, lookup)
        if problem:
            bad.append((i, problem))
    return out[places], list(_unresolved_numbers(places, bad, at))


def _number(value: Any, lookup: Lookup) -> tuple[float, str | None]:
    text = normal_text(value)
    code = lookup.aliases.get(text, lookup.texts.get(text))
    if isinstance(code, int):
        return float(code), None
    if any(d.covers(value) for d in lookup.declared):
        return np.nan, f"{value!r}, which the file declares missing and the codebook gives no kind"
    try:
        return float(value), None
    except (TypeError, ValueError):
        return np.nan, repr(value)


def _unresolved_numbers(
    places: Any, bad: list[tuple[int, str | None]], at: Place
) -> list[AttitudesError]:
    if not bad:
        return []
    rows = np.flatnonzero(np.isin(places, [i for i, _ in bad]))
    shown = ", ".join(str(problem) for _, problem in bad[:SHOWN_VALUES])
    more = ", …" if len(bad) > SHOWN_VALUES else ""
    comma = any(p and p.strip("'").replace(",", "", 1).lstrip("-").isdigit() for _, p in bad)
    return [
        DataError(
            at.at(rows),
            f"{shown}{more}",
            "a number",
            'for a decimal comma pass decimal=","' if comma else None,
        )
    ]


def _outside(
    numbers: np.ndarray[Any, np.dtype[np.float64]], response: Response, at: Place
) -> list[AttitudesError]:
    low = -np.inf if response.low is None else response.low
    high = np.inf if response.high is None else response.high
    codes = [code for code in response.missing.values() if isinstance(code, int)]
    wrong = ((numbers < low) | (numbers > high) | np.isinf(numbers)) & ~np.isin(numbers, codes)
    if not wrong.any():
        return []
    found = np.unique(numbers[wrong])
    shown = ", ".join(f"{v:g}" for v in found[:SHOWN_VALUES])
    kinds = ", ".join(f"{code} ({kind})" for kind, code in response.missing.items())
    span = f"numbers from {low:g} to {high:g}"
    return [
        DataError(
            at.at(wrong),
            f"{shown}{', …' if len(found) > SHOWN_VALUES else ''} in {int(wrong.sum())} rows",
            f"{span}; {kinds}" if kinds else span,
        )
    ]


def _narrow(numbers: np.ndarray[Any, np.dtype[np.float64]]) -> Any:
    """Return whole numbers in the narrowest integers, other numbers as they are."""
    if not len(numbers) or not np.isfinite(numbers).all() or (numbers != np.rint(numbers)).any():
        return numbers
    least, greatest = float(numbers.min()), float(numbers.max())
    for dtype in (np.int8, np.int16, np.int32):
        if np.iinfo(dtype).min <= least and greatest <= np.iinfo(dtype).max:
            return numbers.astype(dtype)
    return numbers
