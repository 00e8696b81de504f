"""Bad files through `report`, `validate` and `check`: clear messages, status 2 (1 for findings of
`check`), nothing written, and what was there before is left whole."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from attitudes.cli.app import app

PACK = Path(__file__).parents[2] / "data/kyrgyzstan-2023"
RUN = CliRunner()
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def answers() -> str:
    return (PACK / "responses.csv").read_text(encoding="utf-8")


def edited(text: str, change: Callable[[Rows], Rows]) -> bytes:
    rows = change(list(csv.DictReader(io.StringIO(text))))
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


def renamed(rows: Rows) -> Rows:
    return [{("trust_one" if k == "trust_1" else k): v for k, v in row.items()} for row in rows]


def out_of_range(rows: Rows) -> Rows:
    rows[4]["trust_2"] = rows[10]["trust_2"] = "7"
    return rows


def text_for_a_number(rows: Rows) -> Rows:
    rows[4]["trust_1"], rows[6]["weight"] = "maybe", "heavy"
    return rows


def same_id(rows: Rows) -> Rows:
    rows[4]["respondent"] = rows[3]["respondent"]
    return rows


def bad_weights(rows: Rows) -> Rows:
    rows[4]["weight"], rows[5]["weight"] = "-1", ""
    return rows


def no_weight(rows: Rows) -> Rows:
    return [{k: v for k, v in row.items() if k != "weight"} for row in rows]


CASES: dict[str, tuple[Callable[[str], bytes], tuple[str, ...]]] = {
    "unknown column": (
        lambda t: edited(t, renamed),
        ("header: found no column 'trust_1'", "did you mean 'trust_one'?"),
    ),
    "answer out of range": (
        lambda t: edited(t, out_of_range),
        ("column trust_2, rows 5, 11: found 7 2 times; allowed: 1 to 5; 97 (dont_know)",),
    ),
    "text for a number": (
        lambda t: edited(t, text_for_a_number),
        (
            "column trust_1, row 5: found 'maybe'",
            "column weight, row 7: found 'heavy'; allowed: a finite number",
        ),
    ),
    "duplicate id": (
        lambda t: edited(t, same_id),
        ("column respondent: found 1 respondent id more than once: 4 (rows 4, 5)",),
    ),
    "weights": (
        lambda t: edited(t, bad_weights),
        ("column weight, row 6: found 1 blank cell", "row 5: found 1 below zero (-1)"),
    ),
    "no weight": (lambda t: edited(t, no_weight), ("header: found no column 'weight'",)),
    "several at once": (
        lambda t: edited(t, lambda rows: same_id(bad_weights(out_of_range(rows)))),
        ("column trust_2, rows 5, 11", "column respondent", "blank cell", "below zero"),
    ),
}
UNREADABLE: dict[str, tuple[Callable[[str], bytes], tuple[str, ...]]] = {
    "empty file": (lambda t: b"", ("found an empty file",)),
    "header alone": (lambda t: t.splitlines()[0].encode(), ("found a header and no row",)),
    "cp1251": (
        lambda t: t.replace("bishkek", "Бишкек").encode("cp1251"),
        ("which is not UTF-8", "--encoding cp1251"),
    ),
    "semicolons": (
        lambda t: t.replace(",", ";").encode(),
        ("fields separated by semicolon", '--separator ";"'),
    ),
    "a short row": (
        lambda t: t.replace("\n2,", "\n2,x,", 1).encode(),
        ("row 2: found 1 row with ", " fields, as in the header"),
    ),
}


def commands(data: Path, out: Path) -> dict[str, list[str]]:
    return {
        "report": ["report", "--data", str(data), "--out", str(out)],
        "validate": ["validate", "--data", str(data)],
        "check": ["check", str(data)],
    }


@pytest.mark.parametrize("command", ["report", "validate", "check"])
@pytest.mark.parametrize("case", [*CASES, *UNREADABLE])
def test_a_bad_file_is_refused_whole(command: str, case: str, answers: str, tmp_path: Path) -> None:
    make, expected = (CASES | UNREADABLE)[case]
    data, out = tmp_path / "answers.csv", tmp_path / "out"
    data.write_bytes(make(answers))
    out.mkdir()
    (out / "report.html").write_text("of yesterday", encoding="utf-8")
    result = RUN.invoke(app, commands(data, out)[command])
    finding = command == "check" and case in CASES
    assert result.exit_code == (1 if finding else 2), result.output
    told = result.stdout if finding else result.stderr
    for part in expected:
        assert part in told
    assert str(data) in told
    assert "Traceback" not in result.output
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["answers.csv", "out", "report.html"]
    assert (out / "report.html").read_text(encoding="utf-8") == "of yesterday"


PACKS: dict[str, tuple[str, str, str]] = {
    "broken YAML": ("responses:\n", "responses:\n\t- [x\n", "found broken YAML"),
    "unknown item in an exhibit": (
        "questions: [returnees]",
        "questions: [returneez]",
        "found unknown question 'returneez'; allowed: trust_1,",
    ),
    "unknown key": ("  singleton: adjust", "  singelton: adjust", "did you mean 'singleton'?"),
    "wrong keying": ('keying: "-"', 'keying: "x"', "found 'x'; allowed: '+' or '-'"),
}


@pytest.mark.parametrize("command", ["report", "validate", "check", "codebook"])
@pytest.mark.parametrize("case", PACKS)
def test_a_bad_pack_is_refused_by_its_line_and_key(command: str, case: str, tmp_path: Path) -> None:
    old, new, expected = PACKS[case]
    pack, out = tmp_path / "pack", tmp_path / "out"
    shutil.copytree(PACK, pack)
    text = (pack / "study.yaml").read_text(encoding="utf-8")
    assert old in text
    (pack / "study.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    call = {"codebook": ["codebook"]} | commands(pack / "responses.csv", out)
    result = RUN.invoke(app, [*call[command], "--study", str(pack)])
    assert result.exit_code == 2, result.output
    assert expected in result.stderr
    assert f"{pack / 'study.yaml'}, line " in result.stderr
    assert not out.exists()


def test_what_the_message_says_helps(answers: str, tmp_path: Path) -> None:
    data, out = tmp_path / "answers.csv", tmp_path / "out"
    data.write_bytes(answers.replace("bishkek", "Bishkek city").replace(",", ";").encode("cp1251"))
    call = ["report", "--data", str(data), "--out", str(out), "--formats", "csv"]
    result = RUN.invoke(app, [*call, "--separator", ";", "--encoding", "cp1251"])
    assert result.exit_code == 0, result.output
    assert (out / "tables" / "trust_by_region.as_published.csv").is_file()
