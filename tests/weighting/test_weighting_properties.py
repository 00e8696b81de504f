"""What holds of weights whatever the data: margins, scale, order, bounds, sums, replicates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import attitudes as at
from attitudes.errors import EstimationError
from attitudes.numerics.replicates.replicates import weight_blocks

# Totals are met to the accuracy of the arithmetic; the bound is 1e-10.
MET = 1e-12


def generated(seed: int, n: int = 400) -> tuple[pd.DataFrame, list[pd.Series[float]]]:
    """A generated sample whose margins are tied to each other, and totals of another population."""
    rng = np.random.default_rng(seed)
    age = rng.integers(0, 4, n)
    school = np.clip(age + rng.integers(-1, 2, n), 0, 3)
    frame = pd.DataFrame(
        {
            "sex": rng.choice(["f", "m"], n),
            "age": np.array(["18", "30", "45", "60"])[age],
            "school": school,
            "income": rng.lognormal(3, 0.5, n),
            "stratum": rng.integers(0, 3, n),
            "psu": rng.integers(0, 12, n),
            "w": rng.uniform(0.5, 3, n),
        }
    )
    frame["psu"] += 12 * frame["stratum"]
    other = frame["w"] * rng.uniform(0.5, 2, n)
    totals = [other.groupby(frame[name]).sum() for name in ("sex", "age", "school")]
    return frame, totals


def survey_of(frame: pd.DataFrame, **changes: Any) -> at.Survey:
    design = {"weight": "w", "stratum": "stratum", "psu": "psu"} | changes
    return at.Survey.from_frame(frame, at.SurveyDesign(**design))


def missed(survey: at.Survey, totals: list[pd.Series[float]], weights: Any = None) -> float:
    """Largest relative miss of a total."""
    w = pd.Series(survey.weights if weights is None else weights)
    found = [w.groupby(survey.frame[t.index.name].to_numpy()).sum() for t in totals]
    return max(float((f / t - 1).abs().max()) for f, t in zip(found, totals, strict=True))


SEEDS = st.integers(0, 2**32 - 1)


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_raked_margins_match(seed: int) -> None:
    frame, totals = generated(seed)
    raked = at.rake(survey_of(frame), totals)
    assert missed(raked, totals) < MET
    assert (raked.weights > 0).all()


@settings(max_examples=15, deadline=None)
@given(SEEDS, st.floats(1e-3, 1e3))
def test_raking_knows_no_scale_and_no_order(seed: int, scale: float) -> None:
    frame, totals = generated(seed)
    raked = at.rake(survey_of(frame), totals).weights
    bigger = at.rake(survey_of(frame.assign(w=frame["w"] * scale)), totals).weights
    np.testing.assert_allclose(bigger, raked, rtol=1e-10)
    order = np.random.default_rng(seed).permutation(len(frame))
    turned = at.rake(survey_of(frame.iloc[order]), totals[::-1]).weights
    np.testing.assert_allclose(turned, raked[order], rtol=1e-10)


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_raking_is_calibration_by_the_raking_distance(seed: int) -> None:
    frame, totals = generated(seed)
    raked = at.rake(survey_of(frame), totals)
    calibrated = at.calibrate(survey_of(frame), totals, distance="raking")
    np.testing.assert_allclose(calibrated.weights, raked.weights, rtol=1e-9)


@settings(max_examples=20, deadline=None)
@given(SEEDS, st.sampled_from(["linear", "raking", "logit"]), st.booleans())
def test_calibrated_totals_match_within_bounds(seed: int, distance: Any, by_psu: bool) -> None:
    frame, totals = generated(seed)
    stage = 1 if by_psu else None
    wanted = {"income": float((frame["w"] * frame["income"]).sum() * 1.03)}
    bounds = (0.3, 3.0)
    survey = survey_of(frame)
    made = at.calibrate(
        survey,
        wanted if by_psu else [wanted, totals[0]],
        population=float(frame["w"].sum()) if by_psu else None,
        distance=distance,
        bounds=bounds,
        aggregate_stage=stage,
    )
    g = made.weights / survey.weights
    assert made.weights @ frame["income"] == pytest.approx(wanted["income"], rel=1e-10)
    assert bounds[0] * (1 - 1e-12) <= g.min() <= g.max() <= bounds[1] * (1 + 1e-12)
    if by_psu:
        assert made.weights.sum() == pytest.approx(survey.weights.sum(), rel=1e-10)
        spread = pd.Series(g).groupby(frame["psu"]).agg(np.ptp)
        assert spread.max() < 1e-12
    else:
        assert missed(made, totals[:1]) < 1e-10


@settings(max_examples=30, deadline=None)
@given(
    SEEDS,
    st.sampled_from(["equal", "proportional"]),
    st.sampled_from(["none", "median", "mean", "iqr"]),
)
def test_trimming_keeps_sums_and_bounds(seed: int, redistribute: Any, reference: Any) -> None:
    frame, _ = generated(seed)
    upper = {"none": 2.2, "median": 1.4, "mean": 1.3, "iqr": 0.8}[reference]
    survey = survey_of(frame)
    made = at.trim_weights(
        survey, upper=upper, relative_to=reference, redistribute=redistribute, by="sex"
    )
    for sex in ("f", "m"):
        rows = (frame["sex"] == sex).to_numpy()
        w, new = survey.weights[rows], made.weights[rows]
        first, median, third = np.quantile(w, [0.25, 0.5, 0.75])
        limit = {
            "none": upper,
            "median": upper * median,
            "mean": upper * w.mean(),
            "iqr": median + upper * (third - first),
        }[reference]
        assert new.sum() == pytest.approx(w.sum(), rel=1e-12)
        assert new.max() <= limit * (1 + 1e-12)
        assert (new[w <= limit] >= w[w <= limit] * (1 - 1e-12)).all()


def test_trimming_without_redistribution_only_cuts() -> None:
    frame, _ = generated(3)
    survey = survey_of(frame)
    made = at.trim_weights(survey, lower=0.8, upper=2.0, redistribute="none")
    np.testing.assert_array_equal(made.weights, np.clip(survey.weights, 0.8, 2.0))


def test_rescaling() -> None:
    frame, _ = generated(4)
    survey = survey_of(frame)
    assert at.rescale_weights(survey).weights.mean() == pytest.approx(1, rel=1e-14)
    w = survey.weights
    kish = at.rescale_weights(survey, to="n_eff").weights.sum()
    assert kish == pytest.approx(w.sum() ** 2 / (w @ w))
    by_sex = at.rescale_weights(survey, to=1000, by="sex").weights
    sums = pd.Series(by_sex).groupby(frame["sex"]).sum()
    np.testing.assert_allclose(sums, 1000)


CHAIN = [
    ("rake", lambda s, t: at.rake(s, t)),
    ("poststratify", lambda s, t: at.poststratify(s, t[1])),
    ("calibrate", lambda s, t: at.calibrate(s, t[:2], distance="raking")),
    ("trim", lambda s, t: at.trim_weights(s, upper=1.5, relative_to="median")),
    ("rescale", lambda s, t: at.rescale_weights(s, by="sex")),
    (
        "rake, trim, rake",
        lambda s, t: at.rake(at.trim_weights(at.rake(s, t), upper=2.5, relative_to="mean"), t),
    ),
]


@pytest.mark.parametrize("method", ["jkn", "bootstrap"])
@pytest.mark.parametrize(("name", "step"), CHAIN, ids=[name for name, _ in CHAIN])
def test_each_replicate_repeats_the_chain(name: str, step: Any, method: Any) -> None:
    """Each replicate weight is what the chain makes of a survey weighted by it."""
    frame, totals = generated(5)
    start = at.replicate(survey_of(frame), method=method, n=8, rng=np.random.default_rng(6))
    made = step(start, totals)
    before, after = matrix(start), matrix(made)
    for column in (0, before.shape[1] // 2, before.shape[1] - 1):
        alone = survey_of(frame.assign(w=before[:, column]))
        if name == "rescale":  # the constant of the full sample
            wanted = before[:, column] * (made.weights / start.weights)
        else:
            wanted = step(alone, totals).weights
        np.testing.assert_allclose(after[:, column], wanted, rtol=1e-8, atol=1e-12)


def matrix(survey: at.Survey) -> np.ndarray[Any, np.dtype[np.float64]]:
    design = survey.design_arrays()
    assert design.replicates is not None
    return np.concatenate(list(weight_blocks(design.weights, design.replicates)), axis=1)


def test_nothing_changes_its_input() -> None:
    frame, totals = generated(7)
    survey = at.replicate(survey_of(frame), method="jkn")
    copy, weights = frame.copy(), survey.weights.copy()
    for _, step in CHAIN:
        step(survey, totals)
    pd.testing.assert_frame_equal(frame, copy)
    np.testing.assert_array_equal(survey.weights, weights)


@pytest.mark.parametrize(
    "dtype", ["int8", "uint8", "uint64", "int64", "float64", "Int16", "category", "str"]
)
def test_codes_of_any_kind_are_the_same_categories(dtype: str) -> None:
    """0, 1, 2 … match the totals' 0, 1, 2 … as numbers, as floats, as categories, as text."""
    frame, totals = generated(8)
    wanted = at.rake(survey_of(frame), totals).weights
    other = frame.assign(school=frame["school"].astype(dtype))
    np.testing.assert_allclose(at.rake(survey_of(other), totals).weights, wanted, rtol=1e-13)


