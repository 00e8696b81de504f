"""The most specific rule decides, setting by setting."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from attitudes.study.conventions import Conventions
from attitudes.study.loading import load_study

RULES = [
    {"reversal_constant": 5, "totals": "mean_of_groups", "evidence": "general"},
    {"items": "q*", "rounding": "truncate", "evidence": "pattern"},
    {"tables": "t2", "reversal_constant": 6, "evidence": "table"},
    {
        "tables": "t2",
        "items": "q1",
        "columns": ["a", "b"],
        "published_keying": "+",
        "evidence": "block",
    },
    {"items": "q2", "nonsubstantive": 3, "evidence": "coded"},
    {"tables": "t2", "items": "q2", "nonsubstantive": None, "evidence": "not here"},
]


def conventions() -> Conventions:
    return Conventions.model_validate({"rules": RULES}).with_keying({"q1": "-", "q2": "-"})


def test_settings_are_merged_by_specificity() -> None:
    found = conventions().convention_for("t2", "q1", "b")
    assert (found.reversal_constant, found.rounding, found.totals) == (
        6,
        "truncate",
        "mean_of_groups",
    )
    assert found.published_keying == "+"
    assert not found.turned
    assert found.evidence == ("general", "pattern", "table", "block")


def test_outside_the_block_the_right_keying_holds() -> None:
    assert conventions().convention_for("t2", "q1", "c").turned
    assert conventions().convention_for("t1", "q1", "a").turned
    assert conventions().convention_for("t1", "area", "a").published_keying is None


def test_none_as_a_code_is_a_setting() -> None:
    assert conventions().convention_for("t1", "q2", "a").nonsubstantive == 3
    assert conventions().convention_for("t2", "q2", "a").nonsubstantive is None


def test_of_equal_rules_the_later_decides() -> None:
    rules = [
        {"tables": "t", "rounding": "half_up", "evidence": "1"},
        {"tables": "t", "rounding": "half_even", "evidence": "2"},
    ]
    for order, expected in ((rules, "half_even"), (rules[::-1], "half_up")):
        found = Conventions.model_validate({"rules": order}).convention_for("t", "i", "c")
        assert found.rounding == expected


@settings(max_examples=30, deadline=None)
@given(st.permutations(RULES))
def test_order_does_not_matter_where_specificity_differs(rules: list[dict[str, object]]) -> None:
    shuffled = Conventions.model_validate({"rules": rules})
    plain = Conventions.model_validate({"rules": RULES})
    for cell in itertools.product(("t1", "t2"), ("q1", "q2", "z"), ("a", "c")):
        one, other = shuffled.convention_for(*cell), plain.convention_for(*cell)
        assert one.reversal_constant == other.reversal_constant
        assert one.published_keying == other.published_keying
        assert one.nonsubstantive == other.nonsubstantive


def test_study_declares_what_the_print_shows() -> None:
    study = load_study()
    region = study.convention_for("similarity_by_region", "similarity_6", "bishkek")
    assert not region.turned
    assert region.certainty == "proved"
    assert study.question("similarity_6").reversed
    assert study.convention_for("trust_by_settlement", "trust_9", "urban").turned
    assert not study.convention_for("trust_by_region", "trust_9", "total").turned
    assert study.conventions.convention_for("traits_by_region", "traits_1", "talas").turned
    for exhibit in study.exhibits:
        for question in study.exhibit_questions(exhibit):
            assert study.convention_for(exhibit.figures_id, question.id, "total").evidence
