"""Maps of a mean by place."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

from attitudes.errors import StudyError
from attitudes.reporting.chart_means import ends_of, extremes, group_table, naming
from attitudes.reporting.chart_shares import frame
from attitudes.reporting.charts.specs import Chart, RegionMap, Shape
from attitudes.reporting.context import Context
from attitudes.reporting.model import ReportTable
from attitudes.reporting.notes import scale_warnings
from attitudes.reporting.tables import MEAN_DECIMALS
from attitudes.study.exhibits import Exhibit, Geometry

__all__ = ["map_chart"]

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """Outlines, the holes in them, and the point that stands for a place."""

    rings: tuple[Ring, ...]
    holes: tuple[Ring, ...]
    anchor: tuple[float, float]


def _ring(points: list[list[float]]) -> Ring:
    return tuple((float(x), float(y)) for x, y, *_ in points)


def _place(feature: dict[str, Any]) -> _Place:
    """Return the outlines of a polygon or of several."""
    geometry = feature["geometry"]
    one = geometry["type"] == "Polygon"
    polygons = [geometry["coordinates"]] if one else geometry["coordinates"]
    rings = tuple(_ring(polygon[0]) for polygon in polygons)
    holes = tuple(_ring(hole) for polygon in polygons for hole in polygon[1:])
    return _Place(rings, holes, _middle(rings))


def _middle(rings: tuple[Ring, ...]) -> tuple[float, float]:
    largest = max(rings, key=len)
    xs, ys = [x for x, _ in largest], [y for _, y in largest]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def _places(ctx: Context, geometry: Geometry) -> dict[str, _Place]:
    path = ctx.study.path(geometry.file)
    read = json.loads(path.read_text(encoding="utf-8"))
    named = {str(f["properties"].get(geometry.key)): _place(f) for f in read["features"]}
    found: dict[str, _Place] = {}
    for group, place in geometry.places.items():
        if place not in named:
            raise StudyError.unknown(f"{path}, {geometry.key}", "place", place, named)
        found[str(group)] = named[place]
    for group, point in geometry.points.items():
        found[str(group)] = _Place((), (), point)
    return found


def map_chart(ctx: Context, exhibit: Exhibit, name: str) -> tuple[Chart, tuple[ReportTable, ...]]:
    """Make the map of a scale or question by the groups of a breakdown.

    Raises
    ------
    StudyError
        When a group has no place on the map.
    """
    if exhibit.geometry is None:
        raise StudyError(f"exhibit {exhibit.id}", "no geometry", "the shapes of its places")
    places = _places(ctx, exhibit.geometry)
    table = group_table(ctx, exhibit, name, "recomputed")
    shapes = []
    for head, row in zip(table.rows, table.cells, strict=True):
        if head.total:
            continue
        if head.id not in places:
            where = f"exhibit {exhibit.id}, geometry"
            raise StudyError(where, f"no place for group {head.id}", "a place for each group")
        place, n = places[head.id], row[0].n or 0
        shapes.append(
            Shape(
                head.id,
                head.label,
                place.rings,
                place.anchor,
                row[0].value,
                n,
                n < ctx.minimum,
                place.holes,
            )
        )
    ends = ends_of(ctx, name)
    known = [s.value for s in shapes if s.value is not None] or list(ends)
    limits = (math.floor(min(known) * 10) / 10, math.ceil(max(known) * 10) / 10)
    axis = ctx.words("chart.mean_axis", low=f"{ends[0]:g}", high=f"{ends[1]:g}")
    source = exhibit.geometry.source
    credit = source.get(ctx.lang, source["en"]) if source else ""
    body = RegionMap(tuple(shapes), axis, limits, MEAN_DECIMALS, credit)
    alt = extremes(
        ctx,
        "chart.alt.map",
        [(s.value, s.label) for s in shapes],
        rows=len(shapes),
        what=ctx.label(name),
    )
    suffix, title = naming(ctx, exhibit, name)
    caption = ctx.words("chart.caption.map", minimum=ctx.minimum)
    caption = " ".join((caption, *scale_warnings(ctx, exhibit)))
    chart = frame(
        ctx,
        exhibit,
        "recomputed",
        body,
        alt,
        suffix=suffix,
        title=title,
        caption=caption,
        of="map",
    )
    return chart, (table,)
