"""Response quality on bfi against R, on planted carelessness, and by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from attitudes.errors import DataError, OptionError
from attitudes.numerics.scales.cluster_effects import cluster_effect
from attitudes.numerics.scales.response_patterns import (
    guttman_errors,
    individual_variability,
    long_string,
    mahalanobis_distance,
)
from attitudes.psychometrics.fieldwork_quality import fieldwork_quality
from attitudes.psychometrics.quality import response_quality
from attitudes.psychometrics.quality_rules import QualityRules
from attitudes.psychometrics.sensitivity import sensitivity
from attitudes.survey.design import SurveyDesign
from attitudes.survey.survey import Survey

EXACT = 1e-10


def test_indices_equal_r(bfi, bfi_complete, items, reference):
    expected = reference["quality"]
    x = bfi.frame[items].to_numpy(dtype=float)
    whole, _ = mahalanobis_distance(x)
    complete = np.isfinite(x[:50]).all(axis=1)
    # psych takes the missing answers' part of the inverse as zero; here it is marginalised
    np.testing.assert_allclose(
        whole[:50][complete], np.array(expected["outlier_psych_D2_head"])[complete], rtol=EXACT
    )
    assert long_string(x)[:50].tolist() == expected["longstring_head"]
    np.testing.assert_allclose(individual_variability(x)[:50], expected["irv_head"], rtol=EXACT)
    distance, tail = mahalanobis_distance(bfi_complete.frame[items].to_numpy(dtype=float))
    np.testing.assert_allclose(distance[:50], expected["mahalanobis_listwise_head"], rtol=EXACT)
    assert ((tail > 0) & (tail <= 1)).all()


@pytest.fixture(scope="module")
def careless() -> Survey:
    """Generated answers to 3 scales of 6 items; rows 0–19 are careless in four ways."""
    rng = np.random.default_rng(12)
    n = 600
    factor = rng.multivariate_normal(np.zeros(3), 0.3 + 0.7 * np.eye(3), size=n)
    signs = np.tile([1, 1, -1, 1, -1, 1], 3)
    y = np.repeat(factor, 6, axis=1) * 0.85 * signs + 0.53 * rng.normal(size=(n, 18))
    x = (np.digitize(y, [-1.2, -0.4, 0.4, 1.2]) + 1).astype(float)
    x[:5] = 4
    x[5:10] = rng.integers(1, 6, size=(5, 18))
    x[10:15] = np.where(rng.random((5, 18)) < 0.5, 1, 5)
    x[15:20, :14] = np.nan
    frame = pd.DataFrame(x, columns=[f"q{j}" for j in range(18)])
    seconds = rng.lognormal(6, 0.3, n)
    seconds[5:10] = 60
    return Survey.from_frame(
        frame.assign(seconds=seconds, interviewer=rng.integers(0, 30, n), w=rng.uniform(1, 2, n)),
        SurveyDesign(weight="w", psu="interviewer"),
    )


SCALES = {
    f"s{s}": [f"{'-' if j in (2, 4) else ''}q{6 * s + j}" for j in range(6)] for s in range(3)
}


@pytest.fixture(scope="module")
def found(careless):
    return response_quality(careless, scales=SCALES, ends=(1, 5), duration="seconds")


def test_planted_carelessness_is_flagged_and_others_are_not(found):
    assert found.flags["straight_line"].nonzero()[0].tolist() == [0, 1, 2, 3, 4]
    assert found.flags["long_string"][:5].all()
    assert found.flags["contradictions"][:5].all()
    assert found.flags["speed"].nonzero()[0].tolist() == [5, 6, 7, 8, 9]
    assert found.flags["missing_share"].nonzero()[0].tolist() == [15, 16, 17, 18, 19]
    random = found.flags["person_fit"] | found.flags["mahalanobis"] | found.flags["guttman_errors"]
    assert random[10:15].all()
    assert random[20:].mean() < 0.03
    # the mean of l_z lies above 0 where the latent value is estimated
    assert 0 < found.indices["person_fit"][20:].mean() < 1
    assert found.indices["person_fit"][20:].std() < 1.1
    assert found.n_flags[20:].mean() < 0.2
    assert found.pairs["contradictory"][:2] == (("q0", "q2"), ("q1", "q4"))


def test_nobody_is_deleted_and_the_flags_are_counted(careless, found):
    assert len(found.to_frame()) == careless.n
    table = found.summary().set_index("rule")
    assert table.loc["straight_line", "n"] == 5
    assert table.loc["any", "n"] == found.flagged.sum()


def test_sensitivity_shows_means_with_and_without(careless, found):
    table = sensitivity(careless, found, ["q0", "q7"]).to_frame()
    w, x = careless.weights, careless.frame["q0"].to_numpy()
    known = np.isfinite(x)
    row = table[(table["variable"] == "q0") & (table["rule"] == "any")].iloc[0]
    kept = known & ~found.flagged
    assert row["all"] == pytest.approx(np.average(x[known], weights=w[known]), rel=1e-12)
    assert row["kept"] == pytest.approx(np.average(x[kept], weights=w[kept]), rel=1e-12)
    assert row["se"] > 0
    assert (table["difference"] == table["kept"] - table["all"]).all()


def test_sensitivity_of_a_share(careless, found):
    table = sensitivity(careless, found, ["q0=4.0"]).to_frame().set_index("rule")
    w, x = careless.weights, careless.frame["q0"].to_numpy()
    known = np.isfinite(x)
    share = np.average(x[known] == 4, weights=w[known])
    assert table.loc["any", "all"] == pytest.approx(share, rel=1e-12)
    with pytest.raises(DataError, match="unknown answer '9'"):
        sensitivity(careless, found, ["q0=9"])


def test_rules_can_be_switched_off(careless):
    rules = QualityRules(straight_line=None, speed=None)
    flags = response_quality(
        careless, scales=SCALES, ends=(1, 5), duration="seconds", rules=rules
    ).flags
    assert not {"straight_line", "speed"} & set(flags)


def test_guttman_errors_by_counting():
    rng = np.random.default_rng(2)
    codes = rng.integers(0, 4, size=(40, 5))
    share = np.sort(rng.random((5, 3)), axis=1)[:, ::-1].copy()
    share[4, 2] = np.nan
    codes[codes[:, 4] == 3, 4] = 2
    found = guttman_errors(codes, share)
    steps = [(j, s) for j in range(5) for s in range(3) if np.isfinite(share[j, s])]
    for i in range(40):
        passed = {(j, s): codes[i, j] > s for j, s in steps}
        pairs = [(a, b) for a in steps for b in steps if passed[a] and not passed[b]]
        if not pairs:
            assert np.isnan(found[i])
        else:
            errors = sum(share[b] > share[a] for a, b in pairs)
            assert found[i] == pytest.approx(errors / len(pairs))


def test_interviewer_effects_are_measured():
    rng = np.random.default_rng(9)
    interviewer = np.repeat(np.arange(60), 20)
    effect = rng.normal(size=60) * np.sqrt(0.25)
    x = effect[interviewer] + rng.normal(size=1200) * np.sqrt(0.75)
    y = rng.normal(size=1200)
    y[interviewer == 7] = np.nan
    frame = pd.DataFrame({"x": x, "y": y, "who": interviewer})
    found = fieldwork_quality(Survey.from_frame(frame), ["x", "y"], "who")
    assert found.effects[0].icc == pytest.approx(0.25, abs=0.09)
    assert found.effects[1].icc == pytest.approx(0, abs=0.03)
    assert found.effects[0].p < 1e-6
    assert found.units.set_index("unit").loc[7, "item_nonresponse"] == 0.5
    assert cluster_effect(x, interviewer).size == pytest.approx(20)
    # one interviewer alone left out a whole item: the share left out lies between interviewers
    assert found.nonresponse.icc == pytest.approx(1.0)
    assert found.to_frame()["item"].tolist() == ["x", "y", "(left out)"]


def test_bad_input_is_named(careless):
    with pytest.raises(OptionError, match="at least 3"):
        response_quality(careless, ["q0", "q1"])
    with pytest.raises(DataError, match="nothing"):
        response_quality(careless, ["q0", "q1", "nothing"])
    with pytest.raises(DataError, match="q3: found no answers"):
        response_quality(Survey.from_frame(careless.frame.assign(q3=np.nan)), ["q0", "q1", "q3"])
    with pytest.raises(DataError, match="duration seconds"):
        response_quality(
            Survey.from_frame(careless.frame.assign(seconds=-1)),
            ["q0", "q1", "q2"],
            duration="seconds",
        )
    with pytest.raises(OptionError, match=r"missing_share(.|\n)*even_odd"):
        response_quality(
            careless, ["q0", "q1", "q2"], rules=QualityRules(missing_share=50, even_odd=-2)
        )
    with pytest.raises(DataError, match="1 units"):
        fieldwork_quality(Survey.from_frame(careless.frame.assign(u=1)), ["q0"], "u")
