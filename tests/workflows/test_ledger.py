"""The ledger of figures: one line a figure, its status, its exact value, and why."""

from __future__ import annotations

import csv
import io
from fractions import Fraction

import pytest

import attitudes as at
from attitudes.survey.survey import Survey
from attitudes.workflows.declared import declared_value, plan_values
from attitudes.workflows.ledger import LEDGER_COLUMNS, exact_text, figure_ledger, ledger_csv


@pytest.fixture(scope="module")
def survey() -> Survey:
    study = at.load_study("kyrgyzstan-2023")
    assert study.data.file is not None
    return at.read_responses(study.path(study.data.file), study)


def test_the_columns_are_those_of_the_figures_and_what_became_of_them(survey: Survey) -> None:
    assert ",".join(LEDGER_COLUMNS) == (
        "exhibit,row,column,statistic,printed,section,status,value,reason"
    )
    lines = figure_ledger(survey)
    rows = list(csv.DictReader(io.StringIO(ledger_csv(lines))))
    assert survey.study is not None
    assert [r["printed"] for r in rows] == [f.printed for f in survey.study.figures()]
    assert {r["status"] for r in rows} <= {"reproduced", "off", "excluded", "not_computable"}
    assert all(bool(r["value"]) == (r["status"] != "not_computable") for r in rows)
    assert all(bool(r["reason"]) == (r["status"] != "reproduced") for r in rows)


def test_a_proof_makes_off_excluded_and_is_named(survey: Survey) -> None:
    off = next(line for line in figure_ledger(survey) if line.status == "off")
    proved = figure_ledger(survey, {off.key: "P7"})
    line = next(x for x in proved if x.key == off.key)
    assert line.status == "excluded"
    assert line.reason.startswith("P7: ")
    assert line.printed is not None
    assert f"{line.printed} instead of {line.figure.printed}" in line.reason


def test_a_proof_of_a_figure_that_is_printed_changes_nothing(survey: Survey) -> None:
    good = next(line for line in figure_ledger(survey) if line.status == "reproduced")
    proved = figure_ledger(survey, {good.key: "P7"})
    assert next(x for x in proved if x.key == good.key).status == "reproduced"


def test_twelve_decimals_tell_any_two_means_apart() -> None:
    values = {Fraction(a, b) for b in range(990, 1002) for a in range(1500, 1530)}
    assert len({exact_text(v) for v in values}) == len(values)


def test_the_codebook_gives_items_and_ends_of_scales(survey: Survey) -> None:
    study = survey.study
    assert study is not None
    plan = plan_values(study)
    by = {(f.exhibit, f.row, f.column, f.statistic, f.printed): f for f in study.figures()}
    items = by["text_factors", "traits", "total", "items", "12"]
    found = declared_value(study, items, plan)
    assert found is not None
    assert (found.value, found.matches) == (12, True)
    zero = by["text_extremist", "extremist", "total", "scale_low", "0"]
    wrong = declared_value(study, zero, plan)
    assert wrong is not None
    assert (wrong.printed, wrong.matches, wrong.source) == ("1", False, "the codebook")


def test_the_plan_gives_the_table_of_the_sample(survey: Survey) -> None:
    lines = [x for x in figure_ledger(survey) if x.figure.exhibit == "table_2"]
    assert len(lines) > 120
    assert {x.status for x in lines} == {"reproduced"}


def test_what_nothing_gives_says_so_by_name(survey: Survey) -> None:
    lines = [x for x in figure_ledger(survey) if x.status == "not_computable"]
    assert 0 < len(lines) < 60
    for line in lines:
        assert line.figure.row in line.reason or line.figure.column in line.reason
        assert line.value is None
