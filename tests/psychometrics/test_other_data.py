"""Two more data sets against R's psych: 20 items of state anxiety, 50 generated items with gaps."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import attitudes as at
from attitudes.numerics.factors.omega import omega_coefficients
from attitudes.numerics.factors.sampling_adequacy import sampling_adequacy
from attitudes.numerics.scales.response_patterns import mahalanobis_distance

ORACLE = Path(__file__).parents[1] / "oracle"
EXACT = 1e-11  # closed formulas, printed with 15 digits
POLYCHORIC = 5e-5  # psych maximises by golden section with a tolerance of 6e-5
# psych's minres stops where its objective is 1e-9 above the minimum; GPArotation at a projected
# gradient of 1e-5
FACTORS = 5e-5
# ML of psych is R's factanal-like L-BFGS-B at relative 1e-8
LIKELIHOOD = 2e-4
OMEGA = 1e-4  # of an oblimin solution


@dataclass(frozen=True)
class Case:
    """One data set with its reference."""

    survey: at.Survey
    expected: dict[str, Any]

    @property
    def items(self) -> list[str]:
        return self.expected["items"]

    @property
    def keys(self) -> list[str]:
        return self.expected["keys"]

    @property
    def ends(self) -> tuple[float, float]:
        low, high = self.expected["ends"]
        return low, high

    @property
    def factored(self) -> dict[str, Any]:
        """What psych factored: complete rows, or the pairwise matrix."""
        missing = "listwise" if self.expected["listwise"] else "pairwise"
        return {"correlation": "pearson", "missing": missing}


@pytest.fixture(scope="module", params=["sai", "fifty"])
def case(request: pytest.FixtureRequest) -> Case:
    reference = json.loads((ORACLE / "psych_scales.json").read_text())
    frame = pd.read_csv(ORACLE / "data" / f"{request.param}.csv")
    return Case(at.Survey.from_frame(frame), reference[request.param])


def lower(matrix: np.ndarray) -> np.ndarray:
    """The lower triangle column by column, as R gives it."""
    first, second = np.triu_indices(len(matrix), 1)
    return matrix[first, second]


def test_alpha_family(case: Case) -> None:
    expected = case.expected["alpha"]
    found = at.reliability(
        case.survey,
        case.keys,
        ends=case.ends,
        ordinal=False,
        interval="feldt",
        rng=np.random.default_rng(1),
    )
    total = dict(zip(expected["names"], expected["total"], strict=True))
    c = found.coefficients
    mine = {
        "raw_alpha": found.alpha,
        "std.alpha": found.alpha_standardised,
        "G6(smc)": c.lambda6,
        "average_r": found.average_r,
        "S/N": c.signal_to_noise,
        "ase": c.normal_se / np.sqrt(case.survey.n),
        "median_r": found.median_r,
    }
    for name, value in mine.items():
        assert value == pytest.approx(total[name], abs=EXACT), name
    table = found.items_frame()
    dropped = ["alpha_dropped", "alpha_standardised_dropped", "lambda6_dropped"]
    np.testing.assert_allclose(table[[*dropped, "average_r_dropped"]], expected["drop"], atol=EXACT)
    columns = ["n", "r_raw", "r_total", "r_corrected", "r_rest", "mean", "sd"]
    np.testing.assert_allclose(table[columns], expected["statistics"], atol=EXACT)
    assert (found.ci_low, found.ci_high) == pytest.approx(tuple(expected["feldt"]), abs=1e-9)


def test_scores(case: Case) -> None:
    expected = case.expected["scores"]
    scale = {"scale_score": case.keys}
    scored = at.score(case.survey, scale, ends=case.ends).frame["scale_score"]
    np.testing.assert_allclose(scored[:50], np.array(expected["head"], dtype=float), atol=EXACT)
    assert scored.mean() == pytest.approx(expected["mean"], abs=EXACT)
    filled = at.score(case.survey, scale, ends=case.ends, impute="item_median")
    assert filled.frame["scale_score"].mean() == pytest.approx(expected["median"], abs=EXACT)


@pytest.mark.parametrize("method", ["pearson", "spearman"])
def test_pairwise_correlations(case: Case, method: str) -> None:
    found = at.correlate(case.survey, case.items, method=method, repair=False)
    np.testing.assert_allclose(lower(found.correlation), case.expected[method], atol=EXACT)


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({}, "polychoric"),
        ({"thresholds": "item"}, "polychoric_global"),
        ({"correct": 0.5}, "polychoric_half"),
    ],
)
def test_polychoric(case: Case, options: dict[str, Any], key: str) -> None:
    found = at.polychoric(case.survey, case.items, **options)
    np.testing.assert_allclose(lower(found.correlation), case.expected[key], atol=POLYCHORIC)


def test_lambdas(case: Case) -> None:
    signs = np.array([-1 if key.startswith("-") else 1 for key in case.keys])
    missing = case.factored["missing"]
    found = at.reliability(
        case.survey,
        case.keys,
        ends=case.ends,
        missing=missing,
        ordinal=False,
        interval=None,
        rng=np.random.default_rng(1),
    )
    assert len(signs) == len(found.items)
    expected = np.array(case.expected["guttman"])
    if missing == "listwise":
        np.testing.assert_allclose(np.delete(found.lambdas, 3), np.delete(expected, 3), atol=EXACT)
    assert found.lambdas[3] >= expected[3] - EXACT
    assert found.glb >= max(found.lambdas) - 1e-6


def test_number_of_factors(case: Case) -> None:
    found = at.number_of_factors(
        case.survey,
        case.items,
        rng=np.random.default_rng(1),
        iterations=2,
        **case.factored,
    )
    table, expected = found.to_frame(), case.expected
    np.testing.assert_allclose(table["map"], expected["map"], atol=EXACT)
    rows = expected["vss"]
    np.testing.assert_allclose(table["vss1"], [r["cfit.1"] for r in rows], atol=2e-4)
    np.testing.assert_allclose(table["vss2"][1:], [r["cfit.2"] for r in rows][1:], atol=2e-4)
    assert table["df"].tolist() == [r["dof"] for r in rows]
    matrix = found.correlations.correlation
    adequacy = sampling_adequacy(matrix, expected["size"])
    mine = [adequacy.kmo, *adequacy.kmo_items]
    np.testing.assert_allclose(mine, expected["kmo"], atol=EXACT)
    assert adequacy.chisq == pytest.approx(expected["bartlett"], rel=1e-10)


@pytest.mark.parametrize("rotation", ["varimax", "oblimin", "promax"])
@pytest.mark.parametrize("method", ["minres", "ml", "pa"])
def test_exploratory_solutions(case: Case, method: Any, rotation: Any) -> None:
    expected = case.expected["efa"][f"{method}_{rotation}"]
    m = case.expected["n_factors"]
    found = at.factor_analysis(
        case.survey, case.items, m, method=method, rotation=rotation, **case.factored
    )
    tolerance = LIKELIHOOD if method == "ml" else FACTORS
    np.testing.assert_allclose(found.loadings, expected["loadings"], atol=tolerance)
    np.testing.assert_allclose(found.communality, expected["communality"], atol=tolerance)
    if expected["phi"] is not None:
        np.testing.assert_allclose(found.phi, expected["phi"], atol=2 * tolerance)
    assert found.fit.df == expected["df"]
    assert found.fit.rms == pytest.approx(expected["rms"], abs=2e-6)
    if found.n == case.expected["size"]:
        assert found.fit.chisq == pytest.approx(expected["chisq"], abs=2e-2)
        assert found.fit.tli == pytest.approx(expected["tli"], abs=1e-5)
        assert found.fit.bic == pytest.approx(expected["bic"], abs=2e-2)
        limits = (found.fit.rmsea, found.fit.rmsea_low, found.fit.rmsea_high)
        assert limits == pytest.approx(tuple(expected["rmsea"]), abs=1e-5)
    np.testing.assert_allclose(found.determinacy**2, expected["r2"], atol=2 * tolerance)


def test_omega(case: Case) -> None:
    matrix = at.correlate(case.survey, case.items, missing=case.factored["missing"]).correlation
    found = omega_coefficients(matrix, max(3, case.expected["n_factors"]))
    mine = [found.hierarchical, found.limit, found.total]
    np.testing.assert_allclose(mine, case.expected["omega"], atol=OMEGA)
    groups = np.column_stack([found.group_total, found.group_general, found.group_specific])
    expected = np.array(case.expected["omega_groups"], dtype=float)[1:]
    np.testing.assert_allclose(groups, expected, atol=2 * OMEGA)


def test_patterns_of_answers(case: Case) -> None:
    found = at.response_quality(case.survey, case.items)
    np.testing.assert_allclose(found.indices["long_string"][:50], case.expected["longstring"])
    irv = np.array(case.expected["irv"], dtype=float)
    np.testing.assert_allclose(found.indices["irv"][:50], irv, atol=EXACT)
    whole = case.survey.frame.dropna()
    if len(whole) > 5 * len(case.items):
        distance, _ = mahalanobis_distance(whole.to_numpy(dtype=float))
        np.testing.assert_allclose(distance[:50], case.expected["mahalanobis"], rtol=1e-9)
