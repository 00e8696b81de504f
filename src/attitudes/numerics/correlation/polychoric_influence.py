"""What each respondent adds to thresholds and polychoric correlations, and their covariance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from attitudes.numerics.correlation.bivariate_normal import bivariate_density
from attitudes.numerics.correlation.contingency import PairTables
from attitudes.numerics.correlation.polychoric import FAR, PolychoricFit, ThresholdsOf
from attitudes.numerics.design import FloatArray, IntArray

__all__ = [
    "PolychoricInfluence",
    "asymptotic_covariance",
    "influence_blocks",
    "polychoric_influence",
    "projected_influence",
    "standard_errors",
]

_CHUNK = 4096


@dataclass(frozen=True, slots=True)
class PolychoricInfluence:
    """Influence of one respondent of weight 1, by what was answered.

    Attributes
    ----------
    threshold
        On each threshold of each item, k × (C − 1) × (C + 1): category C stands for a missing
        answer.
    correlation
        On each correlation, P × (C + 1) × (C + 1).
    first, second
        Items of each pair.
    n_categories
        C_j of each item.
    """

    threshold: FloatArray
    correlation: FloatArray
    first: IntArray
    second: IntArray
    n_categories: IntArray

    @property
    def n_thresholds(self) -> int:
        """Number of thresholds of all items."""
        return int((self.n_categories - 1).sum())

    @property
    def n_statistics(self) -> int:
        """Number of thresholds and correlations."""
        return self.n_thresholds + len(self.first)


def _cut_influence(counts: FloatArray, cuts: FloatArray) -> FloatArray:
    """Influence of an answer on quantiles of cumulative shares, rows × (C − 1) × C."""
    total = counts.sum(axis=1)
    below = np.cumsum(counts, axis=1)[:, :-1] / total[:, None]
    c = counts.shape[1]
    lower = np.arange(c)[None, None, :] <= np.arange(c - 1)[None, :, None]
    density = np.exp(-(cuts**2) / 2.0) / np.sqrt(2.0 * np.pi)
    live = np.abs(cuts) < FAR
    scale = np.where(live, 1.0 / np.where(live, density * total[:, None], 1.0), 0.0)
    return np.asarray((lower - below[:, :, None]) * scale[:, :, None])


def _cut_slopes(cuts: FloatArray, others: FloatArray, rho: FloatArray) -> FloatArray:
    """φ(τ_t) P(other variable between its thresholds | τ_t): P × (C − 1) × C."""
    spread = np.sqrt(1.0 - rho**2)[:, None, None]
    conditional = ndtr((others[:, None, :] - rho[:, None, None] * cuts[:, :, None]) / spread)
    p, t, _ = conditional.shape
    edges = np.concatenate([np.zeros((p, t, 1)), conditional, np.ones((p, t, 1))], axis=2)
    density = np.exp(-(cuts**2) / 2.0) / np.sqrt(2.0 * np.pi)
    return np.asarray(density[:, :, None] * np.diff(edges, axis=2))


def _cross_information(scaled: FloatArray, slopes: FloatArray) -> FloatArray:
    """Σ_ab n_ab s_ρ s_τ with s_τ = ±slope / P; ``scaled`` is n_ab s_ρ / P, P × C × C."""
    return np.asarray(((scaled[:, :-1] - scaled[:, 1:]) * slopes).sum(axis=2))


def polychoric_influence(fit: PolychoricFit, *, thresholds_of: ThresholdsOf) -> PolychoricInfluence:
    """Linearise thresholds and two-step correlations.

    Parameters
    ----------
    fit
        Two-step correlations.
    thresholds_of
        As the correlations were fitted.

    Notes
    -----
    With u the score of ρ in the pair's table, I(ρ) = −A₂₂⁻¹ (u − A₂₁ I(τ)), where A₂₂ = Σ w u² and
    A₂₁ = Σ w u v', v the scores of the thresholds in the pair's likelihood (Muthén's three-stage
    estimator). Gamma of WLSMV is n times the sum of squares of these influences.

    References
    ----------
    Muthén, B. (1984). A general structural equation model with dichotomous, ordered categorical,
    and continuous latent variable indicators. *Psychometrika* 49, 115–132.
    """
    tables = fit.tables
    counts = tables.counts
    pairs, c, _ = counts.shape
    p = np.maximum(fit.probabilities, 1e-14)  # of cells that nobody chose; they weigh nothing
    density = np.zeros((pairs, c + 1, c + 1))
    density[:, 1:-1, 1:-1] = bivariate_density(fit.rows, fit.columns, fit.rho)
    score = np.diff(np.diff(density, axis=1), axis=2) / p
    scaled = counts * score / p
    information = np.maximum((counts * score**2).sum(axis=(1, 2)), 1e-300)
    by_row = _cross_information(scaled, _cut_slopes(fit.rows, fit.columns, fit.rho))
    by_column = _cross_information(
        scaled.transpose(0, 2, 1), _cut_slopes(fit.columns, fit.rows, fit.rho)
    )
    item_cuts = np.full((len(tables.n_categories), c - 1), FAR)
    for j, cuts in enumerate(fit.thresholds):
        item_cuts[j, : len(cuts)] = cuts
    item = _cut_influence(tables.margins, item_cuts)
    if thresholds_of == "item":
        row_part, column_part = item[tables.first], item[tables.second]
    else:
        row_part = _cut_influence(counts.sum(axis=2), fit.rows)
        column_part = _cut_influence(counts.sum(axis=1), fit.columns)
    rows = np.einsum("pt,pta->pa", by_row, row_part)
    columns = np.einsum("pt,ptb->pb", by_column, column_part)
    whole = np.zeros((pairs, c + 1, c + 1))
    whole[:, :c, :c] = score - rows[:, :, None] - columns[:, None, :]
    if thresholds_of == "item":
        whole[:, :c, c] = -rows
        whole[:, c, :c] = -columns
    whole /= information[:, None, None]
    return PolychoricInfluence(
        np.concatenate([item, np.zeros((len(item), c - 1, 1))], axis=2),
        whole,
        tables.first,
        tables.second,
        tables.n_categories,
    )


def standard_errors(influence: PolychoricInfluence, squares: PairTables) -> FloatArray:
    """Return standard errors of the correlations under independent respondents, length P.

    Parameters
    ----------
    influence
        Of one respondent.
    squares
        Tables of squared weights (the tables of counts themselves without weights).
    """
    c = squares.counts.shape[1]
    g2 = influence.correlation**2
    variance = (squares.counts * g2[:, :c, :c]).sum(axis=(1, 2))
    lone_first = squares.margins[squares.first] - squares.counts.sum(axis=2)
    lone_second = squares.margins[squares.second] - squares.counts.sum(axis=1)
    variance += (lone_first * g2[:, :c, c]).sum(axis=1)
    variance += (lone_second * g2[:, c, :c]).sum(axis=1)
    return np.asarray(np.sqrt(variance))


def influence_blocks(
    influence: PolychoricInfluence, codes: NDArray[np.integer], weights: FloatArray | None = None
) -> Iterator[tuple[slice, FloatArray]]:
    """Yield blocks of rows of the influence matrix: thresholds by item, then correlations.

    Parameters
    ----------
    influence
        Of one respondent of weight 1.
    codes
        Category numbers, n × k; −1 where missing.
    weights
        Length n; default: all 1. Each row is multiplied by its weight.
    """
    c = influence.threshold.shape[2] - 1
    flat = np.ascontiguousarray(influence.correlation.reshape(len(influence.first), -1).T)
    pair = np.arange(len(influence.first))
    for start in range(0, len(codes), _CHUNK):
        rows = slice(start, min(start + _CHUNK, len(codes)))
        block = codes[rows].astype(np.int64)
        block[block < 0] = c
        out = np.empty((len(block), influence.n_statistics))
        at = 0
        for j, count in enumerate(influence.n_categories):
            width = int(count) - 1
            out[:, at : at + width] = influence.threshold[j, :width].T[block[:, j]]
            at += width
        cell = block[:, influence.first] * (c + 1) + block[:, influence.second]
        out[:, at:] = flat[cell, pair]
        if weights is not None:
            out *= weights[rows, None]
        yield rows, out


def asymptotic_covariance(
    influence: PolychoricInfluence, codes: NDArray[np.integer], weights: FloatArray | None = None
) -> FloatArray:
    """Return the covariance of thresholds and correlations under independent respondents.

    Returns
    -------
    FloatArray
        (thresholds + P) × (thresholds + P): thresholds item by item, then the pairs (0,1), (0,2),
        …. Times n it is the matrix Gamma of weighted least squares estimation.
    """
    size = influence.n_statistics
    total = np.zeros((size, size))
    for _, block in influence_blocks(influence, codes, weights):
        total += block.T @ block
    return total


def projected_influence(
    influence: PolychoricInfluence, codes: NDArray[np.integer], slope: FloatArray
) -> FloatArray:
    """Return each respondent's influence on a function of the correlations, length n.

    Parameters
    ----------
    influence
        Of one respondent of weight 1.
    codes
        Category numbers, n × k; −1 where missing.
    slope
        Derivative of the function by each correlation, length P.
    """
    out = np.empty(len(codes))
    for rows, block in influence_blocks(influence, codes):
        out[rows] = block[:, influence.n_thresholds :] @ slope
    return out
