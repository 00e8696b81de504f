"""How far implied moments are from the sample's: SRMR and its kin, GFI."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attitudes.numerics.design import FloatArray
from attitudes.numerics.sem.normal import NormalSample
from attitudes.numerics.sem.ordinal import OrdinalSample, implied_statistics
from attitudes.numerics.sem.problem import Problem
from attitudes.numerics.sem.saturated import Saturated
from attitudes.numerics.sem.structure import Implied, implied_moments

__all__ = ["Residuals", "gfi", "residuals", "srmr_family"]


@dataclass(frozen=True, slots=True)
class Residuals:
    """Sample minus implied moments of one group.

    Attributes
    ----------
    cov
        Raw residual covariances (correlations of ordinal variables), p × p.
    cor
        Difference of the two correlation matrices, p × p.
    mean
        Raw residual means, or residual thresholds; empty where they are not modelled.
    standardised
        Covariances divided by the sample's standard deviations (Bentler), p × p.
    standardised_mean
        Means divided by the sample's standard deviations; thresholds as they are.
    """

    cov: FloatArray
    cor: FloatArray
    mean: FloatArray
    standardised: FloatArray
    standardised_mean: FloatArray


def _to_correlation(matrix: FloatArray) -> FloatArray:
    sd = np.sqrt(np.diag(matrix))
    return np.asarray(matrix / np.outer(sd, sd))


def implied_correlation(implied: Implied) -> FloatArray:
    """Return δ_i δ_j σ_ij with unit diagonal."""
    out = implied.sigma * np.outer(implied.scale, implied.scale)
    np.fill_diagonal(out, 1.0)
    return np.asarray(out)


def residuals(
    problem: Problem, theta: FloatArray, saturated: tuple[Saturated, ...]
) -> tuple[Residuals, ...]:
    """Return the residuals of each group.

    Parameters
    ----------
    problem, theta
        Model and estimates.
    saturated
        Sample moments of normal samples, one a group; not used for ordinal ones.
    """
    out = []
    for g, (model, sample) in enumerate(zip(problem.models, problem.samples, strict=True)):
        implied = implied_moments(model, theta)
        if isinstance(sample, OrdinalSample):
            cor = sample.correlation - implied_correlation(implied)
            cuts = sample.thresholds - implied_statistics(model, implied)[: len(sample.thresholds)]
            out.append(Residuals(cor, cor, cuts, cor, cuts))
            continue
        S = saturated[g].cov
        sd = np.sqrt(np.diag(S))
        difference = S - implied.sigma
        mean = saturated[g].mean - implied.mu if model.has_means else np.empty(0)
        out.append(
            Residuals(
                difference,
                _to_correlation(S) - _to_correlation(implied.sigma),
                mean,
                difference / np.outer(sd, sd),
                mean / sd if model.has_means else mean,
            )
        )
    return tuple(out)


def srmr_family(problem: Problem, found: tuple[Residuals, ...]) -> dict[str, float]:
    """Return srmr (lavaan's default), srmr_bentler, srmr_bentler_nomean, crmr and rmr.

    Notes
    -----
    Each group's root mean square is weighted by the group's share. ``srmr`` of ordinal models
    leaves the thresholds out; ``srmr_bentler`` counts them; p (p + 1)/2 is the number of
    covariances in both.
    """
    names = ("srmr_bentler", "srmr_bentler_nomean", "crmr", "crmr_nomean", "rmr", "rmr_nomean")
    total = dict.fromkeys(names, 0.0)
    for r, share in zip(found, problem.shares, strict=True):
        i, j = np.tril_indices(len(r.cov))
        pairs, means = len(i), len(r.mean)
        off = pairs - len(r.cov)
        kinds = {
            "srmr_bentler": (r.standardised, r.standardised_mean, pairs),
            "crmr": (r.cor, r.standardised_mean, off),
            "rmr": (r.cov, r.mean, pairs),
        }
        for name, (matrix, mean, count) in kinds.items():
            squares = float((matrix[i, j] ** 2).sum())
            both = (squares + float((mean**2).sum())) / (count + means)
            total[name] += float(share * np.sqrt(both))
            total[f"{name}_nomean"] += float(share * np.sqrt(squares / count))
    srmr = total["srmr_bentler_nomean" if problem.ordinal else "srmr_bentler"]
    return {"srmr": srmr, **total}


def gfi(problem: Problem, theta: FloatArray, saturated: tuple[Saturated, ...]) -> float:
    """Return 1 − e'Ve / s'Vs, V the weight matrix at the model's estimates."""
    total = 0.0
    for g, (model, sample) in enumerate(zip(problem.models, problem.samples, strict=True)):
        implied = implied_moments(model, theta)
        if isinstance(sample, OrdinalSample):
            e = sample.statistics - implied_statistics(model, implied)
            part, whole = float(e**2 @ sample.weights), float(sample.statistics**2 @ sample.weights)
        elif not sample.complete:
            part, whole = _missing_parts(sample, implied, saturated[g])
        else:
            W = np.linalg.inv(implied.sigma)
            S = saturated[g].cov
            WE, WS = W @ (S - implied.sigma), W @ S
            part, whole = 0.5 * float((WE * WE.T).sum()), 0.5 * float((WS * WS.T).sum())
            if model.has_means:
                e = saturated[g].mean - implied.mu
                part += float(e @ W @ e)
                whole += float(saturated[g].mean @ W @ saturated[g].mean)
        total += float(problem.shares[g]) * (1.0 - part / whole)
    return total


def _missing_parts(
    sample: NormalSample, implied: Implied, moments: Saturated
) -> tuple[float, float]:
    """e'Ve and s'Vs with V the expected information of the moments given what is missing.

    As in lavaan, the sample's moments s are those of available cases without weights, and those
    of EM with weights.
    """
    mean, cov = moments.mean, moments.cov
    if np.ptp(sample.weights) == 0:
        mean, cov = _available_moments(sample.data)
    part = whole = 0.0
    for pattern in sample.patterns:
        at = pattern.index
        square = np.ix_(at, at)
        W: FloatArray = np.asarray(np.linalg.inv(implied.sigma[square]), dtype=np.float64)
        share = pattern.weight / sample.n
        part += share * _form(W, cov[square] - implied.sigma[square], mean[at] - implied.mu[at])
        whole += share * _form(W, cov[square], mean[at])
    return part, whole


def _form(W: FloatArray, S: FloatArray, m: FloatArray) -> float:
    """½ tr(WSWS) + m'Wm."""
    WS = W @ S
    return 0.5 * float((WS * WS.T).sum()) + float(m @ W @ m)


def _available_moments(data: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Means of those who answered; covariances of those who answered both, × (n − 1)/n."""
    seen = np.isfinite(data)
    x = np.where(seen, data, 0.0)
    g = seen.astype(np.float64)
    pairs = g.T @ g
    sums = x.T @ g
    cross = x.T @ x - sums * sums.T / pairs
    n = len(data)
    return x.sum(axis=0) / g.sum(axis=0), cross / (pairs - 1.0) * (n - 1.0) / n
