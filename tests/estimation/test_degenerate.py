"""Data that hold no answer to a question: every call ends in numbers, a marked row or one error.

Warnings are errors in these tests, so that no 0/0 goes through unseen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import attitudes as at
from attitudes.errors import EstimationError

N = 24


def base() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "q": rng.integers(1, 6, N).astype(float),
            "z": rng.normal(size=N),
            "g": np.tile(list("ab"), N // 2),
            "k": np.tile([1, 2, 3], N // 3),
            "w": 1.0,
            "c": np.arange(N) // 4,
            "h": np.arange(N) // 12,
        }
    )


FRAMES: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "as it is": lambda f: f,
    "constant answers": lambda f: f.assign(q=3.0),
    "no answers": lambda f: f.assign(q=np.nan),
    "a group without answers": lambda f: f.assign(q=f["q"].where(f["g"] == "a")),
    "one group": lambda f: f.assign(g="a"),
    "no groups": lambda f: f.assign(g=None),
    "one PSU a stratum": lambda f: f.assign(h=f["c"]),
    "one PSU": lambda f: f.assign(c=1, h=1),
    "two rows": lambda f: f.iloc[[0, 13]],
    "one row": lambda f: f.iloc[:1],
    "no rows": lambda f: f.iloc[:0],
    "the same in every PSU": lambda f: f.assign(
        q=np.tile([1.0, 1, 2, 2], N // 4), z=np.tile([1.0, 2, 1, 2], N // 4)
    ),
    "two answers": lambda f: f.assign(q=f["q"].where(f.index < 2)),
    "groups that decide": lambda f: f.assign(q=(f["g"] == "a") * 1.0 + 1),
    "a group of weight zero": lambda f: f.assign(w=(f["g"] == "a") * 1.0),
}


def boot(survey: at.Survey) -> at.Survey:
    return at.replicate(survey, method="bootstrap", n=20, rng=np.random.default_rng(1))


TESTS = ("F", "Chisq", "Wald", "adjWald", "lincom", "saddlepoint")
CALLS: dict[str, Callable[[at.Survey], Any]] = {
    "mean": lambda s: at.mean(s, ["q", "z"], by="g"),
    "total": lambda s: at.total(s, "q", by="g", covariance=True),
    "proportion": lambda s: at.proportion(s, "q", by="g"),
    "beta": lambda s: at.proportion(s, "q", by="g", ci_method="beta"),
    "wilson": lambda s: at.proportion(s, "q", ci_method="wilson"),
    "likelihood": lambda s: at.proportion(s, "q", ci_method="likelihood", by="g"),
    "ratio": lambda s: at.ratio(s, "q", "z", by="g"),
    "quantile": lambda s: at.quantile(s, "q", [0.25, 0.5], by="g"),
    "score": lambda s: at.quantile(s, "q", 0.5, by="g", ci_method="score"),
    "variance": lambda s: at.variance(s, "q", by="g"),
    "sd": lambda s: at.sd(s, "q", by="g"),
    "correlation": lambda s: at.correlation(s, ["q", "z"], by="g"),
    "contrast": lambda s: at.contrast(s, "q", by="g"),
    "expression": lambda s: at.contrast(s, ["q", "z"], expression="q / z"),
    "d": lambda s: at.effect_size(s, "q", by="g"),
    "V": lambda s: at.effect_size(s, "q", by="g", categorical=True),
    **{t: lambda s, t=t: at.independence_test(s, "q", "g", statistic=t) for t in TESTS},
    "rank": lambda s: at.rank_test(s, "q", by="g"),
    "kruskal": lambda s: at.rank_test(s, "q", by="k", test="kruskal"),
    "t": lambda s: at.t_test(s, "q", by="g"),
    "one-sample": lambda s: at.t_test(s, "q"),
    "paired": lambda s: at.t_test(s, "q", minus="z"),
    "linear": lambda s: at.regress("q ~ z + g", s),
    "logit": lambda s: at.regress("I(q > 2) ~ z", s, family="binomial"),
    "ordinal": lambda s: at.regress("q ~ z", s, family="ordinal"),
    "poisson": lambda s: at.regress("q ~ z", s, family="poisson"),
    "term": lambda s: at.term_test(at.regress("q ~ C(k)", s), "C(k)"),
    "means": lambda s: at.marginal_means(at.regress("q ~ g", s), "g"),
    "effects": lambda s: at.marginal_effects(at.regress("q ~ z", s), "z"),
    "trend": lambda s: at.trend([s, s], "q"),
    "jackknife": lambda s: at.mean(
        at.replicate(s, method="jkn"), "q", by="g", variance="replicate"
    ),
    "bootstrap": lambda s: at.proportion(boot(s), "q", by="g", variance="replicate"),
    "replicated contrast": lambda s: at.contrast(boot(s), "q", by="g"),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("name", FRAMES)
def test_numbers_a_marked_row_or_one_error(name: str, call: str) -> None:
    frame = FRAMES[name](base()).reset_index(drop=True)
    survey = at.Survey.from_frame(frame, at.SurveyDesign(weight="w", stratum="h", psu="c"))
    try:
        result = CALLS[call](survey)
    except at.AttitudesError:
        return
    assert repr(result)
    for row in result if isinstance(result, at.EstimateTable) else ():
        assert row.remark or np.isfinite([row.estimate, row.se]).all()


def survey_of(name: str) -> at.Survey:
    frame = FRAMES[name](base()).reset_index(drop=True)
    return at.Survey.from_frame(frame, at.SurveyDesign(weight="w", stratum="h", psu="c"))


@pytest.mark.parametrize("statistic", TESTS)
def test_shares_that_do_not_vary(statistic: Any) -> None:
    with pytest.raises(EstimationError, match=r"not vary between PSUs|singular"):
        at.independence_test(survey_of("the same in every PSU"), "q", "g", statistic=statistic)


def test_groups_without_answers_are_named() -> None:
    frame = base().assign(g=np.tile(list("abc"), N // 3))
    frame["q"] = frame["q"].where(frame["g"] != "b")
    survey = at.Survey.from_frame(frame, at.SurveyDesign(psu="c"))
    found = at.contrast(survey, "q", by="g")
    assert found.labels == ("a − c",)
    assert found.left_out == ("b",)
    assert "no answers: b" in repr(found)
    with pytest.raises(EstimationError, match="mean b: found no respondent with an answer"):
        at.contrast(survey, "q", by="g", pairs=[("a", "b")])


def test_tests_read_as_tables() -> None:
    test = at.t_test(survey_of("as it is"), "q", by="g")
    shown = repr(test).splitlines()
    assert shown[0] == "Design-based t-test; variance: taylor"
    assert any(line.split()[0] == "interval" for line in shown[1:])
    assert test._repr_html_().startswith("<table>")
