"""Adjusted p-values and expressions of estimates."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from attitudes.errors import OptionError
from attitudes.numerics.inference.expressions import evaluate
from attitudes.numerics.inference.multiplicity import adjust_p_values


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
@pytest.mark.parametrize(
    ("ours", "theirs"), [("holm", "holm"), ("bonferroni", "bonferroni"), ("bh", "fdr_bh")]
)
def test_agrees_with_statsmodels(ours: str, theirs: str, p: list[float]) -> None:
    expected = multipletests(p, method=theirs)[1]
    found = adjust_p_values(np.array(p), ours)  # type: ignore[arg-type]
    np.testing.assert_allclose(found, expected, atol=1e-15)


def test_missing_p_values_take_no_part() -> None:
    found = adjust_p_values(np.array([0.01, np.nan, 0.02]), "bonferroni")
    np.testing.assert_allclose(found, [0.02, np.nan, 0.04])
    with pytest.raises(OptionError, match="holm"):
        adjust_p_values(np.array([0.1]), "hom")  # type: ignore[arg-type]


@settings(max_examples=30, deadline=None)
@given(st.floats(0.2, 9), st.floats(0.2, 9), st.floats(0.2, 9))
def test_gradients_against_differences(a: float, b: float, c: float) -> None:
    text = "log(a / `b c`) * sqrt(d.e) + exp(-a) - 2 * `b c` ** 2"
    values = {"a": a, "b c": b, "d.e": c}
    found = evaluate(text, values)
    assert found.value == pytest.approx(np.log(a / b) * np.sqrt(c) + np.exp(-a) - 2 * b**2)
    for j, name in enumerate(values):
        step = 1e-6 * values[name]
        up = evaluate(text, {**values, name: values[name] + step}).value
        down = evaluate(text, {**values, name: values[name] - step}).value
        assert found.gradient[j] == pytest.approx((up - down) / (2 * step), rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("text", ["a +", "f(a)", "a if a else a", "'x'", "b", "a.__class__", "`a"])
def test_only_arithmetic_of_known_names(text: str) -> None:
    with pytest.raises(OptionError, match="expression"):
        evaluate(text, {"a": 1.0})
