"""Totals that cannot be met: refused with margin, category and number, all of them at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import attitudes as at
from attitudes.errors import AttitudesError, ConvergenceError, EstimationError, OptionError

FRAME = pd.DataFrame(
    {
        "sex": ["f", "f", "m", "m", "f", "m"],
        "age": ["young", "old", "young", "old", "old", "young"],
        "income": [1.0, 2, 3, 4, 5, 6],
        "stratum": [1, 1, 1, 2, 2, 2],
        "psu": [1, 1, 2, 3, 4, 4],
    }
)
GOOD = {"sex": {"f": 50, "m": 50}, "age": {"young": 40, "old": 60}}


def survey(frame: pd.DataFrame = FRAME, **design: Any) -> at.Survey:
    return at.Survey.from_frame(frame, at.SurveyDesign(**design))


def refused(call: Callable[[], object], kind: type[AttitudesError]) -> str:
    with pytest.raises(kind) as caught:
        call()
    return str(caught.value)


MATCH = [at.rake, at.calibrate]


@pytest.mark.parametrize("match", MATCH)
def test_category_without_respondents(match: Any) -> None:
    totals = {"sex": {"f": 50, "m": 40, "other": 10}, "age": {"young": 40, "old": 60}}
    text = refused(lambda: match(survey(), totals), EstimationError)
    assert "totals of sex, other: found a total of 10 and no respondent" in text


@pytest.mark.parametrize("match", MATCH)
def test_category_without_a_total(match: Any) -> None:
    text = refused(lambda: match(survey(), {"sex": {"f": 50}}), EstimationError)
    assert "totals of sex: found 3 respondents in m, without a total" in text


@pytest.mark.parametrize("match", MATCH)
def test_sums_that_disagree(match: Any) -> None:
    totals = {"sex": {"f": 50, "m": 50}, "age": {"young": 40, "old": 61.5}}
    text = refused(lambda: match(survey(), totals), EstimationError)
    assert "totals of age: found a sum of 101.5, but 100 over sex" in text


@pytest.mark.parametrize("match", [*MATCH, at.poststratify])
def test_no_answer_in_the_margin(match: Any) -> None:
    frame = FRAME.assign(sex=["f", None, "m", "m", np.nan, "m"])
    text = refused(lambda: match(survey(frame), {"sex": GOOD["sex"]}), EstimationError)
    assert "totals of sex: found 2 respondents without an answer" in text
    assert "untargeted='keep'" in text


@pytest.mark.parametrize("match", [*MATCH, at.poststratify])
def test_total_of_zero_where_there_are_respondents(match: Any) -> None:
    text = refused(lambda: match(survey(), {"sex": {"f": 0, "m": 100}}), EstimationError)
    assert "totals of sex, f: found a total of 0 and 3 respondents" in text


@pytest.mark.parametrize(
    ("totals", "message"),
    [
        ({"sex": {"f": 0, "m": 0}}, "totals that are all zero"),
        ({"sex": {"f": -2, "m": 3}}, "totals of sex, f: found -2"),
        ({"sex": {"f": np.nan, "m": 3}}, "totals of sex, f: found nan"),
        ({"sex": {"f": np.inf, "m": 3}}, "totals of sex, f: found inf"),
        ({"sex": {"f": "2", "m": 3}}, "totals of sex, f: found '2'"),
        ({"sex": {}}, "no category"),
        ({}, "found none"),
        ({"sx": {"f": 1, "m": 1}}, "did you mean 'sex'"),
        ({("sex", "age"): {"f": 1}}, "1 values; allowed: 2, one a variable"),
        ({"by": ["sex"], "cells": [["f", 1], ["f", 2], ["m", 1]]}, "the category again"),
        (pd.Series([1.0, 2.0], index=["f", "m"]), "index has no name"),
    ],
)
@pytest.mark.parametrize("match", [*MATCH, at.poststratify])
def test_totals_that_cannot_be_read(match: Any, totals: Any, message: str) -> None:
    assert message in refused(lambda: match(survey(), totals), OptionError)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    totals = {"sex": {"f": 50, "x": 50}, "age": {"young": 40, "old": 70}}
    text = refused(lambda: at.rake(survey(), totals), EstimationError)
    assert len(text.splitlines()) == 3
    for part in ("found a sum of 110", "sex, x: found a total of 50", "3 respondents in m"):
        assert part in text


def test_margins_that_contradict_each_other() -> None:
    """All x are u and all y are v: x cannot be 50 while u is 60; ipfn calls this a success."""
    frame = pd.DataFrame({"a": ["x", "x", "y"], "b": ["u", "u", "v"]})
    totals = {"a": {"x": 50, "y": 50}, "b": {"u": 60, "v": 40}}
    text = refused(lambda: at.rake(survey(frame), totals), EstimationError)
    assert "contradicts the other margins" in text
    assert "nearest is 50" in text
    calibrated = refused(
        lambda: at.calibrate(survey(frame), totals, distance="raking"), EstimationError
    )
    assert "cannot be had together with the other totals" in calibrated


def test_totals_that_only_weights_of_zero_meet() -> None:
    frame = pd.DataFrame({"a": ["x", "x", "y"], "b": ["u", "v", "v"]})
    totals = {"a": {"x": 50, "y": 50}, "b": {"u": 50, "v": 50}}
    text = refused(lambda: at.rake(survey(frame), totals, max_iterations=50), ConvergenceError)
    assert "after 50 sweeps" in text
    assert "would need weight zero" in text


@pytest.mark.parametrize("distance", ["linear", "raking", "logit"])
def test_bounds_that_cannot_be_met(distance: Any) -> None:
    text = refused(
        lambda: at.calibrate(survey(), GOOD, distance=distance, bounds=(0.9, 1.1)), EstimationError
    )
    assert "total of sex, f: found 50; allowed: 2.7 to 3.3, with g from 0.9 to 1.1" in text
    assert "rescale_weights" in text


def test_bounds_that_single_totals_meet_but_not_all_together() -> None:
    """Each total lies within reach; f all old and m all young do not, with g up to 2."""
    near = {"sex": {"f": 3, "m": 3}, "age": {"young": 3, "old": 3}, "income": 32.0}
    text = refused(lambda: at.calibrate(survey(), near, bounds=(0.2, 2.0)), EstimationError)
    assert "cannot be had together" in text or "allowed:" in text
    assert "32" in text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"bounds": (1.2, 2.0)}, "low < 1 < high"),
        ({"bounds": (0.2, 0.9)}, "low < 1 < high"),
        ({"distance": "logit"}, "no bounds"),
        ({"distance": "logit", "bounds": (0.2, np.inf)}, "low < 1 < high"),
        ({"distance": "logti"}, "did you mean 'logit'"),
        ({"population": 120}, "one size of the population"),
        ({"population": -1}, "a positive number"),
        ({"aggregate_stage": 2}, "1 to 1, a stage of the design"),
        ({"tolerance": 0}, "a number above 0"),
        ({"max_iterations": 0}, "1 or more"),
        ({"untargeted": "drop"}, "unknown option 'drop'"),
        ({"variance": "sex"}, "numbers"),
    ],
)
def test_options_of_calibration(options: dict[str, Any], message: str) -> None:
    assert message in refused(lambda: at.calibrate(survey(), GOOD, **options), AttitudesError)


def test_numbers_that_are_missing_or_none() -> None:
    frame = FRAME.assign(income=[1.0, np.nan, 3, 4, 5, 6])
    text = refused(lambda: at.calibrate(survey(frame), {"income": 20}), AttitudesError)
    assert "total of income: found 1 respondents without a number" in text
    for value in (np.nan, np.inf):
        text = refused(lambda v=value: at.calibrate(survey(), {"income": v}), OptionError)
        assert f"total of income: found {value:g}" in text


def test_linear_calibration_that_makes_weights_negative() -> None:
    text = refused(lambda: at.calibrate(survey(), {"income": 40}, population=6), EstimationError)
    assert "negative weights (rows 1" in text
    assert "distance='raking'" in text
    bounded = at.calibrate(survey(), {"income": 30}, population=6, bounds=(0, 5))
    assert bounded.weights.min() == 0
    assert bounded.weights @ FRAME["income"] == pytest.approx(30, rel=1e-12)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"shares": True, "population": 0}, "a positive number"),
        ({"population": 100}, "shares=True, or no population"),
        ({"tolerance": -1e-9}, "a number above 0"),
        ({"max_iterations": 0}, "1 or more"),
    ],
)
def test_options_of_raking(options: dict[str, Any], message: str) -> None:
    assert message in refused(lambda: at.rake(survey(), GOOD, **options), OptionError)


def test_shares_must_add_up() -> None:
    short = {"sex": {"f": 0.5, "m": 0.4}}
    assert "shares that add up to 0.9" in refused(
        lambda: at.rake(survey(), short, shares=True), OptionError
    )
    percent = at.rake(survey(), {"sex": {"f": 52.1, "m": 48.0}}, shares=True, population=1000)
    assert percent.weights.sum() == pytest.approx(1000)


def test_replicate_without_respondents_in_a_category() -> None:
    """Deleting the only PSU in which a category occurs leaves its total unmet."""
    frame = FRAME.assign(rare=["a", "a", "b", "a", "a", "a"])
    start = at.replicate(survey(frame, psu="psu"), method="jk1")
    totals = {"rare": {"a": 5, "b": 1}}
    for match in (at.rake, at.poststratify):
        text = refused(lambda m=match: m(start, totals), EstimationError)
        assert "totals of rare, b: found no respondent with weight in replicate 2" in text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "lower, upper or both"),
        ({"upper": 0.9}, "trim_weights, upper: found 0.9 for 6 weights with sum 6"),
        ({"upper": "3"}, "found '3'"),
        ({"upper": np.nan}, "found nan"),
        ({"lower": -1}, "found -1"),
        ({"lower": 3, "upper": 2}, "below upper, 2"),
        ({"upper": 2, "relative_to": "quantile"}, "0 to 1, a quantile"),
        ({"upper": 2, "relative_to": "meen"}, "did you mean 'mean'"),
        ({"upper": 0.9, "by": "sex"}, "trim_weights, f, upper"),
        ({"upper": 2, "by": "sx"}, "did you mean 'sex'"),
    ],
)
def test_options_of_trimming(options: dict[str, Any], message: str) -> None:
    assert message in refused(lambda: at.trim_weights(survey(), **options), AttitudesError)


@pytest.mark.parametrize("to", [0, -3, "total", True, np.nan])
def test_sums_to_rescale_to(to: Any) -> None:
    text = refused(lambda: at.rescale_weights(survey(), to=to), OptionError)
    assert "'n', 'n_eff' or a positive number" in text


def test_empty_surveys() -> None:
    for call in (
        lambda s: at.rake(s, GOOD),
        lambda s: at.trim_weights(s, upper=2),
        lambda s: at.rescale_weights(s),
    ):
        assert "no respondents" in refused(lambda c=call: c(survey(FRAME.iloc[:0])), AttitudesError)


def test_keeping_the_share_of_those_without_a_target() -> None:
    frame = FRAME.assign(sex=["f", None, "m", "m", "f", "m"], w=[1.0, 2, 1, 1, 1, 2])
    made = at.rake(survey(frame, weight="w"), GOOD, untargeted="keep")
    w = pd.Series(made.weights)
    assert w.sum() == pytest.approx(100)
    assert w[1] == pytest.approx(100 * 2 / 8)
    shares = w.groupby(frame["sex"]).sum()
    np.testing.assert_allclose(shares, 50 * (1 - 2 / 8))
