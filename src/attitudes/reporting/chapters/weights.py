"""Weights: what they cost, the steps that made them, margins before and after."""

from __future__ import annotations

from dataclasses import replace

from attitudes.reporting.chapters.weighting import number, signed
from attitudes.reporting.chapters.weighting_charts import weight_chart_svg
from attitudes.reporting.context import Context
from attitudes.reporting.model import Cell, Chapter, Group, Head, Markup, Paragraph, ReportTable
from attitudes.weighting.diagnostics import MarginRow
from attitudes.weighting.plan import weigh
from attitudes.weighting.report import ChartData, WeightingReport, weighting_report

__all__ = ["weights_chapter"]

_CHARTS = ("weights", "concentration", "margins")
_FACTS = (
    "n",
    "n_eff",
    "deff",
    "cv",
    "total",
    "least",
    "median",
    "greatest",
    "top_1",
    "top_5",
    "top_10",
)
_LAYOUT = (
    "display:grid;grid-template-columns:repeat(auto-fit,minmax(300px,1fr));gap:1rem;"
    "align-items:start"
)


def weights_chapter(ctx: Context) -> Chapter | None:
    """Say what the weights cost and brought; None when respondents have no weight.

    The steps that the pack declares are carried out on the survey's weights.
    """
    if ctx.survey.design.weight is None and not ctx.study.weighting:
        return None
    weighted = weigh(ctx.survey) if ctx.study.weighting else ctx.survey
    report = weighting_report(weighted, before=ctx.survey)
    after = report.diagnostics.after
    lead = ctx.words(
        "weights.lead",
        n=f"{after.n:,}".replace(",", "\u202f"),
        lost=f"{100 * (1 - after.n_eff / after.n):.1f}",
        n_eff=f"{after.n_eff:,.0f}".replace(",", "\u202f"),
        deff=f"{after.deff:.3f}",
    )
    steps = [str(step) for step in report.diagnostics.steps]
    said = ctx.words("weights.chain") if steps else ctx.words("weights.plain")
    tables = [_facts(ctx, report), *_margins(ctx, report)]
    return Chapter(
        "weights",
        ctx.words("weights.title"),
        (
            Paragraph(lead, "lead"),
            Paragraph(" ".join([said, *steps])),
            Markup(_drawn(ctx, report)),
            *(Group(table.id, table.title, (table,)) for table in tables),
        ),
    )


def _drawn(ctx: Context, report: WeightingReport) -> str:
    charts = [_translated(ctx, report, c) for c in report.charts if c.id in _CHARTS]
    parts = "".join(f"<div>{weight_chart_svg(chart)}</div>" for chart in charts)
    return f'<div style="{_LAYOUT}">{parts}</div>'


def _translated(ctx: Context, report: WeightingReport, chart: ChartData) -> ChartData:
    words = {part: ctx.words(f"weights.chart.{chart.id}.{part}") for part in ("title", "x", "y")}
    names = (ctx.words("weights.before"), ctx.words("weights.after"))
    series = tuple(replace(s, name=name) for s, name in zip(chart.series, names, strict=True))
    if chart.id == "margins":
        labels = tuple(_row_label(ctx, row) for row in report.diagnostics.margins)
        series = tuple(replace(s, x=labels) for s in series)
    return replace(
        chart, title=words["title"], x_label=words["x"], y_label=words["y"], series=series
    )


def _facts(ctx: Context, report: WeightingReport) -> ReportTable:
    rows, cells = [], []
    for name, (_, before, after) in zip(_FACTS, report.facts, strict=True):
        factor = 100.0 if name.startswith("top_") else 1.0
        values = (before * factor, after * factor)
        rows.append(Head(name, ctx.words(f"weights.fact.{name}")))
        cells.append(tuple(Cell(number(value), value) for value in values))
    heads = tuple(Head(k, ctx.words(f"weights.{k}")) for k in ("before", "after"))
    return _table(
        ctx, "weights_summary", ctx.words("weights.facts"), heads, rows, cells, "weights.note.kish"
    )


def _margins(ctx: Context, report: WeightingReport) -> list[ReportTable]:
    by_margin: dict[str, list[MarginRow]] = {}
    for row in report.diagnostics.margins:
        by_margin.setdefault(row.margin, []).append(row)
    keys = ("n", "before", "after", "target", "off_before", "off_after")
    heads = tuple(Head(key, ctx.words(f"weights.{key}")) for key in keys)
    made = []
    for k, (margin, part) in enumerate(by_margin.items(), 1):
        named = " × ".join(_name(ctx, v) for v in margin.split(" × "))
        title = ctx.words("weights.margins", by=named)
        rows = [Head(row.category, _row_label(ctx, row)) for row in part]
        cells = [
            (
                Cell(f"{row.n:,}", float(row.n), row.n),
                *(
                    Cell(f"{100 * share:.2f}", 100 * share)
                    for share in (row.before, row.after, row.target)
                ),
                Cell(signed(row.difference_before), row.difference_before),
                Cell(signed(row.difference_after), row.difference_after),
            )
            for row in part
        ]
        name = f"weights_margin_{k}"
        made.append(_table(ctx, name, title, heads, rows, cells, "weights.note.off"))
    return made


def _name(ctx: Context, variable: str) -> str:
    return ctx.label(variable) if variable in set(ctx.study.ids()) else variable


def _row_label(ctx: Context, row: MarginRow) -> str:
    return _answer(ctx, row.margin.split(" × "), row.category.split(" × "))


def _answer(ctx: Context, variables: list[str], values: list[str]) -> str:
    known = set(ctx.study.ids())
    if len(values) != len(variables) or not known.issuperset(variables):
        return " × ".join(values)
    codes = [{str(code): code for code in ctx.study.response_of(name).codes} for name in variables]
    labels = [
        ctx.study.answer_label(name, own[value], ctx.lang) if value in own else value
        for name, value, own in zip(variables, values, codes, strict=True)
    ]
    return " × ".join(labels)


def _table(
    ctx: Context,
    name: str,
    title: str,
    heads: tuple[Head, ...],
    rows: list[Head],
    cells: list[tuple[Cell, ...]],
    note: str,
) -> ReportTable:
    return ReportTable(
        name,
        title,
        "recomputed",
        "",
        heads,
        tuple(rows),
        tuple(cells),
        "text",
        0,
        (ctx.words(note),),
        ctx.provenance,
        ctx.words("weights.label"),
    )
