"""Tables of all pairs of items against counting."""

from __future__ import annotations

import numpy as np
import pytest

from attitudes.numerics.correlation.contingency import encode_categories, pair_tables


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("n", [1, 50, 9001])
def test_tables_are_counts(weighted, n):
    rng = np.random.default_rng(n)
    codes = rng.integers(-1, 4, size=(n, 3))
    weights = rng.uniform(0.2, 3, size=n) if weighted else None
    tables = pair_tables(codes, np.array([4, 4, 4]), weights)
    w = np.ones(n) if weights is None else weights
    for p, (i, j) in enumerate([(0, 1), (0, 2), (1, 2)]):
        for a in range(4):
            for b in range(4):
                expected = w[(codes[:, i] == a) & (codes[:, j] == b)].sum()
                assert tables.counts[p, a, b] == pytest.approx(expected, rel=1e-12)
    for a in range(4):
        np.testing.assert_allclose(tables.margins[1, a], w[codes[:, 1] == a].sum(), rtol=1e-12)


@pytest.mark.parametrize(
    ("answers", "categories", "codes"),
    [
        ([3, 1, np.nan, 5], [1, 3, 5], [1, 0, -1, 2]),
        ([0.5, 0.25, 0.5, np.nan], [0.25, 0.5], [1, 0, 1, -1]),
        ([-4, -2, -4, -3], [-4, -3, -2], [0, 2, 0, 1]),
        ([1, 100000, 1, 1], [1, 100000], [0, 1, 0, 0]),
    ],
)
def test_answers_become_places_in_their_order(answers, categories, codes):
    encoded = encode_categories(np.array(answers, dtype=float)[:, None])
    assert encoded.categories[0].tolist() == categories
    assert encoded.codes[:, 0].tolist() == codes
