"""Plans of weighting, the chain done again, diagnostics, the one-page report, the command."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import attitudes as at
from attitudes.cli.app import app
from attitudes.errors import AttitudesError, DataError, OptionError, StudyError
from attitudes.reporting.chapters.weighting import weighting_page
from attitudes.weighting.plain_data import read_plain
from attitudes.weighting.plan import load_plan

RUNNER = CliRunner()

PLAN = """
design:
  stratum: stratum
  psu: psu
weighting:
  - method: base
    parameters: {probabilities: [p_psu, p_within]}
    reason: Inverse probabilities of selection.
  - method: nonresponse
    by: [region]
    parameters: {status: status}
  - method: rake
    totals: [sex, age]
  - method: trim
    parameters: {upper: 3, relative_to: median}
  - method: calibrate
    totals: [sex, age]
    parameters: {distance: logit, bounds: [0.5, 2], totals: {income: 3000000}}
  - method: rescale
    parameters: {to: n}
totals:
  sex: {by: sex, cells: {f: 52000, m: 48000}}
  age: {file: age.csv, by: [age], count: people, label: Adults}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng, n = np.random.default_rng(1), 600
    frame = pd.DataFrame(
        {
            "region": rng.choice(list("ns"), n),
            "sex": rng.choice(list("fm"), n),
            "age": rng.choice([18, 30, 60], n),
            "income": rng.lognormal(3.3, 0.4, n).round(1),
            "stratum": rng.integers(0, 2, n),
            "p_psu": rng.uniform(0.05, 0.2, n).round(3),
            "p_within": rng.uniform(0.01, 0.05, n).round(4),
            "status": rng.choice([1.1, 2.11, 3.1, 4.5], n, p=[0.7, 0.2, 0.05, 0.05]),
        }
    )
    frame["psu"] = frame["stratum"] * 10 + rng.integers(0, 10, n)
    frame.to_csv(tmp_path / "data.csv", index=False)
    (tmp_path / "weights.yaml").write_text(PLAN, encoding="utf-8")
    (tmp_path / "age.csv").write_text("age,people\n18,30000\n30,50000\n60,20000\n", "utf-8")
    return tmp_path


@pytest.fixture
def weighted(folder: Path) -> tuple[at.Survey, at.Survey]:
    plan = load_plan(folder / "weights.yaml")
    survey = read_plain(folder / "data.csv", plan)
    return survey, at.weigh(survey, plan)


def test_a_plan_leaves_a_line_a_step(weighted: tuple[at.Survey, at.Survey]) -> None:
    before, after = weighted
    verbs = [step.verb for step in after.history[len(before.history) :]]
    assert verbs == [
        "base_weights", "adjust_nonresponse", "rake", "trim_weights", "calibrate", "rescale_weights",
    ]  # fmt: skip
    assert after.weights.sum() == pytest.approx((after.weights > 0).sum())
    frame, w = after.frame, pd.Series(after.weights)
    assert w.groupby(frame["sex"]).sum()["f"] / w.sum() == pytest.approx(0.52, abs=1e-12)
    assert w @ frame["income"] / w.sum() == pytest.approx(30, rel=1e-10)


def test_the_history_replays_to_the_last_bit(weighted: tuple[at.Survey, at.Survey]) -> None:
    before, after = weighted
    again = at.replay_weights(before, after)
    np.testing.assert_array_equal(again.weights, after.weights)
    written = json.dumps(
        [{"verb": s.verb, "parameters": dict(s.parameters)} for s in after.history]
    )
    steps = [s for s in json.loads(written) if s["verb"] != "from_frame"]
    np.testing.assert_array_equal(at.replay_weights(before, steps).weights, after.weights)


def test_the_chain_goes_through_replicates(weighted: tuple[at.Survey, at.Survey]) -> None:
    before, after = weighted
    start = at.replicate(before, method="jkn")
    made = at.replay_weights(start, after)
    np.testing.assert_allclose(made.weights, after.weights, rtol=1e-12)
    found = at.mean(made, "income", variance="replicate").to_frame()
    assert found["estimate"][0] == pytest.approx(30, rel=1e-10)
    assert found["se"][0] < 1e-8  # every replicate is calibrated to the total of incomes


