"""What is left of the bfi reference: relations of scales, omega of one ML factor, eigenvalues."""

from __future__ import annotations

import numpy as np
import pytest

import attitudes as at
from attitudes.numerics.factors.sampling_adequacy import sampling_adequacy

EXACT = 1e-11  # closed formulas, printed with 15 digits
PSYCH = 5e-5  # psych's polychoric correlations
MODEL = 1e-5  # psych's and lavaan's minima


def matrix(entry) -> np.ndarray:
    return np.array(entry["values"], dtype=float)


def test_relations_of_scales_equal_score_items(bfi, keys, bfi_reference):
    expected = bfi_reference["scoreItems"]
    found = at.scale_relations(bfi, keys)
    r = found.relations
    np.testing.assert_allclose(r.alpha, matrix(expected["alpha"])[0], atol=EXACT)
    np.testing.assert_allclose(r.correlation, matrix(expected["cor"]), atol=EXACT)
    # psych prints raw correlations below the diagonal, corrected ones above it
    np.testing.assert_allclose(found.to_frame(), matrix(expected["corrected"]), atol=EXACT)
    np.testing.assert_allclose(r.item_scale, matrix(expected["item.cor"]), atol=EXACT)
    np.testing.assert_allclose(
        r.item_scale_corrected, matrix(expected["item.corrected"]), atol=EXACT
    )
    assert found.items == tuple(expected["item.cor"]["rows"])


def test_average_r_equals_score_items(bfi, keys, bfi_reference):
    """psych takes it from raw alpha: r̄ = α/(k − α(k − 1))."""
    alphas = matrix(bfi_reference["scoreItems"]["alpha"])[0]
    for j, scale in enumerate(keys):
        alpha = at.alpha(bfi, keys[scale], ends=(1, 6)).alpha
        assert alpha == pytest.approx(alphas[j], abs=EXACT)
        expected = matrix(bfi_reference["scoreItems"]["av.r"])[0, j]
        assert alpha / (5 - 4 * alpha) == pytest.approx(expected, abs=EXACT)


def test_missing_answers_are_counted(bfi, keys, bfi_reference):
    expected = matrix(bfi_reference["scoreItems"]["missing_head"])
    for j, scale in enumerate(keys):
        names = [name.lstrip("-") for name in keys[scale]]
        quality = at.response_quality(bfi, names, scales={scale: keys[scale]}, ends=(1, 6))
        missing = quality.indices["missing_share"][:50] * 5
        np.testing.assert_allclose(missing, expected[:, j], atol=1e-12)


def test_alpha_after_median_imputation(bfi, keys, bfi_reference):
    filled = bfi.frame.fillna(bfi.frame.median())
    expected = matrix(bfi_reference["scoreItems_median"]["alpha"])[0]
    for j, scale in enumerate(keys):
        found = at.alpha(at.Survey.from_frame(filled), keys[scale], ends=(1, 6))
        assert found.alpha == pytest.approx(expected[j], abs=EXACT)


@pytest.mark.parametrize("scale", ["Agree", "Consc", "Extra", "Neuro", "Open"])
def test_one_ml_factor_and_its_omega(bfi, keys, bfi_reference, scale):
    expected = bfi_reference["omega_per_scale"][scale]
    found = at.factor_analysis(
        bfi, keys[scale], 1, method="ml", correlation="pearson", missing="listwise"
    )
    loadings = np.array(list(expected["ml_1factor_loadings"].values()))
    np.testing.assert_allclose(found.loadings[:, 0], loadings, atol=MODEL)
    common = found.loadings[:, 0].sum() ** 2
    omega = common / (common + found.uniqueness.sum())
    assert omega == pytest.approx(expected["omega_from_ml"], abs=MODEL)
    listwise = at.alpha(bfi, keys[scale], ends=(1, 6), missing="listwise")
    assert listwise.alpha == pytest.approx(expected["semTools_alpha"], abs=EXACT)


def test_eigenvalues_and_adequacy(bfi, bfi_complete, items, bfi_reference):
    pearson = at.correlate(bfi_complete, items)
    polychoric = at.polychoric(bfi, items)
    for found, key, tolerance in (
        (pearson, "pearson_listwise", EXACT),
        (polychoric, "polychoric", 3 * PSYCH),
    ):
        values = np.linalg.eigvalsh(found.correlation)[::-1]
        np.testing.assert_allclose(values, bfi_reference["eigen"][key], atol=tolerance)
    adequacy = sampling_adequacy(polychoric.correlation, polychoric.n_obs)
    expected = bfi_reference["KMO_polychoric"]
    assert adequacy.kmo == pytest.approx(expected["overall"], abs=PSYCH)
    np.testing.assert_allclose(adequacy.kmo_items, list(expected["items"].values()), atol=2 * PSYCH)
    pairwise = sampling_adequacy(at.correlate(bfi, items).correlation, bfi.n)
    bartlett = bfi_reference["bartlett_pairwise_n_total"]
    assert pairwise.chisq == pytest.approx(bartlett["chisq"], rel=1e-12)
    assert pairwise.df == bartlett["df"]


def test_omega_of_the_whole_reports_alpha_and_lambda_6(bfi_complete, items, bfi_reference):
    expected = bfi_reference["omega"]
    found = at.reliability(bfi_complete, items, n_groups=5, ordinal=False, interval=None)
    turned = [
        f"-{name}" if sign < 0 else name
        for name, sign in zip(items, found.omega.signs, strict=True)
    ]
    # psych turns the items first and takes alpha and lambda 6 of the turned ones
    keyed = at.reliability(bfi_complete, turned, ends=(1, 6), ordinal=False, interval=None)
    assert keyed.alpha_standardised == pytest.approx(expected["alpha"], abs=EXACT)
    assert keyed.coefficients.lambda6 == pytest.approx(expected["G6"], abs=EXACT)
