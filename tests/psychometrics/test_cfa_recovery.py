"""A known four-factor ordinal model, clustered and weighted, is found again; intervals cover."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import attitudes as at

K, M = 6, 4
LOADINGS = np.tile([0.8, 0.7, 0.6, 0.75, 0.65, 0.55], M)
PHI = np.full((M, M), 0.4) + 0.6 * np.eye(M)
NEGATIVE = np.tile([False, True, False, True, False, False], M)
CUTS = np.array([-1.2, -0.3, 0.5, 1.3])
NAMES = [f"q{j + 1}" for j in range(K * M)]
SCALES = {
    f"f{m + 1}": [f"-{q}" if NEGATIVE[j] else q for j, q in enumerate(NAMES) if j // K == m]
    for m in range(M)
}


def population_sample(rng: np.random.Generator, clusters: int, size: int) -> at.Survey:
    """Clusters of people who share a part of their factors; every other stratum sampled double."""
    share = 0.15
    n = clusters * size
    cluster = np.repeat(np.arange(clusters), size)
    root = np.linalg.cholesky(PHI)
    common = rng.normal(size=(clusters, M)) @ root.T
    own = rng.normal(size=(n, M)) @ root.T
    f = np.sqrt(share) * common[cluster] + np.sqrt(1 - share) * own
    loads = LOADINGS * np.where(NEGATIVE, -1, 1)
    y = f.repeat(K, axis=1) * loads + np.sqrt(1 - LOADINGS**2) * rng.normal(size=(n, K * M))
    frame = pd.DataFrame(np.digitize(y, CUTS) + 1, columns=NAMES)
    frame["psu"] = cluster
    frame["stratum"] = cluster % 2
    frame["w"] = np.where(cluster % 2 == 0, 1.0, 2.0) * rng.uniform(0.8, 1.25, n)
    return at.Survey.from_frame(frame, at.SurveyDesign(weight="w", stratum="stratum", psu="psu"))


def errors(found) -> np.ndarray:
    """(estimate − truth)/se of all standardised loadings."""
    rows = [e for e in found.estimates if e.op == "=~"]
    truth = dict(zip(NAMES, LOADINGS, strict=True))
    return np.array([(e.std - truth[e.rhs]) / e.std_se for e in rows])


def test_loadings_within_sampling_error():
    survey = population_sample(np.random.default_rng(20), 100, 15)
    found = at.cfa(survey, SCALES)
    assert found.covariance == "design"
    assert np.abs(errors(found)).max() < 3.5
    assert np.abs(found.phi - PHI).max() < 0.12
    assert found.fit_measures["rmsea.scaled"] < 0.02
    assert found.fit_measures["pvalue.scaled"] > 0.01
    ignoring = at.cfa(survey, SCALES, covariance="independent")
    np.testing.assert_allclose(ignoring.loadings, found.loadings, atol=0.01)  # other weights
    table = at.compare_structures(survey, SCALES, structures=["one", "factors"]).to_frame()
    assert table["p_diff"][0] < 1e-10
    assert table["cfi"][0] < 0.9 < table["cfi"][1]


@pytest.mark.simulation
def test_intervals_cover_and_the_test_keeps_its_level():
    rng = np.random.default_rng(21)
    z, p = [], []
    for _ in range(200):
        found = at.cfa(population_sample(rng, 120, 10), SCALES)
        z.append(errors(found))
        p.append(found.fit_measures["pvalue.scaled"])
    covered = float((np.abs(np.array(z)) < 1.96).mean())
    assert 0.92 < covered < 0.97
    assert abs(float(np.mean(z))) < 0.15
    assert float((np.array(p) < 0.05).mean()) < 0.12
