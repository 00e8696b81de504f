"""How coefficients of reliability move with correlations, and correlations with covariances."""

from __future__ import annotations

import numpy as np

from attitudes.numerics.design import FloatArray
from attitudes.numerics.moments import scaled_covariance

__all__ = ["alpha_slope", "covariance_slope", "omega_slope", "pair_slope"]


def alpha_slope(correlation: FloatArray) -> FloatArray:
    """Return dα/dR of standardised alpha as a symmetric matrix G: dα = Σ_ij G_ij dR_ij.

    The diagonal is zero: it does not move.

    Examples
    --------
    >>> alpha_slope(np.array([[1.0, 0.5], [0.5, 1.0]])).round(4)
    array([[0.    , 0.4444],
           [0.4444, 0.    ]])
    """
    k = len(correlation)
    slope = k / (k - 1) * k / float(correlation.sum()) ** 2
    return np.asarray(slope * (1.0 - np.eye(k)))


def omega_slope(correlation: FloatArray, loadings: FloatArray) -> FloatArray:
    """Return dω/dR of omega total of one minres factor as a symmetric matrix G.

    Parameters
    ----------
    correlation
        k × k.
    loadings
        Of the minres factor, length k, none of them at a bound.

    Notes
    -----
    ω = 1 − Σ(1 − λ²)/ΣR, and λ solves Σ_{j≠i} (r_ij − λ_i λ_j) λ_j = 0 for every i: dλ follows from
    the implicit function theorem.

    Examples
    --------
    >>> load = np.array([0.8, 0.7, 0.6, 0.5])
    >>> r = np.outer(load, load)
    >>> np.fill_diagonal(r, 1.0)
    >>> bool((omega_slope(r, load) + np.eye(4) > 0).all())
    True
    """
    total = float(correlation.sum())
    unexplained = float((1.0 - loadings**2).sum())
    jacobian = 2.0 * np.outer(loadings, loadings) - correlation
    np.fill_diagonal(jacobian, float((loadings**2).sum()) - loadings**2)
    v = np.linalg.lstsq(jacobian.T, 2.0 * loadings / total, rcond=None)[0]
    out = np.outer(v, loadings)
    out = (out + out.T) / 2.0 + unexplained / total**2
    np.fill_diagonal(out, 0.0)
    return np.asarray(out)


def covariance_slope(slope: FloatArray, covariance: FloatArray) -> FloatArray:
    """Return dθ/dC of a function of the correlations, from its dθ/dR; both symmetric.

    Parameters
    ----------
    slope
        dθ/dR with a zero diagonal, k × k.
    covariance
        C, k × k.

    Examples
    --------
    >>> covariance_slope(np.array([[0.0, 0.5], [0.5, 0.0]]), np.array([[4.0, 1.0], [1.0, 1.0]]))
    array([[-0.0625,  0.25  ],
           [ 0.25  , -0.25  ]])
    """
    deviation = np.sqrt(np.diag(covariance))
    correlation = scaled_covariance(covariance)
    out = slope / np.outer(deviation, deviation)
    shrink = (slope * correlation).sum(axis=1) / deviation**2
    out[np.diag_indices(len(out))] = -shrink
    return np.asarray(out)


def pair_slope(slope: FloatArray) -> FloatArray:
    """Return dθ/dr of each pair (0,1), (0,2), …, (1,2), … from a symmetric dθ/dR.

    Examples
    --------
    >>> pair_slope(np.array([[0.0, 0.5], [0.5, 0.0]]))
    array([1.])
    """
    first, second = np.triu_indices(len(slope), 1)
    return np.asarray(2.0 * slope[first, second])
