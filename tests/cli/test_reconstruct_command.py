"""`attitudes reconstruct`: files that say what they are, seeds, the attack, and refusals."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from attitudes.cli.app import app
from attitudes.study.models import Study

LEDGER = "exhibit,row,column,statistic,printed,section,status,value,reason"


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["reconstruct", *words])
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def pack(mini: Study, tmp_path: Path) -> Path:
    assert mini.root is not None
    shutil.copytree(mini.root, tmp_path / "pack")
    return tmp_path / "pack"


def test_respondents_their_mark_and_their_ledger(pack: Path, tmp_path: Path) -> None:
    out, ledger = tmp_path / "r.csv", tmp_path / "l.csv"
    code, text, _ = run(
        "--study", str(pack), "--out", str(out), "--ledger", str(ledger), "--seed", "7"
    )
    assert code == 0
    assert "Of 24 cells of tables and charts 24 are printed." in text
    assert "what they do not print is invented" in text
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))
    assert len(rows) == 180
    assert {(r["provenance"], r["seed"]) for r in rows} == {("reconstructed", "7")}
    assert ledger.read_text(encoding="utf-8").splitlines()[0] == LEDGER
    beside = json.loads((tmp_path / "r.reconstructed.json").read_text(encoding="utf-8"))
    assert beside["file"] == "r.csv"
    assert "Nobody gave these answers" in beside["statement"]
    assert beside["seed"] == 7
    assert beside["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()


def test_the_same_seed_writes_the_same_bytes(pack: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        assert run("--study", str(pack), "--out", str(tmp_path / name), "--seed", "3")[0] == 0
    names = [sorted(p.name for p in (tmp_path / n).iterdir()) for n in ("one", "two")]
    assert names[0] == names[1]
    assert names[0][0] == "mini.reconstructed.seed3.csv"
    for name in names[0]:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_json_alone_on_standard_output(pack: Path) -> None:
    code, out, _ = run("--study", str(pack), "--json", "-")
    found = json.loads(out)
    assert code == 0
    assert found["provenance"] == "reconstructed"
    assert found["statuses"] == {"excluded": 2, "reproduced": 25}
    assert (found["cells"], found["cells_reproduced"]) == (24, 24)
    assert len(found["figures"]) == 27
    assert found["unreached_bound"] <= found["unreached"] == 2


def test_seeds_are_compared(pack: Path) -> None:
    code, out, _ = run("--study", str(pack), "--seeds", "2", "--json", "-")
    assert code == 0
    spread = json.loads(out)["spread"]
    assert spread["seeds"] == [3, 4]
    assert 0 < spread["moved"] < 1
    code, text, _ = run("--study", str(pack), "--seeds", "2")
    assert "so much the print leaves open" in text


def test_a_pack_is_stored_and_then_validates(pack: Path) -> None:
    assert run("--study", str(pack), "--store")[0] == 0
    names = {p.name for p in pack.iterdir()}
    assert {"responses.csv", "responses.reconstructed.json", "proofs.json", "expected.csv"} <= names
    result = CliRunner().invoke(app, ["validate", "--study", str(pack)])
    assert result.exit_code == 0, result.output
    proofs = json.loads((pack / "proofs.json").read_text(encoding="utf-8"))["proofs"]
    assert [p["id"] for p in proofs] == ["P1", "P2"]
    code, _, err = run("--study", str(pack), "--store", "--seed", "9")
    assert (code, "the pack's own seed, 3" in err) == (2, True)


def test_the_packs_own_respondents_are_not_overwritten_by_chance(pack: Path) -> None:
    own = pack / "responses.csv"
    own.write_text("respondent\n1\n", encoding="utf-8")
    code, _, err = run("--study", str(pack), "--out", str(own))
    assert code == 2
    assert "the pack's own respondents" in err
    assert own.read_text(encoding="utf-8") == "respondent\n1\n"
    assert run("--study", str(pack), "--out", str(own), "--replace")[0] == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--out", "nowhere/r.csv"), "a folder that does not exist"),
        (("--scale", "1-5"), "without --attack"),
        (("--attack", "--out", "r.csv"), "which makes no respondents"),
        (("--attack", "--scale", "5-1", "x.csv"), "LOW-HIGH"),
        (("--attack", "--scale", "1-5"), "without a CSV of figures"),
        (("--attack", "none.csv"), "none.csv"),
        (("--attack", "--response", "2"), "--response"),
    ],
)
def test_calls_that_cannot_be_used_are_exit_2(words: tuple[str, ...], told: str) -> None:
    code, out, err = run(*words)
    assert code == 2
    assert out == ""
    assert told in err
    assert "Traceback" not in err


def test_a_bare_csv_is_attacked(tmp_path: Path) -> None:
    figures = tmp_path / "figures.csv"
    figures.write_text(
        "exhibit,row,column,statistic,printed,base\n"
        "t,food,kitchen,mean,1.0,6\nt,food,office,mean,3.42,48\n",
        encoding="utf-8",
    )
    table = tmp_path / "bounds.csv"
    words = (str(figures), "--attack", "--scale", "1-5", "--response", "1", "--csv", str(table))
    code, out, _ = run(*words)
    assert code == 0
    assert "small groups first" in out
    rows = list(csv.DictReader(io.StringIO(table.read_text(encoding="utf-8"))))
    assert (rows[0]["group"], rows[0]["n"], rows[0]["small"]) == ("kitchen", "6", "True")
    found = json.loads(run(*words[:-2], "--json", "-")[1])
    assert set(found) == {"minimum_base", "response", "answers", "left_out"}
    assert len(found["answers"]) == len(rows) == 10


def test_a_pack_is_attacked_without_its_respondents(pack: Path) -> None:
    code, out, _ = run("--study", str(pack), "--attack", "--minimum-base", "50", "--json", "-")
    assert code == 0
    answers = json.loads(out)["answers"]
    assert {a["question"] for a in answers} == {"a", "b", "c"}
    # The pack prints no numbers of respondents, so nobody can say which groups are small.
    assert {a["n"] for a in answers} == {None}
    widths = [a["width"] for a in answers]
    assert widths == sorted(widths)
