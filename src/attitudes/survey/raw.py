"""A file of answers as it was read, before any codebook is applied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from attitudes.errors import AttitudesError, DataError
from attitudes.survey.ledger import LedgerEntry

__all__ = [
    "BLANK",
    "DeclaredMissing",
    "RawTable",
    "check_header",
    "counted",
    "listed_rows",
    "take_blank_rows",
]

BLANK: tuple[str, ...] = ("", "NA", "NaN")
"""Texts that stand for an empty cell."""


@dataclass(frozen=True, slots=True)
class DeclaredMissing:
    """Values that the file itself declares missing: one code, a range, or a tag such as ``.a``.

    Attributes
    ----------
    low, high
        Ends of the range, both included; equal for a single code or tag.
    """

    low: Any
    high: Any

    def covers(self, value: Any) -> bool:
        """Whether ``value`` is declared missing.

        Examples
        --------
        >>> DeclaredMissing(97.0, 99.0).covers(98), DeclaredMissing(".a", ".a").covers(98)
        (True, False)
        """
        if isinstance(value, str) != isinstance(self.low, str):
            return False
        return bool(self.low <= value <= self.high)


@dataclass(frozen=True, slots=True)
class RawTable:
    """Cells of one file, with what the file says about them.

    Attributes
    ----------
    source
        The file's name as it was given.
    frame
        The cells; NaN where a cell is blank. Numbers where every cell of a column is a number.
    rows
        Number of each row in the file (first data row is 1), length of the frame.
    n_read
        Data rows found in the file, blank ones included.
    value_labels
        Labels of values by variable, where the format has them.
    declared
        Values declared missing by variable, where the format has them.
    texts
        Wordings of variables, where the format has them.
    dropped
        Rows that hold no answer at all.
    notes
        What a reader of the ledger should know.
    """

    source: str
    frame: pd.DataFrame
    rows: np.ndarray[Any, np.dtype[np.int64]]
    n_read: int
    value_labels: Mapping[str, Mapping[Any, str]] = field(default_factory=dict)
    declared: Mapping[str, tuple[DeclaredMissing, ...]] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    dropped: tuple[LedgerEntry, ...] = ()
    notes: tuple[str, ...] = ()


def counted(n: int, noun: str) -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> counted(1, "row"), counted(3, "row")
    ('1 row', '3 rows')
    """
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def listed_rows(rows: Iterable[int], shown: int = 5) -> str:
    """Return row numbers for a message, the first few of them.

    Examples
    --------
    >>> listed_rows([3]), listed_rows(range(1, 9))
    ('row 3', 'rows 1, 2, 3, 4, 5, …')
    """
    numbers = [int(r) for r in rows]
    word = "row" if len(numbers) == 1 else "rows"
    more = ", …" if len(numbers) > shown else ""
    return f"{word} {', '.join(map(str, numbers[:shown]))}{more}"


def check_header(source: str, names: Sequence[Any]) -> tuple[list[str], list[AttitudesError]]:
    """Return usable column names and what is wrong with the given ones.

    A column without a name (as row names are often written) becomes ``unnamed_<place>``.
    """
    used = [
        f"unnamed_{place}" if name is None or not str(name).strip() else str(name).strip()
        for place, name in enumerate(names, start=1)
    ]
    failures: list[AttitudesError] = []
    for name in dict.fromkeys(used):
        places = [str(i) for i, other in enumerate(used, start=1) if other == name]
        if len(places) > 1:
            failures.append(
                DataError(
                    f"{source}, header",
                    f"column {name!r} {len(places)} times (columns {', '.join(places)})",
                    "every column name once",
                )
            )
    return used, failures


def take_blank_rows(
    frame: pd.DataFrame, rows: np.ndarray[Any, np.dtype[np.int64]]
) -> tuple[pd.DataFrame, np.ndarray[Any, np.dtype[np.int64]], tuple[LedgerEntry, ...]]:
    """Return the frame without rows of blank cells only, and their entry for the ledger."""
    if not len(frame) or not frame.shape[1]:
        return frame, rows, ()
    blank = np.ones(len(frame), dtype=bool)
    for place in range(frame.shape[1]):
        column = frame.iloc[:, place]
        blank &= column.isna().to_numpy()
        if not blank.any():
            return frame, rows, ()
    entry = LedgerEntry("dropped", "every cell is blank", tuple(int(r) for r in rows[blank]))
    return frame[~blank].reset_index(drop=True), rows[~blank], (entry,)
