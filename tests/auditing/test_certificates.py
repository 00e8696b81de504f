"""Proofs: the stand-alone checker believes none that was tampered with."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from attitudes.auditing import checker
from attitudes.auditing.audit import audit_report
from attitudes.auditing.conditions import Conditions
from attitudes.auditing.model import Assumptions
from attitudes.auditing.proofs import prove
from attitudes.auditing.store import audit_from_json, audit_to_json
from attitudes.numerics.printed import feasibility


@pytest.fixture(scope="module")
def payload() -> dict:
    """Return an audit with every kind of proof."""
    import attitudes as at

    return audit_to_json(at.audit(at.load_study("kyrgyzstan-2023")))


def _proofs(payload: dict) -> list[dict]:
    return [c["certificate"] for f in payload["findings"] for c in f["cases"] if c["certificate"]]


def test_every_impossible_verdict_of_the_bundled_report_is_proved(payload):
    assert checker.check_audit(payload) == []
    kinds = {c["kind"] for c in _proofs(payload)}
    assert {"linear", "each", "no_integer"} <= kinds
    for finding in payload["findings"]:
        if finding["verdict"] == "impossible":
            assert finding["certificate"]
            assert all(c["certificate"] for c in finding["cases"])


def test_json_is_as_the_design_says(payload):
    assert {"findings", "conventions"} <= set(payload)
    for finding in payload["findings"]:
        keys = {"rule", "verdict", "figures", "assumptions", "certificate", "price", "sentence"}
        assert keys <= set(finding)
        assert finding["verdict"] in ("consistent_if", "impossible", "undecided")
        assert finding["figures"]
        for figure in finding["figures"]:
            assert list(figure) == ["exhibit", "row", "column", "statistic", "printed"]
        printed = [payload["figures"][i]["printed"].strip() for i in finding["cases"][0]["figures"]]
        assert any(p in finding["sentence"] for p in printed)


def test_findings_are_ordered_and_grouped(payload):
    order = [f["verdict"] for f in payload["findings"]]
    assert order == sorted(order, key=["impossible", "consistent_if", "undecided"].index)
    for finding in payload["findings"]:
        members = [i for c in finding["cases"] for i in c["figures"]]
        named = [(f["exhibit"], f["row"], f["column"], f["statistic"]) for f in finding["figures"]]
        wanted = {
            tuple(payload["figures"][i][k] for k in ("exhibit", "row", "column", "statistic"))
            for i in members
        }
        assert set(named) == wanted


@pytest.mark.parametrize("what", ["multiplier", "bound", "terms", "printed", "relation"])
def test_a_changed_linear_proof_is_refused(payload, what):
    refused = 0
    for proof in [c for c in _proofs(payload) if c["kind"] == "linear"][:12]:
        changed = copy.deepcopy(proof)
        row = next(r for r in changed["rows"] if "figure" in r)
        if what == "multiplier":
            row["multiplier"] = str(Fraction(row["multiplier"]) * 97 / 89)
        elif what == "bound":
            row["bound"] = str(Fraction(row["bound"]) - 1)
        elif what == "terms":
            name = next(iter(row["terms"]))
            row["terms"][name] = str(Fraction(row["terms"][name]) + Fraction(1, 7))
        elif what == "printed":
            row["printed"] = "7.77"
        else:
            row["relation"] = "<" if row["relation"] == "<=" else "<="
        refused += checker.check_certificate(changed, payload["figures"]) is not None
    assert refused == 12


def test_changed_counts_and_empty_proofs_are_refused(payload):
    whole = next(c for c in _proofs(payload) if c["kind"] == "no_integer")
    assert checker.check_certificate({**whole, "base": 1000 * whole["base"]}) is not None
    each = next(c for c in _proofs(payload) if c["kind"] == "each")
    assert checker.check_certificate({"kind": "each", "proofs": []}) is not None
    broken = copy.deepcopy(each)
    broken["proofs"][-1]["certificate"]["rows"].pop()
    assert checker.check_certificate(broken) is not None
    assert checker.check_certificate({"kind": "trust me"}) is not None
    linear = next(c for c in _proofs(payload) if c["kind"] == "linear")
    assert checker.check_certificate({**linear, "rows": []}) is not None


def test_an_impossible_verdict_without_proof_is_refused(payload):
    changed = copy.deepcopy(payload)
    finding = next(f for f in changed["findings"] if f["verdict"] == "impossible")
    finding["cases"][0]["certificate"] = None
    assert any("no proof" in w for w in checker.check_audit(changed))


def test_what_cannot_be_verified_is_undecided(monkeypatch, lab):
    rows = [("t", "q1", "north", "mean", "2.00"), ("text", "q1", "north", "mean", "3.00")]
    report = lab.small_report(rows)
    conditions = Conditions()
    for number, reading in enumerate(report.readings):
        conditions.direct(reading, {"value": Fraction(1)}, number)
    assert prove(conditions, "unknown").verdict == "impossible"
    monkeypatch.setattr(feasibility, "rationalise", lambda *_: None)
    assert prove(conditions, "unknown").verdict == "undecided"


def test_unverified_breakdowns_are_undecided(monkeypatch, lab):
    rows = [("n", g, "total", "count", "50") for g in ("old", "new")]
    rows += [
        ("n", g, "total", "count", n) for g, n in (("north", "30"), ("south", "30"), ("east", "40"))
    ]
    rows += [("by_origin", "q1", g, "mean", "2.00") for g in ("old", "new")]
    rows += [("by_place", "q1", g, "mean", "3.00") for g in ("north", "south", "east")]
    rows += [("by_place", "q2", g, "mean", "4.00") for g in ("north", "south", "east")]
    rows += [("by_origin", "q2", g, "mean", "4.00") for g in ("old", "new")]
    report = lab.small_report(rows)
    assert audit_report(report, Assumptions()).impossible
    monkeypatch.setattr(feasibility, "rationalise", lambda *_: None)
    audit = audit_report(report, Assumptions())
    assert not audit.impossible
    assert "undecided" in {f.verdict for f in audit.findings}


def test_a_budget_that_runs_out_is_told(respondents, tables, reader, practice):
    figures = tables(respondents(2), practice())
    moved = [
        f if f.key != ("by_origin", "q1", "new", "mean") else type(f)(*f.key, "4.90", "")
        for f in figures
    ]
    audit = audit_report(reader(moved), Assumptions(), seconds=0.0)
    open_ones = [f for f in audit.findings if f.verdict == "undecided"]
    assert open_ones
    assert "the budget of 0 seconds ran out" in open_ones[0].sentence


def test_the_checker_stands_alone(payload, tmp_path):
    source = tmp_path / "checker.py"
    source.write_text(Path(checker.__file__).read_text(encoding="utf-8"), encoding="utf-8")
    file = tmp_path / "audit.json"
    file.write_text(json.dumps(payload), encoding="utf-8")
    # -I: no site packages, so that neither the package nor a solver is at hand.
    call = [sys.executable, "-I", "-S", str(source), str(file)]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip().endswith("0 do not hold")


def test_json_round_trip(payload):
    again = audit_to_json(audit_from_json(json.loads(json.dumps(payload))))
    assert again == payload


def test_single_figures_of_a_question_on_demand():
    import attitudes as at
    from attitudes.auditing.audit import contradicting_figures
    from attitudes.errors import OptionError

    study = at.load_study("kyrgyzstan-2023")
    sets = contradicting_figures(study, "trust_2", seconds=30.0)
    assert len(sets) == 3
    assert all({f.row for f in chosen} == {"trust_2"} for chosen in sets)
    with pytest.raises(OptionError, match="trust_2"):
        contradicting_figures(study, "trust_22")
