"""How to read the report."""

from __future__ import annotations

from attitudes.reporting.context import Context
from attitudes.reporting.model import Chapter, Paragraph

__all__ = ["reading_chapter"]


def reading_chapter(ctx: Context) -> Chapter:
    """Say what stands side by side, what marks mean, and which files there are."""
    words = ctx.words
    both = any(e.convention != "recomputed" for e in ctx.study.exhibits)
    texts = [
        words("report.read.two") if both else words("report.read.one"),
        words("report.read.marks", minimum=ctx.minimum),
        words("report.read.files"),
    ]
    return Chapter("reading", words("report.read"), tuple(Paragraph(t) for t in texts))
