"""Frames, draws, later stages and coordinated samples through the public functions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import attitudes as at
from attitudes.errors import AttitudesError, DataError, DesignError, OptionError
from attitudes.sampling.frame import SamplingFrame, read_frame

VILLAGES = pd.DataFrame(
    {
        "village": [f"v{k}" for k in range(12)],
        "region": ["n"] * 5 + ["s"] * 7,
        "adults": [900, 100, 120, 80, 150, 200, 210, 190, 300, 220, 180, 240],
        "east": np.arange(12.0),
        "north": np.arange(12.0)[::-1] ** 2,
    }
)


@pytest.fixture
def frame() -> SamplingFrame:
    return read_frame(VILLAGES, unit="village", size="adults", stratum="region")


def test_all_that_is_wrong_with_a_frame_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "frame.csv"
    path.write_text("id,region,size\na,n,5\na,n,0\n,s,x\nd,,7\n", encoding="utf-8")
    with pytest.raises(AttitudesError) as caught:
        read_frame(path, unit="id", size="size", stratum="region")
    text = str(caught.value)
    for part in (
        "column id: found 1 units without an id (rows 3)",
        "column id: found 2 rows that share an id (rows 1, 2)",
        "column size: found 2 sizes missing, zero, negative or not numbers (rows 2, 3)",
        "column region: found 1 units without a stratum (rows 4)",
    ):
        assert part in text


def test_unknown_columns_and_files() -> None:
    with pytest.raises(DataError, match="did you mean 'adults'"):
        read_frame(VILLAGES, size="adult")
    with pytest.raises(DataError, match="no such file"):
        read_frame("nowhere.csv")


def test_summary_and_units_too_large(frame: SamplingFrame) -> None:
    assert frame.summary()["units"].to_dict() == {"n": 5, "s": 7}
    assert frame.summary()["largest"].to_dict() == {"n": 900, "s": 300}
    assert frame.too_large(500)["village"].tolist() == ["v0"]


def test_chain_from_frame_to_estimate(frame: SamplingFrame) -> None:
    """Frame, draw, later stage, persons, base weights, Survey: the weights estimate the adults."""
    rng = np.random.default_rng(1)
    drawn = at.draw(frame, {"n": 2, "s": 3}, method="sampford", rng=rng)
    adults = rng.integers(1, 5, 400)
    households = pd.DataFrame(
        {"village": np.repeat(VILLAGES["village"], 400), "adults": np.tile(adults, 12)}
    )
    listed = read_frame(households)
    second = at.draw_within(drawn.units, listed, 40, parent="village", rng=rng)
    persons = at.draw_persons(second, rng=rng)
    assert len(persons) == 200
    chance = drawn.units.set_index("village")["probability"][persons["village"]].to_numpy()
    np.testing.assert_allclose(persons["probability"], chance * 40 / 400 / persons["adults"])
    regions = VILLAGES.set_index("village")["region"]
    sample = persons.assign(region=persons["village"].map(regions).to_numpy(), one=1.0)
    design = at.SurveyDesign(weight="base_weight", stratum="region", psu="village")
    survey = at.Survey.from_frame(sample, design)
    assert survey.weights.sum() == pytest.approx((1 / persons["probability"]).sum())


def test_draws_by_stratum(frame: SamplingFrame) -> None:
    drawn = at.draw(
        frame, {"n": 3, "s": 3}, method="max_entropy", joint=True, rng=np.random.default_rng(2)
    )
    assert drawn.units["stratum_"].value_counts().to_dict() == {"s": 3, "n": 3}
    assert drawn.probabilities.sum() == pytest.approx(6)
    assert bool(drawn.units.set_index("village").loc["v0", "certain"])
    joint = drawn.joint_for_variance()
    p = drawn.units["probability"].to_numpy()
    np.testing.assert_allclose(np.diag(joint), p)
    across = drawn.units["stratum_"].to_numpy()[:, None] != drawn.units["stratum_"].to_numpy()
    np.testing.assert_allclose(joint[across], np.outer(p, p)[across])


def test_yates_grundy_is_refused_for_systematic_draws(frame: SamplingFrame) -> None:
    rng = np.random.default_rng(3)
    drawn = at.draw(frame, {"n": 2, "s": 3}, joint=True, rng=rng)
    with pytest.raises(DesignError, match="pairs of units with joint probability zero"):
        drawn.joint_for_variance()
    with pytest.raises(DesignError, match="joint=True"):
        at.draw(frame, {"n": 2, "s": 3}, rng=rng).joint_for_variance()


def test_variance_of_draws_with_replacement_needs_no_joint_probabilities(
    frame: SamplingFrame,
) -> None:
    rng = np.random.default_rng(3)
    drawn = at.draw(frame, {"n": 2, "s": 3}, method="pps_replacement", joint=True, rng=rng)
    with pytest.raises(DesignError, match="Hansen–Hurwitz"):
        drawn.joint_for_variance()


def test_sorting_stratifies_implicitly() -> None:
    """Half the units are of each kind; sorted by kind, a systematic draw takes half of each."""
    units = pd.DataFrame({"id": range(40), "kind": ["a", "b"] * 20})
    sorted_draws = [
        (
            at.draw(
                read_frame(units),
                10,
                method="systematic",
                sort="kind",
                rng=np.random.default_rng(s),
            ).units["kind"]
            == "a"
        ).sum()
        for s in range(30)
    ]
    assert set(sorted_draws) == {5}


def test_reserves_follow_the_main_sample(frame: SamplingFrame) -> None:
    drawn = at.draw(frame, {"n": 2, "s": 3}, reserves=2, rng=np.random.default_rng(5))
    assert drawn.n == 5
    spare = drawn.units[drawn.units["reserve"] > 0]
    assert spare.groupby("stratum_")["reserve"].apply(list).to_dict() == {"n": [1, 2], "s": [1, 2]}
    assert drawn.units["village"].is_unique
    assert spare["base_weight"].isna().all()


@pytest.mark.parametrize("method", ["srs", "local_pivotal", "chromy", "tille", "pps_replacement"])
def test_any_method_draws_from_strata(frame: SamplingFrame, method: str) -> None:
    counts = {"n": 1, "s": 3}
    drawn = at.draw(
        frame, counts, method=method, coordinates=["east", "north"], rng=np.random.default_rng(6)
    )  # type: ignore[arg-type]
    assert drawn.units["stratum_"].value_counts().to_dict() == counts


def test_wrong_calls(frame: SamplingFrame) -> None:
    rng = np.random.default_rng(7)
    with pytest.raises(OptionError, match="one number for 2 strata"):
        at.draw(frame, 4, rng=rng)
    with pytest.raises(OptionError, match="unknown stratum 'x'"):
        at.draw(frame, {"x": 4}, rng=rng)
    with pytest.raises(OptionError, match="unknown column 'hight'"):
        at.draw(frame, {"n": 1}, sort="hight", rng=rng)
    with pytest.raises(DesignError, match="0 to 5"):
        at.draw(frame, {"n": 6}, rng=rng)


def test_draw_within_refuses_parents_without_units(frame: SamplingFrame) -> None:
    parents = pd.DataFrame({"village": ["v1", "gone"], "probability": [0.5, 0.5]})
    with pytest.raises(DesignError, match="no unit in 'gone'"):
        at.draw_within(parents, frame, 1, parent="village", rng=np.random.default_rng(8))
    with pytest.raises(DataError, match="1 households without a number of adults"):
        at.draw_persons(
            pd.DataFrame({"adults": [0, 2], "probability": 0.1}), rng=np.random.default_rng(8)
        )


def test_panels_keep_rotate_and_keep_apart() -> None:
    units = pd.DataFrame({"shop": [f"s{k}" for k in range(1000)], "staff": np.arange(1, 1001)})
    shops = read_frame(units, unit="shop", size="staff")
    numbers = at.permanent_numbers(units["shop"], rng=np.random.default_rng(9))

    def drawn(start: float, method: str) -> set[str]:
        chosen = at.draw_coordinated(shops, 100, numbers, method=method, start=start)  # type: ignore[arg-type]
        return set(chosen["shop"])

    for method in ("sequential", "poisson", "pareto"):
        assert drawn(0.2, method) == drawn(0.2, method)
    first = drawn(0.0, "sequential")
    assert len(first & drawn(0.02, "sequential")) == pytest.approx(80, abs=10)
    assert not first & drawn(0.5, "sequential")
    later = at.permanent_numbers(
        pd.Series(["new", "s5", "s7"]), previous=numbers, rng=np.random.default_rng(10)
    )
    assert later[["s5", "s7"]].equals(numbers[["s5", "s7"]])


def test_panel_refusals() -> None:
    with pytest.raises(DataError, match="twice"):
        at.permanent_numbers(pd.Series(["a", "a"]), rng=np.random.default_rng(1))
    shops = read_frame(pd.DataFrame({"shop": ["a", "b"]}), unit="shop")
    with pytest.raises(DataError, match="1 units without a number"):
        at.draw_coordinated(shops, 1, pd.Series({"a": 0.5}))


def test_allocate_reports_everything_that_is_wrong() -> None:
    strata = pd.DataFrame({"population": [100, -5], "sd": [1.0, np.nan]})
    with pytest.raises(AttitudesError) as caught:
        at.allocate(strata, method="cost_optimal", sd="sd")
    text = str(caught.value)
    assert "column population: found 1 missing or negative (rows 2)" in text
    assert "column sd" in text
    assert "allocate, cost" in text
    assert "allocate, n" in text


def test_allocation_methods_on_one_table() -> None:
    """Worked by hand; equal remainders (3⅓, 13⅓, 53⅓ and 29.47 twice) go to the first."""
    strata = pd.DataFrame(
        {
            "stratum": ["a", "b", "c"],
            "population": [100, 400, 1600],
            "sd": [3.0, 2, 1],
            "cost": [1, 1, 4.0],
        }
    )
    found = {
        m: at.allocate(strata, 70, method=m, sd="sd", cost="cost").strata["n"].tolist()
        for m in ("proportional", "equal", "square_root", "neyman", "cost_optimal")
    }  # type: ignore[arg-type]
    assert found == {
        "proportional": [4, 13, 53],
        "equal": [24, 23, 23],
        "square_root": [10, 20, 40],
        "neyman": [8, 21, 41],
        "cost_optimal": [11, 30, 29],
    }
    least = at.allocate(strata, 70, minimum=10)
    assert least.strata["n"].tolist() == [10, 12, 48]
    domains = at.allocate(strata, method="precision", sd="sd", margins={"sd": 0.5}, by="stratum")
    n, N = domains.strata["n"], strata["population"]
    margin = 1.959963984540054 * strata["sd"] * np.sqrt(1 / n - 1 / N)
    assert (margin <= 0.5).all()
    fewer = 1.959963984540054 * strata["sd"] * np.sqrt(1 / (n - 1) - 1 / N)
    assert (fewer > 0.5).all()
