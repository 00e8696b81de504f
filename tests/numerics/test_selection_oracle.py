"""Inclusion probabilities and selection against R's package sampling 2.9 (calls in the oracle)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from attitudes.numerics.selection.inclusion import inclusion_probabilities, stratified_probabilities
from attitudes.numerics.selection.joint_probabilities import exact_joint
from attitudes.numerics.selection.systematic import systematic_positions
from attitudes.numerics.weights.calibration import calibrate_weights

# Printed with 17 digits; what differs is the order of additions.
TOLERANCE = 1e-12
# R stops its iteration for the maximum-entropy design when working probabilities move by less than
# 1e-6 in all, which leaves 1.4e-8 in its joint probabilities; see the test that repeats it.
R_STOPPING = 2e-8

CASES = json.loads(
    (Path(__file__).parents[1] / "oracle" / "survey_reference.json").read_text(encoding="utf-8")
)["cases"]


def result(name: str) -> dict[str, Any]:
    found: dict[str, Any] = CASES[f"sampling/{name}"]["result"]
    return found


@pytest.mark.parametrize("name", ["UPsystematicpi2", "UPtillepi2", "UPmaxentropypi2"])
def test_inclusion_probabilities(name: str) -> None:
    case = result(name)
    found = inclusion_probabilities(case["x"], 6)
    np.testing.assert_allclose(found, case["pik"], atol=TOLERANCE, rtol=0)


@pytest.mark.parametrize(
    ("name", "method", "tolerance"),
    [
        ("UPsystematicpi2", "pps_systematic", TOLERANCE),
        ("UPtillepi2", "tille", TOLERANCE),
        ("UPmaxentropypi2", "max_entropy", R_STOPPING),
    ],
)
def test_joint_probabilities(name: str, method: str, tolerance: float) -> None:
    case = result(name)
    found = exact_joint(np.array(case["pik"]), method)
    np.testing.assert_allclose(found, case["pi2"], atol=tolerance, rtol=0)


def r_max_entropy(pik: np.ndarray, stop: float) -> np.ndarray:
    """Repeat UPmaxentropypi2: UPMEqfromw, UPMEpikfromq, UPMEpiktildefrompik, UPMEpik2frompikw."""
    size, n = len(pik), round(pik.sum())
    working = pik.copy()
    moved = 1.0
    while moved > stop:
        w = working / (1 - working)
        expa = np.zeros((size, n))
        for i in range(size):
            expa[i, 0] = w[i:].sum()
        for i in range(size - n, size):
            expa[i, size - i - 1] = np.exp(np.log(w[i:]).sum())
        for i in range(size - 3, -1, -1):
            for z in range(1, min(size - i - 1, n)):
                expa[i, z] = expa[i + 1, z] + w[i] * expa[i + 1, z - 1]
        q = np.zeros((size, n))
        for i in range(size - 1, -1, -1):
            q[i, 0] = w[i] / expa[i, 0]
        for i in range(size - n, size):
            q[i, size - i - 1] = 1.0
        for i in range(size - 3, -1, -1):
            for z in range(1, min(size - i - 1, n)):
                q[i, z] = w[i] * expa[i + 1, z - 1] / expa[i, z]
        pro = np.zeros((size, n))
        pro[0, n - 1] = 1.0
        for i in range(1, size):
            for j in range(1, n):
                pro[i, j] += pro[i - 1, j] * (1 - q[i - 1, j])
                pro[i, j - 1] += pro[i - 1, j] * q[i - 1, j]
            pro[i, 0] += pro[i - 1, 0] * (1 - q[i - 1, 0])
        first = (pro * q).sum(axis=1)
        after = working + pik - first
        moved = float(np.abs(working - after).sum())
        working = after
    w = working / (1 - working)
    joint = np.diag(pik)
    for k in range(size):
        for m in range(size):
            if k != m:
                joint[k, m] = (pik[k] * w[m] - pik[m] * w[k]) / (w[m] - w[k])
    return joint


def test_max_entropy_differs_from_r_by_its_stopping_rule_alone() -> None:
    case = result("UPmaxentropypi2")
    pik = np.array(case["pik"])
    np.testing.assert_allclose(r_max_entropy(pik, 1e-6), case["pi2"], atol=1e-10, rtol=0)
    ours = exact_joint(pik, "max_entropy")
    np.testing.assert_allclose(r_max_entropy(pik, 1e-13), ours, atol=1e-10, rtol=0)


def test_systematic_draw_from_a_given_start() -> None:
    case = result("UPsystematic_deterministic")
    found = systematic_positions(np.array(case["pik"]), case["u"])
    assert found.tolist() == np.flatnonzero(case["s"]).tolist()


def test_stratified_probabilities() -> None:
    """Strata and numbers come back out of R's probabilities nₕ/Nₕ."""
    expected = np.array(result("inclusionprobastrata")["p"])
    values, codes, sizes = np.unique(expected, return_inverse=True, return_counts=True)
    counts = np.rint(values * sizes).astype(int)
    found = stratified_probabilities(codes, np.ones(len(codes)), counts)
    np.testing.assert_allclose(found, expected, atol=TOLERANCE, rtol=0)


OTHER = json.loads(
    (Path(__file__).parents[1] / "oracle" / "weighting.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize(
    ("name", "method", "tolerance"),
    [
        ("UPsystematicpi2", "pps_systematic", TOLERANCE),
        ("UPtillepi2", "tille", TOLERANCE),
        ("UPmaxentropypi2", "max_entropy", R_STOPPING),
        ("UPsampfordpi2", "sampford", 1e-10),
    ],
)
def test_joint_probabilities_of_another_population(
    name: str, method: str, tolerance: float
) -> None:
    case = OTHER[f"sampling/{name}"]
    pik = inclusion_probabilities(case["sizes"], 6)
    np.testing.assert_allclose(pik, case["pik"], atol=TOLERANCE, rtol=0)
    np.testing.assert_allclose(exact_joint(pik, method), case["pi2"], atol=tolerance, rtol=0)


@pytest.mark.parametrize("distance", ["linear", "raking", "truncated", "logit"])
def test_g_weights_of_calib(distance: Any) -> None:
    case = OTHER[f"sampling/calib_{distance}"]
    X = np.column_stack([np.ones(len(case["x"])), case["x"]])
    bounds = (0.3, 2.8) if distance in ("truncated", "logit") else None
    kind = "linear" if distance == "truncated" else distance
    fit = calibrate_weights(
        X, np.array(case["d"]), np.array(case["total"]), distance=kind, bounds=bounds
    )
    assert fit.converged
    # calib() of R stops where a total is missed by 1e-6 of it.
    np.testing.assert_allclose(fit.g, case["g"], rtol=1e-5)
