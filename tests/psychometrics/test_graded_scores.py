"""Expected latent values under the graded model: recovery, gaps, precision."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.special import ndtr

from attitudes.errors import OptionError
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
