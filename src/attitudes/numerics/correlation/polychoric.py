"""Polychoric correlations of all pairs of items at once, by maximum likelihood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import ndtr, ndtri

from attitudes.numerics.correlation.bivariate_normal import (
    bivariate_cdf,
    bivariate_density,
    bivariate_density_slope,
)
from attitudes.numerics.correlation.contingency import PairTables
from attitudes.numerics.design import FloatArray

__all__ = [
    "FAR",
    "PolychoricFit",
    "ThresholdsOf",
    "cell_probabilities",
    "correct_empty_cells",
    "fit_polychoric",
    "normal_cuts",
    "square",
]

ThresholdsOf = Literal["pair", "item"]
FAR = 40.0
_BOUND = 0.99999
_TINY = 1e-300
_LOST = 1e-14  # below it a probability is the rounding error of its differences
_TOLERANCE = 1e-10
_SMALL = 1e-7
_MAXIMUM = 100


@dataclass(frozen=True, slots=True)
class PolychoricFit:
    """Correlations of the normal variables under k ordinal items.

    Attributes
    ----------
    tables
        What they were estimated from.
    rho
        Correlation of each pair, length P.
    rows, columns
        Thresholds of the first and second item that each pair was estimated with, P × (C − 1);
        ±40 stands for ±∞ where an item has fewer categories.
    thresholds
        Thresholds of each item over all who answered it: C_j − 1 numbers an item.
    log_likelihood
        Of each pair's table, length P.
    boundary
        Pairs whose likelihood rises up to |ρ| = 1: the table does not hold enough to tell.
    empty
        Number of empty cells of each pair's table.
    iterations
        Newton steps the slowest pair took.
    method
        ``"two-step"`` or ``"ml"``.
    """

    tables: PairTables
    rho: FloatArray
    rows: FloatArray
    columns: FloatArray
    thresholds: tuple[FloatArray, ...]
    log_likelihood: FloatArray
    boundary: np.ndarray[tuple[int], np.dtype[np.bool_]]
    empty: FloatArray
    iterations: int
    method: str

    @property
    def correlation(self) -> FloatArray:
        """The correlations as a matrix, k × k."""
        return square(self.rho, len(self.thresholds))

    @property
    def probabilities(self) -> FloatArray:
        """Fitted cell probabilities, P × C × C."""
        return cell_probabilities(self.rows, self.columns, self.rho)

    @property
    def chisq(self) -> FloatArray:
        """Likelihood-ratio statistic of bivariate normality of each pair, length P."""
        counts = self.tables.counts
        total = self.tables.total[:, None, None]
        share = counts / total
        saturated = (counts * np.log(np.where(counts > 0, share, 1.0))).sum(axis=(1, 2))
        return np.asarray(2.0 * (saturated - self.log_likelihood))

    @property
    def df(self) -> FloatArray:
        """Degrees of freedom of ``chisq``: C₁C₂ − C₁ − C₂, length P."""
        a = self.tables.n_categories[self.tables.first]
        b = self.tables.n_categories[self.tables.second]
        return np.asarray(a * b - a - b, dtype=np.float64)


def square(values: FloatArray, k: int, diagonal: float = 1.0) -> FloatArray:
    """Return values of the pairs (0,1), (0,2), …, (1,2), … as a symmetric matrix, k × k.

    Examples
    --------
    >>> square(np.array([0.5]), 2)
    array([[1. , 0.5],
           [0.5, 1. ]])
    """
    out = np.full((k, k), diagonal)
    first, second = np.triu_indices(k, 1)
    out[first, second] = values
    out[second, first] = values
    return out


def normal_cuts(counts: FloatArray, total: FloatArray | None = None) -> FloatArray:
    """Return normal quantiles of cumulative shares, rows × (C − 1); ±40 for shares of 0 and 1.

    Parameters
    ----------
    counts
        Weighted counts by category, rows × C.
    total
        What the shares are of, length rows; default: the sum of each row.

    Examples
    --------
    >>> normal_cuts(np.array([[1.0, 2.0, 1.0, 0.0]])).round(4)
    array([[-0.6745,  0.6745, 40.    ]])
    """
    below = np.cumsum(counts, axis=1)[:, :-1]
    if total is None:
        total = counts.sum(axis=1, keepdims=True)
        above = np.cumsum(counts[:, ::-1], axis=1)[:, ::-1][:, 1:]
    else:
        total = total[:, None]
        above = np.maximum(total - below, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        cuts = np.where(below <= above, ndtri(below / total), -ndtri(above / total))
    floor = total * 1e-13
    cuts = np.where(below <= floor, -FAR, cuts)
    return np.asarray(np.where(above <= floor, FAR, cuts))


def _differences(grid: FloatArray) -> FloatArray:
    return np.asarray(np.diff(np.diff(grid, axis=1), axis=2))


def _bordered(inner: FloatArray) -> FloatArray:
    out = np.zeros((inner.shape[0], inner.shape[1] + 2, inner.shape[2] + 2))
    out[:, 1:-1, 1:-1] = inner
    return out


def cell_probabilities(rows: FloatArray, columns: FloatArray, rho: FloatArray) -> FloatArray:
    """Return probabilities of the cells between thresholds, P × C × C.

    Examples
    --------
    >>> cell_probabilities(np.zeros((1, 1)), np.zeros((1, 1)), np.array([0.5]))[0].round(4)
    array([[0.3333, 0.1667],
           [0.1667, 0.3333]])
    """
    grid = _bordered(bivariate_cdf(rows, columns, rho))
    grid[:, 1:-1, -1] = ndtr(rows)
    grid[:, -1, 1:-1] = ndtr(columns)
    grid[:, -1, -1] = 1.0
    return np.maximum(_differences(grid), _TINY)


def correct_empty_cells(tables: PairTables, correct: float) -> PairTables:
    """Return the tables with ``correct`` in place of empty cells of the categories in use."""
    if correct == 0:
        return tables
    rows = tables.counts.sum(axis=2) > 0
    columns = tables.counts.sum(axis=1) > 0
    live = rows[:, :, None] & columns[:, None, :]
    counts = np.where(live & (tables.counts == 0), correct, tables.counts)
    return PairTables(tables.first, tables.second, counts, tables.margins, tables.n_categories)


def _start(counts: FloatArray) -> FloatArray:
    """Pearson correlation of the category numbers."""
    number = np.arange(counts.shape[1], dtype=np.float64)
    total = np.maximum(counts.sum(axis=(1, 2)), _TINY)
    row, column = counts.sum(axis=2) / total[:, None], counts.sum(axis=1) / total[:, None]
    a, b = row @ number, column @ number
    cross = np.einsum("pab,a,b->p", counts, number, number, optimize=True) / total - a * b
    spread = np.sqrt(np.maximum((row @ number**2 - a**2) * (column @ number**2 - b**2), 1e-12))
    return np.asarray(np.clip(1.1 * cross / spread, -0.95, 0.95))


def _slopes(
    counts: FloatArray, rows: FloatArray, columns: FloatArray, rho: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """First and second derivative of the log-likelihoods by ρ, and expected information.

    Where a cell that somebody chose has no probability that can be computed, |ρ| is far too large:
    the first derivative then only points towards 0.
    """
    p = cell_probabilities(rows, columns, rho)
    lost = ((p < _LOST) & (counts > 0)).any(axis=(1, 2))
    p = np.maximum(p, _LOST)
    density = bivariate_density(rows, columns, rho)
    bent = density * bivariate_density_slope(rows, columns, rho)
    first = _differences(_bordered(density)) / p
    second = _differences(_bordered(bent)) / p
    gradient = (counts * first).sum(axis=(1, 2))
    curvature = (counts * (second - first**2)).sum(axis=(1, 2))
    information = (p * first**2).sum(axis=(1, 2)) * counts.sum(axis=(1, 2))
    if lost.any():
        gradient = np.where(lost, -np.sign(rho), gradient)
        curvature = np.where(lost, -_TINY, curvature)
    return gradient, curvature, information


def _maximise(counts: FloatArray, rows: FloatArray, columns: FloatArray) -> tuple[FloatArray, int]:
    """Newton steps kept inside a shrinking bracket, all pairs at once."""
    rho = _start(counts)
    low, high = np.full(len(rho), -_BOUND), np.full(len(rho), _BOUND)
    active = np.arange(len(rho))
    for iteration in range(1, _MAXIMUM + 1):
        part = rho[active]
        whole = len(active) == len(rho)
        table = counts if whole else counts[active]
        h = rows if whole else rows[active]
        k = columns if whole else columns[active]
        gradient, curvature, information = _slopes(table, h, k, part)
        low[active] = np.where(gradient > 0, part, low[active])
        high[active] = np.where(gradient < 0, part, high[active])
        bend = np.where(curvature < 0, curvature, -np.maximum(information, _TINY))
        with np.errstate(over="ignore"):
            step = -gradient / bend
        proposal = part + step
        inside = (proposal > low[active]) & (proposal < high[active])
        inside |= (np.abs(step) < _SMALL) & (np.abs(proposal) < _BOUND)
        fallback = (low[active] + high[active]) / 2.0
        proposal = np.where(inside, proposal, fallback)
        rho[active] = proposal
        active = active[np.abs(proposal - part) > _TOLERANCE]
        if not len(active):
            return rho, iteration
    return rho, _MAXIMUM


def fit_polychoric(
    tables: PairTables, *, correct: float = 0.0, thresholds_of: ThresholdsOf = "pair"
) -> PolychoricFit:
    """Estimate polychoric correlations in two steps: thresholds, then each correlation.

    Parameters
    ----------
    tables
        Tables of all pairs.
    correct
        What stands in place of an empty cell; 0 leaves it empty. The thresholds are then quantiles
        of the corrected counts over the uncorrected total, as in R's psych.
    thresholds_of
        ``"pair"``: from the margins of the pair's own table; ``"item"``: from all who answered
        the item. They differ only where answers are missing or cells were corrected.

    Notes
    -----
    Given the thresholds, l(ρ) = Σ n_ab log P_ab(ρ). Its derivatives are closed: dP/dρ is a double
    difference of bivariate normal densities at the thresholds.

    References
    ----------
    Olsson, U. (1979). Maximum likelihood estimation of the polychoric correlation coefficient.
    *Psychometrika* 44, 443–460.
    """
    item_cuts = normal_cuts(tables.margins)
    used = correct_empty_cells(tables, correct)
    if thresholds_of == "item":
        rows, columns = item_cuts[tables.first], item_cuts[tables.second]
    else:
        total = tables.total if correct else None
        rows = normal_cuts(used.counts.sum(axis=2), total)
        columns = normal_cuts(used.counts.sum(axis=1), total)
    rho, iterations = _maximise(used.counts, rows, columns)
    p = cell_probabilities(rows, columns, rho)
    thresholds = tuple(item_cuts[j, : c - 1].copy() for j, c in enumerate(tables.n_categories))
    return PolychoricFit(
        used,
        rho,
        rows,
        columns,
        thresholds,
        np.asarray((used.counts * np.log(p)).sum(axis=(1, 2))),
        np.abs(rho) > _BOUND - 1e-4,
        _empty_cells(tables),
        iterations,
        "two-step",
    )


def _empty_cells(tables: PairTables) -> FloatArray:
    live = tables.n_categories[tables.first] * tables.n_categories[tables.second]
    return np.asarray(live - (tables.counts > 0).sum(axis=(1, 2)), dtype=np.float64)
