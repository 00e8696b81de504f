"""Models, tests and intervals within ``where``, against R's survey (tests/oracle/survey_subsets.R)."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import attitudes as at

ORACLE = Path(__file__).parents[1] / "oracle"
RTOL = 1e-8
REFERENCE = json.loads((ORACLE / "survey_subsets.json").read_text(encoding="utf-8"))
CASES = [(d, call) for d in REFERENCE if d != "meta" for call in REFERENCE[d]]


def frame(name: str) -> pd.DataFrame:
    made = pd.read_csv(ORACLE / "data" / f"{name}.csv")
    if name != "apiclus2":  # these weights are single precision in R
        made["pw"] = made["pw"].to_numpy(np.float32).astype(np.float64)
    return made.assign(yes=(made["awards"] == "Yes") * 1.0)


@cache
def survey(design: str) -> at.Survey:
    if design == "strat":
        columns: dict[str, Any] = {"stratum": "stype", "weight": "pw", "fpc": "fpc"}
        return at.Survey.from_frame(frame("apistrat"), at.SurveyDesign(**columns))
    if design == "clus2":
        columns = {"psu": ["dnum", "snum"], "fpc": ["fpc1", "fpc2"]}
        return at.Survey.from_frame(frame("apiclus2"), at.SurveyDesign(**columns))
    columns = {"psu": "dnum", "weight": "pw", "fpc": "fpc"}
    made = at.Survey.from_frame(frame("apiclus1"), at.SurveyDesign(**columns))
    if design == "post":
        return at.poststratify(made, {"stype": {"E": 4421, "H": 755, "M": 1018}})
    return at.replicate(made, method="jk1") if design == "jk1" else made


def numbers(test: Any) -> list[float]:
    return [test.statistic, *test.df, test.p_value]


def quartiles(s: at.Survey, **o: Any) -> list[float]:
    names = ("estimate", "ci_low", "ci_high", "se")
    table = at.quantile(s, "api00", [0.25, 0.5], **o)
    return np.stack([table.numbers[name] for name in names], axis=1).ravel().tolist()


def interval(s: at.Survey, method: Any, **o: Any) -> list[float]:
    row = at.proportion(s, "awards", ci_method=method, **o).row("awards", "Yes")
    return [row.ci_low, row.ci_high]


def logit(s: at.Survey, where: Any) -> Any:
    return at.regress("yes ~ ell + stype", s, family="binomial", where=where)


# By the beginning of R's call: the same in the toolkit, given survey, selection and options.
CALLS: dict[str, Callable[[at.Survey, Any, dict[str, Any]], Any]] = {
    "svyglm(api00": lambda s, w, o: (lambda f: [*f.se, f.df_residual])(
        at.regress("api00 ~ ell + meals", s, where=w)
    ),
    "svyglm(I(": lambda s, w, o: (lambda f: [*f.se, f.df_residual])(logit(s, w)),
    "regTermTest": lambda s, w, o: [at.term_test(logit(s, w), "stype", method="lrt").p_value],
    "svyttest": lambda s, w, o: numbers(at.t_test(s, "api00", by="sch.wide", where=w)),
    "svyquantile": lambda s, w, o: quartiles(s, where=w, **o),
    "svyciprop(~I(awards=='Yes'), d, method='beta'": lambda s, w, o: interval(
        s, "beta", where=w, **o
    ),
    "svyciprop(~I(awards=='Yes'), d, method='like": lambda s, w, o: interval(
        s, "likelihood", where=w, **o
    ),
    "svyvar": lambda s, w, o: (lambda t: [t.estimate[0], t.se[0]])(
        at.variance(s, "api00", where=w, **o)
    ),
    "svychisq(~sch.wide+stype, d)": lambda s, w, o: numbers(
        at.independence_test(s, "sch.wide", "stype", where=w)
    ),
    "svychisq(~sch.wide+stype, d, ": lambda s, w, o: numbers(
        at.independence_test(s, "sch.wide", "stype", statistic="adjWald", where=w)
    ),
    "svyranktest": lambda s, w, o: numbers(at.rank_test(s, "api00", by="sch.wide", where=w)),
    "svycontrast": lambda s, w, o: (
        at.contrast(s, "api00", by="stype", weights={"E": 1, "H": -1}, where=w).se
    ),
}


@pytest.mark.parametrize(("design", "call"), CASES)
def test_subset(design: str, call: str) -> None:
    made = survey(design)
    (compute,) = (f for start, f in CALLS.items() if call.startswith(start))
    options = {"variance": "replicate"} if design == "jk1" else {}
    found = compute(made, (made.frame["api99"] > 560).to_numpy(), options)
    np.testing.assert_allclose(found, np.ravel(REFERENCE[design][call]), rtol=RTOL)
