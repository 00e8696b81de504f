"""Weights and the variances after them against R's survey package.

survey 4.5; the R calls stand in each case of tests/oracle/survey_reference.json.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import attitudes as at

Load = Callable[[str, str], at.Survey]

TOLERANCE = 1e-8
# R stops its iterations at a relative miss of 1e-10, with weights good to these:
LOOSER = {"logit": 2e-7, "raking": 5e-9}

STYPE = {"stype": {"E": 4421, "H": 755, "M": 1018}}
WIDE = {"sch.wide": {"No": 1072, "Yes": 5122}}
API99 = {"api99": 3914069}

STEPS: dict[str, Callable[[at.Survey], at.Survey]] = {
    "rake_stype_schwide": lambda s: at.rake(s, {**STYPE, **WIDE}),
    "calibrate_linear_stype": lambda s: at.calibrate(s, STYPE),
    "calibrate_linear_api99": lambda s: at.calibrate(s, {**STYPE, **API99}),
    "calibrate_raking_api99": lambda s: at.calibrate(s, {**STYPE, **API99}, distance="raking"),
    "calibrate_linear_bounded": lambda s: at.calibrate(s, {**STYPE, **API99}, bounds=(0.6, 1.6)),
    "calibrate_raking_margins": lambda s: at.calibrate(s, {**STYPE, **WIDE}, distance="raking"),
    "calibrate_logit_api99": lambda s: at.calibrate(
        s, {**STYPE, **API99}, distance="logit", bounds=(0.5, 2.0)
    ),
    "poststratify_stype": lambda s: at.poststratify(s, STYPE),
    "calibrate_aggregate_stage1": lambda s: at.calibrate(
        s, API99, population=6194, aggregate_stage=1
    ),
}

CASES = [
    "apiclus1/rake_stype_schwide",
    "apiclus1/calibrate_linear_stype",
    "apiclus1/calibrate_linear_api99",
    "apiclus1/calibrate_raking_api99",
    "apiclus1/calibrate_linear_bounded",
    "apiclus1/calibrate_raking_margins",
    "apiclus1/calibrate_aggregate_stage1",
    "apiclus1_nofpc/poststratify_stype",
    "apiclus1_nofpc/rake_stype_schwide",
    "apiclus1_nofpc/calibrate_logit_api99",
    "apiclus1_nofpc/calibrate_linear_bounded",
    "apistrat/calibrate_linear_api99",
    "apistrat/calibrate_logit_api99",
    "apistrat/calibrate_linear_bounded",
    "apistrat/calibrate_raking_margins",
    "apisrs/poststratify_stype",
    "apisrs/calibrate_linear_stype",
    "apisrs/calibrate_raking_api99",
    "apisrs/calibrate_linear_bounded",
    "apisrs/calibrate_raking_margins",
]


def tolerance_of(name: str) -> float:
    return next((v for k, v in LOOSER.items() if f"calibrate_{k}" in name), TOLERANCE)


@pytest.mark.parametrize("name", CASES)
def test_weights_and_variances(cases: dict[str, Any], load: Load, name: str) -> None:
    case = cases[f"weights/{name}"]
    result = case["result"]
    survey = STEPS[name.split("/")[1]](load(case["data"], case["design"]))
    close = {"rtol": tolerance_of(name), "atol": 1e-9}
    np.testing.assert_allclose(survey.weights, result["weights"], **close)
    mean = at.mean(survey, ["api00", "api99"]).to_frame()
    np.testing.assert_allclose(mean["estimate"], result["mean"]["est"], **close)
    np.testing.assert_allclose(mean["se"], result["mean"]["se"], rtol=close["rtol"], atol=1e-7)
    total = at.total(survey, "enroll").to_frame()
    np.testing.assert_allclose(total["estimate"], result["total"]["est"], **close)
    np.testing.assert_allclose(total["se"], result["total"]["se"], **close)
    groups = at.mean(survey, "api00", by="stype").to_frame().sort_values("stype")
    np.testing.assert_allclose(groups["estimate"], result["by"]["api00"], **close)
    np.testing.assert_allclose(groups["se"], result["by"]["se"], **close)


@pytest.mark.parametrize("name", ["apisrs/trim", "apiclus1_nofpc/trim_strict"])
def test_trimming_of_raked_weights(cases: dict[str, Any], load: Load, name: str) -> None:
    case = cases[f"weights/{name}"]
    raked = at.rake(load(case["data"], case["design"]), {**STYPE, **WIDE})
    trimmed = at.trim_weights(raked, lower=0.7, upper=1.5, relative_to="median")
    result = case["result"]
    np.testing.assert_allclose(trimmed.weights, result["weights"], rtol=TOLERANCE)
    if "mean" in result:
        mean = at.mean(trimmed, result["mean"]["names"]).to_frame()
        np.testing.assert_allclose(mean["estimate"], result["mean"]["est"], rtol=TOLERANCE)
        np.testing.assert_allclose(mean["se"], result["mean"]["se"], rtol=TOLERANCE)


def test_direct_standardisation(cases: dict[str, Any], load: Load) -> None:
    case = cases["weights/apistrat/standardize"]
    survey = at.standardize(
        load(case["data"], case["design"]),
        {"sch.wide": {"No": 1, "Yes": 2}},
        over="comp.imp",
    )
    made = at.mean(survey, "api00", by="comp.imp").to_frame()
    assert made["comp.imp"].tolist() == case["result"]["comp.imp"]
    np.testing.assert_allclose(made["estimate"], case["result"]["api00"], rtol=TOLERANCE)
    np.testing.assert_allclose(made["se"], case["result"]["se"], rtol=TOLERANCE)
