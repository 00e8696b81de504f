"""Properties of estimates that hold whatever the data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import attitudes as at

DESIGN = at.SurveyDesign(weight="w", stratum="h", psu="c")
STATISTICS: list[Any] = [at.mean, at.total, at.proportion, at.variance]


def make(seed: int, n: int = 120) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    psu = np.concatenate([np.arange(12), rng.integers(0, 12, n - 12)])
    q = rng.integers(1, 6, n).astype(float)
    q[rng.random(n) < 0.1] = np.nan
    group = np.concatenate([np.arange(12) % 3, rng.integers(0, 3, n - 12)])
    weight = rng.uniform(0.5, 3, n)
    return pd.DataFrame({"q": q, "g": group, "c": psu, "h": psu // 4, "w": weight})


def numbers(table: at.EstimateTable, *names: str) -> Any:
    return np.stack([table.numbers[n].astype(float) for n in names])


def survey_of(frame: pd.DataFrame) -> at.Survey:
    return at.Survey.from_frame(frame, DESIGN)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), factor=st.floats(1e-6, 1e6))
def test_scale_of_weights(seed: int, factor: float) -> None:
    frame = make(seed)
    scaled = survey_of(frame.assign(w=frame["w"] * factor))
    for statistic in (at.mean, at.proportion, at.variance):
        a, b = statistic(survey_of(frame), "q", by="g"), statistic(scaled, "q", by="g")
        names = ("estimate", "se", "ci_low", "ci_high", "deff", "n", "df")
        np.testing.assert_allclose(numbers(a, *names), numbers(b, *names), rtol=1e-8, atol=1e-12)
    a, b = at.total(survey_of(frame), "q"), at.total(scaled, "q")
    np.testing.assert_allclose(a.estimate * factor, b.estimate, rtol=1e-10)
    np.testing.assert_allclose(a.se * factor, b.se, rtol=1e-10)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_order_of_rows(seed: int) -> None:
    frame = make(seed)
    shuffled = frame.sample(frac=1, random_state=seed).reset_index(drop=True)
    for statistic in STATISTICS:
        a, b = statistic(survey_of(frame), "q", by="g"), statistic(survey_of(shuffled), "q", by="g")
        np.testing.assert_allclose(
            numbers(a, *at_names()), numbers(b, *at_names()), rtol=1e-9, atol=1e-11
        )


def at_names() -> tuple[str, ...]:
    return ("estimate", "se", "ci_low", "ci_high", "df", "n", "deff")


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_domain_total_is_a_total_with_zeros(seed: int) -> None:
    frame = make(seed)
    inside = frame["g"] == 1
    zeros = survey_of(frame.assign(q=frame["q"].where(inside, 0)))
    a = at.total(survey_of(frame), "q", where=inside)
    b = at.total(zeros, "q", singleton="remove")
    np.testing.assert_allclose([a.estimate, a.se], [b.estimate, b.se], rtol=1e-10)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_respondents_of_a_psu_may_be_merged(seed: int) -> None:
    """Only the PSU totals matter: equal answers in a PSU are one respondent of summed weight."""
    frame = make(seed).dropna()
    merged = frame.groupby(["h", "c", "g", "q"], as_index=False)["w"].sum()
    a, b = at.mean(survey_of(frame), "q", by="g"), at.mean(survey_of(merged), "q", by="g")
    np.testing.assert_allclose(a.estimate, b.estimate, rtol=1e-10)
    np.testing.assert_allclose(a.se, b.se, rtol=1e-9)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_small_integers_and_floats_take_different_paths_to_the_same_numbers(seed: int) -> None:
    frame = make(seed)
    shifted = survey_of(frame.assign(q=frame["q"] + 0.25))
    a, b = at.mean(survey_of(frame), "q", by="g"), at.mean(shifted, "q", by="g")
    np.testing.assert_allclose(a.estimate + 0.25, b.estimate, rtol=1e-12)
    np.testing.assert_allclose(numbers(a, "se", "deff"), numbers(b, "se", "deff"), rtol=1e-9)


def test_total_rows_equal_a_call_without_domains() -> None:
    survey = survey_of(make(3))
    table = at.mean(survey, "q", by=["g"], totals=True, covariance=True)
    last, alone = table.rows[-1], at.mean(survey, "q").rows[0]
    assert last.by == {"g": "total"}
    assert (last.estimate, last.se, last.df) == (alone.estimate, alone.se, alone.df)
    np.testing.assert_allclose(np.sqrt(np.diag(table.covariance)), table.se, rtol=1e-9)


@pytest.mark.parametrize("domains", [3, 60])
def test_coded_answers_equal_measured_ones(domains: int) -> None:
    """Few and many segments take other ways through coded answers; 0.25 more is measured."""
    rng = np.random.default_rng(domains)
    n = 60_000
    psu = rng.integers(0, 2_000, n)
    answers = rng.integers(1, 6, n).astype(float)
    answers[rng.random(n) < 0.1] = np.nan
    frame = pd.DataFrame(
        {
            "q": answers,
            "more": answers + 0.25,
            "same": np.where(np.isnan(answers), np.nan, 3.0),
            "g": np.where(rng.random(n) < 0.05, -1, rng.integers(0, domains, n)),
            "h": psu % 20,
            "c": psu,
            "w": rng.uniform(0.5, 3, n) * (rng.random(n) < 0.95),
        }
    )
    survey = at.Survey.from_frame(frame, at.SurveyDesign(weight="w", stratum="h", psu="c"))
    q, more, same = (
        at.mean(survey, name, by="g", where="g >= 0", covariance=True)
        for name in ("q", "more", "same")
    )
    np.testing.assert_allclose(q.estimate + 0.25, more.estimate, rtol=1e-13)
    for name in ("se", "df", "n", "n_eff", "deff"):
        np.testing.assert_allclose(q.numbers[name], more.numbers[name], rtol=1e-9, err_msg=name)
    np.testing.assert_allclose(q.covariance, more.covariance, rtol=1e-9, atol=1e-18)
    answered = same.numbers["n"] > 0
    assert same.estimate[answered] == pytest.approx(3.0, rel=1e-12)
    assert set(same.se[answered]) == {0.0}
    assert np.isnan(same.numbers["deff"]).all()
