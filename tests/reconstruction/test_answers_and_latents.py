"""From counts by group to people: maximum entropy, exact counts, and what ties answers together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import attitudes as at
from attitudes.reconstruction.answers import cell_counts, deal
from attitudes.reconstruction.latent import draw_latents
from attitudes.study.models import Study


def crossed(seed: int, n: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    rng = np.random.default_rng(seed)
    first, second = rng.integers(0, 3, n), rng.integers(0, 2, n)
    answer = np.clip(rng.integers(0, 4, n) + (first == 2), 0, 3)
    counts = []
    for groups, size in ((first, 3), (second, 2)):
        table = np.zeros((size, 4), dtype=np.int64)
        np.add.at(table, (groups, answer), 1)
        counts.append(table)
    return [first, second], counts


@given(st.integers(0, 10_000), st.integers(60, 200))
@settings(max_examples=20, deadline=None)
def test_cells_keep_the_counts_of_every_group_exactly(seed: int, n: int) -> None:
    cells, counts = crossed(seed, n)
    place, table = cell_counts(cells, counts, np.random.default_rng(1))
    np.testing.assert_array_equal(table.sum(axis=1), np.bincount(place, minlength=len(table)))
    cube = table.reshape(3, 2, 4)
    np.testing.assert_array_equal(cube.sum(axis=1), counts[0])
    np.testing.assert_array_equal(cube.sum(axis=0), counts[1])
    assert (table >= 0).all()


def test_cells_are_within_whole_numbers_of_independence_where_nothing_ties_the_groups() -> None:
    first, second = np.repeat([0, 1], 60), np.tile([0, 1], 60)
    counts = [np.array([[24, 36], [36, 24]]), np.array([[30, 30], [30, 30]])]
    _, table = cell_counts([first, second], counts, np.random.default_rng(1))
    expected = np.array([[12, 18], [12, 18], [18, 12], [18, 12]])
    np.testing.assert_array_equal(table, expected)


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_dealt_answers_have_the_counts_of_their_cells(seed: int) -> None:
    rng = np.random.default_rng(seed)
    place = rng.integers(0, 4, 80)
    table = np.stack(
        [rng.multinomial(n, [0.3, 0.3, 0.3, 0.1]) for n in np.bincount(place, minlength=4)]
    )
    code = deal(
        place, table, np.array([0, 1, 2]), np.array([3]), rng.normal(size=80), rng.normal(size=80)
    )
    found = np.zeros_like(table)
    np.add.at(found, (place, code), 1)
    np.testing.assert_array_equal(found, table)


def test_the_more_inclined_get_the_later_answers_and_the_most_silent_none() -> None:
    place = np.zeros(6, dtype=np.int64)
    code = deal(
        place,
        np.array([[2, 3, 1]]),
        np.array([1, 0]),
        np.array([2]),
        np.array([0.1, 0.9, 0.2, 0.8, 0.7, 0.5]),
        np.array([0, 0, 0, 0, 0, 9.0]),
    )
    assert code.tolist() == [1, 0, 1, 0, 1, 2]


def test_latents_have_the_stated_variance_between_clusters_and_correlation() -> None:
    psu = np.repeat(np.arange(400), 20)
    latents = draw_latents(psu, ["one", "two"], 0.2, 0.4, np.random.default_rng(3))
    for factor in (latents.factors["one"], latents.factors["two"]):
        groups = factor.reshape(400, 20)
        within = groups.var(axis=1, ddof=1).mean()
        between = groups.mean(axis=1).var(ddof=1) - within / 20
        assert between / (between + within) == pytest.approx(0.2, abs=0.03)
        assert factor.std() == pytest.approx(1.0, abs=0.05)
    found = np.corrcoef(latents.factors["one"], latents.factors["two"])[0, 1]
    assert found == pytest.approx(0.4, abs=0.04)


def test_items_of_a_scale_are_tied_to_the_stated_reliability(mini: Study) -> None:
    frame = at.reconstruct(mini).survey.frame
    answers = np.column_stack([frame["a"], -frame["b"], frame["c"]]).astype(float)
    complete = answers[(np.abs(answers) < 97).all(axis=1)]
    covariance = np.cov(complete.T)
    alpha = 3 / 2 * (1 - np.trace(covariance) / covariance.sum())
    assert alpha == pytest.approx(0.7, abs=0.04)
