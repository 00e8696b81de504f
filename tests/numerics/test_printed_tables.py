"""Whole-number sums that print a table of means together with its totals."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attitudes.errors import EstimationError
from attitudes.numerics.printed.decimals import print_fraction
from attitudes.numerics.printed.printed_tables import TableBounds, attainable_sums, choose_sums

HALF = 0.005


def bounds_of(cells, rows, columns, grand):
    shape = cells.shape
    return TableBounds(
        cells - HALF,
        cells + HALF,
        rows - HALF,
        rows + HALF,
        columns - HALF,
        columns + HALF,
        grand - HALF,
        grand + HALF,
        np.full(shape, 1.0),
        np.full(shape, 5.0),
    )


def printed(value: Fraction) -> float:
    return float(print_fraction(value, 2))


@given(st.integers(0, 10_000))
@settings(max_examples=10, deadline=None)
def test_a_table_that_was_printed_can_be_printed_again(seed):
    rng = np.random.default_rng(seed)
    sizes = 2 * rng.integers(20, 80, size=4) + 1  # an odd base has no exact halves
    sums = np.array([[rng.integers(1, 6, size=n).sum() for n in sizes] for _ in range(3)])
    exact = [[Fraction(int(s), int(n)) for s, n in zip(row, sizes, strict=True)] for row in sums]
    cells = np.array([[printed(v) for v in row] for row in exact])
    rows = np.array([printed(sum(row) / 4) for row in exact])
    columns = np.array([printed(sum(row[g] for row in exact) / 3) for g in range(4)])
    grand = printed(sum(sum(row) for row in exact) / 12)
    found = choose_sums(bounds_of(cells, rows, columns, grand), np.tile(sizes, (3, 1)), sizes, rng)
    again = [
        [Fraction(int(s), int(n)) for s, n in zip(*pair, strict=True)]
        for pair in zip(found.sums, found.bases, strict=True)
    ]
    assert [[printed(v) for v in row] for row in again] == cells.tolist()
    assert [printed(sum(row) / 4) for row in again] == rows.tolist()
    assert [printed(sum(row[g] for row in again) / 3) for g in range(4)] == columns.tolist()
    assert printed(sum(sum(row) for row in again) / 12) == grand
    assert (found.bases <= sizes).all()


def test_no_base_up_to_39_prints_2_98_or_3_02():
    for mean in (2.98, 3.02):
        assert not any(
            attainable_sums(n, mean - HALF, mean + HALF, 1, 5).size for n in range(1, 40)
        )
        assert attainable_sums(41, mean - HALF, mean + HALF, 1, 5).size == 1


def test_a_cell_no_base_can_print_is_named():
    cells = np.array([[2.98, 3.0], [3.0, 3.0]])
    bounds = bounds_of(cells, np.full(2, 3.0), np.full(2, 3.0), 3.0)
    with pytest.raises(EstimationError, match="row 1, column 1"):
        choose_sums(bounds, np.full((2, 2), 39), np.array([39, 39]), np.random.default_rng(1))
