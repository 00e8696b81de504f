"""Charts of shares: stacked bars, bars, panels."""

from __future__ import annotations

from attitudes.reporting.charts.bars import axis_top, number
from attitudes.reporting.charts.specs import (
    Bars,
    Body,
    Chart,
    Panels,
    Role,
    Segment,
    Stacked,
)
from attitudes.reporting.context import Context
from attitudes.reporting.model import Convention, ReportTable
from attitudes.reporting.notes import base_notes, share_notes
from attitudes.reporting.tables import conventions_of, shares_table
from attitudes.study.exhibits import Exhibit
from attitudes.study.questions import Question

__all__ = ["chart_of_shares", "frame"]


def frame(
    ctx: Context,
    exhibit: Exhibit,
    convention: str,
    body: Body,
    alt: str,
    *,
    suffix: str = "",
    title: str | None = None,
    caption: str = "",
    of: str = "means",
) -> Chart:
    """Put a chart's data into its frame of titles and texts."""
    own = exhibit.caption.get(ctx.lang, exhibit.caption["en"]) if exhibit.caption else ""
    given = exhibit.alt.get(ctx.lang, exhibit.alt["en"]) if exhibit.alt else ""
    return Chart(
        f"{exhibit.id}{suffix}",
        title or ctx.title(exhibit),
        f"{given} {alt}".strip(),
        f"{own} {caption}".strip(),
        convention,
        ctx.convention(convention, of),
        ctx.provenance,
        body,
    )


def chart_of_shares(
    ctx: Context, exhibit: Exhibit, convention: Convention
) -> tuple[Chart, ReportTable]:
    """Make a stacked chart, bars or panels, and the table of its numbers."""
    table = shares_table(ctx, exhibit, convention)
    suffix = f".{convention}" if exhibit.convention == "both" else ""
    drawn = base_notes(ctx, table.cells, ("small_base",))
    caption = " ".join((*share_notes(ctx, exhibit, convention), *drawn))
    of = "shares"
    if exhibit.kind in ("stacked", "pie"):
        body: Body = _stacked(ctx, exhibit, table)
        alt, of = _stacked_alt(ctx, table), "stacked"
    elif len(table.columns) > 1:
        body, alt = _panels(ctx, table, _shared_top(ctx, exhibit))
    else:
        body, alt = _bars(ctx, table, _shared_top(ctx, exhibit))
    return frame(ctx, exhibit, convention, body, alt, suffix=suffix, caption=caption, of=of), table


def _shared_top(ctx: Context, exhibit: Exhibit) -> float:
    """Where the axis ends: the same under every convention, so that bars can be compared."""
    tables = [shares_table(ctx, exhibit, convention) for convention in conventions_of(exhibit)]
    cells = [cell for table in tables for row in table.cells for cell in row]
    return axis_top([v for cell in cells for v in (cell.value, cell.high)])


def _roles(ctx: Context, question: Question) -> dict[str, Role]:
    response = ctx.study.response_of(question.id)
    ordered = response.kind == "ordinal" or bool(response.scores)
    roles: dict[str, Role] = {str(c): "ordinal" if ordered else "nominal" for c in response.codes}
    for kind in response.missing:
        roles[kind] = "missing"
    return roles


def _role(ctx: Context, question: Question, name: str) -> Role:
    return _roles(ctx, question).get(name, "nominal")


def _unscored(ctx: Context, question: Question, name: str) -> bool:
    """Whether an answer of a scored question stands outside the order, like a missing one."""
    response = ctx.study.response_of(question.id)
    return bool(response.scores) and name not in {str(c) for c in response.scores}


def _stacked(ctx: Context, exhibit: Exhibit, table: ReportTable) -> Stacked:
    question = ctx.questions(exhibit)[0]
    segments = []
    for i, row in enumerate(table.rows):
        role = _role(ctx, question, row.id)
        if role == "ordinal" and _unscored(ctx, question, row.id):
            role = "missing"
        if role == "missing" and not any(cell.value for cell in table.cells[i]):
            continue
        segments.append(
            Segment(row.id, row.label, tuple(cell.value for cell in table.cells[i]), role)
        )
    order = {"ordinal": 0, "nominal": 0, "missing": 1}
    segments.sort(key=lambda s: (order[s.role], _score(ctx, question, s.id)))
    first = table.cells[0]
    bases = tuple(cell.n or 0 for cell in first)
    labels = tuple(column.label for column in table.columns)
    return Stacked(
        labels,
        bases,
        tuple(segments),
        0 if len(labels) > 1 else 1,
        tuple(b < ctx.minimum for b in bases),
    )


def _score(ctx: Context, question: Question, name: str) -> float:
    response = ctx.study.response_of(question.id)
    return next((float(v) for c, v in response.scores.items() if str(c) == name), 0.0)


def _stacked_alt(ctx: Context, table: ReportTable) -> str:
    found = [
        (cell.value, row.label, column.label)
        for row, cells in zip(table.rows, table.cells, strict=True)
        for column, cell in zip(table.columns, cells, strict=True)
        if cell.value is not None
    ]
    value, answer, group = max(found, default=(0.0, "–", "–"))
    top = f"{answer}, {group}, {number(value, 0)} %"
    return ctx.words("chart.alt.stacked", answers=len(table.rows), rows=len(table.columns), top=top)


def _bars(ctx: Context, table: ReportTable, top_of_axis: float) -> tuple[Bars, str]:
    cells = [row[0] for row in table.cells]
    recomputed = any(cell.low is not None for cell in cells)
    body = Bars(
        tuple(row.label for row in table.rows),
        tuple(cell.value for cell in cells),
        max((cell.n or 0 for cell in cells), default=0),
        tuple(cell.low for cell in cells) if recomputed else (),
        tuple(cell.high for cell in cells) if recomputed else (),
        1,
        ctx.words("chart.percent_axis"),
        top_of_axis,
    )
    known = [
        (c.value, r.label) for c, r in zip(cells, table.rows, strict=True) if c.value is not None
    ]
    top = max(known, default=(0.0, "–"))
    low = min(known, default=(0.0, "–"))[0]
    alt = ctx.words(
        "chart.alt.bars", rows=len(cells), low=number(low, 1), high=number(top[0], 1), top=top[1]
    )
    return body, alt


def _panels(ctx: Context, table: ReportTable, top_of_axis: float) -> tuple[Panels, str]:
    sizes = [column.n or 0 for column in table.columns]
    labels = tuple(column.label for column in table.columns)
    panels, tops, intervals = [], [], []
    for row, cells in zip(table.rows, table.cells, strict=True):
        values = tuple(cell.value for cell in cells)
        panels.append((row.label, values))
        intervals.append(
            tuple(None if c.low is None or c.high is None else (c.low, c.high) for c in cells)
        )
        known = [(v, label) for v, label in zip(values, labels, strict=True) if v is not None]
        tops.append(max(known, default=(0.0, "–"))[1])
    axis = ctx.words("chart.percent_axis")
    estimated = any(pair is not None for own in intervals for pair in own)
    body = Panels(
        labels,
        tuple(sizes),
        tuple(panels),
        0,
        axis,
        tuple(intervals) if estimated else (),
        tuple(size < ctx.minimum for size in sizes),
        top_of_axis,
    )
    alt = ctx.words("chart.alt.panels", panels=len(panels), rows=len(labels), top="; ".join(tops))
    return body, alt
