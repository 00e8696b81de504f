"""Bars: stacked to 100, one number a row, and panels of one number a row."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from attitudes.reporting.charts.layout import Key, line_height, open_sheet, text_width, wrap
from attitudes.reporting.charts.rows import AXIS, Rows, bare, row_axes, set_rows, write_rows
from attitudes.reporting.charts.specs import Bars, Chart, Interval, Panels, Segment, Stacked
from attitudes.reporting.charts.theme import (
    BAR,
    CONVENTION_COLOURS,
    FAINT,
    INK,
    SIZE,
    SMALL,
    contrast,
    missing_style,
    nominal_colours,
    ordinal_colours,
    pale,
)

__all__ = ["axis_top", "draw_bars", "draw_panels", "draw_stacked", "keys_of", "number", "stack"]

_LABEL = SMALL


def number(value: float, decimals: int) -> str:
    """A share as it is written on a bar.

    Examples
    --------
    >>> number(41.26, 1), number(0.4, 0)
    ('41.3', '0')
    """
    scaled = math.floor(abs(value) * 10**decimals + 0.5 + 1e-9) / 10**decimals
    return f"{math.copysign(scaled, value) if scaled else 0.0:.{decimals}f}"


def keys_of(segments: Sequence[Segment]) -> tuple[Key, ...]:
    """Give each answer its colour, by what kind of answer it is."""
    ordinal = ordinal_colours(sum(s.role == "ordinal" for s in segments))
    nominal = nominal_colours(sum(s.role == "nominal" for s in segments))
    taken = {"ordinal": 0, "nominal": 0, "missing": 0}
    keys = []
    for segment in segments:
        position = taken[segment.role]
        taken[segment.role] += 1
        if segment.role == "missing":
            keys.append(Key(segment.label, *missing_style(position)))
        else:
            palette = ordinal if segment.role == "ordinal" else nominal
            keys.append(Key(segment.label, palette[position]))
    return tuple(keys)


def stack(
    axes: Axes,
    rows: Rows,
    segments: Sequence[Segment],
    keys: Sequence[Key],
    starts: Sequence[float],
    scale: float,
    decimals: int,
) -> None:
    """Draw segments one after another from ``starts``; ``scale`` is inches per percent."""
    left = list(starts)
    for segment, key in zip(segments, keys, strict=True):
        widths = [0.0 if v is None else v for v in segment.values]
        axes.barh(
            rows.centres,
            widths,
            height=rows.bar,
            left=left,
            color=key.colour,
            hatch=key.hatch or None,
            edgecolor="#6b7480" if key.hatch else "white",
            linewidth=0.4,
        )
        for i, width in enumerate(widths):
            label = number(width, decimals)
            if width and text_width(label, _LABEL) + 0.05 < width * scale:
                box = {"facecolor": key.colour, "edgecolor": "none", "pad": 0.6}
                axes.text(
                    left[i] + width / 2,
                    rows.centres[i],
                    label,
                    ha="center",
                    va="center_baseline",
                    fontsize=_LABEL,
                    color=contrast(key.colour),
                    bbox=box if key.hatch else None,
                )
            left[i] += width


def draw_stacked(chart: Chart, body: Stacked) -> Figure:
    """Draw shares that add up to 100."""
    keys = keys_of(body.segments)
    rows = set_rows(body.rows, base_texts(body.bases, body.small))
    sheet = open_sheet(chart, rows.height + AXIS, keys)
    left = sheet.left + rows.label_width
    width = sheet.right - rows.base_width - left
    bottom = sheet.bottom + AXIS
    axes = row_axes(sheet, rows, left, bottom, width)
    whole = max(
        [100.0, *(sum(s.values[i] or 0.0 for s in body.segments) for i in range(len(body.rows)))]
    )
    axes.set_xlim(0, whole)
    stack(axes, rows, body.segments, keys, [0.0] * len(body.rows), width / whole, body.decimals)
    axes.set_xticks(range(0, 101, 20))
    axes.set_xlabel("%", fontsize=SIZE - 1)
    write_rows(sheet, rows, bottom)
    return sheet.figure


def base_texts(bases: Sequence[int], floor: Sequence[bool] = ()) -> tuple[str, ...]:
    """Write the bases of rows; a base under the minimum has a star, figures of print have none."""
    if not any(bases):
        return ("",) * len(bases)
    marks = [*floor] or [False] * len(bases)
    return tuple(
        f"n = {b:,}{'*' if m else ''}".replace(",", "\u202f")
        for b, m in zip(bases, marks, strict=True)
    )


def axis_top(values: Sequence[float | None]) -> float:
    """Return where an axis of percentages ends so that all values lie on it.

    Examples
    --------
    >>> axis_top([12.0, 41.5, None]), axis_top([3.0])
    (50, 5)
    """
    known = [v for v in values if v is not None]
    highest = max(known, default=0.0)
    step = 10 if highest > 25 else 5
    return min(100.0, max(step, math.ceil(highest * 1.02 / step) * step))


def _plain(
    axes: Axes,
    rows: Rows,
    values: Sequence[float | None],
    decimals: int,
    width: float,
    top: float,
    colour: str,
) -> None:
    axes.set_xlim(0, top)
    bare(axes)
    axes.barh(rows.centres, [v or 0.0 for v in values], height=rows.bar, color=colour)
    scale = width / top
    for centre, value in zip(rows.centres, values, strict=True):
        if value is None:
            axes.text(top * 0.01, centre, "–", va="center_baseline", fontsize=_LABEL, color=FAINT)
            continue
        label = number(value, decimals)
        inside = value * scale > text_width(label, _LABEL) + 0.12
        axes.text(
            value,
            centre,
            f"{label} " if inside else f" {label}",
            fontsize=_LABEL,
            ha="right" if inside else "left",
            va="center_baseline",
            color="white" if inside else INK,
        )


def draw_bars(chart: Chart, body: Bars) -> Figure:
    """Draw one number a row, with its interval where there is one."""
    rows = set_rows(body.rows)
    sheet = open_sheet(chart, rows.height + AXIS)
    left = sheet.left + rows.label_width
    width = sheet.right - (0.55 if body.low else 0.3) - left
    bottom = sheet.bottom + AXIS
    axes = row_axes(sheet, rows, left, bottom, width)
    top = body.top or axis_top([*body.values, *body.high])
    colour = CONVENTION_COLOURS.get(chart.convention, BAR)
    if body.low:
        axes.set_xlim(0, top)
        bare(axes)
        axes.barh(
            rows.centres, [v or 0.0 for v in body.values], height=rows.bar, color=pale(colour)
        )
        _intervals(axes, rows, body)
    else:
        _plain(axes, rows, body.values, body.decimals, width, top, colour)
    axes.set_xlabel(f"{body.axis}   ({base_texts([body.base])[0]})", fontsize=SIZE - 1)
    write_rows(sheet, rows, bottom)
    return sheet.figure


def _intervals(axes: Axes, rows: Rows, body: Bars) -> None:
    for i, value in enumerate(body.values):
        if value is None:
            axes.text(0, rows.centres[i], " –", va="center_baseline", fontsize=_LABEL, color=FAINT)
            continue
        low, high = body.low[i], body.high[i]
        if low is not None and high is not None:
            axes.plot(
                [low, high], [rows.centres[i]] * 2, color=INK, linewidth=1.2, solid_capstyle="butt"
            )
        axes.text(
            max(value, high or value),
            rows.centres[i],
            f" {number(value, body.decimals)}",
            fontsize=_LABEL,
            va="center_baseline",
            ha="left",
            color=INK,
        )


def _ranged(
    axes: Axes,
    rows: Rows,
    values: Sequence[float | None],
    intervals: Sequence[Interval],
    decimals: int,
    width: float,
    top: float,
    colour: str,
) -> None:
    """Draw narrow bars with intervals: the number stands at the bar's foot, or after its end."""
    axes.set_xlim(0, top)
    bare(axes)
    axes.barh(rows.centres, [v or 0.0 for v in values], height=rows.bar, color=pale(colour))
    scale = width / top
    for centre, value, interval in zip(rows.centres, values, intervals, strict=True):
        if value is None:
            axes.text(top * 0.01, centre, "–", va="center_baseline", fontsize=_LABEL, color=FAINT)
            continue
        low, high = interval or (value, value)
        if interval is not None:
            axes.plot(
                [low, min(high, top)],
                [centre, centre],
                color=INK,
                linewidth=1.0,
                solid_capstyle="butt",
            )
        label = number(value, decimals)
        inside = value * scale > text_width(label, _LABEL) + 0.12
        axes.text(
            0.05 / scale if inside else max(value, high) + 0.04 / scale,
            centre,
            label,
            fontsize=_LABEL,
            va="center_baseline",
            ha="left",
            color=INK,
            bbox={"facecolor": pale(colour), "edgecolor": "none", "pad": 0.5} if inside else None,
        )


