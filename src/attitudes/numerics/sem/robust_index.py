"""What CFI and RMSEA of the population would be: for ordinal answers and for missing ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg

from attitudes.numerics.design import FloatArray
from attitudes.numerics.sem.normal import NormalSample, casewise_scores, patterns_of
from attitudes.numerics.sem.ordinal import OrdinalSample
from attitudes.numerics.sem.problem import Problem
from attitudes.numerics.sem.residual_fit import implied_correlation
from attitudes.numerics.sem.saturated import (
    Saturated,
    saturated_information,
    saturated_slopes,
)
from attitudes.numerics.sem.scaling import ScoreCovariance
from attitudes.numerics.sem.structure import implied_moments, moment_slopes
from attitudes.numerics.sem.vcov import ordinal_slopes, spread

__all__ = ["Robust", "missing_corrected", "ordinal_corrected"]


@dataclass(frozen=True, slots=True)
class Robust:
    """Maximum-likelihood statistic at the estimates, and what it is expected to be.

    Attributes
    ----------
    chisq, base
        Of the model and of the baseline model.
    scale, base_scale
        ĉ of each: expectation per degree of freedom.
    df
        Degrees of freedom of the model that ``scale`` is per.
    """

    chisq: float
    scale: float
    base: float
    base_scale: float
    df: int


def _likelihood_distance(sigma: FloatArray, sample: FloatArray) -> float:
    """log|Σ| − log|S| + tr(SΣ⁻¹) − p."""
    ratio = np.linalg.solve(sigma, sample)
    return float(np.trace(ratio) - np.linalg.slogdet(ratio)[1] - len(sample))


def _pair_weights(sigma: FloatArray) -> FloatArray:
    """Normal-theory weight of the off-diagonal elements, ½D'(W⊗W)D without its diagonal."""
    W = np.linalg.inv(sigma)
    i, j = np.triu_indices(len(sigma), 1)
    return W[np.ix_(i, i)] * W[np.ix_(j, j)] + W[np.ix_(i, j)] * W[np.ix_(j, i)]


def ordinal_corrected(problem: Problem, theta: FloatArray, inverse: FloatArray) -> Robust | None:
    """Return the catML-DWLS statistics; None when they are not defined.

    That is when a polychoric matrix is not positive definite, or thresholds are constrained.

    References
    ----------
    Savalei, V. (2021). Improving fit indices in structural equation modeling with categorical
    data. *Multivariate Behavioral Research* 56, 390–407.
    """
    chisq = base = trace = base_trace = 0.0
    slopes = ordinal_slopes(problem, theta)
    q = problem.n_free
    cross = np.zeros((q, q))  # Δ'WΓVΔ, weighted by shares
    bend, meat = np.zeros((q, q)), np.zeros((q, q))
    pairs = 0
    used = np.zeros(q, dtype=bool)
    for model, sample, share, delta in zip(
        problem.models, problem.samples, problem.shares, slopes, strict=True
    ):
        assert isinstance(sample, OrdinalSample)
        R = sample.correlation
        if np.linalg.eigvalsh(R)[0] < 1.5e-8:
            return None
        implied = implied_correlation(implied_moments(model, theta))
        chisq += sample.n * _likelihood_distance(implied, R)
        base -= sample.n * float(np.linalg.slogdet(R)[1])
        cuts = len(sample.thresholds)
        V, gamma = _pair_weights(implied), sample.gamma[cuts:, cuts:]
        pairs += len(V)
        weighted, delta = (delta * sample.weights[:, None])[cuts:], delta[cuts:]
        used |= (delta != 0).any(axis=0)
        Vd = V @ delta
        Gw = gamma @ weighted
        trace += float((V * gamma).sum())
        base_trace += float(np.trace(gamma))
        cross += share * (Gw.T @ Vd)
        bend += share * (delta.T @ Vd)
        meat += share * (weighted.T @ Gw)
    first = trace - 2.0 * float(np.trace(inverse @ cross))
    ks = first + float(np.trace(inverse @ bend @ inverse @ meat))
    df = pairs - int(used.sum())
    if df != problem.df:  # thresholds are constrained too: the index is not defined
        return None
    return Robust(chisq, ks / df if df > 0 else np.nan, base, base_trace / pairs, df)


def _saturated_information(
    sample: NormalSample, moments: Saturated
) -> tuple[FloatArray, FloatArray]:
    """Observed information of the saturated moments, and that of complete answers."""
    observed = saturated_information(sample, moments.cov, moments.mean, "observed")
    whole = patterns_of(moments.mean[None, :], np.ones(1))
    complete = saturated_information(whole, moments.cov, moments.mean, "expected")
    return observed, complete


