"""The multivariate normal likelihood of a model, with complete and with missing answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotri

from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.sem.structure import Slopes

__all__ = [
    "Information",
    "NormalSample",
    "Pattern",
    "as_complete",
    "casewise_scores",
    "discrepancy",
    "elementwise_gradient",
    "elementwise_information",
    "moment_gradient",
    "moment_pieces",
    "patterns_of",
]

Information = Literal["expected", "observed"]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Respondents who answered the same variables.

    Attributes
    ----------
    index
        The variables answered.
    rows
        The respondents, as rows of the group's data.
    weight
        Sum of their weights.
    mean, cov
        Weighted moments, divisor ``weight``.
    """

    index: IntArray
    rows: IntArray
    weight: float
    mean: FloatArray
    cov: FloatArray


@dataclass(frozen=True, slots=True)
class NormalSample:
    """One group's respondents.

    Attributes
    ----------
    data
        n × p, NaN where missing.
    weights
        Length n, normalised so that all groups together sum to their number.
    patterns
        Of answered variables; one when nothing is missing.
    """

    data: FloatArray
    weights: FloatArray
    patterns: tuple[Pattern, ...]

    @property
    def n(self) -> float:
        """Sum of weights."""
        return float(self.weights.sum())

    @property
    def count(self) -> float:
        """n: what the likelihood multiplies the discrepancy by."""
        return self.n

    @property
    def complete(self) -> bool:
        """Whether every respondent answered every variable."""
        return len(self.patterns) == 1 and len(self.patterns[0].index) == self.data.shape[1]

    @property
    def coverage(self) -> FloatArray:
        """Share of respondents who answered both variables, p × p."""
        answered = np.isfinite(self.data).astype(np.float64)
        return np.asarray((answered * self.weights[:, None]).T @ answered / self.n)


def patterns_of(data: FloatArray, weights: FloatArray) -> NormalSample:
    """Sort respondents by what they answered; those who answered nothing are dropped.

    Examples
    --------
    >>> sample = patterns_of(np.array([[1.0, 2.0], [3.0, np.nan], [2.0, 2.0]]), np.ones(3))
    >>> [(p.index.tolist(), p.weight) for p in sample.patterns]
    [([0, 1], 2.0), ([0], 1.0)]
    """
    answered = np.isfinite(data)
    some = answered.any(axis=1)
    data, weights, answered = data[some], weights[some], answered[some]
    kinds, of_row = np.unique(~answered, axis=0, return_inverse=True)
    order = np.argsort(of_row.ravel(), kind="stable")
    ends = np.cumsum(np.bincount(of_row.ravel(), minlength=len(kinds)))
    patterns = []
    for kind, rows in zip(kinds, np.split(order, ends[:-1]), strict=True):
        index = np.flatnonzero(~kind)
        x, w = data[np.ix_(rows, index)], weights[rows]
        total = float(w.sum())
        mean = w @ x / total
        centred = x - mean
        patterns.append(
            Pattern(index, rows, total, mean, (centred * w[:, None]).T @ centred / total)
        )
    return NormalSample(data, weights, tuple(patterns))


def as_complete(sample: NormalSample) -> NormalSample:
    """Return the sample as if everybody had answered everything (for expectations only)."""
    if sample.complete:
        return sample
    p = sample.data.shape[1]
    whole = Pattern(
        np.arange(p), np.empty(0, dtype=np.int64), sample.n, np.zeros(p), np.zeros((p, p))
    )
    return NormalSample(sample.data, sample.weights, (whole,))


def _inverse(sigma: FloatArray) -> tuple[FloatArray, float] | None:
    """Inverse and log-determinant; None when not positive definite."""
    factor, failed = dpotrf(sigma, lower=1)
    if failed:
        return None
    logdet = 2.0 * float(np.log(np.diag(factor)).sum())
    inverse, failed = dpotri(factor, lower=1)
    if failed:
        return None
    return np.tril(inverse) + np.tril(inverse, -1).T, logdet


def discrepancy(sample: NormalSample, sigma: FloatArray, mu: FloatArray | None) -> float:
    """Return ½ mean of log|Σ| + (x − μ)'Σ⁻¹(x − μ); infinite when Σ is not positive definite.

    Parameters
    ----------
    sample
        One group.
    sigma, mu
        Implied moments; None: means are those of the (complete) sample.
    """
    if not np.isfinite(sigma).all():
        return np.inf
    value = 0.0
    for pattern in sample.patterns:
        found = _inverse(sigma[np.ix_(pattern.index, pattern.index)])
        if found is None:
            return np.inf
        W, logdet = found
        value += pattern.weight * (logdet + float((W * pattern.cov).sum()))
        if mu is not None:
            r = pattern.mean - mu[pattern.index]
            value += pattern.weight * float(r @ W @ r)
    return 0.5 * value / sample.n


