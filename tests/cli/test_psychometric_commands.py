"""`attitudes reliability`, `scores`, `quality` and `factors explore`."""

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


def test_omega_of_group_factors_is_shown(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    general, group = rng.normal(size=(800, 1)), np.repeat(rng.normal(size=(800, 3)), 4, axis=1)
    x = 0.6 * general + 0.5 * group + 0.6 * rng.normal(size=(800, 12))
    names = [f"q{j}" for j in range(12)]
    pd.DataFrame(x.round(3), columns=names).to_csv(tmp_path / "x.csv", index=False)
    words = ["reliability", "--plain", "--data", str(tmp_path / "x.csv"), "--groups", "3"]
    words += ["--items", f"s={','.join(names)}", "--interval", "none"]
    result = runner.invoke(app, [*words, "--json", "-"])
    assert result.exit_code == 0, result.stderr
    rows = json.loads(result.stdout)["scales"]["s"]["omega_groups"]
    assert sorted(row["items"] for row in rows) == sorted(
        ", ".join(names[4 * g : 4 * g + 4]) for g in range(3)
    )
    assert all(0.2 < row["group"] < row["total"] < 1 for row in rows)
    assert "Omega of the group factors" in runner.invoke(app, words).stdout


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
    matrix = np.array(payload["correlations"]["matrix"])
    np.testing.assert_allclose(matrix, at.polychoric(survey(answers), list("abcdef")).correlation)
    loadings = {row["item"]: row["F1"] for row in payload["solution"]["loadings"]}
    assert loadings["c"] < -0.6 < 0.6 < loadings["a"]
    shown = runner.invoke(app, [*words, "--factors", "2"])
    assert shown.exit_code == 0, shown.stderr
    for title in ("Number of factors", "Loadings", "Correlations of the factors", "KMO"):
        assert title in shown.stdout


def test_charts_are_written_beside_the_tables(answers: Path, tmp_path: Path) -> None:
    words = call(answers, "reliability", "--items", ITEMS, "--ends", "1", "5")
    result = runner.invoke(app, [*words, "--charts", str(tmp_path / "r"), "--json", "-"])
    assert result.exit_code == 0, result.stderr
    names = {Path(p).name for p in json.loads(result.stdout)["charts"]}
    assert names == {
        f"{c}.{e}" for c in ("scales_reliability", "item_curves_s") for e in ("svg", "png")
    }
    assert all((tmp_path / "r" / name).stat().st_size > 5000 for name in names)
    words = call(answers, "factors", "explore", *"abcdef", "--iterations", "5", "--factors", "2")
    result = runner.invoke(app, [*words, "--charts", str(tmp_path / "f")])
    assert result.exit_code == 0, result.stderr
    drawn = {p.stem for p in (tmp_path / "f").glob("*.svg")}
    assert drawn == {"scree", "loadings", "residuals", "paths"}


def test_rotation_towards_the_scales_of_a_study() -> None:
    words = ["factors", "explore", "--rotation", "target", "--iterations", "2", "--json", "-"]
    result = runner.invoke(app, words)
    assert result.exit_code == 0, result.stderr
    payload = json.loads(result.stdout)
    study = at.load_study("kyrgyzstan-2023")
    assert len(payload["solution"]["phi"]) == len(study.scales)
    assert "show nothing about the public" in payload["caution"]
    refused = runner.invoke(app, ["factors", "explore", "trust", "--rotation", "target"])
    assert refused.exit_code == 2
    assert "two or more scales" in refused.stderr


def test_factor_scores_with_their_determinacy(answers: Path, tmp_path: Path) -> None:
    out = tmp_path / "scored.csv"
    words = call(answers, "scores", "--items", "s=a,b,c,d,e,f", "--factors", "1")
    for method in ("regression", "bartlett", "tenberge", "eap"):
        result = runner.invoke(app, [*words, "--method", method, "--out", str(out), "--json", "-"])
        assert result.exit_code == 0, result.stderr
        payload = json.loads(result.stdout)
        analysis = at.factor_analysis(survey(answers), list("abcdef"), 1)
        expected = at.factor_scores(survey(answers), analysis, method=method)
        np.testing.assert_allclose(pd.read_csv(out)["F1_score"], expected.frame["F1"], rtol=1e-9)
        assert payload["determinacy"]["F1_score"] == pytest.approx(analysis.determinacy[0])
        assert payload["means"][0]["se"] > 0


def test_test_retest(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    true = rng.normal(size=300)
    frame = pd.DataFrame({f"t{i}": true + 0.5 * rng.normal(size=300) for i in (1, 2)})
    frame.to_csv(tmp_path / "twice.csv", index=False)
    words = ["reliability", "--plain", "--data", str(tmp_path / "twice.csv"), "--retest", "t1,t2"]
    result = runner.invoke(app, [*words, "--json", "-"])
    assert result.exit_code == 0, result.stderr
    payload = json.loads(result.stdout)["retest"]
    assert payload["n"] == 300
    assert {row["type"] for row in payload["icc"]} >= {"ICC1", "ICC2", "ICC3"}


def test_quality_flags_and_estimates_without_the_flagged(answers: Path, tmp_path: Path) -> None:
    out = tmp_path / "flags.csv"
    words = call(answers, "quality", "--items", ITEMS, "--ends", "1", "5", "--unit", "group")
    result = runner.invoke(app, [*words, "--out", str(out), "--json", "-"])
    assert result.exit_code == 0, result.stderr
    payload = json.loads(result.stdout)
    expected = at.response_quality(survey(answers), scales={"s": SCALE}, ends=(1, 5))
    rows = {row["rule"]: row for row in payload["flags"]}
    assert rows["any"]["n"] == int(expected.flagged.sum())
    assert payload["pairs"]["contradictory"] == [["a", "c"]]
    assert len(pd.read_csv(out)) == 400
    assert {row["variable"] for row in payload["sensitivity"]} == {"s_score"}
    assert [row["item"] for row in payload["units"]["group"]["effects"]][-1] == "(left out)"
    shown = runner.invoke(app, [*words, "--headline", "a"])
    assert shown.exit_code == 0, shown.stderr
    assert "Weighted means without the flagged" in shown.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["reliability", "--items", "s=a,z"], "unknown item 'z'"),
        (["reliability", "--items", "s=a,-c"], "ends"),
        (["scores", "--items", ITEMS, "--ends", "1", "5", "--method", "mode"], "unknown option"),
        (["factors", "explore", "a", "b", "c", "--factors", "3"], "1 to 1 factors"),
        (["factors", "explore", "a", "b", "c", "--method", "mle"], "unknown"),
        (["factors", "explore", "a,b,c,d,w"], "330 different answers"),
        (["scores", "--items", ITEMS, "--factors", "1", "--method", "pomp"], "unknown method"),
        (["scores", "--items", ITEMS, "--factors", "9"], "9 factors on 6 items"),
        (["quality", "--items", ITEMS, "--contradictory", "a"], "two items"),
        (["quality", "--items", ITEMS, "--ends", "1", "5", "--unit", "x"], "unknown"),
        (["reliability", "--retest", "a"], "1 measurements"),
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


@pytest.mark.parametrize(
    ("change", "words", "said"),
    [
        ({"b": 3}, ["factors", "explore", *"abcdef"], "item b: found a constant"),
        ({"b": 3}, ["reliability", "--items", "s=a,b,d"], "item b: found a constant"),
        ({"b": np.nan}, ["scores", "--items", "s=a,b,d"], "nobody answered b"),
        ({"b": np.nan}, ["quality", "--items", "s=a,b,d"], "item b: found no answers"),
    ],
)
def test_degenerate_items_are_named(
    answers: Path, tmp_path: Path, change: dict[str, float], words: list[str], said: str
) -> None:
    path = tmp_path / "changed.csv"
    pd.read_csv(answers).assign(**change).to_csv(path, index=False)
    result = runner.invoke(app, [*words, "--data", str(path), "--plain"])
    assert result.exit_code == 2
    assert said in result.stderr


def test_too_few_respondents_for_the_items_are_named(answers: Path, tmp_path: Path) -> None:
    path = tmp_path / "few.csv"
    pd.read_csv(answers).head(5).to_csv(path, index=False)
    words = ["factors", "explore", *"abcdef", "--correlation", "pearson"]
    result = runner.invoke(app, [*words, "--data", str(path), "--plain"])
    assert result.exit_code == 2
    assert "5 respondents for 6 items" in result.stderr


def test_groups_that_cannot_be_analysed_are_named(answers: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(answers)
    frame.loc[frame["group"] == "south", "b"] = 4
    frame.loc[frame["group"] == "north", "a"] = frame["a"].clip(upper=4)
    path = tmp_path / "groups.csv"
    frame.to_csv(path, index=False)
    words = ["reliability", "--items", "s=a,b,d,e", "--by", "group", "--data", str(path), "--plain"]
    result = runner.invoke(app, words)
    assert result.exit_code == 0, result.stderr
    assert "south: item b: found a constant" in result.stdout
    assert "north: answers that nobody gives here: a 5" in result.stdout
