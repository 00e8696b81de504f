"""Levels on the proper scale, places, and which sentences survive."""

from __future__ import annotations

from fractions import Fraction

import pytest

from attitudes.auditing.audit import audit_report
from attitudes.auditing.model import Assumptions
from attitudes.auditing.proper import non_answer_shares, proper_mean
from attitudes.auditing.questions import Coding
from attitudes.auditing.readings import Answers
from attitudes.numerics.printed.exact import Interval


def _coding(lab, constant=None, none=None):
    values = {a: v if constant is None else constant - v for a, v in lab.LIKERT.items()}
    return Coding(values, none)


@pytest.mark.parametrize(
    ("keying", "constant", "published", "proper"),
    [
        ("+", None, "3.20", "3.20"),
        ("-", 6, "3.20", "3.20"),
        ("-", 5, "3.20", "4.20"),  # 5 − x is one less than 6 − x
        ("-", None, "3.20", "2.80"),  # published unturned
        ("+", 5, "0.82", "4.18"),  # turned in one table: x = 5 − 0.82
    ],
)
def test_proper_means(lab, keying, constant, published, proper):
    answers = Answers(lab.LIKERT, lab.BOXES, keying=keying)
    value = Fraction(published)
    coding = _coding(lab, None if constant is None else Fraction(constant))
    found = proper_mean(Interval(value, value), answers, coding)
    assert (found.low, found.high) == (Fraction(proper), Fraction(proper))


def test_non_answers_are_taken_out(lab):
    answers = Answers(lab.LIKERT, lab.BOXES, keying="+")
    value = Interval(Fraction("3.60"), Fraction("3.60"))
    found = proper_mean(
        value, answers, _coding(lab, none=Fraction(0)), (Fraction(0), Fraction(1, 10))
    )
    assert found.low == Fraction("3.60")
    assert found.high == Fraction(4)  # 3.60 / 0.9


def test_turned_non_answers_are_taken_out(lab):
    # As answered 5 − 2 = 3 with 10 % counted as 0: 3 / 0.9 = 3.33; on the proper scale 6 − 3.33.
    answers = Answers(lab.LIKERT, lab.BOXES, keying="-")
    value = Interval(Fraction(2), Fraction(2))
    coding = _coding(lab, Fraction(5), Fraction(5))
    found = proper_mean(value, answers, coding, (Fraction(1, 10),))
    assert found.low == found.high == 6 - Fraction(10, 3)


def test_the_share_of_non_answers_is_what_other_tables_imply(lab):
    rows = [("n", g, "total", "count", "50") for g in ("old", "new")]
    rows += [("n", g, "total", "count", "30") for g in ("north", "south", "east")]
    rows += [("by_origin", "q1", g, "mean", "3.60") for g in ("old", "new")]
    rows += [("by_place", "q1", g, "mean", "4.00") for g in ("north", "south", "east")]
    report = lab.small_report(rows, rounding="half_up")
    codings = {
        (r.question, r.table, r.figure.column): _coding(
            lab, none=Fraction(0) if r.table == "by_origin" else None
        )
        for r in report.readings
        if r.kind == "mean"
    }
    share = non_answer_shares(report, codings)[("q1", "by_origin")]
    assert float(share) == pytest.approx(1 - 3.595 / 4.005, abs=1e-9)


def _scale(lab, levels, claims=()):
    """Two items by place; the second is keyed − and published as 5 − x."""
    rows = [
        ("n", g, "total", "count", n) for g, n in (("north", "10"), ("south", "30"), ("east", "60"))
    ]
    for i, (g, (a, b)) in enumerate(levels.items()):
        rows += [("by_place", "qa", g, "mean", a), ("by_place", "qb", g, "mean", b)]
        rows += [("by_place", "scale", g, "mean", f"{(float(a) + float(b)) / 2:.2f}")]
        assert i < 3
    ends = {"lowest": Fraction(1), "highest": Fraction(5)}
    answers = {
        "qa": Answers(lab.LIKERT, lab.BOXES, keying="+", scale="scale"),
        "qb": Answers(lab.LIKERT, lab.BOXES, keying="-", scale="scale"),
        "scale": Answers(ends, {}, scale="scale", is_scale=True, items=("qa", "qb")),
    }
    report = lab.small_report(rows, answers=answers, claims=claims, rounding="half_up")
    return audit_report(report, Assumptions("half_up"))


LEVELS = {"north": ("4.00", "0.50"), "south": ("3.00", "2.00"), "east": ("2.00", "3.40")}


def test_levels_places_and_the_whole(lab):
    audit = _scale(lab, LEVELS)
    assert any(c.id == "reversal_constant:5" and c.status == "named" for c in audit.conventions)
    levels = {c.group: c for c in audit.corrected}
    # qb is one higher on the proper scale: (4.00 + 1.50) / 2 and so on.
    for group, wanted in (("north", 2.75), ("south", 3.0), ("east", 3.2)):
        assert float(levels[group].low) <= wanted <= float(levels[group].high)
    assert [(levels[g].rank_low, levels[g].rank_high) for g in LEVELS] == [(3, 3), (2, 2), (1, 1)]
    whole = (10 * 2.75 + 30 * 3.0 + 60 * 3.2) / 100
    assert float(levels["total"].low) <= whole <= float(levels["total"].high)


@pytest.mark.parametrize(
    ("relation", "group", "status"),
    [
        ("highest", "east", "survives"),
        ("highest", "north", "fails"),
        ("lowest", "north", "survives"),
        ("above_middle", "east", "survives"),
        ("below_middle", "east", "fails"),
        ("above_middle", "south", "open"),
    ],
)
def test_sentences_are_judged_on_the_proper_scale(lab, relation, group, status):
    said = lab.claim("scale", "mean", group, relation, exhibit="by_place")
    audit = _scale(lab, LEVELS, [said])
    assert [c.status for c in audit.claims] == [status]
    assert audit.claims[0].reason
