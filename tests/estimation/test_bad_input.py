"""Designs and answers that cannot be used: one clear message, never a number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import attitudes as at
from attitudes.errors import DataError, DesignError


def frame(**changed: Any) -> pd.DataFrame:
    columns = {
        "q": [1.0, 2, 3, 4, 5, 4, 3, 2],
        "g": list("aabbaabb"),
        "w": [1.0, 2, 1, 2, 1, 2, 1, 2],
        "h": [1, 1, 1, 1, 2, 2, 2, 2],
        "c": [1, 1, 2, 2, 3, 3, 4, 4],
        "big": 10,
    }
    return pd.DataFrame(columns | changed)


def mean(data: pd.DataFrame, **design: Any) -> at.EstimateTable:
    columns = {"weight": "w", "stratum": "h", "psu": "c"} | design
    return at.mean(at.Survey.from_frame(data, at.SurveyDesign(**columns)), "q")


@pytest.mark.parametrize(
    ("weights", "match"),
    [
        ([np.nan, 2, 1, 2, 1, 2, 1, 2], r"column w: found 1 missing or not finite \(rows 1\)"),
        ([1, 2, np.inf, 2, 1, 2, 1, 2], r"1 missing or not finite \(rows 3\)"),
        ([None, 2, 1, 2, 1, 2, 1, 2], "1 missing"),
        (list("abcdefgh"), "8 missing or not finite"),
        ([1, -2, 1, 2, -1, 2, 1, 2], r"2 negative \(rows 2, 5\)"),
        ([0] * 8, "all zero"),
        ([1e200] * 8, "as large as 1e"),
    ],
)
def test_weights(weights: list[Any], match: str) -> None:
    with pytest.raises(DesignError, match=match) as caught:
        mean(frame(w=weights))
    assert "\n" not in str(caught.value)


def test_units_that_cross_strata_are_offered_nesting() -> None:
    data = frame(c=[1, 1, 2, 2, 1, 1, 2, 2])
    with pytest.raises(DesignError, match=r"2 PSUs .* more than one h.*nest=True"):
        mean(data)
    assert mean(data, nest=True).numbers["df"].tolist() == [2]


@pytest.mark.parametrize(
    ("sizes", "match"),
    [
        ([1.5] * 8, "population of 1.5 with 2 units sampled"),
        ([np.nan] * 8, "8 missing"),
        ([-3] * 8, "negative"),
        ([10, 11, *[10] * 6], "11 and 10 in one stratum of stage 1"),
        ([0.5] * 4 + [10] * 4, "population of 0.5 with 2"),
    ],
)
def test_population_sizes(sizes: list[float], match: str) -> None:
    with pytest.raises(DesignError, match=match):
        mean(frame(n_h=sizes), fpc="n_h")


@pytest.mark.parametrize("column", ["c", "h"])
def test_units_and_strata_without_a_code(column: str) -> None:
    data = frame()
    data[column] = data[column].astype("float64").where(data.index > 0)
    with pytest.raises(DesignError, match=f"column {column}: found 1 rows without a value") as e:
        mean(data)
    assert "\n" not in str(e.value)


def test_more_columns_than_stages() -> None:
    with pytest.raises(DesignError, match="2 columns; allowed: at most 1"):
        mean(frame(), stratum=["h", "g"])
    with pytest.raises(DesignError, match="fpc: found 2 columns"):
        mean(frame(), fpc=["big", "big"])


@pytest.mark.parametrize("function", ["mean", "total", "quantile", "variance", "proportion"])
def test_infinite_answers(function: str) -> None:
    survey = at.Survey.from_frame(frame(q=[np.inf, 2, 3, 4, 5, -np.inf, 3, 2]))
    with pytest.raises(DataError, match=r"column q: found 2 infinite values"):
        getattr(at, function)(survey, "q")


def test_infinite_answers_behind_a_query() -> None:
    import polars as pl

    data = pl.from_pandas(frame(q=[np.inf, 2, 3, 4, 5, -np.inf, 3, np.nan])).lazy()
    survey = at.Survey.from_frame(data, at.SurveyDesign(weight="w", stratum="h", psu="c"))
    with pytest.raises(DataError, match=r"column q: found 2 infinite values"):
        at.mean(survey, "q")
    with pytest.raises(DataError, match="infinite"):
        at.proportion(survey, "q")


def test_numbers_whose_squares_overflow() -> None:
    survey = at.Survey.from_frame(frame(q=[1e300, 2, 3, 4, 5, 4, 3, 2]))
    with pytest.raises(DataError, match=r"as large as 1e\+300"):
        at.mean(survey, "q")


def test_two_columns_of_one_name() -> None:
    data = frame()
    with pytest.raises(DataError, match="two columns named 'q'"):
        at.Survey.from_frame(pd.concat([data, data[["q"]]], axis=1))


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"weights": np.ones((3, 2))}, "3 rows .*; allowed: 8"),
        ({"weights": np.ones(8)}, "a column a replicate"),
        ({"weights": [["a"]] * 8}, "no numbers"),
        ({}, "neither columns nor weights"),
        ({"columns": ("g",)}, "column g: found type"),
        ({"weights": np.full((8, 2), np.nan)}, "8 rows with weights missing or not finite"),
        ({"weights": np.ones((8, 4)), "rscales": [1, 2]}, "2 numbers; allowed: 1 or 4"),
        ({"weights": np.ones((8, 4)), "scale": -1.0}, "scale below 0"),
    ],
)
def test_given_replicate_weights(given: dict[str, Any], match: str) -> None:
    with pytest.raises(DesignError, match=match):
        mean(frame(), replicates=at.Replicates(**given))


@pytest.mark.parametrize("function", ["mean", "total", "quantile", "variance", "sd", "proportion"])
def test_no_answers_at_all_is_a_marked_row(function: str) -> None:
    survey = at.Survey.from_frame(frame(q=np.nan), at.SurveyDesign(psu="c"))
    (row,) = getattr(at, function)(survey, "q").rows
    assert (row.n, row.remark) == (0, "no respondents")
    assert np.isnan([row.estimate, row.se, row.ci_low]).all()


@pytest.mark.parametrize("method", ["logit", "beta", "wilson", "asin", "likelihood", "xlogit"])
def test_interval_of_a_category_never_chosen(method: Any) -> None:
    data = frame(g=pd.Categorical(list("aabbaabb"), ["a", "b", "z"]))
    table = at.proportion(at.Survey.from_frame(data), "g", ci_method=method)
    assert [row.remark for row in table] == ["", "", "never chosen"]
    assert np.isnan(table.numbers["ci_low"]).tolist() == [False, False, True]
    assert (table.numbers["ci_low"][:2] < 0.5).all()
    assert (table.numbers["ci_high"][:2] > 0.5).all()


@pytest.mark.parametrize(
    "labels",
    [
        np.array([10**18 + i for i in (1, 1, 2, 2, 3, 3, 4, 4)]),
        np.array([2**64 - i for i in (1, 1, 2, 2, 3, 3, 4, 4)], dtype=np.uint64),
        np.array([-(10**9), -(10**9), 0, 0, 10**9, 10**9, 7, 7]),
        np.array([1e300, 1e300, 2.5, 2.5, 3, 3, 4, 4]),
        np.repeat(["x" * 1000 + str(i) for i in range(4)], 2),
    ],
)
def test_labels_of_units_may_be_anything(labels: Any) -> None:
    assert mean(frame(c=labels)).se == pytest.approx(mean(frame()).se, rel=1e-14)


def test_memory_follows_the_units_that_occur() -> None:
    """Half a million units with labels up to a billion, crossed with 50 domains, stay sparse."""
    import tracemalloc

    rng = np.random.default_rng(1)
    n = 500_000
    data = pd.DataFrame(
        {
            "q": rng.integers(1, 6, n, dtype=np.int8),
            "c": rng.integers(0, 10**9, n),
            "g": rng.integers(0, 50, n, dtype=np.int8),
        }
    )
    survey = at.Survey.from_frame(data, at.SurveyDesign(psu="c"))
    tracemalloc.start()
    table = at.mean(survey, "q", by="g")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert table.numbers["n"].sum() == n
    assert peak < 300 * n


def test_single_units_of_the_second_stage_are_named_by_their_psu() -> None:
    data = frame(c=[1, 1, 2, 2, 3, 3, 4, 4], u=[1, 2, 1, 2, 1, 1, 1, 2], inside=9)
    with pytest.raises(DesignError, match=r"stage 2: found 1 strata with a single PSU: c 3;"):
        mean(data, psu=["c", "u"], fpc=["big", "inside"])
