"""`attitudes codebook`."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from attitudes.cli.app import app

runner = CliRunner()


def test_json_alone_on_standard_output() -> None:
    result = runner.invoke(app, ["codebook", "--json", "-"])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["study"] == "kyrgyzstan-2023"


def test_schema() -> None:
    result = runner.invoke(app, ["codebook", "--schema"])
    assert result.exit_code == 0
    assert "questions" in json.loads(result.stdout)["properties"]


def test_table_of_another_pack(tmp_path: Path) -> None:
    target = tmp_path / "codebook.json"
    result = runner.invoke(app, ["codebook", "--study", "ess10-norway", "--json", str(target)])
    assert result.exit_code == 0
    assert "imbgeco" in result.stdout
    assert len(json.loads(target.read_text(encoding="utf-8"))["variables"]) == 7


def test_broken_pack_gives_status_2_and_every_line(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text("id: x\ntitel: y\n", encoding="utf-8")
    result = runner.invoke(app, ["codebook", "--study", str(tmp_path)])
    assert result.exit_code == 2
    assert "did you mean 'title'" in result.stderr
    assert "a value for 'questions'" in result.stderr
    assert "Traceback" not in result.stderr
