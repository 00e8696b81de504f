"""Levels as printed and on the proper scale, drawn as points and intervals on one axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from attitudes.auditing.model import Audit, Corrected

__all__ = ["levels_section"]

_WIDTH, _LEFT, _RIGHT, _ROW = 760, 210, 190, 22


def levels_section(audit: Audit) -> str:
    """Return a drawing for each scale and breakdown: printed, corrected, rank."""
    groups: dict[tuple[str, str], list[Corrected]] = {}
    for c in audit.corrected:
        groups.setdefault((c.scale, c.breakdown), []).append(c)
    return "".join(
        f"<figure><figcaption>{escape(audit.labels.get(scale, scale))}, by "
        f"{escape(breakdown.replace('_', ' '))}</figcaption>{_drawing(levels, audit.labels)}"
        "</figure>"
        for (scale, breakdown), levels in groups.items()
    )


def _drawing(levels: Sequence[Corrected], labels: Mapping[str, str]) -> str:
    printed = [float(c.printed.replace(",", ".")) for c in levels if c.printed]
    ends = [float(e) for c in levels for e in (c.low, c.high)]
    low, high = min([*printed, *ends]), max([*printed, *ends])
    low, high = int(low * 2) / 2, -int(-high * 2) / 2 + 0.5
    scale = (_WIDTH - _LEFT - _RIGHT) / (high - low)

    def x(value: float) -> float:
        return _LEFT + (value - low) * scale

    ticks = [low + 0.5 * i for i in range(int((high - low) * 2) + 1)]
    height = _ROW * (len(levels) + 2)
    grid = "".join(
        f"<line class='grid' x1='{x(t):.1f}' x2='{x(t):.1f}' y1='{_ROW}' y2='{height - _ROW}'/>"
        f"<text class='tick' x='{x(t):.1f}' y='{height - 6}' text-anchor='middle'>{t:g}</text>"
        for t in ticks
    )
    rows = "".join(_row(c, _ROW * (i + 1.5), x, labels) for i, c in enumerate(levels))
    heads = (
        f"<text class='tick' x='{_WIDTH - _RIGHT + 12}' y='14'>printed</text>"
        f"<text class='tick' x='{_WIDTH - _RIGHT + 66}' y='14'>corrected</text>"
        f"<text class='tick' x='{_WIDTH - 4}' y='14' text-anchor='end'>place</text>"
    )
    return (
        f"<svg class='levels' viewBox='0 0 {_WIDTH} {height}' role='img' "
        f"aria-label='Levels as printed and on the proper scale'>{grid}{heads}{rows}</svg>"
    )


def _row(c: Corrected, y: float, x: object, labels: Mapping[str, str]) -> str:
    assert callable(x)
    name = "All" if c.group == "total" else labels.get(c.group, c.group.replace("_", " "))
    low, high = float(c.low), float(c.high)
    weight = " font-weight='600'" if c.group == "total" else ""
    shown = f"{low:.2f}–{high:.2f}"
    parts = [
        f"<text x='{_LEFT - 12}' y='{y + 5:.0f}' text-anchor='end'{weight}>{escape(name)}</text>",
        f"<line class='range' x1='{x(low):.1f}' x2='{max(x(high), x(low) + 3):.1f}' y1='{y:.1f}' "
        f"y2='{y:.1f}'><title>corrected {shown}</title></line>",
        f"<text class='tick' x='{_WIDTH - _RIGHT + 66}' y='{y + 5:.0f}'>{shown}</text>",
    ]
    if c.printed:
        at = x(float(c.printed.replace(",", ".")))
        parts.append(
            f"<circle class='printed' cx='{at:.1f}' cy='{y:.1f}' r='4.5'>"
            f"<title>printed {escape(c.printed)}</title></circle>"
            f"<text class='tick' x='{_WIDTH - _RIGHT + 12}' y='{y + 5:.0f}'>{escape(c.printed)}"
            "</text>"
        )
    if c.rank_low:
        best, worst = sorted((c.rank_low, c.rank_high))
        rank = str(best) if best == worst else f"{best}–{worst}"
        parts.append(
            f"<text class='tick' x='{_WIDTH - 4}' y='{y + 5:.0f}' text-anchor='end'>{rank}</text>"
        )
    return "".join(parts)
