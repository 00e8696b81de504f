"""`attitudes test regression` and `trend`; replicates, imputations and CSV of both commands."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import attitudes as at
from attitudes.cli.app import app

runner = CliRunner()
DESIGN = ["--weight", "w", "--stratum", "h", "--psu", "c"]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("waves")
    paths = []
    for wave in range(3):
        rng = np.random.default_rng(wave)
        n = 240
        frame = pd.DataFrame({"c": np.arange(n) // 12, "w": rng.uniform(1, 2, n).round(3)})
        frame["h"] = frame["c"] // 4
        frame["region"] = rng.choice(["north", "south", "west"], n)
        frame["age"] = rng.integers(18, 80, n)
        frame["q"] = np.clip(rng.integers(1, 6, n) + wave // 2, 1, 5)
        frame["yes"] = (rng.random(n) < 0.3 + frame["age"] / 300).astype(int)
        paths.append(folder / f"wave_{wave + 1}.csv")
        frame.to_csv(paths[-1], index=False)
    return paths


def survey(path: Path) -> at.Survey:
    design = at.SurveyDesign(weight="w", stratum="h", psu="c")
    return at.Survey.from_frame(pd.read_csv(path), design)


def run(*arguments: object) -> str:
    result = runner.invoke(app, [str(a) for a in arguments])
    assert result.exit_code == 0, result.stderr
    return result.stdout


@pytest.mark.parametrize("family", ["gaussian", "ordinal", "poisson", "gamma"])
def test_regression_as_json(files: list[Path], family: str) -> None:
    formula = "q ~ age + C(region)"
    out = run("test", "regression", formula, "--family", family, "--data", files[0], *DESIGN,
              "--means", "region", "--effects", "age", "--json", "-")  # fmt: skip
    found = json.loads(out)
    fit = at.regress(formula, survey(files[0]), family=family)  # type: ignore[arg-type]
    assert [row["term"] for row in found["coefficients"]] == list(fit.terms)
    estimates = [row["estimate"] for row in found["coefficients"]]
    np.testing.assert_allclose(estimates, fit.coefficients, rtol=1e-12)
    np.testing.assert_allclose(found["covariance"], fit.covariance, rtol=1e-10)
    assert [row["term"] for row in found["terms"]] == ["age", "C(region)"]
    means = at.marginal_means(fit, "region")
    rows = found["margins"]["marginal means of region"]
    np.testing.assert_allclose([row["estimate"] for row in rows], means.estimates, rtol=1e-12)
    assert "average marginal effects of age" in found["margins"]


def test_regression_as_table_and_csv(files: list[Path], tmp_path: Path) -> None:
    call = ["test", "regression", "yes ~ age", "--family", "binomial", "--data", files[0], *DESIGN]
    shown = run(*call, "--effects", "age")
    for word in ("binomial (logit)", "(Intercept)", "Wald tests of terms", "marginal effects"):
        assert word in shown
    out = tmp_path / "model.csv"
    run(*call, "--csv", out)
    assert pd.read_csv(out)["term"].tolist() == ["(Intercept)", "age"]


def test_trend(files: list[Path]) -> None:
    call = ["test", "trend", "q", *DESIGN]
    for path, year in zip(files, (2015, 2019, 2023), strict=True):
        call += ["--wave", str(path), "--time", str(year)]
    found = json.loads(run(*call, "--json", "-"))
    expected = at.trend([survey(path) for path in files], "q", times=[2015, 2019, 2023])
    assert [row["contrast"] for row in found["changes"]] == list(expected.labels)
    estimates = [row["estimate"] for row in found["changes"]]
    np.testing.assert_allclose(estimates, expected.estimates, rtol=1e-12)
    assert "2023 − 2015" in run(*call)
    refused = runner.invoke(app, [*call, "--data", str(files[0])])
    assert refused.exit_code == 2
    assert "--wave" in refused.stderr


def test_replicates_made_and_given(files: list[Path], tmp_path: Path) -> None:
    call = ["estimate", "q", "--by", "region", "--data", files[0], *DESIGN]
    found = json.loads(run(*call, "--replicate", "jkn", "--json", "-"))
    made = at.replicate(survey(files[0]), method="jkn")
    expected = at.mean(made, "q", by="region", variance="replicate")
    np.testing.assert_allclose([row["se"] for row in found["rows"]], expected.se, rtol=1e-12)
    assert found["variance_method"] == "replicate"
    once = run(*call, "--replicate", "bootstrap", "--repeats", 30, "--seed", 4, "--json", "-")
    assert once == run(
        *call, "--replicate", "bootstrap", "--repeats", 30, "--seed", 4, "--json", "-"
    )

    frame = pd.read_csv(files[0])
    weights = np.random.default_rng(1).uniform(0.5, 2, (len(frame), 10))
    columns = {f"rw_{i}": weights[:, i] for i in range(10)}
    path = tmp_path / "replicates.csv"
    frame.assign(**columns).to_csv(path, index=False)
    given = json.loads(run("estimate", "q", "--data", path, "--weight", "w", "--replicate-weights",
                           "rw_", "--scale", "0.1", "--mse", "--json", "-"))  # fmt: skip
    replicates = at.Replicates(weights=weights, scale=0.1, mse=True)
    own = at.Survey.from_frame(frame, at.SurveyDesign(weight="w", replicates=replicates))
    row = at.mean(own, "q", variance="replicate").rows[0]
    assert given["rows"][0]["se"] == pytest.approx(row.se, rel=1e-12)


def test_imputations_are_pooled(files: list[Path]) -> None:
    call = ["estimate", "q", "--data", files[0], *DESIGN]
    for path in files[1:]:
        call += ["--imputation", path]
    found = json.loads(run(*call, "--json", "-"))
    tables = [at.mean(survey(path), "q") for path in files]
    expected = at.pool(tables, df_complete=float(tables[0].numbers["df"][0])).to_frame()
    assert found["rows"][0]["se"] == pytest.approx(expected["se"][0], rel=1e-12)
    assert found["rows"][0]["df"] == pytest.approx(expected["df"][0], rel=1e-12)
    assert found["imputations"] == 3
    assert "pooled by Rubin's rules" in run(*call)


@pytest.mark.parametrize(
    "call",
    [
        ["test", "independence", "q", "region"],
        ["test", "ttest", "q", "--by", "yes"],
        ["test", "rank", "q", "--by", "region"],
        ["test", "contrast", "q", "--by", "region"],
        ["test", "contrast", "q", "age", "--expression", "q / age"],
        ["test", "regression", "q ~ age"],
    ],
)
def test_csv_of_every_test(files: list[Path], call: list[str]) -> None:
    out = run(*call, "--data", files[0], *DESIGN, "--csv", "-")
    frame = pd.read_csv(io.StringIO(out))
    assert len(frame) >= 1
    assert {"p_value"} <= set(frame.columns)


@pytest.mark.parametrize(
    ("call", "found"),
    [
        (["test", "regression", "q ~ agge"], "unknown variable 'agge'"),
        (["test", "regression", "q ~ age", "--family", "gaus"], "did you mean 'gaussian'"),
        (["test", "regression", "q ~ age", "--term", "ages"], "did you mean 'age'"),
        (["test", "regression", "q ~ age", "--means", "nope"], "unknown predictor"),
        (["estimate", "q", "--replicate", "jk2"], "did you mean 'jk"),
        (["estimate", "q", "--replicate-weights", "zz"], "beginning of columns' names"),
        (["estimate", "q", "--joint", "brewer"], "a column of inclusion probabilities"),
        (["estimate", "q", "--json", "-", "--csv", "-"], "standard output for one of them"),
        (["estimate", "q", "--level", "95"], "between 0 and 1"),
        (["estimate", "q", "--plain", "--study", "kyrgyzstan-2023"], "without a codebook"),
    ],
)
def test_bad_calls(files: list[Path], call: list[str], found: str) -> None:
    result = runner.invoke(app, [*call, "--data", str(files[0]), *DESIGN])
    assert result.exit_code == 2
    assert found in result.stderr
    assert "Traceback" not in result.stderr


def test_files_that_are_not_what_they_say(tmp_path: Path) -> None:
    for name, content in (("a.parquet", b"nothing"), ("b.csv", b"\xff\xfe\x00"), ("c.xlsx", b"x")):
        (tmp_path / name).write_bytes(content)
        for engine in ("memory", "duckdb"):
            if name == "c.xlsx" and engine == "duckdb":
                continue
            call = ["estimate", "q", "--plain", "--data", str(tmp_path / name), "--engine", engine]
            result = runner.invoke(app, call)
            assert result.exit_code == 2, (name, engine, result.output)
            assert name in result.stderr
            assert len(result.stderr.splitlines()) == 1
