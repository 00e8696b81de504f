"""Designs as arrays: what is checked before any estimate."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from attitudes import Survey, SurveyDesign
from attitudes.errors import DataError, DesignError, OptionError
from attitudes.numerics.design import DesignArrays


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "w": [1.0, 2.0, 1.5, 0.0, 3.0, 2.5],
            "h": ["a", "a", "a", "b", "b", "b"],
            "c": [1, 1, 2, 3, 4, 4],
            "within": [1, 1, 2, 1, 2, 2],
            "person": [1, 2, 1, 1, 1, 2],
            "n_psus": [10, 10, 10, 20, 20, 20],
            "n_people": [4, 4, 5, 6, 8, 8],
            "share": [0.2, 0.2, 0.2, 0.1, 0.1, 0.1],
            "p": [0.5, 0.5, 0.25, 1.0, 0.2, 0.2],
        }
    )


def arrays(frame: pd.DataFrame, **columns: object) -> DesignArrays:
    return Survey.from_frame(frame, SurveyDesign(**columns)).design_arrays()  # type: ignore[arg-type]


def faults(frame: pd.DataFrame, **columns: object) -> str:
    with pytest.raises(DesignError) as caught:
        arrays(frame, **columns)
    return str(caught.value)


def test_no_design_is_one_stratum_of_single_rows(frame: pd.DataFrame) -> None:
    d = arrays(frame)
    assert (d.n, d.n_strata, d.n_psus, d.df) == (6, 1, 6, 5)
    np.testing.assert_array_equal(d.weights, np.ones(6))
    assert d.fractions == (None,)


def test_strata_units_and_weights(frame: pd.DataFrame) -> None:
    d = arrays(frame, weight="w", stratum="h", psu="c")
    assert (d.n_strata, d.n_psus, d.df) == (2, 4, 2)
    np.testing.assert_array_equal(d.weights, frame["w"])
    np.testing.assert_array_equal(d.strata[0], [0, 0, 0, 1, 1, 1])
    np.testing.assert_array_equal(d.psus[0], [0, 0, 1, 2, 3, 3])


def test_units_that_repeat_need_nest(frame: pd.DataFrame) -> None:
    text = faults(frame, stratum="h", psu="within")
    assert "2 PSUs that occur in more than one h" in text
    assert "nest=True" in text
    nested = arrays(frame, stratum="h", psu="within", nest=True)
    np.testing.assert_array_equal(nested.psus[0], arrays(frame, stratum="h", psu="c").psus[0])


def test_later_stages_are_read_within_their_units(frame: pd.DataFrame) -> None:
    d = arrays(frame, stratum="h", psu=["c", "person"], fpc=["n_psus", "n_people"])
    np.testing.assert_array_equal(d.strata[1], d.psus[0])
    assert len(np.unique(d.psus[1])) == 6
    np.testing.assert_allclose(d.fractions[0], [0.2, 0.2, 0.2, 0.1, 0.1, 0.1])
    np.testing.assert_allclose(d.fractions[1], [2 / 4, 2 / 4, 1 / 5, 1 / 6, 2 / 8, 2 / 8])


def test_weights_follow_from_fractions_when_none_are_given(frame: pd.DataFrame) -> None:
    d = arrays(frame, stratum="h", psu=["c", "person"], fpc=["n_psus", "n_people"])
    np.testing.assert_allclose(d.weights, [10, 10, 25, 60, 40, 40])
    np.testing.assert_allclose(arrays(frame, probabilities="p").weights, 1 / frame["p"])


def test_fractions_and_population_sizes_say_the_same(frame: pd.DataFrame) -> None:
    by_size = arrays(frame, stratum="h", psu="c", fpc="n_psus")
    by_share = arrays(frame, stratum="h", psu="c", fpc="share")
    np.testing.assert_allclose(by_size.fractions[0], by_share.fractions[0])


def test_a_population_smaller_than_its_sample(frame: pd.DataFrame) -> None:
    frame["n_psus"] = [10, 10, 10, 1.5, 1.5, 1.5]
    assert "a population of 1.5 with 2 units sampled" in faults(
        frame, stratum="h", psu="c", fpc="n_psus"
    )


def test_a_negative_population(frame: pd.DataFrame) -> None:
    frame["n_psus"] = -1
    assert "a negative number" in faults(frame, stratum="h", psu="c", fpc="n_psus")


def test_more_populations_than_stages(frame: pd.DataFrame) -> None:
    assert "at most 1, one a stage" in faults(frame, psu="c", fpc=["n_psus", "n_people"])


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([1, -1, 1, 1, -2, 1], "2 negative (rows 2, 5)"),
        ([1, np.nan, 1, 1, 1, 1], "1 missing or not finite (rows 2)"),
        ([1, np.inf, 1, 1, 1, 1], "1 missing or not finite (rows 2)"),
        (["1", "x", "1", "1", "1", "1"], "1 missing or not finite (rows 2)"),
        ([0, 0, 0, 0, 0, 0], "all zero"),
    ],
)
def test_weights_that_cannot_be(frame: pd.DataFrame, values: list[object], found: str) -> None:
    frame["w"] = values
    assert found in faults(frame, weight="w")


def test_blank_strata_and_units_are_told_together(frame: pd.DataFrame) -> None:
    frame["h"] = ["a", None, "a", "b", "b", "b"]
    frame["c"] = [1, 1, 2, np.nan, np.nan, 4]
    text = faults(frame, stratum="h", psu="c")
    assert "column h: found 1 rows without a value" in text
    assert "column c: found 2 rows without a value" in text


@pytest.mark.parametrize("p", [0.0, 1.5, -0.1])
def test_probabilities_outside_zero_to_one(frame: pd.DataFrame, p: float) -> None:
    frame["p"] = p
    assert "outside (0, 1]" in faults(frame, probabilities="p")


def test_the_codes_do_not_depend_on_the_kind_of_labels(frame: pd.DataFrame) -> None:
    plain = arrays(frame, stratum="h", psu="c")
    frame["h"] = frame["h"].astype("category")
    frame["c"] = frame["c"].map({1: "x", 2: "y", 3: "z", 4: "t"})
    again = arrays(frame, stratum="h", psu="c")
    np.testing.assert_array_equal(plain.strata[0], again.strata[0])
    np.testing.assert_array_equal(plain.psus[0], again.psus[0])


def test_a_column_that_is_not_there_is_named(frame: pd.DataFrame) -> None:
    with pytest.raises(DataError, match="unknown column 'stratmu'"):
        Survey.from_frame(frame, SurveyDesign(stratum="stratmu"))


def test_options_of_the_design() -> None:
    with pytest.raises(OptionError, match=r"unknown method 'brewr'; .* did you mean 'brewer'"):
        SurveyDesign(probabilities="p", joint="brewr")
    with pytest.raises(OptionError, match="no probabilities"):
        SurveyDesign(joint="brewer")
    with pytest.raises(OptionError, match="unknown option 'xx'"):
        SurveyDesign(pps_variance="xx")  # type: ignore[arg-type]


def test_every_column_the_design_names() -> None:
    design = SurveyDesign(
        weight="w", stratum=["h", "h2"], psu=["c", "d"], fpc="N", probabilities="p"
    )
    assert design.columns == ("w", "h", "h2", "c", "d", "N", "p")
