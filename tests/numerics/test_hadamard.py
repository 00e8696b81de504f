"""Hadamard matrices of every order that a design asks for."""

from __future__ import annotations

import numpy as np
import pytest

from attitudes.errors import OptionError
from attitudes.numerics.replicates.hadamard import hadamard_matrix


@pytest.mark.parametrize("order", [*range(1, 120), 204, 430])
def test_orthogonal_normalised_and_not_much_larger(order: int) -> None:
    h = hadamard_matrix(order)
    m = len(h)
    assert order <= m <= order + 16
    np.testing.assert_array_equal(h @ h.T, m * np.eye(m))
    np.testing.assert_array_equal(h[0], 1)
    np.testing.assert_array_equal(h[:, 0], 1)


def test_order_outside_range() -> None:
    with pytest.raises(OptionError, match="4096"):
        hadamard_matrix(5000)
