"""Criteria for the number of factors against R's psych, and on known structures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from attitudes.errors import DataError, OptionError
from attitudes.psychometrics.exploratory import factor_analysis
from attitudes.psychometrics.number_of_factors import number_of_factors
from attitudes.survey.design import SurveyDesign
from attitudes.survey.survey import Survey

SIMULATED = 0.02  # means of 40 and of 100 random draws
FACTORED = 2e-5  # psych's uniquenesses are good to 1e-6


@pytest.fixture(scope="module")
def found(bfi_complete, items):
    return number_of_factors(
        bfi_complete,
        items,
        rng=np.random.default_rng(1),
        correlation="pearson",
        iterations=40,
    )


def test_parallel_analysis_equals_psych(found, bfi_reference):
    expected = bfi_reference["parallel"]
    p = found.parallel
    np.testing.assert_allclose(p.components, expected["pc.values"], atol=1e-12)
    np.testing.assert_allclose(p.factors, expected["fa.values"], atol=FACTORED)
    np.testing.assert_allclose(p.component_mean, expected["pc.simr"], atol=SIMULATED)
    np.testing.assert_allclose(p.factor_mean[1:], expected["fa.simr"][1:], atol=SIMULATED)
    assert (p.n_factors, p.n_components) == (expected["nfact"], expected["ncomp"])


def test_normal_numbers_equal_psych(bfi_complete, items, bfi_reference):
    result = number_of_factors(
        bfi_complete,
        items,
        rng=np.random.default_rng(2),
        correlation="pearson",
        simulated="normal",
        iterations=40,
        max_factors=1,
    )
    expected = bfi_reference["parallel"]
    np.testing.assert_allclose(result.parallel.component_mean, expected["pc.sim"], atol=SIMULATED)
    np.testing.assert_allclose(
        result.parallel.factor_mean[1:], expected["fa.sim"][1:], atol=SIMULATED
    )


def test_map_vss_and_fit_equal_psych(found, bfi_reference):
    expected = bfi_reference["vss"]
    table = found.to_frame()
    np.testing.assert_allclose(table["map"], expected["map"], atol=1e-12)
    rows = expected["vss"]
    np.testing.assert_allclose(table["vss1"], [r["cfit.1"] for r in rows], atol=1e-4)
    np.testing.assert_allclose(table["vss2"][1:], [r["cfit.2"] for r in rows][1:], atol=1e-4)
    np.testing.assert_allclose(table["chisq"], [r["chisq"] for r in rows], atol=2e-2)
    np.testing.assert_allclose(table["rmsea"], [r["RMSEA"] for r in rows], atol=1e-6)
    np.testing.assert_allclose(table["rms"], [r["SRMR"] for r in rows], atol=1e-6)
    assert table["df"].tolist() == [r["dof"] for r in rows]
    assert found.map == 5
    assert found.suggested["kaiser"] == 6
    assert found.scree_frame().shape == (25, 7)


def ordinal(factors: int, n: int, rng: np.random.Generator, clusters: int | None = None):
    """Generated answers of 5 points: ``factors`` factors of 6 items, every third one reversed."""
    k = 6 * factors
    loadings = np.zeros((k, factors))
    loadings[np.arange(k), np.arange(k) // 6] = np.where(np.arange(k) % 3 == 2, -0.7, 0.7)
    phi = np.full((factors, factors), 0.3) + 0.7 * np.eye(factors)
    scores = rng.multivariate_normal(np.zeros(factors), phi, size=n)
    psu = np.arange(n) if clusters is None else rng.integers(0, clusters, n)
    y = scores @ loadings.T + np.sqrt(1 - 0.49) * rng.normal(size=(n, k))
    x = np.digitize(y, [-1.3, -0.4, 0.3, 1.1]) + 1
    frame = pd.DataFrame(x, columns=[f"q{j}" for j in range(k)])
    return frame.assign(psu=psu, w=rng.uniform(0.5, 2.0, n)), loadings, phi


@pytest.mark.parametrize("factors", [1, 4])
def test_the_number_of_a_known_structure_is_found(factors):
    rng = np.random.default_rng(5)
    frame, loadings, _ = ordinal(factors, 900, rng, clusters=60)
    names = list(frame.columns[: len(loadings)])
    frame[names] = frame[names].where(rng.random((900, len(names))) > 0.03)
    survey = Survey.from_frame(frame, SurveyDesign(weight="w", psu="psu"))
    result = number_of_factors(survey, names, rng=rng, iterations=15, max_factors=6)
    assert result.parallel.n_components == factors
    assert result.parallel.n_factors == factors
    assert result.map == factors


def test_loadings_of_a_known_structure_are_recovered():
    rng = np.random.default_rng(6)
    frame, loadings, phi = ordinal(4, 3000, rng, clusters=150)
    names = list(frame.columns[:24])
    survey = Survey.from_frame(frame, SurveyDesign(weight="w", psu="psu"))
    result = factor_analysis(survey, names, 4)
    match = np.abs(result.loadings.T @ loadings).argmax(axis=0)
    sign = np.sign((result.loadings[:, match] * loadings).sum(axis=0))
    # sampling error of a loading of 0.7 with weights is about 0.018; 96 numbers
    np.testing.assert_allclose(result.loadings[:, match] * sign, loadings, atol=0.075)
    turned = result.phi[np.ix_(match, match)] * np.outer(sign, sign)
    np.testing.assert_allclose(turned, phi, atol=0.09)


@pytest.mark.simulation
@pytest.mark.parametrize("factors", [1, 2, 4])
def test_parallel_analysis_finds_the_number_in_repeated_samples(factors):
    rng = np.random.default_rng(8)
    hits = 0
    for _ in range(60):
        frame, loadings, _ = ordinal(factors, 600, rng)
        names = list(frame.columns[: len(loadings)])
        survey = Survey.from_frame(frame, SurveyDesign(weight="w"))
        result = number_of_factors(survey, names, rng=rng, iterations=30, max_factors=1)
        hits += result.parallel.n_components == factors
    assert hits >= 57


def test_what_cannot_be_is_named(bfi_complete):
    rng = np.random.default_rng(1)
    with pytest.raises(OptionError, match=r"iterations(.|\n)*quantile"):
        number_of_factors(bfi_complete, ["A1", "A2"], rng=rng, iterations=1, quantile=2.0)
    few = Survey.from_frame(pd.DataFrame(rng.normal(size=(4, 4)), columns=["A1", "A2", "A3", "A4"]))
    with pytest.raises(DataError, match="4 respondents for 4 items"):
        number_of_factors(few, ["A1", "A2", "A3", "A4"], rng=rng, correlation="pearson")
