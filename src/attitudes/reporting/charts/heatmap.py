"""A matrix of correlations or loadings: colour for sign and size, the number in the cell."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from attitudes.reporting.charts.layout import Sheet, line_height, open_sheet, text_width, wrap
from attitudes.reporting.charts.rows import Rows, set_rows, write_rows
from attitudes.reporting.charts.specs import Chart
from attitudes.reporting.charts.specs_scales import HeatMap
from attitudes.reporting.charts.theme import FAINT, GRID, INK, SMALL, contrast

__all__ = ["draw_heat_map"]

_WIDEST = 0.82
_EXTRA = 0.62
_BAR = 0.34
_BREAK = 0.05
_LEAST = 0.22
"""Width of a cell, in inches, from which every column has its head."""


@lru_cache
def _colours() -> Any:
    """Brown for negative, white for none, purple for positive: told apart by colour-blind eyes."""
    import seaborn

    return seaborn.color_palette("PuOr", as_cmap=True)


def _number(value: float) -> str:
    """Two digits without the zero in front; a minus sign.

    Examples
    --------
    >>> _number(0.314), _number(-0.05), _number(1.0)
    ('.31', '−.05', '1.00')
    """
    text = f"{abs(value):.2f}"
    text = text[1:] if text.startswith("0") else text
    return f"\u2212{text}" if value < 0 and text != ".00" else text


def draw_heat_map(chart: Chart, body: HeatMap) -> Figure:
    """Draw a matrix."""
    count = len(body.columns)
    room = 7.84
    many = len(body.rows) > 16
    labels = 3.4 if count <= 8 else 2.3
    rows = set_rows(body.rows, widest=labels, least=0.22 if many else 0.3)
    width = room - rows.label_width - _EXTRA * len(body.extra)
    cell = min(_WIDEST, width / count)
    heads = [wrap(name, max(cell, 0.5) - 0.06, SMALL + 0.5) for name in body.columns]
    if cell < _LEAST:
        heads = [h if not (j + 1) % 5 or not j else () for j, h in enumerate(heads)]
    extra = [wrap(name, _EXTRA - 0.08, SMALL) for name, _ in body.extra]
    head = max(len(h) for h in [*heads, *extra]) * line_height(SMALL + 0.5) + 0.06
    sheet = open_sheet(chart, head + rows.height + _BAR)
    left, bottom = sheet.left + rows.label_width, sheet.bottom + _BAR
    axes = sheet.axes(left, bottom, cell * count, rows.height)
    axes.set_xlim(0, count)
    axes.set_ylim(0, rows.height)
    axes.set_axis_off()
    _cells(axes, rows, body, cell)
    top = bottom + rows.height + 0.04
    for j, lines in enumerate(heads):
        _head(sheet, left + (j + 0.5) * cell, top, lines, SMALL + 0.5, INK)
    start = left + cell * count
    for e, (_, numbers) in enumerate(body.extra):
        x = start + (e + 1) * _EXTRA
        _head(sheet, x - 0.04, top, extra[e], SMALL, FAINT, "right")
        for centre, value in zip(rows.centres, numbers, strict=True):
            text = "" if value is None else _number(value)
            sheet.text(
                x - 0.04,
                bottom + centre,
                text,
                ha="right",
                va="center_baseline",
                fontsize=SMALL,
                color=FAINT,
            )
    write_rows(sheet, rows, bottom)
    _scale(sheet, body.limit, left, cell * count)
    return sheet.figure


def _head(
    sheet: Sheet,
    x: float,
    y: float,
    lines: tuple[str, ...],
    size: float,
    colour: str,
    side: str = "center",
) -> None:
    sheet.text(
        x,
        y,
        "\n".join(lines),
        ha=side,
        va="bottom",
        fontsize=size,
        color=colour,
        linespacing=1.1,
        multialignment=side,
    )


def _cells(axes: Axes, rows: Rows, body: HeatMap, cell: float) -> None:
    heights = _heights(rows)
    for i, values in enumerate(body.values):
        low = rows.centres[i] - heights[i] / 2
        gap = _BREAK if i in body.breaks else 0.0
        for j, value in enumerate(values):
            if value is None:
                continue
            shade = max(-1.0, min(1.0, value / body.limit))
            colour = _colours()((shade + 1) / 2)[:3]
            axes.add_patch(
                Rectangle(
                    (j, low),
                    1,
                    heights[i] - gap,
                    facecolor=colour,
                    edgecolor="white",
                    linewidth=0.6,
                )
            )
            text = _number(value)
            if not body.written or text_width(text, SMALL) > cell - 0.02:
                continue
            salient = abs(value) >= body.salient
            faint = not salient and contrast(colour) == INK
            axes.text(
                j + 0.5,
                rows.centres[i] - gap / 2,
                text,
                ha="center",
                va="center_baseline",
                fontsize=SMALL,
                weight="bold" if salient else "normal",
                color=INK if faint else contrast(colour),
                alpha=0.7 if faint else 1.0,
            )


def _heights(rows: Rows) -> tuple[float, ...]:
    """Heights of rows from their middles, the first on top."""
    edge, out = rows.height, []
    for centre in rows.centres:
        out.append(2 * (edge - centre))
        edge -= out[-1]
    return tuple(out)


def _scale(sheet: Sheet, limit: float, left: float, width: float) -> None:
    """A bar that explains the colours, under the matrix."""
    wide = min(2.4, max(width, 1.2))
    axes = sheet.axes(left, sheet.bottom + 0.16, wide, 0.09)
    axes.set_xlim(-1, 1)
    axes.set_ylim(0, 1)
    axes.set_axis_off()
    steps = 40
    for s in range(steps):
        start = -1 + 2 * s / steps
        axes.add_patch(
            Rectangle(
                (start, 0), 2 / steps, 1, facecolor=_colours()((s + 0.5) / steps)[:3], linewidth=0
            )
        )
    axes.add_patch(Rectangle((-1, 0), 2, 1, fill=False, edgecolor=GRID, linewidth=0.5))
    marks = ((0.0, f"\u2212{limit:g}", "left"), (0.5, "0", "center"), (1.0, f"{limit:g}", "right"))
    for share, text, side in marks:
        sheet.text(
            left + share * wide,
            sheet.bottom + 0.13,
            text,
            ha=side,
            va="top",
            fontsize=SMALL - 0.5,
            color=FAINT,
        )
