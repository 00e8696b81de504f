"""A map of places coloured by a number, each named and with its number written on it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import NDArray

from attitudes.reporting.charts.layout import (
    Sheet,
    line_height,
    open_sheet,
    text_width,
    wrap,
)
from attitudes.reporting.charts.places import Label, Size, place_labels
from attitudes.reporting.charts.specs import Chart, RegionMap, Shape
from attitudes.reporting.charts.theme import FAINT, INK, SIZE, SMALL, contrast, sequential

__all__ = ["draw_map"]

_NONE = "#f2f2f2"
_STEPS = 60
_TINY = 0.2
"""Outlines with no side longer than this, in inches, are drawn as points."""


def _extent(body: RegionMap) -> tuple[float, float, float, float]:
    xs = [x for s in body.shapes for ring in s.rings for x, _ in ring]
    ys = [y for s in body.shapes for ring in s.rings for _, y in ring]
    xs += [s.anchor[0] for s in body.shapes if not s.rings]
    ys += [s.anchor[1] for s in body.shapes if not s.rings]
    return min(xs), max(xs), min(ys), max(ys)


def draw_map(chart: Chart, body: RegionMap) -> Figure:
    """Draw the places in an equirectangular projection true at the middle latitude."""
    x0, x1, y0, y1 = _extent(body)
    pad_x, pad_y = (x1 - x0) * 0.03, (y1 - y0) * 0.1
    extent = (x0 - pad_x, x1 + pad_x, y0 - pad_y, y1 + pad_y)
    stretch = math.cos(math.radians((y0 + y1) / 2))
    wide, high = (extent[1] - extent[0]) * stretch, extent[3] - extent[2]
    scale = min(7.84 / wide, 5.2 / high)
    credit = wrap(body.credit, 7.8, SMALL) if body.credit else ()
    under = 0.72 + len(credit) * line_height(SMALL)
    sheet = open_sheet(chart, high * scale + under)
    left = sheet.left + (sheet.right - sheet.left - wide * scale) / 2
    axes = sheet.axes(left, sheet.bottom + under, wide * scale, high * scale)
    axes.set_xlim(*extent[:2])
    axes.set_ylim(*extent[2:])
    axes.set_axis_off()
    shapes = [_dot_if_tiny(shape, scale) for shape in body.shapes]
    texts = [_text(shape, body.decimals) for shape in shapes]
    sizes = [_size(text, scale, stretch) for text in texts]
    labels = place_labels(shapes, sizes, extent)
    mapped = ScalarMappable(Normalize(*body.limits), sequential())
    for shape in shapes:
        _shape(axes, shape, mapped)
    for shape, text, label in zip(shapes, texts, labels, strict=True):
        _write(axes, shape, text, label, mapped)
    _colour_bar(sheet, mapped, body, credit)
    return sheet.figure


def _dot_if_tiny(shape: Shape, scale: float) -> Shape:
    """Turn an outline too small to be seen into a point; ``scale`` is inches per degree."""
    if not shape.rings:
        return shape
    xs = [x for ring in shape.rings for x, _ in ring]
    ys = [y for ring in shape.rings for _, y in ring]
    tiny = max(max(xs) - min(xs), max(ys) - min(ys)) * scale < _TINY
    return replace(shape, rings=(), holes=()) if tiny else shape


def _text(shape: Shape, decimals: int) -> str:
    value = "–" if shape.value is None else f"{shape.value:.{decimals}f}"
    return f"{shape.label}\n{value}{'*' if shape.small else ''}"


def _size(text: str, scale: float, stretch: float) -> Size:
    lines = text.split("\n")
    width = max(text_width(line, SMALL) for line in lines) + 0.08
    return Size(width / scale / stretch, (len(lines) * line_height(SMALL) + 0.06) / scale)


def _colour(shape: Shape, mapped: ScalarMappable) -> tuple[float, float, float] | str:
    if shape.value is None:
        return _NONE
    red, green, blue, _ = mapped.to_rgba(np.array([shape.value]))[0]
    return float(red), float(green), float(blue)


def _shape(axes: Axes, shape: Shape, mapped: ScalarMappable) -> None:
    colour = _colour(shape, mapped)
    if not shape.rings:
        axes.plot(
            [shape.anchor[0]],
            [shape.anchor[1]],
            marker="o",
            markersize=11,
            color=colour,
            markeredgecolor="white",
            markeredgewidth=1.2,
            zorder=5,
        )
        return
    rings = [_turned(ring, 1) for ring in shape.rings]
    holes = [_turned(ring, -1) for ring in shape.holes]
    axes.add_patch(
        PathPatch(
            Path.make_compound_path(*(Path(ring, closed=True) for ring in (*rings, *holes))),
            facecolor=colour,
            edgecolor="white",
            linewidth=0.9,
            hatch="////" if shape.value is None else None,
        )
    )


def _turned(ring: Sequence[tuple[float, float]], direction: int) -> NDArray[np.float64]:
    """Return a ring run counter-clockwise (1) or clockwise (-1), so that holes stay open."""
    points = np.asarray(ring, dtype=np.float64)
    x, y = points[:, 0], points[:, 1]
    area = float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))
    return points if area * direction > 0 else points[::-1]


def _write(axes: Axes, shape: Shape, text: str, label: Label, mapped: ScalarMappable) -> None:
    colour = INK if label.target else contrast(_colour(shape, mapped))
    axes.text(
        label.x,
        label.y,
        text,
        ha="center",
        va="center",
        fontsize=SMALL,
        linespacing=1.2,
        color=colour,
        zorder=7,
    )
    if label.target:
        axes.annotate(
            "",
            label.target,
            xytext=(label.x, label.y),
            zorder=6,
            arrowprops={
                "arrowstyle": "-",
                "linewidth": 0.7,
                "color": INK,
                "shrinkA": 13,
                "shrinkB": 4,
            },
        )


def _colour_bar(
    sheet: Sheet, mapped: ScalarMappable, body: RegionMap, credit: tuple[str, ...]
) -> None:
    low = sheet.bottom + len(credit) * line_height(SMALL)
    axes = sheet.axes(sheet.left, low + 0.42, 2.6, 0.13)
    first, last = body.limits
    step = (last - first) / _STEPS
    starts = [first + i * step for i in range(_STEPS)]
    colours = mapped.to_rgba(np.array([x + step / 2 for x in starts]))
    axes.barh([0.5] * _STEPS, step * 1.02, height=1.0, left=starts, color=colours, align="center")
    axes.set_xlim(first, last)
    axes.set_ylim(0, 1)
    axes.set_yticks([])
    axes.set_xlabel(body.axis, fontsize=SIZE - 1)
    axes.tick_params(labelsize=SIZE - 1.5, length=2)
    y = low
    for line in credit:
        sheet.text(sheet.left, y, line, va="top", fontsize=SMALL, color=FAINT)
        y -= line_height(SMALL)
