"""Weights before and after: a histogram, and the share that the largest carry."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from attitudes.reporting.charts.layout import Key, line_height, open_sheet, wrap
from attitudes.reporting.charts.specs import Chart
from attitudes.reporting.charts.specs_weights import WeightPanel, Weights
from attitudes.reporting.charts.theme import BAR, FAINT, GRID, SIZE

__all__ = ["draw_weights"]

_BEFORE = "#9aa3af"
_HEIGHT = 2.4
_GAP = 0.75
_EDGE = 0.55


def draw_weights(chart: Chart, body: Weights) -> Figure:
    """Draw the panels side by side."""
    count = len(body.panels)
    width = (8.2 - 2 * 0.18 - _EDGE - _GAP * (count - 1)) / count
    titles = [wrap(panel.title, width, SIZE - 0.5, "bold") for panel in body.panels]
    head = max(len(t) for t in titles) * line_height(SIZE - 0.5) + 0.08
    names = [wrap(panel.x_label, width, SIZE - 1) for panel in body.panels]
    under = 0.3 + max(len(n) for n in names) * line_height(SIZE - 1)
    keys = tuple(Key(n, c) for n, c in zip(body.names, (_BEFORE, BAR), strict=True))
    sheet = open_sheet(chart, head + _HEIGHT + under, keys)
    bottom = sheet.bottom + under
    for i, panel in enumerate(body.panels):
        left = sheet.left + _EDGE + i * (width + _GAP)
        axes = sheet.axes(left, bottom, width, _HEIGHT)
        _panel(axes, panel)
        axes.set_xlabel("\n".join(names[i]), fontsize=SIZE - 1)
        axes.set_ylabel("\n".join(wrap(panel.y_label, _HEIGHT, SIZE - 1)), fontsize=SIZE - 1)
        sheet.text(
            left,
            bottom + _HEIGHT + head - 0.02,
            "\n".join(titles[i]),
            va="top",
            ha="left",
            fontsize=SIZE - 0.5,
            weight="bold",
            linespacing=1.2,
        )
    return sheet.figure


def _panel(axes: Axes, panel: WeightPanel) -> None:
    axes.grid(color=GRID, linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    before, after = panel.before, panel.after
    if panel.shares:
        axes.plot([0, 1], [0, 1], color=FAINT, linewidth=0.8, linestyle=":")
        axes.plot(before.x, before.y, color=_BEFORE, linewidth=2.4)
        axes.plot(after.x, after.y, color=BAR, linewidth=1.4)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1.005)
        return
    axes.stairs(before.y, before.x, fill=True, color=_BEFORE, alpha=0.6)
    axes.stairs(after.y, after.x, color=BAR, linewidth=1.5)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axes.set_xlim(left=0)
