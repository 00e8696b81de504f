"""How well a factor model reproduces a correlation matrix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.stats import chi2, ncx2

from attitudes.numerics.correlation.correlation_repair import repair_correlation
from attitudes.numerics.design import FloatArray
from attitudes.numerics.factors.efa import degrees_of_freedom

__all__ = ["FactorFit", "factor_fit", "rmsea_interval"]


@dataclass(frozen=True, slots=True)
class FactorFit:
    """Fit of an exploratory factor model.

    Attributes
    ----------
    objective, null_objective
        Maximum-likelihood discrepancy of the model and of no factors.
    chisq, df, p
        Bartlett-corrected test of the model; p is NaN without degrees of freedom.
    null_chisq, null_df
        The same of no factors.
    rmsea, rmsea_low, rmsea_high, rmsea_level
        Root mean square error of approximation with its interval.
    tli
        Tucker–Lewis index.
    bic
        χ² − df log n.
    rms, crms
        Root mean square of the off-diagonal residuals, and corrected for degrees of freedom.
    residual_chisq
        n × sum of squares of all off-diagonal residuals (psych's empirical χ²).
    fit, fit_off
        1 − residual / total sum of squares of the matrix, with and without its diagonal.
    residuals
        k × k, uniquenesses on the diagonal.
    n
        Respondents.
    """

    objective: float
    null_objective: float
    chisq: float
    df: int
    p: float
    null_chisq: float
    null_df: int
    rmsea: float
    rmsea_low: float
    rmsea_high: float
    rmsea_level: float
    tli: float
    bic: float
    rms: float
    crms: float
    residual_chisq: float
    fit: float
    fit_off: float
    residuals: FloatArray
    n: int


def rmsea_interval(chisq: float, df: int, n: int, level: float = 0.90) -> tuple[float, float]:
    """Return the confidence limits of RMSEA from the noncentral χ².

    Examples
    --------
    >>> low, high = rmsea_interval(1538.52088817747, 185, 2436)
    >>> round(low, 4), round(high, 4)
    (0.0523, 0.0574)
    """
    tail = (1.0 - level) / 2.0
    most = max(n, chisq) + 2.0 * n

    def bound(probability: float) -> float:
        if chi2.cdf(chisq, df) <= probability:
            return 0.0
        root = brentq(lambda ncp: ncx2.cdf(chisq, df, ncp) - probability, 1e-9, most, xtol=1e-9)
        return float(np.sqrt(root / (n - 1) / df))

    return bound(1.0 - tail), bound(tail)


def _discrepancy(model: FloatArray, correlation: FloatArray) -> float:
    ratio = np.linalg.solve(model, correlation)
    sign, logarithm = np.linalg.slogdet(ratio)
    return float(np.trace(ratio) - logarithm - len(correlation)) if sign > 0 else float("nan")


def factor_fit(
    correlation: FloatArray,
    loadings: FloatArray,
    phi: FloatArray,
    n: int,
    *,
    level: float = 0.90,
) -> FactorFit:
    """Return the fit of a factor model.

    Parameters
    ----------
    correlation
        k × k.
    loadings, phi
        Pattern loadings, k × m, and factor correlations, m × m.
    n
        Respondents.
    level
        Of the RMSEA interval.

    Notes
    -----
    χ² = F (n − 1 − (2k + 5)/6 − 2m/3), with F the maximum-likelihood discrepancy whatever the
    extraction, as in R's psych.
    """
    k, m = loadings.shape
    implied = loadings @ phi @ loadings.T
    residuals = correlation - implied
    off = residuals - np.diag(np.diag(residuals))
    off_square = float((off**2).sum())
    total = float((correlation**2).sum())
    model = implied.copy()
    np.fill_diagonal(model, np.diag(correlation))
    model = repair_correlation(model).correlation
    objective = _discrepancy(model, correlation)
    null_objective = -float(np.linalg.slogdet(correlation)[1])
    df, null_df = degrees_of_freedom(k, m), k * (k - 1) // 2
    weight = n - 1 - (2 * k + 5) / 6
    chisq = max(objective * (weight - 2 * m / 3), 0.0)
    rmsea = low = high = tli = p = crms = bic = float("nan")
    if df > 0:
        p = float(chi2.sf(chisq, df))
        rmsea = float(np.sqrt(max(chisq / (df * n) - 1.0 / (n - 1), 0.0)))
        low, high = rmsea_interval(chisq, df, n, level)
        per_null, per_model = null_objective / null_df, objective / df
        tli = (per_null - per_model) / (per_null - 1.0 / (weight - 2 * m / 3))
        crms = float(np.sqrt(off_square / (2 * df)))
        bic = chisq - df * float(np.log(n))
    return FactorFit(
        objective,
        null_objective,
        chisq,
        df,
        p,
        null_objective * weight,
        null_df,
        rmsea,
        low,
        high,
        level,
        tli,
        bic,
        float(np.sqrt(off_square / (k * (k - 1)))),
        crms,
        off_square * n,
        1.0 - float((residuals**2).sum()) / total,
        1.0 - off_square / (total - k),
        residuals,
        n,
    )
