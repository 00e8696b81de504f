"""`attitudes test`."""

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
PLAIN = ["--plain", "--weight", "w", "--psu", "c"]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(6)
    frame = pd.DataFrame({"c": np.repeat(np.arange(20), 6), "w": rng.uniform(1, 2, 120).round(3)})
    frame["group"] = rng.choice(["north", "south", "west"], 120)
    frame["sex"] = rng.choice(["man", "woman"], 120)
    frame["q"] = rng.integers(1, 6, 120)
    path = tmp_path_factory.mktemp("data") / "answers.csv"
    frame.to_csv(path, index=False)
    return path


def survey(answers: Path) -> at.Survey:
    return at.Survey.from_frame(pd.read_csv(answers), at.SurveyDesign(weight="w", psu="c"))


def test_independence_json_alone(answers: Path) -> None:
    call = ["test", "independence", "q", "group", "--data", str(answers), *PLAIN, "--json", "-"]
    result = runner.invoke(app, call)
    assert result.exit_code == 0, result.stderr
    payload = json.loads(result.stdout)
    expected = at.independence_test(survey(answers), "q", "group")
    assert payload["p_value"] == pytest.approx(expected.p_value)
    assert payload["effect"]["name"] == "Cramér's V"


def test_tables(answers: Path) -> None:
    for kind, by, words in (
        ("ttest", "sex", ["t-test", "estimate", "interval"]),
        ("rank", "group", ["Wilcoxon", "F"]),
        ("contrast", "group", ["north − south", "p_adjusted"]),
    ):
        call = ["test", kind, "q", "--by", by, "--data", str(answers), *PLAIN]
        result = runner.invoke(app, call)
        assert result.exit_code == 0, result.stderr
        for word in words:
            assert word in result.stdout


def test_one_pair_to_a_file(answers: Path, tmp_path: Path) -> None:
    target = tmp_path / "contrast.json"
    call = ["test", "contrast", "q", "--by", "group", "--pair", "north,west"]
    result = runner.invoke(
        app, [*call, "--data", str(answers), *PLAIN, "--json", str(target), "--adjust", "none"]
    )
    assert result.exit_code == 0, result.stderr
    rows = json.loads(target.read_text(encoding="utf-8"))["contrasts"]
    assert [row["contrast"] for row in rows] == ["north − west"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (["ttest", "q", "--by", "group"], "two groups"),
        (["ttest", "qq"], "did you mean 'q'?"),
        (["independence", "q", "group", "--statistic", "f"], "Chisq"),
        (["contrast", "q", "--by", "group", "--pair", "north"], "A,B"),
        (["rank", "q", "--by", "group", "--where", "nowhere == 1"], "where"),
    ],
)
def test_bad_calls_end_with_one_line_and_status_2(
    answers: Path, call: list[str], message: str
) -> None:
    result = runner.invoke(app, ["test", *call, "--data", str(answers), *PLAIN])
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_design_columns_want_data() -> None:
    result = runner.invoke(app, ["test", "ttest", "q", "--weight", "w"])
    assert result.exit_code == 2
    assert "plain data, named by --data" in result.stderr
