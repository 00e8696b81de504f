"""Apportionment: named methods on worked examples, and properties of all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attitudes.errors import OptionError
from attitudes.numerics.rounding import ROUNDINGS, Rounding, apportion, round_plain

WEIGHTS = st.lists(st.floats(0.01, 1e6), min_size=1, max_size=12)
EXACT = [m for m in ROUNDINGS if not m.startswith("half")]
#: Population and House of 1792, Balinski and Young (2001), table 2: fifteen states, 105 seats.
STATES_1790 = {
    "VA": 630560, "MA": 475327, "PA": 432879, "NC": 353523, "NY": 331589, "MD": 278514,
    "CT": 236841, "SC": 206236, "NJ": 179570, "NH": 141822, "VT": 85533, "GA": 70835,
    "KY": 68705, "RI": 68446, "DE": 55540,
}  # fmt: skip
#: The same book: Jefferson's apportionment became law, Hamilton's was vetoed.
JEFFERSON = [19, 14, 13, 10, 10, 8, 7, 6, 5, 4, 2, 2, 2, 2, 1]
HAMILTON = [18, 14, 13, 10, 10, 8, 7, 6, 5, 4, 2, 2, 2, 2, 2]


def test_house_of_1792() -> None:
    weights = list(STATES_1790.values())
    assert apportion(weights, 105, method="jefferson").tolist() == JEFFERSON
    assert apportion(weights, 105, method="hamilton").tolist() == HAMILTON


def test_methods_part_on_a_textbook_case() -> None:
    """Quotas 7.07, 1.47, 1.46: the divisor methods order themselves by their bias to the small."""
    weights = [7.07, 1.47, 1.46]
    assert apportion(weights, 10, method="jefferson").tolist() == [8, 1, 1]
    assert apportion(weights, 10, method="hamilton").tolist() == [7, 2, 1]
    assert apportion(weights, 10, method="webster").tolist() == [7, 2, 1]
    assert apportion(weights, 10, method="adams").tolist() == [6, 2, 2]


@settings(max_examples=60, deadline=None)
@given(WEIGHTS, st.integers(0, 400), st.sampled_from(EXACT))
def test_sums_and_order_are_kept(weights: list[float], total: int, method: Rounding) -> None:
    if method in ("adams", "huntington-hill") and total < len(weights):
        with pytest.raises(OptionError, match="one each"):
            apportion(weights, total, method=method)
        return
    found = apportion(weights, total, method=method)
    assert found.sum() == total
    assert (found >= 0).all()
    order = np.argsort(weights, kind="stable")
    if len(set(weights)) == len(weights):
        assert (np.diff(found[order]) >= 0).all()


@settings(max_examples=60, deadline=None)
@given(WEIGHTS, st.integers(1, 400))
def test_hamilton_stays_within_the_quota(weights: list[float], total: int) -> None:
    w = np.array(weights)
    quota = w * total / w.sum()
    found = apportion(w, total)
    assert (found >= np.floor(quota - 1e-6)).all()
    assert (found <= np.ceil(quota + 1e-6)).all()


@settings(max_examples=40, deadline=None)
@given(WEIGHTS, st.integers(0, 200), st.sampled_from(["webster", "jefferson"]))
def test_divisor_methods_are_house_monotone(
    weights: list[float], total: int, method: Rounding
) -> None:
    before = apportion(weights, total, method=method)
    assert (apportion(weights, total + 1, method=method) >= before).all()


@settings(max_examples=40, deadline=None)
@given(WEIGHTS, st.integers(0, 5), st.sampled_from(["hamilton", "webster", "jefferson"]))
def test_minima_hold(weights: list[float], least: int, method: Rounding) -> None:
    total = least * len(weights) + 7
    found = apportion(weights, total, method=method, minimum=least)
    assert found.sum() == total
    assert (found >= least).all()


def test_plain_rounding_may_miss_the_total() -> None:
    assert apportion([1, 1, 1], 10, method="half_even").sum() == 9
    assert round_plain([2.5, 3.5, -0.5], "half_up").tolist() == [3, 4, 0]


@pytest.mark.parametrize(
    ("weights", "total", "method", "message"),
    [
        ([1, -1], 3, "hamilton", "negative"),
        ([0, 0], 3, "hamilton", "all zero"),
        ([1, np.nan], 3, "webster", "finite"),
        ([1, 2], 3, "webstr", "did you mean 'webster'"),
        ([1, 2], -1, "hamilton", "at least"),
    ],
)
def test_refusals(weights: list[float], total: int, method: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        apportion(weights, total, method=method)  # type: ignore[arg-type]
