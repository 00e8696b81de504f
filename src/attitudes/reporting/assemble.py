"""A whole report: the study's sections in order, chapters in front of and behind them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from attitudes.reporting.bind import bind
from attitudes.reporting.chapters import CHECKS, DATA, FRONT, ChapterBuilder
from attitudes.reporting.chapters.summary import with_signposts
from attitudes.reporting.context import Context
from attitudes.reporting.model import Chapter, Group, Paragraph, Part, Report
from attitudes.study.text import text_in

__all__ = ["assemble"]

Progress = Callable[[str, int, int], Any]
"""Called with what is being done, how much is done, and how much there is."""


def _nothing(what: str, done: int, total: int) -> None:
    return None


def assemble(ctx: Context, *, progress: Progress = _nothing) -> Report:
    """Make the report of a study from its respondents.

    Parameters
    ----------
    ctx
        Study, respondents, language.
    progress
        Told of every exhibit and chapter.
    """
    study = ctx.study
    groups: dict[str, list[Group]] = {}
    for i, exhibit in enumerate(study.exhibits):
        progress("exhibits", i, len(study.exhibits))
        groups.setdefault(exhibit.section, []).append(bind(ctx, exhibit))
    progress("exhibits", len(study.exhibits), len(study.exhibits))
    made = _chapters(ctx, progress)
    chapters = [chapter for chapter in made if chapter.part == "front"]
    for section in study.sections:
        blocks: list[Paragraph | Group] = []
        if section.intro is not None:
            blocks.append(Paragraph(text_in(section.intro, ctx.lang), "lead"))
        blocks += groups.get(section.id, [])
        if blocks:
            chapters.append(Chapter(section.id, text_in(section.title, ctx.lang), tuple(blocks)))
    chapters += [chapter for chapter in made if chapter.part != "front"]
    chapters = with_signposts(chapters)
    return Report(
        text_in(study.title, ctx.lang),
        ctx.words("report.subtitle"),
        ctx.lang,
        ctx.provenance,
        ctx.survey.provenance,
        tuple(chapters),
        _lines(ctx),
    )


def _chapters(ctx: Context, progress: Progress) -> list[Chapter]:
    """Build what stands in front of and behind the study's sections, part by part."""
    parts: tuple[tuple[Part, tuple[ChapterBuilder, ...]], ...] = (
        ("front", FRONT),
        ("checks", CHECKS),
        ("data", DATA),
    )
    builders = [(part, build) for part, own in parts for build in own]
    made = []
    for i, (part, build) in enumerate(builders):
        progress("chapters", i, len(builders))
        chapter = build(ctx)
        if chapter is not None:
            made.append(replace(chapter, part=part))
    progress("chapters", len(builders), len(builders))
    return made


def _lines(ctx: Context) -> tuple[str, ...]:
    unreviewed = not ctx.words.reviewed or ctx.lang in ctx.study.unreviewed
    return (ctx.words("report.translation"),) if unreviewed else ()
