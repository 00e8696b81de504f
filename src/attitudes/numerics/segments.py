"""Sums of rows by code."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csc_array

from attitudes.numerics.design import FloatArray, IntArray

__all__ = ["compact_pairs", "group_edges", "group_sums"]

FEW_GROUPS = 256


def group_sums(
    values: FloatArray, codes: IntArray, size: int, weights: FloatArray | None = None
) -> FloatArray:
    """Return the sums of the rows that share a code.

    Parameters
    ----------
    values
        n × p, in C order where speed matters.
    codes
        Code 0 … size−1 of each row.
    size
        Number of codes.
    weights
        Factor of each row; default 1.

    Returns
    -------
    FloatArray
        size × p.

    Examples
    --------
    >>> group_sums(np.array([[1.0], [2.0], [4.0]]), np.array([0, 1, 0]), 2).ravel()
    array([5., 2.])
    """
    n = len(codes)
    if values.shape[1] == 1:
        column = values[:, 0] if weights is None else values[:, 0] * weights
        return np.bincount(codes, weights=column, minlength=size).astype(np.float64)[:, None]
    factors = np.ones(n) if weights is None else weights
    indicator = csc_array((factors, codes, np.arange(n + 1)), shape=(size, n))
    return np.asarray(indicator @ values, dtype=np.float64)


def compact_pairs(outer: IntArray, inner: IntArray) -> tuple[IntArray, IntArray]:
    """Number the pairs of codes that occur, in the order of (outer, inner).

    Returns
    -------
    number
        Number 0 … m−1 of each row's pair, length n.
    at
        A row that has pair number i, length m.

    Examples
    --------
    >>> compact_pairs(np.array([1, 0, 1]), np.array([0, 5, 0]))[0]
    array([1, 0, 1])
    """
    if not len(inner):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    key = outer * (int(inner.max()) + 1) + inner
    span = int(key.max()) + 1
    if span > 8 * len(key) + 1024:
        _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
        return inverse.astype(np.int64), first.astype(np.int64)
    where = np.full(span, -1, dtype=np.int64)
    where[key] = np.arange(len(key))
    at = where[where >= 0]
    where[key[at]] = np.arange(len(at))
    return where[key], at


def group_edges(codes: IntArray, size: int) -> IntArray | None:
    """Return where each code begins in sorted codes, length size + 1; None where slices do not pay.

    Slices of sorted groups are faster than indexing by code, as long as the groups are few.
    """
    if size > FEW_GROUPS or (len(codes) > 1 and (codes[1:] < codes[:-1]).any()):
        return None
    return np.searchsorted(codes, np.arange(size + 1))
