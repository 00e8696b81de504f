"""Allocation: against closed forms, against a general optimiser, and at its bounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from attitudes.errors import OptionError
from attitudes.numerics.planning.allocation import (
    bounded_shares,
    precision_allocation,
    whole_allocation,
)
from attitudes.numerics.planning.sample_size import (
    cluster_deff,
    cost_ratios,
    margin_of,
    optimal_cluster,
    power_of_difference,
    size_for_difference,
    size_for_margin,
)

SHARES = st.lists(st.floats(0.1, 1000), min_size=2, max_size=10)


@settings(max_examples=60, deadline=None)
@given(SHARES, st.data())
def test_bounded_shares_are_the_projection(shares: list[float], data: st.DataObject) -> None:
    """n = clip(λ a, low, high): one λ fits all that are within their bounds."""
    a = np.array(shares)
    low = np.array(data.draw(st.lists(st.floats(0, 5), min_size=len(a), max_size=len(a))))
    high = low + np.array(data.draw(st.lists(st.floats(0.5, 60), min_size=len(a), max_size=len(a))))
    total = data.draw(st.floats(0.05, 0.95)) * (high - low).sum() + low.sum()
    n = bounded_shares(a, total, minimum=low, maximum=high)
    assert n.sum() == pytest.approx(total, rel=1e-9)
    assert (n >= low - 1e-9).all()
    assert (n <= high + 1e-9).all()
    inner = (n > low + 1e-6) & (n < high - 1e-6)
    slope = n / a
    if inner.any():
        np.testing.assert_allclose(slope[inner], slope[inner].mean(), rtol=1e-6)
        assert slope[n >= high - 1e-6].max(initial=0) <= slope[inner].mean() * (1 + 1e-6)
        assert slope[n <= low + 1e-6].min(initial=np.inf) >= slope[inner].mean() * (1 - 1e-6)


def test_whole_allocation_keeps_sum_and_bounds() -> None:
    found = whole_allocation([4.6, 4.7, 90.7], maximum=[4, 100, 91], minimum=2)
    assert found.sum() == 100
    assert found.tolist() == [4, 5, 91]


def test_one_constraint_is_neyman_with_costs() -> None:
    sizes, sd, cost = np.array([4000, 6000, 10000.0]), np.array([4.0, 9, 2]), np.array([1.0, 4, 2])
    found = precision_allocation(sizes, sd[:, None], [0.05], costs=cost, minimum=1)
    weight = sizes / sizes.sum()
    root = np.sqrt((weight * sd) ** 2 * cost).sum()
    wanted = weight * sd / np.sqrt(cost) * root / (0.05 + (weight**2 * sd**2 / sizes).sum())
    np.testing.assert_allclose(found.n, wanted, rtol=1e-9)
    assert found.variances[0] == pytest.approx(0.05, rel=1e-9)
    assert found.gap < 1e-9


def test_several_constraints_match_a_general_optimiser() -> None:
    rng = np.random.default_rng(8)
    sizes = rng.integers(2000, 30000, 6).astype(float)
    sds = rng.uniform(0.5, 5, (6, 3))
    cost = rng.uniform(1, 6, 6)
    weight = sizes / sizes.sum()
    bounds = np.array([0.01, 0.02, 0.008])
    found = precision_allocation(sizes, sds, bounds, costs=cost, minimum=2)
    spread = (weight[:, None] * sds) ** 2
    fixed = (spread / sizes[:, None]).sum(axis=0)
    scale = 1 / found.n.mean()  # x = scale · n⁻¹ is near 1: the optimiser needs that
    slsqp = optimize.minimize(
        lambda x: cost @ (1 / x) / cost.sum(),
        np.full(6, 0.5),
        jac=lambda x: -cost / x**2 / cost.sum(),
        constraints={
            "type": "ineq",
            "fun": lambda x: 1 - scale * x @ spread / (bounds + fixed),
            "jac": lambda x: -scale * (spread / (bounds + fixed)).T,
        },
        bounds=[(1 / (s * scale), 0.5 / scale) for s in sizes],
        method="SLSQP",
        options={"ftol": 1e-12, "maxiter": 1000},
    )
    assert slsqp.success
    assert found.cost == pytest.approx(slsqp.fun * cost.sum() / scale, rel=1e-6)
    assert (found.variances <= bounds * (1 + 1e-9)).all()
    slack = found.variances < bounds * (1 - 1e-6)
    assert (found.multipliers[slack] <= 1e-6 * found.multipliers.max()).all()


def test_take_all_strata_and_unreachable_precision() -> None:
    found = precision_allocation([30, 5000], [[50.0], [1.0]], [0.002], minimum=2)
    assert found.n[0] == 30
    assert found.variances[0] == pytest.approx(0.002, rel=1e-9)
    with pytest.raises(OptionError, match="constraint 1"):
        precision_allocation([300, 5000], [[50.0], [1.0]], [1e-4], maximum=[10, 10])


def test_margins_and_sizes_are_inverse() -> None:
    n = size_for_margin(0.5, 0.03, deff=1.7, population=9000)
    assert margin_of(n, 0.5, deff=1.7, population=9000) == pytest.approx(0.03, rel=1e-12)
    assert n < 9000


def test_cochran_examples() -> None:
    """Cochran (1977), 4.4: p = 0.5, d = 0.05, t = 2 (here z), N = 3200: n₀ = 384, n = 343."""
    assert size_for_margin(0.5, 0.05) == pytest.approx(384.15, abs=0.01)
    assert size_for_margin(0.5, 0.05, population=3200) == pytest.approx(342.98, abs=0.01)


def test_difference_and_power_are_inverse() -> None:
    n = size_for_difference(0.3, (1.0, 1.2), power=0.9, ratio=2.0, deff=1.5)
    power = power_of_difference(0.3, (1.0, 1.2), (n, 2 * n), deff=1.5)
    assert power == pytest.approx(0.9, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.5, 300), st.floats(0.002, 0.6))
def test_optimal_cluster_is_the_best_whole_number(cost_ratio: float, icc: float) -> None:
    found = optimal_cluster(cost_ratio, icc)
    burden = [(cost_ratio / b + 1) * cluster_deff(b, icc) for b in range(1, 3 * found.whole + 10)]
    assert burden[found.whole - 1] <= min(burden) * (1 + 1e-12)
    low, _, high = cost_ratios(found.whole, np.array([icc]))[0]
    assert low * (1 - 1e-9) <= cost_ratio <= high * (1 + 1e-9)


def test_ends_of_the_curve_are_ties() -> None:
    low, exact, high = cost_ratios(18, np.array([0.05]))[0]
    assert optimal_cluster(exact, 0.05).exact == pytest.approx(18)
    for ratio, other in ((low, 17), (high, 19)):
        here = (ratio / 18 + 1) * cluster_deff(18, 0.05)
        assert (ratio / other + 1) * cluster_deff(other, 0.05) == pytest.approx(here, rel=1e-12)
