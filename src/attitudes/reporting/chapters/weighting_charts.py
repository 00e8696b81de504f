"""The charts of a weighting report: distribution, concentration, margins, convergence."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import escape
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator, PercentFormatter

from attitudes.reporting.charts.layout import text_width
from attitudes.reporting.charts.theme import BAR, FAINT, GRID, INK, SIZE, styled
from attitudes.weighting.report import ChartData, Series

__all__ = ["ROWS", "draw_weight_chart", "weight_chart_svg"]

ROWS = 22
"""Categories that a chart of margins has room for; the farthest off are shown."""

_WIDTH, _HEIGHT = 4.4, 2.7
_BEFORE, _AFTER = "#9aa3af", BAR
_LEAST = 1e-16
_IMBALANCE = 0.1


def draw_weight_chart(chart: ChartData) -> Figure:
    """Draw one chart.

    Parameters
    ----------
    chart
        As `attitudes.weighting.report.weight_charts` gives it.

    Returns
    -------
    Figure
        With a canvas of its own.
    """
    with styled():
        rows = min(len(chart.series[0].x), ROWS) if chart.kind == "dots" else 0
        figure = Figure(figsize=(_WIDTH, max(_HEIGHT, 0.75 + 0.17 * rows)), layout="constrained")
        axes = figure.add_subplot()
        axes.spines[["top", "right"]].set_visible(False)
        figure.suptitle(chart.title, fontsize=SIZE, weight="bold", x=0.01, ha="left", color=INK)
        _DRAWN.get(chart.id, _lines)(axes, chart)
        FigureCanvasAgg(figure)
    return figure


def weight_chart_svg(chart: ChartData) -> str:
    """Return one chart as SVG to stand in a page, named and described, the same for the same data.

    Examples
    --------
    >>> from attitudes.weighting.report import ChartData, Series
    >>> line = Series("1. rake", (0.0, 1.0), (0.2, 1e-12))
    >>> chart = ChartData("convergence", "Misses", "line", "iteration", "miss", (line,))
    >>> svg = weight_chart_svg(chart)
    >>> '<title id="convergence-title">Misses</title>' in svg
    True
    """
    stream = io.StringIO()
    figure = draw_weight_chart(chart)
    with styled():
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    text = re.sub(r"^.*?<svg\b", "<svg", stream.getvalue(), flags=re.DOTALL)
    text = re.sub(r"\s*<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'\b(id="|href="#|url\(#)', rf"\1{chart.id}-", text)
    names = f"{chart.id}-title {chart.id}-desc"
    text = text.replace("<svg", f'<svg role="img" aria-labelledby="{names}"', 1)
    shown = ", ".join(series.name for series in chart.series)
    said = (
        f'<title id="{chart.id}-title">{escape(chart.title)}</title>'
        f'<desc id="{chart.id}-desc">{escape(f"{chart.y_label}, {chart.x_label}: {shown}")}</desc>'
    )
    text = text.replace(">", f">{said}", 1)
    return re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE).strip()


def _labels(axes: Axes, chart: ChartData) -> None:
    axes.set_xlabel(chart.x_label, fontsize=SIZE - 1)
    axes.set_ylabel(chart.y_label, fontsize=SIZE - 1)
    axes.grid(color=GRID, linewidth=0.5)


def _key(axes: Axes, place: Literal["best", "lower right"] = "best") -> None:
    axes.legend(frameon=False, fontsize=SIZE - 1.5, loc=place)


def _histogram(axes: Axes, chart: ChartData) -> None:
    _labels(axes, chart)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    before, after = chart.series
    edges = _numbers(before.x)
    if np.count_nonzero(before.y) > 1:
        axes.stairs(before.y, edges, fill=True, color=_BEFORE, alpha=0.55, label=before.name)
    else:
        axes.axvline(1.0, color=_BEFORE, linewidth=2.5, label=before.name)
    axes.stairs(after.y, _numbers(after.x), color=_AFTER, linewidth=1.5, label=after.name)
    axes.set_xlim(left=0)
    _key(axes)


def _concentration(axes: Axes, chart: ChartData) -> None:
    _labels(axes, chart)
    for series, colour in zip(chart.series, (_BEFORE, _AFTER), strict=True):
        axes.plot(_numbers(series.x), series.y, color=colour, linewidth=1.6, label=series.name)
    axes.plot([0, 1], [0, 1], color=FAINT, linewidth=0.8, linestyle=":")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.005)
    _key(axes, "lower right")


def _margins(axes: Axes, chart: ChartData) -> None:
    before, after = chart.series
    order = np.argsort(-np.abs(before.y), kind="stable")[:ROWS]
    shown = np.sort(order)
    names = [_shortened(str(before.x[k])) for k in shown]
    y = np.arange(len(shown))[::-1]
    first, last = np.array(before.y)[shown], np.array(after.y)[shown]
    for mark in (-_IMBALANCE, _IMBALANCE):
        axes.axvline(mark, color=FAINT, linewidth=0.7, linestyle=":")
    axes.axvline(0, color=FAINT, linewidth=0.8)
    axes.hlines(y, first, last, color=GRID, linewidth=1.4)
    axes.plot(
        first, y, "o", color=_BEFORE, markersize=4.5, label=before.name, markerfacecolor="white"
    )
    axes.plot(last, y, "o", color=_AFTER, markersize=4.0, label=after.name)
    axes.set_yticks(y, names, fontsize=SIZE - 2)
    axes.set_ylim(-0.7, len(shown) - 0.3)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(chart.x_label, fontsize=SIZE - 1)
    widest = max(float(np.abs([first, last]).max()) * 1.08, 1.3 * _IMBALANCE)
    axes.set_xlim(-widest, widest)
    _key(axes)


def _shortened(label: str, room: float = 1.75) -> str:
    """Return a label that fits, cut in its middle."""
    if text_width(label, SIZE - 2) <= room:
        return label
    half = len(label)
    while half > 4 and text_width(f"{label[:half]}…{label[-half:]}", SIZE - 2) > room:
        half -= 1
    return f"{label[:half]}…{label[-half:]}"


def _lines(axes: Axes, chart: ChartData) -> None:
    _labels(axes, chart)
    colours = (_AFTER, "#b35806", "#35978f", "#762a83", FAINT)
    for k, series in enumerate(chart.series):
        y = np.maximum(series.y, _LEAST)
        colour = colours[k % len(colours)]
        axes.plot(_numbers(series.x), y, ".-", color=colour, linewidth=1.3, label=series.name)
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(numticks=7))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:.0e}"))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    _key(axes)


def _numbers(values: Series | tuple[float | str, ...]) -> list[float]:
    return [float(v) for v in (values.x if isinstance(values, Series) else values)]


_DRAWN: dict[str, Callable[[Axes, ChartData], None]] = {
    "weights": _histogram,
    "concentration": _concentration,
    "margins": _margins,
    "convergence": _lines,
}
