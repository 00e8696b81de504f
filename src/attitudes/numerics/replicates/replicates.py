"""Replicate variance: totals under every replicate, and the spread of what is made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from attitudes.errors import EstimationError
from attitudes.numerics.design import FloatArray, IntArray, ReplicateArrays

__all__ = [
    "replicate_covariance",
    "replicate_estimates",
    "replicate_totals",
    "unit_replicate_totals",
    "unit_totals",
    "weight_blocks",
]

_BLOCK = 32


def unit_totals(values: FloatArray, weights: FloatArray, units: IntArray, size: int) -> FloatArray:
    """Return the weighted totals of each unit, size × p, of ``values`` n × p."""
    out = np.empty((size, values.shape[1]))
    for j in range(values.shape[1]):
        out[:, j] = np.bincount(units, weights=values[:, j] * weights, minlength=size)
    return out


def unit_replicate_totals(totals: FloatArray, replicates: ReplicateArrays) -> FloatArray:
    """Return totals under every replicate, R × p, from the units' weighted totals C × p.

    Notes
    -----
    One matrix product Fᵀ T for the factors F; for a jackknife that deletes one unit at a time
    T₊ + (T₊ₕ − nₕ tᵢ)/(nₕ − 1), without a matrix.
    """
    if replicates.jackknife is None:
        if replicates.factors is None:
            raise EstimationError(
                "replicates", "a matrix of weights", "factors of units", "use replicate_totals"
            )
        return np.asarray(replicates.factors.T @ totals, dtype=np.float64)
    strata = replicates.jackknife
    counts = np.bincount(strata).astype(np.float64)
    by_stratum = np.zeros((len(counts), totals.shape[1]))
    np.add.at(by_stratum, strata, totals)
    n = counts[strata][:, None]
    change = (by_stratum[strata] - n * totals) / (n - 1)
    return np.asarray(totals.sum(axis=0)[None, :] + change, dtype=np.float64)


def replicate_totals(
    values: FloatArray, weights: FloatArray, replicates: ReplicateArrays
) -> FloatArray:
    """Return weighted totals of ``values`` (n × p) under every replicate, R × p.

    Parameters
    ----------
    values
        n × p, without NaN (zero outside the domain).
    weights
        Sampling weights, length n; not used for a given matrix, which contains them.
    replicates
        Factors of units: the units' totals are made once, and one matrix product follows. Given
        weights: streamed in blocks of columns.
    """
    if replicates.units is not None:
        size = _n_units(replicates)
        return unit_replicate_totals(
            unit_totals(values, weights, replicates.units, size), replicates
        )
    out = np.empty((replicates.n_replicates, values.shape[1]))
    for start in range(0, replicates.n_replicates, _BLOCK):
        block = replicates.weights[:, start : start + _BLOCK]
        out[start : start + _BLOCK] = block.T @ values
    return out


def weight_blocks(
    weights: FloatArray, replicates: ReplicateArrays, size: int = _BLOCK
) -> Iterator[FloatArray]:
    """Yield replicate analysis weights in blocks of columns, n × at most ``size``."""
    for start in range(0, replicates.n_replicates, size):
        stop = min(start + size, replicates.n_replicates)
        if replicates.units is None:
            yield replicates.weights[:, start:stop]
        else:
            yield _factor_block(replicates, start, stop)[replicates.units] * weights[:, None]


def replicate_estimates(
    estimator: Callable[[FloatArray], FloatArray],
    weights: FloatArray,
    replicates: ReplicateArrays,
) -> FloatArray:
    """Return ``estimator(weights of the replicate)`` for every replicate, R × p.

    For what needs the respondents again (quantiles, model fits): one replicate at a time.
    """
    rows = [
        np.atleast_1d(estimator(np.ascontiguousarray(block[:, j])))
        for block in weight_blocks(weights, replicates)
        for j in range(block.shape[1])
    ]
    return np.asarray(rows, dtype=np.float64)


def replicate_covariance(
    thetas: FloatArray, estimate: FloatArray, replicates: ReplicateArrays
) -> FloatArray:
    """Return scale · Σᵣ rscaleᵣ (θᵣ − c)(θᵣ − c)ᵀ.

    Parameters
    ----------
    thetas
        Replicate estimates, R × p.
    estimate
        Full-sample estimate, length p: the centre c when ``replicates.mse``; otherwise c is the
        mean of the replicates with a positive rscale.
    replicates
        Scale, rscales and centring.

    Returns
    -------
    FloatArray
        p × p; NaN in the rows and columns of an estimate that some replicate does not have.

    References
    ----------
    Wolter (2007), Introduction to Variance Estimation, chapters 3 to 5.
    """
    thetas = np.asarray(thetas, dtype=np.float64)
    centre = (
        np.asarray(estimate, dtype=np.float64)
        if replicates.mse
        else thetas[replicates.rscales > 0].mean(axis=0)
    )
    deviations = (thetas - centre) * np.sqrt(replicates.rscales)[:, None]
    return np.asarray(replicates.scale * (deviations.T @ deviations), dtype=np.float64)


def _n_units(replicates: ReplicateArrays) -> int:
    if replicates.jackknife is not None:
        return len(replicates.jackknife)
    return 0 if replicates.factors is None else len(replicates.factors)


def _factor_block(replicates: ReplicateArrays, start: int, stop: int) -> FloatArray:
    if replicates.jackknife is None:
        assert replicates.factors is not None
        return replicates.factors[:, start:stop]
    strata = replicates.jackknife
    counts = np.bincount(strata).astype(np.float64)
    deleted = np.arange(start, stop)
    same = strata[:, None] == strata[deleted][None, :]
    n = counts[strata[deleted]][None, :]
    block = np.where(same, n / (n - 1), 1.0)
    block[deleted, deleted - start] = 0.0
    return block
