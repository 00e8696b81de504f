"""Replicate variance of what is made of segment totals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attitudes.numerics.design import FloatArray, IntArray, ReplicateArrays
from attitudes.numerics.replicates.replicates import replicate_covariance, unit_replicate_totals

__all__ = ["ReplicateVariance"]

_COLUMNS = 512
_BLOCK = 64


@dataclass(frozen=True, slots=True)
class ReplicateVariance:
    """Replicates of sums over segments.

    Attributes
    ----------
    replicates
        Factors of units, or given weights of respondents.
    unit, domain
        Unit (row of the factors, or respondent) and domain of each segment, sorted by domain.
    n_domains
        Number of domains.
    """

    replicates: ReplicateArrays
    unit: IntArray
    domain: IntArray
    n_domains: int

    def sums(self, values: FloatArray) -> FloatArray:
        """Return the sums of each domain under every replicate, R × D × c, from S × c.

        Where the replicates are factors, ``values`` contain the sampling weight; where they are
        given weights, they do not.
        """
        r = self.replicates
        out = np.empty((r.n_replicates, self.n_domains, values.shape[1]))
        if r.factors is not None and 3 * len(self.unit) > len(r.factors) * self.n_domains:
            self._dense_sums(values, r.factors, out)
            return out
        ends = np.searchsorted(self.domain, np.arange(self.n_domains + 1))
        for d in range(self.n_domains):
            part = slice(int(ends[d]), int(ends[d + 1]))
            out[:, d, :] = self._domain_sums(values[part], self.unit[part])
        return out

    def _dense_sums(self, values: FloatArray, factors: FloatArray, out: FloatArray) -> None:
        """Fill ``out`` by products that take several domains at once, so that BLAS is busy."""
        width = values.shape[1]
        step = max(1, _COLUMNS // width)
        for low in range(0, self.n_domains, step):
            high = min(low + step, self.n_domains)
            rows = slice(*np.searchsorted(self.domain, [low, high]).tolist())
            dense = np.zeros((len(factors), high - low, width))
            dense[self.unit[rows], self.domain[rows] - low] = values[rows]
            product = factors.T @ dense.reshape(len(factors), -1)
            out[:, low:high, :] = product.reshape(-1, high - low, width)

    def variances(self, thetas: FloatArray, estimate: FloatArray) -> FloatArray:
        """Return the variance of each estimate from its replicates (R first)."""
        r = self.replicates
        centre = estimate if r.mse else thetas[r.rscales > 0].mean(axis=0)
        shape = (-1, *([1] * (thetas.ndim - 1)))
        squares = (thetas - centre) ** 2 * r.rscales.reshape(shape)
        return np.asarray(r.scale * squares.sum(axis=0), dtype=np.float64)

    def covariance(self, thetas: FloatArray, estimate: FloatArray) -> FloatArray:
        """Return the covariance matrix of estimates, from replicates R × p."""
        return replicate_covariance(thetas, estimate, self.replicates)

    def _domain_sums(self, values: FloatArray, unit: IntArray) -> FloatArray:
        r = self.replicates
        if r.units is None:
            return _product(r.weights, unit, values)
        if r.factors is not None:
            return _product(r.factors, unit, values)
        assert r.jackknife is not None
        dense = np.zeros((len(r.jackknife), values.shape[1]))
        dense[unit] = values
        return unit_replicate_totals(dense, r)


def _product(factors: FloatArray, unit: IntArray, values: FloatArray) -> FloatArray:
    """Return factors[unit]ᵀ @ values without a copy of all factors at once."""
    if len(unit) == len(factors) and np.array_equal(unit, np.arange(len(unit))):
        return np.asarray(factors.T @ values, dtype=np.float64)
    if 2 * len(unit) > len(factors):
        dense = np.zeros((len(factors), values.shape[1]))
        dense[unit] = values
        return np.asarray(factors.T @ dense, dtype=np.float64)
    out = np.empty((factors.shape[1], values.shape[1]))
    for start in range(0, factors.shape[1], _BLOCK):
        block = factors[unit, start : start + _BLOCK]
        out[start : start + _BLOCK] = block.T @ values
    return out
