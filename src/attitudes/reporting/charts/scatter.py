"""Two scores against each other: one mark a distinct pair, its area the count of respondents."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from attitudes.reporting.charts.layout import line_height, open_sheet, text_width, wrap
from attitudes.reporting.charts.specs import Chart, Scatter
from attitudes.reporting.charts.theme import BAR, GRID, INK, SIZE, SMALL

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
    axes = sheet.axes(left, bottom, sheet.right - left - 0.2, side)
    for setter, (low, high) in ((axes.set_xlim, body.x_limits), (axes.set_ylim, body.y_limits)):
        setter(low - 0.03 * (high - low), high + 0.03 * (high - low))
    axes.grid(color=GRID, linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    if body.labels:
        _named(axes, body, sheet.right - left - 0.2, side)
    else:
        axes.scatter(
            body.x, body.y, s=[9.0 * c for c in body.counts], color=BAR, alpha=0.35, linewidths=0
        )
    if body.line is not None:
        intercept, slope = body.line
        ends = list(axes.get_xlim())
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


def _window(values: Sequence[float], ends: tuple[float, float]) -> tuple[float, float]:
    pad = max(0.12 * (max(values) - min(values)), 0.02 * (ends[1] - ends[0]))
    return min(values) - pad, max(values) + pad


def _named(axes: Axes, body: Scatter, width: float, height: float) -> None:
    """Draw groups as named points on axes that zoom in on them; labels dodge one another."""
    axes.set_xlim(*_window(body.x, body.x_limits))
    axes.set_ylim(*_window(body.y, body.y_limits))
    axes.plot(body.x, body.y, marker="o", markersize=6, color=BAR, linestyle="none")
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
    spots = [
        ((x - x0) / (x1 - x0) * width, (y - y0) / (y1 - y0) * height)
        for x, y in zip(body.x, body.y, strict=True)
    ]
    taken = [(x - 0.06, x + 0.06, y - 0.06, y + 0.06) for x, y in spots]
    for (x, y), label in zip(spots, body.labels, strict=True):
        box = _free(x, y, text_width(label, SMALL), taken, width, height)
        taken.append(box)
        axes.text(
            x0 + box[0] / width * (x1 - x0),
            y0 + (box[2] + box[3]) / 2 / height * (y1 - y0),
            label,
            fontsize=SMALL,
            ha="left",
            va="center_baseline",
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.8},
        )


Box = tuple[float, float, float, float]


def _free(
    x: float, y: float, wide: float, taken: Sequence[Box], width: float, height: float
) -> Box:
    """Return the first place around a point where a label meets nothing else."""
    high = line_height(SMALL)
    boxes = [
        (left, left + wide, y + dy - high / 2, y + dy + high / 2)
        for reach in (0.1, 0.25, 0.4)
        for left, dy in (
            (x + reach, 0.0),
            (x - reach - wide, 0.0),
            (x - wide / 2, reach + 0.05),
            (x - wide / 2, -reach - 0.05),
            (x + reach, 0.15),
            (x - reach - wide, 0.15),
            (x + reach, -0.15),
            (x - reach - wide, -0.15),
        )
    ]
    for box in boxes:
        inside = box[0] >= 0 and box[1] <= width and box[2] >= 0 and box[3] <= height
        if inside and not any(
            box[0] < b[1] and b[0] < box[1] and box[2] < b[3] and b[2] < box[3] for b in taken
        ):
            return box
    return boxes[0]