@pytest.mark.parametrize("dtype", ["object", "string[pyarrow]", "string[python]", "category"])
def test_text_of_any_kind_with_missing_and_strange_values(dtype: str) -> None:
    frame, totals = generated(12)
    wanted = at.rake(survey_of(frame), totals).weights
    text = frame.assign(sex=frame["sex"].astype(dtype), age=frame["age"].astype(dtype))
    np.testing.assert_allclose(at.rake(survey_of(text), totals).weights, wanted, rtol=1e-13)
    odd = frame["sex"].astype(object)
    odd.iloc[[3, 4]] = [None, "x"]
    strange = survey_of(frame.assign(sex=odd.astype(dtype)))
    with pytest.raises(EstimationError) as caught:
        at.rake(strange, totals)
    assert "1 respondents without an answer" in str(caught.value)
    assert "1 respondents in x, without a total" in str(caught.value)


def test_categories_that_nobody_has_and_codes_far_apart() -> None:
    frame, totals = generated(9)
    wanted = at.rake(survey_of(frame), totals).weights
    far = {0: -7, 1: 90_000, 2: 3, 3: 12_345_678}
    moved = frame.assign(
        school=frame["school"].map(far),
        sex=pd.Categorical(frame["sex"], categories=["x", "m", "f"]),
    )
    school = totals[2].rename(index=far)
    made = at.rake(survey_of(moved), [totals[0], totals[1], school])
    np.testing.assert_allclose(made.weights, wanted, rtol=1e-14)


