"""Test of a model against a more general one that contains it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import chi2

from attitudes.numerics.design import FloatArray
from attitudes.numerics.sem.fit import SemFit
from attitudes.numerics.sem.vcov import ordinal_slopes

__all__ = ["DifferenceMethod", "DifferenceTest", "difference_test"]

DifferenceMethod = Literal["standard", "satorra-bentler-2001", "satorra-2000"]


@dataclass(frozen=True, slots=True)
class DifferenceTest:
    """A χ² difference.

    Attributes
    ----------
    chisq, df, p
        Statistic; NaN without a difference in degrees of freedom, or where the correction is
        negative (then the models are too far from the data for it).
    method
        How the difference of scaled statistics was taken.
    """

    chisq: float
    df: int
    p: float
    method: DifferenceMethod


def difference_test(restricted: SemFit, general: SemFit) -> DifferenceTest:
    """Test a model against one that contains it.

    Parameters
    ----------
    restricted, general
        Fits of the same data by the same estimator; the second has the fewer degrees of freedom.

    Notes
    -----
    Normal likelihood without scaling: the difference itself. With a mean-scaled test it is divided
    by (d₀c₀ − d₁c₁)/(d₀ − d₁). For the scaled and shifted test, tr(UΓ) and tr((UΓ)²) of the
    restrictions alone are found from the general model: with H = Δ₁⁺Δ₀ and A the complement of its
    columns, Q = E⁻¹A(A'E⁻¹A)⁻¹A'E⁻¹, they are tr(QM) and tr(QMQM), M = Δ'WΓWΔ.

    References
    ----------
    Satorra, A. and Bentler, P. M. (2001). A scaled difference chi-square test statistic for moment
    structure analysis. *Psychometrika* 66, 507–514. Satorra, A. (2000). Scaled and adjusted
    restricted tests in multi-sample analysis of moment structures.
    """
    d0, d1 = restricted.naive.df, general.naive.df
    df = d0 - d1
    raw = restricted.naive.chisq - general.naive.chisq
    method: DifferenceMethod = "standard"
    if general.scaled_test == "scaled-shifted":
        method = "satorra-2000"
    elif general.scaled_test != "none":
        method = "satorra-bentler-2001"
    if df <= 0:
        return DifferenceTest(np.nan, df, np.nan, method)
    chisq = raw
    if method == "satorra-bentler-2001":
        assert restricted.scaled is not None
        c1 = general.scaled.factor if general.scaled is not None and d1 > 0 else 0.0
        factor = (d0 * restricted.scaled.factor - d1 * c1) / df
        chisq = raw / factor if factor > 0 else np.nan
    elif method == "satorra-2000":
        first, second = _traces(restricted, general, df)
        slope = float(np.sqrt(df / second))
        chisq = slope * raw + df - slope * first
    p = float(chi2.sf(chisq, df)) if np.isfinite(chisq) else np.nan
    return DifferenceTest(float(chisq), df, p, method)


def _stacked(fit: SemFit) -> FloatArray:
    return np.vstack(ordinal_slopes(fit.problem, fit.theta))


def _traces(restricted: SemFit, general: SemFit, df: int) -> tuple[float, float]:
    """tr(UΓ) and tr((UΓ)²) of the restrictions."""
    assert general.meat is not None
    H = np.linalg.lstsq(_stacked(general), _stacked(restricted), rcond=None)[0]
    A = np.linalg.svd(H)[0][:, H.shape[0] - df :]
    inverse = general.inverse
    Q = inverse @ A @ np.linalg.solve(A.T @ inverse @ A, A.T @ inverse)
    QM = Q @ general.meat
    return float(np.trace(QM)), float((QM * QM.T).sum())
