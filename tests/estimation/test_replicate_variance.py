"""Replicate weights: made here and compared with R's, and R's own taken as given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import attitudes as at
from attitudes.errors import DesignError, OptionError
from attitudes.numerics.design import DesignArrays
from attitudes.numerics.replicates.replicates import replicate_totals, weight_blocks

RTOL = 1e-8
GIVEN = {
    "apistrat_JKn/mse": "apistrat",
    "apistrat0_JKn/centered": "apistrat",
    "apistrat_bootstrap50/centered": "apistrat",
    "apistrat_subbootstrap50/centered": "apistrat",
    "apiclus2_mrbbootstrap50/centered": "apiclus2",
}


def factor_matrix(design: DesignArrays) -> np.ndarray[Any, Any]:
    assert design.replicates is not None
    return np.hstack(list(weight_blocks(design.weights, design.replicates)))


@pytest.fixture(scope="module")
def scd(oracle_frame: Callable[[str], pd.DataFrame]) -> at.Survey:
    frame = oracle_frame("scd").assign(w=1.0)
    design = at.SurveyDesign(weight="w", stratum="ESA", psu="ambulance", nest=True)
    return at.Survey.from_frame(frame, design)


@pytest.mark.parametrize(("method", "case"), [("jkn", "JKn"), ("brr", "BRR"), ("fay", "Fay")])
def test_scd_weights_and_errors(
    scd: at.Survey, survey_reference: Mapping[str, Any], method: Any, case: str
) -> None:
    result = survey_reference[f"scd/rep_{case}"]["result"]
    survey = at.replicate(scd, method=method, fay_rho=0.3)
    design = survey.design_arrays()
    assert design.replicates is not None
    np.testing.assert_allclose(factor_matrix(design), result["repweights"], atol=1e-15)
    assert design.replicates.scale == pytest.approx(result["scale"], rel=1e-14)
    np.testing.assert_allclose(design.replicates.rscales, result["rscales"])
    assert design.replicates.df == result["df"]
    mean = at.mean(survey, "alive", variance="replicate")
    assert mean.se[0] == pytest.approx(result["mean_se"], rel=RTOL)
    total = at.total(survey, "alive", variance="replicate")
    assert total.se[0] == pytest.approx(result["total_se"], rel=RTOL)
    ratio = at.ratio(survey, "alive", "arrests", variance="replicate")
    assert ratio.se[0] == pytest.approx(result["ratio_se"], rel=RTOL)


@pytest.mark.parametrize("policy", ["remove", "certainty", "adjust", "average"])
def test_jackknife_with_singletons(
    survey_reference: Mapping[str, Any],
    oracle_frame: Callable[[str], pd.DataFrame],
    policy: Any,
) -> None:
    suffix = "" if policy == "remove" else "_adjdomain"
    result = survey_reference[f"lonely/jkn/{policy}{suffix}"]["result"]
    design = at.SurveyDesign(weight="pw", stratum="dnum")
    survey = at.replicate(
        at.Survey.from_frame(oracle_frame("apiclus1"), design), method="jkn", singleton=policy
    )
    row = at.mean(survey, "api00", variance="replicate").rows[0]
    assert row.estimate == pytest.approx(result["est"][0], rel=RTOL)
    assert row.se == pytest.approx(result["se"][0], rel=RTOL)
    assert row.df == result["df"]
    assert row.ci_low == pytest.approx(result["ci95_t"]["lower"][0], rel=RTOL)


def test_jackknife_refuses_singletons(oracle_frame: Callable[[str], pd.DataFrame]) -> None:
    survey = at.Survey.from_frame(
        oracle_frame("apiclus1"), at.SurveyDesign(weight="pw", stratum="dnum")
    )
    with pytest.raises(DesignError, match="single PSU"):
        at.replicate(survey, method="jkn")


@pytest.mark.parametrize("name", GIVEN)
def test_given_replicate_weights(
    name: str, survey_reference: Mapping[str, Any], oracle_frame: Callable[..., pd.DataFrame]
) -> None:
    result = survey_reference[f"rep/{name}"]["result"]
    frame = oracle_frame(GIVEN[name])
    if GIVEN[name] == "apiclus2":
        sampled = frame.groupby("dnum")["snum"].transform("nunique")
        frame["pw"] = frame["fpc1"] / 40 * frame["fpc2"] / sampled
    replicates = at.Replicates(
        weights=oracle_frame(f"repw_{name.split('/')[0]}", None).to_numpy(),
        scale=result["scale"],
        rscales=result["rscales"],
        mse=name.endswith("mse"),
    )
    survey = at.Survey.from_frame(frame, at.SurveyDesign(weight="pw", replicates=replicates))
    mean = at.mean(survey, ["api00", "api99"], variance="replicate", covariance=True)
    np.testing.assert_allclose(mean.covariance, result["mean"]["vcov"], rtol=RTOL)
    total = at.total(survey, "enroll", variance="replicate")
    assert total.se[0] == pytest.approx(result["total"]["se"][0], rel=RTOL)
    by = at.mean(survey, "api00", by="stype", variance="replicate")
    np.testing.assert_allclose(by.se, result["by"]["se"], rtol=RTOL)
    test, expected = at.independence_test(survey, "sch.wide", "stype"), result["chisq_F"]
    assert test.statistic == pytest.approx(expected["statistic"][0], rel=RTOL)
    np.testing.assert_allclose(test.df, expected["parameter"], rtol=RTOL)
    assert test.p_value == pytest.approx(expected["p_value"], rel=RTOL)
    fit, expected = at.regress("api00 ~ ell + meals", survey), result["glm"]
    np.testing.assert_allclose(fit.coefficients, expected["coef"], rtol=RTOL)
    np.testing.assert_allclose(fit.covariance, expected["vcov"], rtol=RTOL)
    assert fit.df_residual == expected["df_residual"]


def test_user_supplied_factors(scd: at.Survey, survey_reference: Mapping[str, Any]) -> None:
    matrix = (
        2.0
        * np.array(
            [[1, 0, 1, 0, 1, 0], [1, 0, 0, 1, 0, 1], [0, 1, 1, 0, 0, 1], [0, 1, 0, 1, 1, 0]]
        ).T
    )
    given_ = at.Replicates(weights=matrix, combined=False, scale=0.25)
    survey = at.Survey.from_frame(scd.frame, at.SurveyDesign(weight="w", replicates=given_))
    result = survey_reference["scd/user_brr"]["result"]
    assert at.mean(survey, "alive", variance="replicate").se[0] == pytest.approx(
        result["mean_se"], rel=RTOL
    )
    assert at.ratio(survey, "alive", "arrests", variance="replicate").se[0] == pytest.approx(
        result["ratio_se"], rel=RTOL
    )


def clustered(seed: int, n_strata: int = 3, n_psus: int = 4) -> at.Survey:
    rng = np.random.default_rng(seed)
    psu = np.repeat(np.arange(n_strata * n_psus), rng.integers(1, 5, n_strata * n_psus))
    frame = pd.DataFrame({"h": psu // n_psus, "c": psu, "w": rng.uniform(1, 3, len(psu))})
    frame["q"] = rng.integers(1, 6, len(psu))
    frame["x"] = rng.normal(size=len(psu))
    return at.Survey.from_frame(frame, at.SurveyDesign(weight="w", stratum="h", psu="c"))


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["jkn", "brr"]))
def test_replicates_of_totals_are_the_linearised_variance(seed: int, method: Any) -> None:
    """Totals are linear: jackknife and full balance repeat Taylor's variance exactly."""
    survey = clustered(seed)
    if method == "brr":
        survey = clustered(seed, n_psus=2)
    taylor = at.total(survey, "x")
    other = at.total(at.replicate(survey, method=method), "x", variance="replicate")
    assert other.estimate[0] == pytest.approx(taylor.estimate[0], rel=1e-12)
    assert other.se[0] == pytest.approx(taylor.se[0], rel=1e-9)


