"""Quantiles and their intervals against R's survey 4.5, every rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import attitudes as at

TOLERANCE = 1e-9  # quantiles are observed values or averages of two
DESIGNS = ["apisrs_fpc", "apistrat_wr", "apiclus1_fpc", "apiclus2_2stage"]
RULES = ["math", "school", *[f"hf{i}" for i in range(1, 10)]]
Get = Callable[[str], at.Survey]


def compare(table: at.EstimateTable, expected: dict[str, Any]) -> None:
    names = {"estimate": "quantile", "ci_low": "lower", "ci_high": "upper", "se": "se"}
    for ours, theirs in names.items():
        wanted = np.array([np.nan if v is None else v for v in expected[theirs]], dtype=float)
        np.testing.assert_allclose(table.numbers[ours], wanted, rtol=TOLERANCE)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("design", DESIGNS)
def test_rules(design: str, rule: Any, cases: dict[str, Any], oracle_survey: Get) -> None:
    expected = cases[f"{design}/quantile_{rule}"]["result"]
    compare(at.quantile(oracle_survey(design), "api00", expected["p"], qrule=rule), expected)


@pytest.mark.parametrize("method", ["beta", "xlogit", "score"])
@pytest.mark.parametrize("design", DESIGNS)
def test_intervals(design: str, method: Any, cases: dict[str, Any], oracle_survey: Get) -> None:
    expected = cases[f"{design}/quantile_int_{method}"]["result"]
    table = at.quantile(oracle_survey(design), "api00", expected["p"], ci_method=method)
    compare(table, expected)
