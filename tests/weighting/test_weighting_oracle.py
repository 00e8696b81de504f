"""Weights, their replicates and the variances after them against R survey 4.1.1.

Made by tests/oracle/weighting.R, which holds the calls. The finite population of the schools gives
the totals.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import attitudes as at
from attitudes.numerics.replicates.replicates import weight_blocks

ORACLE = Path(__file__).parents[1] / "oracle"
CASES: dict[str, Any] = json.loads((ORACLE / "weighting.json").read_text(encoding="utf-8"))

# R stops where a total is missed by 1e-12 to 1e-13; what is left is far below this.
TOLERANCE = 1e-9

SCHOOLS = pd.read_csv(ORACLE / "data" / "apipop.csv")
API99 = float(SCHOOLS["api99"].sum())
STYPE = {"stype": {"E": 4421, "H": 755, "M": 1018}}
MARGINS = [SCHOOLS.groupby(name).size() for name in ("stype", "sch.wide", "awards")]
CROSSED = SCHOOLS.groupby(["stype", "sch.wide"]).size()

Step = Callable[[at.Survey], at.Survey]


def trimmed(survey: at.Survey, *, strict: bool) -> at.Survey:
    raked = at.rake(survey, MARGINS)
    return at.trim_weights(raked, lower=0.5, upper=1.8, relative_to="mean", strict=strict)


STEPS: dict[str, Step] = {
    "poststratify_crossed": lambda s: at.poststratify(s, CROSSED),
    "rake_three": lambda s: at.rake(s, MARGINS),
    "calibrate_numbers": lambda s: at.calibrate(
        s, {"api99": API99, "ell": float(SCHOOLS["ell"].sum())}, population=6194
    ),
    "calibrate_mixed": lambda s: at.calibrate(s, {**STYPE, "api99": API99}),
    "calibrate_raking": lambda s: at.calibrate(s, {**STYPE, "api99": API99}, distance="raking"),
    "calibrate_logit": lambda s: at.calibrate(
        s, {**STYPE, "api99": API99}, distance="logit", bounds=(0.4, 2.5)
    ),
    "calibrate_bounded": lambda s: at.calibrate(s, {**STYPE, "api99": API99}, bounds=(0.5, 1.7)),
    "calibrate_aggregate": lambda s: at.calibrate(
        s, {"api99": API99}, population=6194, aggregate_stage=1
    ),
    "rake_trim": lambda s: trimmed(s, strict=False),
    "rake_trim_strict": lambda s: trimmed(s, strict=True),
}
DESIGNS: dict[str, dict[str, Any]] = {
    "apisrs": {"fpc": "fpc"},
    "apistrat": {"stratum": "stype", "weight": "pw", "fpc": "fpc"},
    "apiclus1": {"psu": "dnum", "weight": "pw", "fpc": "fpc"},
    "apiclus2": {"psu": ["dnum", "snum"], "fpc": ["fpc1", "fpc2"]},
    "apiclus1_jk1": {"psu": "dnum", "weight": "pw"},
    "apistrat_jkn": {"stratum": "stype", "weight": "pw"},
}
KNOWN = [n for n in CASES if "/" in n and n.split("/")[1] in STEPS]
LINEAR = [n for n in KNOWN if "_jk" not in n]
REPLICATED = [n for n in KNOWN if "_jk" in n]


def load(name: str) -> at.Survey:
    case = CASES[name]
    frame = pd.read_csv(ORACLE / "data" / f"{case['data']}.csv")
    survey = at.Survey.from_frame(frame, at.SurveyDesign(**DESIGNS[name.split("/")[0]]))
    if "_jk" in name:
        return at.replicate(survey, method="jk1" if "jk1" in name else "jkn")
    return survey


def check_estimates(survey: at.Survey, result: dict[str, Any], **options: Any) -> None:
    close = {"rtol": TOLERANCE, "atol": 1e-10}
    means = at.mean(survey, ["api00", "api99"], **options).to_frame()
    np.testing.assert_allclose(means["estimate"], result["mean"]["est"], **close)
    # The se of a variable that was calibrated on is 0 but for rounding.
    np.testing.assert_allclose(means["se"], result["mean"]["se"], rtol=TOLERANCE, atol=1e-6)
    total = at.total(survey, "api.stu", **options).to_frame()
    np.testing.assert_allclose(total["estimate"], np.ravel(result["total"]["est"]), **close)
    np.testing.assert_allclose(total["se"], np.ravel(result["total"]["se"]), **close)
    groups = at.mean(survey, "api00", by="stype", **options).to_frame().sort_values("stype")
    assert groups["stype"].tolist() == result["by"]["stype"]
    np.testing.assert_allclose(groups["estimate"], result["by"]["est"], **close)
    np.testing.assert_allclose(groups["se"], result["by"]["se"], **close)


@pytest.mark.parametrize("name", LINEAR)
def test_weights_and_linearised_variances(name: str) -> None:
    survey = STEPS[name.split("/")[1]](load(name))
    np.testing.assert_allclose(survey.weights, CASES[name]["weights"], rtol=TOLERANCE)
    check_estimates(survey, CASES[name])


@pytest.mark.parametrize("name", REPLICATED)
def test_replicates_repeat_the_step(name: str) -> None:
    case = CASES[name]
    survey = STEPS[name.split("/")[1]](load(name))
    np.testing.assert_allclose(survey.weights, case["weights"], rtol=TOLERANCE)
    matrix, wanted = replicate_matrix(survey), np.array(case["replicates"])
    for column in wanted.T:  # R numbers the replicates of strata in another order
        same = ((matrix == 0) == (column == 0)[:, None]).all(axis=0)
        assert same.sum() == 1
        np.testing.assert_allclose(matrix[:, np.argmax(same)], column, rtol=TOLERANCE)
    check_estimates(survey, case, variance="replicate")


def replicate_matrix(survey: at.Survey) -> np.ndarray[Any, np.dtype[np.float64]]:
    design = survey.design_arrays()
    assert design.replicates is not None
    return np.concatenate(list(weight_blocks(design.weights, design.replicates)), axis=1)
