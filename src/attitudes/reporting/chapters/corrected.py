"""Corrected results: printed, on the proper scale, how sure, and which sentences survive."""

from __future__ import annotations

from collections.abc import Sequence

from attitudes.auditing.model import Audit, Corrected
from attitudes.reporting.audit_text_table import text_table
from attitudes.reporting.charts.specs import Chart, Dots, DotsPanel, Point
from attitudes.reporting.context import Context
from attitudes.reporting.model import Block, Chapter, Group, Paragraph, ReportTable
from attitudes.study.claims import Claim

__all__ = ["corrected_chapter"]

_TOTAL = "total"


def corrected_chapter(ctx: Context) -> Chapter | None:
    """Tell the levels re-derived by the stored audit; None when it stores none.

    Raises
    ------
    StudyError
        When the figures have changed since the audit was stored.
    """
    audit = ctx.audit
    if audit is None or not audit.corrected:
        return None
    words = ctx.words
    blocks: list[Block] = [Paragraph(words("corrected.lead"), "lead")]
    if any("taken out" in c.how for c in audit.corrected):
        blocks.append(Paragraph(words("corrected.nonanswers"), "note"))
    blocks.append(
        Group("corrected_national", words("corrected.national"), (_national(ctx, audit),))
    )
    by: dict[tuple[str, str], list[Corrected]] = {}
    for c in audit.corrected:
        by.setdefault((c.scale, c.breakdown), []).append(c)
    for (scale, breakdown), levels in by.items():
        blocks.append(_group(ctx, scale, breakdown, levels))
    if audit.claims:
        blocks += _claims(ctx, audit)
    return Chapter("corrected", words("corrected.title"), tuple(blocks))


def _place(c: Corrected) -> str:
    if not c.rank_low:
        return ""
    best, worst = sorted((c.rank_low, c.rank_high))
    return str(best) if best == worst else f"{best}–{worst}"


def _interval(c: Corrected) -> str:
    return f"{float(c.low):.2f}–{float(c.high):.2f}"


def _national(ctx: Context, audit: Audit) -> ReportTable:
    words = ctx.words
    heads = [words(f"corrected.{k}") for k in ("scale", "derived", "printed", "corrected")]
    rows: list[Sequence[str]] = [
        (ctx.label(c.scale), ctx.label(c.breakdown), c.printed or "–", _interval(c))
        for c in audit.corrected
        if c.group == _TOTAL
    ]
    return text_table(ctx, "corrected_national", words("corrected.national"), heads, rows)


def _name(ctx: Context, breakdown: str, group: str) -> str:
    if group == _TOTAL:
        return ctx.words("corrected.all")
    codes = {str(g): g for g in ctx.study.groups(breakdown)}
    return ctx.study.answer_label(breakdown, codes.get(group, group), ctx.lang)


def _group(ctx: Context, scale: str, breakdown: str, levels: Sequence[Corrected]) -> Group:
    words = ctx.words
    id_ = f"corrected_{scale}_{breakdown}"
    title = words("corrected.by", scale=ctx.label(scale), breakdown=ctx.label(breakdown))
    heads = [words(f"corrected.{k}") for k in ("group", "printed", "corrected", "place")]
    rows = [
        (_name(ctx, breakdown, c.group), c.printed or "–", _interval(c), _place(c)) for c in levels
    ]
    table = text_table(ctx, id_, title, heads, rows)
    return Group(
        id_, title, (table,), (_chart(ctx, id_, title, scale, breakdown, levels),), folded=True
    )


def _chart(
    ctx: Context,
    id_: str,
    title: str,
    scale: str,
    breakdown: str,
    levels: Sequence[Corrected],
) -> Chart:
    words = ctx.words
    low, high = _ends(ctx, scale)
    printed = [float(c.printed.replace(",", ".")) if c.printed else None for c in levels]
    middle = [float(c.low + c.high) / 2 for c in levels]
    left = tuple(Point(v, None, None, 0) for v in printed)
    right = tuple(
        Point(m, float(c.low), float(c.high), 0) for m, c in zip(middle, levels, strict=True)
    )
    panels = (
        DotsPanel(words("corrected.printed"), left, "as_published"),
        DotsPanel(words("corrected.corrected"), right, "recomputed"),
    )
    body = Dots(
        tuple(_name(ctx, breakdown, c.group) for c in levels),
        panels,
        words("chart.mean_axis", low=f"{low:g}", high=f"{high:g}"),
        (min(low, *(v for v in printed if v is not None)), high),
    )
    alt = words("corrected.alt", scale=ctx.label(scale), breakdown=ctx.label(breakdown))
    return Chart(
        id_,
        title,
        alt,
        words("corrected.caption", high=f"{high:g}"),
        "both",
        words("audit.label"),
        words("provenance.pack"),
        body,
    )


def _ends(ctx: Context, scale: str) -> tuple[float, float]:
    """Return the ends of the answers of a scale's items."""
    codes = [
        float(c) for item in ctx.study.items(scale) for c in ctx.study.response_of(item.id).codes
    ]
    return min(codes), max(codes)


def _claims(ctx: Context, audit: Audit) -> list[Block]:
    words = ctx.words
    told = {c.id: c for c in ctx.study.claims()}
    counts = {s: sum(c.status == s for c in audit.claims) for s in ("survives", "fails", "open")}
    lead = words(
        "corrected.claims.lead",
        survive=counts["survives"],
        fail=counts["fails"],
        open=counts["open"],
    )
    order = {"fails": 0, "open": 1, "survives": 2}
    heads = [words(f"corrected.{k}") for k in ("statement", "section")]
    heads += [words("audit.status"), words("corrected.because")]
    rows = [
        (_statement(ctx, claim), claim.section, words(f"corrected.status.{c.status}"), c.reason)
        for c in sorted(audit.claims, key=lambda c: order[c.status])
        if (claim := told.get(c.claim)) is not None
    ]
    title = words("corrected.claims")
    table = text_table(ctx, "corrected_claims", title, heads, rows)
    return [Group("corrected_claims", title, (table,), (), (lead,))]


def _statement(ctx: Context, claim: Claim) -> str:
    """Return a claim in words: what, for whom, the relation."""
    box = claim.statistic.partition(":")[2].replace("_", " ")
    named = [n for n in claim.group.split("+") if n not in ("", _TOTAL)]
    places = ", ".join(
        _name(ctx, claim.breakdown, n) if claim.breakdown else n.replace("_", " ") for n in named
    )
    relation = ctx.words(f"corrected.relation.{claim.relation}", other=_other(ctx, claim))
    subject = ", ".join(p for p in (_known(ctx, claim.question), box, places) if p)
    return f"{subject}: {relation}"


def _known(ctx: Context, name: str) -> str:
    """Return the label of a question or scale, else the name as words."""
    known = {*ctx.study.ids(), *(s.id for s in ctx.study.scales)}
    return ctx.label(name) if name in known else name.replace("_", " ")


def _other(ctx: Context, claim: Claim) -> str:
    """Return what a claim compares with, in words."""
    other = claim.other.removeprefix("percent:")
    if other in ("", _TOTAL):
        return ctx.words("corrected.all")
    if claim.breakdown and other in {str(g) for g in ctx.study.groups(claim.breakdown)}:
        return _name(ctx, claim.breakdown, other)
    return _known(ctx, other).replace("/", ", ")
