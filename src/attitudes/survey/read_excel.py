"""Answers from a sheet of an Excel workbook."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from attitudes.errors import DataError, raise_all
from attitudes.survey.raw import BLANK, RawTable, check_header, take_blank_rows

__all__ = ["column_of", "read_excel"]


def read_excel(path: Path, *, sheet: str | None = None) -> RawTable:
    """Return the cells of one sheet, the first row being the header.

    Parameters
    ----------
    path
        An ``.xlsx`` or ``.xlsm`` workbook.
    sheet
        Name of the sheet; default: the first.

    Raises
    ------
    DataError
        The file is no workbook, has no such sheet, or the sheet holds no row.
    """
    source = str(path)
    cells, notes = _cells(source, path, sheet)
    if not cells or not any(value is not None for value in cells[0]):
        raise DataError(source, "an empty sheet", "a header and a row for each respondent")
    width = max(
        (i for row in cells for i, value in enumerate(row, start=1) if value is not None), default=0
    )
    header, failures = check_header(source, _padded(cells[0], width))
    raise_all(failures)
    body = [_padded(row, width) for row in cells[1:]]
    while body and all(value is None for value in body[-1]):
        body.pop()
    if not body:
        raise DataError(source, "a header and no row", "a row for each respondent")
    columns = zip(*body, strict=True)
    frame = pd.DataFrame(
        {name: column_of(values) for name, values in zip(header, columns, strict=True)}
    )
    rows = np.arange(1, len(body) + 1, dtype=np.int64)
    frame, rows, dropped = take_blank_rows(frame, rows)
    return RawTable(source, frame, rows, len(body), dropped=dropped, notes=notes)


def _cells(
    source: str, path: Path, sheet: str | None
) -> tuple[list[Sequence[Any]], tuple[str, ...]]:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():
            # openpyxl warns of validation lists and styles, which hold no answer.
            warnings.simplefilter("ignore", UserWarning)
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError):
        raise DataError(source, "no Excel workbook", "an .xlsx workbook") from None
    try:
        names = [worksheet.title for worksheet in book.worksheets]
        if sheet is not None and sheet not in names:
            raise DataError.unknown(f"{source}, sheet", "sheet", sheet, names)
        chosen = sheet or names[0]
        notes: tuple[str, ...] = ()
        if sheet is None and len(names) > 1:
            notes = (f"sheet {chosen!r} read, the first of {', '.join(map(repr, names))}",)
        worksheet = book[chosen]
        worksheet.reset_dimensions()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            cells: list[Sequence[Any]] = [
                tuple(_value(v) for v in row) for row in worksheet.iter_rows(values_only=True)
            ]
    finally:
        book.close()
    return cells, notes


def _value(value: Any) -> Any:
    if isinstance(value, str):
        text = value.strip()
        return None if text in BLANK else text
    return value


def _padded(row: Sequence[Any], width: int) -> tuple[Any, ...]:
    return (*row[:width], *([None] * (width - len(row))))


def column_of(values: Sequence[Any]) -> Any:
    """Return cells as numbers where all that are not blank are numbers, else as they are.

    Examples
    --------
    >>> column_of([1, None, 3.0]), column_of([1, 2])
    (array([ 1., nan,  3.]), array([1, 2]))
    """
    kinds = {type(value) for value in values}
    if kinds <= {int}:
        return np.array(values, dtype=np.int64)
    if kinds <= {int, float, type(None)}:
        return np.array([np.nan if v is None else v for v in values], dtype=np.float64)
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return pd.Series(out, dtype=object)
