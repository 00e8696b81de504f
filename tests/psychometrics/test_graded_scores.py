"""Expected latent values under the graded model: recovery, gaps, precision."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.special import ndtr

from attitudes import factor_analysis, factor_scores, graded_model
from attitudes.errors import DataError, OptionError
from attitudes.numerics.factors.latent_scores import OrdinalModel, expected_factors
from attitudes.numerics.scales.graded import category_probabilities, eap_scores
from attitudes.psychometrics.scoring import score
from attitudes.survey.survey import Survey

CUTS = np.array([-1.0, 0.0, 1.0])


def test_posterior_means_equal_quadrature():
    loadings = np.array([0.8, 0.6, 0.7])
    codes = np.array([[3, 2, 3], [0, -1, 1], [-1, -1, -1]])
    found = eap_scores(codes, loadings, (CUTS,) * 3)

    def likelihood(theta: float, row: np.ndarray) -> float:
        total = np.exp(-theta * theta / 2)
        for code, a in zip(row, loadings, strict=True):
            if code >= 0:
                edges = np.concatenate([[-np.inf], CUTS, [np.inf]])
                z = (a * theta - edges[code : code + 2]) / np.sqrt(1 - a * a)
                total *= ndtr(z[0]) - ndtr(z[1])
        return total

    for i in range(2):
        moments = [
            quad(lambda t, m=m, row=codes[i]: t**m * likelihood(t, row), -9, 9)[0] for m in range(3)
        ]
        mean = moments[1] / moments[0]
        assert found.scores[i] == pytest.approx(mean, abs=1e-6)
        assert found.se[i] == pytest.approx(np.sqrt(moments[2] / moments[0] - mean**2), abs=1e-6)
    assert np.isnan(found.scores[2])


def test_probabilities_of_the_categories_sum_to_one():
    p = category_probabilities(np.linspace(-5, 5, 11), 0.7, CUTS)
    np.testing.assert_allclose(p.sum(axis=1), 1.0, atol=1e-14)
    assert (np.diff(p[:, -1]) > 0).all()


def test_latent_values_are_recovered():
    rng = np.random.default_rng(3)
    theta = rng.normal(size=2000)
    y = 0.75 * theta[:, None] + np.sqrt(1 - 0.75**2) * rng.normal(size=(2000, 8))
    x = (np.digitize(y, CUTS) + 1).astype(float)
    x[rng.random(x.shape) < 0.05] = np.nan
    x[:, 3] = 5 - x[:, 3]
    frame = pd.DataFrame(x, columns=[f"q{j}" for j in range(8)])
    names = [f"{'-' if j == 3 else ''}q{j}" for j in range(8)]
    scored = score(Survey.from_frame(frame), {"s": names}, method="eap", ends=(1, 4)).frame
    error = scored["s"] - theta
    # the posterior deviation is the error's own size, and most values lie within twice it
    assert np.sqrt((error**2).mean()) == pytest.approx(
        np.sqrt((scored["s_se"] ** 2).mean()), rel=0.06
    )
    assert (error.abs() < 1.96 * scored["s_se"]).mean() == pytest.approx(0.95, abs=0.02)


def test_two_items_are_too_few():
    survey = Survey.from_frame(pd.DataFrame({"a": [1, 2, 1, 2], "b": [1, 2, 2, 1]}))
    with pytest.raises(OptionError, match="at least 3"):
        score(survey, {"s": ["a", "b"]}, method="eap")


def four_factors(n: int, rng: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    """Generated answers of four factors of five items, every third one reversed, with gaps."""
    loadings = np.zeros((20, 4))
    loadings[np.arange(20), np.arange(20) // 5] = np.where(np.arange(20) % 3 == 2, -0.75, 0.75)
    phi = np.full((4, 4), 0.35) + 0.65 * np.eye(4)
    theta = rng.multivariate_normal(np.zeros(4), phi, size=n)
    y = theta @ loadings.T + np.sqrt(1 - 0.75**2) * rng.normal(size=(n, 20))
    x = (np.digitize(y, CUTS) + 1).astype(float)
    x[rng.random(x.shape) < 0.05] = np.nan
    return pd.DataFrame(x, columns=[f"q{j}" for j in range(20)]), theta


def test_expected_values_of_one_factor_equal_those_of_the_graded_model():
    rng = np.random.default_rng(5)
    codes = rng.integers(-1, 4, size=(300, 6))
    loadings = np.linspace(0.4, 0.9, 6)
    single = eap_scores(codes, loadings, (CUTS,) * 6)
    model = OrdinalModel(loadings[:, None], np.eye(1), (CUTS,) * 6)
    found = expected_factors(codes, model)
    np.testing.assert_allclose(found.scores[:, 0], single.scores, atol=1e-5)
    np.testing.assert_allclose(found.se[:, 0], single.se, atol=1e-5)
    assert found.reliability[0] == pytest.approx(single.reliability, abs=1e-6)


def test_expected_values_of_four_factors_are_recovered():
    frame, theta = four_factors(1500, np.random.default_rng(6))
    survey = Survey.from_frame(frame)
    analysis = factor_analysis(survey, list(frame.columns), 4)
    scored = factor_scores(survey, analysis, method="eap")
    found = scored.frame[list(analysis.factors)].to_numpy()
    spread = scored.frame[[f"{f}_se" for f in analysis.factors]].to_numpy()
    match = np.abs(np.corrcoef(found.T, theta.T)[:4, 4:]).argmax(axis=1)
    assert sorted(match) == [0, 1, 2, 3]
    said = scored.history[-1].summary.split("factor: ")[1]
    for j in range(4):
        true = theta[:, match[j]] * np.sign(np.corrcoef(found[:, j], theta[:, match[j]])[0, 1])
        error = found[:, j] - true
        assert (np.abs(error) < 1.96 * spread[:, j]).mean() == pytest.approx(0.95, abs=0.025)
        r = np.corrcoef(found[:, j], true)[0, 1]
        assert float(said.split(", ")[j].split()[1]) == pytest.approx(r, abs=0.03)
    assert np.isfinite(found).all()


def test_expected_values_need_an_ordinal_model(bfi_complete):
    plain = factor_analysis(bfi_complete, ["A1", "A2", "A3"], 1, correlation="pearson")
    with pytest.raises(OptionError, match="polychoric"):
        factor_scores(bfi_complete, plain, method="eap")
    ordinal = factor_analysis(bfi_complete, ["A1", "A2", "A3"], 1)
    strange = Survey.from_frame(bfi_complete.frame.assign(A1=9))
    with pytest.raises(DataError, match=r"A1(.|\n)*did not see"):
        factor_scores(strange, ordinal, method="eap")


def test_curves_and_parameters_of_the_graded_model(bfi_complete):
    model = graded_model(bfi_complete, ["-A1", "A2", "A3", "A4", "A5"], ends=(1, 6))
    assert model.items[0] == "-A1"
    table = model.to_frame()
    np.testing.assert_allclose(
        table["slope"], table["loading"] / np.sqrt(1 - table["loading"] ** 2), rtol=1e-12
    )
    theta = np.array([-1.0, 0.0, 1.0])
    for curves in model.probabilities(theta):
        np.testing.assert_allclose(curves.sum(axis=1), 1.0, atol=1e-14)
    # at its difficulty an answer of at least that step is as likely as not
    at_least = model.probabilities(table["b3"].to_numpy())[1][1, 3:].sum()
    assert at_least == pytest.approx(0.5, abs=1e-12)
