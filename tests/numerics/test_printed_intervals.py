"""Half-way boundaries under each rounding rule, decided exactly."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attitudes.errors import FigureError
from attitudes.numerics.printed.exact import (
    Interval,
    hull,
    integers_in,
    printed_interval,
    read_printed,
    round_exact,
)

RULES = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "truncate": ROUND_DOWN}


@pytest.mark.parametrize(
    ("text", "rounding", "value", "inside"),
    [
        ("2.40", "half_up", "2.395", True),
        ("2.40", "half_up", "2.405", False),
        ("2.40", "half_even", "2.395", True),
        ("2.40", "half_even", "2.405", True),
        ("2.41", "half_even", "2.405", False),
        ("2.41", "half_even", "2.415", False),
        ("2.40", "truncate", "2.40", True),
        ("2.40", "truncate", "2.41", False),
        ("2.40", "truncate", "2.3999999999", False),
        ("2.4", "unknown", "2.4999", True),
        ("2.4", "unknown", "2.5", False),
        ("-1.5", "half_up", "-1.55", False),
        ("-1.5", "half_up", "-1.45", True),
        ("0.0", "truncate", "-0.09", True),
        ("0.0", "half_up", "0.05", False),
    ],
)
def test_boundaries(text, rounding, value, inside):
    assert printed_interval(read_printed(text), rounding).contains(Fraction(value)) is inside


@given(
    value=st.decimals(-50, 50, places=4),
    places=st.integers(0, 3),
    rule=st.sampled_from(sorted(RULES)),
)
def test_a_value_lies_in_the_interval_of_what_it_prints_as(value, places, rule):
    printed = value.quantize(Decimal(1).scaleb(-places), rounding=RULES[rule])
    exact = Fraction(value)
    assert round_exact(exact, places, rule) == Fraction(printed)
    for read_as in (rule, "unknown"):
        assert printed_interval(read_printed(f"{printed:f}"), read_as).contains(exact)


@given(value=st.decimals(0, 5, places=4), rule=st.sampled_from(sorted(RULES)))
def test_the_intervals_of_two_printed_values_are_disjoint(value, rule):
    low = value.quantize(Decimal("0.01"), rounding=RULES[rule])
    ends = [printed_interval(read_printed(f"{p:f}"), rule) for p in (low, low + Decimal("0.01"))]
    assert not ends[0].meets(ends[1])
    joined = hull(*ends)
    assert joined.contains(ends[0].high)
    assert joined.contains(ends[1].low)


@pytest.mark.parametrize(
    ("text", "whole", "value", "decimals"),
    [
        ("1,001", True, 1001, 0),
        ("1,001", False, Fraction(1001, 1000), 3),
        ("3,944,375", False, 3944375, 0),
        ("2,4", True, Fraction(12, 5), 1),
        ("54.4%", False, Fraction(272, 5), 1),
        ("30,0%", False, 30, 1),
        ("\u22121.5", False, Fraction(-3, 2), 1),
        ("12 345", True, 12345, 0),
    ],
)
def test_reading(text, whole, value, decimals):
    printed = read_printed(text, whole=whole)
    assert (printed.value, printed.decimals) == (value, decimals)


def test_no_number():
    with pytest.raises(FigureError, match="about half"):
        read_printed("about half")


def test_integers_of_open_and_closed_ends():
    assert list(integers_in(Interval(Fraction(2), Fraction(4), False, True))) == [3, 4]
    assert list(integers_in(Interval(Fraction(2), Fraction(3), False, False))) == []
