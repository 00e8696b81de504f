"""Tests of independence of two categorical variables under a complex design."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg, stats

from attitudes.errors import EstimationError
from attitudes.numerics.design import FloatArray

__all__ = ["RaoScott", "WaldTest", "pearson_statistic", "rao_scott", "wald_independence"]


@dataclass(frozen=True, slots=True)
class RaoScott:
    """Pearson's statistic and its generalised design effects.

    Attributes
    ----------
    pearson
        X² of the weighted shares, scaled to n respondents.
    eigenvalues
        Generalised design effects, length (r − 1)(c − 1): X² is distributed as Σ λⱼ χ²₁ⱼ.
    trace
        Σλ.
    satterthwaite
        (Σλ)² / Σλ², the second-order degrees of freedom.
    """

    pearson: float
    eigenvalues: FloatArray
    trace: float
    satterthwaite: float


@dataclass(frozen=True, slots=True)
class WaldTest:
    """Wald's statistic with its F distribution."""

    statistic: float
    ndf: float
    ddf: float
    p_value: float


LEAST_EFFECT = 1e-12


def pearson_statistic(shares: FloatArray, n: float) -> float:
    """Return n Σ (pᵢⱼ − pᵢ₊p₊ⱼ)²/(pᵢ₊p₊ⱼ) of a table of shares r × c."""
    expected = np.outer(shares.sum(axis=1), shares.sum(axis=0))
    return float(n * ((shares - expected) ** 2 / expected).sum())


def rao_scott(shares: FloatArray, covariance: FloatArray, n: float) -> RaoScott:
    """Return Pearson's statistic with the Rao–Scott design effects.

    Parameters
    ----------
    shares
        Weighted shares of the cells, r × c, no empty row or column.
    covariance
        Their design covariance, rc × rc, rows varying fastest.
    n
        Number of respondents to which X² is scaled.

    Raises
    ------
    EstimationError
        A table of fewer than two rows or columns; shares without variance.

    References
    ----------
    Rao and Scott (1984), Annals of Statistics 12; Thomas and Rao (1987), JASA 82.
    """
    rows, columns = shares.shape
    _require_table(rows, columns)
    p = shares.ravel(order="F")
    contrast = _interactions(rows, columns)
    with np.errstate(divide="ignore"):
        inverse = np.where(p > 0, 1 / p, 0.0)
    scaled = contrast * inverse[:, None]
    denominator = contrast.T @ scaled / n
    delta = linalg.solve(denominator, scaled.T @ covariance @ scaled)
    values = np.asarray(np.linalg.eigvals(delta).real, dtype=np.float64)
    trace = float(np.trace(delta))
    if not trace > LEAST_EFFECT:
        raise EstimationError(
            "independence test",
            "cells whose shares do not vary between PSUs",
            "answers that differ between PSUs",
            "the design cannot tell how sure these shares are; use weights and units that vary",
        )
    return RaoScott(
        pearson_statistic(shares, n), values, trace, trace**2 / float(np.trace(delta @ delta))
    )


def _require_table(rows: int, columns: int) -> None:
    if rows < 2 or columns < 2:
        raise EstimationError(
            "independence test", f"a table of {rows} × {columns}", "two categories or more each way"
        )


def _interactions(rows: int, columns: int) -> FloatArray:
    """Return the interaction columns of a two-way model, orthogonal to its main effects."""
    row_of, column_of = np.tile(np.arange(rows), columns), np.repeat(np.arange(columns), rows)
    row_part = (row_of[:, None] == np.arange(1, rows)).astype(float)
    column_part = (column_of[:, None] == np.arange(1, columns)).astype(float)
    main = np.column_stack([np.ones(rows * columns), row_part, column_part])
    crossed = np.column_stack(
        [row_part[:, i] * column_part[:, j] for j in range(columns - 1) for i in range(rows - 1)]
    )
    q, _ = np.linalg.qr(main)
    return np.asarray(crossed - q @ (q.T @ crossed), dtype=np.float64)


def wald_independence(
    cells: FloatArray, covariance: FloatArray, df: float, *, adjusted: bool
) -> WaldTest:
    """Return the Wald test of independence on the estimated totals.

    Parameters
    ----------
    cells
        Estimated totals of the cells, r × c.
    covariance
        Their covariance, rc × rc, rows varying fastest.
    df
        Design degrees of freedom ν.
    adjusted
        F(k, ν − k + 1) with the statistic times (ν − k + 1)/ν, rather than F(k, ν).

    Raises
    ------
    EstimationError
        Fewer degrees of freedom than the test needs; a covariance that cannot be inverted.

    References
    ----------
    Koch, Freeman and Freeman (1975), ISR 43; Fellegi (1980), JASA 75.
    """
    rows, columns = cells.shape
    _require_table(rows, columns)
    total = float(cells.sum())
    row, column = cells.sum(axis=1), cells.sum(axis=0)
    deviation = (cells - np.outer(row, column) / total).ravel(order="F")
    row_of, column_of = np.tile(np.arange(rows), columns), np.repeat(np.arange(columns), rows)
    same_row = (row_of[:, None] == row_of[None, :]).astype(float)
    same_column = (column_of[:, None] == column_of[None, :]).astype(float)
    jacobian = (
        np.eye(rows * columns)
        - same_row * (column[column_of] / total)[:, None]
        - same_column * (row[row_of] / total)[:, None]
        + (row[row_of] * column[column_of] / total**2)[:, None]
    )
    variance = jacobian @ covariance @ jacobian.T
    used = np.flatnonzero((row_of > 0) & (column_of > 0))
    k = len(used)
    ddf = df - k + 1 if adjusted else df
    if ddf <= 0:
        raise EstimationError(
            "independence test, Wald",
            f"{df:g} degrees of freedom for {k} contrasts",
            f"more than {k - 1}",
            "use statistic='F'",
        )
    middle = variance[np.ix_(used, used)]
    if np.linalg.cond(middle) > 1e13:
        raise EstimationError(
            "independence test, Wald",
            "a singular covariance of the cells",
            "more PSUs than cells, and answers that vary between PSUs",
            "use statistic='F'",
        )
    value = float(deviation[used] @ linalg.solve(middle, deviation[used], assume_a="sym"))
    statistic = value * ddf / (k * df) if adjusted else value / k
    return WaldTest(statistic, float(k), ddf, float(stats.f.sf(statistic, k, ddf)))
