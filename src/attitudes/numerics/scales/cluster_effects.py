"""The intraclass correlation of one variable over unequal groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import f as f_distribution

from attitudes.numerics.design import FloatArray, IntArray

__all__ = ["ClusterEffect", "cluster_effect"]


@dataclass(frozen=True, slots=True)
class ClusterEffect:
    """One-way analysis of variance of a variable by group.

    Attributes
    ----------
    icc
        Share of variance between groups; negative estimates are kept.
    f, df_between, df_within, p
        Test of no group differences.
    size
        Mean group size as it enters the intraclass correlation.
    design_effect
        1 + (size − 1) max(icc, 0).
    """

    icc: float
    f: float
    df_between: int
    df_within: int
    p: float
    size: float
    design_effect: float


def cluster_effect(values: FloatArray, groups: IntArray) -> ClusterEffect:
    """Return the one-way intraclass correlation.

    Parameters
    ----------
    values
        Length n, NaN where missing.
    groups
        Codes 0 … G − 1, length n.

    Notes
    -----
    ρ = (MSB − MSW)/(MSB + (m − 1) MSW), m = (n − Σn_g²/n)/(G − 1).

    References
    ----------
    Donner, A. and Koval, J. J. (1980). The estimation of intraclass correlation in the analysis
    of family data. *Biometrics* 36, 19–25.

    Examples
    --------
    >>> cluster_effect(np.array([1.0, 1, 2, 2, 3, 3]), np.array([0, 0, 1, 1, 2, 2])).icc
    1.0
    """
    known = np.isfinite(values)
    x, g = values[known], groups[known]
    counts = np.bincount(g)
    counts = counts.astype(np.float64)
    used = counts > 0
    n, n_groups = float(len(x)), int(used.sum())
    df_between, df_within = n_groups - 1, int(n) - n_groups
    nan = float("nan")
    if df_between < 1 or df_within < 1:
        return ClusterEffect(nan, nan, df_between, df_within, nan, nan, nan)
    means = np.bincount(g, weights=x)[used] / counts[used]
    between = float((counts[used] * (means - x.mean()) ** 2).sum()) / df_between
    spread = np.zeros(len(counts))
    spread[used] = means
    within = float(((x - spread[g]) ** 2).sum()) / df_within
    size = (n - float((counts**2).sum()) / n) / df_between
    total = between + (size - 1.0) * within
    icc = (between - within) / total if total > 0 else nan
    ratio = between / within if within > 0 else float("inf")
    return ClusterEffect(
        icc,
        ratio,
        df_between,
        df_within,
        float(f_distribution.sf(ratio, df_between, df_within)),
        size,
        1.0 + (size - 1.0) * max(icc, 0.0),
    )
