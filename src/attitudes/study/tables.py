"""CSV files of a pack: read whole, with all that is wrong with one told together."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from attitudes.errors import AttitudesError, FigureError, raise_all

__all__ = ["Table", "read_table", "read_text"]


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV as it stands.

    Attributes
    ----------
    columns
        Names of its columns.
    rows
        Cells as texts, one tuple a row, each as long as ``columns``.
    lines
        Line of the file on which each row ends.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]

    def records(self) -> tuple[dict[str, str], ...]:
        """Return the rows as mappings of column to cell."""
        return tuple(dict(zip(self.columns, row, strict=True)) for row in self.rows)


def read_text(path: Path, *, kind: type[AttitudesError] = FigureError) -> str:
    """Return the text of a UTF-8 file, with or without a byte order mark.

    Raises
    ------
    AttitudesError
        Of ``kind``, with the line of the first byte that is not UTF-8.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise kind(str(path), "no such file", "a file of the study pack") from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise kind(
            f"{path}, line {line}",
            f"the byte 0x{raw[error.start]:02x}, which is not UTF-8",
            "text in UTF-8",
            "save the file as UTF-8",
        ) from error


def read_table(path: Path, columns: Sequence[str] | None = None) -> Table:
    """Read a comma-separated file of a pack.

    Parameters
    ----------
    path
        The file.
    columns
        The columns it must have, in order; None: any, each named once.

    Raises
    ------
    FigureError
        Wrong or repeated columns, or rows of the wrong length: all together.
    """
    lines = read_text(path).splitlines(keepends=True)
    reader = csv.reader(lines, strict=True)
    rows: list[tuple[str, ...]] = []
    ends: list[int] = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append(tuple(cell.strip() for cell in row))
                ends.append(reader.line_num)
    except csv.Error as error:
        where = f"{path}, line {reader.line_num}"
        raise FigureError(where, f"a broken row ({error})", "comma-separated values") from error
    if not rows:
        raise FigureError(str(path), "an empty file", "a line of column names and rows")
    header, body = rows[0], rows[1:]
    _check_header(path, header, columns)
    wrong: list[AttitudesError] = [
        FigureError(
            f"{path}, line {end}", f"{len(row)} cells", f"{len(header)} cells, one a column"
        )
        for row, end in zip(body, ends[1:], strict=True)
        if len(row) != len(header)
    ]
    raise_all(wrong)
    return Table(header, tuple(body), tuple(ends[1:]))


def _check_header(path: Path, header: Sequence[str], columns: Sequence[str] | None) -> None:
    where = f"{path}, line 1"
    if columns is not None and tuple(header) != tuple(columns):
        raise FigureError(where, f"the columns {', '.join(header)}", ", ".join(columns))
    if len(set(header)) < len(header) or "" in header:
        raise FigureError(where, f"the columns {', '.join(header)}", "each column named, once")
