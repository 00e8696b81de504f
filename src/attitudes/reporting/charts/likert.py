"""Diverging Likert bars: ordered answers around their middle, kinds of missing answer apart."""

from __future__ import annotations

import math

from matplotlib.figure import Figure

from attitudes.reporting.charts.bars import base_texts, keys_of, stack
from attitudes.reporting.charts.layout import open_sheet
from attitudes.reporting.charts.rows import AXIS, row_axes, set_rows, write_rows
from attitudes.reporting.charts.specs import Chart, Diverging
from attitudes.reporting.charts.theme import GRID, SIZE

__all__ = ["draw_diverging", "left_of_middle"]


def left_of_middle(body: Diverging) -> list[float]:
    """Percent that lies left of the middle in each row; a middle answer counts half.

    Examples
    --------
    >>> from attitudes.reporting.charts.specs import Segment
    >>> shares = [Segment("1", "no", (30.0,)), Segment("2", "mid", (20.0,)),
    ...           Segment("3", "yes", (50.0,))]
    >>> left_of_middle(Diverging(("q",), (10,), tuple(shares), ()))
    [40.0]
    """
    count = len(body.segments)
    half, middle = count // 2, count // 2 if count % 2 else None
    sums = []
    for i in range(len(body.rows)):
        total = sum(s.values[i] or 0.0 for s in body.segments[:half])
        if middle is not None:
            total += (body.segments[middle].values[i] or 0.0) / 2
        sums.append(total)
    return sums


def _up(value: float) -> float:
    return math.ceil(value / 10 - 1e-9) * 10.0


def draw_diverging(chart: Chart, body: Diverging) -> Figure:
    """Draw ordered answers around zero and missing answers in a panel of their own."""
    missing = [s for s in body.missing if any(s.values)]
    keys, apart = keys_of(body.segments), keys_of(missing)
    rows = set_rows(body.rows, base_texts(body.bases), least=0.32)
    sheet = open_sheet(chart, rows.height + AXIS, (*keys, *apart))
    lefts = left_of_middle(body)
    count = range(len(body.rows))
    wholes = [sum(s.values[i] or 0.0 for s in body.segments) for i in count]
    out = [sum(s.values[i] or 0.0 for s in missing) for i in count]
    low = max(10.0, _up(max(lefts, default=0.0)))
    high = max(10.0, _up(max((w - a for w, a in zip(wholes, lefts, strict=True)), default=0.0)))
    beyond = _up(max(out, default=0.0))
    gap = 0.2 if beyond else 0.0
    left, bottom = sheet.left + rows.label_width, sheet.bottom + AXIS
    room = sheet.right - rows.base_width - left - gap
    scale = room / (low + high + beyond)
    axes = row_axes(sheet, rows, left, bottom, scale * (low + high))
    axes.set_xlim(-low, high)
    axes.axvline(0, color="#9aa3af", linewidth=0.8, zorder=0)
    stack(axes, rows, body.segments, keys, [-a for a in lefts], scale, 0)
    ticks = [t for t in range(-100, 101, 20) if -low <= t <= high]
    axes.set_xticks(ticks, [str(abs(t)) for t in ticks])
    axes.set_xlabel("%", fontsize=SIZE - 1)
    if beyond:
        other = row_axes(sheet, rows, left + scale * (low + high) + gap, bottom, scale * beyond)
        other.set_xlim(0, beyond)
        other.spines["left"].set_visible(True)
        other.spines["left"].set_color(GRID)
        stack(other, rows, missing, apart, [0.0] * len(body.rows), scale, 0)
        other.set_xticks([0, int(beyond)])
        other.set_xlabel("%", fontsize=SIZE - 1)
    write_rows(sheet, rows, bottom)
    return sheet.figure
