"""Rank correlations of all pairs of items, weighted, each pair ranked among its own."""

from __future__ import annotations

import numpy as np

from attitudes.numerics.correlation.contingency import PairTables, encode_categories, pair_tables
from attitudes.numerics.correlation.polychoric import square
from attitudes.numerics.design import FloatArray
from attitudes.numerics.moments import pairwise_moments

__all__ = ["spearman_correlation", "weighted_ranks"]

_FEW = 20


def weighted_ranks(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Return weighted mid-ranks of one variable: the weight below, and half the weight at it.

    Parameters
    ----------
    values
        Length n, none missing.
    weights
        Length n. With weights 1 these are the usual mid-ranks less one half.

    Examples
    --------
    >>> weighted_ranks(np.array([3.0, 1.0, 1.0]), np.array([1.0, 1.0, 2.0]))
    array([3.5, 1.5, 1.5])
    """
    _, place = np.unique(values, return_inverse=True)
    at = np.bincount(place, weights)
    return np.asarray((np.cumsum(at) - at / 2.0)[place])


def spearman_correlation(values: FloatArray, weights: FloatArray | None = None) -> FloatArray:
    """Return Spearman's correlations, k × k.

    Parameters
    ----------
    values
        Answers, n × k, NaN where missing.
    weights
        Length n; default: all 1. A whole weight counts as so many copies.

    Notes
    -----
    Each pair is ranked among those who answered both items, as R's
    ``cor(use = "pairwise", method = "spearman")`` does.

    Examples
    --------
    >>> x = np.array([[1.0, 10], [2, 30], [3, 20], [4, np.nan]])
    >>> spearman_correlation(x)
    array([[1. , 0.5],
           [0.5, 1. ]])
    """
    n, k = values.shape
    w = np.ones(n) if weights is None else weights
    present = np.isfinite(values)
    if present.all():
        ranked = np.column_stack([weighted_ranks(values[:, j], w) for j in range(k)])
        return pairwise_moments(ranked, weights).correlation
    codes = encode_categories(values)
    if int(codes.n_categories.max(initial=0)) <= _FEW:
        return _of_tables(pair_tables(codes.codes, codes.n_categories, weights), k)
    out = np.eye(k)
    for i in range(k):
        for j in range(i + 1, k):
            both = present[:, i] & present[:, j]
            pair = np.column_stack([weighted_ranks(values[both, c], w[both]) for c in (i, j)])
            out[i, j] = out[j, i] = pairwise_moments(pair, w[both]).correlation[0, 1]
    return out


def _of_tables(tables: PairTables, k: int) -> FloatArray:
    """The same from the pairs' tables, for items with few categories."""
    counts = tables.counts
    margins = counts.sum(axis=2), counts.sum(axis=1)
    total = tables.total
    centred = []
    for margin in margins:
        rank = np.cumsum(margin, axis=1) - margin / 2.0
        with np.errstate(invalid="ignore", divide="ignore"):
            centred.append(rank - ((margin * rank).sum(axis=1) / total)[:, None])
    cross = np.einsum("pab,pa,pb->p", counts, *centred, optimize=True)
    squares = [(m * c**2).sum(axis=1) for m, c in zip(margins, centred, strict=True)]
    with np.errstate(invalid="ignore", divide="ignore"):
        return square(cross / np.sqrt(squares[0] * squares[1]), k)
