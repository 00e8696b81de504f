"""From a chart's data to a figure, and from a figure to SVG and PNG."""

from __future__ import annotations

import io
import re

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from attitudes.reporting.charts.bars import draw_bars, draw_panels, draw_stacked
from attitudes.reporting.charts.dots import draw_dots
from attitudes.reporting.charts.heatmap import draw_heat_map
from attitudes.reporting.charts.item_curves import draw_item_curves
from attitudes.reporting.charts.likert import draw_diverging
from attitudes.reporting.charts.maps import draw_map
from attitudes.reporting.charts.paths import draw_paths
from attitudes.reporting.charts.scatter import draw_scatter
from attitudes.reporting.charts.scree import draw_scree
from attitudes.reporting.charts.specs import (
    Bars,
    Chart,
    Diverging,
    Dots,
    Panels,
    RegionMap,
    Scatter,
    Stacked,
)
from attitudes.reporting.charts.specs_scales import HeatMap, ItemCurves, Paths, Scree
from attitudes.reporting.charts.specs_weights import Weights
from attitudes.reporting.charts.theme import styled
from attitudes.reporting.charts.weights import draw_weights

__all__ = ["draw", "to_png", "to_svg"]

DPI = 130


def draw(chart: Chart) -> Figure:
    """Draw a chart.

    Parameters
    ----------
    chart
        What to show.

    Returns
    -------
    Figure
        A figure with a canvas of its own; matplotlib's global state is not touched.
    """
    with styled():
        figure = _draw(chart)
        FigureCanvasAgg(figure)
    return figure


def _draw(chart: Chart) -> Figure:
    match chart.body:
        case Stacked() as body:
            return draw_stacked(chart, body)
        case Diverging() as body:
            return draw_diverging(chart, body)
        case Bars() as body:
            return draw_bars(chart, body)
        case Panels() as body:
            return draw_panels(chart, body)
        case Dots() as body:
            return draw_dots(chart, body)
        case Scatter() as body:
            return draw_scatter(chart, body)
        case RegionMap() as body:
            return draw_map(chart, body)
        case HeatMap() as body:
            return draw_heat_map(chart, body)
        case Scree() as body:
            return draw_scree(chart, body)
        case Paths() as body:
            return draw_paths(chart, body)
        case ItemCurves() as body:
            return draw_item_curves(chart, body)
        case Weights() as body:
            return draw_weights(chart, body)


def to_svg(chart: Chart, figure: Figure | None = None) -> str:
    """Return the chart as SVG, the same text for the same data.

    Letters are outlines, so that a page looks the same on a machine without the font; the
    words stand in the title and the description.
    """
    figure = figure or draw(chart)
    stream = io.StringIO()
    metadata = {
        "Date": None,
        "Creator": "attitudes",
        "Title": chart.title,
        "Description": f"{chart.alt} {chart.provenance}".strip(),
        "Source": chart.provenance,
    }
    with styled():
        figure.savefig(stream, format="svg", metadata=metadata)
    text = re.sub(r"[ \t]+$", "", stream.getvalue(), flags=re.MULTILINE)
    return text.replace("\r\n", "\n")


def to_png(chart: Chart, figure: Figure | None = None) -> bytes:
    """Return the chart as PNG, with its provenance in the file's metadata."""
    figure = figure or draw(chart)
    stream = io.BytesIO()
    metadata = {
        "Software": "attitudes",
        "Title": chart.title,
        "Description": f"{chart.alt} {chart.provenance}".strip(),
        "Source": chart.provenance,
    }
    with styled():
        figure.savefig(
            stream, format="png", dpi=DPI, metadata=metadata, pil_kwargs={"compress_level": 4}
        )
    return stream.getvalue()
