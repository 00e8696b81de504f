"""`attitudes estimate`: tables, JSON, CSV, engines, one-line errors."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import attitudes as at
from attitudes.cli.app import app

RUNNER = CliRunner()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    rng = np.random.default_rng(5)
    n = 400
    psu = np.concatenate([np.arange(20), rng.integers(0, 20, n - 20)])
    frame = pd.DataFrame(
        {
            "q": pd.arrays.IntegerArray(rng.integers(1, 6, n).astype(np.int8), rng.random(n) < 0.1),
            "x": rng.normal(10, 2, n),
            "g": rng.choice(["a", "b"], n),
            "c": psu,
            "h": psu // 5,
            "w": rng.uniform(1, 2, n),
        }
    )
    folder = tmp_path_factory.mktemp("estimate")
    frame.to_parquet(folder / "generated.parquet")
    frame.to_csv(folder / "generated.csv", index=False)
    return {"parquet": folder / "generated.parquet", "csv": folder / "generated.csv"}


def call(path: Path, *arguments: str) -> list[str]:
    design = ["--weight", "w", "--stratum", "h", "--psu", "c"]
    return ["estimate", "--data", str(path), *design, *arguments]


@pytest.mark.parametrize("engine", ["auto", "memory", "duckdb"])
@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_engines_agree_with_the_library(files: dict[str, Path], kind: str, engine: str) -> None:
    result = RUNNER.invoke(
        app, call(files[kind], "q", "--by", "g", "--engine", engine, "--json", "-")
    )
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    survey = at.Survey.from_frame(
        pd.read_csv(files["csv"]), at.SurveyDesign(weight="w", stratum="h", psu="c")
    )
    expected = at.mean(survey, "q", by="g")
    for row, mine in zip(expected.rows, found["rows"], strict=True):
        assert mine["g"] == row.by["g"]
        assert mine["estimate"] == pytest.approx(row.estimate, rel=1e-9)
        assert mine["se"] == pytest.approx(row.se, rel=1e-9)
    assert found["variance_method"] == "taylor"


@pytest.mark.parametrize(
    "arguments",
    [
        ["q", "--statistic", "proportion", "--ci", "beta"],
        ["x", "--statistic", "quantile", "--q", "0.25", "--q", "0.5", "--qrule", "hf7"],
        ["x", "--statistic", "ratio", "--denominator", "q"],
        ["x", "q", "--statistic", "correlation"],
        ["x", "--statistic", "total", "--by", "g", "--totals", "--where", "x > 9"],
        ["x", "--statistic", "variance"],
        ["x", "--statistic", "sd"],
    ],
)
def test_every_statistic_prints_a_table(files: dict[str, Path], arguments: list[str]) -> None:
    result = RUNNER.invoke(app, call(files["csv"], *arguments))
    assert result.exit_code == 0, result.output
    assert "estimate" in result.stdout
    assert "variance: taylor" in result.stdout


def test_csv(files: dict[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "table.csv"
    assert RUNNER.invoke(app, call(files["csv"], "q", "--csv", str(out))).exit_code == 0
    assert list(pd.read_csv(out).columns)[:3] == ["variable", "estimate", "se"]
    piped = RUNNER.invoke(app, call(files["csv"], "q", "--csv", "-"))
    assert piped.stdout == out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["nope"], "unknown column 'nope'"),
        (["q", "--statistic", "men"], "did you mean 'mean'"),
        (["q", "--statistic", "ratio"], "--denominator"),
        (["q", "--singleton", "adjusted"], "did you mean 'adjust'"),
        (["q", "--engine", "duck"], "did you mean 'duckdb'"),
        (["q", "--where", "nope >"], "where"),
    ],
)
def test_bad_calls_are_one_line(files: dict[str, Path], arguments: list[str], found: str) -> None:
    result = RUNNER.invoke(app, call(files["csv"], *arguments))
    assert result.exit_code == 2
    assert found in result.stderr
    assert "Traceback" not in result.output


def test_no_such_file() -> None:
    result = RUNNER.invoke(app, ["estimate", "q", "--plain", "--data", "nowhere.parquet"])
    assert result.exit_code == 2
    assert "nowhere.parquet: found no such file" in result.stderr
