"""Exhibits become tables and charts with the numbers that hand arithmetic gives."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from attitudes.errors import StudyError
from attitudes.reporting.bind import bind
from attitudes.reporting.chapters.methods import methods_chapter
from attitudes.reporting.chapters.summary import with_signposts
from attitudes.reporting.charts.specs import (
    Bars,
    Diverging,
    Dots,
    Panels,
    RegionMap,
    Scatter,
    Stacked,
)
from attitudes.reporting.context import Context
from attitudes.reporting.model import Chapter, Group, Markup, Paragraph, ReportTable
from attitudes.study.loading import DEFAULT_STUDY, load_study
from attitudes.study.models import Study
from attitudes.survey.ledger import Ledger, LedgerEntry
from attitudes.survey.reading import read_responses
from attitudes.survey.survey import Survey

EXACT = 1e-12  # the same arithmetic in another order


def table(group: Group, convention: str) -> ReportTable:
    return next(t for t in group.tables if t.convention == convention)


def group(ctx: Context, name: str) -> Group:
    return bind(ctx, ctx.study.exhibit(name))


def test_as_published_mean_is_turned_by_the_declared_constant_and_unweighted(ctx: Context) -> None:
    found = table(group(ctx, "trust_by_region"), "as_published")
    frame = ctx.survey.frame
    own = frame[(frame.region == "south") & (frame.q2 <= 5)].q2
    expected = 5 - Fraction(int(own.sum()), len(own))
    cell = found.cell("q2", "south")
    assert cell.value == float(expected)
    assert cell.n == len(own)
    assert cell.low is None


def test_as_published_total_is_the_plain_mean_of_the_groups(ctx: Context) -> None:
    found = table(group(ctx, "trust_by_region"), "as_published")
    groups = [found.cell("q1", g).value for g in ("north", "south", "isle")]
    assert found.cell("q1", "total").value == pytest.approx(np.mean(groups), abs=EXACT)
    items = [found.cell(q, "north").value for q in ("q1", "q2")]
    assert found.cell("total", "north").value == pytest.approx(np.mean(items), abs=EXACT)


def test_recomputed_mean_is_turned_by_the_ends_and_weighted(ctx: Context) -> None:
    found = table(group(ctx, "trust_by_region"), "recomputed")
    frame = ctx.survey.frame
    own = frame[(frame.region == "south") & (frame.q2 <= 5)]
    expected = np.average(6 - own.q2, weights=own.weight)
    cell = found.cell("q2", "south")
    assert cell.value == pytest.approx(expected, abs=EXACT)
    assert cell.low is not None
    assert cell.high is not None
    assert cell.low < cell.value < cell.high


def test_recomputed_total_row_is_the_score_of_the_scale(ctx: Context) -> None:
    found = table(group(ctx, "trust_by_region"), "recomputed")
    frame = ctx.survey.frame
    answers = np.where(frame[["q1", "q2"]] <= 5, frame[["q1", "q2"]], np.nan)
    answers[:, 1] = 6 - answers[:, 1]
    kept = ~np.isnan(answers).all(axis=1)
    score = np.nanmean(answers[kept], axis=1)
    expected = np.average(score, weights=frame.weight[kept])
    assert found.cell("total", "total").value == pytest.approx(expected, abs=EXACT)
    assert found.cell("total", "total").n == kept.sum()


def test_conventions_of_another_exhibit_do_not_leak(ctx: Context) -> None:
    here = table(group(ctx, "chart_scores"), "as_published").cell("south", "mean").value
    there = table(group(ctx, "scores"), "as_published").cell("trust", "south").value
    assert here != there


def test_a_chart_of_scores_shows_the_total_row_of_the_scales_table(ctx: Context) -> None:
    dots = next(e for e in ctx.study.exhibits if e.id == "chart_scores")
    free = dots.model_copy(update={"id": "free_scores"})
    made = table(bind(ctx, free), "as_published")
    printed = table(group(ctx, "trust_by_region"), "as_published")
    for region in ("north", "south", "isle", "total"):
        assert made.cell(region, "mean").text == printed.cell("total", region).text


def test_a_small_base_is_marked_and_said(ctx: Context) -> None:
    for made in group(ctx, "trust_by_region").tables:
        marked = [
            (row.id, column.id)
            for row, cells in zip(made.rows, made.cells, strict=True)
            for column, cell in zip(made.columns, cells, strict=True)
            if "small_base" in cell.marks
        ]
        assert {column for _, column in marked} == {"isle"} | (
            set() if made.cell("q1", "south").n >= 30 else {"south"}
        )
        assert any("30" in note for note in made.notes)


def test_every_table_states_base_convention_and_provenance(ctx: Context) -> None:
    for exhibit in ctx.study.exhibits:
        for made in bind(ctx, exhibit).tables:
            assert made.provenance
            assert made.label
            if made.convention != "declared":
                assert made.provenance == "Generated answers of nobody."
                assert any("180" in note for note in made.notes), made
                assert all(cell.n is not None for row in made.cells for cell in row)


def test_shares_of_a_stacked_chart_add_up_under_both_conventions(ctx: Context) -> None:
    made = group(ctx, "view_by_region")
    assert [chart.id for chart in made.charts] == [
        "view_by_region.as_published",
        "view_by_region.recomputed",
    ]
    for chart in made.charts:
        body = chart.body
        assert isinstance(body, Stacked)
        assert [s.id for s in body.segments] == ["bad", "fair", "good", "dont_know", "refused"]
        assert [s.role for s in body.segments] == ["ordinal"] * 3 + ["missing"] * 2
        for i in range(len(body.rows)):
            assert math.isclose(sum(s.values[i] or 0 for s in body.segments), 100, abs_tol=1e-9)


def test_published_share_counts_everyone_asked(ctx: Context) -> None:
    found = table(group(ctx, "view_by_region"), "as_published")
    own = ctx.survey.frame[ctx.survey.frame.region == "north"].view
    assert found.cell("bad", "north").value == pytest.approx(100 * (own == "bad").mean(), abs=EXACT)
    assert found.cell("bad", "north").n == 100


def test_multiple_answers_are_shares_of_respondents(ctx: Context) -> None:
    made = group(ctx, "why_bars")
    found = table(made, "as_published")
    frame = ctx.survey.frame
    assert found.cell("money", "total").value == pytest.approx(100 * frame["why.money"].mean())
    weighted = np.average(frame["why.money"], weights=frame.weight)
    assert table(made, "recomputed").cell("money", "total").value == pytest.approx(100 * weighted)
    bodies = [chart.body for chart in made.charts]
    assert all(isinstance(b, Bars) for b in bodies)
    assert any("more than 100" in note for note in found.notes)


def test_a_box_counts_its_answers_among_those_who_gave_one(ctx: Context) -> None:
    found = table(group(ctx, "agree"), "recomputed")
    frame = ctx.survey.frame
    own = frame[(frame.region == "north") & (frame.q1 <= 5)]
    expected = 100 * np.average(own.q1 >= 4, weights=own.weight)
    assert found.cell("q1", "north").value == pytest.approx(expected)


def test_diverging_bars_keep_missing_answers_apart(ctx: Context) -> None:
    made = group(ctx, "answers")
    assert [chart.id for chart in made.charts] == ["answers_trust", "answers_care"]
    body = made.charts[0].body
    assert isinstance(body, Diverging)
    assert [s.id for s in body.missing] == ["dont_know", "refused"]
    for i in range(2):
        total = sum(s.values[i] or 0 for s in (*body.segments, *body.missing))
        assert math.isclose(total, 100, abs_tol=1e-9)
    assert body.bases == (180, 180)


def test_dots_show_each_convention_in_a_panel_of_its_own(ctx: Context) -> None:
    (chart,) = group(ctx, "chart_scores").charts
    body = chart.body
    assert isinstance(body, Dots)
    assert [panel.convention for panel in body.panels] == ["as_published", "recomputed"]
    assert all(p.low is None for p in body.panels[0].points)
    assert all(p.low is not None for p in body.panels[1].points)
    low, high = body.limits
    for panel in body.panels:
        for point in panel.points:
            ends = [v for v in (point.value, point.low, point.high) if v is not None]
            assert low <= min(ends)
            assert max(ends) <= high


def test_scatter_gives_the_weighted_correlation_and_its_interval(ctx: Context) -> None:
    (chart,) = group(ctx, "relation").charts
    body = chart.body
    assert isinstance(body, Scatter)
    frame = ctx.survey.frame
    answers = np.where(
        frame[["q1", "q2", "q3", "q4"]] <= 5, frame[["q1", "q2", "q3", "q4"]], np.nan
    )
    answers[:, [1, 3]] = 6 - answers[:, [1, 3]]
    with np.errstate(invalid="ignore"):
        x = np.where(np.isnan(answers[:, :2]).all(axis=1), np.nan, 0)
        x = x + np.array([np.nan if np.isnan(r).all() else np.nanmean(r) for r in answers[:, :2]])
        y = answers[:, 2:].mean(axis=1)
    both = np.isfinite(x) & np.isfinite(y)
    cov = np.cov(x[both], y[both], aweights=frame.weight[both])
    r = cov[0, 1] / math.sqrt(cov[0, 0] * cov[1, 1])
    found = group(ctx, "relation").tables[0]
    cell = found.cell("recomputed", "r")
    assert cell.value == pytest.approx(r, abs=1e-12)
    assert sum(body.counts) == both.sum()
    low, high = found.cell("recomputed", "low").value, found.cell("recomputed", "high").value
    assert low is not None
    assert high is not None
    assert low < r < high
    assert found.cell("as_published", "low").value is None


def test_scatter_of_groups_names_them(ctx: Context) -> None:
    (chart,) = group(ctx, "relation_by_region").charts
    assert isinstance(chart.body, Scatter)
    assert chart.body.labels == ("North & <coast>", "South", "Isle")


def test_map_has_every_group_once_and_points_where_declared(ctx: Context) -> None:
    (chart,) = group(ctx, "map").charts
    body = chart.body
    assert isinstance(body, RegionMap)
    assert [s.id for s in body.shapes] == ["north", "south", "isle"]
    assert body.shapes[2].rings == ()
    assert body.shapes[2].anchor == (3.6, 0.5)
    assert body.shapes[2].small
    assert "drawn for tests" in body.credit


def test_panels_hold_one_series_an_item(ctx: Context) -> None:
    charts = group(ctx, "agree_panels").charts
    for chart in charts:
        assert isinstance(chart.body, Panels)
        assert len(chart.body.panels) == 4
        assert len(chart.body.rows) == 4


def test_a_file_of_the_pack_stands_as_it_is(ctx: Context) -> None:
    (made,) = group(ctx, "actors").tables
    assert made.convention == "declared"
    assert made.rows[0].label == "Work, law"
    assert made.cells[0][0].text == "Bureau <A>"
    assert made.cells[0][1].text == "1,204"
    assert made.cells[0][1].value == 1204


def test_composition_counts_respondents(ctx: Context) -> None:
    made = group(ctx, "sample")
    assert table(made, "as_published").cell("isle", "count").value == 20
    frame = ctx.survey.frame
    weighted = 100 * frame.weight[frame.region == "isle"].sum() / frame.weight.sum()
    assert table(made, "recomputed").cell("isle", "percent").value == pytest.approx(weighted)


def test_a_column_that_the_data_lacks_is_one_clear_error(study: Study, survey: Survey) -> None:
    short = Survey.from_frame(survey.frame.drop(columns=["q2"]), survey.design, study)
    with pytest.raises(StudyError, match=r"exhibit trust_by_region: found no column q2"):
        bind(Context(study, short), study.exhibit("trust_by_region"))


def test_a_group_without_respondents_has_a_dash(study: Study, survey: Survey) -> None:
    frame = survey.frame[survey.frame.region != "isle"].reset_index(drop=True)
    ctx = Context(study, Survey.from_frame(frame, survey.design, study))
    made = bind(ctx, study.exhibit("trust_by_region"))
    for found in made.tables:
        assert found.cell("q1", "isle").text == "–"
        assert found.cell("q1", "isle").marks == ("not_estimable",)


def test_a_scale_that_is_not_measured_alike_carries_its_warning(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []

    def note(survey: object, scale: str, by: str) -> str | None:
        asked.append((scale, by))
        return f"{scale}: not measured alike across {by}" if scale == "trust" else None

    monkeypatch.setattr("attitudes.reporting.context.invariance_note", note)
    fresh = Context(ctx.study, ctx.survey)
    exhibits = {e.id: e for e in ctx.study.exhibits}
    warning = "Trust in others: not measured alike across region"
    dots = bind(fresh, exhibits["chart_scores"])
    assert all(chart.caption.endswith(warning) for chart in dots.charts)
    for made in (bind(fresh, exhibits["trust_by_region"]), dots):
        assert warning in table(made, "recomputed").notes
        assert warning not in table(made, "as_published").notes
    assert set(asked) == {("trust", "region")}
    assert len(asked) == 1


def test_rows_that_were_dropped_stand_in_the_methods(ctx: Context) -> None:
    ledger = Ledger("a.csv", 182, 180, (LedgerEntry("dropped", "every cell is blank", (4, 9)),))
    made = methods_chapter(Context(ctx.study, replace(ctx.survey, ledger=ledger)))
    texts = [block.text for block in made.blocks if isinstance(block, Paragraph)]
    assert "Rows of data: 182 read, 180 kept." in texts
    assert "Rows left out: 2, every cell is blank (rows 4, 9)." in texts


def test_the_summary_points_to_the_checks_behind_it() -> None:
    summary = Chapter(
        "summary", "At a glance", (Paragraph("n", "lead"), Paragraph("cards")), "front"
    )
    check = Chapter(
        "c", "Checks & more", (Paragraph("Two < three."), Paragraph("So.", "lead")), "checks"
    )
    made = with_signposts([summary, check])
    signs = made[0].blocks[2]
    assert isinstance(signs, Markup)
    assert '<a href="#chapter-c">Checks &amp; more</a> So.' in signs.html
    assert made[1] == check
    assert with_signposts([summary]) == [summary]


def test_counts_that_differ_from_the_print_are_marked() -> None:
    study = load_study(DEFAULT_STUDY)
    ctx = Context(study, read_responses(study.path(str(study.data.file)), study))
    exhibit = next(e for e in study.exhibits if e.kind == "composition" and e.published)
    printed = {f.row: f.printed for f in study.figures() if f.exhibit == exhibit.figures_id}
    made = table(bind(ctx, exhibit), "as_published")
    assert printed
    for row, text in printed.items():
        cell = made.cell(row, "count")
        assert ("printed_differs" in cell.marks) == (cell.text != text)
