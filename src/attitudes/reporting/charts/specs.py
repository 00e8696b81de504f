"""What a chart shows: plain data, from which any renderer could draw it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from attitudes.reporting.charts.specs_scales import HeatMap, ItemCurves, Paths, Scree
from attitudes.reporting.charts.specs_weights import Weights

__all__ = [
    "Bars",
    "Body",
    "Chart",
    "Diverging",
    "Dots",
    "DotsPanel",
    "Interval",
    "Panels",
    "Point",
    "RegionMap",
    "Scatter",
    "Segment",
    "Shape",
    "Stacked",
]

Role = Literal["ordinal", "nominal", "missing"]


@dataclass(frozen=True, slots=True)
class Segment:
    """One answer across the rows of a stacked chart: shares in percent, one a row.

    ``role`` decides the colour: ordered answers take the diverging palette, others the
    qualitative one, kinds of missing answer hatched greys. None is a share that is not known.
    """

    id: str
    label: str
    values: tuple[float | None, ...]
    role: Role = "ordinal"


@dataclass(frozen=True, slots=True)
class Stacked:
    """Shares that add up to 100, one bar a row."""

    rows: tuple[str, ...]
    bases: tuple[int, ...]
    segments: tuple[Segment, ...]
    decimals: int = 0
    small: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class Diverging:
    """Ordered answers around their middle, one bar a row; kinds of missing answer apart."""

    rows: tuple[str, ...]
    bases: tuple[int, ...]
    segments: tuple[Segment, ...]
    missing: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """One number a row, in percent, with an interval where it is known.

    ``top`` is the axis' end where several charts share it; 0: it follows from the numbers.
    """

    rows: tuple[str, ...]
    values: tuple[float | None, ...]
    base: int
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    decimals: int = 0
    axis: str = "%"
    top: float = 0.0


Interval = tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Panels:
    """Bars in percent, one panel a series, the same rows in each.

    ``intervals`` are those of each panel's rows, empty where none are known; ``small`` marks rows
    with a base under the minimum. ``top`` is the axis' end where several charts share it.
    """

    rows: tuple[str, ...]
    bases: tuple[int, ...]
    panels: tuple[tuple[str, tuple[float | None, ...]], ...]
    decimals: int = 0
    axis: str = "%"
    intervals: tuple[tuple[Interval, ...], ...] = ()
    small: tuple[bool, ...] = ()
    top: float = 0.0


@dataclass(frozen=True, slots=True)
class Point:
    """One estimate: value, interval, base; ``small`` marks a base under the minimum."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    small: bool = False


@dataclass(frozen=True, slots=True)
class DotsPanel:
    """One convention's estimates, one point a row."""

    title: str
    points: tuple[Point, ...]
    convention: str


@dataclass(frozen=True, slots=True)
class Dots:
    """Dots with intervals, one panel a convention, the same rows and axis in each."""

    rows: tuple[str, ...]
    panels: tuple[DotsPanel, ...]
    axis: str
    limits: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Scatter:
    """Pairs of numbers: each distinct pair once, with the count of respondents at it.

    With ``labels`` the points are groups, each named.
    """

    x: tuple[float, ...]
    y: tuple[float, ...]
    counts: tuple[int, ...]
    x_label: str
    y_label: str
    line: tuple[float, float] | None
    text: tuple[str, ...]
    x_limits: tuple[float, float]
    y_limits: tuple[float, float]
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """One place of a map: outlines as (longitude, latitude) rings, or a point without outline.

    ``holes`` are rings inside the outlines that belong to other places.
    """

    id: str
    label: str
    rings: tuple[tuple[tuple[float, float], ...], ...]
    anchor: tuple[float, float]
    value: float | None
    n: int
    small: bool = False
    holes: tuple[tuple[tuple[float, float], ...], ...] = ()


@dataclass(frozen=True, slots=True)
class RegionMap:
    """A map of places coloured by a number."""

    shapes: tuple[Shape, ...]
    axis: str
    limits: tuple[float, float]
    decimals: int = 2
    credit: str = ""


Body = (
    Stacked
    | Diverging
    | Bars
    | Panels
    | Dots
    | Scatter
    | RegionMap
    | HeatMap
    | Scree
    | Paths
    | ItemCurves
    | Weights
)


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart.

    Attributes
    ----------
    id
        Identifier, unique in the report; the name of its files.
    title
        Drawn above the chart.
    alt
        What the chart shows, in words, for those who do not see it.
    caption
        How to read it; stands under it.
    convention
        ``as_published``, ``recomputed`` or ``both``.
    label
        The convention in words.
    provenance
        Drawn in the chart's foot.
    body
        The data.
    """

    id: str
    title: str
    alt: str
    caption: str
    convention: str
    label: str
    provenance: str
    body: Body

    def __repr__(self) -> str:
        return f"Chart({self.id!r}, {type(self.body).__name__})"
