"""Contradictions drawn as links: exhibits on a line, an arc for each pair that cannot both hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from itertools import combinations

from attitudes.auditing.model import Audit, Case, Verdict

__all__ = ["COLOURS", "Link", "links_of", "links_svg"]

COLOURS: dict[Verdict, str] = {
    "impossible": "#a6421f",
    "consistent_if": "#8a6d00",
    "undecided": "#555555",
    "consistent": "#1f5f8b",
}
_STEP, _LEFT, _WIDTH = 24, 250, 960


@dataclass(frozen=True, slots=True)
class Link:
    """Two exhibits that contradict each other, or one with itself.

    Attributes
    ----------
    first, second
        Exhibits.
    verdict
        The gravest verdict between them.
    cases
        How many contradictions there are.
    finding
        Number of the first finding that tells one.
    """

    first: str
    second: str
    verdict: Verdict
    cases: int
    finding: int


def links_of(audit: Audit) -> tuple[Link, ...]:
    """Return the links between exhibits, weightiest first."""
    counts: Counter[tuple[str, str]] = Counter()
    first_of: dict[tuple[str, str], int] = {}
    for number, finding in enumerate(audit.findings, 1):
        if finding.rule == "patterns":
            continue
        for case in finding.cases:
            for pair in _pairs(audit, case):
                counts[pair] += 1
                first_of.setdefault(pair, number)
    links = [
        Link(*pair, audit.findings[first_of[pair] - 1].verdict, n, first_of[pair])
        for pair, n in counts.items()
    ]
    return tuple(sorted(links, key=lambda k: k.finding))


def _pairs(audit: Audit, case: Case) -> list[tuple[str, str]]:
    exhibits = sorted({audit.figures[i]["exhibit"] for i in case.figures})
    return list(combinations(exhibits, 2)) or [(exhibits[0], exhibits[0])]


def links_svg(audit: Audit, *, anchors: bool = True) -> str:
    """Return the drawing as inline SVG; empty when nothing contradicts.

    Parameters
    ----------
    anchors
        Whether names and arcs lead to the tables and findings of the same page.
    """
    links = links_of(audit)
    used = {e for k in links for e in (k.first, k.second)}
    order = [e for e in dict.fromkeys(f["exhibit"] for f in audit.figures) if e in used]
    if not order:
        return ""
    height = _STEP * len(order) + 2 * _STEP
    rows = {e: _STEP * (i + 1) for i, e in enumerate(order)}
    arcs = "".join(_arc(k, rows, anchors) for k in sorted(links, key=lambda k: -k.finding))
    labels = "".join(_label(e, y, anchors) for e, y in rows.items())
    return (
        f"<svg class='links' viewBox='0 0 {_WIDTH} {height}' role='img' "
        f"aria-label='Exhibits that contradict each other, joined by arcs'>"
        f"<line x1='{_LEFT}' x2='{_LEFT}' y1='{_STEP / 2}' y2='{height - 1.5 * _STEP}' "
        "stroke='#d9d6d0'/>"
        f"{arcs}{labels}</svg>"
    )


def _label(exhibit: str, y: int, anchors: bool) -> str:
    text = (
        f"<text x='{_LEFT - 14}' y='{y + 5}' text-anchor='end' font-size='13'>"
        f"{escape(exhibit.replace('_', ' '))}</text>"
    )
    if anchors:
        text = f"<a href='#table-{escape(exhibit)}'>{text}</a>"
    return f"{text}<circle cx='{_LEFT}' cy='{y}' r='4.5'/>"


def _arc(link: Link, rows: Mapping[str, int], anchors: bool) -> str:
    y1, y2 = sorted((rows[link.first], rows[link.second]))
    colour = COLOURS[link.verdict]
    width = min(9.0, 1.2 + 0.35 * link.cases)
    plural = "" if link.cases == 1 else "s"
    between = f" and {link.second}" if link.first != link.second else ""
    title = (
        f"{link.first}{between}: {link.cases} contradiction{plural}, "
        f"{link.verdict.replace('_', ' ')}; finding {link.finding}"
    ).replace("_", " ")
    if y1 == y2:
        path = f"M{_LEFT},{y1} c26,-14 26,14 0,0"
    else:
        reach = 40 + (y2 - y1) * 0.95
        path = f"M{_LEFT},{y1} C{_LEFT + reach:.0f},{y1} {_LEFT + reach:.0f},{y2} {_LEFT},{y2}"
    dash = " stroke-dasharray='5 4'" if link.verdict != "impossible" else ""
    drawn = (
        f"<path d='{path}' fill='none' stroke='{colour}' stroke-width='{width:.1f}'{dash}>"
        f"<title>{escape(title)}</title></path>"
    )
    return f"<a href='#finding-{link.finding}'>{drawn}</a>" if anchors else drawn
