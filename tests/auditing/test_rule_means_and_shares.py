"""Means against shares of the same question, and the reverse."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

from attitudes.auditing.audit import audit_report
from attitudes.auditing.codings import declared_codings
from attitudes.auditing.model import Assumptions
from attitudes.auditing.questions import coding_of
from attitudes.auditing.rules.joint_bounds import mean_bounds, share_bounds
from attitudes.auditing.rules.joint_setting import Setting

STRICT = Assumptions(response=Fraction(1), base_slack=Fraction(0))


def _setting(report, question="q1"):
    return Setting(report, question, declared_codings(report, question), STRICT)


def _shares(lab, *shares: tuple[str, str], mean: str | None = None):
    rows = [("text", "q1", "total", f"percent:{box}", value) for box, value in shares]
    if mean is not None:
        rows.append(("text", "q1", "total", "mean", mean))
    return lab.small_report(rows, rounding="half_up")


@pytest.mark.parametrize(
    ("shares", "low", "high"),
    [
        ((("agree", "50%"),), "2.485", "4.010"),  # 49.5 % × 4 + 50.5 % × 1; 50.5 % × 5 + 49.5 % × 3
        ((("disagree", "50%"),), "1.990", "3.515"),
        ((("1", "100%"),), "1.000", "1.020"),  # 0.5 % may give 5
        ((("agree", "30%"), ("disagree", "40%")), "2.485", "3.215"),
    ],
)
def test_sharp_bounds_of_a_mean(lab, shares, low, high):
    report = _shares(lab, *shares)
    coding = coding_of(report.answers["q1"])
    bounds = mean_bounds(_setting(report), report.readings, coding, Fraction(1))
    assert float(bounds.interval.low) == pytest.approx(float(low), abs=5e-4)
    assert float(bounds.interval.high) == pytest.approx(float(high), abs=5e-4)


def test_bounds_are_reached_by_respondents(lab):
    """Enumerate all answers of 10 people: the bounds are those of the best and worst of them."""
    report = _shares(lab, ("agree", "30%"), ("disagree", "40%"))
    coding = coding_of(report.answers["q1"])
    bounds = mean_bounds(_setting(report), report.readings, coding, Fraction(1))
    means = [
        Fraction(a + 2 * b + 3 * 3 + 4 * d + 5 * e, 10)
        for a, b, d, e in product(range(5), range(5), range(4), range(4))
        if a + b == 4 and d + e == 3
    ]
    assert float(bounds.interval.low) <= min(means)
    assert float(bounds.interval.high) >= max(means)
    assert float(min(means) - bounds.interval.low) < 0.03
    assert float(bounds.interval.high - max(means)) < 0.03


def test_printed_non_answers_leave_a_sharper_mean(lab):
    from attitudes.auditing.readings import Answers

    attitude = Answers(
        {"negative": Fraction(1), "neutral": Fraction(3), "positive": Fraction(5)},
        {b: frozenset({b}) for b in ("negative", "neutral", "positive")},
        ("dont_know",),
    )
    rows = [
        ("t", "q1", "total", "percent:positive", "34%"),
        ("t", "q1", "total", "percent:negative", "5%"),
        ("t", "q1", "total", "percent:dont_know", "43%"),
    ]
    report = lab.small_report(rows, answers={"q1": attitude}, rounding="half_up")
    bounds = mean_bounds(_setting(report), report.readings, coding_of(attitude), Fraction(1, 2))
    # 5.5 negative, 18.5 neutral and 33.5 positive of 57.5 who answered.
    least = Fraction(55 + 3 * 185 + 5 * 335, 575)
    assert float(bounds.interval.low) == pytest.approx(float(least), abs=1e-6)
    assert "/ 57.5 %" in bounds.least


def test_sharp_bounds_of_a_share(lab):
    report = _shares(lab, ("agree", "65.3%"))
    inside = report.answers["q1"].boxes["disagree"]
    bound = share_bounds(_setting(report), report.readings, inside)
    assert float(bound.high) == pytest.approx(34.75)
    assert bound.low == 0


@pytest.mark.parametrize(
    ("mean", "verdict"),
    [("2.49", None), ("4.01", None), ("2.40", "impossible"), ("4.1", "impossible")],
)
def test_a_mean_outside_the_bounds_of_its_shares(lab, mean, verdict):
    report = _shares(lab, ("agree", "50%"), mean=mean)
    audit = audit_report(report, Assumptions("half_up", Fraction(1), Fraction(0)))
    found = [f for f in audit.findings if f.rule == "means_and_shares"]
    assert [f.verdict for f in found] == ([verdict] if verdict else [])
    if verdict:
        assert f"prints {mean}" in found[0].sentence
        assert set(found[0].figures) == {0, 1}


def test_groups_are_pooled_against_a_share_of_all(lab):
    rows = [("n", g, "total", "count", "100") for g in ("old", "new")]
    rows += [("text", "q1", "total", "percent:agree", "50.0%")]
    rows += [("by_origin", "q1", g, "mean", "2.40") for g in ("old", "new")]
    audit = audit_report(lab.small_report(rows), Assumptions(response=Fraction(99, 100)))
    found = next(f for f in audit.findings if f.rule == "means_and_shares")
    assert "50.0 % × 4 = 2.49" in found.sentence
    assert "pooled: (100 × 2.40 + 100 × 2.40) / 200" in found.sentence


def test_shares_of_parts_against_the_share_of_all(lab):
    rows = [("n", "old", "total", "count", "100"), ("n", "new", "total", "count", "300")]
    rows += [("text", "q1", "old", "percent:agree", "20.0%")]
    rows += [("text", "q1", "new", "percent:disagree", "70.0%")]
    rows += [("text", "q1", "total", "percent:agree", "40.0%")]
    audit = audit_report(lab.small_report(rows), STRICT)
    found = next(f for f in audit.findings if f.rule == "means_and_shares")
    # 100 × 20 % + 300 × 30 % = 110 of 400: 27.5 %.
    assert "(100 × 20.1 + 300 × 30.1) / 400" in found.sentence
    assert "prints 40.0%" in found.sentence
