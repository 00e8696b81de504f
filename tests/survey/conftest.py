"""A small study and respondents that fit it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from attitudes.study.models import Study

CODEBOOK: dict[str, Any] = {
    "id": "small",
    "title": "Small",
    "languages": ["en", "ru"],
    "data": {"respondent": "respondent"},
    "responses": {
        "agreement": {
            "kind": "ordinal",
            "low": 1,
            "high": 5,
            "answers": {
                1: {"en": "Strongly disagree", "ru": "Совершенно не согласен"},
                2: "Disagree",
                3: "Neither",
                4: "Agree",
                5: {"en": "Strongly agree", "ru": "Совершенно согласен"},
            },
            "missing": {"dont_know": 97, "refused": 98, "not_asked": 99},
        },
        "places": {
            "kind": "nominal",
            "answers": {"north": {"en": "The North", "ru": "Север"}, "south": "The South"},
        },
        "years": {"kind": "numeric", "low": 18, "high": 110, "missing": {"refused": 999}},
        "ages": {"kind": "nominal", "answers": {"young": "Young", "old": "Old"}},
        "troubles": {
            "kind": "multiple",
            "answers": {"money": "Money", "school": "School"},
            "missing": {"not_asked": 9},
        },
    },
    "questions": [
        {"id": "q1", "text": "Trust", "response": "agreement"},
        {"id": "q2", "text": "Doubt", "response": "agreement", "asked_of": {"region": ["north"]}},
        {"id": "region", "text": "Region", "response": "places"},
        {"id": "age", "text": "Age", "response": "years", "column": "AGE"},
        {
            "id": "age_group",
            "text": "Age group",
            "response": "ages",
            "derive": {"from": "age", "groups": {"young": [18, 28], "old": [29, 110]}},
        },
        {"id": "trouble", "text": "Difficulties", "response": "troubles"},
    ],
    "design": {"weight": "weight", "stratum": "stratum", "psu": "psu"},
}


@pytest.fixture
def codebook() -> dict[str, Any]:
    return {**CODEBOOK}


@pytest.fixture
def study() -> Study:
    return Study.model_validate(CODEBOOK)


@pytest.fixture
def cells() -> pd.DataFrame:
    """Six generated respondents, as codes and ids."""
    return pd.DataFrame(
        {
            "respondent": [11, 12, 13, 14, 15, 16],
            "q1": [1, 5, 97, 98, 3, 4],
            "q2": [2, 2, 99, 3, 99, 99],
            "region": ["north", "north", "south", "north", "south", "south"],
            "AGE": [18, 28, 29, 999, 64, 110],
            "trouble.money": [1, 0, 1, 0, 9, 1],
            "trouble.school": [0, 0, 1, 1, 9, 1],
            "weight": [1.0, 0.5, 2.0, 1.0, 1.0, 1.5],
            "stratum": ["a", "a", "a", "b", "b", "b"],
            "psu": [1, 1, 2, 3, 4, 4],
        }
    )
