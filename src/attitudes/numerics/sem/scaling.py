"""Traces by which test statistics are scaled when answers are not normal, or are ordinal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy import linalg

from attitudes.numerics.design import FloatArray
from attitudes.numerics.sem.normal import NormalSample, casewise_scores, elementwise_information
from attitudes.numerics.sem.ordinal import OrdinalSample
from attitudes.numerics.sem.problem import Problem, mean_of
from attitudes.numerics.sem.saturated import (
    saturated_information,
    saturated_moments,
    saturated_slopes,
)
from attitudes.numerics.sem.structure import implied_moments, moment_slopes
from attitudes.numerics.sem.vcov import ordinal_slopes, spread, stacked_weights

__all__ = [
    "ScoreCovariance",
    "Traces",
    "independent_covariance",
    "ordinal_traces",
    "satorra_bentler_meat",
    "satorra_bentler_trace",
    "saturated_trace",
]

ScoreCovariance: TypeAlias = Callable[[tuple[FloatArray, ...]], FloatArray]


@dataclass(frozen=True, slots=True)
class Traces:
    """tr(UΓ) and tr((UΓ)²); the second is NaN where it is not needed."""

    first: float
    second: float


def independent_covariance(scores: tuple[FloatArray, ...]) -> FloatArray:
    """Return the sum of squares of weighted scores: the covariance of independent rows."""
    total = np.zeros((scores[0].shape[1],) * 2)
    for rows in scores:
        total += rows.T @ rows
    return total


def saturated_trace(problem: Problem, covariance: ScoreCovariance | None) -> float:
    """Return Σ_g tr(B₁A₁⁻¹) of the saturated model.

    Parameters
    ----------
    problem
        Normal samples.
    covariance
        Of the sums of weighted scores, given the scores of all groups; None for independent
        respondents.

    Notes
    -----
    For complete answers and independent respondents it is ½ mean(d² − 2d + p), plus mean(d) where
    means are modelled, d the squared Mahalanobis distances: nothing of the size n × p² is made.
    """
    total = 0.0
    for g, sample in enumerate(problem.samples):
        assert isinstance(sample, NormalSample)
        moments = saturated_moments(sample)
        p = sample.data.shape[1]
        if sample.complete and covariance is None:
            centred = sample.data - moments.mean
            d = (centred * np.linalg.solve(moments.cov, centred.T).T).sum(axis=1)
            value = 0.5 * (d**2 - 2.0 * d + p) + (d if problem.has_means else 0.0)
            total += float(sample.weights**2 @ value) / sample.n
            continue
        slopes = saturated_slopes(p, means=problem.has_means)
        mu = moments.mean if problem.has_means else None
        if mu is None:
            A = elementwise_information(sample, moments.cov, mu, slopes, "observed")
        else:
            A = saturated_information(sample, moments.cov, mu, "observed")
        scores = casewise_scores(sample, moments.cov, mu, slopes) * sample.weights[:, None]
        if covariance is None:
            B = scores.T @ scores
        else:
            others = [np.zeros((len(s.data), scores.shape[1])) for s in _normal(problem)]
            others[g] = scores
            B = covariance(tuple(others))
        total += float(np.trace(linalg.solve(A, B, assume_a="sym"))) / sample.n
    return total


def _normal(problem: Problem) -> list[NormalSample]:
    return [sample for sample in problem.samples if isinstance(sample, NormalSample)]


def _centred_scores(problem: Problem, theta: FloatArray) -> tuple[FloatArray, ...]:
    """Δ'V g_i of each respondent, g the deviations of crossproducts from their means."""
    out = []
    for model, sample in zip(problem.models, _normal(problem), strict=True):
        implied = implied_moments(model, theta)
        slopes = moment_slopes(model, implied, model.free >= 0)
        rows = casewise_scores(sample, implied.sigma, None, slopes)
        if model.has_means:
            centre = sample.patterns[0].mean
            rows += (sample.data - centre) @ np.linalg.solve(implied.sigma, slopes.d)
        rows -= sample.weights @ rows / sample.n
        out.append(spread(rows, model.free[slopes.elements], problem.n_free))
    return tuple(
        s * sample.weights[:, None] for s, sample in zip(out, _normal(problem), strict=True)
    )


