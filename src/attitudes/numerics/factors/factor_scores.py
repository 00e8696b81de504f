"""Weights that turn standardised answers into factor scores, and how well they determine them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from attitudes.errors import EstimationError
from attitudes.numerics.design import FloatArray
from attitudes.numerics.moments import scaled_covariance

__all__ = ["ScoreWeights", "WeightMethod", "score_weights"]

WeightMethod = Literal["regression", "bartlett", "tenberge", "anderson"]


@dataclass(frozen=True, slots=True)
class ScoreWeights:
    """Factor score weights.

    Attributes
    ----------
    weights
        k × m: scores are standardised answers × weights.
    determinacy
        Correlation of the regression scores with their factors: the best that can be had.
    validity
        Correlation of these scores with their factors.
    r2
        Squared multiple correlation as psych reports it: diag(W'S), S the structure.
    score_correlation
        Correlations of the scores, m × m.
    """

    weights: FloatArray
    determinacy: FloatArray
    validity: FloatArray
    r2: FloatArray
    score_correlation: FloatArray


def _power(matrix: FloatArray, exponent: float) -> FloatArray:
    values, vectors = np.linalg.eigh(matrix)
    if values[0] <= 0 and exponent < 0:
        raise EstimationError(
            "factor scores", "a singular matrix", "a positive definite one", "use fewer factors"
        )
    return np.asarray((vectors * np.maximum(values, 0.0) ** exponent) @ vectors.T)


def score_weights(
    correlation: FloatArray,
    loadings: FloatArray,
    phi: FloatArray,
    *,
    method: WeightMethod = "regression",
) -> ScoreWeights:
    """Return factor score weights.

    Parameters
    ----------
    correlation
        k × k, positive definite.
    loadings, phi
        Pattern loadings, k × m, and factor correlations, m × m.
    method
        ``"regression"`` (Thurstone): R⁻¹ΛΦ; ``"bartlett"``: Ψ⁻¹Λ(Λ'Ψ⁻¹Λ)⁻¹, unbiased given the
        factors; ``"tenberge"``: keeps the factors' correlations; ``"anderson"``: uncorrelated.

    Raises
    ------
    EstimationError
        Uniquenesses at zero with Bartlett or Anderson; a singular matrix.

    References
    ----------
    ten Berge, J. M. F., Krijnen, W., Wansbeek, T. and Shapiro, A. (1999). Some new results on
    correlation-preserving factor scores prediction methods. *Linear Algebra and its Applications*
    289, 311–318. Grice, J. W. (2001). Computing and evaluating factor scores. *Psychological
    Methods* 6, 430–450.
    """
    structure = loadings @ phi
    regression = np.linalg.solve(correlation, structure)
    determinacy = np.sqrt(np.maximum((structure * regression).sum(axis=0), 0.0))
    if method == "regression":
        weights = regression
    elif method == "tenberge":
        root = _power(correlation, -0.5)
        pattern = loadings @ _power(phi, 0.5)
        middle = _power(pattern.T @ np.linalg.solve(correlation, pattern), -0.5)
        weights = root @ (root @ pattern @ middle) @ _power(phi, 0.5)
    else:
        unique = 1.0 - (structure * loadings).sum(axis=1)
        if (unique <= 1e-10).any():
            raise EstimationError(
                f"factor scores, {method}",
                "an item without unique variance (Heywood case)",
                "uniquenesses above 0",
                'use method="regression"',
            )
        scaled = loadings / unique[:, None]
        if method == "bartlett":
            weights = scaled @ np.linalg.inv(loadings.T @ scaled)
        else:
            weights = scaled @ _power(scaled.T @ correlation @ scaled, -0.5)
    covariance = weights.T @ correlation @ weights
    with_factor = (weights * structure).sum(axis=0)
    return ScoreWeights(
        np.asarray(weights),
        np.asarray(determinacy),
        np.asarray(with_factor / np.sqrt(np.diag(covariance))),
        with_factor,
        scaled_covariance(covariance),
    )
