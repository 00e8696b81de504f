"""A table as CSV: one row a cell, with everything the table knows of it."""

from __future__ import annotations

import csv
import io

from attitudes.reporting.model import Cell, Head, ReportTable

__all__ = ["COLUMNS", "to_csv"]

COLUMNS = (
    "exhibit",
    "convention",
    "row",
    "row_label",
    "column",
    "column_label",
    "statistic",
    "value",
    "shown",
    "se",
    "ci_low",
    "ci_high",
    "n",
    "marks",
    "provenance",
)


def to_csv(table: ReportTable) -> str:
    """Return a table as CSV text, lines ended by a line feed.

    Notes
    -----
    ``value`` is the number before rounding, to 12 significant digits; ``shown`` what the tables
    of the report show; ``n`` the unweighted base of the cell.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row, cells in zip(table.rows, table.cells, strict=True):
        for column, cell in zip(table.columns, cells, strict=True):
            writer.writerow(_record(table, row, column, cell))
    return stream.getvalue()


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.12g}"


def _record(table: ReportTable, row: Head, column: Head, cell: Cell) -> tuple[str, ...]:
    return (
        table.id,
        table.convention,
        row.id,
        row.label,
        column.id,
        column.label,
        column.statistic or row.statistic or table.statistic,
        _number(cell.value),
        cell.text,
        _number(cell.se),
        _number(cell.low),
        _number(cell.high),
        "" if cell.n is None else str(cell.n),
        " ".join(cell.marks),
        table.provenance,
    )
