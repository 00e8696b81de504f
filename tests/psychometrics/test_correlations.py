"""Correlations against R's psych, lavaan, polycor and stats."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from attitudes import correlate, polychoric, polyserial, reliability
from attitudes.errors import DataError, OptionError
from attitudes.survey.design import SurveyDesign
from attitudes.survey.survey import Survey

EXACT = 1e-12  # printed with 15 digits
PSYCH = 5e-5  # psych maximises by golden section with R's default tolerance 6e-5
LAVAAN = 1e-6  # nlminb's relative tolerance; observed differences are below 4e-8
GAMMA = 1e-6  # relative to a diagonal of order 1; carries the correlations' error


@pytest.fixture(scope="module")
def lavaan():
    path = Path(__file__).parents[1] / "oracle" / "polychoric_lavaan.json"
    return json.loads(path.read_text())


def values(entry) -> np.ndarray:
    return np.array(entry["values"], dtype=float)


@pytest.mark.parametrize(
    ("method", "missing", "key"),
    [
        ("pearson", "pairwise", "pearson"),
        ("pearson", "listwise", "pearson_listwise"),
        ("spearman", "listwise", "spearman_listwise"),
    ],
)
def test_pearson_and_spearman(bfi, items, bfi_reference, method, missing, key):
    result = correlate(bfi, items, method=method, missing=missing)
    np.testing.assert_allclose(result.correlation, values(bfi_reference[key]), atol=EXACT)
    answered = bfi.frame[items].notna().to_numpy().astype(int)
    assert result.n_obs == (2436 if missing == "listwise" else (answered.T @ answered).min())


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({}, "correct0_pairwise"),
        ({"correct": 0.5}, "correct0.5_pairwise"),
        ({"thresholds": "item"}, "correct0_global"),
        ({"missing": "listwise"}, "correct0_listwise"),
    ],
)
def test_polychoric_equals_psych(bfi, items, bfi_reference, options, key):
    result = polychoric(bfi, items, **options)
    expected = values(bfi_reference["polychoric"][key])
    np.testing.assert_allclose(result.correlation, expected, atol=PSYCH)


def test_thresholds_equal_psych(bfi, items, bfi_reference):
    for missing, key in (("pairwise", "tau"), ("listwise", "tau_listwise")):
        result = polychoric(bfi, items, missing=missing)
        expected = values(bfi_reference["polychoric"][key])
        np.testing.assert_allclose(np.array(result.thresholds), expected, atol=1e-12)


def test_polychoric_equals_lavaan(bfi, items, lavaan):
    result = polychoric(bfi, items, missing="listwise")
    np.testing.assert_allclose(result.correlation, lavaan["lavcor_listwise"]["cor"], atol=LAVAAN)


@pytest.mark.parametrize("case", ["listwise", "pairwise", "weighted"])
def test_asymptotic_covariance_equals_lavaan_gamma(bfi_frame, items, lavaan, case):
    expected = lavaan[case]
    frame = bfi_frame if case == "pairwise" else bfi_frame.dropna(subset=items)
    design = SurveyDesign(weight="age") if case == "weighted" else SurveyDesign()
    survey = Survey.from_frame(frame, design)
    result = polychoric(survey, expected["items"], thresholds="item", covariance="independent")
    scale = survey.weights.sum()
    np.testing.assert_allclose(result.correlation, expected["cor"], atol=LAVAAN)
    np.testing.assert_allclose(np.concatenate(result.thresholds), expected["th"], atol=1e-12)
    gamma = np.array(expected["gamma"])
    np.testing.assert_allclose(
        scale * result.acov / np.abs(gamma).max(), gamma / np.abs(gamma).max(), atol=GAMMA
    )
    plain = polychoric(survey, expected["items"], thresholds="item")
    np.testing.assert_allclose(plain.se, result.se, rtol=1e-10)
    assert result.statistics[0] == "A1|t1"
    assert result.statistics[25:27] == ("A1~~A2", "A1~~A3")


def test_design_covariance_of_independent_respondents_is_nearly_the_plain_one(bfi_complete):
    few = ["A1", "A2", "A3"]
    plain = polychoric(bfi_complete, few, thresholds="item", covariance="independent")
    design = polychoric(bfi_complete, few, thresholds="item", covariance="design")
    n = bfi_complete.n
    np.testing.assert_allclose(design.acov, plain.acov * n / (n - 1), rtol=1e-8, atol=1e-12)


def test_clusters_of_copies_count_once(bfi_complete):
    frame = bfi_complete.frame[["A1", "A2"]].head(400)
    twice = pd.concat([frame, frame]).assign(psu=list(range(400)) * 2)
    single = polychoric(
        Survey.from_frame(frame), ["A1", "A2"], thresholds="item", covariance="design"
    )
    double = polychoric(
        Survey.from_frame(twice, SurveyDesign(psu="psu")),
        ["A1", "A2"],
        thresholds="item",
        covariance="design",
    )
    np.testing.assert_allclose(double.se, single.se, rtol=1e-8)


def test_joint_maximum_likelihood_is_no_worse_than_polycor(bfi_complete, bfi_reference):
    expected = bfi_reference["polycor_pair"]
    ml = polychoric(bfi_complete, ["A1", "A2"], method="ml")
    two = polychoric(bfi_complete, ["A1", "A2"])
    assert ml.fit.df[0] == expected["ML"]["df"]
    assert two.fit.chisq[0] == pytest.approx(expected["two_step"]["chisq"], abs=1e-3)
    assert two.correlation[0, 1] == pytest.approx(expected["two_step"]["rho"], abs=1e-5)
    # polycor's optimiser stops early: its chi-square is 0.05 above the minimum.
    assert expected["ML"]["chisq"] - 0.1 < ml.fit.chisq[0] < expected["ML"]["chisq"]
    assert ml.correlation[0, 1] == pytest.approx(expected["ML"]["rho"], abs=4e-3)
    assert ml.se[0, 1] == pytest.approx(np.sqrt(expected["ML"]["var"][0][0]), rel=0.01)


def test_polyserial_equals_polycor(bfi_complete, lavaan):
    expected = lavaan["polyserial"]
    result = polyserial(bfi_complete, "age", ["A1", "A2", "A3", "A4", "A5"])
    # polycor standardises with divisor n − 1
    np.testing.assert_allclose(result.correlation, expected["rho"], atol=5e-5)
    np.testing.assert_allclose(result.se**2, expected["var"], rtol=0.01)


def test_turning_an_item_turns_its_signs(bfi_complete):
    plain = polychoric(bfi_complete, ["A1", "A2", "A3"])
    turned = polychoric(bfi_complete, ["-A1", "A2", "A3"])
    np.testing.assert_allclose(turned.correlation[0, 1:], -plain.correlation[0, 1:], atol=1e-9)
    np.testing.assert_allclose(turned.thresholds[0], -plain.thresholds[0][::-1], atol=1e-12)


def test_whole_weights_are_copies(bfi_complete):
    frame = bfi_complete.frame.head(300)[["A1", "A2", "N1"]]
    counts = np.random.default_rng(3).integers(0, 4, len(frame))
    weighted = Survey.from_frame(frame.assign(w=counts), SurveyDesign(weight="w"))
    copied = Survey.from_frame(frame.loc[frame.index.repeat(counts)].reset_index(drop=True))
    for kind in ("pearson", "spearman", "polychoric"):
        a = correlate(weighted, ["A1", "A2", "N1"], method=kind).correlation
        b = correlate(copied, ["A1", "A2", "N1"], method=kind).correlation
        np.testing.assert_allclose(a, b, atol=1e-9)


def test_an_indefinite_matrix_is_repaired_and_said_so():
    rng = np.random.default_rng(5)
    z = rng.normal(size=60)
    frame = pd.DataFrame({"a": z, "b": z + rng.normal(size=60), "c": z - rng.normal(size=60)})
    frame.loc[:19, "a"], frame.loc[20:39, "b"], frame.loc[40:, "c"] = np.nan, np.nan, np.nan
    frame.loc[20:39, "c"] = -frame.loc[20:39, "a"]
    frame.loc[:19, "c"] = frame.loc[:19, "b"]
    frame.loc[40:, "b"] = frame.loc[40:, "a"]
    result = correlate(Survey.from_frame(frame), ["a", "b", "c"])
    assert result.repaired
    assert np.linalg.eigvalsh(result.correlation).min() > 0
    assert "not positive definite; repaired" in result.warnings[0]
    kept = correlate(Survey.from_frame(frame), ["a", "b", "c"], repair=False)
    assert not kept.repaired
    assert "not positive definite" in kept.warnings[0]


def test_what_cannot_be_correlated_is_named(bfi_complete):
    frame = bfi_complete.frame.head(50).assign(same=3, none=np.nan, wide=range(50))
    survey = Survey.from_frame(frame)
    with pytest.raises(
        DataError, match=r"item same: found a constant(.|\n)*item none: found no answers"
    ):
        polychoric(survey, ["A1", "same", "none"])
    with pytest.raises(DataError, match="50 different answers"):
        polychoric(survey, ["A1", "wide"])
    halves = frame.assign(
        A2=frame["A2"].where(np.arange(50) < 25), A3=frame["A3"].where(np.arange(50) >= 25)
    )
    with pytest.raises(DataError, match="0 respondents who answered both"):
        correlate(Survey.from_frame(halves), ["A2", "A3"])
    with pytest.raises(OptionError, match="did you mean 'pairwise'"):
        polychoric(survey, ["A1", "A2"], missing="pairwis")
    with pytest.raises(OptionError, match="covariance"):
        polychoric(survey, ["A1", "A2"], covariance="design")


def test_a_table_without_an_inner_maximum_is_said_so():
    frame = pd.DataFrame({"a": [1] * 10 + [2] * 10, "b": [1] * 10 + [2] * 10})
    result = polychoric(Survey.from_frame(frame), ["a", "b"])
    assert any("too few answers to tell" in w for w in result.warnings)


def test_a_pair_in_which_an_item_does_not_vary_is_named():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.integers(1, 5, size=(60, 3)).astype(float), columns=list("abc"))
    frame.loc[frame["b"] != 2, "a"] = np.nan
    survey = Survey.from_frame(frame)
    for method in ("pearson", "spearman", "polychoric"):
        with pytest.raises(DataError, match=r"items a and b(.|\n)*same answer to b"):
            correlate(survey, ["a", "b", "c"], method=method)
    found = reliability(survey, ["a", "b", "c"])
    assert any("does not vary" in warning for warning in found.warnings)
    assert np.isfinite(found.alpha)
