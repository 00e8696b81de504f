"""Regressions and what follows from them, against R survey 4.5 and 4.1.1."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import attitudes as at
from attitudes.errors import ConvergenceError, DataError, EstimationError, OptionError
from attitudes.numerics.models.ordinal_regression import cumulative

RTOL = 1e-8
# R maximises the ordinal likelihood by BFGS with relative tolerance 1e-8 and takes the Hessian
# from differences of 1e-3: its coefficients are good to 1e-4, its errors to 1e-3. With
# control=list(reltol=1e-15, ndeps=1e-5) it agrees to 1e-6 with ours.
OLR_COEFFICIENTS, OLR_ERRORS, OLR_TIGHT = 2e-4, 1e-3, 1e-6
DESIGNS = ["apisrs_fpc", "apistrat_wr", "apiclus1_fpc", "apiclus2_2stage"]
Make = Callable[[str], at.Survey]


@pytest.mark.parametrize("design", DESIGNS)
def test_linear_and_logistic(
    design: str, api_survey: Make, survey_reference: Mapping[str, Any]
) -> None:
    survey = api_survey(design)
    for name, fit in {
        "glm_gaussian": at.regress("api00 ~ ell + meals + mobility + stype", survey),
        "glm_logit": at.regress("`sch.wide` ~ ell + meals + mobility", survey, family="binomial"),
    }.items():
        result = survey_reference[f"{design}/{name}"]["result"]
        np.testing.assert_allclose(fit.coefficients, result["coef"], rtol=RTOL)
        np.testing.assert_allclose(fit.covariance, result["vcov"], rtol=RTOL)
        assert fit.df_residual == result["df_residual"]


@pytest.mark.parametrize("design", DESIGNS)
def test_term_by_wald(design: str, api_survey: Make, survey_reference: Mapping[str, Any]) -> None:
    result = survey_reference[f"{design}/regterm_wald"]["result"]
    test = at.term_test(at.regress("api00 ~ ell + meals + stype", api_survey(design)), "stype")
    assert test.statistic == pytest.approx(result["F"], rel=RTOL)
    assert test.df == (result["df"], result["ddf"])
    assert test.p_value == pytest.approx(result["p"], rel=RTOL)


@pytest.mark.parametrize("design", DESIGNS)
def test_ordinal(design: str, api_survey: Make, survey_reference: Mapping[str, Any]) -> None:
    result = survey_reference[f"{design}/olr"]["result"]
    fit = at.regress("mealcat ~ `avg.ed` + mobility + stype", api_survey(design), family="ordinal")
    np.testing.assert_allclose(fit.coefficients, result["coef"], rtol=OLR_COEFFICIENTS)
    np.testing.assert_allclose(fit.se, result["se"], rtol=OLR_ERRORS)
    assert fit.terms[0] == "avg.ed"


@pytest.mark.parametrize("design", DESIGNS)
def test_ordinal_where_r_ends(
    design: str, api_survey: Make, survey_reference: Mapping[str, Any]
) -> None:
    result = survey_reference[f"{design}/olr"]["result"]
    fit = at.regress(
        "mealcat ~ `avg.ed` + mobility + stype", api_survey(design), family="ordinal", solver="bfgs"
    )
    np.testing.assert_allclose(fit.coefficients, result["coef"], rtol=RTOL)
    np.testing.assert_allclose(fit.se, result["se"], rtol=RTOL)


# Not the cauchit: R cuts its tails at ±100, where a Cauchy variable still has 0.3 %.
@pytest.mark.parametrize("link", ["logit", "probit"])
def test_ordinal_against_r_with_tight_control(
    link: Any, api_survey: Make, model_reference: Mapping[str, Any]
) -> None:
    result = model_reference[f"olr_{'logistic' if link == 'logit' else link}"]
    survey = api_survey("apistrat_wr")
    fit = at.regress("mealcat ~ `avg.ed` + mobility", survey, family="ordinal", link=link)
    np.testing.assert_allclose(fit.coefficients, result["coef"], rtol=OLR_TIGHT)
    np.testing.assert_allclose(fit.se, result["se"], rtol=OLR_TIGHT)


@pytest.mark.parametrize(
    ("name", "formula", "family", "link"),
    [
        ("glm_poisson", "`api.stu` ~ ell + meals", "poisson", None),
        ("glm_gamma", "api00 ~ ell + meals", "gamma", None),
        ("glm_probit", "`sch.wide` ~ ell + meals", "binomial", "probit"),
        ("glm_cloglog", "`sch.wide` ~ ell + meals", "binomial", "cloglog"),
    ],
)
def test_other_families(
    name: str,
    formula: str,
    family: Any,
    link: Any,
    api_survey: Make,
    model_reference: Mapping[str, Any],
) -> None:
    fit = at.regress(formula, api_survey("apiclus1_fpc"), family=family, link=link)
    np.testing.assert_allclose(fit.coefficients, model_reference[name]["coef"], rtol=RTOL)
    np.testing.assert_allclose(fit.se, model_reference[name]["se"], rtol=RTOL)


@pytest.mark.parametrize(
    ("method", "name"), [("wald", "Wald"), ("working-wald", "WorkingWald"), ("lrt", "LRT")]
)
def test_terms_of_a_logistic_regression(
    method: Any, name: str, api_survey: Make, model_reference: Mapping[str, Any]
) -> None:
    survey = api_survey("apistrat_wr")
    fit = at.regress("`sch.wide` ~ ell + meals + stype", survey, family="binomial")
    test = at.term_test(fit, "stype", method=method)
    assert test.statistic == pytest.approx(model_reference[f"term_{name}"]["statistic"], rel=RTOL)
    # R finds the saddle point to 1e-8 only.
    assert test.p_value == pytest.approx(model_reference[f"term_{name}"]["p"], rel=1e-6)


def test_marginal_means_with_fixed_covariates(
    api_survey: Make, model_reference: Mapping[str, Any]
) -> None:
    fit = at.regress("api00 ~ ell + meals + `sch.wide`", api_survey("apiclus1_fpc"))
    result = model_reference["predmeans"]
    found = at.marginal_means(fit, "sch.wide", covariates="fixed")
    np.testing.assert_allclose(found.estimates, result["est"], rtol=RTOL)
    np.testing.assert_allclose(found.covariance, result["vcov"], rtol=1e-7)


def test_marginal_means_without_covariates_are_the_domains_means(api_survey: Make) -> None:
    survey = api_survey("apiclus1_fpc")
    means = at.mean(survey, "api00", by="stype")
    found = at.marginal_means(at.regress("api00 ~ stype", survey), "stype")
    np.testing.assert_allclose(found.estimates, means.estimate, rtol=1e-12)
    np.testing.assert_allclose(found.se, means.se, rtol=1e-10)


def test_marginal_effects(api_survey: Make) -> None:
    survey = api_survey("apistrat_wr")
    linear = at.regress("api00 ~ ell + stype", survey)
    effect = at.marginal_effects(linear, "ell", covariates="fixed")
    assert effect.estimates[0] == pytest.approx(linear.coefficients[1], rel=1e-9)
    assert effect.se[0] == pytest.approx(linear.se[1], rel=1e-8)
    by_stype = at.marginal_effects(linear, "stype")
    np.testing.assert_allclose(by_stype.estimates, linear.coefficients[2:], rtol=1e-9)
    logistic = at.regress("`sch.wide` ~ ell + meals", survey, family="binomial")
    w = survey.weights
    mu = 1 / (1 + np.exp(-logistic.frame.X @ logistic.coefficients))
    expected = (w * mu * (1 - mu)).sum() / w.sum() * logistic.coefficients[1]
    found = at.marginal_effects(logistic, "ell")
    assert found.estimates[0] == pytest.approx(expected, rel=1e-7)
    ordinal = at.regress("mealcat ~ `avg.ed` + stype", survey, family="ordinal")
    effects = at.marginal_effects(ordinal, "avg.ed")
    assert effects.estimates.sum() == pytest.approx(0, abs=1e-9)
    shares = at.marginal_means(ordinal, "stype").estimates.reshape(3, 4)
    np.testing.assert_allclose(shares.sum(axis=1), 1)


def test_pooling(survey_reference: Mapping[str, Any], oracle_frame: Callable[..., Any]) -> None:
    frame = oracle_frame("apistrat_mi5")
    design = at.SurveyDesign(stratum="stype", weight="pw", fpc="fpc")
    surveys = [
        at.Survey.from_frame(part.reset_index(drop=True), design)
        for _, part in frame.groupby("imp")
    ]
    for name, pooled in {
        "mean": at.pool([at.mean(s, "api00") for s in surveys]),
        "glm": at.pool([at.regress("api00 ~ meals + ell", s) for s in surveys]),
    }.items():
        result = survey_reference[f"mi/{name}"]["result"]
        np.testing.assert_allclose(pooled.estimates, result["est"], rtol=RTOL)
        np.testing.assert_allclose(pooled.se, result["se"], rtol=RTOL)
        np.testing.assert_allclose(pooled.df, result["df"], rtol=RTOL)
        np.testing.assert_allclose(pooled.missing_information, result["missinfo"], rtol=RTOL)
    with pytest.raises(OptionError, match="two or more"):
        at.pool([at.mean(surveys[0], "api00")])
    with pytest.raises(OptionError, match="same"):
        at.pool([at.mean(surveys[0], "api00"), at.mean(surveys[1], "api99")])


def small(seed: int, n: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"c": np.repeat(np.arange(n // 3), 3), "w": rng.uniform(1, 3, n)})
    frame["x"] = rng.normal(size=n)
    frame["g"] = rng.choice(["a", "b"], n)
    frame["q"] = np.clip(np.rint(3 + frame["x"] + rng.logistic(size=n)), 1, 5)
    frame["y"] = (frame["q"] > 3).astype(int)
    return frame


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["gaussian", "binomial", "poisson", "ordinal"]))
def test_weights_scale_away_and_scores_sum_to_zero(seed: int, family: Any) -> None:
    frame = small(seed)
    response = "y" if family == "binomial" else "q"
    design = at.SurveyDesign(weight="w", psu="c")
    first = at.regress(f"{response} ~ x + g", at.Survey.from_frame(frame, design), family=family)
    scaled = at.Survey.from_frame(frame.assign(w=frame["w"] * 7), design)
    second = at.regress(f"{response} ~ x + g", scaled, family=family)
    np.testing.assert_allclose(second.coefficients, first.coefficients, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(second.covariance, first.covariance, rtol=1e-4, atol=1e-9)
    # The iteration ends as R's does, at a relative change of 1e-8 of the deviance.
    assert np.abs(first.influence.sum(axis=0)).max() < 1e-3


def test_ordinal_jackknife_is_near_the_sandwich() -> None:
    survey = at.Survey.from_frame(small(3, 150), at.SurveyDesign(weight="w", psu="c"))
    taylor = at.regress("q ~ x", survey, family="ordinal")
    jackknife = at.regress("q ~ x", at.replicate(survey, method="jk1"), family="ordinal")
    np.testing.assert_allclose(jackknife.se[0], taylor.se[0], rtol=0.15)


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog", "loglog", "cauchit"])
def test_ordinal_links_fit_the_shares_without_predictors(link: Any) -> None:
    frame = small(8).assign(one=lambda f: np.tile([0.0, 1.0], len(f) // 2))
    survey = at.Survey.from_frame(frame, at.SurveyDesign(weight="w"))
    fit = at.regress("q ~ one", survey, family="ordinal", link=link)
    assert np.all(np.diff(fit.coefficients[1:]) > 0)
    base = cumulative(fit.coefficients[1:], link)
    assert np.all((base > 0) & (base < 1))


def test_separation_and_aliasing_are_refused() -> None:
    frame = small(1)
    frame["sign"] = (frame["x"] > 0).astype(int)
    frame["twice"] = 2 * frame["x"]
    survey = at.Survey.from_frame(frame, at.SurveyDesign(weight="w"))
    with pytest.raises(ConvergenceError, match="separation"):
        at.regress("sign ~ x", survey, family="binomial")
    with pytest.raises(ConvergenceError):
        at.regress("k ~ x", survey.with_columns({"k": pd.qcut(frame["x"], 3, labels=False)}),
                   family="ordinal")  # fmt: skip
    with pytest.raises(EstimationError, match="twice"):
        at.regress("q ~ x + twice", survey)


def test_bad_formulas_and_options() -> None:
    survey = at.Survey.from_frame(small(1).assign(q=lambda f: f["q"].where(f["x"] > -1)))
    with pytest.raises(DataError, match="xx"):
        at.regress("q ~ xx", survey)
    with pytest.raises(OptionError, match="response"):
        at.regress("x", survey)
    with pytest.raises(OptionError, match="binomial"):
        at.regress("y ~ x", survey, family="binomal")  # type: ignore[call-overload]
    with pytest.raises(OptionError, match="link"):
        at.regress("q ~ x", survey, link="logit")
    with pytest.raises(EstimationError, match="0 to 1"):
        at.regress("q ~ x", survey, family="binomial")
    fit = at.regress("q ~ x + C(g)", survey)
    assert fit.n + fit.n_missing == 60
    assert fit.n_missing > 0
    with pytest.raises(OptionError, match="C\\(g\\)"):
        at.term_test(fit, "h")
    with pytest.raises(OptionError, match="g"):
        at.marginal_means(fit, "h")
