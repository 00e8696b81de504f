"""`attitudes reliability`, `scores` and `factors explore`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import attitudes as at
from attitudes.cli.app import app

runner = CliRunner()
ITEMS = "s=a,b,-c,d,e,f"


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(6)
    n = 400
    y = 0.8 * rng.normal(size=(n, 1)) * np.array([1, 1, -1, 1, 1, 1]) + 0.6 * rng.normal(
        size=(n, 6)
    )
    frame = pd.DataFrame(np.digitize(y, [-1, -0.3, 0.3, 1]) + 1, columns=list("abcdef"))
    frame["w"] = rng.uniform(1, 2, n).round(3)
    frame["psu"] = np.repeat(np.arange(40), 10)
    frame["group"] = rng.choice(["north", "south"], n)
    path = tmp_path_factory.mktemp("data") / "answers.csv"
    frame.to_csv(path, index=False)
    return path


def call(answers: Path, *words: str) -> list[str]:
    return [*words, "--data", str(answers), "--plain", "--weight", "w", "--psu", "psu"]


def survey(answers: Path) -> at.Survey:
    return at.Survey.from_frame(pd.read_csv(answers), at.SurveyDesign(weight="w", psu="psu"))


SCALE = ["a", "b", "-c", "d", "e", "f"]


def test_reliability_json_alone(answers: Path) -> None:
    words = call(answers, "reliability", "--items", ITEMS, "--ends", "1", "5", "--by", "group")
    result = runner.invoke(app, [*words, "--json", "-"])
    assert result.exit_code == 0, result.stderr
    rows = json.loads(result.stdout)["scales"]["s"]["coefficients"]
    expected = at.reliability(survey(answers), SCALE, ends=(1, 5))
    assert [row["group"] for row in rows] == ["total", "north", "south"]
    assert rows[0]["alpha"] == pytest.approx(expected.alpha)
    assert rows[0]["ci_low"] == pytest.approx(expected.ci_low)


def test_reliability_tables_name_the_wrongly_keyed_item(answers: Path) -> None:
    words = call(answers, "reliability", "--items", "s=a,b,c,d,e,f", "--interval", "none")
    result = runner.invoke(app, words)
    assert result.exit_code == 0, result.stderr
    assert "alpha_dropped" in result.stdout
    assert "Note: c: item-rest correlation -0." in result.stdout


def test_scores_are_written_whole(answers: Path, tmp_path: Path) -> None:
    out = tmp_path / "scored.csv"
    words = call(answers, "scores", "--items", ITEMS, "--ends", "1", "5", "--method", "pomp")
    result = runner.invoke(app, [*words, "--by", "group", "--out", str(out), "--json", "-"])
    assert result.exit_code == 0, result.stderr
    payload = json.loads(result.stdout)
    expected = at.score(survey(answers), {"s": SCALE}, method="pomp", ends=(1, 5))
    written = pd.read_csv(out)
    np.testing.assert_allclose(written["s_score"], expected.frame["s"])
    assert payload["columns"] == ["s_score"]
    assert {row["group"] for row in payload["means"]} == {"north", "south"}
    assert payload["means"][0]["se"] > 0


def test_factors_explore(answers: Path) -> None:
    words = call(answers, "factors", "explore", *"abcdef", "--iterations", "10", "--most", "3")
    result = runner.invoke(app, [*words, "--json", "-"])
    assert result.exit_code == 0, result.stderr
    payload = json.loads(result.stdout)
    assert payload["number_of_factors"]["suggested"]["parallel_components"] == 1
    loadings = {row["item"]: row["F1"] for row in payload["solution"]["loadings"]}
    assert loadings["c"] < -0.6 < 0.6 < loadings["a"]
    shown = runner.invoke(app, [*words, "--factors", "2"])
    assert shown.exit_code == 0, shown.stderr
    for title in ("Number of factors", "Loadings", "Correlations of the factors", "KMO"):
        assert title in shown.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["reliability", "--items", "s=a,z"], "unknown item 'z'"),
        (["reliability", "--items", "s=a,-c"], "ends"),
        (["scores", "--items", ITEMS, "--ends", "1", "5", "--method", "mode"], "unknown option"),
        (["factors", "explore", "a", "b", "c", "--factors", "3"], "1 to 1 factors"),
        (["factors", "explore", "a", "b", "c", "--method", "mle"], "unknown"),
    ],
)
def test_bad_input_is_one_line_and_status_2(answers: Path, words: list[str], said: str) -> None:
    result = runner.invoke(app, call(answers, *words))
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_design_columns_need_plain(answers: Path) -> None:
    result = runner.invoke(app, ["reliability", "--data", str(answers), "--weight", "w"])
    assert result.exit_code == 2
    assert "--plain" in result.stderr
