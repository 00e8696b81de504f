"""What questions leave to each other so that totals over several of them print."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attitudes.reconstruction.aims import plan_aims
from attitudes.reconstruction.printed import Printed, printed_of_columns, table_decimals
from attitudes.reconstruction.targets import (
    Target,
    mean_targets,
    part_of,
    remainders,
    unmet_targets,
)
from attitudes.study.figures import Figure
from attitudes.study.forms import RatioForm
from attitudes.study.models import Study

SCORES = {k: Fraction(k) for k in range(1, 6)}
SIZES = {"g": {"x": 100, "y": 20}}


def printed(column: str, group: str, text: str) -> Printed:
    form = RatioForm(column, (("g", (group,)),), SCORES, dict.fromkeys(SCORES, 1))
    value = Fraction(text)
    half = Fraction(1, 200)
    return Printed(Figure("t", column, group, "mean", text, "I"), form, value - half, value + half)


def target(text: str, parts: list[Printed], required: bool = True) -> Target:
    value = float(text)
    shares = {part_of(p.form): 1 / len(parts) for p in parts}
    return Target(
        Figure("t", "total", "x", "mean", text, "I"), value - 0.005, value + 0.005, shares, required
    )


@given(st.lists(st.integers(150, 450), min_size=2, max_size=6), st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_any_values_within_the_aims_print_the_total(cells: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    exact = [c / 100 + rng.uniform(-0.0049, 0.0049) for c in cells]
    own = [printed(f"q{i}", "x", f"{c / 100:.2f}") for i, c in enumerate(cells)]
    total = target(f"{np.mean(exact):.2f}", own)
    aims = plan_aims([total], {p.form.column: [p] for p in own}, {}, SIZES)
    assert len(aims) == len(own)
    for _ in range(5):
        values = {p: rng.uniform(a.lower, a.upper) for p, a in aims.items()}
        assert total.printed_by(values)
    for p in own:
        aim = aims[part_of(p.form)]
        assert float(p.lower) <= aim.lower < aim.upper <= float(p.upper)


def test_what_is_settled_narrows_what_is_left() -> None:
    own = [printed("q0", "x", "2.00"), printed("q1", "x", "3.00")]
    total = target("2.50", own)
    first, second = (part_of(p.form) for p in own)
    aims = plan_aims([total], {"q0": own[:1], "q1": own[1:]}, {first: 2.0049}, SIZES)
    assert set(aims) == {second}
    assert aims[second].upper <= 2 * 2.505 - 2.0049
    left = remainders([total], {first: 2.0049}, "q1")
    assert left[0].lower == pytest.approx(2.495 - 2.0049 / 2, abs=1e-5)
    assert left[0].shares == {second: 0.5}
    assert remainders([total], {}, "q1") == []


def test_small_groups_get_the_wider_intervals() -> None:
    own = [printed("q0", "x", "2.00"), printed("q0", "y", "3.01")]
    total = target("2.50", own)
    aims = plan_aims([total], {"q0": own}, {}, SIZES)
    large, small = (aims[part_of(p.form)] for p in own)
    assert small.upper - small.lower > large.upper - large.lower


def test_a_total_that_cannot_be_had_does_not_spoil_the_others() -> None:
    own = [printed("q0", "x", "2.00"), printed("q1", "x", "3.00")]
    wrong, right = target("4.50", own, required=False), target("2.50", own)
    aims = plan_aims([wrong, right], {"q0": own[:1], "q1": own[1:]}, {}, SIZES)
    middle = {p: (a.lower + a.upper) / 2 for p, a in aims.items()}
    assert unmet_targets([wrong, right], middle) == [wrong]


def test_totals_of_a_pack_are_means_of_its_cells(mini: Study) -> None:
    decimals = table_decimals(mini.figures())
    targets = mean_targets(mini, decimals, frozenset({"calm_by_area"}))
    by = {(t.figure.exhibit, t.figure.row, t.figure.column): t for t in targets}
    assert len(targets) == 9
    assert len(by["calm_by_area", "total", "total"].parts) == 9
    assert by["calm_by_area", "a", "total"].required
    assert not by["calm_by_shift", "total", "day"].required
    assert all(abs(sum(t.parts.values()) - 1) < 1e-9 for t in targets)
    assert sorted(printed_of_columns(mini, decimals)) == ["a", "b", "c"]
