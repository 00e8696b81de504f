"""What a study answers when it is asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from attitudes.errors import StudyError
from attitudes.study.models import Study
from attitudes.study.questions import Derivation
from attitudes.study.responses import Response

Make = Callable[..., Study]


def test_lookups(make_study: Make) -> None:
    study = make_study()
    assert [q.id for q in study.items("trust")] == ["q1", "q2"]
    assert study.question("q2").reversed
    assert study.response_of("q2").reversal == 6
    assert study.missing_codes("q1") == {"dont_know": 97, "refused": 98}
    assert study.missing_codes("weight") == {}
    assert study.columns_of("aid") == ("aid.food", "aid.rent")
    assert study.question("aid.rent").id == "aid"
    assert study.groups("area") == ("south", "north")
    assert study.groups("wealth") == ("poor", "rich")
    assert [q.id for q in study.exhibit_questions(study.exhibits[0])] == ["q1", "q2"]


def test_labels_in_languages(make_study: Make) -> None:
    study = make_study()
    assert study.answer_label("q1", 5, "ru") == "Очень"
    assert study.answer_label("q1", 3) == "3"
    assert study.label("q1", "ru") == "I trust"
    assert study.label("aid.rent") == "Rent"
    with pytest.raises(StudyError, match="unknown answer '6'"):
        study.answer_label("q1", 6)
    with pytest.raises(StudyError, match="did you mean 'q1'"):
        study.label("q11")


def test_unknown_names_raise(make_study: Make) -> None:
    study = make_study()
    for ask in (study.question, study.scale, study.breakdown, study.exhibit, study.population):
        with pytest.raises(StudyError, match="unknown"):
            ask("nothing")


def test_a_study_cannot_be_changed(make_study: Make) -> None:
    study = make_study()
    with pytest.raises(ValidationError):
        study.id = "other"  # type: ignore[misc]
    assert study.figures() == ()
    assert study.claims() == ()
    assert study.indicators() == ()


def test_numeric_and_ordinal_answers() -> None:
    income = Response.model_validate({"kind": "numeric", "low": 0, "missing": {"refused": -9}})
    assert income.allows(3.5)
    assert not income.allows(-1)
    assert not income.allows(-9)
    assert not income.allows("much")
    with pytest.raises(ValueError, match="cannot be reversed"):
        _ = income.reversal


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 20), st.integers(0, 20), st.floats(-5, 45))
def test_groups_cover_their_intervals_and_nothing_else(a: int, b: int, x: float) -> None:
    derivation = Derivation.model_validate(
        {"from": "v", "groups": {"low": [0, a], "high": [a + 1, a + 1 + b]}}
    )
    expected = "low" if 0 <= x <= a else "high" if a + 1 <= x <= a + 1 + b else None
    assert derivation.group_of(x) == expected
