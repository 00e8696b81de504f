"""Room for every label: text is measured and wrapped before anything is placed, in inches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.patches import Rectangle

from attitudes.reporting.charts.specs import Chart
from attitudes.reporting.charts.theme import FAINT, INK, SIZE, SMALL, TITLE

__all__ = ["Key", "Sheet", "line_height", "open_sheet", "text_width", "wrap"]

WIDTH = 8.2
MARGIN = 0.18
_FINE = 720  # dots an inch: fine enough that rounding to dots does not matter
_SWATCH = 0.15
_GAP = 0.15


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of a legend."""

    label: str
    colour: str
    hatch: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A figure with its head and foot set; the body lies between ``bottom`` and ``top``.

    All lengths are inches from the lower left corner.
    """

    figure: Figure
    width: float
    height: float
    left: float
    right: float
    bottom: float
    top: float

    def axes(self, left: float, bottom: float, width: float, height: float) -> Axes:
        """Add axes at a place given in inches."""
        box = (
            left / self.width,
            bottom / self.height,
            width / self.width,
            height / self.height,
        )
        return self.figure.add_axes(box)

    def text(self, x: float, y: float, text: str, **style: Any) -> None:
        """Write at a place given in inches."""
        self.figure.text(x / self.width, y / self.height, text, **style)


@lru_cache
def _font(weight: str) -> Any:
    return get_font(findfont(FontProperties(family="DejaVu Sans", weight=weight)))


@lru_cache(maxsize=8192)
def text_width(text: str, size: float = SIZE, weight: str = "normal") -> float:
    """Width of one line of text, in inches."""
    font = _font(weight)
    font.set_size(size, _FINE)
    font.set_text(text, 0.0)
    return float(font.get_width_height()[0]) / 64 / _FINE


def line_height(size: float = SIZE) -> float:
    """Distance of lines of text, in inches."""
    return size * 1.3 / 72


def wrap(text: str, width: float, size: float = SIZE, weight: str = "normal") -> tuple[str, ...]:
    """Break text into lines no wider than ``width`` inches; a longer word is broken."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if text_width(longer, size, weight) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        line = word
        while text_width(line, size, weight) > width and len(line) > 1:
            cut = next(
                i
                for i in range(len(line) - 1, 0, -1)
                if i == 1 or text_width(line[:i] + "-", size, weight) <= width
            )
            lines.append(line[:cut] + "-")
            line = line[cut:]
    return (*lines, line) if line else tuple(lines)


def _legend_size(keys: Sequence[Key], width: float) -> float:
    """Return a size of letters that keeps a legend on one line where a little smaller does it."""
    for size in (SIZE - 0.5, SIZE - 1.0, SIZE - 1.5):
        whole = sum(_SWATCH + 0.06 + text_width(key.label, size) + _GAP for key in keys) - _GAP
        if whole <= width:
            return size
    return SIZE - 0.5


def _legend_rows(
    keys: Sequence[Key], width: float, size: float
) -> list[list[tuple[float, Key, str]]]:
    rows: list[list[tuple[float, Key, str]]] = [[]]
    x = 0.0
    for key in keys:
        label = " ".join(key.label.split())
        own = _SWATCH + 0.06 + text_width(label, size) + _GAP
        if rows[-1] and x + own - _GAP > width:
            rows.append([])
            x = 0.0
        rows[-1].append((x, key, label))
        x += own
    return [row for row in rows if row]


def open_sheet(chart: Chart, body: float, keys: Sequence[Key] = (), width: float = WIDTH) -> Sheet:
    """Make a figure with title, convention, legend and provenance around ``body`` inches."""
    inner = width - 2 * MARGIN
    title = wrap(chart.title, inner, TITLE, "bold")
    label = wrap(chart.label, inner, SMALL + 0.5)
    foot = wrap(chart.provenance, inner, SMALL)
    letters = _legend_size(keys, inner)
    legend = _legend_rows(keys, inner, letters)
    head = len(title) * line_height(TITLE) + len(label) * line_height(SMALL + 0.5)
    head += len(legend) * 0.23 + (0.06 if legend else 0.0)
    low = MARGIN + len(foot) * line_height(SMALL)
    height = MARGIN + head + 0.1 + body + 0.1 + low
    figure = Figure(figsize=(width, height))
    sheet = Sheet(
        figure, width, height, MARGIN, width - MARGIN, low + 0.1, height - MARGIN - head - 0.1
    )
    y = height - MARGIN
    y = _lines(sheet, title, y, size=TITLE, weight="bold", color=INK)
    y = _lines(sheet, label, y, size=SMALL + 0.5, color=FAINT)
    _legend(sheet, legend, y - 0.06, letters)
    _lines(sheet, foot, low, size=SMALL, color=FAINT)
    return sheet


def _lines(sheet: Sheet, lines: Sequence[str], y: float, *, size: float, **style: Any) -> float:
    for line in lines:
        sheet.text(sheet.left, y, line, va="top", ha="left", fontsize=size, **style)
        y -= line_height(size)
    return y


def _legend(sheet: Sheet, rows: list[list[tuple[float, Key, str]]], y: float, size: float) -> None:
    for row in rows:
        for x, key, label in row:
            corner = ((sheet.left + x) / sheet.width, (y - 0.17) / sheet.height)
            sheet.figure.add_artist(
                Rectangle(
                    corner,
                    _SWATCH / sheet.width,
                    0.13 / sheet.height,
                    transform=sheet.figure.transFigure,
                    facecolor=key.colour,
                    edgecolor=FAINT,
                    linewidth=0.4,
                    hatch=key.hatch,
                )
            )
            start = sheet.left + x + _SWATCH + 0.06
            sheet.text(start, y - 0.105, label, va="center", ha="left", fontsize=size)
        y -= 0.23
