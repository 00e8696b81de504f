"""The chapter on weights: its numbers are those of the diagnostics, its words translated."""

from __future__ import annotations

from dataclasses import replace

import pytest

import attitudes as at
from attitudes.reporting.chapters.weights import weights_chapter
from attitudes.reporting.charts.draw import to_svg
from attitudes.reporting.charts.specs import Dots
from attitudes.reporting.charts.specs_weights import Weights
from attitudes.reporting.context import Context
from attitudes.reporting.model import Chapter, Figure, Group


@pytest.fixture(scope="module")
def survey() -> at.Survey:
    study = at.load_study("kyrgyzstan-2023")
    assert study.data.file is not None
    return at.read_responses(study.path(study.data.file), study)


def chapter(survey: at.Survey, lang: str = "en") -> Chapter:
    assert survey.study is not None
    made = weights_chapter(Context(survey.study, survey, lang))
    assert made is not None
    return made


def test_numbers_are_those_of_the_diagnostics(survey: at.Survey) -> None:
    found = at.weight_diagnostics(at.weigh(survey), before=survey)
    groups = [block for block in chapter(survey).blocks if isinstance(block, Group)]
    facts, margins = (group.tables[0] for group in groups)
    assert facts.cell("n_eff", "after").value == pytest.approx(found.after.n_eff)
    assert facts.cell("deff", "before").value == pytest.approx(found.before.deff)
    assert len(margins.rows) == len(found.margins)
    for row in found.margins:
        assert margins.cell(row.category, "target").value == pytest.approx(100 * row.target)
        assert margins.cell(row.category, "after").value == pytest.approx(100 * row.target)
        assert margins.cell(row.category, "n").value == row.n


@pytest.mark.parametrize("lang", ["en", "ru", "ky"])
def test_charts_hold_the_diagnostics_in_the_reports_language(survey: at.Survey, lang: str) -> None:
    spread, margins = (b.chart for b in chapter(survey, lang).blocks if isinstance(b, Figure))
    assert survey.study is not None
    words = Context(survey.study, survey, lang).words
    assert isinstance(spread.body, Weights)
    assert [p.title for p in spread.body.panels] == [
        words(f"weights.chart.{name}.title") for name in ("weights", "concentration")
    ]
    histogram, shares = spread.body.panels
    assert sum(histogram.after.y) == survey.n
    assert shares.after.y[-1] == pytest.approx(1)
    found = at.weight_diagnostics(at.weigh(survey), before=survey)
    assert isinstance(margins.body, Dots)
    drawn = [p.value for p in margins.body.panels[0].points]
    assert drawn == pytest.approx([r.difference_before for r in found.margins], abs=0.005)
    assert not any(f"{value:.2f}" == "-0.00" for value in drawn if value is not None)
    for chart in (spread, margins):
        assert to_svg(chart) == to_svg(chart)


def test_no_chapter_without_weights(survey: at.Survey) -> None:
    assert survey.study is not None
    bare = survey.study.model_copy(update={"weighting": ()}).at(survey.study.root)
    plain = replace(survey, design=at.SurveyDesign(), study=bare)
    assert weights_chapter(Context(bare, plain)) is None
