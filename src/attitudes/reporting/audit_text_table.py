"""A table of texts derived from printed figures."""

from __future__ import annotations

from collections.abc import Sequence

from attitudes.reporting.context import Context
from attitudes.reporting.model import Cell, Head, ReportTable

__all__ = ["text_table"]


def text_table(
    ctx: Context,
    name: str,
    title: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    notes: Sequence[str] = (),
) -> ReportTable:
    """Return a table whose first column heads its rows."""
    return ReportTable(
        name,
        title,
        "declared",
        heads[0],
        tuple(Head(f"c{j}", label) for j, label in enumerate(heads[1:], 1)),
        tuple(Head(f"r{i}", row[0]) for i, row in enumerate(rows, 1)),
        tuple(tuple(Cell(text) for text in row[1:]) for row in rows),
        "text",
        0,
        tuple(notes),
        ctx.words("provenance.pack"),
        ctx.words("audit.label"),
    )