def moment_pieces(
    pattern: Pattern, sigma: FloatArray, mu: FloatArray | None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return W = Σ⁻¹, W (T + rr') W, and W r of one pattern, r = x̄ − μ."""
    found = _inverse(sigma[np.ix_(pattern.index, pattern.index)])
    assert found is not None, "the optimiser never leaves positive definite matrices"
    W = found[0]
    WTW = W @ pattern.cov @ W
    if mu is None:
        return W, WTW, np.zeros(len(W))
    w = W @ (pattern.mean - mu[pattern.index])
    return W, WTW + np.outer(w, w), w


def moment_gradient(
    sample: NormalSample, sigma: FloatArray, mu: FloatArray | None
) -> tuple[FloatArray, FloatArray]:
    """Return G and h with dF = tr(G dΣ) + h'dμ, F the discrepancy."""
    p = len(sigma)
    G, h = np.zeros((p, p)), np.zeros(p)
    for pattern in sample.patterns:
        W, WTW, w = moment_pieces(pattern, sigma, mu)
        share = pattern.weight / sample.n
        G[np.ix_(pattern.index, pattern.index)] += 0.5 * share * (W - WTW)
        h[pattern.index] -= share * w
    return G, h


def elementwise_gradient(slopes: Slopes, G: FloatArray, h: FloatArray) -> FloatArray:
    """Return the gradient by elements from that by moments."""
    return np.asarray(2.0 * ((G @ slopes.b) * slopes.c).sum(axis=0) + h @ slopes.d)


def elementwise_information(
    sample: NormalSample,
    sigma: FloatArray,
    mu: FloatArray | None,
    slopes: Slopes,
    kind: Information,
) -> FloatArray:
    """Return Δ'HΔ by elements, H the Hessian of the discrepancy by moments or its expectation.

    Notes
    -----
    With dΣ of rank two, every trace is a product of entries of b'Wb, b'Wc and c'Wc: the p²-sized
    weight matrix is never formed. For ``"observed"`` the second derivatives of the moments
    themselves are not contained (see :func:`moment_curvature`).
    """
    size = slopes.b.shape[1]
    total = np.zeros((size, size))
    for pattern in sample.patterns:
        W, WTW, w = moment_pieces(pattern, sigma, mu)
        b, c, d = (x[pattern.index] for x in (slopes.b, slopes.c, slopes.d))
        Wb, Wc = W @ b, W @ c
        bb, bc, cc = b.T @ Wb, b.T @ Wc, c.T @ Wc
        part = bb * cc + bc * bc.T
        if kind == "observed":
            Vb, Vc = WTW @ b, WTW @ c
            vbb, vbc, vcc = b.T @ Vb, b.T @ Vc, c.T @ Vc
            part = bc.T * vbc + bc * vbc.T + cc * vbb + bb * vcc - part
        if mu is not None:
            part += d.T @ W @ d
            if kind == "observed":
                cross = (w @ b)[:, None] * (Wc.T @ d) + (w @ c)[:, None] * (Wb.T @ d)
                part += cross + cross.T
        total += pattern.weight / sample.n * part
    return total


def casewise_scores(
    sample: NormalSample, sigma: FloatArray, mu: FloatArray | None, slopes: Slopes
) -> FloatArray:
    """Return the gradient of each respondent's log-likelihood by elements, n × elements.

    Parameters
    ----------
    sample
        One group; the scores are not weighted.
    sigma, mu
        Implied moments; None: deviations are taken from the sample's means.
    slopes
        Elements wanted.
    """
    out = np.zeros((len(sample.data), slopes.b.shape[1]))
    for pattern in sample.patterns:
        found = _inverse(sigma[np.ix_(pattern.index, pattern.index)])
        assert found is not None
        W = found[0]
        b, c, d = (x[pattern.index] for x in (slopes.b, slopes.c, slopes.d))
        centre = pattern.mean if mu is None else mu[pattern.index]
        z = (sample.data[np.ix_(pattern.rows, pattern.index)] - centre) @ W
        rows = (z @ b) * (z @ c) - ((W @ b) * c).sum(axis=0)
        out[pattern.rows] = rows if mu is None else rows + z @ d
    return out
