"""Where groups differ: the lowest and the highest mean of every breakdown."""

from __future__ import annotations

from collections.abc import Sequence

from attitudes.errors import AttitudesError
from attitudes.estimation.contrast import contrast
from attitudes.reporting.context import Context
from attitudes.reporting.model import Cell, Head, ReportTable
from attitudes.reporting.numbers import rounded
from attitudes.reporting.recomputed import Estimate
from attitudes.reporting.tables import MEAN_DECIMALS
from attitudes.study.questions import Breakdown

__all__ = ["differences_table"]

_ALPHA = 0.05


def differences_table(ctx: Context, names: Sequence[str]) -> ReportTable | None:
    """Make the table of lowest and highest groups; None when there is nothing to compare.

    Parameters
    ----------
    ctx
        Study, respondents, language.
    names
        Scales or questions with a mean, a row each.

    Notes
    -----
    Groups under the minimum base are left out. Two groups are told apart when the design-based
    t-test of their difference has p < 0.05 after Holm's adjustment over all pairs of groups.
    """
    columns = set(ctx.survey.frame.columns)
    shown = [b for b in ctx.study.breakdowns if b.id in columns]
    cells = tuple(tuple(_cell(ctx, name, b) for b in shown) for name in names)
    if not shown or not any(cell.text != "–" for row in cells for cell in row):
        return None
    return ReportTable(
        "summary_differences",
        ctx.words("summary.differences"),
        "recomputed",
        ctx.words("summary.scale"),
        tuple(Head(b.id, ctx.label(b.id)) for b in shown),
        tuple(Head(name, ctx.label(name)) for name in names),
        cells,
        "text",
        0,
        (ctx.words("summary.note.differences", minimum=ctx.minimum),),
        ctx.provenance,
        ctx.convention("recomputed"),
    )


def _cell(ctx: Context, name: str, breakdown: Breakdown) -> Cell:
    found: list[tuple[float, str, Estimate]] = []
    for group in ctx.study.groups(breakdown.id):
        estimate = ctx.recomputed.mean(name, str(group), breakdown.id)
        if estimate.value is not None and estimate.n >= ctx.minimum:
            found.append((estimate.value, str(group), estimate))
    if len(found) < 2:
        return Cell("–")
    low, high = min(found), max(found)
    labels = {str(g): g for g in ctx.study.groups(breakdown.id)}
    text = ctx.words(
        "summary.between",
        low=rounded(low[0], MEAN_DECIMALS),
        low_label=ctx.study.answer_label(breakdown.id, labels[low[1]], ctx.lang),
        high=rounded(high[0], MEAN_DECIMALS),
        high_label=ctx.study.answer_label(breakdown.id, labels[high[1]], ctx.lang),
    )
    apart = _apart(ctx, name, breakdown.id, [group for _, group, _ in found], low[1], high[1])
    return Cell(text if apart else ctx.words("summary.unclear", text=text))


def _apart(
    ctx: Context, name: str, breakdown: str, groups: Sequence[str], low: str, high: str
) -> bool:
    """Whether the test tells the lowest from the highest group, among all pairs of groups."""
    pairs = [(a, b) for i, a in enumerate(groups) for b in groups[i + 1 :]]
    column = ctx.recomputed.column(name)
    if column is None:
        return False
    try:
        result = contrast(
            ctx.recomputed.scored,
            column,
            by=breakdown,
            pairs=pairs,
            singleton=ctx.study.design.singleton,
        )
    except AttitudesError:
        return False
    frame = result.to_frame()
    for (a, b), p in zip(pairs, frame["p_adjusted"], strict=True):
        if {a, b} == {low, high}:
            return bool(p < _ALPHA)
    return False
