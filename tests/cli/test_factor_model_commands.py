"""`attitudes factors confirm`, `compare` and `invariance`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import attitudes as at
from attitudes.cli.app import app

runner = CliRunner()
ITEMS = ["--items", "x=a,b,-c", "--items", "y=d,-e,-f"]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(9)
    n = 600
    f = rng.multivariate_normal([0, 0], [[1, 0.4], [0.4, 1]], n).repeat(3, axis=1)
    y = 0.8 * f * np.array([1, 1, -1, 1, -1, -1]) + 0.6 * rng.normal(size=(n, 6))
    group = np.where(np.arange(n) % 2 == 0, "north", "south")
    y[group == "south", 0] += 1.0
    frame = pd.DataFrame(np.digitize(y, [-1, 0, 1]) + 1, columns=list("abcdef"))
    frame.loc[::50, "b"] = np.nan
    frame["third"] = np.where(np.arange(n) < 300, 1, np.where(np.arange(n) < 560, 2, 3))
    frame = frame.assign(group=group, psu=np.arange(n) // 12, w=rng.uniform(1, 2, n).round(3))
    path = tmp_path_factory.mktemp("data") / "answers.csv"
    frame.to_csv(path, index=False)
    return path


def call(answers: Path, *words: str) -> list[str]:
    return ["factors", *words, "--data", str(answers), "--plain"]


def payload(result) -> dict:
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_confirm_writes_json_alone(answers: Path) -> None:
    words = call(answers, "confirm", *ITEMS, "--weight", "w", "--psu", "psu", "--json", "-")
    found = payload(runner.invoke(app, words))
    design = at.SurveyDesign(weight="w", psu="psu")
    survey = at.Survey.from_frame(pd.read_csv(answers), design)
    scales = {"x": ["a", "b", "-c"], "y": ["d", "-e", "-f"]}
    expected = at.cfa(survey, scales, missing="pairwise")
    assert found["fit"]["chisq.scaled"] == pytest.approx(expected.fit_measures["chisq.scaled"])
    assert found["covariance"] == "design"
    assert found["n"] == 600
    assert found["factors"] == ["x", "y"]
    assert found["turned"] == ["c", "e", "f"]
    loads = [e["std"] for e in found["estimates"] if e["op"] == "=~"]
    assert np.abs(np.array(loads) - 0.8).max() < 0.12
    assert found["phi"]["all"][0][1] == pytest.approx(expected.phi[0, 1])


def test_confirm_prints_tables_and_draws(answers: Path, tmp_path: Path) -> None:
    model = tmp_path / "model.txt"
    model.write_text("F =~ a + b + c\nG =~ d + e + f\nb ~~ e\nratio := 2 * 3\n")
    folder = tmp_path / "charts"
    words = call(answers, "confirm", "--model", str(model), "--estimator", "MLR")
    result = runner.invoke(app, [*words, "--charts", str(folder)])
    assert result.exit_code == 0, result.stderr
    for text in (
        "chi-square",
        "robust",
        "Loadings",
        "Correlations of the factors",
        "b",
        "~~",
        "MLR, fiml",
    ):
        assert text in result.stdout
    assert {p.name for p in folder.iterdir()} == {
        f"{name}.{kind}" for name in ("residuals", "paths") for kind in ("svg", "png")
    }
    inline = runner.invoke(
        app, call(answers, "confirm", "--model", "F =~ a + b; F =~ c", "--json", "-")
    )
    assert payload(inline)["fit"]["df"] == 0


def test_confirm_in_groups(answers: Path) -> None:
    words = ["--by", "group", "--equal", "loadings", "--equal", "thresholds", "--release", "x=~b"]
    found = payload(runner.invoke(app, call(answers, "confirm", *ITEMS, *words, "--json", "-")))
    assert found["groups"] == {"north": 300, "south": 300}
    shown = runner.invoke(app, call(answers, "confirm", *ITEMS, *words))
    assert "Correlations of the factors, south" in shown.stdout


def test_compare(answers: Path, tmp_path: Path) -> None:
    out = tmp_path / "compare.json"
    result = runner.invoke(app, call(answers, "compare", *ITEMS, "--json", str(out)))
    assert result.exit_code == 0, result.stderr
    assert "Each against the more general one" in result.stdout
    found = json.loads(out.read_text())
    rows = {row["model"]: row for row in found["comparison"]}
    assert rows["one"]["cfi"] < rows["factors"]["cfi"]
    assert rows["one"]["against"] == "factors"
    assert rows["second-order"]["problem"]
    assert set(found["models"]) >= {"one", "factors"}
    some = runner.invoke(app, call(answers, "compare", *ITEMS, "--structure", "one", "--json", "-"))
    assert [row["model"] for row in payload(some)["comparison"]] == ["one"]


def test_invariance(answers: Path) -> None:
    words = call(answers, "invariance", *ITEMS, "--by", "group", "--together", "--dif", "--align")
    found = payload(runner.invoke(app, [*words, "--partial", "--json", "-"]))
    (result,) = found["results"]
    assert result["groups"] == {"north": 300, "south": 300}
    assert [row["level"] for row in result["levels"]] == [
        "configural",
        "metric",
        "scalar",
        "strict",
    ]
    assert any("a|" in row["released"] for row in result["levels"])
    assert result["dif"]["x"]["flagged"] == ["a"]
    assert {row["factor"] for row in result["alignment"]["means"]} == {"x", "y"}
    shown = runner.invoke(app, call(answers, "invariance", *ITEMS, "--by", "group"))
    assert shown.exit_code == 0, shown.stderr
    assert "y by group (north 300, south 300); WLSMV" in shown.stdout
    assert "Reached: strict" in shown.stdout
    assert "not measured alike across group" in shown.stdout
    assert "Level reached" in shown.stdout
    fewer = call(answers, "invariance", "--items", "y=d,-e,-f", "--by", "third", "--json", "-")
    (some,) = payload(runner.invoke(app, fewer))["results"]
    assert some["groups"] == {"1": 300, "2": 260}
    assert some["left_out"] == ["3"]
    assert some["warnings"][0] == "left out, fewer than 50 respondents: 3"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["confirm", "--items", "x=a,b,zz"], "unknown item 'zz'"),
        (["confirm", "--items", "x=a,b"], "no more parameters than moments"),
        (["confirm", "--model", "none.txt"], "no file that can be read"),
        (["confirm", "--model", "F =~ a + b + c", "--items", "x=a,b,c"], "one of them"),
        (["confirm", "--items", "x=a,b,c", "--estimator", "WLS"], "unknown estimator"),
        (["compare", "--items", "x=a,b,c", "--structure", "two"], "unknown structure"),
        (["invariance", "--items", "x=a,b,c"], "--by"),
        (["invariance", "--items", "x=a,b,c", "--by", "grup"], "did you mean 'group'"),
        (["invariance", "--items", "x=a,b,c", "--by", "w"], "one group (none)"),
    ],
)
def test_bad_input_is_one_message_and_status_2(
    answers: Path, words: list[str], message: str
) -> None:
    result = runner.invoke(app, call(answers, *words))
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_bundled_study_says_that_it_is_reconstructed() -> None:
    result = runner.invoke(app, ["factors", "invariance", "change", "--by", "gender"])
    assert result.exit_code == 0, result.stderr
    assert "reconstructed" in result.stdout
    found = payload(runner.invoke(app, ["factors", "confirm", "change", "--json", "-"]))
    assert found["provenance"] == "reconstructed"
    assert "show nothing about the public" in found["caution"]


def test_real_process(answers: Path) -> None:
    words = [sys.executable, "-m", "attitudes.cli.app", *call(answers, "confirm", *ITEMS)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "2 factors of 6 items" in done.stdout
