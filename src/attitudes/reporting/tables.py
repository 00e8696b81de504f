"""Tables of means and of shares, from declarations; one table a convention."""

from __future__ import annotations

from collections.abc import Sequence

from attitudes.reporting.context import Context
from attitudes.reporting.model import Cell, Convention, Head, Mark, ReportTable, Statistic
from attitudes.reporting.notes import base_notes, mean_notes, share_notes
from attitudes.reporting.numbers import rounded
from attitudes.reporting.recomputed import TOTAL, Estimate
from attitudes.study.exhibits import Exhibit
from attitudes.study.questions import Question

__all__ = [
    "conventions_of",
    "means_table",
    "printed_at",
    "published_level",
    "share_rows",
    "shares_table",
]

MEAN_DECIMALS = 2
PERCENT_DECIMALS = 1
_QUOTED = "quoted"
"""No exhibit's id: its cells follow the tables that running text quotes."""


def conventions_of(exhibit: Exhibit) -> tuple[Convention, ...]:
    """Return the conventions that an exhibit shows, as published first."""
    if exhibit.convention == "both":
        return ("as_published", "recomputed")
    return (exhibit.convention,)


def columns_of(ctx: Context, exhibit: Exhibit) -> tuple[Head, ...]:
    """Return the columns of an exhibit: its groups, then everybody."""
    heads = []
    breakdown = exhibit.breakdown
    if breakdown is not None:
        for group in ctx.groups(exhibit):
            label = ctx.study.answer_label(breakdown, group, ctx.lang)
            heads.append(Head(str(group), label, ctx.published.size(breakdown, group)))
    if exhibit.total_column or breakdown is None:
        heads.append(Head(TOTAL, ctx.words("total"), ctx.survey.n, total=True))
    return tuple(heads)


def marks_of(
    ctx: Context,
    n: int,
    value: float | None,
    *,
    differs: bool = False,
    df: float | None = None,
) -> tuple[Mark, ...]:
    """Return what a reader must know of a cell."""
    marks: list[Mark] = []
    if value is None:
        marks.append("not_estimable")
    elif n < ctx.minimum:
        marks.append("small_base")
    if value is not None and df is not None and df < ctx.study.disclosure.minimum_df:
        marks.append("few_clusters")
    if differs:
        marks.append("printed_differs")
    return tuple(marks)


def printed_at(ctx: Context, exhibit: Exhibit, name: str) -> tuple[Exhibit, str]:
    """Return the table, and its row, where the report has a scale's or item's mean by group.

    A chart of a scale by a variable shows the Total row of the scale's table by that variable,
    computed as that table was. A chart with published figures or conventions of its own, or
    without such a table, follows its own.
    """
    named = any(exhibit.figures_id in rule.tables for rule in ctx.study.conventions.rules)
    if named or exhibit.published or exhibit.figures is not None:
        return exhibit, name
    scales = {scale.id for scale in ctx.study.scales}
    wanted = {q.id for q in ctx.study.items(name)} if name in scales else {name}
    for other in ctx.study.exhibits:
        if other.kind != "means" or other.scores or other.breakdown != exhibit.breakdown:
            continue
        shown = {q.id for q in ctx.questions(other)}
        if name in scales and wanted == shown:
            return other, TOTAL
        if name not in scales and wanted <= shown:
            return other, name
    return exhibit, name


def published_cell(
    ctx: Context, exhibit: Exhibit, row: str, column: str, statistic: str, decimals: int
) -> Cell:
    """Make the cell that the report's arithmetic gives."""
    found = ctx.published.cell(exhibit.figures_id, row, column, statistic, decimals)
    differs = exhibit.published and found.differs
    marks = marks_of(ctx, found.n, found.value, differs=differs)
    return Cell(found.text, found.value, found.n, marks=marks)


def published_level(ctx: Context, name: str) -> Cell:
    """Return a scale's or item's mean over everyone, as the table that it is quoted from has it."""
    found = ctx.published.cell(_QUOTED, name, TOTAL, "mean", MEAN_DECIMALS)
    return Cell(found.text, found.value, found.n, marks=marks_of(ctx, found.n, found.value))


def recomputed_cell(ctx: Context, found: Estimate, decimals: int) -> Cell:
    """Make the cell of an estimate."""
    return Cell(
        rounded(found.value, decimals),
        found.value,
        found.n,
        found.se,
        found.low,
        found.high,
        marks_of(ctx, found.n, found.value, df=found.df),
    )


def _total_label(ctx: Context, exhibit: Exhibit) -> str:
    if exhibit.total_label is None:
        return ctx.words("total")
    return exhibit.total_label.get(ctx.lang, exhibit.total_label["en"])


def _mean_rows(ctx: Context, exhibit: Exhibit) -> tuple[Head, ...]:
    if exhibit.scores:
        return tuple(Head(name, ctx.label(name)) for name in exhibit.scales)
    questions = ctx.questions(exhibit)
    rows = [Head(q.id, ctx.label(q.id)) for q in questions]
    if exhibit.total_row and len(rows) > 1:
        rows.append(Head(TOTAL, _total_label(ctx, exhibit), total=True))
    return tuple(rows)


