"""Base weights, unknown eligibility and non-response."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import attitudes as at
from attitudes.errors import AttitudesError, ConvergenceError, EstimationError, OptionError
from attitudes.numerics.replicates.replicates import weight_blocks

ORACLE = Path(__file__).parents[1] / "oracle"


PROPENSITY = json.loads((ORACLE / "weighting.json").read_text(encoding="utf-8"))[
    "apistrat/propensity"
]


def survey(frame: pd.DataFrame, **design: Any) -> at.Survey:
    return at.Survey.from_frame(frame, at.SurveyDesign(**design))


SAMPLED = pd.DataFrame(
    {
        "code": [1.1, 1.2, 2.11, 3.17, 4.5, 1.1, 2.2, 3.9, 4.8, 1.1],
        "region": list("nnnnnsssss"),
        "w": [10.0, 20, 30, 40, 50, 5, 5, 10, 20, 10],
        "age": [20, 30, 40, np.nan, np.nan, 25, 35, np.nan, np.nan, 55],
    }
)


def test_classes_by_hand() -> None:
    """North: 40 unknown over 110 known, then 60 eligible over 30 of respondents; south likewise."""
    made = at.adjust_nonresponse(survey(SAMPLED, weight="w"), status="code", by="region")
    north, south = (150 / 110) * (60 / 30), (50 / 40) * (20 / 15)
    wanted = [10 * north, 20 * north, 0, 0, 0, 5 * south, 0, 0, 0, 10 * south]
    np.testing.assert_allclose(made.weights, wanted, rtol=1e-14)
    step = made.history[-1]
    assert step.verb == "adjust_nonresponse"
    assert step.parameters["by"] == ["region"]
    assert "5 respondents" not in step.summary
    assert "4 respondents, 2 non-respondents, 2 of unknown eligibility, 2 ineligible" in str(step)


def test_eligible_weight_is_kept_and_rows_stay() -> None:
    made = at.adjust_nonresponse(survey(SAMPLED, weight="w"), status="code")
    w, total = made.weights, SAMPLED["w"].sum()
    known = SAMPLED["w"][[0, 1, 2, 4, 5, 6, 8, 9]].sum()
    ineligible = SAMPLED["w"][[4, 8]].sum() * total / known
    assert w.sum() == pytest.approx(total - ineligible)
    assert len(w) == len(SAMPLED)


def test_words_and_named_values() -> None:
    words = {1: "respondent", 2: "nonrespondent", 3: "unknown", 4: "ineligible"}
    named = SAMPLED.assign(state=SAMPLED["code"].astype(int).map(words), k=SAMPLED["code"] // 1)
    wanted = at.adjust_nonresponse(survey(named, weight="w"), status="code", by="region").weights
    by_word = at.adjust_nonresponse(survey(named, weight="w"), status="state", by="region")
    by_value = at.adjust_nonresponse(
        survey(named, weight="w"), status="k", by="region",
        respondent=1, nonrespondent=[2], unknown=3, ineligible=4,
    )  # fmt: skip
    np.testing.assert_array_equal(by_word.weights, wanted)
    np.testing.assert_array_equal(by_value.weights, wanted)


def test_propensities_against_r() -> None:
    schools = pd.read_csv(ORACLE / "data" / "apistrat.csv")
    made = at.adjust_nonresponse(
        survey(schools, weight="pw"), status="awards", respondent="Yes", nonrespondent="No",
        method="propensity", predictors=["stype", "ell", "meals"],
    )  # fmt: skip
    np.testing.assert_allclose(made.weights, PROPENSITY["weights"], rtol=1e-9)


def test_propensity_classes_keep_the_weight_and_are_factors_of_five() -> None:
    schools = pd.read_csv(ORACLE / "data" / "apistrat.csv")
    start = survey(schools, weight="pw")
    made = at.adjust_nonresponse(
        start, status="awards", respondent="Yes", nonrespondent="No",
        method="propensity_classes", predictors=["stype", "ell", "meals"],
    )  # fmt: skip
    assert made.weights.sum() == pytest.approx(start.weights.sum(), rel=1e-12)
    responded = (schools["awards"] == "Yes").to_numpy()
    factors = (made.weights / start.weights)[responded]
    assert len(np.unique(factors.round(10))) == 5
    assert (made.weights[~responded] == 0).all()
    p = np.array(PROPENSITY["fitted"])[responded]
    changes = np.abs(np.diff(factors[np.argsort(p)])) > 1e-12
    assert changes.sum() == 4  # each class is a range of propensities


def test_replicates_repeat_both_adjustments_with_the_model_refitted() -> None:
    schools = pd.read_csv(ORACLE / "data" / "apiclus1.csv")
    options: dict[str, Any] = {
        "status": "awards", "respondent": "Yes", "nonrespondent": "No",
        "method": "propensity", "predictors": ["ell", "meals"],
    }  # fmt: skip
    design = {"psu": "dnum", "weight": "pw"}
    start = at.replicate(survey(schools, **design), method="jk1")
    made = at.adjust_nonresponse(start, **options)
    arrays, before = made.design_arrays(), start.design_arrays()
    assert arrays.replicates is not None
    assert before.replicates is not None
    after = np.concatenate(list(weight_blocks(arrays.weights, arrays.replicates)), axis=1)
    first = np.concatenate(list(weight_blocks(before.weights, before.replicates)), axis=1)
    for column in (0, 7, 14):
        alone = survey(schools.assign(pw=first[:, column]), **design)
        wanted = at.adjust_nonresponse(alone, **options).weights
        np.testing.assert_allclose(after[:, column], wanted, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"status": "cod"}, AttitudesError, "did you mean 'code'"),
        ({"status": "region"}, OptionError, "'n' (5 rows)"),
        ({"status": "age"}, OptionError, "4 rows without a value"),
        ({"status": "code", "respondent": 2.11, "unknown": 2.11}, OptionError, "one outcome"),
        ({"status": "code", "method": "propensity"}, OptionError, "no predictors"),
        ({"status": "code", "predictors": "region"}, OptionError, "predictors beside classes"),
        ({"status": "code", "method": "class"}, OptionError, "did you mean 'classes'"),
        ({"status": "code", "by": "w"}, EstimationError, "class 40: found no person of known"),
    ],
)
def test_refusals(options: dict[str, Any], kind: type[AttitudesError], message: str) -> None:
    with pytest.raises(kind) as caught:
        at.adjust_nonresponse(survey(SAMPLED, weight="w"), **options)
    assert message in str(caught.value)


def test_no_respondent_at_all() -> None:
    with pytest.raises(OptionError, match="no respondent"):
        at.adjust_nonresponse(survey(pd.DataFrame({"code": [2.1, 3.1]})), status="code")


def test_predictors_missing_among_the_eligible_and_separation() -> None:
    frame = SAMPLED.assign(age=[20, np.nan, 40, 1, 1, 25, 35, 1, 1, 55.0])
    call: dict[str, Any] = {"status": "code", "method": "propensity", "predictors": "age"}
    with pytest.raises(AttitudesError, match="1 eligible persons without a value"):
        at.adjust_nonresponse(survey(frame, weight="w"), **call)
    frame = SAMPLED.assign(age=[1, 1, 9, 0, 0, 2, 8, 0, 0, 1.0])
    with pytest.raises(ConvergenceError):
        at.adjust_nonresponse(survey(frame, weight="w"), **call)


def test_base_weights() -> None:
    frame = pd.DataFrame(
        {"psu_p": [0.5, 0.1], "person_p": [0.1, 0.25], "adults": [2, 3], "lines": [1, 2]}
    )
    made = at.base_weights(
        survey(frame), probabilities=["psu_p", "person_p"], multiply="adults", divide="lines"
    )
    np.testing.assert_allclose(made.weights, [40, 60], rtol=1e-15)
    assert made.history[-1].parameters["probabilities"] == ["psu_p", "person_p"]


def test_base_weights_refuse_what_is_no_probability() -> None:
    frame = pd.DataFrame({"p": [0.5, 0.0, 1.2, np.nan], "n": [1, -1, 2, "x"]})
    with pytest.raises(AttitudesError) as caught:
        at.base_weights(survey(frame), probabilities="p", multiply="n")
    text = str(caught.value)
    assert "column p: found 3 values that are none (rows 2, 3, 4)" in text
    assert "column n: found 2 values that are none (rows 2, 4)" in text
    with pytest.raises(OptionError, match="no column"):
        at.base_weights(survey(frame), probabilities=[])


def test_base_weights_carry_replicates_along() -> None:
    frame = pd.DataFrame({"c": [1, 1, 2, 3], "p": [0.5, 0.25, 0.1, 0.2]})
    made = at.base_weights(at.replicate(survey(frame, psu="c"), method="jk1"), probabilities="p")
    arrays = made.design_arrays()
    assert arrays.replicates is not None
    matrix = np.concatenate(list(weight_blocks(arrays.weights, arrays.replicates)), axis=1)
    np.testing.assert_allclose(matrix[:, 0], [0, 0, 15, 7.5])
