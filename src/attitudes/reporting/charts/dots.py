"""Dots with intervals: one panel a convention, side by side on one axis, never in one panel."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from attitudes.reporting.charts.bars import base_texts
from attitudes.reporting.charts.layout import line_height, open_sheet, text_width, wrap
from attitudes.reporting.charts.rows import (
    AXIS,
    Rows,
    bare,
    row_axes,
    set_rows,
    write_bases,
    write_rows,
)
from attitudes.reporting.charts.specs import Chart, Dots, DotsPanel, Point
from attitudes.reporting.charts.theme import CONVENTION_COLOURS, GRID, INK, SIZE, SMALL

__all__ = ["draw_dots"]

_GAP = 0.45


def draw_dots(chart: Chart, body: Dots) -> Figure:
    """Draw estimates with their intervals."""
    bases = [_bases(panel) for panel in body.panels]
    own = len(set(bases)) > 1
    rows = set_rows(body.rows, bases[-1], widest=2.2, least=0.29)
    beside = [max((text_width(t, SIZE - 1) for t in texts), default=0.0) + 0.1 for texts in bases]
    count = len(body.panels)
    taken = sum(beside) if own else beside[-1]
    gap = 0.2 if own else _GAP
    room = 8.2 - 2 * 0.18 - rows.label_width - taken - 0.08
    width = (room - gap * (count - 1)) / count
    titles = [wrap(panel.title, width, SIZE - 0.5, "bold") for panel in body.panels]
    head = max(len(t) for t in titles) * line_height(SIZE - 0.5) + 0.08
    name = wrap(body.axis, width, SIZE - 1)
    under = AXIS + (len(name) - 1) * line_height(SIZE - 1)
    sheet = open_sheet(chart, head + rows.height + under)
    bottom = sheet.bottom + under
    for i, panel in enumerate(body.panels):
        before = sum(beside[:i]) if own else 0.0
        left = sheet.left + rows.label_width + i * (width + gap) + before
        axes = row_axes(sheet, rows, left, bottom, width)
        _panel(axes, rows, panel, body.limits, width)
        axes.set_xlabel("\n".join(name), fontsize=SIZE - 1)
        sheet.text(
            left,
            bottom + rows.height + head - 0.02,
            "\n".join(titles[i]),
            va="top",
            ha="left",
            fontsize=SIZE - 0.5,
            weight="bold",
            linespacing=1.2,
            color=CONVENTION_COLOURS.get(panel.convention, INK),
        )
        if own and i < count - 1:
            write_bases(sheet, rows, bases[i], bottom, left + width + beside[i])
    write_rows(sheet, rows, bottom)
    return sheet.figure


def _bases(panel: DotsPanel) -> tuple[str, ...]:
    return base_texts([p.n for p in panel.points], [p.small for p in panel.points])


def _panel(
    axes: Axes, rows: Rows, panel: DotsPanel, limits: tuple[float, float], width: float
) -> None:
    low, high = limits
    axes.set_xlim(low, high)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    bare(axes)
    colour = CONVENTION_COLOURS.get(panel.convention, INK)
    marker = "D" if panel.convention == "as_published" else "o"
    for centre, point in zip(rows.centres, panel.points, strict=True):
        axes.axhline(centre, color=GRID, linewidth=0.5, zorder=0)
        if point.value is None:
            axes.text((low + high) / 2, centre, "–", ha="center", va="center_baseline")
            continue
        if point.low is not None and point.high is not None:
            ends = [max(point.low, low), min(point.high, high)]
            axes.plot(
                ends,
                [centre, centre],
                color=colour,
                linewidth=1.6,
                solid_capstyle="butt",
                alpha=0.55 if point.small else 0.9,
            )
            _arrows(axes, point, centre, limits, colour)
        axes.plot(
            [point.value],
            [centre],
            marker=marker,
            markersize=5,
            color=colour,
            markerfacecolor="white" if point.small else colour,
            linestyle="none",
            clip_on=False,
            zorder=3,
        )
        _write(axes, point, centre, (low, high), width)


def _arrows(
    axes: Axes, point: Point, centre: float, limits: tuple[float, float], colour: str
) -> None:
    """Show that an interval goes on beyond the axis."""
    beyond = ((point.low, limits[0], "<"), (point.high, limits[1], ">"))
    for end, limit, marker in beyond:
        if end is not None and (end < limit if marker == "<" else end > limit):
            axes.plot(
                [limit],
                [centre],
                marker=marker,
                markersize=4,
                color=colour,
                linestyle="none",
                clip_on=False,
            )


def _write(
    axes: Axes, point: Point, centre: float, limits: tuple[float, float], width: float
) -> None:
    """Write a value right of its interval, left of it, or above where neither has room."""
    assert point.value is not None
    low, high = limits
    scale = width / (high - low)
    label = f"{point.value:.2f}"
    room = text_width(label, SMALL) + 0.1
    end = max(point.value, min(point.value if point.high is None else point.high, high))
    start = min(point.value, max(point.value if point.low is None else point.low, low))
    shift = 0.085 / scale
    if (high - end) * scale >= room:
        x, y, side, base = end + shift, centre, "left", "center_baseline"
    elif (start - low) * scale >= room:
        x, y, side, base = start - shift, centre, "right", "center_baseline"
    else:
        x, y, side, base = point.value, centre + 0.04, "center", "bottom"
    axes.text(x, y, label, va=base, ha=side, fontsize=SMALL)
