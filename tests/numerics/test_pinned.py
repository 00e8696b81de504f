"""Bounds of ratios under linear conditions, and what to leave out where conditions contradict."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from attitudes.errors import EstimationError
from attitudes.numerics.printed.pinned import LinearConditions, consistent_rows, ratio_bounds


def conditions(
    upper: list[list[float]],
    limit: list[float],
    owner: list[int],
    equal: list[list[float]],
    value: list[float],
) -> LinearConditions:
    return LinearConditions(
        sparse.csr_matrix(np.array(upper, dtype=float)),
        np.array(limit, dtype=float),
        sparse.csr_matrix(np.array(equal, dtype=float)),
        np.array(value, dtype=float),
        np.array(owner),
    )


def test_a_ratio_has_the_bounds_that_can_be_worked_out_by_hand() -> None:
    # x + y + z = 1 and x ≤ 0.2: z / (y + z) from 0 to 1, x / (x + y + z) from 0 to 0.2.
    system = conditions([[1, 0, 0]], [0.2], [-1], [[1, 1, 1]], [1.0])
    found = ratio_bounds(system, np.array([0, 0, 1.0]), np.array([0, 1.0, 1.0]))
    assert (found.low, found.high) == pytest.approx((0.0, 1.0))
    found = ratio_bounds(system, np.array([1.0, 0, 0]), np.ones(3))
    assert (found.low, found.high) == pytest.approx((0.0, 0.2))


def test_of_contradicting_figures_the_one_worth_least_goes() -> None:
    # x = 1 always; figure 0 says x ≤ 0.5, figures 1 and 2 say x ≥ 0.9 and x ≤ 2.
    upper = [[1.0], [-1.0], [1.0]]
    system = conditions(upper, [0.5, -0.9, 2.0], [0, 1, 2], [[1.0]], [1.0])
    assert consistent_rows(system, np.array([1.0, 1.0, 1.0])) == {0}
    free = conditions(upper, [0.5, -0.9, 2.0], [0, 1, 2], [[0.0]], [0.0])
    assert consistent_rows(free, np.array([4.0, 1.0, 1.0])) == {1}
    assert consistent_rows(free, np.array([1.0, 4.0, 1.0])) == {0}
    kept = free.without({0})
    assert kept.owner.tolist() == [1, 2]


def test_what_always_holds_and_contradicts_itself_is_an_error() -> None:
    system = conditions([[1.0]], [0.5], [-1], [[1.0]], [1.0])
    with pytest.raises(EstimationError, match="a contradiction"):
        consistent_rows(system, np.zeros(0))
    with pytest.raises(EstimationError, match="an empty base"):
        ratio_bounds(system, np.ones(1), np.ones(1))
