"""Invariance, comparison of models, alignment and item functioning against R and by design."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import attitudes as at
from attitudes.errors import DataError, OptionError
from attitudes.numerics.sem.alignment import align, invariant_groups
from attitudes.psychometrics.confirmatory.release import release_tests

ORACLE = Path(__file__).parents[1] / "oracle"
FIT = 3e-7  # lavaan's optimiser; see test_cfa_lavaan
DIFFERENCE = 2e-5  # a difference of two scaled statistics

THREE = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
TWO = "agree =~ A1 + A2 + A3 + A4 + A5\nneuro =~ N1 + N2 + N3 + N4 + N5"


@pytest.fixture(scope="module")
def lavaan():
    return json.loads((ORACLE / "cfa_lavaan.json").read_text())


@pytest.fixture(scope="module")
def schools() -> at.Survey:
    frame = pd.read_csv(ORACLE / "data" / "holzinger.csv")
    frame["school"] = frame["school"].map({"Pasteur": 1, "Grant-White": 2})
    return at.Survey.from_frame(frame)


@pytest.mark.parametrize("estimator", ["ML", "WLSMV"])
def test_gender_of_five_factors(bfi, reference, bfi_reference, estimator):
    expected = reference["bfi_invariance_gender"][estimator]
    found = at.invariance(bfi, bfi_reference["cfa_model"], by="gender", estimator=estimator)
    assert sum(found.n) == expected["n"]
    for level, measures in expected["fit"].items():
        for name, value in measures.items():
            tolerance = FIT * max(1.0, abs(value))
            assert found[level].fit_measures[name] == pytest.approx(value, abs=tolerance)
    for step, row in zip(found.levels[1:], expected["lrt"][1:], strict=False):
        assert step.difference.chisq == pytest.approx(row["Chisq diff"], rel=DIFFERENCE)
        assert step.difference.df == row["Df diff"]
        assert step.difference.p == pytest.approx(row["Pr(>Chisq)"], abs=1e-6)
    assert found.level_reached == "metric"
    assert "scalar invariance fails" in found.warning
    assert found.suggestions[0].parameter in ("N5~1", "N5|t1")


@pytest.mark.parametrize(
    ("family", "options"),
    [
        ("hs_school_ml", {"estimator": "ML"}),
        ("hs_school_mlr", {"estimator": "MLR"}),
        ("bfi_gender", {}),
        ("bfi_gender_pairwise", {"missing": "pairwise"}),
    ],
)
def test_difference_tests(schools, bfi, bfi_complete, lavaan, family, options):
    survey = schools if family.startswith("hs") else bfi
    if family == "bfi_gender":
        survey = bfi_complete
    model, by = (THREE, "school") if survey is schools else (TWO, "gender")
    found = at.invariance(survey, model, by=by, **options)
    table = lavaan[family]["lrt"]
    for k, step in enumerate(found.levels[1 : len(table["Df"])], 1):
        assert step.difference.chisq == pytest.approx(table["Chisq diff"][k], rel=DIFFERENCE)
        assert step.difference.df == table["Df diff"][k]
        assert step.difference.p == pytest.approx(table["Pr(>Chisq)"][k], abs=1e-5)


def test_difference_of_strict_ordinal_models(bfi_complete, lavaan):
    options = {"by": "gender", "parameterization": "theta"}
    kinds = ["loadings", "thresholds", "residuals"]
    scalar = at.cfa(bfi_complete, TWO, equal=kinds[:2], **options)
    strict = at.cfa(bfi_complete, TWO, equal=kinds, **options)
    found = at.compare_models({"strict": strict, "scalar": scalar})
    assert [m.name for m in found.models] == ["scalar", "strict"]
    table = lavaan["bfi_gender_theta"]["lrt"]
    assert found.models[1].difference.chisq == pytest.approx(table["Chisq diff"][3], rel=DIFFERENCE)
    assert found.models[1].against == "scalar"


@pytest.mark.parametrize(
    ("estimator", "key"), [("WLSMV", "bfi_compare"), ("MLR", "bfi_compare_mlr")]
)
def test_one_factor_against_two(bfi_complete, lavaan, estimator, key):
    scales = {"agree": ["A1", "A2", "A3", "A4", "A5"], "neuro": ["N1", "N2", "N3", "N4", "N5"]}
    found = at.compare_structures(
        bfi_complete, scales, structures=["one", "factors"], estimator=estimator
    )
    test = found.models[0].difference
    # one factor fits so badly that c of the difference rests on few digits
    assert test.chisq == pytest.approx(lavaan[key]["lrt"]["Chisq diff"][1], rel=5e-5)
    assert (test.df, found.models[0].against) == (1, "factors")


def test_score_tests_of_equalities(schools, lavaan):
    equal = ["loadings", "intercepts"]
    fit = at.cfa(schools, THREE, estimator="ML", by="school", equal=equal)
    mine = {r.parameter: r.chisq for r in release_tests(fit)}
    names = ["visual=~x2", "visual=~x3", "textual=~x5", "textual=~x6", "speed=~x8", "speed=~x9"]
    names += [f"x{j}~1" for j in range(1, 10)]
    for name, value in zip(names, lavaan["hs_scalar_score"]["uni"]["X2"], strict=True):
        assert mine[name] == pytest.approx(value, abs=1e-4)


def test_partial_invariance_releases_the_worst_intercepts(schools):
    found = at.invariance(schools, THREE, by="school", estimator="ML", partial=True)
    scalar = found.levels[2]
    assert scalar.released == ("x3~1", "x7~1")
    assert found.partial
    assert scalar.holds
    assert "Reached: strict" in repr(found)
    assert "<table" in found._repr_html_()
    full = at.invariance(schools, THREE, by="school", estimator="ML", release=["x3~1", "x7~1"])
    assert full["scalar"].fit_measures["chisq"] == pytest.approx(
        scalar.fit.fit_measures["chisq"], rel=1e-9
    )


def latent_groups(rng, shift, *, n=1500, loading=0.8, cuts=(-1.0, 0.0, 1.0)):
    """Two groups of n; items 0 and 1 of five are shifted in the second."""
    g = np.repeat([0, 1], n)
    f = rng.normal(size=(2 * n, 1)) + 0.3 * g[:, None]
    y = loading * f + np.sqrt(1 - loading**2) * rng.normal(size=(2 * n, 5))
    y[g == 1, :2] += shift
    frame = pd.DataFrame(np.digitize(y, cuts) + 1, columns=list("abcde"))
    return at.Survey.from_frame(frame.assign(g=g))


def test_what_is_alike_is_found_alike_and_what_is_not_is_not():
    rng = np.random.default_rng(5)
    alike, unlike = latent_groups(rng, 0.0), latent_groups(rng, 0.8)
    items = list("abcde")
    assert at.invariance(alike, {"s": items}, by="g").level_reached == "strict"
    assert at.invariance_note(alike, items, "g") is None
    found = at.invariance(unlike, {"s": items}, by="g")
    assert found.level_reached == "metric"
    assert {r.parameter.split("|")[0] for r in found.suggestions[:4]} == {"a", "b"}
    assert "not measured alike across g" in at.invariance_note(unlike, items, "g")
    assert at.dif(alike, items, by="g").flagged == ()
    assert at.dif(unlike, items, by="g", purify=True).flagged == ("a", "b")
    assert at.dif(unlike, items, by="g", purify=True).purified == ("a", "b")
    moved = at.invariance(unlike, {"s": items}, by="g", partial=True)
    assert moved.level_reached == "strict"
    assert moved["scalar"].to_frame().query("op == '~1' and lhs == 's'")["estimate"].iloc[
        1
    ] == pytest.approx(0.3 * 0.8, abs=0.06)


def test_note_of_what_cannot_be_tested():
    rng = np.random.default_rng(6)
    survey = latent_groups(rng, 0.0, n=40)
    assert "too few respondents" in at.invariance_note(survey, list("abcde"), "g")
    assert at.invariance_note(survey, ["a", "b"], "g") is None
    reconstructed = at.Survey.from_frame(survey.frame, provenance="reconstructed")
    assert at.invariance_note(reconstructed, list("abcde"), "g") is None


def test_dif_equals_r(bfi_frame):
    expected = json.loads((ORACLE / "dif_polr.json").read_text())["items"]
    names = [e["item"] for e in expected]
    found = at.dif(at.Survey.from_frame(bfi_frame), names, by="gender")
    for mine, e in zip(found.items, expected, strict=True):  # polr stops at a gain of 1e-8
        assert mine.statistic_uniform == pytest.approx(e["uniform"], abs=1e-5)
        assert mine.statistic_nonuniform == pytest.approx(e["nonuniform"], abs=1e-5)
        assert mine.statistic_total == pytest.approx(e["total"], abs=1e-5)
        assert mine.nagelkerke == pytest.approx(e["nagelkerke"], abs=1e-7)
        assert mine.mcfadden == pytest.approx(e["mcfadden"], abs=1e-7)
        assert mine.shifts[0] == pytest.approx(e["shift"], abs=1e-5)


def test_design_based_dif_equals_svyolr(bfi_frame):
    expected = json.loads((ORACLE / "dif_polr.json").read_text())["items"]
    names = [e["item"] for e in expected]
    frame = bfi_frame.assign(psu=np.arange(len(bfi_frame)) // 20).dropna(subset=names)
    found = at.dif(
        at.Survey.from_frame(frame, at.SurveyDesign(weight="age", psu="psu")), names, by="gender"
    )
    assert found.covariance == "design"
    for mine, e in zip(found.items, expected, strict=True):
        wald = (e["design_shift"] / e["design_se"]) ** 2  # svyolr stops at a gain of 1e-8
        assert mine.shifts[0] == pytest.approx(e["design_shift"], abs=1e-4)
        assert mine.statistic_uniform == pytest.approx(wald, rel=2e-3, abs=1e-3)


def test_alignment_recovers_means_and_finds_what_differs():
    rng = np.random.default_rng(11)
    groups, n = 12, 800
    mean = np.concatenate([[0.0], rng.normal(0, 0.5, groups - 1)])
    sd = np.concatenate([[1.0], np.exp(rng.normal(0, 0.15, groups - 1))])
    g = np.repeat(np.arange(groups), n)
    y = 0.8 * (mean[g] + sd[g] * rng.normal(size=groups * n))[:, None] + 0.6 * rng.normal(
        size=(groups * n, 5)
    )
    y[g == 3, 1] += 0.7
    y[g == 7, 4] -= 0.7
    survey = at.Survey.from_frame(pd.DataFrame(y, columns=list("abcde")).assign(g=g))
    found = at.alignment(survey, "f =~ a + b + c + d + e", by="g", estimator="ML")
    factor = found.factors[0]
    order = [int(label) for label in found.groups]
    assert np.abs(factor.mean - mean[order]).max() < 0.12
    assert np.abs(np.sqrt(factor.variance) - sd[order]).max() < 0.12
    frame = found.parameters_frame().set_index("parameter")["differs_in"]
    assert frame["b~1"] == "3"
    assert frame["e~1"] == "7"
    assert factor.not_invariant == pytest.approx(2 / 120)
    assert list(found.to_frame()["mean"]) == list(factor.mean)


def test_alignment_of_exactly_invariant_groups_is_exact():
    mean, sd = np.array([0.0, 0.4, -0.7]), np.array([1.0, 1.3, 0.8])
    loading, cut = np.array([0.9, 0.7, 0.8]), np.array([1.0, 2.0, 3.0])
    found = align(
        sd[:, None] * loading,
        cut + mean[:, None] * loading,
        np.arange(3),
        np.array([100.0, 200.0, 50.0]),
    )
    np.testing.assert_allclose(found.mean, mean, atol=1e-5)
    np.testing.assert_allclose(found.sd, sd, atol=1e-5)
    np.testing.assert_allclose(found.r2_loadings, 1.0, atol=1e-6)
    same = invariant_groups(np.array([0.0, 0.01, 1.0]), np.full(3, 0.001), np.ones(3))
    assert same.tolist() == [1, 1, 0]


def test_options_that_cannot_be_met(schools):
    with pytest.raises(OptionError, match="did you mean 'metric'"):
        at.invariance(schools, THREE, by="school", levels=["metrik"])
    with pytest.raises(OptionError, match="unknown index"):
        at.invariance(schools, THREE, by="school", index="best")
    with pytest.raises(OptionError, match="some level does not have"):
        at.invariance(schools, THREE, by="school", estimator="ML", index="scaled")
    with pytest.raises(DataError, match="unknown column 'schol'"):
        at.invariance(schools, THREE, by="schol", estimator="ML")
    with pytest.raises(OptionError, match="unknown level 'residual'"):
        at.invariance(schools, THREE, by="school", estimator="ML")["residual"]
    with pytest.raises(OptionError, match="2 items"):
        at.dif(schools, ["x1", "x2"], by="school")
    with pytest.raises(OptionError, match="an item of two factors"):
        at.alignment(schools, f"{THREE}\nvisual =~ x9", by="school", estimator="ML")
    with pytest.raises(OptionError, match="1 models"):
        at.compare_models({"a": at.cfa(schools, THREE, estimator="ML")})
    with pytest.raises(OptionError, match="a model's text"):
        at.compare_structures(schools, THREE)
