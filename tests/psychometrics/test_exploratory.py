"""Exploratory factor analysis against R's psych (and GPArotation) on bfi."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from attitudes.errors import DataError, EstimationError, OptionError
from attitudes.numerics.factors.efa import extract_factors
from attitudes.numerics.factors.rotation import order_factors, rotate
from attitudes.numerics.factors.sampling_adequacy import sampling_adequacy
from attitudes.psychometrics.exploratory import factor_analysis
from attitudes.psychometrics.factor_scoring import factor_scores
from attitudes.survey.survey import Survey

# psych minimises with R's L-BFGS-B at relative 1e-8, and GPArotation stops at a projected gradient
# of 1e-5; here both run to 1e-8.
EXTRACTION = 1e-5
ROTATION = 3e-5
FIT = 1e-3


def values(entry) -> np.ndarray:
    return np.array(entry["values"], dtype=float)


CASES = [
    f"{method}_{rotation}{kind}"
    for method, kind in (("minres", ""), ("ml", ""), ("pa", ""), ("minres", "_polychoric"))
    for rotation in ("none", "varimax", "oblimin", "promax")
    if not (kind and rotation == "promax")
]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("engine", ["factor-analyzer", "numerics"])
def test_equals_psych(bfi_complete, items, bfi_reference, case, engine):
    method, rotation, *kind = case.split("_")
    expected = bfi_reference["fa"][case]
    result = factor_analysis(
        bfi_complete,
        items,
        5,
        method=method,
        rotation=rotation,
        correlation=kind[0] if kind else "pearson",
        engine=engine,
    )
    # psych's own polychoric matrix is only good to 2e-5
    tolerance = 1e-4 if kind else ROTATION if rotation == "oblimin" else EXTRACTION
    np.testing.assert_allclose(result.loadings, values(expected["loadings"]), atol=tolerance)
    np.testing.assert_allclose(result.structure, values(expected["Structure"]), atol=tolerance)
    h2 = list(expected["communality"].values())
    np.testing.assert_allclose(result.communality, h2, atol=tolerance)
    np.testing.assert_allclose(
        result.uniqueness, list(expected["uniquenesses"].values()), atol=tolerance
    )
    complexity = list(expected["complexity"].values())
    np.testing.assert_allclose(result.complexity, complexity, atol=20 * tolerance)
    if expected["Phi"] is not None:
        np.testing.assert_allclose(result.phi, values(expected["Phi"]), atol=tolerance)
    explained = values(expected["Vaccounted"])
    np.testing.assert_allclose(result.variance_frame().to_numpy().T, explained, atol=5 * tolerance)
    fit = result.fit
    # the chi-square has slope of order n in the correlations
    loose = 0.2 if kind else FIT
    assert fit.chisq == pytest.approx(expected["chi"], abs=loose)
    assert fit.null_chisq == pytest.approx(expected["null.chisq"], abs=1.0 if kind else 1e-8)
    assert fit.df == expected["dof"]
    assert fit.bic == pytest.approx(expected["BIC"], abs=loose)
    for name, key in (("rmsea", "RMSEA"), ("rmsea_low", "lower"), ("rmsea_high", "upper")):
        assert getattr(fit, name) == pytest.approx(expected["RMSEA"][key], abs=5e-6)
    for name, key in (
        ("tli", "TLI"),
        ("rms", "rms"),
        ("crms", "crms"),
        ("fit", "fit"),
        ("fit_off", "fit.off"),
        ("objective", "objective"),
    ):
        assert getattr(fit, name) == pytest.approx(expected[key], abs=1e-4 if kind else 2e-6)
    np.testing.assert_allclose(result.determinacy**2, expected["R2.scores"], atol=2 * tolerance)


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("regression", "Thurstone"),
        ("tenberge", "tenBerge"),
        ("bartlett", "Bartlett"),
        ("anderson", "Anderson"),
    ],
)
def test_factor_scores_equal_psych(bfi_complete, items, bfi_reference, method, name):
    expected = bfi_reference["factor_scores"][name]
    result = factor_analysis(bfi_complete, items, 5, correlation="pearson")
    weights = result.weights(method)
    np.testing.assert_allclose(weights.weights, values(expected["weights"]), atol=ROTATION)
    np.testing.assert_allclose(
        weights.score_correlation, values(expected["r.scores"]), atol=ROTATION
    )
    scored = factor_scores(bfi_complete, result, method=method)
    head = scored.frame[list(result.factors)].to_numpy()[:20]
    np.testing.assert_allclose(head, values(expected["scores_head"]), atol=2e-4)
    assert (weights.validity <= result.determinacy + 1e-12).all()


def test_adequacy_equals_psych(bfi, bfi_complete, items, bfi_reference):
    from attitudes.psychometrics.correlations import correlate

    for survey, method, key in (
        (bfi, "pearson", "KMO"),
        (bfi_complete, "pearson", "KMO_listwise"),
    ):
        found = sampling_adequacy(correlate(survey, items, method=method).correlation, 2436)
        expected = bfi_reference[key]
        assert found.kmo == pytest.approx(expected["overall"], abs=1e-12)
        np.testing.assert_allclose(found.kmo_items, list(expected["items"].values()), atol=1e-12)
    assert found.chisq == pytest.approx(bfi_reference["bartlett_listwise"]["chisq"], rel=1e-12)
    assert found.determinant == pytest.approx(bfi_reference["det_listwise"], rel=1e-12)
    np.testing.assert_allclose(found.smc, list(bfi_reference["smc_listwise"].values()), atol=1e-12)


@pytest.fixture(scope="module")
def rotations():
    return json.loads((Path(__file__).parents[1] / "oracle" / "rotations.json").read_text())


@pytest.mark.parametrize(
    "name",
    [
        "quartimax",
        "geomin_t",
        "geomin",
        "quartimin",
        "bifactor",
        "bifactor_q",
        "target",
        "target_t",
    ],
)
def test_rotations_equal_gparotation(rotations, name):
    loadings = np.array(rotations["unrotated"])
    raw = np.array(rotations["target_matrix"], dtype=float)
    target = raw if name.startswith("target") else None
    found = rotate(loadings, name, target=target)
    expected = rotations["target_q" if name == "target" else name]
    np.testing.assert_allclose(found.loadings, np.array(expected["loadings"]), atol=2e-4)
    np.testing.assert_allclose(found.phi, np.array(expected["Phi"]), atol=2e-4)
    np.testing.assert_allclose(loadings @ found.matrix, found.loadings, atol=1e-12)
    assert found.value <= expected["f"] + 1e-9
    rebuilt = found.loadings @ found.phi @ found.loadings.T
    np.testing.assert_allclose(rebuilt, loadings @ loadings.T, atol=1e-10)


def test_random_starts_do_not_raise_the_criterion(rotations):
    loadings = np.array(rotations["unrotated"])
    one = rotate(loadings, "geomin")
    many = rotate(loadings, "geomin", starts=5, rng=np.random.default_rng(2))
    assert many.value <= one.value + 1e-10


def test_phi_follows_order_and_sign_of_the_loadings():
    loadings = np.zeros((9, 3))
    loadings[:2, 0], loadings[2:5, 1], loadings[5:, 2] = 0.6, -0.7, 0.8
    phi = np.array([[1, 0.3, 0.1], [0.3, 1, 0.4], [0.1, 0.4, 1]])
    r = loadings @ phi @ loadings.T
    np.fill_diagonal(r, 1)
    found = order_factors(rotate(extract_factors(r, 3).loadings, "oblimin"))
    np.testing.assert_allclose(found.loadings[5:, 0], 0.8, atol=1e-5)
    np.testing.assert_allclose(found.loadings[2:5, 1], 0.7, atol=1e-5)
    np.testing.assert_allclose(found.phi[0], [1, -0.4, 0.1], atol=1e-5)
    np.testing.assert_allclose(found.phi[1, 2], -0.3, atol=1e-5)


def test_what_went_wrong_is_named(bfi_complete):
    few = Survey.from_frame(bfi_complete.frame.head(20))
    items = ["A1", "A2", "A3", "A4", "A5", "C1"]
    result = factor_analysis(few, items, 1, correlation="pearson")
    assert any("20 respondents for 6 items" in w for w in result.warnings)
    with pytest.raises(DataError, match="6 respondents for 6 items"):
        factor_analysis(
            Survey.from_frame(bfi_complete.frame.head(6)), items, 1, correlation="pearson"
        )
    with pytest.raises(EstimationError, match="1 to 3 factors"):
        factor_analysis(bfi_complete, items, 4)
    with pytest.raises(DataError, match="constant"):
        factor_analysis(Survey.from_frame(bfi_complete.frame.assign(A1=2)), items, 2)
    with pytest.raises(OptionError, match="did you mean 'oblimin'"):
        factor_analysis(bfi_complete, items, 2, rotation="oblimn")
    with pytest.raises(OptionError, match="target"):
        factor_analysis(bfi_complete, items, 2, rotation="target")


def test_heywood_case_is_named():
    rng = np.random.default_rng(4)
    f = rng.normal(size=(400, 1))
    x = 0.5 * f + rng.normal(size=(400, 5))
    x[:, 0] = f[:, 0]
    frame = pd.DataFrame(x, columns=list("abcde"))
    result = factor_analysis(Survey.from_frame(frame), list("abcde"), 2, correlation="pearson")
    assert result.heywood
    assert any("Heywood" in w for w in result.warnings)
