"""How totals are formed."""

from __future__ import annotations

from fractions import Fraction

import pytest

from attitudes.auditing.checker import check_certificate
from attitudes.auditing.model import Assumptions
from attitudes.auditing.readings import Answers
from attitudes.auditing.rules.totals import check_totals
from attitudes.numerics.printed.exact import round_exact

GIVEN = Assumptions()
SIZES = {"north": 10, "south": 30, "east": 60}
GROUPS = {"place": tuple(SIZES)}


def _table(rule: str, rounding: str, questions: int = 6) -> list[tuple[str, ...]]:
    rows = [("n", g, "total", "count", str(n)) for g, n in SIZES.items()]
    for i in range(questions):
        means = [Fraction(150 + 37 * i % 200 + 61 * j * (i + 1) % 190, 100) for j in range(3)]
        weights = [1, 1, 1] if rule == "mean_of_groups" else list(SIZES.values())
        total = sum((m * w for m, w in zip(means, weights, strict=True)), Fraction(0)) / sum(
            weights
        )
        printed = [f"{float(m):.2f}" for m in means]
        rows += [("t", f"q{i}", g, "mean", p) for g, p in zip(SIZES, printed, strict=True)]
        rows.append(
            ("t", f"q{i}", "total", "mean", f"{float(round_exact(total, 2, rounding)):.2f}")
        )
    return rows


@pytest.mark.parametrize("rule", ["mean_of_groups", "pooled"])
@pytest.mark.parametrize("rounding", ["half_up", "half_even", "truncate"])
def test_the_true_rule_is_named(lab, rule, rounding):
    answer = check_totals(lab.small_report(_table(rule, rounding), groups=GROUPS), GIVEN)
    named = [c for c in answer.conventions if c.kind == "totals" and c.status == "named"]
    assert [c.id for c in named] == [f"totals_mean:{rule}"]
    assert named[0].explains == 6
    assert answer.plain is (rule == "mean_of_groups")
    assert not [f for f in answer.findings if f.verdict == "impossible"]


def test_plain_means_of_uneven_groups_are_told(lab):
    answer = check_totals(
        lab.small_report(_table("mean_of_groups", "half_up"), groups=GROUPS), GIVEN
    )
    told = next(f for f in answer.findings if f.kind == "plain_mean_mean")
    assert told.verdict == "consistent_if"
    assert "10 × " in told.sentence
    assert "plain mean" in told.sentence


def test_a_total_that_no_rule_makes_is_impossible(lab):
    rows = _table("pooled", "half_up")
    rows[-1] = ("t", "q5", "total", "mean", "4.99")
    answer = check_totals(lab.small_report(rows, groups=GROUPS), GIVEN)
    found = next(f for f in answer.findings if f.verdict == "impossible")
    assert found.cases[0].certificate["kind"] == "each"
    assert check_certificate(found.cases[0].certificate) is None
    assert found.cases[0].figures[-1] == len(rows) - 1


def test_a_whole_outside_its_two_parts_in_one_passage(lab):
    rows = [
        ("text", "q1", "old", "mean", "2.83"),
        ("text", "q1", "new", "mean", "2.7"),
        ("text", "q1", "total", "mean", "2.56"),
    ]
    answer = check_totals(lab.small_report(rows), GIVEN)
    assert [f.verdict for f in answer.findings] == ["impossible"]
    rows[-1] = ("text", "q1", "total", "mean", "2.75")
    assert not [
        f for f in check_totals(lab.small_report(rows), GIVEN).findings if f.verdict == "impossible"
    ]


def _scale(lab, *levels: str) -> tuple[list[tuple[str, ...]], dict[str, Answers]]:
    items = {"qa": ("2.02", "1.87"), "qb": ("2.86", "3.02"), "qc": ("2.44", "2.46")}
    rows = [
        ("t", q, g, "mean", v)
        for q, values in items.items()
        for g, v in zip(("old", "new"), values, strict=True)
    ]
    rows += [("t", "scale", g, "mean", v) for g, v in zip(("old", "new"), levels, strict=True)]
    item = {q: Answers(lab.LIKERT, lab.BOXES, scale="scale") for q in items}
    ends = {"lowest": Fraction(1), "highest": Fraction(5)}
    scale = Answers(ends, {}, scale="scale", is_scale=True, items=tuple(items))
    return rows, {**item, "scale": scale}


def test_levels_are_the_mean_of_the_items(lab):
    rows, answers = _scale(lab, "2.44", "2.45")
    kinds = {f.kind for f in check_totals(lab.small_report(rows, answers=answers), GIVEN).findings}
    assert kinds == set()
    rows, answers = _scale(lab, "2.44", "2.60")
    kinds = {f.kind for f in check_totals(lab.small_report(rows, answers=answers), GIVEN).findings}
    assert "total_row" in kinds


def test_levels_that_look_exchanged(lab):
    rows, answers = _scale(lab, "2.45", "2.44")
    report = lab.small_report(rows, answers=answers)
    told = [f for f in check_totals(report, GIVEN).findings if f.kind == "totals_exchanged"]
    assert [f.verdict for f in told] == ["consistent_if"]
    assert "the other way round" in told[0].sentence
