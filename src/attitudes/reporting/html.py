"""One self-contained page: style, charts and tables inside, nothing fetched."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any, get_args

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup as Safe

from attitudes.reporting.charts.specs import Chart
from attitudes.reporting.model import (
    Cell,
    Chapter,
    Figure,
    Group,
    Markup,
    Paragraph,
    Part,
    Report,
    ReportTable,
)
from attitudes.reporting.numbers import rounded
from attitudes.reporting.svg_inline import Glyphs, inline_svg
from attitudes.reporting.words import Words, load_words

__all__ = ["to_html"]


_NARROW = 5
"""Tables of no more columns stand side by side where the screen is wide."""


class _Page:
    """Turns a report's parts into what the template reads, numbering as it goes."""

    def __init__(self, words: Words, report: Report, svgs: Mapping[str, str]) -> None:
        self.words = words
        self.report = report
        self.svgs = svgs
        self.glyphs = Glyphs()
        self._figures = 0
        self._tables = 0

    def chapter(self, chapter: Chapter) -> dict[str, Any]:
        blocks = [self.block(block) for block in chapter.blocks]
        named = [b for b in blocks if b["kind"] == "group" and b["title"]]
        shorts = without_common_start([b["title"] for b in named])
        entries = [{"id": b["id"], "title": short} for b, short in zip(named, shorts, strict=True)]
        return {
            "id": _anchor(f"chapter-{chapter.id}"),
            "title": chapter.title,
            "part": chapter.part,
            "blocks": blocks,
            "entries": entries,
        }

    def block(self, block: Paragraph | Markup | Figure | Group) -> dict[str, Any]:
        match block:
            case Paragraph():
                return {"kind": "paragraph", "text": block.text, "style": block.kind}
            case Markup():
                return {"kind": "markup", "html": Safe(block.html)}
            case Figure():
                charts = (block.chart,)
                group = Group(block.chart.id, "", (), charts)
                return self._group(f"figure-{block.chart.id}", group)
            case Group():
                return self._group(f"exhibit-{block.id}", block)

    def _group(self, name: str, group: Group) -> dict[str, Any]:
        charts = [self.chart(chart) for chart in group.charts]
        tables = [self.table(table) for table in group.tables]
        numbers = self.words("chart.table") if len(charts) == 1 else self.words("chart.tables")
        if not charts and tables:
            ends = [tables[0]["number"], tables[-1]["number"]][: len(tables)]
            numbers = " ".join(ends).replace(". ", ", ").rstrip(".")
        return {
            "kind": "group",
            "id": _anchor(name),
            "title": group.title,
            "drawn_title": any(chart.title == group.title for chart in group.charts),
            "notes": group.notes,
            "charts": charts,
            "tables": tables,
            "folded": group.folded,
            "summary": numbers,
        }

    def badge(self, provenance: str) -> str:
        """Return two words on whose answers these are, where the page's sentence holds."""
        if provenance != self.report.provenance or self.report.whose == "respondents":
            return ""
        return self.words(f"provenance.short.{self.report.whose}")

    def chart(self, chart: Chart) -> dict[str, Any]:
        self._figures += 1
        svg = inline_svg(chart, self.svgs[chart.id], self.glyphs)
        return {
            "id": _anchor(chart.id),
            "svg": Safe(svg),
            "convention": chart.convention,
            "tag": self.words(f"convention.{chart.convention}"),
            "number": self.words("report.figure", number=self._figures),
            "caption": chart.caption,
            "provenance": chart.provenance,
            "badge": self.badge(chart.provenance),
        }

    def table(self, table: ReportTable) -> dict[str, Any]:
        self._tables += 1
        bases = [column.n for column in table.columns]
        whole = [
            all(cells[j].value is not None or not cells[j].text for cells in table.cells)
            for j in range(len(table.columns))
        ]
        return {
            "id": _anchor(f"table-{table.name}"),
            "title": table.title,
            "convention": table.convention,
            "tag": self.words(f"convention.{table.convention}"),
            "label": table.label,
            "number": self.words("report.table", number=self._tables),
            "stub": table.stub,
            "text": table.statistic == "text",
            "narrow": len(table.columns) <= _NARROW and table.statistic != "text",
            "columns": [
                {
                    "label": c.label,
                    "total": c.total,
                    "number": table.statistic == "text" and numbers,
                }
                for c, numbers in zip(table.columns, whole, strict=True)
            ],
            "rows": [
                {
                    "label": row.label,
                    "total": row.total,
                    "cells": [
                        self.cell(table, cell, numbers=numbers)
                        for cell, numbers in zip(cells, whole, strict=True)
                    ],
                }
                for row, cells in zip(table.rows, table.cells, strict=True)
            ],
            "bases": ["" if n is None else n for n in bases] if any(bases) else [],
            "base_label": self.words("base.row"),
            "notes": table.notes,
            "provenance": table.provenance,
            "badge": self.badge(table.provenance),
        }

    def cell(self, table: ReportTable, cell: Cell, *, numbers: bool) -> dict[str, Any]:
        interval = ""
        if cell.low is not None and cell.high is not None:
            low, high = (rounded(v, table.decimals) for v in (cell.low, cell.high))
            interval = f"{low}–{high}".replace("-", "−")
        shown = [m for m in cell.marks if m in ("small_base", "printed_differs")]
        classes: list[str] = [*cell.marks]
        if table.statistic == "text" and numbers:
            classes.append("number")
        return {
            "text": cell.text,
            "classes": " ".join(classes),
            "marks": "".join(self.words(f"mark.{m}") for m in shown),
            "interval": interval,
            "rough": self.words("mark.few_clusters") if "few_clusters" in cell.marks else "",
            "title": "" if cell.n is None else self.words("base.n", n=cell.n),
        }