def test_variance_proportional_to_the_auxiliary_gives_the_ratio_estimator() -> None:
    """With one number and σ² proportional to it, every weight takes the same factor."""
    frame, _ = generated(11)
    survey = survey_of(frame)
    before = float(survey.weights @ frame["income"])
    made = at.calibrate(survey, {"income": 1.2 * before}, variance="income")
    np.testing.assert_allclose(made.weights / survey.weights, 1.2, rtol=1e-12)
    ratio = at.ratio(survey, "school", "income").to_frame()
    total = at.total(made, "school").to_frame()
    assert total["estimate"][0] == pytest.approx(1.2 * before * ratio["estimate"][0])
    assert total["se"][0] == pytest.approx(1.2 * before * ratio["se"][0], rel=1e-9)


@pytest.mark.parametrize("distance", ["linear", "raking", "logit"])
def test_categories_and_numbers_at_the_psu_level(distance: Any) -> None:
    """One factor a PSU meets totals of both, and each replicate does so by itself."""
    frame, _ = generated(13, n=1200)
    w = frame["w"]
    near = w.groupby(frame["sex"]).sum() * np.array([1.02, 0.99])
    wanted = [near, {"income": float(w @ frame["income"]) * 1.01}]
    bounds = (0.2, 4.0) if distance == "logit" else None
    start = at.replicate(survey_of(frame), method="jkn")
    made = at.calibrate(start, wanted, distance=distance, bounds=bounds, aggregate_stage=1)
    assert missed(made, [near]) < 1e-10
    assert made.weights @ frame["income"] == pytest.approx(wanted[1]["income"], rel=1e-10)
    g = pd.Series(made.weights / w)
    assert g.groupby(frame["psu"]).agg(np.ptp).max() < 1e-12
    for column in matrix(made).T[::9]:
        assert missed(made, [near], column) < 1e-9
        factors = pd.Series(column / w)[column > 0]
        assert factors.groupby(frame["psu"]).agg(np.ptp).max() < 1e-10
