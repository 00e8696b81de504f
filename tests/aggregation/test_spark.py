"""The Spark backend in local mode: the same numbers as in memory (`make test-spark`)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import attitudes as at
from attitudes.cli.app import app

pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("default")]
Compare = Callable[[at.EstimateTable, at.EstimateTable], None]
TOLERANCE = 1e-9  # sums in another order
DESIGNS = {
    "one stage": {"weight": "w", "stratum": "h", "psu": "c"},
    "two stages": {"stratum": "h", "psu": ["c", "unit"], "fpc": ["big", "units"]},
}
CALLS: dict[str, Callable[[at.Survey], at.EstimateTable]] = {
    "mean": lambda s: at.mean(s, ["likert", "income"], by="region", covariance=True),
    "mean of a part": lambda s: at.mean(s, "likert", by="region", where="adult"),
    "total": lambda s: at.total(s, ["income", "likert"], totals=True, by="region"),
    "proportion": lambda s: at.proportion(s, ["answer", "likert"], by="region", ci_method="beta"),
    "ratio": lambda s: at.ratio(s, "income", "likert", by="region"),
    "median": lambda s: at.quantile(s, "income", [0.25, 0.5], by="region"),
    "sd": lambda s: at.sd(s, "income"),
    "correlation": lambda s: at.correlation(s, ["income", "likert"]),
}


def generated(n: int = 2_000) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    psu = np.concatenate([np.arange(40), rng.integers(0, 40, n - 40)])
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
            "unit": rng.integers(0, 6, n),
            "w": rng.uniform(0.5, 3, n),
            "adult": (rng.random(n) < 0.7).astype(np.int8),
        }
    )
    return frame.assign(big=100, units=20)


FRAME = generated()


@pytest.fixture(scope="module")
def parquet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("spark") / "generated.parquet"
    FRAME.to_parquet(path)
    return path


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    session = builder.config("spark.sql.shuffle.partitions", "4").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("design", DESIGNS)
def test_same_numbers(
    same_numbers: Compare, spark: Any, parquet: Path, design: str, call: str
) -> None:
    made = at.SurveyDesign(**DESIGNS[design])  # type: ignore[arg-type]
    expected = CALLS[call](at.Survey.from_frame(FRAME, made))
    found = CALLS[call](at.Survey.from_frame(spark.read.parquet(str(parquet)), made))
    same_numbers(found, expected)


def test_selection_and_refusals(spark: Any, parquet: Path) -> None:
    design = at.SurveyDesign(weight="w", stratum="h", psu="c")
    query = at.Survey.from_frame(spark.read.parquet(str(parquet)), design)
    a = at.mean(query, "likert", where=nw.col("income") > 3000)
    b = at.mean(at.Survey.from_frame(FRAME, design), "likert", where=FRAME["income"] > 3000)
    np.testing.assert_allclose([a.estimate, a.se], [b.estimate, b.se], rtol=TOLERANCE)
    with pytest.raises(at.AttitudesError, match="did you mean 'likert'"):
        at.mean(query, "lickert")
    infinite = spark.createDataFrame(FRAME[["w", "h", "c"]].assign(x=np.inf))
    with pytest.raises(at.AttitudesError, match="infinite"):
        at.mean(at.Survey.from_frame(infinite, design), "x")
    negative = spark.createDataFrame(FRAME[["w", "h", "c"]].assign(x=1.0, w=-1.0))
    with pytest.raises(at.AttitudesError, match="negative"):
        at.mean(at.Survey.from_frame(negative, design), "x")


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_command(spark: Any, parquet: Path, kind: str, tmp_path: Path) -> None:
    path = parquet
    if kind == "csv":
        path = tmp_path / "generated.csv"
        FRAME.to_csv(path, index=False)
    call = ["estimate", "likert", "--by", "region", "--data", str(path), "--plain", "--weight", "w"]
    call += ["--stratum", "h", "--psu", "c", "--json", "-"]
    runner = CliRunner()
    tables = [runner.invoke(app, [*call, "--engine", e]).stdout for e in ("spark", "memory")]
    one, other = (json.loads(table)["rows"] for table in tables)
    for a, b in zip(one, other, strict=True):
        assert a["region"] == b["region"]
        assert a["n"] == b["n"]
        assert a["se"] == pytest.approx(b["se"], rel=TOLERANCE)
