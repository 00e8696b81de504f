"""From a declared exhibit to what the report shows of it."""

from __future__ import annotations

from attitudes.errors import StudyError
from attitudes.reporting.chart_likert import diverging_chart
from attitudes.reporting.chart_maps import map_chart
from attitudes.reporting.chart_means import dots_chart
from attitudes.reporting.chart_scatter import scatter_chart
from attitudes.reporting.chart_shares import chart_of_shares
from attitudes.reporting.charts.specs import Chart
from attitudes.reporting.context import Context
from attitudes.reporting.model import Group, ReportTable
from attitudes.reporting.stated import composition_table, file_table, indicators_table
from attitudes.reporting.tables import conventions_of, means_table, shares_table
from attitudes.study.exhibits import Exhibit

__all__ = ["bind"]


def bind(ctx: Context, exhibit: Exhibit) -> Group:
    """Make the tables and charts of a declared exhibit, one a convention.

    Parameters
    ----------
    ctx
        Study, respondents, language.
    exhibit
        One of the study's exhibits.

    Raises
    ------
    StudyError
        When the exhibit names a variable that the respondents' data does not hold.
    """
    _check_columns(ctx, exhibit)
    tables = _tables(ctx, exhibit)
    charts, chart_tables = _charts(ctx, exhibit)
    texts = [exhibit.caption] if exhibit.is_table and exhibit.caption else []
    texts += [] if exhibit.kind in ("text", "allocation", "indicators") else list(exhibit.notes)
    notes = tuple(text.get(ctx.lang, text["en"]) for text in texts)
    folded = exhibit.kind in ("means", "frequencies") and not exhibit.published
    folded = folded and any(other.published for other in ctx.study.exhibits)
    return Group(exhibit.id, ctx.title(exhibit), (*tables, *chart_tables), charts, notes, folded)


def _check_columns(ctx: Context, exhibit: Exhibit) -> None:
    names = [column for q in ctx.questions(exhibit) for column in ctx.study.columns_of(q.id)]
    names += [exhibit.breakdown] if exhibit.breakdown else []
    here = set(ctx.survey.frame.columns)
    lost = [name for name in names if name not in here]
    if lost:
        raise StudyError(
            f"study {ctx.study.id}, exhibit {exhibit.id}",
            f"no column {', '.join(lost)} in the respondents' data",
            "data with every column that the exhibits use",
        )


def _tables(ctx: Context, exhibit: Exhibit) -> tuple[ReportTable, ...]:
    match exhibit.kind:
        case "means":
            return tuple(means_table(ctx, exhibit, c) for c in conventions_of(exhibit))
        case "frequencies":
            return tuple(shares_table(ctx, exhibit, c) for c in conventions_of(exhibit))
        case "composition":
            return tuple(composition_table(ctx, exhibit, c) for c in conventions_of(exhibit))
        case "text" | "allocation":
            return (file_table(ctx, exhibit),)
        case "indicators":
            return (indicators_table(ctx, exhibit),)
        case _:
            return ()


def _charts(ctx: Context, exhibit: Exhibit) -> tuple[tuple[Chart, ...], tuple[ReportTable, ...]]:
    names = (*exhibit.questions, *exhibit.scales)
    made: list[tuple[Chart, tuple[ReportTable, ...]]] = []
    match exhibit.kind:
        case "stacked" | "bars" | "pie":
            for convention in conventions_of(exhibit):
                chart, table = chart_of_shares(ctx, exhibit, convention)
                made.append((chart, (table,)))
        case "diverging":
            for scale in exhibit.scales or (None,):
                chart, table = diverging_chart(ctx, exhibit, scale)
                made.append((chart, (table,)))
        case "dots":
            made = [dots_chart(ctx, exhibit, name) for name in names]
        case "map":
            made = [map_chart(ctx, exhibit, name) for name in names]
        case "scatter":
            made = [scatter_chart(ctx, exhibit)]
        case _:
            pass
    return tuple(chart for chart, _ in made), tuple(t for _, tables in made for t in tables)
