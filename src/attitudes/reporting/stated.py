"""Tables of what is stated, not estimated: files of the pack, the sample, missing answers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from attitudes.reporting.context import Context
from attitudes.reporting.model import Cell, Convention, Head, ReportTable
from attitudes.reporting.notes import base_notes
from attitudes.reporting.numbers import rounded
from attitudes.reporting.tables import PERCENT_DECIMALS, marks_of, recomputed_cell
from attitudes.study.exhibits import Exhibit
from attitudes.study.figures import parse_printed
from attitudes.study.tables import Table
from attitudes.study.text import text_in

__all__ = [
    "composition_table",
    "conventions_table",
    "file_table",
    "indicators_table",
    "missing_table",
]

_SHOWN = ("dont_know", "refused", "not_asked")


def _as_number(text: str) -> float | None:
    try:
        value: Decimal = parse_printed(text)
    except ValueError:
        return None
    return float(value)


def _cell(text: str) -> Cell:
    return Cell(text, _as_number(text))


def _of_texts(
    ctx: Context,
    name: str,
    title: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    notes: tuple[str, ...] = (),
    *,
    numbers: bool = True,
) -> ReportTable:
    """Make a table of texts; its first column heads the rows."""
    make = _cell if numbers else Cell
    return ReportTable(
        name,
        title,
        "declared",
        heads[0],
        tuple(Head(f"c{j}", label) for j, label in enumerate(heads[1:], 1)),
        tuple(Head(f"r{i}", row[0]) for i, row in enumerate(rows, 1)),
        tuple(tuple(make(text) for text in row[1:]) for row in rows),
        "text",
        0,
        notes,
        ctx.words("provenance.pack"),
        ctx.convention("declared"),
    )


def file_table(ctx: Context, exhibit: Exhibit) -> ReportTable:
    """Make the table of a CSV of the pack as it stands.

    Headings are the file's column names, with ``_`` read as a blank.
    """
    table: Table = ctx.study.table(str(exhibit.file))
    heads = [name.replace("_", " ").capitalize() for name in table.columns]
    notes = tuple(note.get(ctx.lang, note["en"]) for note in exhibit.notes)
    return _of_texts(ctx, exhibit.id, ctx.title(exhibit), heads, table.rows, notes)


def indicators_table(ctx: Context, exhibit: Exhibit) -> ReportTable:
    """Make the table of administrative figures of other sources."""
    names = ("indicator", "place", "period", "value", "unit", "source")
    heads = [ctx.words(f"report.context.columns.{name}") for name in names]
    titles = {f: text_in(t, ctx.lang) for f, t in ctx.study.published.sources.items()}
    rows, files = [], {}
    for indicator in ctx.study.indicators():
        row = [str(getattr(indicator, name)) for name in names]
        files[row[-1]] = titles.get(row[-1], row[-1])
        rows.append([*row[:-1], files[row[-1]]])
    named = tuple(f"{title}: {file}" for file, title in files.items() if title != file)
    notes = (ctx.words("report.context.lead"), *named)
    return _of_texts(ctx, exhibit.id, ctx.title(exhibit), heads, rows, notes)


def composition_table(ctx: Context, exhibit: Exhibit, convention: Convention) -> ReportTable:
    """Make the table of who the respondents are: counts and shares."""
    rows, cells = [], []
    for question in ctx.questions(exhibit):
        response = ctx.study.response_of(question.id)
        for code in response.codes:
            label = ctx.study.answer_label(question.id, code, ctx.lang)
            rows.append(Head(str(code), label))
            n = ctx.published.size(question.id, code)
            differs = convention == "as_published" and ctx.published.differs(
                exhibit.figures_id, str(code), "count"
            )
            count = Cell(str(n), float(n), n, marks=marks_of(ctx, n, float(n), differs=differs))
            percent = 100 * n / ctx.survey.n
            share = Cell(rounded(percent, PERCENT_DECIMALS), percent, ctx.survey.n)
            if convention == "recomputed":
                found = ctx.recomputed.share(question.id, str(code))
                cells.append((count, recomputed_cell(ctx, found, PERCENT_DECIMALS)))
            else:
                cells.append((count, share))
    unit = "percent.weighted" if convention == "recomputed" else "percent.unweighted"
    return ReportTable(
        exhibit.id,
        ctx.title(exhibit),
        convention,
        ctx.words("group"),
        (
            Head("count", ctx.words("count"), statistic="count"),
            Head("percent", ctx.words(unit), statistic="percent"),
        ),
        tuple(rows),
        tuple(cells),
        "number",
        PERCENT_DECIMALS,
        base_notes(ctx, cells),
        ctx.provenance,
        ctx.convention(convention, "shares"),
    )


def missing_table(ctx: Context) -> ReportTable:
    """Make the table of missing answers by kind, one row a question."""
    rows, counts = [], []
    for question in ctx.study.questions:
        column = ctx.study.columns_of(question.id)[0]
        codes = ctx.study.missing_codes(question.id)
        if codes and column in ctx.survey.frame.columns:
            series = ctx.survey.column(column)
            own = [int((series == codes[k]).sum()) if k in codes else 0 for k in _SHOWN]
            blank = int(series.isna().sum())
            rows.append(Head(question.id, ctx.label(question.id)))
            counts.append([ctx.survey.n - sum(own) - blank, *own, blank])
    names = ["answered", *_SHOWN, "blank"]
    heads = [ctx.words("answer"), *(ctx.words(f"missing.{k}") for k in (*_SHOWN, "blank"))]
    if not any(row[-1] for row in counts):
        names, heads, counts = names[:-1], heads[:-1], [row[:-1] for row in counts]
    return ReportTable(
        "missing_answers",
        ctx.words("report.nonresponse"),
        "recomputed",
        ctx.words("question"),
        tuple(
            Head(name, label, statistic="count") for name, label in zip(names, heads, strict=True)
        ),
        tuple(rows),
        tuple(tuple(Cell(str(n), float(n), ctx.survey.n) for n in row) for row in counts),
        "count",
        0,
        (ctx.words("base.note_one", n=ctx.survey.n),),
        ctx.provenance,
        ctx.convention("recomputed", "counts"),
    )


def _setting(ctx: Context, value: object) -> str:
    """Write what a convention sets."""
    if value is None:
        return ctx.words("report.conventions.none")
    if isinstance(value, bool):
        return ctx.words("report.conventions.yes" if value else "report.conventions.no")
    if isinstance(value, tuple):
        return ", ".join(_setting(ctx, one) for one in value)
    return f"{value:g}" if isinstance(value, float) else str(value).replace("_", " ")


def conventions_table(ctx: Context) -> ReportTable | None:
    """Make the table of declared conventions; None when the pack declares none."""
    rules = ctx.study.conventions.rules
    if not rules:
        return None
    names = ("tables", "items", "columns", "settings", "evidence")
    heads = [ctx.words(f"report.conventions.columns.{name}") for name in names]
    rows = []
    for rule in rules:
        settings = "; ".join(
            f"{name.replace('_', ' ')}: {_setting(ctx, value)}"
            for name, value in rule.settings().items()
        )
        rows.append(
            [
                *(
                    ctx.words("report.conventions.all") if names == ("*",) else ", ".join(names)
                    for names in (rule.tables, rule.items, rule.columns)
                ),
                settings,
                " ".join(rule.evidence.split()),
            ]
        )
    title = ctx.words("report.conventions")
    return _of_texts(ctx, "conventions", title, heads, rows, numbers=False)
