"""Fit indices from test statistics."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.stats import chi2, ncx2

__all__ = ["cfi", "incremental", "rmsea", "rmsea_interval", "rmsea_p", "tli"]


def _excess(chisq: float, df: float, scale: float) -> float:
    return max(chisq - scale * df, 0.0)


def cfi(
    chisq: float,
    df: float,
    base: float,
    base_df: float,
    scale: float = 1.0,
    base_scale: float = 1.0,
) -> float:
    """Return Bentler's comparative fit index.

    Parameters
    ----------
    chisq, df, base, base_df
        Test of the model and of the baseline model.
    scale, base_scale
        ĉ of each: what the statistic is expected to be per degree of freedom.

    Examples
    --------
    >>> round(cfi(4165.467, 265, 18222.116, 300), 4)
    0.7824
    """
    t1 = _excess(chisq, df, scale)
    t2 = max(t1, base - base_scale * base_df, 0.0)
    return 1.0 if t2 < 1e-12 else 1.0 - t1 / t2


def tli(
    chisq: float,
    df: float,
    base: float,
    base_df: float,
    scale: float = 1.0,
    base_scale: float = 1.0,
) -> float:
    """Return the Tucker–Lewis index (non-normed fit index); 1 without degrees of freedom.

    Examples
    --------
    >>> round(tli(4165.467, 265, 18222.116, 300), 4)
    0.7536
    """
    t1 = (chisq - scale * df) * base_df
    t2 = (base - base_scale * base_df) * df
    return 1.0 - t1 / t2 if df > 0 and abs(t2) > 0 else 1.0


def incremental(chisq: float, df: float, base: float, base_df: float) -> dict[str, float]:
    """Return nfi, pnfi, ifi and rni."""
    nfi = (base - chisq) / base if base > 0 else np.nan
    rni = 1.0 - (chisq - df) / (base - base_df) if base != base_df else np.nan
    return {
        "nfi": nfi,
        "pnfi": df / base_df * nfi,
        "ifi": (base - chisq) / (base - df) if base != df else np.nan,
        "rni": rni,
    }


def rmsea(chisq: float, df: float, n: float, n_groups: int = 1, scale: float = 1.0) -> float:
    """Return √(G max(χ²/(n df) − ĉ/n, 0)); 0 without degrees of freedom.

    Examples
    --------
    >>> round(rmsea(4165.467, 265, 2436), 5)
    0.07773
    """
    if df <= 0:
        return 0.0
    return float(np.sqrt(max(chisq / n / df - scale / n, 0.0) * n_groups))


def rmsea_interval(
    chisq: float,
    df: float,
    n: float,
    n_groups: int = 1,
    scale: float = 1.0,
    level: float = 0.90,
) -> tuple[float, float]:
    """Return the confidence limits of RMSEA from the noncentral χ².

    Parameters
    ----------
    chisq
        Test statistic, already divided by ``scale`` where it is scaled.
    df, n, n_groups
        Degrees of freedom, respondents, groups.
    scale
        ĉ that the noncentrality is multiplied by.
    level
        Of the interval.
    """
    if df < 1:
        return 0.0, 0.0
    tail = (1.0 - level) / 2.0

    def limit(probability: float) -> float:
        if chi2.cdf(chisq, df) < probability:
            return 0.0
        most = chisq + 10.0 * np.sqrt(2.0 * df + 4.0 * chisq) + 50.0
        root = brentq(
            lambda nc: (
                ncx2.cdf(chisq, df, nc) - probability
                if nc > 0
                else chi2.cdf(chisq, df) - probability
            ),
            0.0,
            most,
            xtol=1e-9,
        )
        return float(np.sqrt(scale * root / (n * df) * n_groups))

    return limit(1.0 - tail), limit(tail)


def rmsea_p(
    chisq: float,
    df: float,
    n: float,
    n_groups: int = 1,
    scale: float = 1.0,
    close: float = 0.05,
) -> float:
    """Return the p-value of the hypothesis that RMSEA is at most ``close``."""
    if df <= 0:
        return np.nan
    return float(ncx2.sf(chisq, df, n * df * close**2 / scale / n_groups))