def without_common_start(titles: Sequence[str]) -> tuple[str, ...]:
    """Return titles without the words that all of them start with, for the contents.

    Examples
    --------
    >>> without_common_start(["Trust in others: mean by region", "Trust in others by age"])
    ('Mean by region', 'By age')
    >>> without_common_start(["Trust", "Trust by age"])
    ('Trust', 'Trust by age')
    """
    words = [title.split() for title in titles]
    common = 0
    for position in range(min((len(own) for own in words), default=1) - 1):
        if len({own[position].rstrip(":,") for own in words}) > 1:
            break
        common = position + 1
    if common == 0 or len(titles) < 2:
        return tuple(titles)
    rests = [" ".join(own[common:]) for own in words]
    return tuple(rest[:1].upper() + rest[1:] for rest in rests)


def _anchor(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "-", name)


def _style() -> str:
    file = resources.files("attitudes.reporting").joinpath("templates/report.css")
    return file.read_text(encoding="utf-8").strip()


def to_html(report: Report, svgs: Mapping[str, str]) -> str:
    """Return the report as one HTML page.

    Parameters
    ----------
    report
        The report.
    svgs
        Chart id → its SVG.

    Notes
    -----
    The page fetches nothing, carries no date, and is the same text for the same report.
    """
    words = load_words(report.lang)
    page = _Page(words, report, svgs)
    chapters = [page.chapter(chapter) for chapter in report.chapters]
    parts = [
        {"title": words(f"report.part.{part}"), "chapters": own}
        for part in get_args(Part)
        if (own := [chapter for chapter in chapters if chapter["part"] == part])
    ]
    shown = {table.convention for table in report.tables()}
    environment = Environment(
        loader=PackageLoader("attitudes.reporting", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=False,
        keep_trailing_newline=True,
    )
    return environment.get_template("report.html.j2").render(
        title=report.title,
        subtitle=report.subtitle,
        lang=report.lang,
        provenance=report.provenance,
        whose=report.whose,
        lines=report.lines,
        parts=parts,
        both={"as_published", "recomputed"} <= shown,
        glyphs=Safe(page.glyphs.shared()),
        css=Safe(_style()),
        words=words,
    )