@settings(max_examples=8, deadline=None)
@given(
    st.integers(0, 10_000),
    st.sampled_from(["jkn", "brr", "bootstrap", "subbootstrap", "canty-davison", "mrb"]),
)
def test_totals_of_psus_equal_totals_of_weights(seed: int, method: Any) -> None:
    survey = at.replicate(clustered(seed), method=method, n=13, rng=np.random.default_rng(seed))
    design = survey.design_arrays()
    assert design.replicates is not None
    values = survey.frame[["q", "x"]].to_numpy(float)
    np.testing.assert_allclose(
        replicate_totals(values, design.weights, design.replicates),
        factor_matrix(design).T @ values,
        rtol=1e-10,
        atol=1e-10,
    )


@pytest.mark.parametrize("method", ["bootstrap", "subbootstrap", "canty-davison", "mrb"])
def test_bootstraps_keep_the_weight_of_each_stratum_and_the_variance(
    method: Any, oracle_frame: Callable[[str], pd.DataFrame]
) -> None:
    frame = oracle_frame("apistrat")
    fpc = None if method in ("subbootstrap",) else "fpc"
    survey = at.Survey.from_frame(frame, at.SurveyDesign(weight="pw", stratum="stype", fpc=fpc))
    made = at.replicate(survey, method=method, n=1000, rng=np.random.default_rng(20))
    factors = made.design.replicates.factors if made.design.replicates else None
    assert factors is not None
    sums = pd.DataFrame(factors).groupby(frame["stype"].to_numpy()).sum()
    np.testing.assert_allclose(sums.T - frame["stype"].value_counts(), 0, atol=1e-9)
    # The spread of 1,000 replicates is known to 1/sqrt(2000) = 2.2 %; Canty–Davison's scale
    # is an average over strata.
    taylor = at.total(survey, "api00").se[0]
    assert at.total(made, "api00", variance="replicate").se[0] == pytest.approx(taylor, rel=0.09)


