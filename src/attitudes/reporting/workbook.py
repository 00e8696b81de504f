"""One workbook: a sheet a table, numbers as numbers, a sheet of contents in front."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

from attitudes.reporting.model import Cell, Head, Report, ReportTable
from attitudes.reporting.words import load_words

__all__ = ["sheet_names", "to_workbook"]

_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_LONGEST = 31
_SHORT = {"as_published": "publ", "recomputed": "rec"}
_FIXED_DATE = datetime.datetime(2000, 1, 1)
_STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 13},
    "faint": {"font_color": "#5b6573", "text_wrap": False},
    "warn": {"bold": True, "font_color": "#8a4b00"},
    "head": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#eef2f6"},
    "label": {"text_wrap": True, "valign": "top"},
    "total": {"text_wrap": True, "valign": "top", "bold": True, "top": 1},
    "link": {"font_color": "#0b5c8e", "underline": 1},
}


def sheet_names(tables: Sequence[ReportTable]) -> tuple[str, ...]:
    """Return a name for each table's sheet: unique, allowed, at most 31 characters.

    Examples
    --------
    >>> sheet_names([])
    ()
    """
    names: list[str] = []
    taken = {"contents"}
    for table in tables:
        end = f".{_SHORT[table.convention]}" if table.convention in _SHORT else ""
        stem = _FORBIDDEN.sub(" ", table.id)[: _LONGEST - len(end)]
        name, count = f"{stem}{end}", 2
        while name.lower() in taken:
            tail = f"~{count}{end}"
            name, count = f"{stem[: _LONGEST - len(tail)]}{tail}", count + 1
        taken.add(name.lower())
        names.append(name)
    return tuple(names)


def to_workbook(report: Report) -> bytes:
    """Return the report's tables as an Excel workbook.

    Notes
    -----
    A cell of a sheet holds the number before rounding and shows it rounded; intervals, standard
    errors and bases stand in blocks of their own to the right, under the same headings.
    """
    tables = list(report.tables())
    names = sheet_names(tables)
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties(
        {"title": report.title, "comments": report.provenance, "created": _FIXED_DATE}
    )
    styles = {name: book.add_format(style) for name, style in _STYLES.items()}
    _contents(book, report, tables, names, styles)
    formats: dict[tuple[int, bool, bool], Any] = {}
    for table, name in zip(tables, names, strict=True):
        _sheet(book, table, name, styles, formats)
    book.close()
    return stream.getvalue()


def _contents(
    book: Any,
    report: Report,
    tables: Sequence[ReportTable],
    names: Sequence[str],
    styles: Mapping[str, Any],
) -> None:
    sheet = book.add_worksheet("Contents")
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 80)
    sheet.set_column(2, 2, 24)
    sheet.write_string(0, 0, report.title, styles["title"])
    sheet.write_string(1, 0, report.provenance, styles["warn"])
    words = load_words(report.lang)
    for j, head in enumerate(("sheet", "table", "convention")):
        sheet.write_string(2, j, words(f"report.workbook.{head}"), styles["head"])
    sheet.freeze_panes(3, 0)
    for i, (table, name) in enumerate(zip(tables, names, strict=True), 3):
        sheet.write_url(i, 0, f"internal:'{name}'!A1", styles["link"], name)
        sheet.write_string(i, 1, table.title)
        sheet.write_string(i, 2, words(f"convention.{table.convention}"))


def _blocks(table: ReportTable) -> list[tuple[str, str]]:
    """What is written beside the values: heading and attribute, where any cell has it."""
    cells = [cell for row in table.cells for cell in row]
    wanted = (("", "value"), ("se", "se"), ("ci_low", "low"), ("ci_high", "high"), ("n", "n"))
    return [
        (head, name)
        for head, name in wanted
        if name == "value" or any(getattr(cell, name) is not None for cell in cells)
    ]


def _sheet(
    book: Any,
    table: ReportTable,
    name: str,
    styles: Mapping[str, Any],
    formats: dict[tuple[int, bool, bool], Any],
) -> None:
    sheet = book.add_worksheet(name)
    sheet.set_column(0, 0, 48)
    sheet.set_column(1, len(table.columns) * len(_blocks(table)), 11)
    sheet.write_string(0, 0, table.title, styles["title"])
    sheet.write_string(1, 0, table.label, styles["faint"])
    sheet.write_string(2, 0, table.provenance, styles["warn"])
    sheet.write_url(3, 0, "internal:'Contents'!A1", styles["link"], "Contents")
    top = 4
    sheet.write_string(top, 0, table.stub, styles["head"])
    sheet.freeze_panes(top + 1, 1)
    for i, row in enumerate(table.rows, top + 1):
        sheet.write_string(i, 0, row.label, styles["total" if row.total else "label"])
    for b, (head, attribute) in enumerate(_blocks(table)):
        for j, column in enumerate(table.columns):
            x = 1 + b * len(table.columns) + j
            label = f"{column.label} – {head}" if head else column.label
            sheet.write_string(top, x, label, styles["head"])
            for i, (row, cells) in enumerate(zip(table.rows, table.cells, strict=True), top + 1):
                star = attribute == "value" and "small_base" in cells[j].marks
                style = _number_format(book, formats, table, column, attribute, row.total, star)
                _write(sheet, i, x, cells[j], attribute, style)
    below = top + len(table.rows) + 2
    for i, note in enumerate(table.notes):
        sheet.write_string(below + i, 0, note, styles["faint"])


def _number_format(
    book: Any,
    formats: dict[tuple[int, bool, bool], Any],
    table: ReportTable,
    column: Head,
    attribute: str,
    total: bool,
    star: bool,
) -> Any:
    """Return how a number is shown; a star beside it, not in it, marks a small base."""
    count = attribute == "n" or (column.statistic or table.statistic) == "count"
    extra = 1 if attribute in ("se", "low", "high") else 0
    decimals = 0 if count else table.decimals + extra
    if table.statistic == "text":
        decimals = -1
    key = (decimals, total, star)
    if key not in formats:
        pattern = {-1: "General", 0: "0"}.get(decimals, "0." + "0" * max(decimals, 0))
        style: dict[str, Any] = {
            "num_format": f'{pattern}"*"' if star else pattern,
            "valign": "top",
        }
        if decimals == -1:
            style["text_wrap"] = True
        if total:
            style |= {"bold": True, "top": 1}
        formats[key] = book.add_format(style)
    return formats[key]


def _write(sheet: Any, i: int, x: int, cell: Cell, attribute: str, style: Any) -> None:
    value = getattr(cell, attribute)
    if value is not None:
        sheet.write_number(i, x, value, style)
    elif attribute == "value":
        sheet.write_string(i, x, cell.text, style)
