"""Eigenvalues of data without common factors, to hold those of the answers against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from attitudes.errors import ConvergenceError
from attitudes.numerics.correlation.contingency import encode_categories, pair_tables
from attitudes.numerics.correlation.polychoric import fit_polychoric
from attitudes.numerics.correlation.spearman import spearman_correlation
from attitudes.numerics.design import FloatArray
from attitudes.numerics.factors.efa import extract_factors
from attitudes.numerics.moments import pairwise_moments

__all__ = ["CorrelationKind", "ParallelAnalysis", "SimulatedBy", "parallel_analysis"]

CorrelationKind = Literal["pearson", "spearman", "polychoric"]
SimulatedBy = Literal["resampled", "normal"]


@dataclass(frozen=True, slots=True)
class ParallelAnalysis:
    """Eigenvalues, observed and of data without common factors; each row of length k.

    Attributes
    ----------
    components, factors
        Eigenvalues of the correlation matrix, and of the matrix with the communalities of one
        minres factor on its diagonal.
    component_mean, component_quantile, factor_mean, factor_quantile
        Of the simulated data.
    n_components, n_factors
        Leading eigenvalues above their quantile.
    iterations, quantile, simulated
        How.
    """

    components: FloatArray
    factors: FloatArray
    component_mean: FloatArray
    component_quantile: FloatArray
    factor_mean: FloatArray
    factor_quantile: FloatArray
    n_components: int
    n_factors: int
    iterations: int
    quantile: float
    simulated: str


def _factor_eigenvalues(correlation: FloatArray) -> FloatArray:
    try:
        return extract_factors(correlation, 1).reduced_eigenvalues
    except ConvergenceError:
        return extract_factors(correlation, 1, method="pa").reduced_eigenvalues


def _correlation(
    values: FloatArray, weights: FloatArray | None, kind: CorrelationKind
) -> FloatArray:
    if kind == "polychoric":
        codes = encode_categories(values)
        return fit_polychoric(pair_tables(codes.codes, codes.n_categories, weights)).correlation
    if kind == "spearman":
        return spearman_correlation(values, weights)
    return pairwise_moments(values, weights).correlation


def _resampled(
    values: FloatArray, shares: FloatArray | None, rng: np.random.Generator
) -> FloatArray:
    """Each item's answers (and gaps) drawn anew with replacement, apart from the other items."""
    n, k = values.shape
    if shares is None:
        rows = rng.integers(0, n, size=(n, k))
    else:
        rows = np.searchsorted(shares, rng.random((n, k)) * shares[-1], side="right")
    return np.take_along_axis(values, np.minimum(rows, n - 1), axis=0)


def _leading(observed: FloatArray, reference: FloatArray) -> int:
    below = np.flatnonzero(~(observed > reference))
    return int(below[0]) if len(below) else len(observed)


def parallel_analysis(
    values: FloatArray,
    correlation: FloatArray,
    rng: np.random.Generator,
    *,
    kind: CorrelationKind = "pearson",
    simulated: SimulatedBy = "resampled",
    weights: FloatArray | None = None,
    iterations: int = 50,
    quantile: float = 0.95,
) -> ParallelAnalysis:
    """Compare eigenvalues with those of data of the same size without common factors.

    Parameters
    ----------
    values
        Answers, n × k, NaN where missing.
    correlation
        Their correlations, k × k, of the same kind.
    rng
        Source of randomness.
    kind
        ``"pearson"``, ``"spearman"`` or ``"polychoric"``.
    simulated
        ``"resampled"``: each item's own answers, in random order, so that margins, missing
        answers and weights stay; ``"normal"``: normal numbers, Pearson correlations.
    weights
        Length n; default: all 1. They enter both the draw and the correlations, so that unequal
        weights raise the reference as they lower the effective n.
    iterations, quantile
        Number of simulated data sets; quantile that an eigenvalue must exceed.

    References
    ----------
    Horn, J. L. (1965). A rationale and test for the number of factors in factor analysis.
    *Psychometrika* 30, 179–185.
    """
    k = values.shape[1]
    shares = None if weights is None else np.cumsum(weights)
    found = np.empty((2, iterations, k))
    for i in range(iterations):
        if simulated == "normal":
            drawn = rng.normal(size=values.shape)
            r = _correlation(drawn, weights, "pearson")
        else:
            r = _correlation(_resampled(values, shares, rng), weights, kind)
        found[0, i] = np.linalg.eigvalsh(r)[::-1]
        found[1, i] = _factor_eigenvalues(r)
    mean = found.mean(axis=1)
    upper = np.quantile(found, quantile, axis=1)
    components = np.asarray(np.linalg.eigvalsh(correlation)[::-1], dtype=np.float64)
    factors = _factor_eigenvalues(correlation)
    return ParallelAnalysis(
        components,
        factors,
        mean[0],
        upper[0],
        mean[1],
        upper[1],
        _leading(components, upper[0]),
        _leading(factors, upper[1]),
        iterations,
        quantile,
        simulated,
    )
