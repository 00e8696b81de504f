"""The same quantity printed twice; sentences about order."""

from __future__ import annotations

import pytest

from attitudes.auditing.checker import check_certificate
from attitudes.auditing.model import Assumptions
from attitudes.auditing.rules.orders import check_orders
from attitudes.auditing.rules.patterns import check_patterns
from attitudes.auditing.rules.repeats import check_repeats

GIVEN = Assumptions()


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        ("2.78", "2.78", None),
        ("2.78", "2.8", None),
        ("2.78", "2.7", None),  # cut off
        ("2.78", "2.70", "impossible"),
        ("71.1%", "71.0%", "consistent_if"),  # one rounded, one cut off
        ("71.1%", "70.9%", "impossible"),
        ("71.1%", "71%", None),
    ],
)
def test_one_quantity_in_two_places(lab, first, second, verdict):
    statistic = "percent:agree" if "%" in first else "mean"
    rows = [("t", "q1", "north", statistic, first), ("text", "q1", "north", statistic, second)]
    found = check_repeats(lab.small_report(rows), GIVEN)
    assert [f.verdict for f in found] == ([verdict] if verdict else [])
    if verdict == "impossible":
        assert check_certificate(found[0].cases[0].certificate) is None


def test_where_the_stray_value_stands_is_told(lab):
    rows = [
        ("t", "q1", g, "mean", v)
        for g, v in (("north", "2.70"), ("south", "2.78"), ("east", "2.5"))
    ]
    rows.append(("text", "q1", "north", "mean", "2.78"))
    found = check_repeats(lab.small_report(rows), GIVEN)
    assert "In t 2.78 stands at south" in found[0].sentence
    assert set(found[0].figures) == {0, 1, 3}


def test_ends_of_a_scale_said_twice(lab):
    rows = [("a", "scale", "total", "scale_low", "1"), ("b", "scale", "total", "scale_low", "0")]
    assert [f.kind for f in check_repeats(lab.small_report(rows), GIVEN)] == ["different_statement"]


def _places(lab, *values: str, statistic: str = "mean", claims=()):
    rows = [
        ("t", "q1", g, statistic, v)
        for g, v in zip(("north", "south", "east"), values, strict=True)
    ]
    return lab.small_report(rows, claims=claims)


@pytest.mark.parametrize(
    ("relation", "group", "values", "verdict"),
    [
        ("highest", "north", ("3.0", "2.0", "1.0"), None),
        ("highest", "south", ("3.0", "2.0", "1.0"), "impossible"),
        ("lowest", "east", ("3.0", "2.0", "1.0"), None),
        ("lowest", "south", ("3.0", "2.0", "1.0"), "impossible"),
        ("highest", "south", ("3.00", "3.0", "1.0"), None),
        ("highest", "south", ("3.05", "3.0", "1.0"), "consistent_if"),
        ("above_middle", "north", ("2.9", "2", "2"), "impossible"),
        ("above_middle", "north", ("3.1", "2", "2"), None),
        ("below_middle", "north", ("3.1", "2", "2"), "impossible"),
    ],
)
def test_orders_of_means(lab, relation, group, values, verdict):
    said = lab.claim("q1", "mean", group, relation)
    found = check_orders(_places(lab, *values, claims=[said]), GIVEN)
    assert [f.verdict for f in found] == ([verdict] if verdict else [])


@pytest.mark.parametrize(
    ("relation", "value", "verdict"),
    [
        ("majority", "50.1%", None),
        ("majority", "43%", "consistent_if"),
        ("minority", "45.5%", None),
        ("minority", "55%", "impossible"),
    ],
)
def test_majorities(lab, relation, value, verdict):
    said = lab.claim("q1", "percent:agree", "north", relation)
    report = _places(lab, value, "10%", "20%", statistic="percent:agree", claims=[said])
    assert [f.verdict for f in check_orders(report, GIVEN)] == ([verdict] if verdict else [])


def test_numbers_said_to_rise(lab):
    rows = [
        ("t", "clients", y, "count", n)
        for y, n in (("2019", "100"), ("2020", "160"), ("2021", "138"))
    ]
    rising = lab.claim("clients", "count", "total", "rising", breakdown="")
    found = check_orders(lab.small_report(rows, claims=[rising]), GIVEN)
    assert [f.verdict for f in found] == ["impossible"]
    assert "100 in 2019, 160 in 2020, 138 in 2021" in found[0].sentence
    assert not check_orders(lab.small_report(rows[:2], claims=[rising]), GIVEN)


def test_a_sum_that_should_equal_a_number(lab):
    rows = [("a", "survey", "total", "count", "1,000")]
    rows += [("b", "men", "total", "count", "482"), ("b", "women", "total", "count", "519")]
    same = lab.claim("survey", "count", "total", "equal_to", "b/men+women/total", exhibit="a")
    found = check_orders(lab.small_report(rows, claims=[same]), GIVEN)
    assert [f.verdict for f in found] == ["consistent_if"]
    assert "= 1001" in found[0].sentence
    rows[2] = ("b", "women", "total", "count", "518")
    assert not check_orders(lab.small_report(rows, claims=[same]), GIVEN)


def test_shares_and_means_that_order_groups_differently(lab):
    rows = [
        ("t", "q1", g, "mean", v) for g, v in (("north", "3.0"), ("south", "2.0"), ("east", "2.5"))
    ]
    rows += [("text", "q1", "north", "percent:agree", "10%")]
    said = lab.claim("q1", "percent:agree", "north", "lowest", exhibit="text")
    found = check_orders(lab.small_report(rows, claims=[said]), GIVEN)
    assert [(f.kind, f.verdict) for f in found] == [("sentence_against_means", "consistent_if")]


def test_repeated_rows_are_no_proof(lab):
    rows = [
        ("t", q, g, "mean", v)
        for q in ("q1", "q2")
        for g, v in (("north", "3.01"), ("south", "2.02"), ("east", "2.53"))
    ]
    found = check_patterns(lab.small_report(rows), GIVEN)
    assert {f.verdict for f in found} == {"consistent_if"}
    assert "print the same 3 figures" in found[0].sentence
    rows[-1] = ("t", "q2", "east", "mean", "2.54")
    assert not check_patterns(lab.small_report(rows), GIVEN)


def test_one_number_for_two_years(lab):
    rows = [("a", "clients", "2023", "count", "157"), ("b", "clients", "2022", "count", "157")]
    found = check_patterns(lab.small_report(rows), GIVEN)
    assert [f.kind for f in found] == ["two_dates"]
