"""Rows of a horizontal chart: labels to the left, bases to the right, a height for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from attitudes.reporting.charts.layout import Sheet, line_height, text_width, wrap
from attitudes.reporting.charts.theme import FAINT, GRID, SIZE

__all__ = ["AXIS", "Rows", "bare", "row_axes", "set_rows", "write_bases", "write_rows"]

AXIS = 0.42
"""Room under the rows for ticks and the axis' name, in inches."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Where rows lie.

    Attributes
    ----------
    lines
        Each row's label, broken into lines.
    centres
        Each row's middle, in inches above the lowest row's lower edge.
    height
        Of all rows together, inches.
    label_width, base_width
        Room to the left and to the right, inches.
    bases
        What stands to the right of each row.
    bar
        Thickness of bars, inches.
    """

    lines: tuple[tuple[str, ...], ...]
    centres: tuple[float, ...]
    height: float
    label_width: float
    base_width: float
    bases: tuple[str, ...]
    bar: float


def set_rows(
    labels: Sequence[str], bases: Sequence[str] = (), *, widest: float = 2.9, least: float = 0.3
) -> Rows:
    """Measure and place rows, the first on top."""
    lines = tuple(wrap(label, widest, SIZE - 0.5) for label in labels)
    heights = [max(least, len(own) * line_height(SIZE - 0.5) + 0.1) for own in lines]
    total = sum(heights)
    centres, y = [], total
    for own in heights:
        centres.append(y - own / 2)
        y -= own
    label_width = max((text_width(s, SIZE - 0.5) for own in lines for s in own), default=0.0)
    base_width = max((text_width(s, SIZE - 1) for s in bases), default=0.0)
    return Rows(
        lines,
        tuple(centres),
        total,
        label_width + 0.1,
        base_width + (0.1 if bases else 0.0),
        tuple(bases),
        least * 0.68,
    )


def write_rows(sheet: Sheet, rows: Rows, bottom: float, *, right: float | None = None) -> None:
    """Write the labels left of the axes and the bases right of them."""
    edge = sheet.left + rows.label_width - 0.06
    for own, centre in zip(rows.lines, rows.centres, strict=True):
        sheet.text(
            edge,
            bottom + centre,
            "\n".join(own),
            va="center_baseline" if len(own) == 1 else "center",
            ha="right",
            fontsize=SIZE - 0.5,
            linespacing=1.15,
            multialignment="right",
        )
    if rows.bases:
        write_bases(sheet, rows, rows.bases, bottom, sheet.right if right is None else right)


def write_bases(
    sheet: Sheet, rows: Rows, bases: Sequence[str], bottom: float, right: float
) -> None:
    """Write the rows' bases, ending at ``right``."""
    for base, centre in zip(bases, rows.centres, strict=True):
        sheet.text(
            right,
            bottom + centre,
            base,
            va="center_baseline",
            ha="right",
            fontsize=SIZE - 1,
            color=FAINT,
        )


def row_axes(sheet: Sheet, rows: Rows, left: float, bottom: float, width: float) -> Axes:
    """Add axes whose y is inches of the rows."""
    axes = sheet.axes(left, bottom, width, rows.height)
    axes.set_ylim(0, rows.height)
    axes.set_yticks([])
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="x", length=2.5, width=0.6)
    return axes


def bare(axes: Axes, *, grid: bool = True) -> None:
    """Light vertical lines behind the marks."""
    if grid:
        axes.grid(axis="x", color=GRID, linewidth=0.6)
