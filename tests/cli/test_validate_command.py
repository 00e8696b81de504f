"""`attitudes validate`: exit status, a table an exhibit, JSON alone on standard output."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from attitudes.cli.app import app

ROOT = Path(__file__).parents[2]
PACK = ROOT / "data" / "kyrgyzstan-2023"
RESPONSES = PACK / "responses.csv"


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["validate", *words])
    return result.exit_code, result.stdout, result.stderr


def with_cell(path: Path, line: int, column: str, value: str) -> Path:
    lines = RESPONSES.read_text(encoding="utf-8").splitlines()
    heads, cells = lines[0].split(","), lines[line].split(",")
    cells[heads.index(column)] = value
    lines[line] = ",".join(cells)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_the_bundled_pack_passes_and_prints_a_table_an_exhibit() -> None:
    code, out, _ = run()
    assert code == 0
    for exhibit in ("trust_by_region", "traits_by_ethnicity", "reasons_by_region", "table_2"):
        assert exhibit in out
    assert "Differences" in out
    assert "0 worse than expected" in out
    assert "reconstructed respondents" in out


def test_json_alone_on_standard_output_in_a_process_of_its_own() -> None:
    call = [sys.executable, "-m", "attitudes", "validate", "--json", "-"]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found) == {"study", "provenance", "passed", "counts", "figures", "failures"}
    assert found["passed"] is True
    regional = [
        f
        for f in found["figures"]
        if f["exhibit"].endswith("_by_region") and f["statistic"] == "mean"
    ]
    assert len(regional) == 450
    assert {f["status"] for f in regional} == {"reproduced"}
    keys = [
        "exhibit",
        "row",
        "column",
        "statistic",
        "printed",
        "section",
        "status",
        "value",
        "reason",
    ]
    assert list(found["figures"][0]) == keys


def test_one_changed_answer_is_exit_1(tmp_path: Path) -> None:
    heads = RESPONSES.read_text(encoding="utf-8").splitlines()
    column = heads[0].split(",").index("trust_1")
    now = heads[5].split(",")[column]
    data = with_cell(tmp_path / "r.csv", 5, "trust_1", "4" if now != "4" else "3")
    code, out, _ = run("--data", str(data))
    assert code == 1
    assert "Worse than expected" in out


def test_six_in_place_of_five_is_exit_1(tmp_path: Path) -> None:
    shutil.copytree(PACK, tmp_path / "pack")
    path = tmp_path / "pack" / "study.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("reversal_constant: 5", "reversal_constant: 6", 1), encoding="utf-8"
    )
    code, _, err = run("--study", str(tmp_path / "pack"), "--json", str(tmp_path / "v.json"))
    assert code == 1, err
    found = json.loads((tmp_path / "v.json").read_text(encoding="utf-8"))
    assert not found["passed"]
    assert found["failures"]


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("trust_1", "7", "trust_1"),
        ("trust_1", "yes", "trust_1"),
        ("region", "atlantis", "atlantis"),
        ("weight", "-3", "weight"),
        ("respondent", "2", "respondent"),
    ],
)
def test_bad_respondents_are_exit_2_with_the_place(
    tmp_path: Path, column: str, value: str, told: str
) -> None:
    data = with_cell(tmp_path / "r.csv", 5, column, value)
    code, out, err = run("--data", str(data))
    assert code == 2
    assert out == ""
    assert told in err
    assert "r.csv" in err
    assert "Traceback" not in err


def test_files_that_are_none_are_exit_2(tmp_path: Path) -> None:
    assert run("--data", str(tmp_path / "none.csv"))[0] == 2
    empty = tmp_path / "empty.csv"
    empty.write_text("", encoding="utf-8")
    code, _, err = run("--data", str(empty))
    assert code == 2
    assert "empty.csv" in err
    assert run("--study", str(tmp_path))[0] == 2


def test_expectations_are_written_on_request(tmp_path: Path) -> None:
    code, _, _ = run("--expect", str(tmp_path / "expected.csv"))
    assert code == 0
    written = (tmp_path / "expected.csv").read_text(encoding="utf-8")
    assert written == (PACK / "published" / "expected.csv").read_text(encoding="utf-8")
