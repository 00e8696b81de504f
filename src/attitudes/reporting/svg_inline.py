"""SVG charts inside one page: unique ids, a name and a description, letters drawn once."""

from __future__ import annotations

import re
from html import escape

from attitudes.reporting.charts.specs import Chart

__all__ = ["Glyphs", "inline_svg"]

_ID = re.compile(r'\bid="([^"]+)"')
_REFERENCE = re.compile(r'(href="#|url\(#)([^")]+)')
_GLYPH = re.compile(r'<path id="(DejaVuSans[^"]*)"([^>]*)/>', re.DOTALL)
_HEAD = re.compile(r"^.*?(<svg\b[^>]*>)", re.DOTALL)
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
_COMMENT = re.compile(r"\s*<!--.*?-->", re.DOTALL)
_TITLE = re.compile(r"\s*<title>.*?</title>", re.DOTALL)
_STYLE = re.compile(r"\s*<style[^>]*>.*?</style>", re.DOTALL)


class Glyphs:
    """Outlines of letters that all charts of a page share."""

    def __init__(self) -> None:
        self._paths: dict[str, str] = {}

    def take(self, svg: str) -> str:
        """Keep a chart's letters and return the chart without them."""

        def keep(match: re.Match[str]) -> str:
            self._paths[match[1]] = match[0]
            return ""

        return re.sub(r"\s*<defs>\s*</defs>", "", _GLYPH.sub(keep, svg))

    def shared(self) -> str:
        """Return one invisible SVG with every letter, in order of their names."""
        if not self._paths:
            return ""
        paths = "\n".join(self._paths[name] for name in sorted(self._paths))
        return (
            '<svg class="glyphs" aria-hidden="true" width="0" height="0">'
            f"<defs>\n{paths}\n</defs></svg>"
        )


def inline_svg(chart: Chart, svg: str, glyphs: Glyphs) -> str:
    """Return a chart's SVG ready to stand in a page.

    Parameters
    ----------
    chart
        The chart; its id makes the ids inside unique.
    svg
        As drawn.
    glyphs
        Collects the outlines of letters.
    """
    name = re.sub(r"[^A-Za-z0-9_-]", "-", chart.id)
    for part in (_COMMENT, _METADATA, _TITLE, _STYLE):
        svg = part.sub("", svg)
    body = glyphs.take(svg)
    own = set(_ID.findall(body))
    body = _ID.sub(lambda m: f'id="{name}-{m[1]}"', body)
    body = _REFERENCE.sub(lambda m: f"{m[1]}{name}-{m[2]}" if m[2] in own else m[0], body)
    found = _HEAD.match(body)
    if found is None:
        raise ValueError(f"chart {chart.id}: no SVG")
    box = re.search(r'viewBox="([^"]+)"', found[1])
    if box is None:
        raise ValueError(f"chart {chart.id}: an SVG without a view box")
    start = (
        f'<svg role="img" aria-labelledby="{name}-title {name}-desc" viewBox="{box[1]}" '
        'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
        f'<title id="{name}-title">{escape(chart.title)}</title>'
        f'<desc id="{name}-desc">{escape(f"{chart.alt} {chart.provenance}")}</desc>'
    )
    return start + body[found.end() :].strip()
