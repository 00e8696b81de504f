"""The level of several scales in one chart, one panel a convention, with its tables."""

from __future__ import annotations

from collections.abc import Sequence

from attitudes.reporting.chart_means import dots_window, extremes, panel_of
from attitudes.reporting.charts.specs import Chart, Dots
from attitudes.reporting.context import Context
from attitudes.reporting.model import Cell, Convention, Head, ReportTable
from attitudes.reporting.notes import base_notes
from attitudes.reporting.tables import MEAN_DECIMALS, published_level, recomputed_cell

__all__ = ["levels_chart"]


def levels_chart(
    ctx: Context,
    id_: str,
    title: str,
    names: Sequence[str],
    ends: tuple[float, float],
    conventions: Sequence[Convention],
) -> tuple[Chart, tuple[ReportTable, ...]]:
    """Make the dots of all respondents' means, a row a scale.

    Parameters
    ----------
    ctx
        Study, respondents, language.
    id_, title
        Of the chart and of its tables.
    names
        Scales or questions with the same ends.
    ends
        Lowest and highest answer.
    conventions
        A panel each.
    """
    tables = tuple(_table(ctx, id_, title, names, convention) for convention in conventions)
    panels = tuple(panel_of(ctx, table) for table in tables)
    axis = ctx.words("chart.mean_axis", low=f"{ends[0]:g}", high=f"{ends[1]:g}")
    labels = tuple(ctx.label(name) for name in names)
    points = [point for panel in panels for point in panel.points]
    body = Dots(labels, panels, axis, dots_window(points, ends))
    of = "both" if len(panels) > 1 else conventions[0]
    found = [(p.value, label) for p, label in zip(panels[-1].points, labels, strict=True)]
    chart = Chart(
        id_,
        title,
        extremes(ctx, "chart.alt.levels", found, rows=len(labels)),
        ctx.words(f"chart.caption.dots{'' if len(panels) > 1 else '_one'}", minimum=ctx.minimum),
        of,
        ctx.convention(of),
        ctx.provenance,
        body,
    )
    return chart, tables


def _table(
    ctx: Context, id_: str, title: str, names: Sequence[str], convention: Convention
) -> ReportTable:
    cells = []
    for name in names:
        if convention == "as_published":
            cell = published_level(ctx, name)
        else:
            cell = recomputed_cell(ctx, ctx.recomputed.mean(name), MEAN_DECIMALS)
        cells.append((cell, Cell(str(cell.n or 0), float(cell.n or 0), cell.n)))
    key = "summary.note.published" if convention == "as_published" else "note.weighted"
    return ReportTable(
        id_,
        title,
        convention,
        ctx.words("summary.scale"),
        (
            Head("mean", ctx.words("mean"), statistic="mean"),
            Head("n", ctx.words("base.item"), statistic="count"),
        ),
        tuple(Head(name, ctx.label(name)) for name in names),
        tuple(cells),
        "number",
        MEAN_DECIMALS,
        (ctx.words(key), *base_notes(ctx, cells)),
        ctx.provenance,
        ctx.convention(convention),
    )
