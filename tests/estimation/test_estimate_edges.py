"""Bad input is an error that says what to do, or a row marked as such: never a silent number."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

import attitudes as at


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "q": [1.0, 2.0, np.nan, 4.0, np.nan, 5.0, 3.0, 2.0],
            "r": [1, 1, 2, 2, 1, 1, 2, 2],
            "g": pd.Categorical(list("aabbaabb"), categories=["b", "a", "z"]),
            "c": [1, 1, 2, 2, 3, 3, 4, 4],
            "w": [1.0, 2, 1, 2, 1, 2, 1, 2],
        }
    )


def survey(**design: Any) -> at.Survey:
    return at.Survey.from_frame(frame(), at.SurveyDesign(**{"weight": "w", "psu": "c"} | design))


def test_nan_is_missing() -> None:
    row = at.mean(survey(), "q").rows[0]
    assert row.n == 6
    assert row.estimate == pytest.approx((1 + 4 + 8 + 10 + 3 + 4) / 10)


def test_empty_domain_is_a_marked_row() -> None:
    rows = at.mean(survey(), "q", by="g").rows
    assert [r.by["g"] for r in rows] == ["b", "a", "z"]
    assert rows[2].n == 0
    assert np.isnan(rows[2].estimate)
    assert np.isnan(rows[2].se)
    assert rows[2].remark == "no respondents"


def test_category_never_chosen() -> None:
    rows = at.proportion(survey(), "g").rows
    assert (rows[2].estimate, rows[2].se, rows[2].remark) == (0.0, 0.0, "never chosen")
    assert sum(r.estimate for r in rows) == pytest.approx(1)


def test_listwise_counts_what_it_drops() -> None:
    table = at.mean(survey(), ["q", "r"], missing="listwise")
    assert table.numbers["n"].tolist() == [6, 6]
    assert table.dropped == {"without all answers": 2}
    assert at.mean(survey(), ["q", "r"]).numbers["n"].tolist() == [6, 8]


def test_missing_group_is_counted() -> None:
    data = frame().assign(g=["a", "a", None, "b", "b", "b", "a", "a"])
    made = at.Survey.from_frame(data, at.SurveyDesign(weight="w", psu="c"))
    table = at.mean(made, "r", by="g")
    assert table.dropped == {"g": 1}
    assert sum(table.numbers["n"]) == 7


def test_zero_weights_are_not_respondents() -> None:
    data = frame().assign(w=[0.0, 2, 1, 2, 1, 2, 1, 2])
    made = at.Survey.from_frame(data, at.SurveyDesign(weight="w", psu="c"))
    assert at.mean(made, "r").rows[0].n == 7


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda s: at.mean(s, "nope"), "did you mean|unknown column"),
        (lambda s: at.mean(s, "q", by="gg"), "unknown column 'gg'"),
        (lambda s: at.mean(s, "g"), "proportion"),
        (lambda s: at.mean(s, []), "one or more columns"),
        (lambda s: at.mean(s, ["q", "q"]), "twice"),
        (lambda s: at.mean(s, "q", level=95), "between 0 and 1"),
        (lambda s: at.mean(s, "q", variance="tailor"), "did you mean 'taylor'"),
        (lambda s: at.mean(s, "q", singleton="adjusted", deff="srswr"), "adjusted.*\n.*srswr"),
        (lambda s: at.mean(s, "q", variance="replicate"), "replicate weights"),
        (lambda s: at.quantile(s, "q", 1.5), "probabilities"),
        (lambda s: at.quantile(s, "q", 0.5, ci_method="quantile"), "replicate"),
        (lambda s: at.correlation(s, ["q"]), "two columns"),
        (lambda s: at.mean(s, "q", where=[True]), "length 8"),
        (lambda s: at.mean(s, "q", where="ages > 3"), "where"),
    ],
)
def test_calls_that_cannot_be_answered(call: Any, match: str) -> None:
    with pytest.raises(at.AttitudesError, match=match):
        call(survey())


def test_no_degrees_of_freedom() -> None:
    made = at.Survey.from_frame(frame(), at.SurveyDesign(weight="w", psu="c"))
    row = at.mean(made, "r", where=[True, True, *[False] * 6]).rows[0]
    assert row.df == 0
    assert np.isnan(row.ci_low)
    assert row.remark == "no interval"


def test_result_as_frame_json_and_html() -> None:
    table = at.proportion(survey(), "r", by="g", covariance=True)
    columns = ["g", "variable", "category", "estimate", "se", "ci_low", "ci_high", "df", "n"]
    assert list(table.to_frame().columns) == [*columns, "n_eff", "deff", "cv"]
    assert "category" not in at.mean(survey(), "q").to_frame()
    plain = json.loads(table.to_json())
    assert plain["variance_method"] == "taylor"
    assert plain["interval_method"] == "logit"
    assert plain["rows"][4]["estimate"] is None
    assert "logit" in repr(table)
    assert "<table" in table._repr_html_()
    assert table.row("r", 1, g="a").by == {"g": "a"}
    with pytest.raises(at.AttitudesError, match="0 rows"):
        table.row("r", 9)


def test_nothing_is_mutated() -> None:
    data = frame()
    before = data.copy(deep=True)
    made = at.Survey.from_frame(data, at.SurveyDesign(weight="w", psu="c"))
    at.mean(made, ["q", "r"], by="g", covariance=True)
    at.quantile(made, "q", by="g")
    pd.testing.assert_frame_equal(data, before)
