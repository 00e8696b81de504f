"""Weights: what they cost, the steps that made them, margins before and after."""

from __future__ import annotations

from attitudes.reporting.chapters.weighting import number, signed
from attitudes.reporting.charts.specs import Chart, Dots, DotsPanel, Point
from attitudes.reporting.charts.specs_weights import WeightCurve, WeightPanel, Weights
from attitudes.reporting.context import Context
from attitudes.reporting.model import Cell, Chapter, Figure, Group, Head, Paragraph, ReportTable
from attitudes.weighting.diagnostics import MarginRow
from attitudes.weighting.plan import weigh
from attitudes.weighting.report import ChartData, WeightingReport, weighting_report

__all__ = ["weights_chapter"]

_IMBALANCE = 0.15
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
    charts = [_spread_chart(ctx, report)]
    if report.diagnostics.margins:
        charts.append(_margin_chart(ctx, report))
    tables = [_facts(ctx, report), *_margins(ctx, report)]
    return Chapter(
        "weights",
        ctx.words("weights.title"),
        (
            Paragraph(lead, "lead"),
            Paragraph(" ".join([said, *steps])),
            *(Figure(chart) for chart in charts),
            *(Group(table.id, table.title, (table,)) for table in tables),
        ),
    )


def _spread_chart(ctx: Context, report: WeightingReport) -> Chart:
    """Draw the distribution of the weights and the share that the largest carry."""
    found = {chart.id: chart for chart in report.charts}
    panels = tuple(_panel(ctx, found[name]) for name in ("weights", "concentration"))
    before, after = report.diagnostics.before, report.diagnostics.after
    shown = {
        "least": number(after.least / after.mean),
        "greatest": number(after.greatest / after.mean),
        "before": f"{100 * before.top_10:.1f}",
        "after": f"{100 * after.top_10:.1f}",
    }
    return Chart(
        "weights_distribution",
        ctx.words("weights.facts"),
        ctx.words("weights.chart.spread.alt", **shown),
        ctx.words("weights.chart.spread.caption"),
        "recomputed",
        ctx.words("weights.label"),
        ctx.provenance,
        Weights(panels, (ctx.words("weights.before"), ctx.words("weights.after"))),
    )


def _panel(ctx: Context, chart: ChartData) -> WeightPanel:
    title, x, y = (ctx.words(f"weights.chart.{chart.id}.{part}") for part in ("title", "x", "y"))
    before, after = (WeightCurve(tuple(map(float, s.x)), s.y) for s in chart.series)
    return WeightPanel(title, x, y, before, after, shares=chart.id == "concentration")


def _shown(value: float) -> float:
    """Return a difference as it is drawn: what two decimals show as zero has no sign."""
    return 0.0 if abs(value) < 0.005 else value


def _margin_chart(ctx: Context, report: WeightingReport) -> Chart:
    """Draw the standardised differences of every category, before and after."""
    rows = report.diagnostics.margins
    pairs = [(row.difference_before, row.difference_after) for row in rows]
    panels = tuple(
        DotsPanel(
            ctx.words(f"weights.{when}"),
            tuple(
                Point(_shown(pair[k]), None, None, row.n)
                for pair, row in zip(pairs, rows, strict=True)
            ),
            "recomputed",
        )
        for k, when in enumerate(("before", "after"))
    )
    widest = max(_IMBALANCE, 1.1 * max(abs(value) for pair in pairs for value in pair))
    worst = [f"{max(abs(pair[k]) for pair in pairs):.3f}" for k in (0, 1)]
    return Chart(
        "weights_margins",
        ctx.words("weights.chart.margins.title"),
        ctx.words("weights.chart.margins.alt", n=len(rows), before=worst[0], after=worst[1]),
        ctx.words("weights.note.off"),
        "recomputed",
        ctx.words("weights.label"),
        ctx.provenance,
        Dots(
            tuple(_row_label(ctx, row) for row in rows),
            panels,
            ctx.words("weights.chart.margins.x"),
            (-widest, widest),
        ),
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
