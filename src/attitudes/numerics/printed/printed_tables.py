"""Whole-number bases and sums whose quotients print a table of means, its totals included."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint
from scipy.sparse import coo_array, csr_array

from attitudes.errors import EstimationError
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.printed.integer_programme import integer_programme

__all__ = ["PrintedTable", "TableBounds", "attainable_sums", "choose_sums"]


@dataclass(frozen=True, slots=True)
class TableBounds:
    """What a printed table of I items × G groups allows.

    Attributes
    ----------
    lower, upper
        Ends between which each cell's mean must lie, I × G; ends themselves are left out.
    row_lower, row_upper
        Ends for the plain mean of a row's cells, length I; infinite where no total is printed.
    column_lower, column_upper
        Ends for the plain mean of a column's cells, length G.
    grand_lower, grand_upper
        Ends for the plain mean of all cells.
    least, greatest
        Smallest and largest published answer of each cell (0 and 4 for 5 − x), I × G.
    """

    lower: FloatArray
    upper: FloatArray
    row_lower: FloatArray
    row_upper: FloatArray
    column_lower: FloatArray
    column_upper: FloatArray
    grand_lower: float
    grand_upper: float
    least: FloatArray
    greatest: FloatArray


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """Bases and sums that print a table.

    Attributes
    ----------
    bases, sums
        Respondents counted and the sum of their published answers, I × G.
    """

    bases: IntArray
    sums: IntArray

    @property
    def means(self) -> FloatArray:
        """Unrounded means, I × G."""
        return np.asarray(self.sums / self.bases, dtype=np.float64)


def attainable_sums(
    base: int, lower: float, upper: float, least: float, greatest: float
) -> IntArray:
    """Return the whole sums of ``base`` answers whose mean lies strictly between two ends.

    Examples
    --------
    >>> attainable_sums(39, 2.975, 2.985, 1, 5), attainable_sums(41, 2.975, 2.985, 1, 5)
    (array([], dtype=int64), array([122]))
    """
    margin = 1e-9
    first = int(np.ceil(max(lower + margin, least) * base - margin))
    last = int(np.floor(min(upper - margin, greatest) * base + margin))
    return np.arange(first, last + 1, dtype=np.int64)


def choose_sums(
    bounds: TableBounds,
    wanted: IntArray,
    largest: IntArray,
    rng: np.random.Generator,
    *,
    options: int = 12,
    node_limit: int = 5000,
) -> PrintedTable:
    """Choose bases near the wanted ones, and sums, that print every cell and every total.

    Parameters
    ----------
    bounds
        What the print allows.
    wanted
        Base wished for each cell, I × G.
    largest
        Largest base possible in each group, length G.
    rng
        Breaks ties.
    options
        Pairs of base and sum considered for a cell.
    node_limit
        Nodes that the integer programme may branch on.

    Raises
    ------
    EstimationError
        When a cell cannot be printed by any base, or the totals cannot be met together.

    Notes
    -----
    A 0/1 variable a pair; one pair a cell; the totals are linear in the pairs' quotients. The
    distance of the bases from the wanted ones is minimised.
    """
    cell, base, total = _pairs(bounds, wanted, largest, rng, options)
    n_rows, n_columns = wanted.shape
    value = total / base
    cost = np.abs(base - wanted.ravel()[cell]) + 0.5 * rng.random(len(cell))
    constraints = [_one_each(cell, n_rows * n_columns)]
    constraints += _totals(bounds, cell, value, n_rows, n_columns)
    result = integer_programme(
        cost,
        constraints=constraints,
        integrality=np.ones(len(cell), dtype=np.int64),
        bounds=Bounds(0, 1),
        options={"node_limit": node_limit, "mip_rel_gap": 0.05},
    )
    if result.x is None:
        raise EstimationError(
            "printed table",
            "no whole-number sums that print every cell and every total",
            "figures that the declared conventions can print",
        )
    chosen = np.flatnonzero(result.x > 0.5)
    bases = np.zeros(n_rows * n_columns, dtype=np.int64)
    sums = np.zeros_like(bases)
    bases[cell[chosen]] = base[chosen]
    sums[cell[chosen]] = total[chosen]
    return PrintedTable(bases.reshape(wanted.shape), sums.reshape(wanted.shape))


def _pairs(
    bounds: TableBounds,
    wanted: IntArray,
    largest: IntArray,
    rng: np.random.Generator,
    options: int,
) -> tuple[IntArray, IntArray, IntArray]:
    """Return the pairs considered: their cells, bases and sums."""
    cells: list[int] = []
    bases: list[int] = []
    sums: list[int] = []
    n_rows, n_columns = wanted.shape
    for i in range(n_rows):
        for g in range(n_columns):
            found = 0
            order = np.arange(1, largest[g] + 1)
            order = order[np.argsort(np.abs(order - wanted[i, g]) + 0.5 * rng.random(order.size))]
            for base in order:
                possible = attainable_sums(
                    int(base),
                    bounds.lower[i, g],
                    bounds.upper[i, g],
                    bounds.least[i, g],
                    bounds.greatest[i, g],
                )
                for total in possible:
                    cells.append(i * n_columns + g)
                    bases.append(int(base))
                    sums.append(int(total))
                found += possible.size
                if found >= options:
                    break
            if not found:
                raise EstimationError(
                    f"printed table, row {i + 1}, column {g + 1}",
                    f"a mean between {bounds.lower[i, g]:g} and {bounds.upper[i, g]:g}",
                    f"a mean that at most {largest[g]} whole answers can have",
                )
    return np.array(cells), np.array(bases), np.array(sums)


def _one_each(cell: IntArray, n_cells: int) -> LinearConstraint:
    matrix = coo_array(
        (np.ones(len(cell)), (cell, np.arange(len(cell)))), shape=(n_cells, len(cell))
    )
    return LinearConstraint(csr_array(matrix), 1, 1)


def _totals(
    bounds: TableBounds,
    cell: IntArray,
    value: FloatArray,
    n_rows: int,
    n_columns: int,
) -> list[LinearConstraint]:
    margin = 1e-7
    row, column = np.divmod(cell, n_columns)
    out = []
    sides: list[tuple[IntArray, NDArray[np.float64], NDArray[np.float64], int]] = [
        (row, bounds.row_lower, bounds.row_upper, n_columns),
        (column, bounds.column_lower, bounds.column_upper, n_rows),
        (
            np.zeros_like(cell),
            np.array([bounds.grand_lower]),
            np.array([bounds.grand_upper]),
            n_rows * n_columns,
        ),
    ]
    for line, lower, upper, count in sides:
        matrix = coo_array((value, (line, np.arange(len(cell)))), shape=(len(lower), len(cell)))
        low = np.where(np.isfinite(lower), (lower + margin) * count, -np.inf)
        high = np.where(np.isfinite(upper), (upper - margin) * count, np.inf)
        out.append(LinearConstraint(csr_array(matrix), low, high))
    return out
