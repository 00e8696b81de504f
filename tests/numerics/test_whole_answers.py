"""GRIM, GRIMMER, DEBIT and base recovery against brute force and two published programs."""

from __future__ import annotations

import csv
from fractions import Fraction
from itertools import combinations_with_replacement
from math import sqrt
from pathlib import Path

import pytest

from attitudes.errors import OptionError
from attitudes.numerics.printed.exact import printed_interval, read_printed, round_exact
from attitudes.numerics.printed.grim import (
    debit,
    grim,
    grimmer,
    nearest_base,
    smallest_base,
    workable_bases,
)

GRID = Path(__file__).parents[1] / "oracle" / "grim_grid.csv"


def _grid() -> list[dict[str, str]]:
    with GRID.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _exact(mean: str, n: int, rules: tuple[str, ...]) -> bool:
    """Round every possible mean, exactly."""
    decimals = len(mean.partition(".")[2])
    target = Fraction(mean)
    around = round(target * n)
    return any(
        round_exact(Fraction(k, n), decimals, rule) == target
        for k in range(max(0, around - 2), around + 3)
        for rule in rules
    )


def test_the_grid_is_decided_as_exact_integers_say():
    for row in _grid():
        n = int(row["n"])
        for rules in (("half_up",), ("half_even",), ("truncate",)):
            found = grim(row["mean"], n, rounding=rules[0])
            assert found.consistent == _exact(row["mean"], n, rules), (row, rules)
        either = ("half_up", "half_even", "truncate")
        assert grim(row["mean"], n).consistent == _exact(row["mean"], n, either), row


def _halves(row: dict[str, str]) -> bool:
    """Whether a total stands exactly half-way between two printed values."""
    n, mean = int(row["n"]), Fraction(row["mean"])
    half = Fraction(1, 2 * 10 ** len(row["mean"].partition(".")[2]))
    return any((end * n).denominator == 1 for end in (mean - half, mean + half))


@pytest.mark.parametrize("rule", ["half_up", "half_even", "truncate"])
def test_grim_on_pypi(rule):
    apart = [
        row
        for row in _grid()
        if (row[rule] == "True") != grim(row["mean"], int(row["n"]), rounding=rule).consistent
    ]
    # It tries the two whole totals nearest to mean × n: where it differs, exact integers say ours.
    for row in apart:
        ours = grim(row["mean"], int(row["n"]), rounding=rule).consistent
        assert ours == _exact(row["mean"], int(row["n"]), (rule,)), row
    assert len(apart) <= len(_grid()) // 50


def test_pysprite_agrees_but_at_half_way_totals():
    # pysprite rounds binary floats half-even; only totals exactly half-way can come out otherwise.
    for row in _grid():
        ours = grim(row["mean"], int(row["n"]), rounding="half_even").consistent
        if (row["pysprite"] == "True") != ours:
            assert _halves(row), row
            assert ours == _exact(row["mean"], int(row["n"]), ("half_even",))


def test_a_percentage_of_45():
    found = grim("59.3", 45, percent=True)
    assert (found.consistent, found.nearest) == (False, 54)
    assert grim("60", 45, percent=True).totals == (27,)


@pytest.mark.parametrize("n", [3, 4, 5])
def test_grimmer_never_refuses_real_answers(n):
    refused = 0
    for answers in combinations_with_replacement(range(1, 6), n):
        mean = Fraction(sum(answers), n)
        squares = sum((a - mean) ** 2 for a in answers) / (n - 1)
        printed = (f"{float(mean):.2f}", f"{sqrt(squares):.2f}")
        assert grimmer(*printed, n, low=1, high=5)
        moved = f"{float(printed[1]) + 0.07:.2f}"
        refused += not grimmer(printed[0], moved, n, low=1, high=5)
    assert refused > 0


def test_debit_against_all_counts():
    for n in (7, 20):
        for k in range(n + 1):
            share, sd = k / n, sqrt(k * (n - k) / (n * (n - 1)))
            assert debit(f"{share:.2f}", f"{sd:.2f}", n)
    assert not debit("0.50", "0.30", 20)


def test_bases_by_brute_force():
    shares = ("55.8", "26.9")
    intervals = [
        printed_interval(read_printed(s), "half_up").times(Fraction(1, 100)) for s in shares
    ]
    brute = tuple(
        n
        for n in range(1, 121)
        if all(
            any(
                round_exact(Fraction(100 * k, n), 1, "half_up") == Fraction(s) for k in range(n + 1)
            )
            for s in shares
        )
    )
    assert workable_bases(intervals, largest=120) == brute
    assert nearest_base(intervals, 48, low=Fraction(0), high=Fraction(1)) == 52


def test_exhaustive_shares_must_fill_the_base():
    thirds = [printed_interval(read_printed("33"), "half_up").times(Fraction(1, 100))] * 2
    assert 3 in workable_bases(thirds, largest=3)
    assert workable_bases(thirds, largest=3, exhaustive=True) == ()


def test_from_which_base_everything_can_be_printed():
    n = smallest_base(1, percent=True)
    assert all(grim(f"{p / 10}", n, percent=True).consistent for p in range(0, 1001, 7))


def test_bad_calls():
    with pytest.raises(OptionError, match="n = 0"):
        grim("2.50", 0)
    with pytest.raises(OptionError, match="more than 1"):
        grimmer("2.50", "1.00", 1, low=1, high=5)