def missing_corrected(
    problem: Problem,
    theta: FloatArray,
    baseline: tuple[Problem, FloatArray],
    saturated: tuple[Saturated, ...],
    *,
    robust: bool,
    covariance: ScoreCovariance | None = None,
) -> Robust:
    """Return the statistics of FIML-corrected fit indices.

    Parameters
    ----------
    problem, theta
        Normal samples with missing answers, and the estimates.
    baseline
        The baseline model and its estimates.
    saturated
        Moments by EM.
    robust
        Whether normality is doubted (the V3 correction; otherwise V6).
    covariance
        Of the sums of weighted scores under the design; None for independent respondents.

    References
    ----------
    Zhang, X. and Savalei, V. (2023). New computations for RMSEA and CFI following FIML and TS
    estimation with missing data. *Psychological Methods* 28, 263–283.
    """
    pieces = [
        _saturated_information(s, m)
        for s, m in zip(problem.samples, saturated, strict=True)
        if isinstance(s, NormalSample)
    ]
    gammas = [
        _first_order(problem, g, m, covariance) if robust else None for g, m in enumerate(saturated)
    ]
    base_problem, base_theta = baseline
    chisq, scale = _corrected(problem, theta, saturated, pieces, gammas)
    base, base_scale = _corrected(base_problem, base_theta, saturated, pieces, gammas)
    df = max(problem.df, 1)
    return Robust(chisq, scale / df, base, base_scale / base_problem.df, problem.df)


def _first_order(
    problem: Problem, g: int, moments: Saturated, covariance: ScoreCovariance | None
) -> FloatArray:
    """Covariance of the scores of a group's saturated moments, of one respondent."""
    sample = problem.samples[g]
    assert isinstance(sample, NormalSample)
    slopes = saturated_slopes(len(moments.mean), means=True)
    scores = casewise_scores(sample, moments.cov, moments.mean, slopes) * sample.weights[:, None]
    if covariance is None:
        return np.asarray(scores.T @ scores / sample.n)
    rows = [s.data for s in problem.samples if isinstance(s, NormalSample)]
    whole = [scores if k == g else np.zeros((len(x), scores.shape[1])) for k, x in enumerate(rows)]
    return covariance(tuple(whole)) / sample.n


def _corrected(
    problem: Problem,
    theta: FloatArray,
    saturated: tuple[Saturated, ...],
    pieces: list[tuple[FloatArray, FloatArray]],
    firsts: list[FloatArray | None],
) -> tuple[float, float]:
    """χ² of the estimates on the EM moments, and its trace."""
    chisq = 0.0
    q = problem.n_free
    E = np.zeros((q, q))
    deltas, inverses = [], []
    for model, sample, share, moments, (Wm, _) in zip(
        problem.models, problem.samples, problem.shares, saturated, pieces, strict=True
    ):
        implied = implied_moments(model, theta)
        e = moments.mean - implied.mu
        distance = _likelihood_distance(implied.sigma, moments.cov)
        chisq += sample.n * (distance + float(e @ np.linalg.solve(implied.sigma, e)))
        slopes = moment_slopes(model, implied, model.free >= 0)
        i, j = np.triu_indices(model.n_observed)
        by_element = np.vstack([slopes.d, slopes.b[i] * slopes.c[j] + slopes.b[j] * slopes.c[i]])
        delta = spread(by_element, model.free[slopes.elements], q)
        deltas.append(delta)
        inverses.append(np.linalg.inv(Wm))
        E += share * (delta.T @ Wm @ delta)
    inverse = linalg.inv(E)
    trace = 0.0
    k = [np.zeros((q, q)) for _ in range(3)]
    for delta, Wmi, share, (_, Wc), first in zip(
        deltas, inverses, problem.shares, pieces, firsts, strict=True
    ):
        if first is None:
            trace += float((Wc * Wmi).sum())
            k[0] += share * (delta.T @ Wc @ delta)
            continue
        gamma = Wmi @ first @ Wmi
        trace += float((Wc * gamma).sum())
        k[0] += share * (delta.T @ Wc @ delta)
        k[1] += share * (delta.T @ first @ delta)
        k[2] += share * (delta.T @ first @ Wmi @ Wc @ delta)
    if firsts[0] is None:
        return chisq, trace - float((inverse * k[0]).sum())
    both = float(np.trace(inverse @ k[0] @ inverse @ k[1]))
    return chisq, trace - 2.0 * float(np.trace(inverse @ k[2])) + both
