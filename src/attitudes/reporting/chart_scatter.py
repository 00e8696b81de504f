"""Two scales against each other, respondents or groups, with their correlation."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from attitudes.reporting.chart_means import ends_of
from attitudes.reporting.chart_shares import frame
from attitudes.reporting.charts.specs import Chart, Scatter
from attitudes.reporting.context import Context
from attitudes.reporting.model import Cell, Convention, Head, ReportTable
from attitudes.reporting.numbers import rounded
from attitudes.reporting.pairs import Pairs, pairs_of
from attitudes.reporting.tables import MEAN_DECIMALS, conventions_of, printed_at
from attitudes.study.exhibits import Exhibit

__all__ = ["scatter_chart"]


def _pairs(ctx: Context, exhibit: Exhibit, convention: str) -> Pairs:
    x, y = str(exhibit.x), str(exhibit.y)
    if exhibit.breakdown is None:
        return ctx.recomputed.pairs(
            x, y, published_in=exhibit.figures_id if convention == "as_published" else None
        )
    values = []
    for name in (x, y):
        row = []
        for group in ctx.groups(exhibit):
            if convention == "as_published":
                home, at = printed_at(ctx, exhibit, name)
                table = home.figures_id
                cell = ctx.published.cell(table, at, str(group), "mean", MEAN_DECIMALS)
                row.append(cell.value)
            else:
                row.append(ctx.recomputed.mean(name, str(group), exhibit.breakdown).value)
        values.append(np.array([np.nan if v is None else v for v in row], dtype=np.float64))
    return pairs_of(values[0], values[1])


def _sentence(ctx: Context, exhibit: Exhibit, convention: str, pairs: Pairs) -> str:
    unit = "groups" if exhibit.breakdown else "respondents"
    text = ctx.words(f"scatter.{unit}", r=rounded(pairs.r, 2), n=pairs.n)
    if pairs.low is not None and pairs.high is not None:
        text = ctx.words(
            "scatter.interval",
            text=text,
            level=ctx.percent_level,
            low=rounded(pairs.low, 2),
            high=rounded(pairs.high, 2),
        )
    return f"{ctx.words(f'convention.{convention}')}: {text}"


def scatter_chart(ctx: Context, exhibit: Exhibit) -> tuple[Chart, tuple[ReportTable, ...]]:
    """Make a scatter of scores; with a breakdown its points are groups' means.

    The points are those of the last convention that the exhibit shows; the correlation is given
    under each.
    """
    conventions = conventions_of(exhibit)
    found = {c: _pairs(ctx, exhibit, c) for c in conventions}
    shown = found[conventions[-1]]
    x, y = str(exhibit.x), str(exhibit.y)
    labels: tuple[str, ...] = ()
    spots, counts = np.stack([shown.x, shown.y]), np.ones(shown.n, dtype=np.int64)
    if exhibit.breakdown is None:
        spots, counts = np.unique(spots, axis=1, return_counts=True)
    else:
        variable = exhibit.breakdown
        labels = tuple(ctx.study.answer_label(variable, g, ctx.lang) for g in ctx.groups(exhibit))
    texts = tuple(_sentence(ctx, exhibit, c, pairs) for c, pairs in found.items())
    body = Scatter(
        tuple(spots[0].tolist()),
        tuple(spots[1].tolist()),
        tuple(counts.tolist()),
        ctx.label(x),
        ctx.label(y),
        shown.line,
        texts,
        ends_of(ctx, x),
        ends_of(ctx, y),
        labels,
    )
    alt = ctx.words("chart.alt.scatter", x=ctx.label(x), y=ctx.label(y), text="; ".join(texts))
    key = "groups" if labels else "pairs"
    caption = ctx.words(f"chart.caption.{key}")
    chart = frame(ctx, exhibit, exhibit.convention, body, alt, caption=caption, of="scatter")
    return chart, (_table(ctx, exhibit, found),)


def _table(ctx: Context, exhibit: Exhibit, found: Mapping[Convention, Pairs]) -> ReportTable:
    columns = (
        Head("r", "r", statistic="number"),
        Head("low", ctx.words("interval.low", level=ctx.percent_level), statistic="number"),
        Head("high", ctx.words("interval.high", level=ctx.percent_level), statistic="number"),
        Head("n", ctx.words("base.item"), statistic="count"),
    )
    cells = tuple(
        (
            *(Cell(rounded(v, MEAN_DECIMALS), v, p.n) for v in (p.r, p.low, p.high)),
            Cell(str(p.n), float(p.n), p.n),
        )
        for p in found.values()
    )
    rows = tuple(Head(c, ctx.words(f"convention.{c}")) for c in found)
    return ReportTable(
        exhibit.id,
        ctx.title(exhibit),
        "declared",
        ctx.words("convention"),
        columns,
        rows,
        cells,
        "number",
        MEAN_DECIMALS,
        (),
        ctx.provenance,
        ctx.convention(exhibit.convention, "scatter"),
    )
