"""What every engine is held to."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import attitudes as at

TOLERANCE = 1e-9  # sums in another order, and squares around a constant near the mean
NAMES = ("estimate", "se", "ci_low", "ci_high", "df", "n", "n_eff", "deff", "cv")


def _same_numbers(found: at.EstimateTable, expected: at.EstimateTable) -> None:
    assert found.variables == expected.variables
    assert found.labels == expected.labels
    assert found.categories == expected.categories
    for name in NAMES:
        np.testing.assert_allclose(
            found.numbers[name].astype(float),
            expected.numbers[name].astype(float),
            rtol=TOLERANCE,
            atol=1e-12,
            err_msg=name,
        )
    if expected.covariance is not None:
        np.testing.assert_allclose(found.covariance, expected.covariance, rtol=TOLERANCE, atol=1e-9)


@pytest.fixture(scope="session")
def same_numbers() -> Callable[[at.EstimateTable, at.EstimateTable], None]:
    """Hold every number of a table against another's."""
    return _same_numbers
