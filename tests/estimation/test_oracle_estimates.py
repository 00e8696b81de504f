"""Estimates against R's survey 4.5: estimate, standard error, df, interval, deff, covariance.

TIGHT is for means and proportions of the one-stage designs, whose arithmetic is a few sums; LOOSE
for everything else (the logit interval of R comes from an iterative fit that stops at 1e-8).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import attitudes as at

TIGHT = 1e-9
LOOSE = 1e-8
DESIGNS = ["apisrs_fpc", "apistrat_wr", "apiclus1_fpc", "apiclus2_2stage"]
Get = Callable[[str], at.Survey]


def check(found: Any, expected: Any, tolerance: float, *, absolute: float = 0.0) -> None:
    np.testing.assert_allclose(
        np.ravel(np.asarray(found, dtype=float)),
        np.ravel(np.asarray(expected, dtype=float)),
        rtol=tolerance,
        atol=absolute,
    )


def result(cases: dict[str, Any], key: str) -> dict[str, Any]:
    found: dict[str, Any] = cases[key]["result"]
    return found


def present(*whats: str) -> list[tuple[str, str]]:
    path = Path(__file__).parents[1] / "oracle" / "survey_reference.json"
    known = json.loads(path.read_text(encoding="utf-8"))["cases"]
    return [
        (design, what)
        for design in DESIGNS
        for what in whats
        if known.get(f"{design}/{what}", {}).get("result") is not None
    ]


@pytest.mark.parametrize("design", DESIGNS)
def test_mean(design: str, cases: dict[str, Any], oracle_survey: Get) -> None:
    r = result(cases, f"{design}/mean")
    table = at.mean(oracle_survey(design), ["api00", "api99"], covariance=True)
    check(table.estimate, r["est"], TIGHT)
    check(table.se, r["se"], TIGHT)
    check(table.covariance, r["vcov"], TIGHT)
    check(table.numbers["cv"], r["cv"], TIGHT)
    check(table.numbers["df"], [r["df"]] * 2, 0)
    check(table.numbers["ci_low"], r["ci95_t"]["lower"], TIGHT)
    check(table.numbers["ci_high"], r["ci95_t"]["upper"], TIGHT)
    normal = at.mean(oracle_survey(design), ["api00", "api99"], ci_method="normal")
    check(normal.numbers["ci_low"], r["ci95_normal"]["lower"], TIGHT)


@pytest.mark.parametrize(("design", "what"), present("mean_deff", "mean_deff_replace"))
def test_mean_deff(design: str, what: str, cases: dict[str, Any], oracle_survey: Get) -> None:
    reference = "replace" if what.endswith("replace") else "srs"
    row = at.mean(oracle_survey(design), "api00", deff=reference).rows[0]
    check(row.deff, result(cases, f"{design}/{what}")["deff"], TIGHT)
    check(row.n_eff * row.deff, row.n, TIGHT)


@pytest.mark.parametrize(("design", "what"), present("mean_factor"))
def test_proportion(design: str, what: str, cases: dict[str, Any], oracle_survey: Get) -> None:
    r = result(cases, f"{design}/{what}")
    table = at.proportion(
        oracle_survey(design), ["stype", "sch.wide"], deff="srs", covariance=True, ci_method="mean"
    )
    check(table.estimate, r["est"], TIGHT)
    check(table.se, r["se"], TIGHT, absolute=1e-15)
    check(table.covariance, r["vcov"], TIGHT, absolute=1e-16)


@pytest.mark.parametrize(("design", "what"), present("total", "total_deff", "total_factor"))
def test_total(design: str, what: str, cases: dict[str, Any], oracle_survey: Get) -> None:
    r = result(cases, f"{design}/{what}")
    survey = oracle_survey(design)
    if what == "total_factor":
        ones = {f"is_{c}": (survey.frame["stype"] == c) * 1.0 for c in ("E", "H", "M")}
        table = at.total(survey.with_columns(ones), list(ones), covariance=True)
        check(table.covariance, r["vcov"], LOOSE, absolute=1e-6)
    else:
        table = at.total(survey, "enroll" if what == "total" else "api00", deff="srs")
        check(table.numbers["ci_high"], r["ci95_t"]["upper"], LOOSE)
    check(table.estimate, r["est"], LOOSE)
    check(table.se, r["se"], LOOSE, absolute=1e-9)
    if "deff" in r:
        check(table.numbers["deff"], r["deff"], LOOSE)


@pytest.mark.parametrize(("design", "what"), present("ratio", "by_ratio"))
def test_ratio(design: str, what: str, cases: dict[str, Any], oracle_survey: Get) -> None:
    r = result(cases, f"{design}/{what}")
    by = "stype" if what == "by_ratio" else None
    table = at.ratio(oracle_survey(design), "api.stu", "enroll", by=by)
    check(table.estimate, r.get("est", r.get("api.stu/enroll")), LOOSE)
    check(table.se, r.get("se", r.get("se.api.stu/enroll")), LOOSE)


@pytest.mark.parametrize(("design", "what"), present("var"))
def test_variance(design: str, what: str, cases: dict[str, Any], oracle_survey: Get) -> None:
    r = result(cases, f"{design}/{what}")
    row = at.variance(oracle_survey(design), "api00").rows[0]
    check([row.estimate, row.se], [r["est"], r["se"]], LOOSE)
    root = at.sd(oracle_survey(design), "api00").rows[0]
    check([root.estimate, root.se], [r["est"] ** 0.5, r["se"] / (2 * r["est"] ** 0.5)], LOOSE)


@pytest.mark.parametrize(("design", "what"), present("by_mean"))
def test_by_mean(design: str, what: str, cases: dict[str, Any], oracle_survey: Get) -> None:
    r = result(cases, f"{design}/{what}")
    table = at.mean(oracle_survey(design), "api00", by="stype", deff="srs", ci_method="normal")
    assert [row.by["stype"] for row in table] == r["stype"]
    columns = {"estimate": "api00", "se": "se", "ci_low": "ci_l", "ci_high": "ci_u"}
    for ours, theirs in {**columns, "cv": "cv", "deff": "DEff.api00"}.items():
        check(table.numbers[ours], r[theirs], TIGHT)


@pytest.mark.parametrize(("design", "what"), present("by_mean_covmat"))
def test_covariance_of_domains(
    design: str, what: str, cases: dict[str, Any], oracle_survey: Get
) -> None:
    expected = np.array(result(cases, f"{design}/{what}")["vcov"], dtype=float)
    table = at.mean(oracle_survey(design), "api00", by="stype", covariance=True)
    check(table.covariance, expected, TIGHT, absolute=1e-9)


@pytest.mark.parametrize(("design", "what"), present("by2_mean"))
def test_crossed_domains(design: str, what: str, cases: dict[str, Any], oracle_survey: Get) -> None:
    r = result(cases, f"{design}/{what}")
    table = at.mean(oracle_survey(design), ["api00", "api99"], by=["sch.wide", "stype"])
    check(table.estimate, r["api00"] + r["api99"], TIGHT)
    check(table.se, r["se.api00"] + r["se.api99"], TIGHT)
    assert [row.by["stype"] for row in table.rows[:6]] == r["stype"]


@pytest.mark.parametrize(("design", "what"), present("by_total"))
def test_by_total(design: str, what: str, cases: dict[str, Any], oracle_survey: Get) -> None:
    r = result(cases, f"{design}/{what}")
    table = at.total(oracle_survey(design), "enroll", by="stype")
    check(table.estimate, r["enroll"], LOOSE)
    check(table.se, r["se"], LOOSE)


@pytest.mark.parametrize(("design", "what"), present("by_prop"))
def test_by_proportion(design: str, what: str, cases: dict[str, Any], oracle_survey: Get) -> None:
    r = result(cases, f"{design}/{what}")
    frame = at.proportion(oracle_survey(design), "awards", by="stype").to_frame()
    for category in ("No", "Yes"):
        mine = frame[frame["category"] == category]
        check(mine["estimate"], r[f"awards{category}"], TIGHT)
        check(mine["se"], r[f"se.awards{category}"], TIGHT)


@pytest.mark.parametrize(("design", "what"), present("by_prop_ci_logit"))
def test_by_proportion_interval(
    design: str, what: str, cases: dict[str, Any], oracle_survey: Get
) -> None:
    r = result(cases, f"{design}/{what}")
    frame = at.proportion(oracle_survey(design), "awards", by="stype").to_frame()
    mine = frame[frame["category"] == "Yes"]
    check(mine["ci_low"], r["ci_l"], LOOSE)
    check(mine["ci_high"], r["ci_u"], LOOSE)


@pytest.mark.parametrize(("design", "what"), present("subset_mean"))
def test_subset(design: str, what: str, cases: dict[str, Any], oracle_survey: Get) -> None:
    r = result(cases, f"{design}/{what}")
    survey = oracle_survey(design)
    table = at.mean(survey, "api00", where=survey.frame["sch.wide"] == "No")
    check(table.estimate, r["est"], TIGHT)
    check(table.se, r["se"], TIGHT)
    check(table.numbers["df"], [r["df"]], 0)
    check(table.numbers["ci_low"], r["ci95_t"]["lower"], TIGHT)


METHODS = ["logit", "beta", "mean", "asin", "xlogit", "likelihood", "wilson"]


@pytest.mark.parametrize(("design", "what"), present(*[f"ciprop_{m}" for m in METHODS]))
def test_proportion_intervals(
    design: str, what: str, cases: dict[str, Any], oracle_survey: Get
) -> None:
    r = result(cases, f"{design}/{what}")
    method: Any = what.removeprefix("ciprop_")
    row = at.proportion(oracle_survey(design), "sch.wide", ci_method=method).row("sch.wide", "Yes")
    check([row.estimate, row.se, row.df], [r["est"], r["se"], r["df"]], LOOSE)
    check([row.ci_low, row.ci_high], [r["lower"], r["upper"]], LOOSE)


@pytest.mark.parametrize(("design", "what"), present("ciprop_rare_logit", "ciprop_rare_beta"))
def test_rare_proportion(design: str, what: str, cases: dict[str, Any], oracle_survey: Get) -> None:
    r = result(cases, f"{design}/{what}")
    survey = oracle_survey(design)
    survey = survey.with_columns({"high": survey.frame["api00"] > 850})
    method: Any = what.removeprefix("ciprop_rare_")
    row = at.proportion(survey, "high", ci_method=method).row("high", True)
    check([row.estimate, row.ci_low, row.ci_high], [r["est"], r["lower"], r["upper"]], LOOSE)


def test_nested_clusters(cases: dict[str, Any], oracle_survey: Get) -> None:
    r = result(cases, "scd/taylor_ratio")
    row = at.ratio(oracle_survey("scd"), "alive", "arrests").rows[0]
    check([row.estimate, row.se], [r["est"], r["se"]], LOOSE)


def test_with_replacement(cases: dict[str, Any], oracle_survey: Get) -> None:
    survey = oracle_survey("election_wr")
    r = result(cases, "election_pps/wr/mean")
    table = at.mean(survey, ["Bush", "Kerry", "Nader"], covariance=True)
    check(table.estimate, r["est"], LOOSE)
    check(table.covariance, r["vcov"], LOOSE)
    ratio = result(cases, "election_pps/wr/ratio")
    row = at.ratio(survey, "Bush", "votes").rows[0]
    check([row.estimate, row.se], [ratio["est"], ratio["se"]], LOOSE)


@pytest.mark.parametrize("pps", [None, "brewer"])
def test_fractions_as_fpc(pps: Any, cases: dict[str, Any], oracle_data: Any) -> None:
    name = "apiclus2/pps_multistage" if pps is None else "apiclus2/pps_brewer_multistage"
    r = result(cases, name)
    frame = oracle_data("apiclus2")
    frame["f1"] = 40 / frame["fpc1"]
    frame["f2"] = np.minimum(1, 5 / frame["fpc2"])
    if pps is None:
        design = at.SurveyDesign(psu=["dnum", "snum"], fpc=["f1", "f2"])
    else:
        design = at.SurveyDesign(
            psu=["dnum", "snum"], probabilities="f1", fpc=["f1", "f2"], joint=pps
        )
    survey = at.Survey.from_frame(frame, design)
    total, mean = at.total(survey, "enroll").rows[0], at.mean(survey, "api00").rows[0]
    check([total.estimate, total.se], [r["total"]["est"][0], r["total"]["se"][0]], LOOSE)
    check([mean.estimate, mean.se], [r["mean"]["est"][0], r["mean"]["se"][0]], LOOSE)
