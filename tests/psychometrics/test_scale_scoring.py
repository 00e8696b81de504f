"""Scores of scales against psych::scoreItems, and by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attitudes.errors import DataError, OptionError
from attitudes.psychometrics.keying import check_keying, keyed
from attitudes.psychometrics.scoring import score
from attitudes.survey.design import SurveyDesign
from attitudes.survey.survey import Survey

TOLERANCE = 1e-12  # the reference is printed with 15 digits


def test_means_equal_score_items(bfi, keys, bfi_reference):
    frame = score(bfi, keys, ends=(1, 6)).frame
    expected = bfi_reference["scoreItems"]
    head = np.array(expected["scores_head"]["values"], dtype=float)
    np.testing.assert_allclose(frame[list(keys)].to_numpy()[:50], head, rtol=TOLERANCE)
    for scale in keys:
        assert frame[scale].mean() == pytest.approx(expected["means"][scale], rel=TOLERANCE)
        assert frame[scale].std() == pytest.approx(expected["sds"][scale], rel=TOLERANCE)


def test_item_medians_equal_score_items(bfi, keys, bfi_reference):
    frame = score(bfi, keys, ends=(1, 6), impute="item_median").frame
    for scale, mean in bfi_reference["scoreItems_median"]["means"].items():
        assert frame[scale].mean() == pytest.approx(mean, rel=TOLERANCE)


@pytest.fixture
def small() -> Survey:
    frame = pd.DataFrame(
        {
            "a": [1, 2, 5, np.nan],
            "b": [5, 3, np.nan, np.nan],
            "c": [1, 3, 4, np.nan],
            "w": [1, 2, 1, 1],
        }
    )
    return Survey.from_frame(frame, SurveyDesign(weight="w"))


def test_sum_needs_every_item_unless_imputed(small):
    assert np.isnan(score(small, {"s": ["a", "-b", "c"]}, method="sum", ends=(1, 5)).frame["s"][2])
    imputed = score(
        small, {"s": ["a", "-b", "c"]}, method="sum", impute="person_mean", ends=(1, 5)
    ).frame["s"]
    assert imputed.tolist()[:3] == [3.0, 8.0, 13.5]
    assert np.isnan(imputed[3])


def test_two_way_uses_person_item_and_overall_means(small):
    scored = score(small, {"s": ["a", "-b", "c"]}, impute="two_way", ends=(1, 5))
    overall = (1 + 2 * 2 + 5 + 1 + 3 * 2 + 1 + 3 * 2 + 4) / (4 + 3 + 4)
    fill = 4.5 + (1 + 2 * 3) / 3 - overall
    assert scored.frame["s"][2] == pytest.approx((5 + 4 + fill) / 3)
    assert "1 answers imputed (two_way)" in scored.history[-1].summary


def test_percent_of_maximum_and_minimum_answered(small):
    pomp = score(small, {"s": ["a", "-b", "c"]}, method="pomp", ends=(1, 5), minimum_answered=3)
    assert pomp.frame["s"].tolist()[:2] == [0.0, pytest.approx(100 * (8 / 3 - 1) / 4)]
    assert np.isnan(pomp.frame["s"][2])
    share = score(small, {"s": ["a", "-b", "c"]}, ends=(1, 5), minimum_answered=0.5)
    assert share.frame["s"][2] == 4.5


def test_the_wrong_key_shows_itself(bfi, keys):
    wrong = {"Agree": ["A1", "A2", "A3", "A4", "A5"]}
    assert [w.split(":")[0] for w in check_keying(bfi, wrong).warnings] == ["A1"]
    assert "A1: item-rest correlation" in score(bfi, wrong).history[-1].summary
    assert check_keying(bfi, keys, ends=(1, 6)).warnings == ()


def test_keyed_copies(bfi):
    out = keyed(bfi, ["-A1", "A2"], ends=(1, 6)).frame
    both = out[["A1", "A1_keyed"]].dropna()
    assert (both.sum(axis=1) == 7).all()
    assert out["A2_keyed"].equals(out["A2"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"scales": {"s": ["a", "-b"]}}, "ends"),
        ({"scales": {"s": ["a", "d"]}}, "unknown item 'd'"),
        ({"scales": {"s": ["a", "a"]}}, "twice"),
        ({"scales": {"s": []}}, "0 items"),
        ({"scales": {"s": ["a"]}, "ends": (1, 4)}, "row 3"),
        ({"scales": {"s": ["a"]}, "method": "mode"}, "unknown option 'mode'"),
        ({"scales": {"s": ["a"]}, "minimum_answered": 2}, "at most 1"),
        ({"scales": {"a": ["b"]}}, "suffix"),
        ({}, "without a codebook"),
    ],
)
def test_bad_input_is_named(small, arguments, words):
    with pytest.raises((OptionError, DataError), match=words):
        score(small, **arguments)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(1, 5), min_size=3, max_size=3), min_size=1, max_size=8))
def test_keying_twice_is_no_keying(rows):
    survey = Survey.from_frame(pd.DataFrame(rows, columns=["a", "b", "c"]))
    plus = score(survey, {"s": ["a", "b", "c"]}, method="pomp", ends=(1, 5)).frame["s"]
    minus = score(survey, {"s": ["-a", "-b", "-c"]}, method="pomp", ends=(1, 5)).frame["s"]
    np.testing.assert_allclose(plus + minus, 100.0)
