"""Columns of cells to columns of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from attitudes.errors import AttitudesError, DataError, StudyError
from attitudes.survey.coding import BLANK_KIND, SHOWN_VALUES, Coded, Place
from attitudes.survey.lookup import Lookup, normal_text, shown_value
from attitudes.survey.raw import counted

if TYPE_CHECKING:
    from attitudes.study.responses import Response

__all__ = ["code_numbers"]


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
    dtype = uniques.dtype
    number = pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype)
    plain = number and not lookup.aliases
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
        shown = shown_value(value)
        return np.nan, f"{shown} (the file declares it missing, the codebook gives it no kind)"
    try:
        number = np.nan if isinstance(value, bool) or "_" in str(value) else float(value)
    except (TypeError, ValueError):
        number = np.nan
    return number, repr(value) if np.isnan(number) else None


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
            'for a decimal comma pass decimal="," (--decimal ",")' if comma else None,
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
    more = ", …" if len(found) > SHOWN_VALUES else ""
    shown = ", ".join(f"{v:g}" for v in found[:SHOWN_VALUES]) + more
    kinds = ", ".join(f"{code} ({kind})" for kind, code in response.missing.items())
    span = f"numbers from {low:g} to {high:g}"
    return [
        DataError(
            at.at(wrong),
            f"{shown} in {counted(int(wrong.sum()), 'row')}",
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
