"""Variance after calibration: residuals of the auxiliaries, against R survey 4.5.

The calibrated weights are R's own; the records say what was calibrated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import attitudes as at
from attitudes.errors import DesignError
from attitudes.numerics.design import DesignArrays
from attitudes.numerics.variance.calibration_totals import CalibrationTotals
from attitudes.numerics.variance.residuals import sweep
from attitudes.survey.ledger import Step
from attitudes.survey.survey import Calibration

DESIGNS: dict[str, dict[str, Any]] = {
    "apiclus1": {"psu": "dnum", "weight": "pw", "fpc": "fpc"},
    "apiclus1_nofpc": {"psu": "dnum", "weight": "pw"},
    "apistrat": {"stratum": "stype", "weight": "pw", "fpc": "fpc"},
    "apisrs": {"fpc": "fpc"},
}
# Closed forms at 1e-8. Raking and bounded calibration: as far as R's own iteration went
# (its weights are 1e-9 to 2e-7 away from the margins).
CASES = {
    "apiclus1/rake_stype_schwide": 1e-8,
    "apiclus1_nofpc/rake_stype_schwide": 1e-8,
    "apiclus1_nofpc/poststratify_stype": 1e-8,
    "apisrs/poststratify_stype": 1e-8,
    "apiclus1/calibrate_linear_stype": 1e-8,
    "apiclus1/calibrate_linear_api99": 1e-8,
    "apistrat/calibrate_linear_api99": 1e-8,
    "apisrs/calibrate_linear_stype": 1e-8,
    "apiclus1/calibrate_raking_api99": 1e-7,
    "apisrs/calibrate_raking_api99": 1e-7,
    "apiclus1_nofpc/calibrate_logit_api99": 1e-6,
    "apistrat/calibrate_logit_api99": 1e-6,
    "apiclus1/calibrate_linear_bounded": 1e-7,
    "apiclus1/calibrate_raking_margins": 1e-7,
    "apiclus1/calibrate_aggregate_stage1": 1e-8,
}


def auxiliaries(frame: pd.DataFrame, name: str) -> np.ndarray[Any, Any]:
    columns = [np.ones(len(frame))]
    if "aggregate" not in name:
        columns += [(frame["stype"] == s).to_numpy(float) for s in ("H", "M")]
    if "margins" in name:
        columns.append((frame["sch.wide"] == "Yes").to_numpy(float))
    elif not name.endswith("_stype"):
        columns.append(frame["api99"].to_numpy(float))
    X = np.column_stack(columns)
    if "aggregate" in name:
        X = pd.DataFrame(X).groupby(frame["dnum"]).transform("mean").to_numpy()
    return X


def calibrated(frame: pd.DataFrame, name: str, weights: np.ndarray[Any, Any]) -> at.Survey:
    survey = at.Survey.from_frame(frame, at.SurveyDesign(**DESIGNS[name.split("/")[0]]))
    kind, margins = "greg", ()
    if "rake" in name:
        kind = "raked"
        margins = tuple(pd.factorize(frame[c])[0].astype(np.int64) for c in ("stype", "sch.wide"))
    elif "poststratify" in name:
        kind, margins = "poststratified", (pd.factorize(frame["stype"])[0].astype(np.int64),)
    record = Calibration(auxiliaries(frame, name), weights, kind, survey.weights, margins)
    return survey.with_weights(weights, Step("calibrate", {}, "test"), calibration=record)


@pytest.mark.parametrize("name", CASES)
def test_agrees_with_r(
    name: str,
    survey_reference: Mapping[str, Any],
    oracle_frame: Callable[[str], pd.DataFrame],
) -> None:
    result = survey_reference[f"weights/{name}"]["result"]
    rtol = CASES[name]
    survey = calibrated(
        oracle_frame(name.split("/")[0].removesuffix("_nofpc")), name, np.array(result["weights"])
    )
    mean = at.mean(survey, ["api00", "api99"])
    np.testing.assert_allclose(mean.estimate, result["mean"]["est"], rtol=rtol)
    np.testing.assert_allclose(mean.se, result["mean"]["se"], rtol=rtol, atol=1e-6)
    total = at.total(survey, "enroll")
    np.testing.assert_allclose(total.se, result["total"]["se"], rtol=rtol)
    by = at.mean(survey, "api00", by="stype")
    np.testing.assert_allclose(by.estimate, result["by"]["api00"], rtol=rtol)
    np.testing.assert_allclose(by.se, result["by"]["se"], rtol=rtol)


def test_calibrated_totals_have_no_variance(oracle_frame: Callable[[str], pd.DataFrame]) -> None:
    frame = oracle_frame("apistrat")
    X = auxiliaries(frame, "apistrat/calibrate_linear_api99")
    w = frame["pw"].to_numpy()
    record = Calibration(X, w, "greg", w)
    swept = sweep(X * w[:, None], [record])
    assert np.abs(swept).max() < 1e-9 * np.abs(X * w[:, None]).max()


def test_record_of_another_length_or_kind() -> None:
    w = np.ones(3)
    with pytest.raises(DesignError, match="3 rows"):
        sweep(np.ones((4, 1)), [Calibration(np.ones((3, 1)), w, "greg", w)])
    with pytest.raises(DesignError, match="raked"):
        sweep(np.ones((3, 1)), [Calibration(np.ones((3, 1)), w, "rakd", w)])


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_poststratification_is_regression_on_indicators(seed: int) -> None:
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 3, 30)
    base, g = rng.uniform(1, 3, 30), rng.uniform(0.5, 2, 3)[codes]
    scores = rng.normal(size=(30, 2))
    X = np.eye(3)[codes]
    post = Calibration(X, base * g, "poststratified", base, (codes,))
    greg = Calibration(X, base * g, "greg", base)
    np.testing.assert_allclose(sweep(scores, [post]), sweep(scores, [greg]), atol=1e-10)
    np.testing.assert_allclose(
        sweep(sweep(scores, [greg]), [greg]), sweep(scores, [greg]), atol=1e-10
    )


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10_000), kinds=st.lists(st.sampled_from(["p", "r", "g", "s"]), max_size=3)
)
def test_unit_totals_of_residuals_equal_those_of_respondents(seed: int, kinds: list[str]) -> None:
    """Whatever was calibrated after what; "s" is a GREG whose auxiliaries depend on each other."""
    rng = np.random.default_rng(seed)
    n, domains = 80, 3
    codes = tuple(rng.integers(0, k, n) for k in (3, 4))
    weights = rng.uniform(1, 3, n)
    records = []
    for kind in kinds:
        after = weights * rng.uniform(0.5, 2, n)
        X = np.column_stack([np.ones(n), rng.normal(5, 2, n)])
        if kind == "s":
            X = np.column_stack([X, X[:, 1] * 2])
        name = {"p": "poststratified", "r": "raked"}.get(kind, "greg")
        margins = {"p": codes[:1], "r": codes}.get(kind, ())
        records.append(Calibration(X, after, name, weights, margins))
        weights = after
    unit = np.concatenate([np.arange(12), rng.integers(0, 12, n - 12)])
    stratum, domain = unit // 4, rng.integers(0, domains, n)
    design = DesignArrays(weights, (stratum,), (unit,), (None,))
    rows = np.flatnonzero(rng.random(n) < 0.9)
    scores = rng.normal(size=len(rows))
    wide = np.zeros((n, domains))
    wide[rows, domain[rows]] = scores
    expected = np.zeros((12, domains))
    np.add.at(expected, unit, sweep(wide, records))
    made = CalibrationTotals.of(design, records)
    assert made is not None
    found = made.unit_totals(scores, rows, domain[rows], domains)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-10)
