"""Velicer's minimum average partial and Revelle and Rocklin's very simple structure."""

from __future__ import annotations

import numpy as np

from attitudes.numerics.design import FloatArray

__all__ = ["minimum_average_partial", "simplified", "very_simple_structure"]


def minimum_average_partial(correlation: FloatArray, most: int) -> FloatArray:
    """Return the average squared partial correlation after 1 … ``most`` components.

    Parameters
    ----------
    correlation
        k × k.
    most
        Largest number of components, below k.

    References
    ----------
    Velicer, W. F. (1976). Determining the number of components from the matrix of partial
    correlations. *Psychometrika* 41, 321–327.

    Examples
    --------
    >>> r = np.full((4, 4), 0.5) + np.eye(4) / 2
    >>> minimum_average_partial(r, 1).round(4)
    array([0.1111])
    """
    k = len(correlation)
    values, vectors = np.linalg.eigh(correlation)
    components = vectors[:, ::-1] * np.sqrt(np.maximum(values[::-1], 0.0))
    out = np.full(most, np.nan)
    rest = correlation.copy()
    for m in range(min(most, k - 1)):
        rest = rest - np.outer(components[:, m], components[:, m])
        variance = np.diag(rest)
        if (variance <= 1e-12).any():
            break
        partial = rest / np.sqrt(np.outer(variance, variance))
        out[m] = ((partial**2).sum() - k) / (k * (k - 1))
    return out


def simplified(loadings: FloatArray, complexity: int) -> FloatArray:
    """Return the loadings with all but each item's ``complexity`` largest set to zero.

    Examples
    --------
    >>> simplified(np.array([[0.5, -0.7, 0.1]]), 1)
    array([[ 0. , -0.7,  0. ]])
    """
    order = np.argsort(-np.abs(loadings), axis=1, kind="stable")[:, :complexity]
    out = np.zeros_like(loadings)
    rows = np.arange(len(loadings))[:, None]
    out[rows, order] = loadings[rows, order]
    return out


def very_simple_structure(correlation: FloatArray, loadings: FloatArray, complexity: int) -> float:
    """Return how much of the correlation matrix the simplified (rotated) loadings explain.

    Parameters
    ----------
    correlation
        k × k.
    loadings
        Orthogonal, rotated, k × m.
    complexity
        Loadings kept for each item.

    References
    ----------
    Revelle, W. and Rocklin, T. (1979). Very simple structure: an alternative procedure for
    estimating the optimal number of interpretable factors. *Multivariate Behavioral Research* 14,
    403–414.
    """
    simple = simplified(loadings, complexity)
    residual = correlation - simple @ simple.T
    return 1.0 - float((residual**2).sum()) / float((correlation**2).sum())
