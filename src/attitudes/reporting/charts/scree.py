"""Scree: eigenvalues by number, against those of data without common factors."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from attitudes.reporting.charts.layout import Key, line_height, open_sheet, wrap
from attitudes.reporting.charts.specs import Chart
from attitudes.reporting.charts.specs_scales import Scree, ScreePanel
from attitudes.reporting.charts.theme import BAR, FAINT, GRID, SIZE, SMALL

__all__ = ["draw_scree"]

_MEAN = "#9aa3af"
_UPPER = "#b35806"
_HEIGHT = 2.5


def draw_scree(chart: Chart, body: Scree) -> Figure:
    """Draw the panels side by side."""
    count = len(body.panels)
    gap = 0.62
    room = 7.84 - 0.45
    width = (room - gap * (count - 1)) / count
    titles = [wrap(panel.title, width, SIZE - 0.5, "bold") for panel in body.panels]
    head = max(len(t) for t in titles) * line_height(SIZE - 0.5) + 0.08
    under = 0.46
    observed, mean, upper = body.names
    keys = (Key(observed, BAR), Key(mean, _MEAN), Key(upper, _UPPER))
    sheet = open_sheet(chart, head + _HEIGHT + under, keys)
    bottom = sheet.bottom + under
    for i, panel in enumerate(body.panels):
        left = sheet.left + 0.45 + i * (width + gap)
        axes = sheet.axes(left, bottom, width, _HEIGHT)
        _panel(axes, panel)
        axes.set_xlabel(body.axis, fontsize=SIZE - 1)
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


def _panel(axes: Axes, panel: ScreePanel) -> None:
    number = range(1, len(panel.observed) + 1)
    axes.grid(axis="y", color=GRID, linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=9))
    axes.plot(number, panel.mean, color=_MEAN, linewidth=1.2, linestyle=(0, (2, 2)))
    axes.plot(number, panel.upper, color=_UPPER, linewidth=1.4, linestyle=(0, (5, 2)))
    axes.plot(number, panel.observed, color=BAR, linewidth=1.3)
    room = 0.07 * (max(panel.observed) - min(panel.observed))
    written = float("inf")
    for i, value in enumerate(panel.observed):
        stands_out = i < panel.found
        axes.plot(
            [i + 1],
            [value],
            marker="o",
            markersize=5,
            color=BAR,
            markerfacecolor=BAR if stands_out else "white",
            linestyle="none",
            zorder=3,
        )
        if stands_out and written - value > room:
            written = value
            axes.annotate(
                f"{value:.2f}",
                (i + 1, value),
                xytext=(5, 4),
                textcoords="offset points",
                fontsize=SMALL,
                color=FAINT,
            )
    top = max([*panel.observed, *panel.upper])
    low = min([0.0, *panel.observed, *panel.mean])
    axes.set_ylim(low * 1.08, top * 1.1)
    axes.set_xlim(0.5, len(panel.observed) + 0.7)
