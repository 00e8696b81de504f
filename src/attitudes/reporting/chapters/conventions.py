"""The declared conventions of the published figures."""

from __future__ import annotations

from attitudes.reporting.context import Context
from attitudes.reporting.model import Chapter, Group, Paragraph
from attitudes.reporting.stated import conventions_table

__all__ = ["conventions_chapter"]


def conventions_chapter(ctx: Context) -> Chapter | None:
    """List the rules with what supports each; None when the pack declares none."""
    table = conventions_table(ctx)
    if table is None:
        return None
    blocks = [Paragraph(ctx.words("report.conventions.lead"))]
    if ctx.study.conventions.note:
        blocks.append(Paragraph(ctx.study.conventions.note))
    title = ctx.words("report.conventions")
    return Chapter("conventions", title, (*blocks, Group("conventions", "", (table,))))
