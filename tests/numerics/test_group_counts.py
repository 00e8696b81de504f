"""Counts of answers by group that meet printed figures of several breakdowns together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attitudes.errors import EstimationError
from attitudes.numerics.printed.group_counts import (
    CrossedCells,
    RatioBound,
    SumBound,
    solve_group_counts,
)

SUBSTANTIVE = np.array([True] * 5 + [False])
VALUES = np.array([1, 2, 3, 4, 5, 0.0])
ANSWERED = np.array([1, 1, 1, 1, 1, 0.0])


def respondents(seed: int, n: int = 240):
    rng = np.random.default_rng(seed)
    first, second = rng.integers(0, 3, n), rng.integers(0, 2, n)
    answer = np.clip(rng.integers(0, 6, n) + first // 2, 0, 5)
    tables = []
    for groups, count in ((first, 3), (second, 2)):
        table = np.zeros((count, 6), dtype=np.int64)
        np.add.at(table, (groups, answer), 1)
        tables.append(table)
    return tables


def mean_bounds(tables, required=(True, False), digits=2):
    bounds = []
    for b, table in enumerate(tables):
        means = (table @ VALUES) / (table @ ANSWERED)
        for g, mean in enumerate(means):
            half = 0.5 * 10**-digits
            bounds.append(
                RatioBound(
                    b,
                    (g,),
                    VALUES,
                    ANSWERED,
                    round(mean, digits) - half,
                    round(mean, digits) + half,
                    required[b],
                )
            )
    return bounds


@given(st.integers(0, 10_000))
@settings(max_examples=12, deadline=None)
def test_figures_that_respondents_printed_are_all_reached(seed):
    tables = respondents(seed)
    sizes = [t.sum(axis=1) for t in tables]
    reference = [np.outer(s, [0.15, 0.2, 0.25, 0.2, 0.15, 0.05]) for s in sizes]
    bounds = mean_bounds(tables)
    found = solve_group_counts(sizes, bounds, reference, SUBSTANTIVE)
    assert found.reached.all()
    assert found.unreached_bound == 0
    for size, counts in zip(sizes, found.counts, strict=True):
        np.testing.assert_array_equal(counts.sum(axis=1), size)
        assert (counts >= 0).all()
    np.testing.assert_array_equal(found.counts[0].sum(axis=0), found.counts[1].sum(axis=0))
    for bound in bounds:
        row = found.counts[bound.breakdown][bound.groups[0]]
        assert bound.lower - 1e-9 <= (row @ VALUES) / (row @ ANSWERED) <= bound.upper + 1e-9


def test_one_impossible_figure_is_missed_and_proven():
    sizes = [np.array([50, 50]), np.array([60, 40])]
    full = np.array([1, 1, 1, 1, 1, 1.0])
    means = [(0, 0, 2.0), (0, 1, 2.0), (1, 0, 4.5)]
    bounds = [RatioBound(b, (g,), VALUES, full, m - 0.005, m + 0.005, b == 0) for b, g, m in means]
    reference = [np.outer(s, np.full(6, 1 / 6)) for s in sizes]
    found = solve_group_counts(sizes, bounds, reference, SUBSTANTIVE)
    assert found.reached.tolist() == [True, True, False]
    assert found.unreached_bound == 1


def test_required_figures_that_contradict_are_refused():
    sizes = [np.array([10]), np.array([10])]
    bounds = [
        RatioBound(b, (0,), VALUES, ANSWERED, m, m + 0.1, True) for b, m in ((0, 2.0), (1, 4.0))
    ]
    with pytest.raises(EstimationError, match="no respondents can print together"):
        solve_group_counts(sizes, bounds, [np.full((1, 6), 10 / 6)] * 2, SUBSTANTIVE)


def test_aims_narrow_the_counts_and_give_way_to_figures():
    sizes = [np.array([100, 100])]
    reference = [np.outer(sizes[0], np.full(6, 1 / 6))]
    low = RatioBound(0, (0,), VALUES, ANSWERED, 2.0, 4.0, True)
    aim = RatioBound(0, (0,), VALUES, ANSWERED, 3.6, 3.65, False, 0.25)
    far = RatioBound(0, (0,), VALUES, ANSWERED, 4.6, 4.65, False, 0.25)
    for aims, hits in (([aim], True), ([far], False)):
        found = solve_group_counts(sizes, [low], reference, SUBSTANTIVE, aims=aims)
        row = found.counts[0][0]
        mean = (row @ VALUES) / (row @ ANSWERED)
        assert found.reached.all()
        assert (3.6 <= mean <= 3.65) == hits


def test_sums_that_must_be_held_are_held_exactly():
    sizes = [np.array([60, 40]), np.array([50, 50])]
    reference = [np.outer(s, np.full(6, 1 / 6)) for s in sizes]
    rows = np.zeros((2, 6))
    rows[0] = ANSWERED
    tops = np.zeros((2, 6))
    tops[0] = VALUES
    held = [SumBound(0, rows, 57.0, 57.0, True), SumBound(0, tops, 171.0, 171.0, True)]
    found = solve_group_counts(sizes, [], reference, SUBSTANTIVE, conditions=held)
    assert found.counts[0][0] @ ANSWERED == 57
    assert found.counts[0][0] @ VALUES == 171


def test_counts_fit_the_cells_in_which_breakdowns_cross():
    # Everybody of the first group is in the second breakdown's first group and nowhere else.
    sizes = [np.array([50, 50]), np.array([50, 50])]
    cells = CrossedCells(np.array([50, 50]), (np.array([0, 1]), np.array([0, 1])))
    bounds = [
        RatioBound(0, (0,), VALUES, ANSWERED, 1.995, 2.005, True),
        RatioBound(1, (0,), VALUES, ANSWERED, 3.995, 4.005, False),
    ]
    reference = [np.outer(s, np.full(6, 1 / 6)) for s in sizes]
    apart = solve_group_counts(sizes, bounds, reference, SUBSTANTIVE)
    assert apart.reached.tolist() == [True, True]
    crossed = solve_group_counts(sizes, bounds, reference, SUBSTANTIVE, cells=cells)
    assert crossed.reached.tolist() == [True, False]
    np.testing.assert_array_equal(crossed.counts[0], crossed.counts[1])
    assert crossed.unreached_bound == 0
