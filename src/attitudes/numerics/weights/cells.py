"""Respondents collapsed to the distinct combinations of their categories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from attitudes.numerics.design import FloatArray, IntArray

__all__ = ["Cells", "cell_totals", "collapse"]

_DENSE = 1 << 22


@dataclass(frozen=True, slots=True)
class Cells:
    """The combinations of categories that occur.

    Attributes
    ----------
    rows
        Cell 0 … K−1 of each row, length n.
    categories
        For each margin the category of each cell, length K.
    """

    rows: IntArray
    categories: tuple[IntArray, ...]

    @property
    def size(self) -> int:
        """Number of cells."""
        return len(self.categories[0])


def collapse(margins: Sequence[IntArray], sizes: Sequence[int]) -> Cells:
    """Collapse rows to the combinations of categories that occur.

    Parameters
    ----------
    margins
        Codes 0 … size−1 of each row, one array a margin, each of length n.
    sizes
        Number of categories of each margin.

    Examples
    --------
    >>> cells = collapse([np.array([0, 1, 1]), np.array([2, 0, 0])], [2, 3])
    >>> cells.rows.tolist(), [c.tolist() for c in cells.categories]
    ([0, 1, 1], [[0, 1], [2, 0]])
    """
    n = len(margins[0])
    limit = max(_DENSE, 4 * n)
    codes = np.zeros(n, dtype=np.int64)
    known: list[IntArray] = []
    size = 1
    for margin, width in zip(margins, sizes, strict=True):
        if size * width > limit:
            codes, size, known = _present(codes, size, known)
        codes *= width
        codes += margin
        product = np.arange(size * width, dtype=np.int64)
        known = [k[product // width] for k in known] + [product % width]
        size *= width
    codes, size, known = _present(codes, size, known)
    return Cells(codes, tuple(known))


def _present(
    codes: IntArray, size: int, known: list[IntArray]
) -> tuple[IntArray, int, list[IntArray]]:
    """Renumber codes to those that occur, in their order."""
    seen: NDArray[np.bool_] = np.zeros(size, dtype=bool)
    seen[codes] = True
    rank = np.cumsum(seen, dtype=np.int64) - 1
    return rank[codes], int(seen.sum()), [k[seen] for k in known]


def cell_totals(cells: IntArray, size: int, values: FloatArray) -> FloatArray:
    """Return sums of ``values`` (n, or n × B) by cell: K, or K × B."""
    if values.ndim == 1:
        sums: FloatArray = np.bincount(cells, weights=values, minlength=size).astype(np.float64)
        return sums
    out = np.empty((size, values.shape[1]))
    for column in range(values.shape[1]):
        out[:, column] = np.bincount(cells, weights=values[:, column], minlength=size)
    return out
