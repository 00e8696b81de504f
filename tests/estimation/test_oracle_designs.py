"""Every estimator on 23 more designs, against R's survey: tests/oracle/survey_designs.R.

The data sets are R's own: schools (api), blood tests (nhanes), municipalities (mu284), hospitals,
crowded households, ambulances (scd), counties (election) and a toy with population sizes (fpc).
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import attitudes as at

ORACLE = Path(__file__).parents[1] / "oracle"
RTOL = 1e-8
# R's saddle point is found to 1e-8; tails magnify the last digits of a statistic.
LOOSER = {"chisq_saddlepoint": 1e-7, "term": 1e-7}
REFERENCE = json.loads((ORACLE / "survey_designs.json").read_text(encoding="utf-8"))
CASES: dict[str, Any] = REFERENCE["cases"]
PROBABILITIES = [0.1, 0.25, 0.5, 0.75, 0.9]


def data(name: str) -> pd.DataFrame:
    frame = pd.read_csv(ORACLE / "data" / f"{name}.csv")
    if name in ("apistrat", "apiclus1"):  # these weights are single precision in R
        frame["pw"] = frame["pw"].to_numpy(np.float32).astype(np.float64)
    if name == "nhanes":
        order = ["(0,19]", "(19,39]", "(39,59]", "(59,Inf]"]
        frame["agecat"] = pd.Categorical(frame["agecat"], order)
    if name == "election_pps":
        frame["few"] = (frame["votes"] < 100_000) * 1.0
    if "meals" in frame:
        frame["mealcat"] = pd.cut(frame["meals"], [0, 25, 50, 75, 100], include_lowest=True)
    return frame


@cache
def survey(name: str) -> at.Survey:
    columns = dict(REFERENCE["designs"][name]["design"])
    method, cells = columns.pop("replicate", None), columns.pop("poststratify", None)
    if columns.get("joint") == "election_jointprob":
        columns["joint"] = pd.read_csv(ORACLE / "data/election_jointprob.csv", header=None)
    made = at.Survey.from_frame(
        data(REFERENCE["designs"][name]["data"]), at.SurveyDesign(**columns)
    )
    if cells:
        made = at.poststratify(made, {cells[0]: cells[1]})
    return at.replicate(made, method=method) if method else made


def named(*starts: str) -> list[str]:
    return [k for k in CASES if k.split("/")[1].startswith(starts) and "lonely" not in k]


def setting(key: str) -> tuple[at.Survey, dict[str, Any], Any, dict[str, Any]]:
    name = key.split("/")[0]
    spec = REFERENCE["designs"][name]
    options = {"variance": "replicate"} if "replicate" in spec["design"] else {}
    return survey(name), spec["variables"], CASES[key]["result"], options


def agree(found: Any, expected: Any, rtol: float = RTOL, zero: float = 0.0) -> None:
    """Compare numbers; where R has none (0/0, beyond the data), there must be none here.

    ``zero`` is the rounding error of a number that is zero in exact arithmetic.
    """
    ours = np.ravel(np.asarray(found, dtype=np.float64))
    flat = np.ravel(np.asarray(expected, dtype=object))
    theirs = np.array([np.nan if v is None else v for v in flat], dtype=np.float64)
    missing = np.isnan(theirs)
    assert not np.isfinite(ours[missing]).any()
    np.testing.assert_allclose(ours[~missing], theirs[~missing], rtol=rtol, atol=zero)


def agree_table(table: at.EstimateTable, r: dict[str, Any]) -> None:
    zero = 1e-13 * max(1.0, np.abs(np.asarray(r.get("est", 1.0), dtype=np.float64)).max())
    names = {"est": "estimate", "se": "se", "lower": "ci_low", "upper": "ci_high", "cv": "cv"}
    for theirs, ours in {**names, "q": "estimate"}.items():
        if theirs in r:
            agree(table.numbers[ours], r[theirs], zero=zero)
    if "vcov" in r:
        agree(table.covariance, r["vcov"], zero=zero**2 + 1e-15 * np.abs(r["vcov"]).max())
    if "df" in r:
        agree(table.numbers["df"], [r["df"]] * len(table))


@pytest.mark.parametrize("key", named("mean", "total", "subset"))
def test_means_and_totals(key: str) -> None:
    made, v, r, options = setting(key)
    what = key.split("/")[1]
    names = {"mean_second": v["y"][1:], "mean_pair": v["y"]}.get(what, v["y"][:1])
    if what == "total_deff":
        return agree(at.total(made, names, deff="srs", **options).numbers["deff"], r)
    if what.startswith("subset"):
        options["where"] = (made.frame[v["p"]] == v["yes"]).to_numpy()
    function = at.total if "total" in what else at.mean
    return agree_table(function(made, names, missing="listwise", covariance=True, **options), r)


@pytest.mark.parametrize("key", named("deff", "by_deff"))
def test_design_effects(key: str) -> None:
    made, v, r, options = setting(key)
    by = v["g"] if "by" in key.split("/")[1] else None
    reference: Any = "replace" if key.endswith("replace") else "srs"
    agree(at.mean(made, v["y"][0], by=by, deff=reference, **options).numbers["deff"], r)


@pytest.mark.parametrize("key", named("ratio", "by_ratio", "var", "by_var"))
def test_ratios_and_variances(key: str) -> None:
    made, v, r, options = setting(key)
    what = key.split("/")[1]
    by = v["g"] if what.startswith("by") else None
    if "ratio" in what:
        return agree_table(at.ratio(made, v["num"], v["den"], by=by, **options), r)
    return agree_table(at.variance(made, v["y"][1 if by else 0], by=by, **options), r)


@pytest.mark.parametrize("key", named("quantile", "interval"))
def test_quantiles(key: str) -> None:
    made, v, r, options = setting(key)
    kind, _, name = key.split("/")[1].partition("_")
    if kind == "quantile":
        table = at.quantile(made, v["y"][0], PROBABILITIES, qrule=name, **options)  # type: ignore[arg-type]
    else:
        table = at.quantile(made, v["y"][1], [0.25, 0.5, 0.75], ci_method=name, **options)  # type: ignore[arg-type]
    agree_table(table, r)


@pytest.mark.parametrize("key", named("by_quantile"))
def test_quantiles_by_domain(key: str) -> None:
    made, v, r, options = setting(key)
    table = at.quantile(made, v["y"][1], [0.25, 0.5], by=v["g"], **options)
    columns = list(r["frame"].values())
    for i, name in enumerate(("estimate", "ci_low", "ci_high")):
        agree(table.numbers[name].reshape(-1, 2).T, columns[1 + 2 * i : 3 + 2 * i])


@pytest.mark.parametrize("key", named("prop"))
def test_intervals_of_proportions(key: str) -> None:
    made, v, r, options = setting(key)
    method: Any = key.split("_")[-1]
    row = at.proportion(made, v["p"], ci_method=method, **options).row(v["p"], v["yes"])
    agree(
        [row.estimate, row.se, row.ci_low, row.ci_high],
        [r[k] for k in ("est", "se", "lower", "upper")],
        zero=1e-16,
    )


@pytest.mark.parametrize("key", named("by_mean", "by_total", "by_cov", "crossed"))
def test_domains(key: str) -> None:
    made, v, r, options = setting(key)
    what = key.split("/")[1]
    if what == "by_cov":
        table = at.mean(made, v["y"], by=v["g"], missing="listwise", covariance=True, **options)
    elif what == "crossed":
        table = at.mean(made, v["y"][0], by=[v["g2"], v["g"]], **options)
    else:
        function = at.mean if what == "by_mean" else at.total
        table = function(made, v["y"][0], by=v["g"], ci_method="normal", **options)
    agree_table(table, r)


@pytest.mark.parametrize("key", named("factor", "by_factor"))
def test_categories(key: str) -> None:
    made, v, r, options = setting(key)
    what = key.split("/")[1]
    if what == "by_factor":
        table = at.proportion(made, v["g2"], by=v["g"], **options)
        k = len(set(table.categories or ()))
        agree(table.estimate.reshape(-1, k).T, r["est"])
        return agree(table.se.reshape(-1, k).T, r["se"])
    table = at.proportion(made, v["g"], deff="srs", covariance=True, ci_method="mean", **options)
    if what == "factor":
        return agree_table(table, r)
    ones = {f"is_{c}": (made.frame[v["g"]] == c) * 1.0 for c in table.categories or ()}
    counted = at.total(made.with_columns(ones), list(ones), **options)
    agree(counted.estimate, r["est"])
    return agree(counted.se, r["se"], zero=1e-10)


@pytest.mark.parametrize("key", named("ttest", "rank", "contrast"))
def test_comparisons(key: str) -> None:
    made, v, r, _ = setting(key)
    what = key.split("/")[1]
    if what == "contrast":
        top, bottom = v["y"]
        found = at.contrast(made, v["y"], expression=f"{top} / {bottom}", missing="listwise")
        agree(found.estimates, r["est"])
        return agree(found.se, r["se"])
    if what == "rank_kruskal":
        return agree(at.rank_test(made, v["y"][1], by=v["g"], test="kruskal").p_value, r["p"])
    if what == "ttest_one":
        test = at.t_test(made, v["y"][0], minus=v["y"][1])
    else:
        function = at.t_test if what == "ttest" else at.rank_test
        test = function(made, v["y"][1], by=v["p"])
    return agree(
        [test.statistic, *test.df, test.p_value, test.estimate],
        [r["statistic"], r["df"], r["p"], r["est"]],
    )


@pytest.mark.parametrize("key", named("chisq"))
def test_independence(key: str) -> None:
    made, v, r, _ = setting(key)
    what = key.split("/")[1]
    test = at.independence_test(made, v["g"], v["g2"], statistic=what[6:])  # type: ignore[arg-type]
    agree(test.statistic, r["statistic"])
    agree(test.p_value, r["p"], LOOSER.get(what, RTOL))
    if test.df:
        agree(test.df, r["df"])


@pytest.mark.parametrize("key", named("glm", "term"))
def test_regression(key: str) -> None:
    made, v, r, _ = setting(key)
    what = key.split("/")[1]
    first = 1 if "nhanes" in key else 0
    terms = "" if what == "glm_gaussian" else "".join(f"{x} + " for x in v["x"][first:])
    response, family = v["y"][1], "gaussian"
    if what == "glm_logit":
        p = made.frame[v["p"]]
        made = made.with_columns({"yes": np.where(p.isna(), np.nan, (p == v["yes"]) * 1.0)})
        response, family = "yes", "binomial"
    elif what == "glm_poisson":
        family = "poisson"
    fit = at.regress(f"{response} ~ {terms}C({v['g']})", made, family=family)  # type: ignore[arg-type]
    if what.startswith("term"):
        method: Any = {"Wald": "wald", "WorkingWald": "working-wald", "LRT": "lrt"}[what[5:]]
        test = at.term_test(fit, f"C({v['g']})", method=method)
        agree(test.statistic, r["statistic"])
        return agree(test.p_value, r["p"], LOOSER["term"])
    agree(fit.coefficients, r["coef"])
    agree(fit.covariance, r["vcov"], zero=1e-13 * np.abs(r["vcov"]).max())
    agree(fit.df_residual, r["df"])
    return agree(fit.to_frame()["p_value"], r["p"], zero=1e-100)


@pytest.mark.parametrize("key", [k for k in named("olr") if "jk" not in k])
def test_ordinal_regression(key: str) -> None:
    made, v, r, _ = setting(key)
    api = v["g2"] == "sch.wide"
    formula = "mealcat ~ `avg.ed` + mobility + stype" if api else "agecat ~ race + female"
    fit = at.regress(formula, made, family="ordinal", solver="bfgs")
    agree(fit.coefficients, r["coef"], 1e-7)
    agree(fit.se, r["se"], 1e-7)


@pytest.mark.parametrize("key", [k for k in CASES if k.startswith("lonely")])
def test_strata_of_a_single_psu(key: str) -> None:
    policy, _, domains = key.split("/")[1].partition("_")
    options: dict[str, Any] = {"singleton": policy, "singleton_domains": bool(domains)}
    r = CASES[key]["result"]
    if "apiclus1" in key:
        made = at.Survey.from_frame(data("apiclus1"), at.SurveyDesign(weight="pw", stratum="dnum"))
        found = {
            "mean": at.mean(made, "api00", **options),
            "ratio": at.ratio(made, "api.stu", "enroll", **options),
            "by": at.mean(made, "api00", by="stype", **options),
        }
    else:
        frame = data("nhanes")
        kept = ~((frame["SDMVSTRA"] == 83) & (frame["SDMVPSU"] == 2))
        design = REFERENCE["designs"]["nhanes"]["design"]
        made = at.Survey.from_frame(frame[kept], at.SurveyDesign(**design))
        found = {
            "mean": at.mean(made, "HI_CHOL", **options),
            "y": at.mean(made, "y", **options),
            "by": at.mean(made, "HI_CHOL", by=["agecat", "race"], **options),
            "ratio": at.ratio(made, "HI_CHOL", "female", **options),
        }
        fit = at.regress("y ~ female", made, singleton=policy)  # type: ignore[arg-type]
        agree(fit.se, r["glm"]["se"])
    for name, table in found.items():
        agree_table(table, r[name])
