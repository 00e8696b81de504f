"""Where the labels of a map go: inside a place that has room, beside the map otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.path import Path
from numpy.typing import NDArray

from attitudes.reporting.charts.specs import Shape

__all__ = ["Label", "Size", "place_labels"]

Points = NDArray[np.float64]
Rings = Sequence[Sequence[tuple[float, float]]]


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height of a label, in the map's own units."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Label:
    """Where a label's middle lies; ``target`` is what a line leads to, None inside its place."""

    x: float
    y: float
    target: tuple[float, float] | None


def _inside(rings: Rings, points: Points) -> NDArray[np.bool_]:
    found = np.zeros(len(points), dtype=np.bool_)
    for ring in rings:
        found |= Path(np.asarray(ring)).contains_points(points)
    return found


def _frame(x: float, y: float, size: Size) -> Points:
    xs = np.linspace(x - size.width / 2, x + size.width / 2, 7)
    ys = np.linspace(y - size.height / 2, y + size.height / 2, 5)
    return np.array([(a, b) for a in xs for b in ys])


def _boundary(rings: Rings) -> Points:
    return np.concatenate([np.asarray(ring, dtype=np.float64) for ring in rings])


def _room(shape: Shape, size: Size, others: Rings) -> tuple[float, float] | None:
    """Return the point of a place farthest from its boundary where the label fits inside."""
    edge = _boundary(shape.rings)
    holes = [ring for ring in others if Path(_boundary(shape.rings)).contains_point(ring[0])]
    if holes:
        edge = np.concatenate([edge, _boundary(holes)])
    low, high = edge.min(axis=0), edge.max(axis=0)
    grid = np.array(
        [(x, y) for x in np.linspace(low[0], high[0], 45) for y in np.linspace(low[1], high[1], 45)]
    )
    grid = grid[_inside(shape.rings, grid)]
    scale = np.array([size.width, size.height])
    gaps = (np.abs(grid[:, None, :] - edge[None, :, :]) / scale).max(axis=2).min(axis=1)
    for index in np.argsort(-gaps, kind="stable")[:40]:
        x, y = (float(v) for v in grid[index])
        frame = _frame(x, y, size)
        if _inside(shape.rings, frame).all() and not _inside(holes, frame).any():
            return x, y
    return None


def _overlap(a: tuple[float, float], b: tuple[float, float], sa: Size, sb: Size) -> bool:
    return (
        abs(a[0] - b[0]) < (sa.width + sb.width) / 2 * 1.05
        and abs(a[1] - b[1]) < (sa.height + sb.height) / 2 * 1.1
    )


def _beside(
    shape: Shape,
    size: Size,
    land: Rings,
    taken: Sequence[tuple[tuple[float, float], Size]],
    extent: tuple[float, float, float, float],
) -> tuple[float, float]:
    """Return the free point nearest to a place, off the land and off other labels."""
    x0, x1, y0, y1 = extent
    grid = [
        (float(x), float(y))
        for x in np.linspace(x0 + size.width / 2, x1 - size.width / 2, 70)
        for y in np.linspace(y0 + size.height / 2, y1 - size.height / 2, 50)
    ]
    ax, ay = shape.anchor
    grid.sort(key=lambda p: (p[0] - ax) ** 2 + (p[1] - ay) ** 2)
    for point in grid:
        if any(_overlap(point, other, size, its) for other, its in taken):
            continue
        if not _inside(land, _frame(*point, size)).any():
            return point
    return grid[-1]


def place_labels(
    shapes: Sequence[Shape], sizes: Sequence[Size], extent: tuple[float, float, float, float]
) -> tuple[Label, ...]:
    """Place every label: inside where it fits, else beside the land with a line to its place.

    Parameters
    ----------
    shapes
        The places.
    sizes
        Size of each label, in the map's units.
    extent
        Least and greatest x, least and greatest y of what may be written on.
    """
    land = [ring for shape in shapes for ring in shape.rings]
    points = [shape.anchor for shape in shapes if not shape.rings]
    labels: dict[int, Label] = {}
    taken: list[tuple[tuple[float, float], Size]] = [
        (p, Size(sizes[0].height, sizes[0].height)) for p in points
    ]
    for i, shape in enumerate(shapes):
        own = {id(ring) for ring in shape.rings}
        spot = (
            _room(
                shape,
                sizes[i],
                [r for r in land if id(r) not in own]
                + [*shape.holes, *(_dot(p, sizes[i].height) for p in points)],
            )
            if shape.rings
            else None
        )
        if spot is not None:
            labels[i] = Label(*spot, None)
            taken.append((spot, sizes[i]))
    for i, shape in enumerate(shapes):
        if i not in labels:
            spot = _beside(shape, sizes[i], land, taken, extent)
            labels[i] = Label(*spot, shape.anchor)
            taken.append((spot, sizes[i]))
    return tuple(labels[i] for i in range(len(shapes)))


def _dot(point: tuple[float, float], height: float) -> tuple[tuple[float, float], ...]:
    x, y = point
    half = height / 2
    return ((x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half))