def test_replay_refuses_other_steps() -> None:
    survey = at.Survey.from_frame(pd.DataFrame({"a": [1]}))
    with pytest.raises(OptionError, match=r"unknown step 'rak'; .*did you mean 'rake'"):
        at.replay_weights(survey, [{"verb": "rak", "parameters": {}}])
    with pytest.raises(OptionError, match="no totals"):
        at.replay_weights(survey, [{"verb": "rake", "parameters": {}}])


def test_the_packs_own_chain() -> None:
    study = at.load_study("kyrgyzstan-2023")
    survey = at.read_responses(study.path(study.data.file or ""), study)
    made = at.weigh(survey)
    steps = [step.verb for step in made.history[len(survey.history) :]]
    assert steps == ["base_weights", "poststratify"]
    known = study.population("region_by_type")
    sums = pd.Series(made.weights).groupby([made.frame["region"], made.frame["design_type"]]).sum()
    for cell, total in known.items():
        assert sums[cell] == pytest.approx(total, rel=1e-12)


def test_the_packs_respondents_rest_on_a_draw_of_its_design() -> None:
    """PSUs of the frame, at least two in each stratum, weights the inverse of the chances."""
    study = at.load_study("kyrgyzstan-2023")
    survey = at.read_responses(study.path(study.data.file or ""), study)
    frame = survey.frame
    spec = study.design.sample
    assert spec is not None
    assert study.design.frame is not None
    units = pd.read_csv(study.path(study.design.frame)).set_index(spec.unit)
    psu = frame["psu"].astype(str)
    drawn = psu.str.split("/").str[0]
    assert set(drawn) <= set(units.index)
    assert psu.nunique() == at.plan_sample(study).n_clusters
    assert frame.groupby("stratum")["psu"].nunique().min() >= 2
    np.testing.assert_allclose(survey.weights * frame["probability"], 1.0, rtol=1e-12)
    size = units.loc[drawn, spec.size].to_numpy(dtype=float)
    achieved = psu.map(psu.value_counts()).to_numpy()
    of_psu = frame["probability"].to_numpy() * size / achieved
    whole = ~psu.str.contains("/").to_numpy()
    assert (of_psu[whole] <= 1 + 1e-9).all()
    assert pd.Series(of_psu).groupby(psu).agg(np.ptp).max() < 1e-12


def test_diagnostics(weighted: tuple[at.Survey, at.Survey]) -> None:
    before, after = weighted
    found = at.weight_diagnostics(after, before=before)
    w = after.weights[after.weights > 0]
    assert found.after.n_eff == pytest.approx(w.sum() ** 2 / (w @ w))
    assert found.after.deff == pytest.approx(len(w) * (w @ w) / w.sum() ** 2)
    assert found.after.top_1 == pytest.approx(np.sort(w)[::-1][:5].sum() / w.sum())
    rows = {(r.margin, r.category): r for r in found.margins}
    young = rows["age", "18"]
    share = (before.frame["age"] == 18).mean()
    assert young.target == pytest.approx(0.3)
    assert young.before == pytest.approx(share)
    assert young.difference_before == pytest.approx((share - 0.3) / np.sqrt(0.3 * 0.7))
    assert abs(young.difference_after) < 1e-12
    assert sum(r.n for r in found.margins if r.margin == "sex") == found.after.n
    income = found.numbers[0]
    assert (income.mean_after, income.mean_known) == pytest.approx((30, 30))
    assert [t.verb for t in found.traces] == ["rake", "calibrate"]
    assert all(t.misses[-1] <= 1e-10 for t in found.traces)
    assert all((np.diff(t.misses) <= 0).all() for t in found.traces)


def test_diagnostics_refuse_another_survey(weighted: tuple[at.Survey, at.Survey]) -> None:
    _, after = weighted
    other = at.Survey.from_frame(pd.DataFrame({"a": [1, 2]}))
    with pytest.raises(DataError, match="2 rows; allowed: 600"):
        at.weight_diagnostics(after, before=other)


