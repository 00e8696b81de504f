"""At a glance: the level of every scale under each convention, and where groups differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape

from attitudes.reporting.chart_levels import levels_chart
from attitudes.reporting.chart_means import ends_of
from attitudes.reporting.context import Context
from attitudes.reporting.differences import differences_table
from attitudes.reporting.model import Chapter, Convention, Group, Markup, Paragraph
from attitudes.reporting.numbers import rounded
from attitudes.reporting.tables import MEAN_DECIMALS, published_level

__all__ = ["summary_chapter", "with_signposts"]

SUMMARY = "summary"
_MOST = 12
"""Questions shown where a study has no scales."""


def summary_chapter(ctx: Context) -> Chapter | None:
    """Say who answered, how high every scale stands, and which groups differ.

    None when the study has neither scales nor questions with a mean.
    """
    names = _names(ctx)
    if not names:
        return None
    published = any(exhibit.convention != "recomputed" for exhibit in ctx.study.exhibits)
    conventions: tuple[Convention, ...] = ("recomputed",)
    if published:
        conventions = ("as_published", "recomputed")
    blocks: list[Paragraph | Markup | Group] = [
        Paragraph(_lead(ctx), "lead"),
        Markup(_cards(ctx, names, published=published)),
    ]
    by_ends: dict[tuple[float, float], list[str]] = {}
    for name in names:
        by_ends.setdefault(ends_of(ctx, name), []).append(name)
    for position, (ends, own) in enumerate(by_ends.items(), 1):
        title = ctx.words("summary.levels") if len(own) > 1 else ctx.label(own[0])
        id_ = "summary_levels" if position == 1 else f"summary_levels_{position}"
        chart, tables = levels_chart(ctx, id_, title, own, ends, conventions)
        blocks.append(Group(id_, title, tables, (chart,)))
    table = differences_table(ctx, names)
    if table is not None:
        blocks.append(Group(table.id, table.title, (table,)))
    return Chapter(SUMMARY, ctx.words("summary.title"), tuple(blocks))


def with_signposts(chapters: Sequence[Chapter]) -> list[Chapter]:
    """Return the chapters, the summary with a line on each chapter of checks behind it.

    A line is a link and the chapter's lead.
    """
    lines = []
    for chapter in chapters:
        leads = [b for b in chapter.blocks if isinstance(b, Paragraph) and b.kind == "lead"]
        if chapter.part == "checks" and leads:
            link = f'<a href="#chapter-{escape(chapter.id)}">{escape(chapter.title)}</a>'
            lines.append(f"<li>{link} {escape(leads[0].text)}</li>")
    if not lines:
        return list(chapters)
    made = Markup(f'<ul class="signposts">{"".join(lines)}</ul>')
    return [
        replace(c, blocks=(*c.blocks[:2], made, *c.blocks[2:])) if c.id == SUMMARY else c
        for c in chapters
    ]


def _names(ctx: Context) -> list[str]:
    """Return the scales that the data holds; without scales, questions shown as means."""
    columns = set(ctx.survey.frame.columns)
    scales = [
        scale.id
        for scale in ctx.study.scales
        if all(item.id in columns for item in ctx.study.items(scale.id))
    ]
    if scales:
        return scales
    shown = {
        question.id
        for exhibit in ctx.study.exhibits
        if exhibit.kind in ("means", "dots")
        for question in ctx.questions(exhibit)
    }
    able = [q.id for q in ctx.study.questions if q.id in shown and q.id in columns]
    return [name for name in able if _has_ends(ctx, name)][:_MOST]


def _has_ends(ctx: Context, name: str) -> bool:
    response = ctx.study.response_of(name)
    return bool(response.scores) or (response.low is not None and response.high is not None)


def _lead(ctx: Context) -> str:
    design = ctx.survey.design_arrays()
    return ctx.words("summary.lead", n=ctx.survey.n, psus=design.n_psus, strata=design.n_strata)


def _cards(ctx: Context, names: Sequence[str], *, published: bool) -> str:
    """Return one card a scale: its mean, the interval, and what was published."""
    words, cards = ctx.words, []
    for name in names:
        found = ctx.recomputed.mean(name)
        low, high = rounded(found.low, MEAN_DECIMALS), rounded(found.high, MEAN_DECIMALS)
        ends = ends_of(ctx, name)
        interval = words("summary.interval", level=ctx.percent_level, low=low, high=high)
        interval = interval.replace("–", "\u2060–\u2060")  # numbers of one interval stay together
        of = words("summary.of", low=f"{ends[0]:g}", high=f"{ends[1]:g}")
        lines = [
            f'<p class="name">{escape(ctx.label(name))}</p>',
            f'<p class="big">{rounded(found.value, MEAN_DECIMALS)}'
            f'<span class="of">{escape(of)}</span></p>',
            f'<p class="interval">{escape(interval)}</p>',
        ]
        if published:
            printed = escape(words("summary.published", value=published_level(ctx, name).text))
            lines.append(f'<p class="printed">{printed}</p>')
        lines.append(f'<p class="n">{escape(words("base.n", n=found.n))}</p>')
        cards.append(f'<div class="card">{"".join(lines)}</div>')
    return f'<div class="cards">{"".join(cards)}</div>'
