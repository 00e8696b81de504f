"""Pooling of estimates from multiply imputed data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from attitudes.errors import OptionError
from attitudes.numerics.design import FloatArray
from attitudes.numerics.inference.rubin import rubin

__all__ = ["PooledEstimates", "pool"]


@dataclass(frozen=True, slots=True)
class PooledEstimates:
    """Estimates pooled by Rubin's rules.

    Attributes
    ----------
    labels
        Names of the estimates, length p.
    estimates
        Mean over the imputations, length p.
    covariance
        Total covariance, p × p.
    df
        Degrees of freedom of each, length p.
    missing_information
        Share of the information that the missing answers took, length p.
    imputations
        Number of imputations.
    level
        Coverage of the intervals.
    """

    labels: tuple[str, ...]
    estimates: FloatArray
    covariance: FloatArray
    df: FloatArray
    missing_information: FloatArray
    imputations: int
    level: float

    @property
    def se(self) -> FloatArray:
        """Standard errors, length p."""
        return np.sqrt(np.diag(self.covariance))

    def to_frame(self) -> pd.DataFrame:
        """Return a row an estimate."""
        half = stats.t.ppf((1 + self.level) / 2, self.df) * self.se
        return pd.DataFrame(
            {
                "estimate": self.estimates,
                "se": self.se,
                "ci_low": self.estimates - half,
                "ci_high": self.estimates + half,
                "df": self.df,
                "missing_information": self.missing_information,
            },
            index=pd.Index(self.labels, name="term"),
        ).reset_index()


def pool(
    results: Sequence[Any], *, df_complete: float = np.inf, level: float = 0.95
) -> PooledEstimates:
    """Pool the same estimates made on each imputed data set, by Rubin's rules.

    Parameters
    ----------
    results
        One result an imputation: tables of estimates, regressions, comparisons, or pairs of
        (estimates, covariance).
    df_complete
        Degrees of freedom that complete data would have; default unlimited.
    level
        Coverage of the intervals.

    Raises
    ------
    OptionError
        Fewer than two results; results of different estimates; something that holds no estimates.

    Notes
    -----
    T = W̄ + (1 + 1/m) B, ν = (m − 1)(1 + 1/r)², r = (1 + 1/m) B/W̄; with ``df_complete`` the
    correction of Barnard and Rubin.

    References
    ----------
    Rubin (1987), Multiple Imputation for Nonresponse in Surveys; Barnard and Rubin (1999),
    Biometrika 86.

    Examples
    --------
    >>> pooled = pool([([1.0], [[0.04]]), ([1.2], [[0.05]]), ([1.1], [[0.06]])])
    >>> pooled.estimates.round(3).tolist(), pooled.se.round(4).tolist()
    ([1.1], [0.2517])
    """
    if len(results) < 2:
        raise OptionError("pool", f"{len(results)} results", "two or more, one an imputation")
    parts = [_parts(r, i) for i, r in enumerate(results)]
    labels = parts[0][0]
    for i, (own, _, _) in enumerate(parts):
        if own != labels:
            raise OptionError(
                f"pool, result {i + 1}", "other estimates than the first", "the same in each"
            )
    found = rubin(
        np.vstack([p[1] for p in parts]), np.stack([p[2] for p in parts]), df_complete=df_complete
    )
    return PooledEstimates(
        labels,
        found.estimates,
        found.covariance,
        found.df,
        found.missing_information,
        len(results),
        level,
    )


def _parts(result: Any, number: int) -> tuple[tuple[str, ...], FloatArray, FloatArray]:
    if isinstance(result, tuple) and len(result) == 2:
        estimates = np.atleast_1d(np.asarray(result[0], dtype=np.float64))
        covariance = np.atleast_2d(np.asarray(result[1], dtype=np.float64))
        return tuple(str(i) for i in range(len(estimates))), estimates, covariance
    for values, labels in (("coefficients", "terms"), ("estimates", "labels")):
        if hasattr(result, values) and hasattr(result, "covariance"):
            estimates = np.asarray(getattr(result, values), dtype=np.float64)
            names = tuple(str(v) for v in getattr(result, labels))
            return names, estimates, np.asarray(result.covariance, dtype=np.float64)
    if hasattr(result, "to_frame"):
        frame = result.to_frame()
        if {"estimate", "se"} <= set(frame.columns):
            given = getattr(result, "covariance", None)
            matrix = np.diag(frame["se"].to_numpy(dtype=np.float64) ** 2)
            if given is not None:
                matrix = np.asarray(given, dtype=np.float64)
            keys = [c for c in frame.columns if c not in _NUMBERS]
            names = tuple(" ".join(str(v) for v in row) for row in frame[keys].to_numpy())
            return names, frame["estimate"].to_numpy(dtype=np.float64), matrix
    raise OptionError(
        f"pool, result {number + 1}",
        f"{type(result).__name__}",
        "a table of estimates, a regression, a comparison, or (estimates, covariance)",
    )


_NUMBERS = {"estimate", "se", "ci_low", "ci_high", "df", "n", "n_eff", "deff", "cv"}
