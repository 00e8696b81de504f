"""Parts against wholes."""

from __future__ import annotations

import pytest

from attitudes.auditing.checker import check_certificate
from attitudes.auditing.model import Assumptions
from attitudes.auditing.rules.sums import check_sums

GIVEN = Assumptions()


def _kinds(report, given=GIVEN):
    return {f.kind: f for f in check_sums(report, given)}


def _counts(*numbers: str) -> list[tuple[str, ...]]:
    *parts, whole = numbers
    places = ("north", "south", "east")
    rows = [("t", g, "total", "count", n) for g, n in zip(places, parts, strict=True)]
    return [*rows, ("t", "total", "total", "count", whole)]


def test_counts_that_add_up(lab):
    assert _kinds(lab.small_report(_counts("10", "20", "30", "60"))) == {}


def test_counts_that_do_not_add_up_are_impossible_with_a_proof(lab):
    found = _kinds(lab.small_report(_counts("10", "20", "30", "70")))
    case = found["counts"].cases[0]
    assert found["counts"].verdict == "impossible"
    assert "10 + 20 + 30 = 60, printed is 70" in case.sentence
    assert check_certificate(case.certificate) is None
    assert set(case.figures) == {0, 1, 2, 3}


def test_a_difference_that_rounding_explains_has_a_price(lab):
    found = _kinds(lab.small_report(_counts("10", "20", "30", "61")))
    assert found["counts_rounded"].verdict == "consistent_if"
    assert "rounded" in found["counts_rounded"].price


def test_breakdowns_of_the_same_people_have_one_sum(lab):
    rows = [
        ("t", g, "total", "count", n) for g, n in (("north", "5"), ("south", "6"), ("east", "7"))
    ]
    rows += [("t", g, "total", "count", n) for g, n in (("old", "8"), ("new", "9"))]
    found = _kinds(lab.small_report(rows))
    assert found["composition"].verdict == "impossible"
    assert "5 + 6 + 7 = 18" in found["composition"].sentence
    assert "8 + 9 = 17" in found["composition"].sentence


@pytest.mark.parametrize(
    ("agree", "disagree", "rounding", "contradicts"),
    [
        ("60%", "41%", "half_up", False),  # 59.5 + 40.5 = 100
        ("60%", "42%", "half_up", True),
        ("60%", "41%", "truncate", True),  # at least 60 and 41
        ("60%", "41%", "half_even", True),  # 41 is odd: 40.5 would print as 40
        ("59%", "41%", "half_even", False),
        ("60.4%", "39.7%", "unknown", False),
        ("60.4%", "39.8%", "unknown", True),
    ],
)
def test_two_exclusive_shares_of_one_group(lab, agree, disagree, rounding, contradicts):
    rows = [
        ("text", "q1", "north", "percent:agree", agree),
        ("text", "q1", "north", "percent:disagree", disagree),
    ]
    found = _kinds(lab.small_report(rows, rounding=rounding), Assumptions(rounding))
    assert ("shares" in found) is contradicts
    if contradicts:
        assert found["shares"].verdict == "impossible"
        assert len(found["shares"].cases) == 1


def test_multiple_response_is_exempt(lab):
    from attitudes.auditing.readings import Answers

    rows = [
        ("text", "q1", "north", "percent:agree", "80%"),
        ("text", "q1", "north", "percent:disagree", "70%"),
    ]
    several = {"q1": Answers(lab.LIKERT, lab.BOXES, exclusive=False)}
    assert "shares" not in _kinds(lab.small_report(rows, answers=several))


def test_all_answers_of_a_table_make_100(lab):
    def bar(*values: str) -> list[tuple[str, ...]]:
        return [
            ("t", "q1", "north", f"percent:{c}", v) for c, v in zip("12345", values, strict=True)
        ]

    assert "shares" not in _kinds(lab.small_report(bar("20", "20", "20", "20", "21")))
    assert "shares" in _kinds(lab.small_report(bar("20", "20", "20", "20", "25")))
    assert "shares" in _kinds(lab.small_report(bar("20", "20", "20", "20", "10")))
