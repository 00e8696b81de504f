"""Whole-number bases and sums whose quotients print, together with their totals."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from attitudes.numerics.printed.base_sums import QuotientBounds, attainable_sums, choose_base_sums

HALF = 0.005


@given(st.integers(1, 80), st.integers(100, 500))
@settings(max_examples=100, deadline=None)
def test_attainable_sums_are_those_that_print_halves_up(base: int, hundredths: int) -> None:
    value = hundredths / 100
    found = attainable_sums(base, value - HALF, value + HALF, 1, 5).tolist()
    # In whole numbers: 200·sum between (2·hundredths − 1)·base and (2·hundredths + 1)·base.
    exact = [
        total
        for total in range(base, 5 * base + 1)
        if (2 * hundredths - 1) * base <= 200 * total < (2 * hundredths + 1) * base
    ]
    assert found == exact


def test_the_lower_half_prints_and_the_upper_does_not() -> None:
    assert attainable_sums(40, 2.975, 2.985, 1, 5).tolist() == [119]
    assert attainable_sums(40, 3.015, 3.025, 1, 5).tolist() == []
    assert attainable_sums(41, 3.015, 3.025, 1, 5).tolist() == [124]


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_pairs_print_their_quotients_and_the_totals(seed: int) -> None:
    rng = np.random.default_rng(seed)
    bases = rng.integers(30, 60, 5)
    sums = np.array([rng.integers(2 * b, 4 * b) for b in bases])
    values = np.round(sums / bases, 2)
    total = round(float((sums / bases).mean()), 2)
    quotients = [
        QuotientBounds(v - HALF, v + HALF, 1, 5, int(b) + 5, int(b))
        for v, b in zip(values, bases, strict=True)
    ]
    shares = np.full((1, 5), 0.2)
    found = choose_base_sums(
        quotients, shares, np.array([total - HALF + 1e-6]), np.array([total + HALF - 1e-6])
    )
    assert found is not None
    means = found.sums / found.bases
    assert (np.abs(means - values) <= HALF + 1e-9).all()
    assert abs(means.mean() - total) <= HALF
    assert (found.bases <= bases + 5).all()


def test_without_a_pair_or_without_a_total_there_is_nothing() -> None:
    narrow = QuotientBounds(2.975, 2.985, 1, 5, 39, 39)
    none = np.zeros((0, 1)), np.zeros(0), np.zeros(0)
    assert choose_base_sums([narrow], *none) is None
    wide = QuotientBounds(2.0, 2.1, 1, 5, 39, 39)
    assert choose_base_sums([wide], np.ones((1, 1)), np.array([3.0]), np.array([3.1])) is None
    free = choose_base_sums([wide], *none)
    assert free is not None
    assert free.bases.tolist() == [39]
