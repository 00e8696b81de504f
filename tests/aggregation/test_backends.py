"""Every library gives the same numbers: pandas, polars, pyarrow, lazy polars, DuckDB."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import attitudes as at

Compare = Callable[[at.EstimateTable, at.EstimateTable], None]
TOLERANCE = 1e-9  # sums in another order, and squares around a constant near the mean


def generated(n: int = 2_000) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    psu = np.concatenate([np.arange(40), rng.integers(0, 40, n - 40)])
    unit = rng.integers(0, 6, n)
    frame = pd.DataFrame(
        {
            "likert": pd.arrays.IntegerArray(
                rng.integers(1, 6, n).astype(np.int8), rng.random(n) < 0.1
            ),
            "income": np.where(rng.random(n) < 0.05, np.nan, rng.lognormal(8, 1, n)),
            "answer": rng.choice(["no", "yes", "maybe"], n),
            "region": rng.choice(["north", "south", "west"], n),
            "h": psu // 10,
            "c": psu,
            "unit": unit,
            "w": rng.uniform(0.5, 3, n),
            "adult": (rng.random(n) < 0.7).astype(np.int8),
        }
    )
    frame["big"] = 100
    frame["units"] = 20
    return frame


FRAME = generated()
LIBRARIES: dict[str, Callable[[pd.DataFrame], Any]] = {
    "polars": pl.from_pandas,
    "pyarrow": lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
    "lazy polars": lambda frame: pl.from_pandas(frame).lazy(),
    "duckdb": duckdb.from_df,
}
DESIGNS = {
    "one stage": {"weight": "w", "stratum": "h", "psu": "c"},
    "two stages": {"stratum": "h", "psu": ["c", "unit"], "fpc": ["big", "units"]},
    "weighted, fpc at stage 1": {"weight": "w", "stratum": "h", "psu": ["c"], "fpc": ["big"]},
}
CALLS: dict[str, Callable[..., at.EstimateTable]] = {
    "mean": lambda s: at.mean(s, ["likert", "income"], by="region", covariance=True),
    "mean of a part": lambda s: at.mean(s, "likert", by="region", where="adult"),
    "total": lambda s: at.total(s, ["income", "likert"], totals=True, by="region"),
    "proportion": lambda s: at.proportion(s, ["answer", "likert"], by="region", ci_method="beta"),
    "ratio": lambda s: at.ratio(s, "income", "likert", by="region"),
    "median": lambda s: at.quantile(s, "income", [0.25, 0.5], by="region"),
    "sd": lambda s: at.sd(s, "income"),
    "correlation": lambda s: at.correlation(s, ["income", "likert"]),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("library", LIBRARIES)
def test_same_numbers(same_numbers: Compare, library: str, design: str, call: str) -> None:
    made = at.SurveyDesign(**DESIGNS[design])  # type: ignore[arg-type]
    expected = CALLS[call](at.Survey.from_frame(FRAME, made))
    found = CALLS[call](at.Survey.from_frame(LIBRARIES[library](FRAME), made))
    same_numbers(found, expected)


def test_expression_selects_in_a_query() -> None:
    made = at.SurveyDesign(weight="w", stratum="h", psu="c")
    whole = at.Survey.from_frame(FRAME, made)
    query = at.Survey.from_frame(duckdb.from_df(FRAME), made)
    a = at.mean(whole, "likert", where=FRAME["income"] > 3000)
    b = at.mean(query, "likert", where=nw.col("income") > 3000)
    np.testing.assert_allclose([a.estimate, a.se], [b.estimate, b.se], rtol=TOLERANCE)
    with pytest.raises(at.AttitudesError, match="not in memory"):
        at.mean(query, "likert", where=np.ones(len(FRAME), dtype=bool))


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"w": -1.0}, "negative"),
        ({"w": np.nan}, "not finite"),
        ({"w": 0.0}, "all zero"),
        ({"c": None}, "without a value"),
        ({"c": 1}, "PSUs that occur in more than one h"),
    ],
)
def test_bad_designs_are_found_in_a_query(change: dict[str, Any], match: str) -> None:
    frame = FRAME.assign(**change)
    if change.get("c", 0) is None:
        frame["c"] = frame["c"].astype("float64")
    survey = at.Survey.from_frame(
        duckdb.from_df(frame), at.SurveyDesign(weight="w", stratum="h", psu="c")
    )
    with pytest.raises(at.AttitudesError, match=match):
        at.mean(survey, "likert")


def test_unknown_columns_and_kinds() -> None:
    query = at.Survey.from_frame(duckdb.from_df(FRAME), at.SurveyDesign(weight="w", psu="c"))
    with pytest.raises(at.AttitudesError, match="did you mean 'likert'"):
        at.mean(query, "lickert")
    with pytest.raises(at.AttitudesError, match="proportion"):
        at.mean(query, "answer")
    with pytest.raises(at.AttitudesError, match="a frame of pandas"):
        at.Survey.from_frame([1, 2, 3])


def test_missing_groups_are_counted_in_a_query() -> None:
    frame = FRAME.assign(region=FRAME["region"].where(FRAME["income"] < 9000, None))
    design = at.SurveyDesign(weight="w", stratum="h", psu="c")
    a = at.mean(at.Survey.from_frame(frame, design), "likert", by="region")
    b = at.mean(at.Survey.from_frame(duckdb.from_df(frame), design), "likert", by="region")
    assert a.dropped == b.dropped
    np.testing.assert_allclose(a.se, b.se, rtol=TOLERANCE)


def test_codebook_missing_codes_in_a_query() -> None:
    class Codebook:
        id = "generated"

        def missing_codes(self, name: str) -> dict[str, int]:
            return {"refused": 5} if name == "likert" else {}

        def has(self, name: str) -> bool:
            return False

    design = at.SurveyDesign(weight="w", stratum="h", psu="c")
    study: Any = Codebook()
    a = at.mean(at.Survey.from_frame(FRAME, design, study), "likert")
    b = at.mean(at.Survey.from_frame(duckdb.from_df(FRAME), design, study), "likert")
    assert a.rows[0].n == int((FRAME["likert"] < 5).sum())
    np.testing.assert_allclose([a.estimate, a.se], [b.estimate, b.se], rtol=TOLERANCE)


def test_more_groups_than_can_be_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """A billion units would fill the memory with their sums: the query stops before."""
    from attitudes.aggregation import grouped

    query = at.Survey.from_frame(duckdb.from_df(FRAME), at.SurveyDesign(weight="w", psu="c"))
    assert len(at.mean(query, "likert", by="region")) == 3
    monkeypatch.setattr(grouped, "MOST_CELLS", 800)
    with pytest.raises(at.AttitudesError, match=r"groups of region × c: found more than 100"):
        at.mean(query, "likert", by="region")


def test_what_an_engine_cannot_do_is_one_line() -> None:
    connection = duckdb.connect()
    broken = connection.sql("SELECT 1 AS likert, 1.0 AS w, (error('unreadable'))::INTEGER AS c")
    query = at.Survey.from_frame(broken, at.SurveyDesign(weight="w", psu="c"))
    with pytest.raises(at.AttitudesError, match="unreadable"):
        at.mean(query, "likert")


TESTS: dict[str, Callable[[at.Survey], list[float]]] = {
    "contrast": lambda s: at.contrast(s, "likert", by="region").estimates.tolist(),
    "independence": lambda s: [at.independence_test(s, "likert", "region").p_value],
    "rank": lambda s: [at.rank_test(s, "likert", by="region", where="adult").p_value],
    "t": lambda s: [at.t_test(s, "likert", by="adult").statistic],
    "effect": lambda s: [at.effect_size(s, "likert", by="region", categorical=True).se],
    "regress": lambda s: at.regress("likert ~ income + C(region)", s).se.tolist(),
    "trend": lambda s: at.trend([s, s], "likert").se.tolist(),
    "jackknife": lambda s: at.mean(
        at.replicate(s, method="jkn"), "likert", by="region", variance="replicate"
    ).se.tolist(),
}


@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize("library", LIBRARIES)
def test_tests_and_models_fetch_what_they_need(library: str, test: str) -> None:
    design = at.SurveyDesign(weight="w", stratum="h", psu="c")
    expected = TESTS[test](at.Survey.from_frame(FRAME, design))
    found = TESTS[test](at.Survey.from_frame(LIBRARIES[library](FRAME), design))
    np.testing.assert_allclose(found, expected, rtol=TOLERANCE)