def draw_panels(chart: Chart, body: Panels) -> Figure:
    """Draw bars in panels side by side, at most four in a row of panels."""
    rows = set_rows(body.rows, base_texts(body.bases, body.small), widest=1.7, least=0.27)
    count = len(body.panels)
    across = min(4, count)
    deep = math.ceil(count / across)
    gap = 0.16
    room = 8.2 - 2 * 0.18 - rows.label_width - rows.base_width
    width = (room - gap * (across - 1)) / across
    titles = [wrap(title, width, SIZE - 1, "bold") for title, _ in body.panels]
    head = max(len(t) for t in titles) * line_height(SIZE - 1) + 0.08
    each = head + rows.height + AXIS
    sheet = open_sheet(chart, deep * each)
    top = body.top or axis_top([v for _, values in body.panels for v in values])
    colour = CONVENTION_COLOURS.get(chart.convention, BAR)
    for i, (_, values) in enumerate(body.panels):
        bottom = sheet.top - (i // across + 1) * each + AXIS
        left = sheet.left + rows.label_width + (i % across) * (width + gap)
        axes = row_axes(sheet, rows, left, bottom, width)
        if body.intervals:
            _ranged(axes, rows, values, body.intervals[i], body.decimals, width, top, colour)
        else:
            _plain(axes, rows, values, body.decimals, width, top, colour)
        axes.set_xticks([t for t in axes.get_xticks() if 0 <= t <= 0.9 * top])
        axes.set_xlabel(body.axis, fontsize=SIZE - 1)
        sheet.text(
            left,
            bottom + rows.height + head - 0.02,
            "\n".join(titles[i]),
            va="top",
            ha="left",
            fontsize=SIZE - 1,
            weight="bold",
            linespacing=1.2,
        )
        if i % across == 0:
            write_rows(sheet, rows, bottom)
    return sheet.figure
