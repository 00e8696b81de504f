"""Contingency tables of all pairs of ordinal items in one pass."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from attitudes.numerics.design import FloatArray, IntArray

__all__ = ["OrdinalCodes", "PairTables", "encode_categories", "pair_tables"]

_CHUNK = 4096


@dataclass(frozen=True, slots=True)
class OrdinalCodes:
    """Answers as category numbers.

    Attributes
    ----------
    codes
        0 … C_j − 1, n × k; −1 where missing. Integers of the smallest type that holds them.
    categories
        The distinct answers to each item, rising; the number of an answer is its place here.
    """

    codes: NDArray[np.integer]
    categories: tuple[FloatArray, ...]

    @property
    def n_categories(self) -> IntArray:
        """C_j of each item, length k."""
        return np.array([len(c) for c in self.categories], dtype=np.int64)


def encode_categories(values: FloatArray) -> OrdinalCodes:
    """Return answers as category numbers, each item by the answers that occur.

    Parameters
    ----------
    values
        Answers, n × k, NaN where missing.

    Examples
    --------
    >>> encode_categories(np.array([[1.0], [5.0], [np.nan]])).codes.ravel()
    array([ 0,  1, -1], dtype=int16)
    """
    n, k = values.shape
    codes = np.full((n, k), -1, dtype=np.int16, order="F")
    found: list[FloatArray] = []
    for j in range(k):
        column = values[:, j]
        present = np.isfinite(column)
        whole = bool(present.all())
        answers = column if whole else column[present]
        categories, numbers = _number(answers)
        found.append(categories)
        if whole:
            codes[:, j] = numbers
        else:
            codes[present, j] = numbers
    return OrdinalCodes(codes, tuple(found))


def _number(answers: FloatArray) -> tuple[FloatArray, NDArray[np.integer]]:
    if not len(answers):
        return np.empty(0), np.empty(0, dtype=np.int16)
    low, high = float(answers.min()), float(answers.max())
    if high - low < 256 and low.is_integer():
        shifted = (answers - low).astype(np.int16)
        if np.array_equal(shifted, answers - low):
            used = np.flatnonzero(np.bincount(shifted, minlength=1))
            place = np.zeros(int(high - low) + 1, dtype=np.int16)
            place[used] = np.arange(len(used))
            return (used + low).astype(np.float64), place[shifted]
    categories, numbers = np.unique(answers, return_inverse=True)
    return categories.astype(np.float64), numbers.astype(np.int16)


@dataclass(frozen=True, slots=True)
class PairTables:
    """Weighted counts of the answers to every pair of items.

    Attributes
    ----------
    first, second
        Items i < j of each of the P = k(k − 1)/2 pairs: (0,1), (0,2), …, (1,2), ….
    counts
        P × C × C, C the largest number of categories; padded with zeros. Rows are answers to the
        first item.
    margins
        Weighted counts of each item's answers over all who answered it, k × C.
    n_categories
        C_j of each item.
    """

    first: IntArray
    second: IntArray
    counts: FloatArray
    margins: FloatArray
    n_categories: IntArray

    @property
    def total(self) -> FloatArray:
        """Sum of weights of the respondents who answered both, length P."""
        return np.asarray(self.counts.sum(axis=(1, 2)))


def pair_tables(
    codes: NDArray[np.integer], n_categories: IntArray, weights: FloatArray | None = None
) -> PairTables:
    """Return the tables of all pairs of items, each over those who answered both.

    Parameters
    ----------
    codes
        Category numbers, n × k; −1 where missing.
    n_categories
        C_j of each item, length k.
    weights
        Length n; default: all 1.

    Notes
    -----
    The indicator matrix Z (n × kC) is made a block of rows at a time and Z'WZ summed; without
    weights in single precision, in which the counts of a block are exact.

    Examples
    --------
    >>> tables = pair_tables(np.array([[0, 1], [1, 1], [0, -1]]), np.array([2, 2]))
    >>> tables.counts[0]
    array([[0., 1.],
           [0., 1.]])
    >>> tables.margins
    array([[2., 1.],
           [0., 2.]])
    """
    n, k = codes.shape
    c = int(n_categories.max())
    kind = np.float32 if weights is None else np.float64
    cross = np.zeros((c * k, c * k))
    block = np.empty((min(n, _CHUNK), c * k), dtype=kind)
    for start in range(0, n, _CHUNK):
        rows = np.ascontiguousarray(codes[start : start + _CHUNK])
        z = block[: len(rows)]
        for category in range(c):
            np.equal(rows, category, out=z[:, category * k : (category + 1) * k], casting="unsafe")
        if weights is None:
            cross += z.T @ z
        else:
            w = weights[start : start + _CHUNK]
            cross += z.T @ (z * w[:, None])
    margins = np.diag(cross).reshape(c, k).T.copy()
    first, second = np.triu_indices(k, 1)
    counts = cross.reshape(c, k, c, k)[:, first, :, second]
    return PairTables(first, second, np.ascontiguousarray(counts), margins, n_categories)
