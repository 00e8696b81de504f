"""Charts of means: dots with intervals by group, each with the table of its numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from attitudes.errors import StudyError
from attitudes.reporting.chart_shares import frame
from attitudes.reporting.charts.specs import Chart, Dots, DotsPanel, Point
from attitudes.reporting.context import Context
from attitudes.reporting.model import Cell, Convention, Head, ReportTable
from attitudes.reporting.notes import base_notes, mean_notes, scale_warnings
from attitudes.reporting.numbers import rounded
from attitudes.reporting.tables import (
    MEAN_DECIMALS,
    columns_of,
    conventions_of,
    printed_at,
    published_cell,
    recomputed_cell,
)
from attitudes.study.exhibits import Exhibit

__all__ = [
    "dots_chart",
    "dots_window",
    "ends_of",
    "extremes",
    "group_table",
    "naming",
    "panel_of",
]


def ends_of(ctx: Context, name: str) -> tuple[float, float]:
    """Lowest and highest answer of a scale's items or of a question.

    Raises
    ------
    StudyError
        When the response scale has no ends.
    """
    scales = {scale.id for scale in ctx.study.scales}
    question = ctx.study.items(name)[0].id if name in scales else name
    response = ctx.study.response_of(question)
    values = [float(v) for v in response.scores.values()]
    if values:
        return min(values), max(values)
    if response.low is None or response.high is None:
        raise StudyError(f"question {question}", "no ends", "a response scale with low and high")
    return float(response.low), float(response.high)


def group_table(ctx: Context, exhibit: Exhibit, name: str, convention: Convention) -> ReportTable:
    """Make the table of one mean by group: a row a group, its mean and its base."""
    rows = columns_of(ctx, exhibit)
    suffix, title = naming(ctx, exhibit, name)
    home, at = printed_at(ctx, exhibit, name)
    cells = []
    for row in rows:
        if convention == "as_published":
            cell = published_cell(ctx, home, at, row.id, "mean", MEAN_DECIMALS)
        else:
            found = ctx.recomputed.mean(name, row.id, exhibit.breakdown)
            cell = recomputed_cell(ctx, found, MEAN_DECIMALS)
        cells.append((cell, Cell(str(cell.n or 0), float(cell.n or 0), cell.n)))
    columns = (
        Head("mean", ctx.words("mean"), statistic="mean"),
        Head("n", ctx.words("base.item"), statistic="count"),
    )
    heads = tuple(Head(r.id, r.label, r.n, r.total) for r in rows)
    notes = (*mean_notes(ctx, home, (), convention), *base_notes(ctx, cells))
    return ReportTable(
        f"{exhibit.id}{suffix}",
        title,
        convention,
        ctx.words("group"),
        columns,
        heads,
        tuple(cells),
        "number",
        MEAN_DECIMALS,
        notes,
        ctx.provenance,
        ctx.convention(convention),
    )


def naming(ctx: Context, exhibit: Exhibit, name: str) -> tuple[str, str]:
    """Return what sets one of an exhibit's several charts apart: a suffix and a title."""
    if len(exhibit.scales) + len(exhibit.questions) == 1:
        return "", ctx.title(exhibit)
    return f"_{name}", f"{ctx.label(name)}: {ctx.title(exhibit)}"


def dots_window(points: Sequence[Point], ends: tuple[float, float]) -> tuple[float, float]:
    """Choose an axis that shows all points and intervals, on halves or wholes of the scale.

    An interval of few clusters may reach beyond the scale's ends; the axis does not follow it.
    """
    values = [p.value for p in points if p.value is not None]
    if not values:
        return ends
    reach = [v for p in points for v in (p.low, p.high) if v is not None]
    low, high = min([*values, *reach]), max([*values, *reach])
    low = max(low, min(ends[0], *values))
    high = min(high, max(ends[1], *values))
    step = 0.5 if ends[1] - ends[0] <= 6 else 1.0
    low = math.floor((low - 0.02) / step) * step if low > ends[0] else low - 0.02
    high = math.ceil((high + 0.02) / step) * step if high < ends[1] else high + 0.02
    while high - low < 2 * step:
        low, high = low - step / 2, high + step / 2
    return low, high


def panel_of(ctx: Context, table: ReportTable) -> DotsPanel:
    """Turn a table whose first column holds means into a panel of dots."""
    cells = [row[0] for row in table.cells]
    points = tuple(Point(c.value, c.low, c.high, c.n or 0, (c.n or 0) < ctx.minimum) for c in cells)
    title = ctx.words(f"convention.{table.convention}")
    if table.convention == "recomputed":
        title += f" ({ctx.words('interval', level=ctx.percent_level)})"
    return DotsPanel(title, points, table.convention)


def dots_chart(ctx: Context, exhibit: Exhibit, name: str) -> tuple[Chart, tuple[ReportTable, ...]]:
    """Make the dots of one scale or question by group, one panel a convention."""
    tables = tuple(group_table(ctx, exhibit, name, c) for c in conventions_of(exhibit))
    panels = tuple(panel_of(ctx, table) for table in tables)
    ends = ends_of(ctx, name)
    limits = dots_window([p for panel in panels for p in panel.points], ends)
    axis = ctx.words("chart.mean_axis", low=f"{ends[0]:g}", high=f"{ends[1]:g}")
    labels = tuple(row.label for row in tables[-1].rows)
    groups = [i for i, row in enumerate(tables[-1].rows) if not row.total] or [0]
    alt = extremes(
        ctx,
        "chart.alt.dots",
        [(panels[-1].points[i].value, labels[i]) for i in groups],
        rows=len(labels),
    )
    suffix, title = naming(ctx, exhibit, name)
    end = "" if len(panels) > 1 else "_one"
    caption = ctx.words(f"chart.caption.dots{end}", minimum=ctx.minimum)
    caption = " ".join((caption, *scale_warnings(ctx, exhibit)))
    body = Dots(labels, panels, axis, limits)
    chart = frame(
        ctx, exhibit, exhibit.convention, body, alt, suffix=suffix, title=title, caption=caption
    )
    return chart, tables


def extremes(
    ctx: Context, key: str, found: Sequence[tuple[float | None, str]], **values: Any
) -> str:
    """Say in words which group is highest and which lowest."""
    known = [(value, label) for value, label in found if value is not None]
    top, low = max(known, default=(None, "–")), min(known, default=(None, "–"))
    return ctx.words(
        key,
        top=f"{top[1]} ({rounded(top[0], MEAN_DECIMALS)})",
        bottom=f"{low[1]} ({rounded(low[0], MEAN_DECIMALS)})",
        **values,
    )
