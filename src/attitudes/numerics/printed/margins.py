"""Contingency tables with given margins: maximum entropy fits and integer tables near them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint
from scipy.sparse import csr_array, hstack, identity, vstack

from attitudes.errors import ConvergenceError, EstimationError
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.printed.integer_programme import integer_programme

__all__ = ["FittedTable", "controlled_rounding", "fit_margins", "margin_of"]

Axes = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FittedTable:
    """A table fitted to margins.

    Attributes
    ----------
    table
        Of the seed's shape.
    iterations
        Sweeps over all margins.
    discrepancy
        Largest absolute difference of a margin from its target.
    """

    table: FloatArray
    iterations: int
    discrepancy: float


def margin_of(table: NDArray[np.generic], axes: Axes) -> NDArray[np.generic]:
    """Return the sums of ``table`` over all axes but ``axes``.

    Examples
    --------
    >>> margin_of(np.array([[1, 2], [3, 4]]), (0,))
    array([3, 7])
    """
    others = tuple(a for a in range(table.ndim) if a not in axes)
    out: NDArray[np.generic] = table.sum(axis=others)
    return out


def fit_margins(
    seed: FloatArray,
    axes: Sequence[Axes],
    margins: Sequence[FloatArray],
    *,
    tolerance: float = 1e-9,
    max_iterations: int = 5000,
) -> FittedTable:
    """Fit a table to margins by iterative proportional fitting.

    The result minimises the relative entropy to ``seed`` among the tables with these margins.

    Parameters
    ----------
    seed
        Table of positive numbers, or zeros where a cell must stay empty.
    axes
        For each margin the axes that it keeps, ascending.
    margins
        The targets, of the shapes that the axes give.
    tolerance
        Largest absolute difference allowed between a margin and its target.
    max_iterations
        Sweeps before the fit is given up.

    Raises
    ------
    ConvergenceError
        When the margins are not met: they disagree with each other or with the seed's zeros.

    References
    ----------
    Deming, W. E. and Stephan, F. F. (1940). On a least squares adjustment of a sampled
    frequency table when the expected marginal totals are known. Ann. Math. Statist. 11, 427–444.

    Examples
    --------
    >>> fit = fit_margins(np.ones((2, 2)), [(0,), (1,)], [np.array([3., 1.]), np.array([2., 2.])])
    >>> fit.table
    array([[1.5, 1.5],
           [0.5, 0.5]])
    """
    table = np.array(seed, dtype=np.float64)
    targets = [np.asarray(m, dtype=np.float64) for m in margins]
    discrepancy = np.inf
    for iteration in range(1, max_iterations + 1):
        discrepancy = 0.0
        for kept, target in zip(axes, targets, strict=True):
            current = np.asarray(margin_of(table, kept), dtype=np.float64)
            discrepancy = max(discrepancy, float(np.abs(current - target).max(initial=0.0)))
            ratio = np.divide(target, current, out=np.zeros_like(target), where=current > 0)
            shape = [table.shape[a] if a in kept else 1 for a in range(table.ndim)]
            table *= ratio.reshape(shape)
        if discrepancy <= tolerance:
            return FittedTable(table, iteration, discrepancy)
    raise ConvergenceError(
        "margins",
        f"a table that misses a margin by {discrepancy:.3g} after {max_iterations} sweeps",
        f"a miss of at most {tolerance:.1g}",
        "check that all margins have one total and that no needed cell is closed",
    )


def controlled_rounding(
    table: FloatArray,
    axes: Sequence[Axes],
    margins: Sequence[IntArray],
    rng: np.random.Generator,
    *,
    reach: int = 3,
    node_limit: int = 500,
) -> IntArray:
    """Round a table to integers that have exactly the given integer margins.

    Each cell becomes an integer near its value; the sum of distances is minimised by an integer
    programme, ties by chance.

    Parameters
    ----------
    table
        Fractional table whose margins are (nearly) the given ones.
    axes, margins
        As in `fit_margins`; the margins are integers.
    rng
        Breaks ties.
    reach
        How far from its neighbouring integers a cell may go, where those alone cannot do it.
    node_limit
        Nodes of the integer programme before the best table found so far is taken.

    Raises
    ------
    EstimationError
        When no such integer table exists.

    References
    ----------
    Cox, L. H. (1987). A constructive procedure for unbiased controlled rounding. JASA 82, 520–524.

    Examples
    --------
    >>> controlled_rounding(np.array([[1.5, 1.5], [0.5, 0.5]]), [(0,), (1,)],
    ...                     [np.array([3, 1]), np.array([2, 2])],
    ...                     np.random.default_rng(1)).sum(axis=0)
    array([2, 2])
    """
    flat = np.asarray(table, dtype=np.float64).ravel()
    floor = np.floor(flat + 1e-9)
    constraint = _margin_matrix(table.shape, axes)
    right = np.concatenate([np.asarray(m, dtype=np.float64).ravel() for m in margins])
    residual = right - constraint @ floor
    n = flat.size
    fraction = flat - floor
    # x = floor + up + far − down: `up` is 0/1 at cost 1 − 2·fraction, further steps cost 3 each.
    cost = np.concatenate(
        [
            1.0 - 2.0 * fraction + 1e-3 * rng.random(n),
            np.full(2 * n, 3.0) + 1e-3 * rng.random(2 * n),
        ]
    )
    system = hstack([constraint, constraint, -constraint], format="csr")
    upper = np.concatenate([np.ones(n), np.full(n, reach), np.minimum(reach, floor)])
    result = integer_programme(
        cost,
        constraints=LinearConstraint(system, residual, residual),
        integrality=np.ones(3 * n, dtype=np.int64),
        bounds=Bounds(np.zeros(3 * n), upper),
        options={"node_limit": node_limit, "mip_rel_gap": 0.01},
    )
    if result.x is None:
        raise EstimationError(
            "integer table",
            "no table of whole numbers with these margins near the fitted one",
            "margins that a table of whole numbers can have",
        )
    steps = np.rint(result.x).astype(np.int64)
    rounded = floor.astype(np.int64) + steps[:n] + steps[n : 2 * n] - steps[2 * n :]
    return np.asarray(rounded.reshape(table.shape), dtype=np.int64)


def _margin_matrix(shape: tuple[int, ...], axes: Sequence[Axes]) -> csr_array:
    indices = np.indices(shape).reshape(len(shape), -1)
    blocks = []
    for kept in axes:
        dims = tuple(shape[a] for a in kept)
        row = np.ravel_multi_index(tuple(indices[a] for a in kept), dims)
        n_rows = int(np.prod(dims))
        selector = identity(n_rows, format="csr")[row].T
        blocks.append(selector)
    return csr_array(vstack(blocks, format="csr"))
