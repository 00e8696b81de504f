"""The saturated normal model: moments that reproduce the sample, by EM where answers miss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attitudes.errors import ConvergenceError
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.sem.normal import (
    Information,
    NormalSample,
    Pattern,
    discrepancy,
    moment_pieces,
)
from attitudes.numerics.sem.structure import Slopes

__all__ = ["Saturated", "saturated_information", "saturated_moments", "saturated_slopes"]

_TOLERANCE = 1e-10
_MAXIMUM = 5000


@dataclass(frozen=True, slots=True)
class Saturated:
    """Unrestricted maximum-likelihood moments of one group.

    Attributes
    ----------
    mean, cov
        Length p and p × p.
    discrepancy
        ½ mean of log|Σ| + (x − μ)'Σ⁻¹(x − μ).
    """

    mean: FloatArray
    cov: FloatArray
    discrepancy: float


def saturated_moments(sample: NormalSample) -> Saturated:
    """Return the unrestricted moments.

    Raises
    ------
    ConvergenceError
        When EM does not settle: some pair of variables was hardly answered together.

    References
    ----------
    Little, R. J. A. and Rubin, D. B. (2002). *Statistical Analysis with Missing Data*, 11.2.
    """
    if sample.complete:
        pattern = sample.patterns[0]
        return Saturated(pattern.mean, pattern.cov, discrepancy(sample, pattern.cov, pattern.mean))
    mean = np.nanmean(sample.data, axis=0)
    cov = np.diag(np.nanvar(sample.data, axis=0))
    for _ in range(_MAXIMUM):
        new_mean, new_cov = _em_step(sample, mean, cov)
        spread = np.sqrt(np.diag(new_cov))
        move = max(
            float(np.abs((new_mean - mean) / spread).max()),
            float(np.abs((new_cov - cov) / np.outer(spread, spread)).max()),
        )
        mean, cov = new_mean, new_cov
        if move < _TOLERANCE:
            return Saturated(mean, cov, discrepancy(sample, cov, mean))
    raise ConvergenceError(
        "saturated moments with missing answers",
        f"EM steps still of {move:.1e} after {_MAXIMUM}",
        "answers of enough respondents to every pair of variables",
        "leave out variables that few answered",
    )


def _em_step(
    sample: NormalSample, mean: FloatArray, cov: FloatArray
) -> tuple[FloatArray, FloatArray]:
    p = len(mean)
    first, second = np.zeros(p), np.zeros((p, p))
    for pattern in sample.patterns:
        centre, spread = _expected(pattern, mean, cov)
        share = pattern.weight / sample.n
        first += share * centre
        second += share * (spread + np.outer(centre, centre))
    return first, second - np.outer(first, first)


def _expected(pattern: Pattern, mean: FloatArray, cov: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean and covariance of a pattern's completed answers."""
    p, seen = len(mean), pattern.index
    if len(seen) == p:
        return pattern.mean, pattern.cov
    rest = np.setdiff1d(np.arange(p), seen)
    slope = np.linalg.solve(cov[np.ix_(seen, seen)], cov[np.ix_(seen, rest)])
    fill = np.zeros((len(seen), p))
    fill[np.arange(len(seen)), seen] = 1.0
    fill[:, rest] = slope
    centre = mean + (pattern.mean - mean[seen]) @ fill
    spread = fill.T @ pattern.cov @ fill
    spread[np.ix_(rest, rest)] += cov[np.ix_(rest, rest)] - slope.T @ cov[np.ix_(seen, rest)]
    return centre, spread


def saturated_slopes(p: int, *, means: bool) -> Slopes:
    """Return the derivatives of Σ and μ by themselves: means first, then (0,0), (0,1), ….

    Parameters
    ----------
    p
        Observed variables.
    means
        Whether the means are there.
    """
    i, j = np.triu_indices(p)
    unit = np.eye(p)
    b, c = unit[:, i].copy(), unit[:, j].copy()
    c[:, i == j] *= 0.5
    d = np.zeros_like(b)
    if means:
        zero = np.zeros((p, p))
        b, c, d = np.hstack([zero, b]), np.hstack([zero, c]), np.hstack([unit, d])
    return Slopes(b, c, d, np.arange(b.shape[1]))


def saturated_information(
    sample: NormalSample, sigma: FloatArray, mu: FloatArray, kind: Information
) -> FloatArray:
    """Return the information of one respondent about means, then (0,0), (0,1), ….

    Parameters
    ----------
    sample
        One group.
    sigma, mu
        Where.
    kind
        ``"expected"`` given what is missing, or ``"observed"``.

    Notes
    -----
    As :func:`elementwise_information` of :func:`saturated_slopes`; since those are unit vectors,
    every product is an entry of Σ⁻¹, and nothing is multiplied out.
    """
    p = len(sigma)
    size = p + p * (p + 1) // 2
    total = np.zeros((size, size))
    for pattern in sample.patterns:
        share = pattern.weight / sample.n
        W, V, w = moment_pieces(pattern, sigma, mu)
        i, j = np.triu_indices(len(W))
        half = np.where(i == j, 0.5, 1.0)
        block = _pair_information(W, V if kind == "observed" else None, i, j)
        block *= share * half[:, None] * half
        a, b = pattern.index[i], pattern.index[j]
        places = p + a * p - a * (a - 1) // 2 + b - a
        total[np.ix_(places, places)] += block
        total[np.ix_(pattern.index, pattern.index)] += share * W
        if kind == "observed":
            cross = share * half * (w[i] * W[:, j] + w[j] * W[:, i])
            total[np.ix_(pattern.index, places)] += cross
            total[np.ix_(places, pattern.index)] += cross.T
    return total


def _pair_information(W: FloatArray, V: FloatArray | None, i: IntArray, j: IntArray) -> FloatArray:
    """W_ik W_jl + W_il W_jk; with V the observed kind, in which it stands against W crosswise."""
    A, B, C = W[np.ix_(i, i)], W[np.ix_(j, j)], W[np.ix_(i, j)]
    out = A * B
    out += C * C.T
    if V is None:
        return out
    np.negative(out, out=out)
    A *= V[np.ix_(j, j)]
    out += A
    B *= V[np.ix_(i, i)]
    out += B
    product = C * V[np.ix_(j, i)]
    out += product
    out += product.T
    return out
