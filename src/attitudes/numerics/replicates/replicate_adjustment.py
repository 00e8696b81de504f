"""Replicate weights that repeat an adjustment of the weights, a block of replicates at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from attitudes.errors import EstimationError
from attitudes.numerics.design import FloatArray, IntArray, ReplicateArrays
from attitudes.numerics.replicates.replicates import weight_blocks
from attitudes.numerics.weights.cells import cell_totals, collapse

__all__ = ["CellAdjustment", "RowAdjustment", "adjust_cells", "adjust_rows", "scale_rows"]

CellAdjustment = Callable[[FloatArray, int], FloatArray]
RowAdjustment = Callable[[FloatArray, int], FloatArray]

_LARGEST = 1 << 30


def adjust_cells(
    replicates: ReplicateArrays,
    weights: FloatArray,
    cells: IntArray,
    full: FloatArray,
    adjust: CellAdjustment,
) -> ReplicateArrays:
    """Repeat an adjustment that depends on a respondent's cell only.

    Parameters
    ----------
    replicates
        Replicates before.
    weights
        Sampling weights before, length n.
    cells
        Cell of each respondent, length n.
    full
        Factor of each cell in the full sample, length K.
    adjust
        From the cells' totals under a block of replicates (K × B) and the number of the first
        of them to the factors, K × B.

    Returns
    -------
    ReplicateArrays
        Factors of the combinations of unit and cell where factors came in, so that no n × R
        matrix is made; a matrix where a matrix came in. Factors multiply the new sampling weight.

    Raises
    ------
    EstimationError
        When the result would not fit in memory.
    """
    size, first = len(full), 0
    if replicates.units is None:
        out = np.empty_like(replicates.weights)
        for block in weight_blocks(weights, replicates):
            factors = adjust(cell_totals(cells, size, block), first)
            stop = first + block.shape[1]
            out[:, first:stop] = block * factors[cells]
            first = stop
        return replace(replicates, weights=out)
    units = int(replicates.units.max()) + 1
    joint = collapse([replicates.units, cells], [units, size])
    unit, cell = joint.categories
    _check_size(joint.size, replicates.n_replicates)
    mass = cell_totals(joint.rows, joint.size, weights)
    relative = np.divide(1.0, full, out=np.zeros_like(full), where=full != 0)
    made = np.empty((joint.size, replicates.n_replicates))
    for block in weight_blocks(np.ones(joint.size), replace(replicates, units=unit)):
        factors = adjust(cell_totals(cell, size, block * mass[:, None]), first)
        stop = first + block.shape[1]
        made[:, first:stop] = block * (factors * relative[:, None])[cell]
        first = stop
    return replace(replicates, factors=made, units=joint.rows, jackknife=None)


def adjust_rows(
    replicates: ReplicateArrays, weights: FloatArray, adjust: RowAdjustment
) -> ReplicateArrays:
    """Repeat an adjustment that takes all weights: (weights, number of the replicate) → weights.

    Returns
    -------
    ReplicateArrays
        With the n × R matrix of replicate weights.

    Raises
    ------
    EstimationError
        When the matrix would not fit in memory.
    """
    _check_size(len(weights), replicates.n_replicates)
    out = np.empty((len(weights), replicates.n_replicates), order="F")
    first = 0
    for block in weight_blocks(weights, replicates):
        for column in range(block.shape[1]):
            own = np.ascontiguousarray(block[:, column])
            out[:, first + column] = adjust(own, first + column)
        first += block.shape[1]
    return replace(replicates, weights=out, factors=None, units=None, jackknife=None)


def scale_rows(replicates: ReplicateArrays, ratio: FloatArray) -> ReplicateArrays:
    """Multiply replicate weights by a constant of each respondent, length n.

    Factors of units multiply the new sampling weight as they are.
    """
    if replicates.units is not None:
        return replicates
    return replace(replicates, weights=replicates.weights * ratio[:, None])


def _check_size(rows: int, columns: int) -> None:
    if rows * columns > _LARGEST:
        raise EstimationError(
            "replicate weights",
            f"{rows:,} × {columns:,} numbers, {rows * columns * 8 / 2**30:.0f} GiB",
            f"at most {_LARGEST:,} numbers",
            "use fewer replicates, for example a bootstrap of 200",
        )