def scale_of(ctx: Context, questions: Sequence[Question]) -> str | None:
    """Return the scale whose items these are, all of them; None when there is none."""
    ids = {q.id for q in questions}
    for scale in ctx.study.scales:
        if {q.id for q in ctx.study.items(scale.id)} == ids:
            return scale.id
    return None


def _mean_cell(
    ctx: Context, exhibit: Exhibit, row: Head, column: Head, convention: Convention
) -> Cell:
    if convention == "as_published":
        home, at = printed_at(ctx, exhibit, row.id) if exhibit.scores else (exhibit, row.id)
        return published_cell(ctx, home, at, column.id, "mean", MEAN_DECIMALS)
    name = scale_of(ctx, ctx.questions(exhibit)) if row.id == TOTAL else row.id
    if name is None:
        return recomputed_cell(ctx, Estimate(None, None, None, None, 0), MEAN_DECIMALS)
    found = ctx.recomputed.mean(name, column.id, exhibit.breakdown)
    return recomputed_cell(ctx, found, MEAN_DECIMALS)


def means_table(ctx: Context, exhibit: Exhibit, convention: Convention) -> ReportTable:
    """Make the table of means of items (or of scales) by group, under one convention."""
    columns, rows = columns_of(ctx, exhibit), _mean_rows(ctx, exhibit)
    cells = tuple(
        tuple(_mean_cell(ctx, exhibit, row, column, convention) for column in columns)
        for row in rows
    )
    notes = (*mean_notes(ctx, exhibit, rows, convention), *base_notes(ctx, cells))
    return _table(ctx, exhibit, convention, "item", columns, rows, cells, "mean", notes)


def share_rows(ctx: Context, exhibit: Exhibit) -> tuple[Head, ...]:
    """Return the rows of a table of shares: items when a box is counted, else answers."""
    questions = ctx.questions(exhibit)
    if exhibit.box is not None or len(questions) > 1:
        return tuple(Head(q.id, ctx.label(q.id)) for q in questions)
    question = questions[0]
    response = ctx.study.response_of(question.id)
    codes = exhibit.answers or (
        tuple(response.answers) if response.kind == "multiple" else response.codes
    )
    rows = [Head(str(c), ctx.study.answer_label(question.id, c, ctx.lang)) for c in codes]
    if exhibit.missing_shown and response.kind != "multiple" and not exhibit.answers:
        kinds = [k for k in response.missing if k != "not_asked"]
        rows += [Head(k, ctx.missing_label(question.id, k)) for k in kinds]
    return tuple(rows)


def recomputed_share(ctx: Context, exhibit: Exhibit, row: str, column: str) -> Estimate:
    """Return the weighted share that a row of a table of shares shows."""
    questions = ctx.questions(exhibit)
    if exhibit.box is not None:
        codes = ctx.study.response_of(row).boxes[exhibit.box]
        return ctx.recomputed.box(row, codes, column, exhibit.breakdown)
    question = questions[0].id
    response = ctx.study.response_of(question)
    if response.kind == "multiple":
        return ctx.recomputed.share(f"{question}.{row}", "1", column, exhibit.breakdown)
    kinds = [k for k in response.missing if k != "not_asked"]
    return ctx.recomputed.share(
        question, row, column, exhibit.breakdown, with_missing=exhibit.missing_shown and bool(kinds)
    )


def shares_table(ctx: Context, exhibit: Exhibit, convention: Convention) -> ReportTable:
    """Make the table of percentages of answers (or of boxes) by group, under one convention."""
    columns, rows = columns_of(ctx, exhibit), share_rows(ctx, exhibit)

    def one(row: Head, column: Head) -> Cell:
        if convention == "as_published":
            return published_cell(ctx, exhibit, row.id, column.id, "percent", PERCENT_DECIMALS)
        found = recomputed_share(ctx, exhibit, row.id, column.id)
        return recomputed_cell(ctx, found, PERCENT_DECIMALS)

    cells = tuple(tuple(one(row, column) for column in columns) for row in rows)
    notes = (*share_notes(ctx, exhibit, convention), *base_notes(ctx, cells))
    stub = "answer" if exhibit.box is None else "item"
    return _table(ctx, exhibit, convention, stub, columns, rows, cells, "percent", notes)


def _table(
    ctx: Context,
    exhibit: Exhibit,
    convention: Convention,
    stub: str,
    columns: tuple[Head, ...],
    rows: tuple[Head, ...],
    cells: tuple[tuple[Cell, ...], ...],
    statistic: Statistic,
    notes: tuple[str, ...],
) -> ReportTable:
    return ReportTable(
        exhibit.id,
        ctx.title(exhibit),
        convention,
        ctx.words(stub),
        columns,
        rows,
        cells,
        statistic,
        MEAN_DECIMALS if statistic == "mean" else PERCENT_DECIMALS,
        notes,
        ctx.provenance,
        ctx.convention(convention, "means" if statistic == "mean" else "shares"),
    )