def test_charts_hold_what_they_say(weighted: tuple[at.Survey, at.Survey]) -> None:
    before, after = weighted
    report = at.weighting_report(after, before=before)
    charts = {chart.id: chart for chart in report.charts}
    assert list(charts) == ["weights", "concentration", "margins", "convergence"]
    histogram = charts["weights"].series[1]
    assert sum(histogram.y) == (after.weights > 0).sum()
    assert len(histogram.x) == len(histogram.y) + 1
    curve = charts["concentration"].series[1]
    assert (curve.y[0], curve.y[-1]) == pytest.approx((0, 1))
    assert (np.diff(curve.y) >= -1e-12).all()
    assert charts["margins"].series[0].x == ("sex: f", "sex: m", "age: 18", "age: 30", "age: 60")
    assert [s.name for s in charts["convergence"].series] == ["1. rake", "2. calibrate"]


def test_the_page_stands_alone(weighted: tuple[at.Survey, at.Survey]) -> None:
    before, after = weighted
    report = at.weighting_report(after, before=before)
    page = weighting_page(report)
    assert page == weighting_page(report)
    assert page.count('<svg role="img"') == 4
    assert not re.search(r'(src|href)="(?!#)|<script|@import', page)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for part in ("Base weights", "Non-response", "Raking", "Trimming", "Calibration", "Rescaling"):
        assert f"<b>{part}</b>" in page
    assert "known total" in page


def test_the_page_escapes_and_shows_the_farthest_of_many() -> None:
    frame = pd.DataFrame({"place": [f"<p{k:02d}>" for k in range(60)] * 2})
    totals = {"place": {f"<p{k:02d}>": 1 + k for k in range(60)}}
    page = weighting_page(at.weighting_report(at.poststratify(at.Survey.from_frame(frame), totals)))
    assert "&lt;p59&gt;" in page
    assert "<p59>" not in page
    assert "The 22 of 60 categories that were farthest off." in page


def test_a_page_without_any_step() -> None:
    survey = at.Survey.from_frame(pd.DataFrame({"a": [1, 2, 3]}))
    page = weighting_page(at.weighting_report(survey))
    assert "No step of weighting" in page
    assert page.count("<svg") == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "broken YAML"),
        ("weighting: []\n", "no list of steps"),
        ("totals: {}\n", "no list of steps"),
        ("weightings: []\n", "did you mean 'weighting'"),
        ("weighting: [{method: rak}]\n", "found 'rak'"),
        ("weighting: [{method: rake, totls: [a]}]\n", "did you mean 'totals'"),
        ("weighting: [{method: rake}]\ntotals: {a: {by: a, cells: {f: }}}\n", "('f', None)"),
        ("weighting: [{method: rake}]\ntotals: {a: {by: [a], file: no.csv, count: n, label: x}}\n",
         "no.csv"),
        ("weighting: [{method: rake}]\ntotals: {a: {cells: {}}}\n", "by and cells"),
        ("weighting: [{method: trim, parameters: {upper: 2}}]\ndesign: {wieght: w}\n",
         "did you mean 'weight'"),
    ],
)  # fmt: skip
def test_plans_that_cannot_be_read(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        load_plan(path)
    assert message in str(caught.value)
    assert "plan.yaml" in str(caught.value)


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("{method: rake, totals: [seks]}", "unknown totals table 'seks'; allowed: sex"),
        ("{method: rake, totals: [sex], by: [age]}", "by age, but totals by sex"),
        ("{method: trim, totals: [sex]}", "totals in poststratify, rake, calibrate only"),
        ("{method: rake, totals: [sex], parameters: {tolerence: 1}}", "did you mean 'tolerance'"),
        ("{method: trim, parameters: {upper: [1, 2]}}", "found [1, 2]"),
        ("{method: base}", "no probabilities"),
        ("{method: nonresponse, parameters: {status: sex}}", "'f'"),
    ],
)
def test_steps_that_cannot_be_done(folder: Path, step: str, message: str) -> None:
    totals = "totals:\n  sex: {by: sex, cells: {f: 52, m: 48}}\n"
    path = folder / "plan.yaml"
    path.write_text(f"weighting:\n  - {step}\n{totals}", encoding="utf-8")
    plan = load_plan(path)
    with pytest.raises(AttitudesError) as caught:
        at.weigh(read_plain(folder / "data.csv", plan), plan)
    assert message in str(caught.value)


