"""Response propensities: the probability to respond, modelled, and classes of like propensity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.models.families import make_family
from attitudes.numerics.models.glm import fit_glm

__all__ = ["PropensityFit", "fit_propensity", "propensity_classes"]


@dataclass(frozen=True, slots=True)
class PropensityFit:
    """A weighted logistic model of response.

    Attributes
    ----------
    propensities
        Estimated probability of each row, length n.
    coefficients
        Length p.
    auc
        Weighted probability that a respondent has the higher propensity of a pair (ties half).
    iterations
        Of the fit.
    """

    propensities: FloatArray
    coefficients: FloatArray
    auc: float
    iterations: int


def fit_propensity(
    X: FloatArray, responded: NDArray[np.bool_], weights: FloatArray
) -> PropensityFit:
    """Fit the probability to respond.

    Parameters
    ----------
    X
        Predictors with a column of ones, n × p, of full rank.
    responded
        Whether each sampled person responded, length n.
    weights
        Weights, length n; rows of weight zero take no part and get a propensity all the same.

    Raises
    ------
    EstimationError
        Predictors that depend on each other.
    ConvergenceError
        Predictors that tell respondents from non-respondents without error.

    References
    ----------
    Rosenbaum and Rubin (1983), Biometrika 70; Little (1986), ISR 54, 139–157.

    Examples
    --------
    >>> X = np.column_stack([np.ones(6), [0, 0, 0, 1, 1, 1]]).astype(float)
    >>> y = np.array([True, True, False, True, False, False])
    >>> fit_propensity(X, y, np.ones(6)).propensities.round(3).tolist()
    [0.667, 0.667, 0.667, 0.333, 0.333, 0.333]
    """
    used = weights > 0
    scaled = weights[used] / weights[used].mean()
    fit = fit_glm(X[used], responded[used].astype(np.float64), scaled, make_family("binomial"))
    linear = X @ fit.coefficients
    propensities = 0.5 * (1 + np.tanh(0.5 * linear))
    auc = _auc(propensities[used], responded[used], weights[used])
    return PropensityFit(propensities, fit.coefficients, auc, fit.iterations)


def propensity_classes(propensities: FloatArray, weights: FloatArray, n_classes: int) -> IntArray:
    """Return classes of about equal weight by rising propensity, codes 0 … at most n − 1.

    Equal propensities are never split; classes that get nobody are closed.

    Examples
    --------
    >>> propensity_classes(np.array([.9, .1, .5, .5]), np.ones(4), 2).tolist()
    [1, 0, 1, 1]
    """
    values, inverse = np.unique(np.round(propensities, 12), return_inverse=True)
    mass = np.bincount(inverse.ravel(), weights=weights, minlength=len(values))
    middle = (np.cumsum(mass) - mass / 2) / mass.sum()
    codes = np.minimum((middle * n_classes).astype(np.int64), n_classes - 1)
    _, compact = np.unique(codes, return_inverse=True)
    return np.asarray(compact.ravel()[inverse.ravel()], dtype=np.int64)


def _auc(scores: FloatArray, responded: NDArray[np.bool_], weights: FloatArray) -> float:
    values, inverse = np.unique(scores, return_inverse=True)
    yes = np.bincount(inverse.ravel(), weights=weights * responded, minlength=len(values))
    no = np.bincount(inverse.ravel(), weights=weights * ~responded, minlength=len(values))
    below = np.cumsum(no) - no
    pairs = yes.sum() * no.sum()
    return float((yes @ (below + no / 2)) / pairs) if pairs > 0 else float("nan")
