"""What the printed figures can and cannot mean together: the stored audit, told with care."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from attitudes.auditing.model import RULES, Audit
from attitudes.reporting.audit_links import COLOURS, links_svg
from attitudes.reporting.audit_tables import MARKS
from attitudes.reporting.audit_text_table import text_table
from attitudes.reporting.context import Context
from attitudes.reporting.model import Block, Chapter, Group, Markup, Paragraph, ReportTable

__all__ = ["audit_chapter"]

_CARD = "margin:.7rem 0;padding:.1rem 0 .1rem .8rem"


def audit_chapter(ctx: Context) -> Chapter | None:
    """Tell the findings of the audit that the pack stores; None when it stores none.

    Raises
    ------
    StudyError
        When the figures have changed since the audit was stored.
    """
    audit = ctx.audit
    if audit is None:
        return None
    words = ctx.words
    counts = {
        v: sum(f.verdict == v for f in audit.findings) for v in ("impossible", "consistent_if")
    }
    lead = words(
        "audit.lead",
        figures=len(audit.figures),
        impossible=counts["impossible"],
        priced=counts["consistent_if"],
    )
    blocks: list[Block] = [Paragraph(lead, "lead"), Paragraph(words("audit.careful"), "note")]
    if ctx.lang != "en":
        blocks.append(Paragraph(words("audit.english"), "note"))
    given = audit.assumptions
    assumed = words(
        "audit.assumed",
        response=f"{float(given.response * 100):g}",
        slack=f"{float(given.base_slack * 100):g}",
    )
    title = words("audit.findings")
    blocks.append(Paragraph(assumed, "note"))
    blocks.append(Markup(f"<h3>{escape(title)}</h3>{_cards(ctx, audit)}"))
    table = _findings(ctx, audit)
    blocks.append(Group("audit_findings", words("audit.as_table"), (table,), folded=True))
    drawing = links_svg(audit, anchors=False)
    if drawing:
        blocks.append(Markup(f"<h3>{escape(words('audit.links'))}</h3>{drawing}"))
        blocks.append(Paragraph(words("audit.links.lead")))
    if audit.conventions:
        title = words("audit.conventions")
        blocks.append(Group("audit_conventions", title, (_conventions(ctx, audit),)))
    return Chapter("audit", words("audit.title"), tuple(blocks))


def _cards(ctx: Context, audit: Audit) -> str:
    """Return the findings as a list: the arithmetic, and the price."""
    items = []
    for number, f in enumerate(audit.findings, 1):
        colour = COLOURS[f.verdict]
        verdict = escape(ctx.words(f"audit.verdict.{f.verdict}"))
        price = f.cases[0].price
        if_price = (
            f"<br><em>{escape(ctx.words('audit.price'))} {escape(price)}.</em>" if price else ""
        )
        more = len(f.cases) - 1
        others = f" <small>{escape(ctx.words('audit.others', n=more))}</small>" if more else ""
        items.append(
            f"<li style='{_CARD};border-left:4px solid {colour}'>"
            f"<strong>{number}. {escape(RULES[f.rule])}</strong> "
            f"<span style='color:{colour};font-weight:600'>{MARKS[f.verdict]} {verdict}</span>"
            f"<br>{escape(f.cases[0].sentence)}{if_price}{others}</li>"
        )
    return f"<ol style='list-style:none;padding:0;max-width:52rem'>{''.join(items)}</ol>"


def _findings(ctx: Context, audit: Audit) -> ReportTable:
    words = ctx.words
    heads = [words(f"audit.{k}") for k in ("rule", "verdict", "sentence", "price", "more")]
    rows: list[Sequence[str]] = [
        (
            f"{number}. {RULES[f.rule]}",
            words(f"audit.verdict.{f.verdict}"),
            f.cases[0].sentence,
            f.price or "",
            str(len(f.cases)),
        )
        for number, f in enumerate(audit.findings, 1)
    ]
    return text_table(ctx, "audit_findings", words("audit.findings"), heads, rows)


def _conventions(ctx: Context, audit: Audit) -> ReportTable:
    words = ctx.words
    heads = [words(f"audit.{k}") for k in ("hypothesis", "status", "explains", "against")]
    rows: list[Sequence[str]] = [
        (c.sentence, words(f"audit.status.{c.status}"), str(c.explains), "; ".join(c.against))
        for c in audit.conventions
    ]
    return text_table(ctx, "audit_conventions", words("audit.conventions"), heads, rows)
