"""Certificates, minimal sets and removals against brute force."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attitudes.numerics.printed.certificates import LinearSystem, Row, combine, verify
from attitudes.numerics.printed.feasibility import (
    bounds,
    feasible,
    integer_point,
    minimal_removals,
    minimal_sets,
    shrink,
)

# One unit of the ends that HiGHS returns in double precision.
TOLERANCE = 1e-9


def _interval_rows(ends: list[tuple[int, int]]) -> tuple[Row, ...]:
    rows = []
    for member, (low, high) in enumerate(ends):
        rows.append(Row({0: Fraction(1)}, Fraction(high), False, member))
        rows.append(Row({0: Fraction(-1)}, Fraction(-low), False, member))
    return tuple(rows)


intervals = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 6)).map(lambda p: (p[0], p[0] + p[1])),
    min_size=1,
    max_size=5,
)


@settings(max_examples=25, deadline=None)
@given(intervals)
def test_intervals_meet_or_two_of_them_do_not(ends):
    system = LinearSystem(1, _interval_rows(ends))
    meets = max(low for low, _ in ends) <= min(high for _, high in ends)
    result = feasible(system)
    assert result.status == ("feasible" if meets else "impossible")
    pairs = {
        frozenset(p)
        for p in combinations(range(len(ends)), 2)
        if max(ends[i][0] for i in p) > min(ends[i][1] for i in p)
    }
    found = minimal_sets(
        range(len(ends)), lambda s: feasible(system.keep(s)).status == "impossible"
    )
    assert set(found.sets) == pairs
    for removal in found.removals:
        assert all(removal & pair for pair in pairs)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_certificates_prove_and_points_satisfy(seed):
    rng = np.random.default_rng(seed)
    rows = tuple(
        Row(
            {j: Fraction(int(a)) for j, a in enumerate(rng.integers(-4, 5, 4)) if a},
            Fraction(int(rng.integers(-6, 7)), int(rng.integers(1, 5))),
            bool(rng.integers(0, 2)),
            i,
        )
        for i in range(7)
    )
    result = feasible(LinearSystem(4, rows))
    assert result.status in ("feasible", "impossible")
    if result.certificate is not None:
        proof = result.certificate
        assert verify(proof.rows, proof.multipliers) is not None
        assert all(a >= 0 for a in combine(proof.rows, proof.multipliers).values())
        assert sum(y * r.rhs for r, y in zip(proof.rows, proof.multipliers, strict=True)) <= 0
    else:
        assert result.point is not None
        for row in rows:
            total = sum(float(a) * result.point[j] for j, a in row.coefficients.items())
            assert total <= float(row.rhs) + TOLERANCE


def test_an_open_end_decides():
    closed = Row({0: Fraction(1)}, Fraction(1, 3))
    least = Row({0: Fraction(-1)}, Fraction(-1, 3))
    assert feasible(LinearSystem(1, (closed, least))).status == "feasible"
    opened = Row({0: Fraction(1)}, Fraction(1, 3), strict=True)
    result = feasible(LinearSystem(1, (opened, least)))
    assert result.status == "impossible"
    assert result.certificate is not None
    assert result.certificate.gap == 0


def test_a_wrong_multiplier_is_no_proof():
    rows = _interval_rows([(0, 1), (3, 4)])
    assert verify(rows, [Fraction(1), Fraction(0), Fraction(0), Fraction(1)]) is not None
    assert verify(rows, [Fraction(1), Fraction(1), Fraction(0), Fraction(0)]) is None
    assert verify(rows, [Fraction(1), Fraction(0), Fraction(0), Fraction(-1)]) is None


@given(st.sets(st.frozensets(st.integers(0, 5), min_size=1, max_size=3), max_size=4))
def test_removals_meet_every_set_and_are_minimal(sets):
    found = minimal_removals(sets)
    for removal in found:
        assert all(removal & s for s in sets)
        assert all(any(not (removal - {m}) & s for s in sets) for m in removal)
    brute = {
        frozenset(c)
        for size in range(7)
        for c in combinations(range(6), size)
        if all(set(c) & s for s in sets)
    }
    minimal = {b for b in brute if not any(other < b for other in brute)}
    assert set(found) == minimal


def test_shrink_needs_every_member():
    def impossible(chosen: frozenset[int]) -> bool:
        return {1, 4} <= chosen or {0, 2, 3} <= chosen

    kept = shrink(range(5), impossible)
    assert impossible(kept)
    assert not any(impossible(kept - {m}) for m in kept)


def test_budget_of_the_enumeration():
    found = minimal_sets(range(8), lambda s: len(s) >= 4, seconds=0.0)
    assert not found.complete
    assert all(len(s) == 4 for s in found.sets)


def test_bounds_pin_a_group():
    # 40 % to 41 % of 10 people agree, at least 3 of the other 5: at most one is left open.
    rows = (
        Row({0: Fraction(1), 1: Fraction(1)}, Fraction(41, 10)),
        Row({0: Fraction(-1), 1: Fraction(-1)}, Fraction(-4)),
        Row({1: Fraction(-1)}, Fraction(-3)),
    )
    found = bounds(LinearSystem(2, rows), np.array([1.0, 0.0]))
    assert (found.low, found.high) == (0.0, pytest.approx(1.1, abs=TOLERANCE))


def test_integer_points_are_checked_exactly():
    rows = (
        Row({0: Fraction(3), 1: Fraction(2)}, Fraction(12)),
        Row({0: Fraction(-3), 1: Fraction(-2)}, Fraction(-12)),
        Row({0: Fraction(-1)}, Fraction(-1)),
        Row({1: Fraction(-1)}, Fraction(-1)),
    )
    found = integer_point(LinearSystem(2, rows))
    assert found.point is not None
    assert list(found.point) == [2, 3]
    odd = (Row({0: Fraction(2)}, Fraction(3)), Row({0: Fraction(-2)}, Fraction(-3)))
    assert feasible(LinearSystem(1, odd)).status == "feasible"
    assert integer_point(LinearSystem(1, odd)).status == "undecided"