def test_multistage_bootstrap_has_the_variance_of_both_stages(
    api_survey: Callable[[str], at.Survey],
) -> None:
    survey = api_survey("apiclus2_2stage")
    made = at.replicate(survey, method="mrb", n=600, rng=np.random.default_rng(3))
    taylor = at.total(survey, "enroll").se[0]
    assert at.total(made, "enroll", variance="replicate").se[0] == pytest.approx(taylor, rel=0.09)


def test_seeded_and_recorded() -> None:
    survey = clustered(1)
    first = at.replicate(survey, method="bootstrap", n=10, rng=np.random.default_rng(5))
    second = at.replicate(survey, method="bootstrap", n=10, rng=np.random.default_rng(5))
    assert first.design.replicates is not None
    assert second.design.replicates is not None
    np.testing.assert_array_equal(first.design.replicates.factors, second.design.replicates.factors)
    assert first.history[-1].verb == "replicate"
    assert survey.design.replicates is None


def test_options() -> None:
    survey = clustered(2)
    with pytest.raises(OptionError, match="bootstrap"):
        at.replicate(survey, method="botstrap")  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="rng"):
        at.replicate(survey, method="bootstrap")
    with pytest.raises(DesignError, match="one stratum"):
        at.replicate(survey, method="jk1")
    with pytest.raises(OptionError, match="fay_rho"):
        at.replicate(survey, method="fay", fay_rho=1.0)
    with pytest.raises(DesignError, match="odd"):
        at.replicate(clustered(2, n_psus=3), method="brr")
    with pytest.raises(OptionError, match="replicate"):
        at.t_test(survey, "x", variance="replicate")


def test_replicates_without_strata_or_units_are_the_default() -> None:
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"q": rng.integers(1, 6, 60), "c": np.arange(60) // 5})
    given = at.Replicates(weights=rng.uniform(0.5, 1.5, (60, 12)), scale=0.1)
    only = at.Survey.from_frame(frame, at.SurveyDesign(replicates=given))
    assert at.mean(only, "q").variance_method == "replicate"
    assert at.mean(only, "q", variance="taylor").variance_method == "taylor"
    both = at.Survey.from_frame(frame, at.SurveyDesign(psu="c", replicates=given))
    assert at.mean(both, "q").variance_method == "taylor"
