"""Methods: what the pack discloses, the design as it was used, the rows of the data."""

from __future__ import annotations

from html import escape
from pathlib import Path

from attitudes.reporting.context import Context
from attitudes.reporting.model import Chapter, Markup, Paragraph
from attitudes.study.text import text_in
from attitudes.survey.raw import listed_rows

__all__ = ["methods_chapter"]


def methods_chapter(ctx: Context) -> Chapter:
    """State the methods, the design, what happened to every row, and the source."""
    study, words = ctx.study, ctx.words
    entries = [(head, text_in(text, ctx.lang)) for head, text in study.disclosure.methods.items()]
    if study.design.description is not None:
        entries.append((words("report.design.head"), text_in(study.design.description, ctx.lang)))
    listed = "".join(f"<dt>{escape(head)}</dt><dd>{escape(text)}</dd>" for head, text in entries)
    design = ctx.survey.design_arrays()
    texts = [
        words(
            "report.design",
            strata=design.n_strata,
            psus=design.n_psus,
            df=design.df,
            singleton=study.design.singleton,
        )
    ]
    ledger = ctx.survey.ledger
    name = Path(ledger.source).name
    steps = [str(step).replace(ledger.source, name) for step in ctx.survey.history]
    texts.append(words("report.rows", read=ledger.n_read, kept=ledger.n_kept))
    for entry in ledger.dropped:
        rows = listed_rows(entry.rows)
        texts.append(words("report.dropped", count=entry.count, reason=entry.reason, rows=rows))
    if steps:
        texts.append(words("report.history", steps="; ".join(steps)))
    if study.source is not None:
        texts.append(words("report.source", citation=text_in(study.source.citation, ctx.lang)))
    blocks = [Markup(f"<dl>{listed}</dl>")] if listed else []
    return Chapter("methods", words("report.methods"), (*blocks, *(Paragraph(t) for t in texts)))
