"""All numbers that R's survey 4.5 gives with an estimate: se, covariance, cv, df, both intervals.

Over the reference cases whose result is an estimate or holds several; the other modules look at
what is peculiar to them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import attitudes as at

RTOL = 1e-8
SUM_P2 = 0.10321027266234986  # sum(election$p^2)/40 over the population
PPS: dict[str, dict[str, Any]] = {
    "wr": {"weight": "wt"},
    "overton": {"probabilities": "p", "joint": "overton"},
    "HR_sum": {"probabilities": "p", "joint": "hartley-rao", "joint_sum_p2": SUM_P2},
    "HR_default": {"probabilities": "p", "joint": "hartley-rao"},
    "ht_ppsmat": {"probabilities": "p", "joint": "matrix"},
    "yg_ppsmat": {"probabilities": "p", "joint": "matrix", "pps_variance": "yg"},
    "yg_HR": {
        "probabilities": "p",
        "joint": "hartley-rao",
        "joint_sum_p2": SUM_P2,
        "pps_variance": "yg",
    },
}
VOTES = ["Bush", "Kerry", "Nader"]
SINGLE = {"nofpc": {}, "fpc": {"fpc": "one"}}
Get = Callable[..., Any]


def agree(found: Any, expected: Any, zero: float = 0.0) -> None:
    ours, theirs = np.ravel(np.asarray(found, float)), np.ravel(np.asarray(expected, float))
    np.testing.assert_allclose(ours, theirs, rtol=RTOL, atol=zero)


def whole(estimate: Callable[..., at.EstimateTable], r: dict[str, Any]) -> None:
    """Compare a table and its normal intervals with everything R printed."""
    table = estimate(covariance=True)
    scale = float(np.abs(np.asarray(r["est"], dtype=float)).max())
    agree(table.estimate, r["est"])
    agree(table.se, r["se"])
    agree(table.covariance, r["vcov"], zero=1e-12 * float(np.abs(r["vcov"]).max()))
    agree(table.numbers["cv"], r["cv"])
    if "deff" in r:
        agree(table.numbers["deff"], r["deff"])
    if "df" in r:
        agree(table.numbers["df"], [r["df"]] * len(table))
    intervals = [("ci95_normal", estimate(ci_method="normal")), ("ci95_t", table)]
    for name, own in intervals:
        if name in r:
            agree(own.numbers["ci_low"], r[name]["lower"], zero=1e-10 * scale)
            agree(own.numbers["ci_high"], r[name]["upper"], zero=1e-10 * scale)


@pytest.mark.parametrize("design", ["apisrs_fpc", "apistrat_wr", "apiclus1_fpc", "apiclus2_2stage"])
def test_whole_designs(design: str, cases: dict[str, Any], oracle_survey: Get) -> None:
    survey = oracle_survey(design)
    table = at.mean(survey, "api00")
    assert table.numbers["df"][0] == cases[f"{design}/degf"]["result"]["df"]
    for what, function, names, reference in [
        ("mean", at.mean, ["api00", "api99"], "srs"),
        ("mean_deff", at.mean, ["api00"], "srs"),
        ("mean_deff_replace", at.mean, ["api00"], "replace"),
        ("total", at.total, ["enroll"], "srs"),
        ("total_deff", at.total, ["api00"], "srs"),
    ]:
        found = cases[f"{design}/{what}"]["result"]

        def estimate(
            call: Any = function, names: list[str] = names, deff: str = reference, **options: Any
        ) -> at.EstimateTable:
            made: at.EstimateTable = call(survey, names, deff=deff, **options)
            return made

        if found is not None:
            whole(estimate, found)


def election(kind: str, read: Get) -> at.Survey:
    columns = dict(PPS[kind])
    if columns.get("joint") == "matrix":
        columns["joint"] = read("election_jointprob", None)
    return at.Survey.from_frame(read("election_pps"), at.SurveyDesign(**columns))


@pytest.mark.parametrize("kind", PPS)
def test_whole_unequal_probabilities(kind: str, cases: dict[str, Any], oracle_frame: Get) -> None:
    survey = election(kind, oracle_frame)
    compared = 0
    for what, function, where in [
        ("mean", at.mean, None),
        ("total", at.total, None),
        ("total_domain", at.total, "Nader > 0"),
    ]:
        found = cases.get(f"election_pps/{kind}/{what}")
        if found is not None:
            compared += 1
            whole(
                lambda call=function, where=where, **options: call(
                    survey, VOTES, where=where, **options
                ),
                found["result"],
            )
    assert compared


@pytest.mark.parametrize("kind", SINGLE)
def test_whole_singletons(kind: str, cases: dict[str, Any], oracle_data: Get) -> None:
    frame = oracle_data("apiclus1")
    frame = frame.assign(one=np.where(frame["dnum"] == 413, 1, 1000))
    design = at.SurveyDesign(weight="pw", stratum="dnum", **SINGLE[kind])
    survey = at.Survey.from_frame(frame, design)
    keys = [k for k in cases if k.startswith(f"lonely/{kind}/")]
    for key in keys:
        policy, _, domains = key.split("/")[2].partition("_")
        options = {"singleton": policy, "singleton_domains": bool(domains)}
        r = cases[key]["result"]
        if policy == "fail":
            if "error" in r:
                with pytest.raises(at.AttitudesError, match="dnum 413"):
                    at.mean(survey, "api00")
                continue
            options["singleton"] = "error"
        _mean_total_by(survey, r, options)
    assert len(keys) > 3


def _mean_total_by(survey: at.Survey, r: dict[str, Any], options: dict[str, Any]) -> None:
    whole(lambda **more: at.mean(survey, "api00", **options, **more), r["mean"])
    whole(lambda **more: at.total(survey, "api00", **options, **more), r["total"])
    if "by" in r:
        by = at.mean(survey, "api00", by="stype", **options)
        agree(by.estimate, r["by"]["api00"])
        agree(by.se, r["by"]["se"])


@pytest.mark.parametrize("policy", ["adjust", "certainty_adjdomain", "average_adjdomain"])
def test_whole_toy(policy: str, cases: dict[str, Any], oracle_data: Get) -> None:
    r = cases[f"lonely/toy/{policy}"]["result"]
    design = at.SurveyDesign(weight="w", stratum="Stratum", psu="PSU")
    survey = at.Survey.from_frame(oracle_data("lonely_toy"), design)
    name, _, domains = policy.partition("_")
    options: dict[str, Any] = {"singleton": name, "singleton_domains": bool(domains)}
    whole(lambda **more: at.mean(survey, ["Age", "Height"], **options, **more), r["mean"])
    whole(lambda **more: at.total(survey, "Age", **options, **more), r["total"])


REPLICATED = {
    "apistrat_JKn/mse": "apistrat",
    "apistrat0_JKn/centered": "apistrat",
    "apistrat_bootstrap50/centered": "apistrat",
    "apistrat_subbootstrap50/centered": "apistrat",
    "apiclus2_mrbbootstrap50/centered": "apiclus2",
}


@pytest.mark.parametrize("name", REPLICATED)
def test_whole_given_replicates(name: str, cases: dict[str, Any], oracle_data: Get) -> None:
    r = cases[f"rep/{name}"]["result"]
    frame: pd.DataFrame = oracle_data(REPLICATED[name])
    if REPLICATED[name] == "apiclus2":
        sampled = frame.groupby("dnum")["snum"].transform("nunique")
        frame["pw"] = frame["fpc1"] / 40 * frame["fpc2"] / sampled
    matrix = pd.read_csv(_replicate_file(name), header=None).to_numpy()
    replicates = at.Replicates(
        weights=matrix, scale=r["scale"], rscales=r["rscales"], mse=name.endswith("mse")
    )
    survey = at.Survey.from_frame(frame, at.SurveyDesign(weight="pw", replicates=replicates))
    kept: dict[str, Any] = {"variance": "replicate"}
    whole(lambda **more: at.mean(survey, ["api00", "api99"], **kept, **more), r["mean"])
    whole(lambda **more: at.total(survey, "enroll", **kept, **more), r["total"])
    ratio = at.ratio(survey, "api.stu", "enroll", **kept)
    agree([ratio.estimate[0], ratio.se[0]], [r["ratio"]["est"], r["ratio"]["se"]])
    by = at.mean(survey, "api00", by="stype", **kept)
    agree(by.estimate, r["by"]["api00"])
    agree(by.se**2, r["by"]["vcov_diag"])
    agree(at.mean(survey, "api00", deff="srs", **kept).numbers["deff"], [r["deff"]])
    row = at.quantile(survey, "api00", 0.5, ci_method="quantile", **kept).rows[0]
    agree([row.estimate, row.ci_low, row.ci_high], r["median"][:3])


def _replicate_file(name: str) -> Path:
    return Path(__file__).parents[1] / "oracle" / "data" / f"repw_{name.split('/')[0]}.csv"


def test_whole_calibrated_jackknife(cases: dict[str, Any], oracle_data: Get) -> None:
    r = cases["rep/apiclus1n_JK1_greg"]["result"]
    design = at.SurveyDesign(weight="pw", psu="dnum")
    jackknife = at.replicate(at.Survey.from_frame(oracle_data("apiclus1"), design), method="jk1")
    totals = {"stype": {"E": 4421, "H": 755, "M": 1018}, "api99": 3914069}
    survey = at.calibrate(jackknife, totals)
    kept: dict[str, Any] = {"variance": "replicate"}
    mean, total = at.mean(survey, "api00", **kept), at.total(survey, "enroll", **kept)
    agree([mean.estimate[0], mean.se[0]], [r["mean"]["est"][0], r["mean"]["se"][0]])
    agree([total.estimate[0], total.se[0]], [r["total"]["est"][0], r["total"]["se"][0]])
