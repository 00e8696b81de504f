"""Whether a correlation matrix is worth factoring: KMO and Bartlett's test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

from attitudes.errors import EstimationError
from attitudes.numerics.design import FloatArray

__all__ = ["SamplingAdequacy", "sampling_adequacy"]


@dataclass(frozen=True, slots=True)
class SamplingAdequacy:
    """Measures of sampling adequacy.

    Attributes
    ----------
    kmo
        Kaiser–Meyer–Olkin measure over all items.
    kmo_items
        Measure of each item, length k.
    chisq, df, p
        Bartlett's test that all correlations are zero.
    determinant
        Of the correlation matrix.
    smc
        Squared multiple correlation of each item with the others.
    """

    kmo: float
    kmo_items: FloatArray
    chisq: float
    df: int
    p: float
    determinant: float
    smc: FloatArray


def sampling_adequacy(correlation: FloatArray, n: int) -> SamplingAdequacy:
    """Return KMO and Bartlett's test of sphericity.

    Parameters
    ----------
    correlation
        k × k, positive definite.
    n
        Respondents.

    Raises
    ------
    EstimationError
        When the matrix is singular.

    Notes
    -----
    KMO = Σr² / (Σr² + Σq²) over off-diagonal correlations r and partial (anti-image)
    correlations q. Bartlett: χ² = −(n − 1 − (2k + 5)/6) log |R|.

    References
    ----------
    Kaiser, H. F. (1974). An index of factorial simplicity. *Psychometrika* 39, 31–36. Bartlett,
    M. S. (1951). The effect of standardization on a χ² approximation in factor analysis.
    *Biometrika* 38, 337–344.

    Examples
    --------
    >>> r = np.full((3, 3), 0.5)
    >>> np.fill_diagonal(r, 1.0)
    >>> round(sampling_adequacy(r, 100).kmo, 4)
    0.6923
    """
    k = len(correlation)
    sign, logarithm = np.linalg.slogdet(correlation)
    if sign <= 0:
        raise EstimationError(
            "sampling adequacy",
            "a singular correlation matrix",
            "a positive definite one",
            "leave out items that are sums of others",
        )
    inverse = np.linalg.inv(correlation)
    spread = np.sqrt(np.diag(inverse))
    partial = -inverse / np.outer(spread, spread)
    off = ~np.eye(k, dtype=bool)
    r2, q2 = np.where(off, correlation**2, 0.0), np.where(off, partial**2, 0.0)
    df = k * (k - 1) // 2
    statistic = -float(logarithm) * (n - 1 - (2 * k + 5) / 6)
    return SamplingAdequacy(
        float(r2.sum() / (r2.sum() + q2.sum())),
        np.asarray(r2.sum(axis=0) / (r2.sum(axis=0) + q2.sum(axis=0))),
        statistic,
        df,
        float(chi2.sf(statistic, df)),
        float(np.exp(logarithm)),
        1.0 - 1.0 / np.diag(inverse),
    )
