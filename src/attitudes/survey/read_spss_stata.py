"""Answers from SPSS (.sav, .zsav) and Stata (.dta) files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from attitudes.errors import DataError
from attitudes.survey.raw import DeclaredMissing, RawTable, take_blank_rows

__all__ = ["read_spss_stata"]


def read_spss_stata(path: Path, *, encoding: str | None = None) -> RawTable:
    """Return the cells of an SPSS or Stata file, its labels and its declared missing values.

    Parameters
    ----------
    path
        A ``.sav``, ``.zsav`` or ``.dta`` file.
    encoding
        Default: the one that the file states.

    Notes
    -----
    Values that the file declares missing are kept as they are and listed in ``declared``.
    Stata's tagged missing values stand as the texts ``.a`` … ``.z``; its plain ``.`` is blank.

    Raises
    ------
    DataError
        The file cannot be read, or holds no row.
    """
    import pyreadstat

    source = str(path)
    reader = pyreadstat.read_dta if path.suffix.lower() == ".dta" else pyreadstat.read_sav
    if not path.stat().st_size:
        raise DataError(source, "an empty file", "an SPSS or Stata file")
    try:
        frame, meta = reader(str(path), user_missing=True, encoding=encoding)
    except (pyreadstat.ReadstatError, UnicodeDecodeError, ValueError) as error:
        raise DataError(
            source,
            f"a file that cannot be read ({str(error).strip() or type(error).__name__})",
            "an SPSS or Stata file",
            'if its text is in another encoding, pass encoding="cp1251" or the like',
        ) from None
    if not len(frame):
        raise DataError(source, "no row", "a row for each respondent")
    declared = _declared(frame, meta)
    columns = {str(name): _column(frame[name], name, meta) for name in frame.columns}
    rows = np.arange(1, len(frame) + 1, dtype=np.int64)
    n_read = len(frame)
    kept, rows, dropped = take_blank_rows(pd.DataFrame(columns), rows)
    labels = {
        str(name): {_tagged(name, value, meta): str(label) for value, label in of.items()}
        for name, of in meta.variable_value_labels.items()
    }
    texts = {str(k): str(v) for k, v in meta.column_names_to_labels.items() if v}
    return RawTable(source, kept, rows, n_read, labels, declared, texts, dropped)


def _is_number(name: Any, meta: Any) -> bool:
    return str(meta.readstat_variable_types.get(name, "string")) != "string"


def _tagged(name: Any, value: Any, meta: Any) -> Any:
    """Return Stata's tag of a numeric variable with its point, other values as they are."""
    if isinstance(value, str) and _is_number(name, meta):
        return f".{value}"
    return value


def _declared(frame: pd.DataFrame, meta: Any) -> dict[str, tuple[DeclaredMissing, ...]]:
    out: dict[str, tuple[DeclaredMissing, ...]] = {}
    for name in frame.columns:
        ranges = [DeclaredMissing(r["lo"], r["hi"]) for r in meta.missing_ranges.get(name, ())]
        if _is_number(name, meta):
            tags = meta.missing_user_values.get(name, ())
            ranges += [DeclaredMissing(f".{tag}", f".{tag}") for tag in tags]
        if ranges:
            out[str(name)] = tuple(ranges)
    return out


def _column(series: pd.Series[Any], name: Any, meta: Any) -> Any:
    if not _is_number(name, meta):
        if pd.api.types.is_numeric_dtype(series.dtype):
            return series
        texts = series.astype(object).where(series.notna(), None)
        return texts.map(lambda v: (v.strip() or None) if isinstance(v, str) else v)
    tags = meta.missing_user_values.get(name, ())
    if not tags:
        return series
    return series.astype(object).map(lambda v: f".{v}" if isinstance(v, str) else v)
