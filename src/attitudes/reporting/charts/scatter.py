"""Two scores against each other: one mark a distinct pair, its area the count of respondents."""

from __future__ import annotations

from matplotlib.figure import Figure

from attitudes.reporting.charts.layout import line_height, open_sheet, wrap
from attitudes.reporting.charts.specs import Chart, Scatter
from attitudes.reporting.charts.theme import BAR, GRID, INK, SIZE

__all__ = ["draw_scatter"]


def draw_scatter(chart: Chart, body: Scatter) -> Figure:
    """Draw the pairs, the least-squares line and what was computed of them."""
    side = 4.3
    texts = [line for text in body.text for line in wrap(text, 7.8, SIZE)]
    note = len(texts) * line_height(SIZE) + 0.12
    y_name = wrap(body.y_label, side, SIZE)
    x_name = wrap(body.x_label, 6.4, SIZE)
    under = 0.3 + len(x_name) * line_height(SIZE) + 0.05
    sheet = open_sheet(chart, note + side + under)
    left = sheet.left + 0.4 + len(y_name) * line_height(SIZE)
    bottom = sheet.bottom + under
    axes = sheet.axes(left, bottom, sheet.right - left - 0.05, side)
    axes.set_xlim(*body.x_limits)
    axes.set_ylim(*body.y_limits)
    axes.grid(color=GRID, linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.scatter(
        body.x, body.y, s=[9.0 * c for c in body.counts], color=BAR, alpha=0.35, linewidths=0
    )
    if body.line is not None:
        intercept, slope = body.line
        ends = list(body.x_limits)
        axes.plot(ends, [intercept + slope * x for x in ends], color=INK, linewidth=1.3)
    axes.set_xlabel("\n".join(x_name), fontsize=SIZE)
    sheet.text(
        sheet.left,
        bottom + side / 2,
        "\n".join(y_name),
        rotation=90,
        va="center",
        ha="left",
        fontsize=SIZE,
        multialignment="center",
    )
    y = sheet.top
    for line in texts:
        sheet.text(sheet.left, y, line, va="top", fontsize=SIZE)
        y -= line_height(SIZE)
    return sheet.figure
