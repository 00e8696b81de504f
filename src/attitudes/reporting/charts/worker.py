"""Draw charts in a process of its own: charts come in by standard input, drawings go out."""

from __future__ import annotations

import pickle
import sys

from attitudes.reporting.charts.draw import draw, to_png, to_svg
from attitudes.reporting.charts.specs import Chart

__all__ = ["draw_one", "main"]

Drawing = tuple[str, str | None, bytes | None]
"""A chart's id, its SVG and its PNG."""


def draw_one(chart: Chart, *, svg: bool, png: bool) -> Drawing:
    """Draw a chart once and write it in the formats wanted."""
    figure = draw(chart)
    return (
        chart.id,
        to_svg(chart, figure) if svg else None,
        to_png(chart, figure) if png else None,
    )


def main() -> None:
    """Read a pickled task, write one pickled drawing after another."""
    charts, svg, png = pickle.load(sys.stdin.buffer)
    out = sys.stdout.buffer
    for chart in charts:
        pickle.dump(draw_one(chart, svg=svg, png=png), out)
        out.flush()


if __name__ == "__main__":
    main()
