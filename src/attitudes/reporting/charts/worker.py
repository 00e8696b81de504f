"""Draw charts in a process of its own: charts come in by standard input, drawings go out."""

from __future__ import annotations

import pickle
import sys

from attitudes.reporting.charts.draw import draw, to_png, to_svg
from attitudes.reporting.charts.specs import Chart

__all__ = ["draw_one", "main"]

Drawing = tuple[str | None, bytes | None]
"""A chart's SVG and its PNG, None where the format was not wanted."""


def draw_one(chart: Chart, *, svg: bool, png: bool) -> Drawing:
    """Draw a chart once and write it in the formats wanted."""
    figure = draw(chart)
    return (to_svg(chart, figure) if svg else None, to_png(chart, figure) if png else None)


def main() -> None:
    """Answer every pickled (chart, svg, png) by a pickled drawing, until the input ends."""
    source, out = sys.stdin.buffer, sys.stdout.buffer
    while True:
        try:
            chart, svg, png = pickle.load(source)
        except EOFError:
            return
        pickle.dump(draw_one(chart, svg=svg, png=png), out)
        out.flush()


if __name__ == "__main__":
    main()