def test_the_command_end_to_end(folder: Path) -> None:
    out, page, file = folder / "weighted.csv", folder / "weights.html", folder / "weights.json"
    plan, data = str(folder / "weights.yaml"), str(folder / "data.csv")
    result = RUNNER.invoke(
        app,
        ["weigh", "--plan", plan, "--data", data, "--out", str(out), "--report", str(page),
         "--json", str(file)],
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    for part in (
        "1. base_weights",
        "6. rescale_weights",
        "effective n (Kish)",
        "age: 60",
        "50.00%",
    ):
        assert part in result.output
    table = pd.read_csv(out)
    assert list(table.columns)[-1] == "weight_"
    assert table["weight_"].sum() == pytest.approx((table["weight_"] > 0).sum())
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    found = json.loads(file.read_text(encoding="utf-8"))
    assert set(found) >= {"steps", "facts", "before", "after", "margins", "numbers", "convergence"}
    assert found["steps"][2]["parameters"]["totals"][0]["by"] == ["sex"]
    plan_survey = read_plain(data, load_plan(plan))
    again = at.replay_weights(plan_survey, found["steps"])
    np.testing.assert_allclose(again.weights, table["weight_"], rtol=1e-14)


def test_the_command_writes_replicates_that_repeat_the_chain(folder: Path) -> None:
    out, plan, data = folder / "w.csv", str(folder / "weights.yaml"), str(folder / "data.csv")
    call = ["weigh", "--plan", plan, "--data", data, "--out", str(out), "--replicates"]
    result = RUNNER.invoke(app, [*call, "bootstrap", "--n", "6", "--seed", "3"])
    assert result.exit_code == 0, result.output
    table = pd.read_csv(out)
    assert list(table.columns)[-7:] == ["weight_", *(f"weight_{k}" for k in range(1, 7))]
    share = (
        table.groupby("sex")[["weight_1", "weight_6"]].sum() / table[["weight_1", "weight_6"]].sum()
    )
    np.testing.assert_allclose(share.loc["f"], 0.52, rtol=1e-9)
    assert RUNNER.invoke(app, [*call, "bootstrp"]).exit_code == 2


def test_the_command_without_anything_replays_the_pack() -> None:
    result = RUNNER.invoke(app, ["weigh", "--json", "-"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    assert found["title"] == "Weights of kyrgyzstan-2023"
    assert len(found["margins"]) == 18
    assert found["after"]["total"] == pytest.approx(3_944_375)


def test_plain_data_in_other_formats(folder: Path) -> None:
    plan = load_plan(folder / "weights.yaml")
    wanted = at.weigh(read_plain(folder / "data.csv", plan), plan).weights
    frame = pd.read_csv(folder / "data.csv")
    frame.to_excel(folder / "data.xlsx", index=False)
    frame.to_stata(folder / "data.dta", write_index=False)
    for name in ("data.xlsx", "data.dta"):
        made = at.weigh(read_plain(folder / name, plan), plan).weights
        np.testing.assert_allclose(made, wanted, rtol=1e-12)
    for name, text in (("data.txt", "a"), ("empty.csv", ""), ("no.xlsx", "text")):
        (folder / name).write_text(text, encoding="utf-8")
        with pytest.raises(DataError, match=name):
            read_plain(folder / name, plan)


def bad(*arguments: Any) -> str:
    command = [sys.executable, "-m", "attitudes.cli.app", "weigh", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.stderr


def test_bad_calls_of_the_command(folder: Path) -> None:
    plan, data = folder / "weights.yaml", folder / "data.csv"
    assert "no such file" in bad("--plan", folder / "nix.yaml", "--data", data)
    assert "no such file" in bad("--plan", plan, "--data", folder / "nix.csv")
    assert "no --plan" in bad("--plain", "--data", data)
    assert "one of the two" in bad("--plain", "--study", "kyrgyzstan-2023", "--plan", plan)
    out = folder / "none" / "w.csv"
    assert "no writable folder" in bad("--plan", plan, "--data", data, "--out", out)
    broken = folder / "infeasible.yaml"
    broken.write_text(
        "weighting: [{method: rake, totals: [sex]}]\n"
        "totals: {sex: {by: sex, cells: {f: 1, m: 1, x: 1}}}\n",
        encoding="utf-8",
    )
    target = folder / "unmade.csv"
    text = bad("--plan", broken, "--data", data, "--out", target)
    assert "totals of sex, x: found a total of 1 and no respondent" in text
    assert not target.exists()
