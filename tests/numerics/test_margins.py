"""Tables fitted to margins: exact margins, maximum entropy, integer tables near them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attitudes.errors import ConvergenceError, EstimationError
from attitudes.numerics.printed.margins import controlled_rounding, fit_margins, margin_of

AXES = [(0, 2), (1, 2), (0, 1)]


@st.composite
def integer_tables(draw):
    shape = draw(st.tuples(st.integers(2, 4), st.integers(2, 3), st.integers(2, 4)))
    size = int(np.prod(shape))
    cells = draw(st.lists(st.integers(1, 30), min_size=size, max_size=size))
    return np.array(cells).reshape(shape)


@given(integer_tables(), st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_fit_then_rounding_has_the_margins_of_the_table_they_came_from(table, seed):
    margins = [margin_of(table, a) for a in AXES]
    fit = fit_margins(np.ones(table.shape), AXES, margins, tolerance=1e-7)
    rounded = controlled_rounding(fit.table, AXES, margins, np.random.default_rng(seed))
    for kept, margin in zip(AXES, margins, strict=True):
        np.testing.assert_array_equal(margin_of(rounded, kept), margin)
    assert (rounded >= 0).all()


def test_one_way_margins_give_independence():
    fit = fit_margins(
        np.ones((2, 3)), [(0,), (1,)], [np.array([6.0, 4.0]), np.array([5.0, 3.0, 2.0])]
    )
    np.testing.assert_allclose(fit.table, np.outer([0.6, 0.4], [5.0, 3.0, 2.0]), atol=1e-12)


def test_margins_with_different_totals_are_refused():
    with pytest.raises(ConvergenceError, match="one total"):
        fit_margins(
            np.ones((2, 2)),
            [(0,), (1,)],
            [np.array([1.0, 1.0]), np.array([2.0, 2.0])],
            max_iterations=50,
        )


def test_margins_no_integer_table_can_have_are_refused():
    with pytest.raises(EstimationError, match="no table of whole numbers"):
        controlled_rounding(
            np.ones((2, 2)),
            [(0,), (1,)],
            [np.array([2, 2]), np.array([2, 3])],
            np.random.default_rng(1),
        )
