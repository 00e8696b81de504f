"""Path diagrams: latent variables as ellipses, items as boxes, loadings on the arrows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse, FancyArrowPatch, Rectangle

from attitudes.reporting.charts.layout import line_height, open_sheet, wrap
from attitudes.reporting.charts.specs import Chart
from attitudes.reporting.charts.specs_scales import Arrow, Node, Paths
from attitudes.reporting.charts.theme import BAR, FAINT, INK, SMALL

__all__ = ["draw_paths"]

_NEGATIVE = "#b35806"
_ARCS = 1.25
_ROOM = 7.84
_APART = 0.12
_SHARES = (0.9, 0.76, 0.62, 0.48)
"""Where the first, second, … number on the way to a variable stands."""


@dataclass(frozen=True, slots=True)
class _Box:
    node: Node
    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]


def draw_paths(chart: Chart, body: Paths) -> Figure:
    """Draw variables in columns; correlations of the first column bend to its left."""
    columns = sorted({node.column for node in body.nodes})
    arcs = _ARCS if any(a.both for a in body.arrows) else 0.1
    boxes, height = _place(body.nodes, columns, arcs)
    boxes = _near_targets(boxes, body.arrows, height)
    sheet = open_sheet(chart, height)
    axes = sheet.axes(sheet.left, sheet.bottom, _ROOM, height)
    axes.set_xlim(0, _ROOM)
    axes.set_ylim(0, height)
    axes.set_axis_off()
    come: dict[str, int] = {}
    for arrow in sorted(body.arrows, key=lambda a: -abs(a.value)):
        source, target = boxes[arrow.source], boxes[arrow.target]
        if arrow.both:
            _arc(axes, source, target, arrow)
        else:
            place = come.get(arrow.target, 0)
            come[arrow.target] = place + 1
            _path(axes, source, target, arrow, _SHARES[min(place, len(_SHARES) - 1)])
    for box in boxes.values():
        _node(axes, box)
    return sheet.figure


def _place(
    nodes: Sequence[Node], columns: Sequence[int], arcs: float
) -> tuple[Mapping[str, _Box], float]:
    """Place the nodes: each column evenly over the height that the tallest one needs."""
    count = len(columns)
    measured: dict[int, list[tuple[Node, float, float, tuple[str, ...]]]] = {}
    for c, column in enumerate(columns):
        own = [n for n in nodes if n.column == column]
        items = not any(n.latent for n in own)
        wide = 3.0 if items and count <= 2 else 2.3 if items else 1.35
        entries = []
        for node in own:
            lines = wrap(node.label, wide - (0.14 if items else 0.35), SMALL + 0.5)
            tall = max(0.25 if items else 0.5, len(lines) * line_height(SMALL + 0.5) + 0.12)
            if not items:
                tall = max(0.5, tall + 0.16)
            entries.append((node, wide, tall, lines))
        measured[c] = entries
    rows = measured.values()
    height = max(sum(r[2] for r in own) + 0.07 * (len(own) - 1) for own in rows)
    widths = [max(r[1] for r in own) for own in rows]
    free = (_ROOM - 0.02 - arcs - sum(widths)) / max(count - 1, 1)
    boxes: dict[str, _Box] = {}
    x = arcs
    for c, placed in measured.items():
        slack = (height - sum(r[2] for r in placed)) / len(placed)
        y = height
        for node, wide, tall, lines in placed:
            y -= slack / 2 + tall
            boxes[node.id] = _Box(node, x + widths[c] / 2, y + tall / 2, wide, tall, lines)
            y -= slack / 2
        x += widths[c] + free
    return boxes, height


def _near_targets(
    boxes: Mapping[str, _Box], arrows: Sequence[Arrow], height: float
) -> dict[str, _Box]:
    """Move latent variables towards what their strong arrows point at, without overlap."""
    out = dict(boxes)
    for column in sorted({b.x for b in boxes.values() if b.node.latent}, reverse=True):
        wanted = {}
        for name, box in out.items():
            own = [a for a in arrows if a.source == name and not a.both]
            if box.node.latent and box.x == column:
                weight = sum(a.value**2 for a in own)
                wanted[name] = (
                    sum(a.value**2 * out[a.target].y for a in own) / weight if weight else box.y
                )
        edge = height
        names = sorted(wanted, key=lambda name: -wanted[name])
        below = sum(out[name].height + _APART for name in names)
        for name in names:
            tall = out[name].height
            below -= tall + _APART
            y = max(min(wanted[name], edge - tall / 2), below + tall / 2)
            out[name] = replace(out[name], y=y)
            edge = y - tall / 2 - _APART
    return out


def _node(axes: Axes, box: _Box) -> None:
    style: Any = {"edgecolor": INK, "zorder": 3}
    style["facecolor"] = "#eef4f9" if box.node.latent else "white"
    if box.node.latent:
        axes.add_patch(Ellipse((box.x, box.y), box.width, box.height, linewidth=1.1, **style))
    else:
        corner = (box.x - box.width / 2, box.y - box.height / 2)
        axes.add_patch(Rectangle(corner, box.width, box.height, linewidth=0.7, **style))
    axes.text(
        box.x if box.node.latent else box.x - box.width / 2 + 0.06,
        box.y,
        "\n".join(box.lines),
        ha="center" if box.node.latent else "left",
        va="center",
        fontsize=SMALL + 0.5,
        weight="bold" if box.node.latent else "normal",
        linespacing=1.1,
        zorder=4,
    )


def _colour(arrow: Arrow) -> str:
    return FAINT if arrow.faint else _NEGATIVE if arrow.value < 0 else BAR


def _text(value: float) -> str:
    text = f"{abs(value):.2f}"
    return f"\u2212{text}" if value < 0 and text != "0.00" else text


def _path(axes: Axes, source: _Box, target: _Box, arrow: Arrow, share: float) -> None:
    right = target.x > source.x
    side = 1 if right else -1
    start = (source.x + side * source.width / 2, source.y)
    end = (target.x - side * target.width / 2, target.y)
    axes.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=7,
            linewidth=0.5 + 1.6 * min(abs(arrow.value), 1.0),
            color=_colour(arrow),
            alpha=0.45 if arrow.faint else 0.9,
            shrinkA=0,
            shrinkB=0,
            zorder=1,
        )
    )
    axes.text(
        start[0] + share * (end[0] - start[0]),
        start[1] + share * (end[1] - start[1]),
        _text(arrow.value),
        ha="center",
        va="center_baseline",
        fontsize=SMALL,
        color=INK,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
        zorder=2,
    )


def _arc(axes: Axes, one: _Box, other: _Box, arrow: Arrow) -> None:
    upper, lower = (one, other) if one.y > other.y else (other, one)
    x = upper.x - upper.width / 2
    distance = upper.y - lower.y
    reach = min(0.9, 0.22 + 0.13 * distance)
    bend = reach / distance * 2
    axes.add_patch(
        FancyArrowPatch(
            (x, upper.y),
            (x, lower.y),
            arrowstyle="<|-|>",
            mutation_scale=6,
            connectionstyle=f"arc3,rad={bend:.3f}",
            linewidth=0.4 + 1.4 * min(abs(arrow.value), 1.0),
            color=_colour(arrow),
            alpha=0.8,
            shrinkA=1,
            shrinkB=1,
            zorder=1,
        )
    )
    axes.text(
        x - reach,
        (upper.y + lower.y) / 2,
        _text(arrow.value),
        ha="center",
        va="center_baseline",
        fontsize=SMALL,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
        zorder=2,
    )
