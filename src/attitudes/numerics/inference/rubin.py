"""Rubin's rules for multiply imputed data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attitudes.numerics.design import FloatArray

__all__ = ["Pooled", "rubin"]


@dataclass(frozen=True, slots=True)
class Pooled:
    """Pooled estimates (length p), covariance (p × p), df and lost information (length p)."""

    estimates: FloatArray
    covariance: FloatArray
    df: FloatArray
    missing_information: FloatArray


def rubin(estimates: FloatArray, covariances: FloatArray, *, df_complete: float = np.inf) -> Pooled:
    """Combine m estimates (m × p) and their covariances (m × p × p).

    References
    ----------
    Rubin (1987), Multiple Imputation for Nonresponse in Surveys, 3.3; Barnard and Rubin (1999).
    """
    m = len(estimates)
    mean = estimates.mean(axis=0)
    within = covariances.mean(axis=0)
    deviations = estimates - mean
    between = deviations.T @ deviations / (m - 1)
    w, b = np.diag(within), np.diag(between)
    with np.errstate(divide="ignore", invalid="ignore"):
        r = (1 + 1 / m) * b / w
        df = (m - 1) * (1 + 1 / r) ** 2
        if np.isfinite(df_complete):
            observed = (df_complete + 1) / (df_complete + 3) * df_complete * w / (w + b)
            df = 1 / (1 / observed + 1 / df)
        lost = (r + 2 / (df + 3)) / (r + 1)
    return Pooled(mean, within + (1 + 1 / m) * between, df, lost)
