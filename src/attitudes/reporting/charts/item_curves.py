"""Item characteristic curves: how likely each answer is along the latent value."""

from __future__ import annotations

import math

from matplotlib.figure import Figure

from attitudes.reporting.charts.layout import Key, line_height, open_sheet, wrap
from attitudes.reporting.charts.specs import Chart
from attitudes.reporting.charts.specs_scales import ItemCurves
from attitudes.reporting.charts.theme import FAINT, GRID, SIZE, SMALL, ordinal_colours

__all__ = ["draw_item_curves"]

_ACROSS = 3
_HEIGHT = 1.25
_DASHES = ("-", (0, (5, 1.5)), (0, (1, 1)), (0, (4, 1, 1, 1)), (0, (7, 2)))


def draw_item_curves(chart: Chart, body: ItemCurves) -> Figure:
    """Draw one panel an item, three across; lines differ in colour and in dashes."""
    across = min(_ACROSS, len(body.panels))
    deep = math.ceil(len(body.panels) / across)
    gap, axis = 0.3, 0.42
    width = (7.84 - axis - gap * (across - 1)) / across
    titles = [wrap(p.title, width, SMALL + 0.5, "bold") for p in body.panels]
    notes = [wrap(p.note, width, SMALL) for p in body.panels]
    heads = [
        max(
            len(titles[i]) * line_height(SMALL + 0.5) + len(notes[i]) * line_height(SMALL)
            for i in range(row * across, min((row + 1) * across, len(titles)))
        )
        + 0.1
        for row in range(deep)
    ]
    under = 0.3
    colours = dict(zip(body.answers, ordinal_colours(len(body.answers)), strict=True))
    keys = tuple(Key(a, _dark(colours[a])) for a in body.answers)
    foot = 0.2
    sheet = open_sheet(chart, sum(heads) + deep * (_HEIGHT + under) + foot, keys)
    top = sheet.top
    for i, panel in enumerate(body.panels):
        row, column = divmod(i, across)
        if column == 0 and row:
            top -= heads[row - 1] + _HEIGHT + under
        left = sheet.left + axis + column * (width + gap)
        bottom = top - heads[row] - _HEIGHT
        axes = sheet.axes(left, bottom, width, _HEIGHT)
        axes.set_ylim(0, 1)
        axes.set_xlim(body.x[0], body.x[-1])
        axes.grid(color=GRID, linewidth=0.5)
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_yticks([0, 0.5, 1])
        axes.tick_params(labelsize=SMALL, length=2)
        if column:
            axes.set_yticklabels([])
        for curve in panel.curves:
            place = body.answers.index(curve.answer)
            axes.plot(
                body.x,
                curve.y,
                color=_dark(colours[curve.answer]),
                linewidth=1.5,
                linestyle=_DASHES[place % len(_DASHES)],
            )
        y = top
        for line in titles[i]:
            sheet.text(left, y, line, va="top", ha="left", fontsize=SMALL + 0.5, weight="bold")
            y -= line_height(SMALL + 0.5)
        for line in notes[i]:
            sheet.text(left, y, line, va="top", ha="left", fontsize=SMALL, color=FAINT)
            y -= line_height(SMALL)
    sheet.text(
        sheet.left + axis + (7.84 - axis) / 2,
        sheet.bottom,
        body.x_label,
        ha="center",
        va="bottom",
        fontsize=SIZE - 1,
    )
    sheet.text(
        sheet.left,
        (sheet.top + sheet.bottom) / 2,
        body.y_label,
        rotation=90,
        ha="left",
        va="center",
        fontsize=SIZE - 1,
    )
    return sheet.figure


def _dark(colour: str) -> str:
    """Darken colours of bars until they can be lines on white.

    Examples
    --------
    >>> _dark("#000000")
    '#000000'
    """
    from matplotlib.colors import to_hex, to_rgb

    red, green, blue = to_rgb(colour)
    lightness = (red + green + blue) / 3
    scale = min(1.0, 0.62 / lightness) if lightness else 1.0
    return to_hex((red * scale, green * scale, blue * scale))
