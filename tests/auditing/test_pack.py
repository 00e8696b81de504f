"""From respondents to a study pack with printed tables, and its audit from the command line."""

from __future__ import annotations

import csv
import json

import pytest
import yaml
from typer.testing import CliRunner

import attitudes as at
from attitudes.auditing.checker import check_audit
from attitudes.cli.app import app
from attitudes.study.figures import Figure

PLACES = {"place": ("north", "south", "east"), "origin": ("old", "new")}


def _pack(folder, figures: list[Figure]) -> str:
    answers = {c: f"Answer {c}" for c in range(1, 6)}
    boxes = {"disagree": [1, 2], "agree": [4, 5]}
    missing = {"dont_know": 8}
    keying = {"q1": "+", "q2": "-", "q3": "-"}
    study = {
        "id": "invented",
        "title": {"en": "Invented figures"},
        "languages": ["en"],
        "data": {"respondent": "id", "provenance": "generated"},
        "published": {"figures": "figures.csv"},
        "responses": {
            "agreement": {
                "kind": "ordinal",
                "low": 1,
                "high": 5,
                "answers": answers,
                "boxes": boxes,
                "missing": missing,
            },
            **{
                v: {"kind": "nominal", "answers": {n: n.title() for n in names}}
                for v, names in PLACES.items()
            },
        },
        "questions": [
            *(
                {"id": q, "text": q, "response": "agreement", "keying": k}
                for q, k in keying.items()
            ),
            *({"id": v, "text": v, "response": v} for v in PLACES),
        ],
        "breakdowns": [{"id": v, "label": v} for v in PLACES],
    }
    folder.mkdir(exist_ok=True)
    (folder / "study.yaml").write_text(yaml.safe_dump(study, sort_keys=False), encoding="utf-8")
    with (folder / "figures.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["exhibit", "row", "column", "statistic", "printed", "section"])
        writer.writerows([*f.key, f.printed, "S"] for f in figures)
    return str(folder)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({}, "reversal_constant:6"),
        ({"constant": 5, "rounding": "truncate"}, "reversal_constant:5"),
        ({"pooled_totals": False}, "totals_mean:mean_of_groups"),
    ],
)
def test_honest_packs_are_possible_and_their_convention_is_named(
    tmp_path, respondents, tables, practice, options, named
):
    figures = tables(respondents(5), practice(**options))
    audit = at.audit(at.load_study(_pack(tmp_path / "pack", figures)))
    assert audit.impossible == ()
    assert named in {c.id for c in audit.conventions if c.status != "possible"}


def test_a_moved_figure_is_found_on_the_command_line(tmp_path, respondents, tables, practice):
    figures = tables(respondents(5), practice())
    moved = [
        Figure(*f.key, "4.85", "S") if f.key == ("by_origin", "q1", "new", "mean") else f
        for f in figures
    ]
    pack = _pack(tmp_path / "pack", moved)
    done = CliRunner().invoke(app, ["audit", "--study", pack, "--json", "-"])
    assert done.exit_code == 1
    payload = json.loads(done.stdout)
    assert check_audit(payload) == []
    impossible = [f for f in payload["findings"] if f["verdict"] == "impossible"]
    stray = {
        "exhibit": "by_origin",
        "row": "q1",
        "column": "new",
        "statistic": "mean",
        "printed": "4.85",
    }
    assert any(stray in f["figures"] for f in impossible)
    for finding in impossible:
        assert {f["row"] for f in finding["figures"]} <= {"q1", "old", "new"}


def test_storing_keeps_the_result_in_the_pack(tmp_path, respondents, tables, practice):
    pack = _pack(tmp_path / "pack", tables(respondents(5), practice()))
    html = tmp_path / "audit.html"
    done = CliRunner().invoke(app, ["audit", "--study", pack, "--store", "--html", str(html)])
    assert done.exit_code == 0
    stored = json.loads((tmp_path / "pack" / "audit.json").read_text(encoding="utf-8"))
    assert check_audit(stored) == []
    assert html.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "0 impossible" in done.output
