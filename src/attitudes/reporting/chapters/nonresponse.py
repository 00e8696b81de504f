"""Answers that are none: counted by kind and question."""

from __future__ import annotations

from attitudes.reporting.context import Context
from attitudes.reporting.model import Chapter, Group, Paragraph
from attitudes.reporting.stated import missing_table

__all__ = ["nonresponse_chapter"]


def nonresponse_chapter(ctx: Context) -> Chapter | None:
    """Count don't know, refusal and not asked; None when the codebook knows no missing answers."""
    table = missing_table(ctx)
    if not table.rows:
        return None
    return Chapter(
        "nonresponse",
        ctx.words("report.nonresponse"),
        (
            Paragraph(ctx.words("report.nonresponse.lead")),
            Group("missing_answers", "", (table,)),
        ),
    )
