"""Tests of independence, means and ranks, contrasts and effects, against R survey 4.5."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import attitudes as at
from attitudes.errors import DataError, DesignError, EstimationError, OptionError

RTOL = 1e-8
DESIGNS = ["apisrs_fpc", "apistrat_wr", "apiclus1_fpc", "apiclus2_2stage"]
Make = Callable[[str], at.Survey]


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("statistic", ["F", "Chisq", "Wald", "adjWald"])
def test_independence(
    design: str, statistic: Any, api_survey: Make, survey_reference: Mapping[str, Any]
) -> None:
    result = survey_reference[f"{design}/chisq_{statistic}"]["result"]
    test = at.independence_test(api_survey(design), "sch.wide", "stype", statistic=statistic)
    assert test.statistic == pytest.approx(result["statistic"][0], rel=RTOL)
    np.testing.assert_allclose(test.df, result["parameter"], rtol=RTOL)
    assert test.p_value == pytest.approx(result["p_value"], rel=RTOL)


@pytest.mark.parametrize("design", DESIGNS)
def test_t_and_rank_tests(
    design: str, api_survey: Make, survey_reference: Mapping[str, Any]
) -> None:
    survey = api_survey(design)
    for name, test in {
        "ttest": at.t_test(survey, "api00", by="sch.wide"),
        "ttest_one": at.t_test(survey, "api00", minus="api99"),
        "rank_wilcoxon": at.rank_test(survey, "api00", by="sch.wide"),
    }.items():
        result = survey_reference[f"{design}/{name}"]["result"]
        assert test.statistic == pytest.approx(result["statistic"][0], rel=RTOL), name
        assert test.df == (result["parameter"][0],), name
        assert test.p_value == pytest.approx(result["p_value"], rel=RTOL), name
        assert test.estimate == pytest.approx(result["estimate"][0], rel=RTOL), name
    test = at.rank_test(survey, "api00", by="stype", test="kruskal")
    result = survey_reference[f"{design}/rank_kruskal"]["result"]
    assert 2 * test.statistic == pytest.approx(result["parameter"][0], rel=RTOL)
    assert test.p_value == pytest.approx(result["p_value"], rel=RTOL)


@pytest.mark.parametrize(
    ("test", "name"), [("vanderwaerden", "vanderWaerden"), ("median", "median")]
)
def test_other_rank_scores(
    test: Any, name: str, api_survey: Make, model_reference: Mapping[str, Any]
) -> None:
    result = model_reference[f"rank_{name}"]
    found = at.rank_test(api_survey("apiclus1_fpc"), "api00", by="sch.wide", test=test)
    assert found.statistic == pytest.approx(result["statistic"], rel=RTOL)
    assert found.p_value == pytest.approx(result["p"], rel=RTOL)
    assert found.estimate == pytest.approx(result["estimate"], rel=RTOL)


def test_saddlepoint_and_exact(api_survey: Make, model_reference: Mapping[str, Any]) -> None:
    survey = api_survey("apisrs_fpc")
    saddle = at.independence_test(survey, "sch.wide", "stype", statistic="saddlepoint")
    # R finds the saddle point to 1e-8 only.
    assert saddle.p_value == pytest.approx(model_reference["chisq_saddlepoint"]["p"], rel=1e-7)
    exact = at.independence_test(survey, "sch.wide", "stype", statistic="lincom")
    f = at.independence_test(survey, "sch.wide", "stype")
    # Under simple random sampling the λ are equal, so that F is exact.
    assert exact.p_value == pytest.approx(f.p_value, rel=1e-8)


@pytest.mark.parametrize("design", DESIGNS)
def test_nonlinear_contrast(
    design: str, api_survey: Make, survey_reference: Mapping[str, Any]
) -> None:
    result = survey_reference[f"{design}/contrast"]["result"]
    found = at.contrast(api_survey(design), ["api00", "api99"], expression="api00 / api99")
    assert found.estimates[0] == pytest.approx(result["est"], rel=RTOL)
    assert found.se[0] == pytest.approx(result["se"], rel=RTOL)


def test_linear_contrasts_of_domains(api_survey: Make, model_reference: Mapping[str, Any]) -> None:
    result = model_reference["contrast_by"]
    found = at.contrast(
        api_survey("apiclus1_fpc"),
        "api00",
        by="stype",
        weights={"a": {"E": 1, "H": -1}, "b": {"E": 1, "H": -0.5, "M": -0.5}},
    )
    np.testing.assert_allclose(found.estimates, result["est"], rtol=RTOL)
    np.testing.assert_allclose(found.covariance, result["vcov"], rtol=RTOL)


def test_all_pairs_are_adjusted(api_survey: Make) -> None:
    survey = api_survey("apiclus1_fpc")
    frames = {
        a: at.contrast(survey, "api00", by="stype", adjust=a).to_frame()
        for a in ("holm", "bonferroni", "bh", None)
    }
    plain = frames[None]["p_value"].to_numpy()
    assert list(frames["holm"]["contrast"]) == ["E − H", "E − M", "H − M"]
    np.testing.assert_allclose(frames[None]["p_adjusted"], plain)
    np.testing.assert_allclose(frames["bonferroni"]["p_adjusted"], np.minimum(1, 3 * plain))
    assert (frames["holm"]["p_adjusted"] <= frames["bonferroni"]["p_adjusted"] + 1e-15).all()
    assert (frames["bh"]["p_adjusted"] <= frames["holm"]["p_adjusted"] + 1e-15).all()


def test_pair_equals_t_test(api_survey: Make) -> None:
    survey = api_survey("apistrat_wr")
    pair = at.contrast(survey, "api00", by="sch.wide", pairs=[("Yes", "No")])
    test = at.t_test(survey, "api00", by="sch.wide")
    assert pair.estimates[0] == pytest.approx(test.estimate, rel=1e-12)
    assert pair.se[0] == pytest.approx(test.se, rel=1e-12)


@pytest.mark.parametrize("categorical", [False, True])
def test_effect_sizes_by_linearisation_and_by_jackknife(
    categorical: bool, api_survey: Make
) -> None:
    survey = api_survey("apiclus1_fpc")
    variable = "stype" if categorical else "api00"
    options: dict[str, Any] = {"by": "sch.wide", "categorical": categorical}
    taylor = at.effect_size(survey, variable, **options)
    jackknife = at.effect_size(at.replicate(survey, method="jk1", mse=True), variable, **options)
    assert jackknife.estimate == taylor.estimate
    # The jackknife of 15 clusters is not linear: a tenth or so apart.
    assert jackknife.se == pytest.approx(taylor.se, rel=0.25)
    assert taylor.ci_low < taylor.estimate < taylor.ci_high


def test_effect_sizes_against_definitions() -> None:
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"g": rng.integers(0, 2, 60), "r": rng.integers(0, 3, 60)})
    frame["q"] = rng.normal(size=60) + 0.5 * frame["g"]
    survey = at.Survey.from_frame(frame)
    a, b = (frame.loc[frame["g"] == g, "q"] for g in (0, 1))
    pooled = ((a - a.mean()) ** 2).sum() + ((b - b.mean()) ** 2).sum()
    d = (b.mean() - a.mean()) / np.sqrt(pooled / 60)
    assert at.effect_size(survey, "q", by="g").estimate == pytest.approx(d, rel=1e-12)
    observed = pd.crosstab(frame["r"], frame["g"]).to_numpy()
    expected = np.outer(observed.sum(axis=1), observed.sum(axis=0)) / 60
    v = np.sqrt(((observed - expected) ** 2 / expected).sum() / 60)
    found = at.effect_size(survey, "r", by="g", categorical=True).estimate
    assert found == pytest.approx(v, rel=1e-12)


def test_trend(api_survey: Make) -> None:
    waves = [api_survey("apisrs_fpc"), api_survey("apistrat_wr"), api_survey("apiclus1_fpc")]
    means = [at.mean(wave, "api00") for wave in waves]
    found = at.trend(waves, "api00", times=[2015, 2018, 2024])
    assert found.labels == ("2018 − 2015", "2024 − 2018", "2024 − 2015", "slope")
    estimates = np.array([m.estimate[0] for m in means])
    variances = np.array([m.se[0] ** 2 for m in means])
    np.testing.assert_allclose(found.estimates[:2], np.diff(estimates))
    np.testing.assert_allclose(found.se[:2] ** 2, variances[1:] + variances[:-1])
    slope = np.polyfit([2015, 2018, 2024], estimates, 1, w=1 / np.sqrt(variances))[0]
    assert found.estimates[3] == pytest.approx(slope, rel=1e-9)
    assert found.df == 199 + 197 + 14


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.1, 50))
def test_scale_and_order_do_not_matter(seed: int, factor: float) -> None:
    rng = np.random.default_rng(seed)
    n = 80
    frame = pd.DataFrame(
        {
            "c": np.repeat(np.arange(16), 5),
            "w": rng.uniform(1, 4, n),
            "q": rng.integers(1, 6, n),
            "g": rng.choice(["a", "b", "c"], n),
        }
    )
    design = at.SurveyDesign(weight="w", psu="c")
    first = at.Survey.from_frame(frame, design)
    shuffled = frame.sample(frac=1, random_state=seed).assign(w=lambda f: f["w"] * factor)
    second = at.Survey.from_frame(shuffled.reset_index(drop=True), design)
    for run in (
        lambda s: at.independence_test(s, "q", "g"),
        lambda s: at.rank_test(s, "q", by="g", ties="weights"),
        lambda s: at.t_test(s, "q", mean=3),
    ):
        a, b = run(first), run(second)
        assert b.p_value == pytest.approx(a.p_value, rel=1e-6, abs=1e-12)


def test_missing_answers_are_counted_and_a_domain_keeps_the_design() -> None:
    frame = pd.DataFrame(
        {
            "c": np.repeat(np.arange(10), 4),
            "q": np.tile([1.0, 2, 3, np.nan], 10),
            "g": np.tile(["a", "b", None, "a"], 10),
            "d": np.tile([1, 1, 0, 1], 10),
        }
    )
    frame.loc[:3, "q"] = [5.0, 4.0, 3.0, 2.0]
    frame.loc[17, "q"] = 5.0
    survey = at.Survey.from_frame(frame, at.SurveyDesign(psu="c"))
    test = at.t_test(survey, "q", by="g")
    assert (test.n, test.n_missing) == (21, 19)
    confined = at.t_test(survey, "q", where="d == 1")
    mean = at.mean(survey, "q", where="d == 1").rows[0]
    assert confined.estimate == pytest.approx(mean.estimate)
    assert confined.se == pytest.approx(mean.se)


def test_bad_input(api_survey: Make) -> None:
    survey = api_survey("apisrs_fpc")
    with pytest.raises(EstimationError, match="two groups"):
        at.t_test(survey, "api00", by="stype")
    with pytest.raises(OptionError, match="adjWald"):
        at.independence_test(survey, "stype", "awards", statistic="adjwald")  # type: ignore[arg-type]
    with pytest.raises(DataError, match="stype"):
        at.independence_test(survey, "stipe", "awards")
    with pytest.raises(OptionError, match="E"):
        at.contrast(survey, "api00", by="stype", weights={"e": 1, "H": -1})
    with pytest.raises(OptionError, match="one of them"):
        at.contrast(survey, "api00", by="stype", pairs="all", expression="E / H")
    with pytest.raises(OptionError, match="names of estimates"):
        at.contrast(survey, ["api00"], expression="__import__('os').getcwd()")
    one = survey.with_columns({"one": np.ones(survey.n, dtype=int)})
    with pytest.raises(EstimationError, match="two categories or more"):
        at.independence_test(one, "one", "stype")
    with pytest.raises(OptionError, match="two waves"):
        at.trend([survey], "api00")
    single = at.Survey.from_frame(survey.frame, at.SurveyDesign(stratum="cds"))
    with pytest.raises(DesignError, match="single PSU"):
        at.t_test(single, "api00")
