"""Draws of every method: inclusion frequencies, pairs, unbiased totals, certainties."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from attitudes.numerics.selection.choose import METHODS, SelectionMethod, select
from attitudes.numerics.selection.joint_probabilities import EXACT_JOINT, exact_joint
from attitudes.numerics.selection.permanent_random_numbers import (
    pareto,
    poisson_coordinated,
    sequential,
)

# Chance that a right method fails one test; the seed is fixed, so it fails never or always.
LEVEL = 1e-3
SIZES = np.array([40.0, 3.0, 8.0, 5.0, 7.0, 4.0, 9.0, 6.0, 6.5])
PLACES = np.array([[0, 0], [1, 0], [1, 1], [2, 3], [3, 2], [3, 3], [5, 0], [5, 1], [6, 4]], float)
VALUES = np.array([90.0, 2.0, 30.0, 11.0, 12.0, 3.0, 20.0, 18.0, 9.0])
N = 4
#: Methods without replacement, in which the first unit is certain.
WITH_CERTAINTY = [m for m in METHODS if m not in ("srs", "systematic", "pps_replacement", "chromy")]


def bound(comparisons: int) -> float:
    return float(stats.norm.ppf(1 - LEVEL / (2 * comparisons)))


def frequencies(method: SelectionMethod, draws: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return pair counts (of selections), sums of squared selections, and weighted totals."""
    rng = np.random.default_rng(2023)
    pairs = np.zeros((len(SIZES), len(SIZES)))
    totals = np.empty(draws)
    sizes = SIZES[1:] if method == "chromy" else SIZES
    first = len(SIZES) - len(sizes)
    for k in range(draws):
        drawn = select(sizes, N, method=method, rng=rng, coordinates=PLACES)
        hits = np.zeros(len(SIZES))
        np.add.at(hits, drawn.units + first, 1)
        pairs += np.outer(hits, hits)
        totals[k] = (VALUES[drawn.units + first] * drawn.weights).sum()
        if method != "poisson":
            assert drawn.n == N
    expected = np.zeros(len(SIZES))
    expected[first:] = drawn.probabilities
    return pairs / draws, expected, totals


def check(method: SelectionMethod, draws: int) -> None:
    pairs, expected, totals = frequencies(method, draws)
    open_units = (expected > 1e-9) & (expected < 1 - 1e-9)
    if method == "pps_replacement":
        _check_replacement(pairs, expected, draws)
    else:
        once = np.diag(pairs)
        assert (once[expected >= 1 - 1e-9] == 1).all(), "a certain unit was left out"
        p = expected[open_units]
        z = (once[open_units] - p) / np.sqrt(p * (1 - p) / draws)
        assert np.abs(z).max() < bound(int(open_units.sum()))
        if method in EXACT_JOINT:
            _check_pairs(method, pairs, expected, open_units, draws)
    live = expected > 0
    spread = totals.std(ddof=1)
    assert abs(totals.mean() - VALUES[live].sum()) < bound(1) * spread / np.sqrt(draws) + 1e-9


def _check_pairs(
    method: str, pairs: np.ndarray, expected: np.ndarray, open_units: np.ndarray, draws: int
) -> None:
    joint = exact_joint(expected, method)
    upper = np.triu(np.ones_like(joint, dtype=bool), 1) & np.outer(open_units, open_units)
    never = upper & (joint < 1e-12)
    assert (pairs[never] == 0).all(), "a pair of joint probability zero was drawn"
    some = upper & ~never
    p = joint[some]
    z = (pairs[some] - p) / np.sqrt(p * (1 - p) / draws)
    assert np.abs(z).max() < bound(int(some.sum()))


def _check_replacement(pairs: np.ndarray, expected: np.ndarray, draws: int) -> None:
    """Selections are multinomial: E hᵢ² = npᵢ(1 − pᵢ) + n²pᵢ², E hᵢhⱼ = n(n − 1)pᵢpⱼ."""
    p = expected / N
    wanted = N * (N - 1) * np.outer(p, p) + np.diag(N * p)
    error = np.sqrt(wanted * N**2 / draws)
    assert (np.abs(pairs - wanted) < bound(wanted.size) * error).all()


@pytest.mark.simulation
def test_inclusion_at_least_once_with_replacement() -> None:
    rng, draws = np.random.default_rng(11), 20_000
    together = np.zeros((len(SIZES), len(SIZES)))
    for _ in range(draws):
        drawn = select(SIZES, N, method="pps_replacement", rng=rng)
        hit = np.bincount(drawn.units, minlength=len(SIZES)) > 0
        together += np.outer(hit, hit)
    p = exact_joint(N * SIZES / SIZES.sum(), "pps_replacement")
    z = (together / draws - p) / np.sqrt(p * (1 - p) / draws)
    assert np.abs(z).max() < bound(p.size)


@pytest.mark.parametrize("method", METHODS)
def test_inclusion_frequencies(method: SelectionMethod) -> None:
    check(method, 1000)


@pytest.mark.simulation
@pytest.mark.parametrize("method", METHODS)
def test_inclusion_frequencies_in_20000_draws(method: SelectionMethod) -> None:
    check(method, 20_000)


@pytest.mark.parametrize("method", WITH_CERTAINTY)
def test_large_units_are_always_drawn(method: SelectionMethod) -> None:
    rng = np.random.default_rng(5)
    for _ in range(25):
        drawn = select(SIZES, N, method=method, rng=rng, coordinates=PLACES)
        assert 0 in drawn.units
        assert drawn.probabilities[0] == 1


def test_chromy_draws_large_units_as_often_as_expected() -> None:
    rng = np.random.default_rng(6)
    hits = np.array(
        [(select(SIZES, 6, method="chromy", rng=rng).units == 0).sum() for _ in range(999)]
    )
    expected = 6 * SIZES[0] / SIZES.sum()
    assert set(hits.tolist()) == {int(np.floor(expected)), int(np.ceil(expected))}
    p = expected - np.floor(expected)
    assert abs(hits.mean() - expected) < bound(1) * np.sqrt(p * (1 - p) / len(hits))


@pytest.mark.parametrize("design", [sequential, poisson_coordinated, pareto])
def test_coordinated_frequencies(design: object) -> None:
    """Pareto's probabilities are near, not equal: Rosén's bound of the bias is far below 0.02."""
    rng, draws = np.random.default_rng(7), 4000
    p = np.array([0.2, 0.3, 0.5, 0.6, 0.4, 0.5, 0.7, 0.8])
    counts = np.zeros(len(p))
    for _ in range(draws):
        numbers = rng.random(len(p))
        first = 4 if design is sequential else p
        drawn = design(numbers, 4, start=0.3) if design is sequential else design(first, numbers)  # type: ignore[operator]
        counts[drawn.units] += 1
    target = np.full(len(p), 0.5) if design is sequential else p
    slack = 0.02 if design is pareto else 0.0
    error = bound(len(p)) * np.sqrt(target * (1 - target) / draws) + slack
    assert (np.abs(counts / draws - target) < error).all()
