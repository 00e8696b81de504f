"""Diverging Likert bars of a scale's items, with the table of their numbers."""

from __future__ import annotations

from collections.abc import Sequence

from attitudes.reporting.chart_shares import frame
from attitudes.reporting.charts.specs import Chart, Diverging, Segment
from attitudes.reporting.context import Context
from attitudes.reporting.model import Head, ReportTable
from attitudes.reporting.notes import base_notes
from attitudes.reporting.recomputed import TOTAL
from attitudes.reporting.tables import PERCENT_DECIMALS, recomputed_cell
from attitudes.study.exhibits import Exhibit
from attitudes.study.questions import Question

__all__ = ["diverging_chart"]


def diverging_chart(ctx: Context, exhibit: Exhibit, scale: str | None) -> tuple[Chart, ReportTable]:
    """Make the diverging bars of a scale's items (of the exhibit's questions without one)."""
    items = ctx.study.items(scale) if scale else ctx.questions(exhibit)
    suffix = f"_{scale}" if scale and len(exhibit.scales) > 1 else ""
    title = ctx.title(exhibit)
    if scale and suffix:
        title = f"{title}: {ctx.label(scale)}"
    table = _table(ctx, exhibit, items, f"{exhibit.id}{suffix}", title)
    body = _body(table, len(ctx.study.response_of(items[0].id).codes))
    alt = ctx.words("chart.alt.diverging", rows=len(items), answers=len(body.segments))
    caption = ctx.words("chart.caption.diverging")
    chart = frame(
        ctx,
        exhibit,
        "recomputed",
        body,
        alt,
        suffix=suffix,
        title=title,
        caption=caption,
        of="answers",
    )
    return chart, table


def _table(
    ctx: Context, exhibit: Exhibit, items: Sequence[Question], name: str, title: str
) -> ReportTable:
    first = items[0].id
    response = ctx.study.response_of(first)
    kinds = [k for k in response.missing if k != "not_asked"]
    columns = [Head(str(c), ctx.study.answer_label(first, c, ctx.lang)) for c in response.codes] + [
        Head(k, ctx.missing_label(first, k)) for k in kinds
    ]
    cells = tuple(
        tuple(
            recomputed_cell(
                ctx,
                ctx.recomputed.share(q.id, column.id, TOTAL, with_missing=True),
                PERCENT_DECIMALS,
            )
            for column in columns
        )
        for q in items
    )
    return ReportTable(
        name,
        title,
        "recomputed",
        ctx.words("item"),
        tuple(columns),
        tuple(Head(q.id, ctx.label(q.id)) for q in items),
        cells,
        "percent",
        PERCENT_DECIMALS,
        (ctx.words("note.base.asked"), ctx.words("note.weighted"), *base_notes(ctx, cells)),
        ctx.provenance,
        ctx.convention("recomputed", "answers"),
    )


def _body(table: ReportTable, answers: int) -> Diverging:
    def segment(j: int) -> Segment:
        head = table.columns[j]
        values = tuple(row[j].value for row in table.cells)
        return Segment(head.id, head.label, values, "ordinal" if j < answers else "missing")

    return Diverging(
        tuple(row.label for row in table.rows),
        tuple(row[0].n or 0 for row in table.cells),
        tuple(segment(j) for j in range(answers)),
        tuple(segment(j) for j in range(answers, len(table.columns))),
    )
