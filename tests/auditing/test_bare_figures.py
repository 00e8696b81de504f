"""Figures of any report, in a CSV without a pack."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from attitudes.auditing.audit import audit_figures
from attitudes.cli.app import app
from attitudes.errors import AttitudesError

HEAD = "exhibit,row,column,statistic,printed"


@pytest.fixture
def csv_of(tmp_path):
    def write(*lines: str, head: str = HEAD):
        path = tmp_path / "figures.csv"
        path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def run():
    def call(*arguments: str):
        return CliRunner().invoke(app, ["audit", *map(str, arguments)])

    return call


def test_a_consistent_table(csv_of, run):
    path = csv_of(
        "by_ward,wait,A,mean,2.35,40",
        "by_ward,wait,B,mean,3.12,25",
        "by_ward,wait,total,mean,2.65,65",
        head=HEAD + ",n",
    )  # 94/40, 78/25, 172/65
    done = run(path, "--scale", "1-5")
    assert done.exit_code == 0
    assert "0 impossible" in done.output


def test_an_impossible_table_and_its_json(csv_of, run):
    path = csv_of("by_ward,wait,A,mean,2.34,40", "by_ward,wait,B,mean,5.20,25", head=HEAD + ",n")
    done = run(path, "--scale", "1-5", "--json", "-")
    assert done.exit_code == 1
    payload = json.loads(done.stdout)
    rules = {f["rule"]: f for f in payload["findings"]}
    assert rules["range"]["figures"] == [
        {"exhibit": "by_ward", "row": "wait", "column": "B", "statistic": "mean", "printed": "5.20"}
    ]
    assert rules["whole_answers"]["price"] == "the base is 41"


def test_two_breakdowns_of_one_question(csv_of):
    path = csv_of(
        "by_ward,wait,A,mean,2.35,40",
        "by_ward,wait,B,mean,3.12,25",
        "by_shift,wait,day,mean,4.10,30",
        "by_shift,wait,night,mean,4.00,35",
        "by_ward,food,A,mean,3.00,40",
        "by_ward,food,B,mean,3.00,25",
        "by_shift,food,day,mean,3.00,30",
        "by_shift,food,night,mean,3.00,35",
        head=HEAD + ",n",
    )
    audit = audit_figures(path, scale=(1, 5))
    found = next(f for f in audit.findings if f.rule == "joint")
    assert "(40 × 2.35 + 25 × 3.12) / 65" in found.sentence
    assert found.verdict == "impossible"


def test_shares_that_fill_100_exclude_each_other(csv_of):
    rows = [
        f"chart,use,{g},percent:{a},{v}"
        for g, values in (
            ("A", (40, 35, 25)),
            ("B", (50, 30, 20)),
            ("C", (20, 30, 50)),
            ("D", (60, 35, 25)),
        )
        for a, v in zip(("daily", "weekly", "never"), values, strict=True)
    ]
    audit = audit_figures(csv_of(*rows))
    found = next(f for f in audit.findings if f.rule == "sums")
    assert "60 (daily) + 35 (weekly) + 25 (never) = 120 %" in found.sentence
    assert found.verdict == "impossible"


def test_shares_of_several_answers_are_left_alone(csv_of):
    rows = [f"chart,use,{g},percent:{a},60" for g in "ABCD" for a in ("bus", "bike", "car")]
    assert not audit_figures(csv_of(*rows)).impossible
    assert audit_figures(csv_of(*rows), exclusive=True).impossible


def test_without_a_scale_means_are_held_against_each_other_alone(csv_of):
    path = csv_of("by_ward,wait,A,mean,2.35", "by_ward,wait,B,mean,3.12")
    assert audit_figures(path).findings == ()


def test_statistics_that_no_rule_reads_are_noted(csv_of):
    audit = audit_figures(csv_of("t,x,A,median,2.1"))
    assert "'median'" in audit.notes[0]


@pytest.mark.parametrize(
    ("lines", "head", "where", "found"),
    [
        (["t,x,A,mean,abc"], HEAD, "line 2, column printed", "'abc'"),
        (["t,x,A,mean,"], HEAD, "line 2, column printed", "''"),
        (["t,x,A,mean,2.1,4.5"], HEAD + ",n", "line 2, column n", "'4.5'"),
        (["t,x,A,mean,2.1,-3"], HEAD + ",n", "line 2, column n", "'-3'"),
        (["t,x,A,mean,2.1,3,x"], HEAD + ",n,sd", "line 2, column sd", "'x'"),
        ([",x,A,mean,2.1"], HEAD, "line 2, column exhibit", "an empty cell"),
        (["t,x,A,mean,2,1"], HEAD, "line 2", "more fields than columns"),
        (["t,x,A,2.1"], "exhibit,row,column,printed", "line 1", "no column statistic"),
        (["t,x,A,mean,2.1,9"], HEAD + ",nn", "line 1", "unknown column 'nn'"),
        (["t;x;A;mean;2,1"], HEAD.replace(",", ";"), "line 1", "parted by another sign"),
        ([], HEAD, "figures.csv", "no figures"),
    ],
)
def test_bad_cells_are_named(csv_of, lines, head, where, found):
    with pytest.raises(AttitudesError) as raised:
        audit_figures(csv_of(*lines, head=head), scale=(1, 5))
    assert where in str(raised.value)
    assert found in str(raised.value)


def test_all_bad_cells_are_told_at_once(csv_of):
    with pytest.raises(AttitudesError) as raised:
        audit_figures(csv_of("t,x,A,mean,abc", "t,x,B,mean,2.1", "t,,C,mean,2"))
    assert "line 2" in str(raised.value)
    assert "line 4" in str(raised.value)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--scale", "5-1"],
        ["--scale", "five"],
        ["--rounding", "up"],
        ["--response", "2"],
        ["--base-slack", "1"],
        ["--weight-ratio", "0.5"],
        ["--store"],
        ["--study", "kyrgyzstan-2023"],
        ["--json", "/no/such/folder/a.json"],
        ["--html", "/no/such/folder/a.html"],
    ],
)
def test_bad_calls(csv_of, run, arguments):
    done = run(csv_of("t,x,A,mean,2.1"), *arguments)
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_options_of_a_csv_without_one(run):
    assert run("--scale", "1-5").exit_code == 2
    assert run("nowhere.csv").exit_code == 2
    assert run("--study", "nosuch").exit_code == 2


def test_the_worked_example_of_the_guide():
    """The invented figures of docs/audit.md give what the guide says of them."""
    folder = Path(__file__).parents[2] / "docs"
    audit = audit_figures(folder / "examples" / "audit-stations.csv", scale=(1, 5))
    assert [(f.rule, f.verdict) for f in audit.findings] == [
        ("joint", "impossible"),
        ("sums", "impossible"),
        ("whole_answers", "impossible"),
    ]
    joint, sums, whole = (f.sentence for f in audit.findings)
    guide = " ".join((folder / "audit.md").read_text(encoding="utf-8").split())
    for said in ("(40 × 3.10 + 60 × 2.85 + 50 × 3.42) / 150", "(90 × 3.62 + 60 × 3.40) / 150"):
        assert said in joint
        assert said in guide
    assert "110 %" in sums
    assert "206/50 = 4.120 and 207/50 = 4.140" in whole
    named = next(c for c in audit.conventions if c.kind == "totals" and c.status == "named")
    assert named.id == "totals_mean:pooled"


def test_a_pack_without_figures_is_an_error(run):
    done = run("--study", "ess10-norway")
    assert done.exit_code == 2
    assert "Traceback" not in done.output
