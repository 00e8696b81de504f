"""Whole answers behind percentages, means and standard deviations."""

from __future__ import annotations

from fractions import Fraction

import pytest

from attitudes.auditing.checker import check_certificate
from attitudes.auditing.model import Assumptions
from attitudes.auditing.readings import Answers
from attitudes.auditing.rules.whole import check_whole_answers

GIVEN = Assumptions()


def _kinds(report, given=GIVEN):
    return {f.kind: f for f in check_whole_answers(report, given)}


def test_grim_with_the_nearest_workable_base(lab):
    report = lab.small_report([("t", "q1", "north", "mean", "2.34")], extras=[(40, None)])
    found = _kinds(report)["base_beside"]
    assert any("all of them answered" in words for words in found.assumptions)
    assert found.verdict == "impossible"
    assert "93/40 = 2.325 and 94/40 = 2.350" in found.sentence
    assert found.price == "the base is 41"
    assert check_certificate(found.cases[0].certificate) is None
    fine = lab.small_report([("t", "q1", "north", "mean", "2.35")], extras=[(40, None)])
    assert _kinds(fine) == {}


def test_half_way_values_decide_by_the_rule(lab):
    # 94/40 is 2.350; one decimal: 2.4 half up and half even (2.35 → 2.4), 2.3 cut off.
    for rule, printed, fits in (
        ("half_up", "2.4", True),
        ("half_up", "2.3", False),
        ("half_even", "2.4", True),
        ("truncate", "2.3", True),
        ("truncate", "2.4", False),
    ):
        report = lab.small_report(
            [("t", "q1", "north", "mean", printed)], extras=[(40, None)], rounding=rule
        )
        # Other totals of 40 print as 2.3 or 2.4 too: hold the single total 94 against the interval.
        assert report.readings[0].interval.contains(Fraction(94, 40)) is fits


@pytest.mark.parametrize(("sd", "fits"), [("1.58", True), ("1.60", False), ("1.41", True)])
def test_grimmer(lab, sd, fits):
    # 1 to 5 once each: sd 1.5811 (n − 1) or 1.4142 (n).
    report = lab.small_report([("t", "q1", "north", "mean", "3.00")], extras=[(5, sd)])
    assert ("spread" in _kinds(report)) is not fits


@pytest.mark.parametrize(("sd", "fits"), [("0.49", True), ("0.45", False)])
def test_debit_for_yes_and_no(lab, sd, fits):
    yes_no = Answers({"0": Fraction(0), "1": Fraction(1)}, {})
    report = lab.small_report(
        [("t", "q1", "north", "mean", "0.36")], extras=[(25, sd)], answers={"q1": yes_no}
    )
    found = _kinds(report)
    assert ("spread" in found) is not fits
    if not fits:
        assert check_certificate(found["spread"].cases[0].certificate) is None


def _of_48(*shares: str) -> list[tuple[str, ...]]:
    sizes = [("n", "north", "total", "count", "48"), ("n", "south", "total", "count", "50")]
    sizes += [("n", "east", "total", "count", "50"), ("n", "total", "total", "count", "148")]
    return sizes + [("text", f"q{i}", "north", "percent:agree", s) for i, s in enumerate(shares)]


def test_the_base_is_recovered_from_percentages(lab):
    found = _kinds(lab.small_report(_of_48("55.8%", "26.9%")))["base_of_group"]
    assert found.verdict == "consistent_if"
    assert "the base is 52" in found.price
    assert "26/48" in found.sentence
    assert "base_of_group" not in _kinds(lab.small_report(_of_48("56.25%", "25.0%")))


def test_a_bar_of_all_answers_must_add_up_to_its_group(lab):
    sizes = [
        ("n", g, "total", "count", n) for g, n in (("north", "43"), ("south", "40"), ("east", "9"))
    ]
    full = Answers(lab.LIKERT, lab.BOXES, ("refused",))

    def bar(*values: str) -> list[tuple[str, ...]]:
        names = [*"12345", "refused"]
        return [
            ("by_place", "q1", "north", f"percent:{c}", v)
            for c, v in zip(names, values, strict=True)
        ]

    # 10, 10, 10, 10, 1 and 2 of 43.
    fine = bar("23%", "23%", "23%", "23%", "2%", "5%")
    assert "base_of_bar" not in _kinds(lab.small_report(sizes + fine, answers={"q1": full}))
    # 27 % is no whole number of 43 people with the others; it is 12 of 44.
    wrong = bar("5%", "27%", "16%", "14%", "0%", "39%")
    found = _kinds(lab.small_report(sizes + wrong, answers={"q1": full}))["base_of_bar"]
    assert "44" in found.price


def test_those_asked_are_as_many_as_gave_the_filtering_answer(lab):
    sizes = [("n", g, "total", "count", "48") for g in ("north", "south", "east")]
    filtered = Answers(lab.LIKERT, lab.BOXES, asked_of={"q1": ("agree",)})
    rows = [*sizes, ("t", "q1", "north", "percent:agree", "25%")]
    rows += [("t", "q2", "north", "percent:agree", "30.8%")]
    found = _kinds(lab.small_report(rows, answers={"q2": filtered}))["base_of_filter"]
    assert "12 people were asked (25% of the group)" in found.sentence
    assert found.price == "the base is 13"
    rows[-1] = ("t", "q2", "north", "percent:agree", "33.3%")
    assert "base_of_filter" not in _kinds(lab.small_report(rows, answers={"q2": filtered}))


def test_a_percentage_with_two_decimals_shows_the_size_of_the_survey(lab):
    sizes = [("n", g, "total", "count", "500") for g in ("old", "new")]
    rows = [*sizes, ("text", "q1", "total", "percent:agree", "57.35%")]
    assert "base_of_all" in _kinds(lab.small_report(rows))
    rows[-1] = ("text", "q1", "total", "percent:agree", "57.30%")
    assert "base_of_all" not in _kinds(lab.small_report(rows))
