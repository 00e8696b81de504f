"""From figures to what they measure: codes that several variables share, groups named together."""

from __future__ import annotations

from attitudes.auditing.inputs import report_of_figures
from attitudes.study.figures import Figure

GROUPS = {"sex": ("1", "2"), "area": ("1", "2", "3")}


def _report(lab, rows, breakdowns):
    from attitudes.auditing.readings import Answers

    figures = [Figure(*row, "") for row in rows]
    answers = {"q1": Answers(lab.LIKERT, lab.BOXES)}
    return report_of_figures(figures, answers=answers, groups=GROUPS, breakdowns=breakdowns)


def test_codes_of_two_variables_are_told_apart_by_the_exhibit(lab):
    rows = [("by_sex", "q1", "1", "mean", "3.0"), ("by_area", "q1", "1", "mean", "2.0")]
    report = _report(lab, rows, {"by_sex": "sex", "by_area": "area"})
    assert [r.place for r in report.readings] == [("sex", ("1",)), ("area", ("1",))]


def test_codes_that_could_be_either_are_not_guessed(lab):
    report = _report(lab, [("t", "q1", "1", "mean", "3.0")], {})
    assert not report.readings[0].known


def test_a_code_of_one_variable_needs_no_exhibit(lab):
    report = _report(lab, [("t", "q1", "3", "mean", "3.0"), ("t", "q1", "2+3", "mean", "3.0")], {})
    assert [r.place for r in report.readings] == [("area", ("3",)), ("area", ("2", "3"))]


def test_sizes_are_read_by_the_exhibit_too(lab):
    rows = [("n_sex", "1", "total", "count", "40"), ("n_area", "1", "total", "count", "25")]
    report = _report(lab, rows, {"n_sex": "sex", "n_area": "area"})
    assert report.bases["sex", "1"].printed == 40
    assert report.bases["area", "1"].printed == 25
