"""Latent scores of one scale under the normal-ogive graded model: expected a posteriori."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, roots_hermitenorm

from attitudes.numerics.design import FloatArray, IntArray

__all__ = ["LatentScores", "category_probabilities", "eap_scores"]


@dataclass(frozen=True, slots=True)
class LatentScores:
    """Expected latent values.

    Attributes
    ----------
    scores
        Posterior means, length n; NaN for a respondent without answers.
    se
        Posterior standard deviations, length n.
    reliability
        Variance of the posterior means / (that + mean posterior variance), weighted.
    """

    scores: FloatArray
    se: FloatArray
    reliability: float


def category_probabilities(theta: FloatArray, loading: float, thresholds: FloatArray) -> FloatArray:
    """Return P(answer = c | θ), len(theta) × C, for an item of the graded model.

    Notes
    -----
    The answer is at least c when λθ + ε exceeds τ_c, with ε normal of variance 1 − λ²:
    P(X ≥ c | θ) = Φ((λθ − τ_c)/√(1 − λ²)).

    Examples
    --------
    >>> category_probabilities(np.array([0.0]), 0.6, np.array([0.0])).ravel()
    array([0.5, 0.5])
    """
    spread = np.sqrt(1.0 - loading**2)
    above = ndtr((loading * theta[:, None] - thresholds[None, :]) / spread)
    edges = np.hstack([np.ones((len(theta), 1)), above, np.zeros((len(theta), 1))])
    return np.asarray(edges[:, :-1] - edges[:, 1:], dtype=np.float64)


def eap_scores(
    codes: IntArray,
    loadings: FloatArray,
    thresholds: tuple[FloatArray, ...],
    *,
    weights: FloatArray | None = None,
    nodes: int = 61,
) -> LatentScores:
    """Return expected a posteriori scores on a standard normal latent variable.

    Parameters
    ----------
    codes
        Answers as category numbers 0 … C_j − 1, n × k; −1 where missing.
    loadings
        One factor's loadings on the underlying normal responses, length k, inside (−1, 1).
    thresholds
        Thresholds of each item.
    weights
        Weights of the reliability, length n.
    nodes
        Points of the Gauss–Hermite rule.

    References
    ----------
    Bock, R. D. and Mislevy, R. J. (1982). Adaptive EAP estimation of ability in a microcomputer
    environment. *Applied Psychological Measurement* 6, 431–444.
    """
    theta, mass = roots_hermitenorm(nodes)
    log_posterior = np.broadcast_to(np.log(mass), (len(codes), nodes)).copy()
    for j, loading in enumerate(loadings):
        p = category_probabilities(theta, float(loading), thresholds[j])
        table = np.vstack([np.log(np.maximum(p.T, 1e-300)), np.zeros(nodes)])
        log_posterior += table[codes[:, j]]
    log_posterior -= log_posterior.max(axis=1, keepdims=True)
    posterior = np.exp(log_posterior)
    posterior /= posterior.sum(axis=1, keepdims=True)
    mean = posterior @ theta
    variance = np.maximum(posterior @ theta**2 - mean**2, 0.0)
    answered = (codes >= 0).any(axis=1)
    w = (np.ones(len(codes)) if weights is None else weights) * answered
    centre = np.average(mean, weights=w)
    between = np.average((mean - centre) ** 2, weights=w)
    within = np.average(variance, weights=w)
    return LatentScores(
        np.where(answered, mean, np.nan),
        np.where(answered, np.sqrt(variance), np.nan),
        float(between / (between + within)),
    )