def satorra_bentler_meat(
    problem: Problem, theta: FloatArray, covariance: ScoreCovariance | None
) -> FloatArray:
    """Return Δ'VΓVΔ over all groups, Γ the distribution-free covariance of the moments."""
    scores = _centred_scores(problem, theta)
    return (covariance or independent_covariance)(scores) / problem.n


def satorra_bentler_trace(
    problem: Problem, theta: FloatArray, inverse: FloatArray, meat: FloatArray
) -> float:
    """Return tr(UΓ) of the Satorra–Bentler statistic, V at the model's estimates.

    Parameters
    ----------
    problem, theta
        Complete normal samples.
    inverse, meat
        (Δ'VΔ)⁻¹ and Δ'VΓVΔ.
    """
    total = -float((inverse * meat).sum())
    for model, sample in zip(problem.models, _normal(problem), strict=True):
        implied = implied_moments(model, theta)
        W = np.linalg.inv(implied.sigma)
        pattern = sample.patterns[0]
        centred = sample.data - pattern.mean
        d = (centred @ W * centred).sum(axis=1)
        WS = W @ pattern.cov
        squares = sample.weights**2
        spread_of = float(squares @ d**2) / sample.n
        mean_square = float((WS * WS.T).sum()) * float(squares.sum()) / sample.n
        cross = float(squares @ (centred @ (W @ pattern.cov @ W) * centred).sum(axis=1)) / sample.n
        total += 0.5 * (spread_of - 2.0 * cross + mean_square)
        if mean_of(model, implied) is not None:
            total += float(squares @ d) / sample.n
    return total


def ordinal_traces(problem: Problem, theta: FloatArray, inverse: FloatArray) -> Traces:
    """Return tr(UΓ) and tr((UΓ)²) of weighted least squares, group by group.

    Notes
    -----
    U = W − WΔ(Δ'WΔ)⁻¹Δ'W. With M = Δ'WΓWΔ, tr(UΓ) = tr(WΓ) − tr(E⁻¹M) and tr((UΓ)²) =
    tr(WΓWΓ) − 2 tr(E⁻¹Δ'WΓWΓWΔ) + tr(E⁻¹ME⁻¹M); no product of the size of Γ squared is made.
    """
    q = problem.n_free
    first = second = 0.0
    M, MM = np.zeros((q, q)), np.zeros((q, q))
    slopes = ordinal_slopes(problem, theta)
    if problem.joint is not None:
        w = stacked_weights(problem)
        return _traces(w, problem.joint, np.vstack(slopes), inverse)
    for sample, share, delta in zip(problem.samples, problem.shares, slopes, strict=True):
        assert isinstance(sample, OrdinalSample)
        w, gamma = sample.weights, sample.gamma
        first += float(w @ np.diag(gamma))
        root = np.sqrt(w)
        second += float(((gamma * root[:, None] * root) ** 2).sum())
        weighted = delta * w[:, None]
        half = gamma @ weighted
        M += share * (weighted.T @ half)
        MM += share * (half.T @ (half * w[:, None]))
    EM = inverse @ M
    first -= float(np.trace(EM))
    second += float(np.trace(EM @ EM)) - 2.0 * float((inverse * MM).sum())
    return Traces(first, second)


def _traces(w: FloatArray, gamma: FloatArray, delta: FloatArray, inverse: FloatArray) -> Traces:
    """The traces with one Γ of all groups together."""
    root = np.sqrt(w)
    weighted = delta * w[:, None]
    half = gamma @ weighted
    EM = inverse @ (weighted.T @ half)
    first = float(w @ np.diag(gamma)) - float(np.trace(EM))
    second = float(((gamma * root[:, None] * root) ** 2).sum()) + float(np.trace(EM @ EM))
    second -= 2.0 * float((inverse * (half.T @ (half * w[:, None]))).sum())
    return Traces(first, second)
