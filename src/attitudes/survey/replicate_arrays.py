"""From replicate weights as an analyst gives them to arrays, checked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from attitudes.errors import DesignError
from attitudes.numerics.design import FloatArray, ReplicateArrays
from attitudes.survey.design import Replicates

__all__ = ["replicate_arrays"]


def replicate_arrays(
    frame: pd.DataFrame, given: Replicates | None, weights: FloatArray
) -> ReplicateArrays | None:
    """Return replicate weights of ``frame`` as arrays; None where there are none.

    Raises
    ------
    DesignError
        A matrix of another length, weights or scales that are not finite numbers.
    """
    if given is None:
        return None
    if given.units is not None:
        return _factors(len(frame), given)
    matrix = _matrix(frame, given)
    if not np.isfinite(matrix).all():
        bad = int((~np.isfinite(matrix)).any(axis=1).sum())
        raise DesignError(
            "design, replicates", f"{bad} rows with weights missing or not finite", "finite numbers"
        )
    combined = matrix if given.combined else matrix * weights[:, None]
    rscales = _rscales(given, matrix.shape[1])
    df = given.df
    if df is None:
        df = float(_rank(combined) - 1)
    return ReplicateArrays(combined, float(given.scale), rscales, given.mse, df)


def _matrix(frame: pd.DataFrame, given: Replicates) -> FloatArray:
    for name in given.columns:
        if not pd.api.types.is_numeric_dtype(frame[name].dtype):
            raise DesignError(
                f"design, replicates, column {name}", f"type {frame[name].dtype}", "numbers"
            )
    if not given.columns and given.weights is None:
        raise DesignError("design, replicates", "neither columns nor weights", "one of them")
    held: Any = frame[list(given.columns)] if given.columns else given.weights
    try:
        matrix = np.asarray(held, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DesignError("design, replicates", "weights that are no numbers", "numbers") from error
    if matrix.ndim != 2 or matrix.shape[0] != len(frame) or not matrix.shape[1]:
        shape = " × ".join(str(k) for k in matrix.shape)
        raise DesignError(
            "design, replicates",
            f"{matrix.shape[0] if matrix.ndim else 0} rows ({shape})",
            f"{len(frame)} rows, one a respondent, and a column a replicate",
        )
    return matrix


def _rscales(given: Replicates, size: int) -> FloatArray:
    rscales = np.asarray(given.rscales, dtype=np.float64)
    if rscales.shape not in ((), (size,)):
        raise DesignError("design, replicates, rscales", f"{rscales.size} numbers", f"1 or {size}")
    if not np.isfinite(rscales).all() or (rscales < 0).any() or not given.scale >= 0:
        raise DesignError("design, replicates", "a scale below 0 or not finite", "0 or more")
    return np.array(np.broadcast_to(rscales, (size,)))


def _rank(matrix: FloatArray) -> int:
    """Return the rank of n × R replicate weights; for many rows from their R × R products."""
    if len(matrix) <= 4 * matrix.shape[1]:
        return int(np.linalg.matrix_rank(matrix))
    norms = np.sqrt((matrix**2).sum(axis=0))
    products = (matrix.T @ matrix) / np.outer(norms, norms)
    values = np.linalg.eigvalsh(products)
    return int((values > 1e-10 * values[-1]).sum())


def _factors(n: int, given: Replicates) -> ReplicateArrays:
    units = np.asarray(given.units, dtype=np.int64)
    if len(units) != n:
        raise DesignError("design, replicates", f"{len(units)} rows", f"{n}, one a respondent")
    strata = None if given.jackknife is None else np.asarray(given.jackknife, dtype=np.int64)
    factors = None if given.factors is None else np.asarray(given.factors, dtype=np.float64)
    size = len(strata) if strata is not None else 0 if factors is None else factors.shape[1]
    rscales = _rscales(given, size)
    df = given.df
    if df is None:
        if strata is not None:
            df = float(len(strata) - len(np.unique(strata)))
        else:
            df = float(np.linalg.matrix_rank(np.asarray(factors), tol=1e-5) - 1)
    return ReplicateArrays(
        np.empty((n, 0)), float(given.scale), rscales, given.mse, df, factors, units, strata
    )
