"""Polychoric correlations and thresholds of each pair estimated together, by maximum likelihood."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from attitudes.errors import ConvergenceError
from attitudes.numerics.correlation.bivariate_normal import bivariate_density
from attitudes.numerics.correlation.contingency import PairTables
from attitudes.numerics.correlation.polychoric import (
    FAR,
    PolychoricFit,
    cell_probabilities,
    fit_polychoric,
)
from attitudes.numerics.design import FloatArray

__all__ = ["JointFit", "fit_polychoric_ml"]

_BOUND = 0.99999
_STEPS = 100
_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class JointFit:
    """Joint estimates and their standard errors.

    Attributes
    ----------
    fit
        The estimates.
    se
        Standard errors of the correlations by the observed information, length P.
    """

    fit: PolychoricFit
    se: FloatArray


def _jacobian(rows: FloatArray, columns: FloatArray, rho: FloatArray) -> FloatArray:
    """Return dP/d(row cuts, column cuts, ρ), P × (2C − 1) × C × C."""
    pairs, r = rows.shape
    out = np.zeros((pairs, 2 * r + 1, r + 1, r + 1))
    by_row = _slopes(rows, columns, rho)
    by_column = _slopes(columns, rows, rho)
    for t in range(r):
        out[:, t, t, :] += by_row[:, t]
        out[:, t, t + 1, :] -= by_row[:, t]
        out[:, r + t, :, t] += by_column[:, t]
        out[:, r + t, :, t + 1] -= by_column[:, t]
    density = np.zeros((pairs, r + 2, r + 2))
    density[:, 1:-1, 1:-1] = bivariate_density(rows, columns, rho)
    out[:, -1] = np.diff(np.diff(density, axis=1), axis=2)
    return out


def _slopes(cuts: FloatArray, others: FloatArray, rho: FloatArray) -> FloatArray:
    spread = np.sqrt(1.0 - rho**2)[:, None, None]
    below = ndtr((others[:, None, :] - rho[:, None, None] * cuts[:, :, None]) / spread)
    edge = np.zeros((*cuts.shape, 1))
    density = np.exp(-(cuts**2) / 2.0) / np.sqrt(2.0 * np.pi)
    bands = np.diff(np.concatenate([edge, below, edge + 1.0], 2), axis=2)
    return np.asarray(density[:, :, None] * bands)


def _log_likelihood(counts: FloatArray, theta: FloatArray) -> FloatArray:
    rows, columns, rho = _split(theta)
    p = cell_probabilities(rows, columns, rho)
    return np.asarray((counts * np.log(p)).sum(axis=(1, 2)))


def _split(theta: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    r = (theta.shape[1] - 1) // 2
    return theta[:, :r], theta[:, r : 2 * r], theta[:, -1]


def _gradient(counts: FloatArray, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Gradient, P × q, and expected information, P × q × q."""
    rows, columns, rho = _split(theta)
    p = cell_probabilities(rows, columns, rho)
    jacobian = _jacobian(rows, columns, rho)
    pairs, q = theta.shape
    flat = jacobian.reshape(pairs, q, -1)
    gradient = np.einsum("pqc,pc->pq", flat, (counts / p).reshape(pairs, -1))
    root = flat / np.sqrt(p.reshape(pairs, 1, -1))
    information = root @ root.transpose(0, 2, 1) * counts.sum(axis=(1, 2))[:, None, None]
    return gradient, information


def _solvable(information: FloatArray, frozen: NDArray[np.bool_]) -> FloatArray:
    out = information.copy()
    diagonal = np.arange(out.shape[1])
    out[:, diagonal, diagonal] += frozen
    return out


def _ascend(counts: FloatArray, theta: FloatArray) -> tuple[FloatArray, int]:
    """Fisher scoring with step halving, all pairs at once."""
    frozen = np.abs(theta) >= FAR
    value = _log_likelihood(counts, theta)
    for iteration in range(1, _STEPS + 1):
        gradient, information = _gradient(counts, theta)
        gradient[frozen] = 0.0
        step = np.linalg.solve(_solvable(information, frozen), gradient[:, :, None])[:, :, 0]
        for _ in range(30):
            trial = theta + step
            trial[:, -1] = np.clip(trial[:, -1], -_BOUND, _BOUND)
            reached = _log_likelihood(counts, trial)
            worse = reached < value - 1e-10 * np.abs(value)
            if not worse.any():
                break
            step[worse] /= 2.0
        moved = float(np.abs(trial - theta).max())
        theta, value = trial, reached
        if moved < _TOLERANCE:
            return theta, iteration
    raise ConvergenceError(
        "polychoric, joint maximum likelihood",
        f"steps of {moved:.1e} after {_STEPS} iterations",
        "convergence",
        'use method="two-step", or join categories with few answers',
    )


def _observed_errors(counts: FloatArray, theta: FloatArray) -> FloatArray:
    pairs, q = theta.shape
    frozen = np.abs(theta) >= FAR
    hessian = np.empty((pairs, q, q))
    h = 1e-5
    for i in range(q):
        shift = np.zeros(q)
        shift[i] = h
        up, down = _gradient(counts, theta + shift)[0], _gradient(counts, theta - shift)[0]
        hessian[:, :, i] = (up - down) / (2.0 * h)
    information = -(hessian + hessian.transpose(0, 2, 1)) / 2.0
    mask = frozen[:, :, None] | frozen[:, None, :]
    information[mask] = 0.0
    return np.asarray(np.sqrt(np.linalg.inv(_solvable(information, frozen))[:, -1, -1]))


def fit_polychoric_ml(tables: PairTables, *, correct: float = 0.0) -> JointFit:
    """Estimate the thresholds and the correlation of each pair together.

    Parameters
    ----------
    tables
        Tables of all pairs.
    correct
        What stands in place of an empty cell.

    Raises
    ------
    ConvergenceError
        When a pair does not converge, or its table does not determine the estimates.

    Notes
    -----
    A pair whose table allows |ρ| = 1 keeps its two-step estimates; its standard error is NaN.

    References
    ----------
    Olsson, U. (1979). Maximum likelihood estimation of the polychoric correlation coefficient.
    *Psychometrika* 44, 443–460.
    """
    start = fit_polychoric(tables, correct=correct)
    counts = start.tables.counts
    theta = np.hstack([start.rows, start.columns, start.rho[:, None]])
    errors = np.full(len(theta), np.nan)
    inner, iterations = ~start.boundary, start.iterations
    if inner.any():
        try:
            theta[inner], iterations = _ascend(counts[inner], theta[inner])
            errors[inner] = _observed_errors(counts[inner], theta[inner])
        except np.linalg.LinAlgError as error:
            raise ConvergenceError(
                "polychoric, joint maximum likelihood",
                "a table that does not determine its thresholds and correlation",
                "more answers",
                'use method="two-step", or join categories with few answers',
            ) from error
    rows, columns, rho = _split(theta)
    fit = replace(
        start,
        rho=rho,
        rows=rows,
        columns=columns,
        log_likelihood=_log_likelihood(counts, theta),
        boundary=start.boundary | (np.abs(rho) > _BOUND - 1e-4),
        iterations=iterations,
        method="ml",
    )
    return JointFit(fit, errors)
