"""Computing conventions, inferred over all figures together."""

from __future__ import annotations

from fractions import Fraction

import pytest

from attitudes.auditing.inference import infer
from attitudes.auditing.model import Assumptions

GIVEN = Assumptions()
SIZES = [("n", "old", "total", "count", "60"), ("n", "new", "total", "count", "60")]
SIZES += [("n", g, "total", "count", "40") for g in ("north", "south", "east")]


def _said(report, kind):
    found = infer(report, GIVEN).conventions
    return {c.id: c for c in found if c.kind == kind}


@pytest.mark.parametrize(
    ("means", "constant"),
    [
        (("0.80", "1.50", "2.10"), "5"),  # below 1, never above 4
        (("1.20", "4.60", "3.10"), "6"),
        (("2.40", "5.60", "3.90"), "7"),
    ],
)
def test_the_reversal_constant(lab, means, constant):
    rows = [
        ("by_place", "q1", g, "mean", v)
        for g, v in zip(("north", "south", "east"), means, strict=True)
    ]
    named = [
        c
        for c in _said(
            lab.small_report(SIZES + rows, keying={"q1": "-"}), "reversal_constant"
        ).values()
        if c.status == "named"
    ]
    assert [c.value for c in named] == [constant]


def test_one_table_of_an_item_turned(lab):
    rows = [("by_place", "q1", g, "mean", "4.10") for g in ("north", "south", "east")]
    rows += [("by_origin", "q1", g, "mean", v) for g, v in (("old", "0.82"), ("new", "0.98"))]
    rows += [
        ("by_place", "q2", g, "mean", v)
        for g, v in (("north", "0.90"), ("south", "1.2"), ("east", "1"))
    ]
    found = _said(lab.small_report(SIZES + rows, keying={"q1": "+", "q2": "-"}), "row_turned")
    assert "row_turned:q1:by_origin" in found
    assert found["row_turned:q1:by_origin"].status == "named"


def test_an_item_published_unturned(lab):
    rows = [
        ("by_place", q, g, "mean", v)
        for q in ("q2", "q3")
        for g, v in (("north", "0.90"), ("south", "1.20"), ("east", "1.00"))
    ]
    rows += [("by_place", "q1", g, "mean", "4.50") for g in ("north", "south", "east")]
    keying = {"q1": "-", "q2": "-", "q3": "-"}
    found = _said(lab.small_report(SIZES + rows, keying=keying), "published_keying")
    assert found["published_keying:q1"].status == "named"


def test_a_block_of_columns_turned(lab):
    places = ("a", "b", "c", "d", "e")
    groups = {"place": places, "origin": ("old", "new")}
    rows = [("n", g, "total", "count", "40") for g in places]
    rows += [("n", g, "total", "count", "100") for g in ("old", "new")]
    values = ("1.00", "1.10", "3.80", "3.90", "3.70")
    rows += [("by_place", "q1", g, "mean", v) for g, v in zip(places, values, strict=True)]
    rows += [("by_origin", "q1", g, "mean", v) for g, v in (("old", "1.15"), ("new", "1.20"))]
    rows += [
        ("by_place", "q2", g, "mean", v)
        for g, v in zip(places, ("0.9", "1.2", "1.3", "1.1", "1"), strict=True)
    ]
    report = lab.small_report(rows, keying={"q1": "-", "q2": "-"}, groups=groups)
    found = _said(report, "block_turned")
    name = "block_turned:q1:by_place:c,d,e"
    assert found[name].status == "named"
    coding = infer(report, GIVEN).coding(report, "q1", "by_place")
    assert coding.at("a").values["1"] == 4
    assert coding.at("c").values["1"] == 1


def test_groups_that_merely_differ_are_no_block(lab):
    places = ("a", "b", "c", "d", "e")
    groups = {"place": places, "origin": ("old", "new")}
    rows = [("n", g, "total", "count", "40") for g in places]
    rows += [("n", g, "total", "count", "100") for g in ("old", "new")]
    values = ("1.60", "1.70", "2.40", "2.50", "2.30")
    rows += [("by_place", "q1", g, "mean", v) for g, v in zip(places, values, strict=True)]
    rows += [("by_origin", "q1", g, "mean", v) for g, v in (("old", "2.10"), ("new", "2.12"))]
    report = lab.small_report(rows, keying={"q1": "-"}, groups=groups)
    assert _said(report, "block_turned") == {}


@pytest.mark.parametrize(("code", "values"), [("0", ("2.40", "2.10")), ("6", ("3.60", "3.90"))])
def test_ties_of_non_answers_are_shown(lab, code, values):
    rows = list(SIZES)
    for i, value in enumerate((*values, "2.2" if code == "0" else "3.8")):
        rows += [("by_place", f"q{i}", g, "mean", "3.00") for g in ("north", "south", "east")]
        rows += [("by_origin", f"q{i}", g, "mean", value) for g in ("old", "new")]
    found = _said(lab.small_report(rows), "nonsubstantive")
    statuses = {c.id: c.status for c in found.values()}
    assert statuses.get(f"nonsubstantive:{code}:origin") in ("named", "tied")
    assert "named" in statuses.values()
    assert all(c.against is not None and c.sentence for c in found.values())


def test_columns_in_another_order(lab):
    rows = [
        ("t", "q1", g, "mean", v)
        for g, v in (("north", "2.70"), ("south", "2.78"), ("east", "2.50"))
    ]
    rows.append(("text", "q1", "north", "mean", "2.78"))
    found = _said(lab.small_report(rows), "columns")
    assert "columns:t:north,south" in found


def test_a_table_on_another_base(lab):
    rows = [
        ("chart", "q1", "total", f"percent:{c}", v)
        for c, v in zip("135", ("32%", "30%", "26%"), strict=True)
    ]
    rows += [
        ("text", "q1", "total", f"percent:{c}", v)
        for c, v in zip("135", ("30%", "28%", "25%"), strict=True)
    ]
    found = _said(lab.small_report(rows), "base")
    said = found["base:q1:chart,text"]
    first, second = (int(n) for n in said.value.split(","))
    assert first < second
    people = [int(n) for n in said.sentence.split(": ")[1].split(" people")[0].split(", ")]
    for k, one, two in zip(people, (32, 30, 26), (30, 28, 25), strict=True):
        assert abs(Fraction(100 * k, first) - one) <= Fraction(1, 2)
        assert abs(Fraction(100 * k, second) - two) <= Fraction(1, 2)


def test_declared_ways_need_no_hypothesis(respondents, tables, reader, practice):
    found = infer(reader(tables(respondents(3), practice())), GIVEN)
    kinds = {c.kind for c in found.conventions if c.status == "named"}
    assert kinds <= {"reversal_constant", "totals"}
    constant = next(c for c in found.conventions if c.kind == "reversal_constant")
    assert (constant.value, constant.status) == ("6", "named")
