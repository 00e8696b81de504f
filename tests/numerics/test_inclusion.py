"""Inclusion probabilities and joint ones: sums, certainties, invariances."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attitudes.errors import DesignError, OptionError
from attitudes.numerics.selection.choose import METHODS, SelectionMethod, select
from attitudes.numerics.selection.inclusion import expected_selections, inclusion_probabilities
from attitudes.numerics.selection.joint_probabilities import EXACT_JOINT, exact_joint, zero_pairs
from attitudes.numerics.selection.poisson import conditional_inclusion, working_probabilities

FIXED = [m for m in EXACT_JOINT if m != "pps_replacement"]
SIZES = st.lists(st.floats(0.5, 5000.0), min_size=3, max_size=25)


@settings(max_examples=80, deadline=None)
@given(SIZES, st.data())
def test_probabilities_sum_to_n_exactly(sizes: list[float], data: st.DataObject) -> None:
    n = data.draw(st.integers(1, len(sizes)))
    p = inclusion_probabilities(sizes, n)
    assert math.fsum(p) == n
    assert (p > 0).all()
    assert (p <= 1).all()
    x = np.array(sizes)
    free = p < 1
    if free.any():
        np.testing.assert_allclose(p[free] / x[free], (p[free] / x[free]).mean(), rtol=1e-9)
        assert x[~free].min(initial=np.inf) >= x[free].max() * (1 - 1e-9)


@settings(max_examples=30, deadline=None)
@given(SIZES, st.floats(0.01, 1000))
def test_scale_and_order_do_not_matter(sizes: list[float], factor: float) -> None:
    n = max(len(sizes) // 2, 1)
    p = inclusion_probabilities(sizes, n)
    np.testing.assert_allclose(inclusion_probabilities(np.array(sizes) * factor, n), p, atol=1e-12)
    np.testing.assert_allclose(inclusion_probabilities(sizes[::-1], n), p[::-1], atol=1e-12)


def test_certainty_is_found_iteratively() -> None:
    """Only the first exceeds 1 at once; when it is taken out the second does, then the third."""
    p = inclusion_probabilities([100.0, 30.0, 9.0, 1, 1, 1, 1, 1], 4)
    assert p[:3].tolist() == [1, 1, 1]
    np.testing.assert_allclose(p[3:], 0.2)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.5, 20.0), min_size=5, max_size=10), st.sampled_from(FIXED))
def test_joint_rows_sum_to_n_times_first_order(sizes: list[float], method: str) -> None:
    n = 3
    p = inclusion_probabilities(np.ones(len(sizes)) if method == "srs" else sizes, n)
    joint = exact_joint(p, method)
    np.testing.assert_allclose(joint, joint.T, atol=1e-12)
    np.testing.assert_allclose(np.diag(joint), p, atol=1e-12)
    assert (joint >= -1e-12).all()
    if method == "poisson":
        np.testing.assert_allclose(
            joint - np.diag(p), np.outer(p, p) * (1 - np.eye(len(p))), atol=1e-12
        )
    else:
        np.testing.assert_allclose(joint.sum(axis=1), n * p, atol=1e-9)


def test_sampford_of_two_is_known_in_closed_form() -> None:
    """For n = 2 Sampford, Brewer and Durbin agree: Brewer and Hanif (1983), procedure 8."""
    p = inclusion_probabilities([3.0, 5, 4, 6, 7], 2)
    k = p / (1 - p)
    wanted = np.outer(p, p) * (1 / (1 - p)[:, None] + 1 / (1 - p)[None, :]) / (2 + k.sum())
    found = exact_joint(p, "sampford")
    off = ~np.eye(5, dtype=bool)
    np.testing.assert_allclose(found[off], wanted[off], rtol=1e-12)


def test_conditional_poisson_by_enumeration() -> None:
    from itertools import combinations

    p = np.array([0.1, 0.5, 0.7, 0.4, 0.3])
    odds, first, mass = p / (1 - p), np.zeros(5), 0.0
    for chosen in combinations(range(5), 2):
        chance = float(np.prod(odds[list(chosen)]))
        mass += chance
        first[list(chosen)] += chance
    np.testing.assert_allclose(conditional_inclusion(p, 2), first / mass, rtol=1e-13)


def test_working_probabilities_give_their_target() -> None:
    rng = np.random.default_rng(1)
    p = inclusion_probabilities(rng.lognormal(0, 0.5, 300), 60)
    open_units = p < 1
    n = round(p[open_units].sum())
    working = working_probabilities(p[open_units], n)
    np.testing.assert_allclose(conditional_inclusion(working, n), p[open_units], atol=1e-12)


def test_systematic_leaves_pairs_that_cannot_be_drawn() -> None:
    p = inclusion_probabilities([5.0, 1, 1, 1, 4, 4], 2)
    assert zero_pairs(exact_joint(p, "pps_systematic")) > 0
    assert zero_pairs(exact_joint(p, "max_entropy")) == 0


def test_brewer_by_enumeration_is_sampford_of_two_and_refuses_large_populations() -> None:
    p = inclusion_probabilities([3.0, 1, 4, 1, 5, 9, 2], 2)
    np.testing.assert_allclose(exact_joint(p, "brewer"), exact_joint(p, "sampford"), atol=1e-12)
    census = exact_joint(inclusion_probabilities([3.0, 1, 4], 3), "brewer")
    np.testing.assert_array_equal(census, np.ones((3, 3)))
    with pytest.raises(OptionError, match="small enough to enumerate"):
        exact_joint(np.full(40, 0.5), "brewer")


def test_with_replacement_by_the_binomial() -> None:
    """Four draws with p = ½, ¼, ¼: 1 − p̄⁴ for one, 1 − 2·¾⁴ + ½⁴ for the last two together."""
    joint = exact_joint(np.array([2.0, 1, 1]), "pps_replacement")
    np.testing.assert_allclose(np.diag(joint), [1 - 0.5**4, 1 - 0.75**4, 1 - 0.75**4])
    assert joint[1, 2] == pytest.approx(1 - 2 * 0.75**4 + 0.5**4)
    assert joint[0, 1] == pytest.approx(1 - 0.5**4 - 0.75**4 + 0.25**4)


@settings(max_examples=40, deadline=None)
@given(SIZES, st.data())
def test_every_method_gives_probabilities_that_sum_to_n_exactly(
    sizes: list[float], data: st.DataObject
) -> None:
    method: SelectionMethod = data.draw(st.sampled_from(METHODS))
    n = data.draw(st.integers(1, len(sizes)))
    places = np.arange(2.0 * len(sizes)).reshape(-1, 2)
    rng = np.random.default_rng(1)
    drawn = select(np.array(sizes), n, method=method, rng=rng, coordinates=places)
    assert math.fsum(drawn.probabilities) == n
    assert drawn.n == n or method == "poisson"


@pytest.mark.parametrize("method", ["chromy", "pps_replacement"])
@pytest.mark.parametrize("sizes", [[1.0, np.nan], [1.0, -1.0], [0.0, 0.0]])
def test_expected_selections_refuse_unusable_sizes(
    method: SelectionMethod, sizes: list[float]
) -> None:
    with pytest.raises(DesignError):
        select(np.array(sizes), 1, method=method, rng=np.random.default_rng(1))
    assert math.fsum(expected_selections([7.0, 0, 3], 10)) == 10


@pytest.mark.parametrize("method", ["pivotal_random", "pps_systematic_random", "local_pivotal"])
def test_methods_without_a_formula_say_so(method: str) -> None:
    with pytest.raises(OptionError, match="hartley-rao"):
        exact_joint(np.full(4, 0.5), method)


@pytest.mark.parametrize("method", METHODS)
def test_the_seed_decides_the_draw(method: SelectionMethod) -> None:
    x = np.arange(1.0, 31.0)
    places = np.column_stack([x, x[::-1] ** 2])
    first, again = (
        select(x, 6, method=method, rng=np.random.default_rng(9), coordinates=places) for _ in "12"
    )
    assert first.units.tolist() == again.units.tolist()


@pytest.mark.parametrize("method", [m for m in METHODS if m != "pps_replacement"])
def test_census_takes_everybody(method: SelectionMethod) -> None:
    x = np.full(5, 2.0)
    drawn = select(x, 5, method=method, rng=np.random.default_rng(2), coordinates=x[:, None])
    assert drawn.units.tolist() == [0, 1, 2, 3, 4]


def test_refusals() -> None:
    with pytest.raises(DesignError, match="1 sizes missing or negative"):
        inclusion_probabilities([1.0, np.nan, 3.0], 1)
    with pytest.raises(DesignError, match="0 to 2"):
        inclusion_probabilities([1.0, 0.0, 3.0], 3)
    with pytest.raises(OptionError, match="did you mean 'brewer'"):
        select(np.ones(3), 1, method="brewr", rng=np.random.default_rng(1))  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="coordinates"):
        select(np.ones(3), 1, method="local_pivotal", rng=np.random.default_rng(1))


def test_local_pivotal_spreads_the_sample() -> None:
    """Neighbours on a line: the largest gap between drawn units is smaller than by chance."""
    rng = np.random.default_rng(3)
    line = np.arange(60.0)[:, None]

    def gap(method: SelectionMethod) -> float:
        gaps = []
        for _ in range(60):
            units = select(np.ones(60), 12, method=method, rng=rng, coordinates=line).units
            gaps.append(np.diff(units).max())
        return float(np.mean(gaps))

    assert gap("local_pivotal") < 0.75 * gap("srs")
