"""Unequal-probability variances against R survey 4.5 (pps=, variance=)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import attitudes as at
from attitudes.errors import DesignError
from attitudes.numerics.variance.pps import joint_check, pps_covariance, quadratic_covariance

ORACLE = Path(__file__).parents[1] / "oracle"
CASES = json.loads((ORACLE / "survey_reference.json").read_text())["cases"]
RTOL = 1e-10  # closed formulae; only rounding differs
SUM_P2 = 0.10321027266234986  # sum(election$p^2)/40 over the population, from R
DESIGNS: dict[str, dict[str, Any]] = {
    "brewer": {"joint": "brewer"},
    "overton": {"joint": "overton"},
    "HR_sum": {"joint": "hartley-rao", "joint_sum_p2": SUM_P2},
    "HR_default": {"joint": "hartley-rao"},
    "yg_HR": {"joint": "hartley-rao", "joint_sum_p2": SUM_P2, "pps_variance": "yg"},
    "ht_ppsmat": {"joint": "matrix"},
    "yg_ppsmat": {"joint": "matrix", "pps_variance": "yg"},
}
NAMES = [k for k in CASES if k.startswith("election_pps") and k.split("/")[1] in DESIGNS]


def election(kind: str) -> at.Survey:
    options = dict(DESIGNS[kind])
    if options["joint"] == "matrix":
        options["joint"] = pd.read_csv(
            ORACLE / "data/election_jointprob.csv", header=None
        ).to_numpy()
    frame = pd.read_csv(ORACLE / "data/election_pps.csv")
    return at.Survey.from_frame(frame, at.SurveyDesign(probabilities="p", **options))


@pytest.mark.parametrize("name", NAMES)
def test_agrees_with_r(name: str) -> None:
    _, kind, what = name.split("/")
    survey = election(kind)
    design, result = survey.design_arrays(), CASES[name]["result"]
    frame, w = survey.frame, design.weights
    if what == "ratio":
        ratio = (w @ frame["Bush"]) / (w @ frame["votes"])
        scores = (frame["Bush"] - ratio * frame["votes"]).to_numpy() * w / (w @ frame["votes"])
        assert ratio == pytest.approx(result["est"], rel=RTOL)
        se = np.sqrt(pps_covariance(scores, design)[0, 0])
        assert se == pytest.approx(result["se"], rel=RTOL)
        return
    values = frame[["Bush", "Kerry", "Nader"]].to_numpy(float)
    if what == "total_domain":
        values = values * (frame["Nader"] > 0).to_numpy()[:, None]
    if what == "mean":
        scores = (values - w @ values / w.sum()) * (w / w.sum())[:, None]
    else:
        scores = values * w[:, None]
        np.testing.assert_allclose(scores.sum(axis=0), result["est"], rtol=RTOL)
    np.testing.assert_allclose(pps_covariance(scores, design), result["vcov"], rtol=1e-9)


def test_estimators_take_the_design() -> None:
    table = at.total(election("overton"), ["Bush", "Kerry", "Nader"])
    np.testing.assert_allclose(
        table.se, CASES["election_pps/overton/total"]["result"]["se"], rtol=RTOL
    )


@pytest.mark.parametrize("kind", ["overton", "HR_sum", "yg_ppsmat"])
def test_estimators_take_domains(kind: str) -> None:
    table = at.total(election(kind), ["Bush", "Kerry", "Nader"], where="Nader > 0")
    result = CASES[f"election_pps/{kind}/total_domain"]["result"]
    np.testing.assert_allclose(table.estimate, result["est"], rtol=RTOL)
    np.testing.assert_allclose(table.se, result["se"], rtol=RTOL)


@pytest.mark.parametrize("kind", ["pps_multistage", "pps_brewer_multistage"])
def test_brewer_with_a_second_stage(kind: str) -> None:
    frame = pd.read_csv(ORACLE / "data/apiclus2.csv")
    frame["p1"] = 40 / frame["fpc1"]
    frame["f2"] = np.minimum(1, 5 / frame["fpc2"])
    options: dict[str, Any] = {"psu": ["dnum", "snum"], "fpc": ["p1", "f2"]}
    if kind == "pps_brewer_multistage":
        options |= {"probabilities": "p1", "joint": "brewer"}
    survey = at.Survey.from_frame(frame, at.SurveyDesign(**options))
    result = CASES[f"apiclus2/{kind}"]["result"]
    total, mean = at.total(survey, "enroll"), at.mean(survey, "api00")
    assert total.estimate[0] == pytest.approx(result["total"]["est"][0], rel=RTOL)
    assert total.se[0] == pytest.approx(result["total"]["se"][0], rel=RTOL)
    assert mean.estimate[0] == pytest.approx(result["mean"]["est"][0], rel=RTOL)
    assert mean.se[0] == pytest.approx(result["mean"]["se"][0], rel=RTOL)


def test_zero_joint_probability_is_refused_with_the_reason() -> None:
    with pytest.raises(DesignError, match="systematic sampling"):
        joint_check(np.array([[0.5, 0.0], [0.0, 0.5]]))


def test_joint_matrix_of_another_size_is_refused() -> None:
    frame = pd.read_csv(ORACLE / "data/election_pps.csv")
    survey = at.Survey.from_frame(
        frame, at.SurveyDesign(probabilities="p", joint=np.full((2, 2), 0.3))
    )
    with pytest.raises(DesignError, match="40 × 40"):
        pps_covariance(np.ones(40), survey.design_arrays())


def test_yates_grundy_is_not_for_brewer() -> None:
    frame = pd.read_csv(ORACLE / "data/election_pps.csv")
    design = at.SurveyDesign(probabilities="p", joint="brewer", pps_variance="yg")
    with pytest.raises(DesignError, match="ht"):
        pps_covariance(np.ones(40), at.Survey.from_frame(frame, design).design_arrays())


@settings(max_examples=25, deadline=None)
@given(st.integers(3, 8), st.integers(0, 10_000))
def test_both_forms_agree_in_expectation_under_simple_random_sampling(n: int, seed: int) -> None:
    """For SRS without replacement HT and YG are the same number, n²(1−f)s²/n."""
    rng = np.random.default_rng(seed)
    population = n + int(rng.integers(1, 20))
    pi, pij = n / population, n * (n - 1) / (population * (population - 1))
    joint = np.full((n, n), pij)
    np.fill_diagonal(joint, pi)
    y = rng.normal(10, 2, n) / pi
    expected = (1 - pi) * n * y.var(ddof=1)
    for form in ("ht", "yg"):
        value = quadratic_covariance(y[:, None], joint_check(joint), form)[0, 0]
        assert value == pytest.approx(expected, rel=1e-8)
