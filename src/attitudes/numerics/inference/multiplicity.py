"""p-values adjusted for many comparisons."""

from __future__ import annotations

from typing import Literal

import numpy as np

from attitudes.errors import OptionError
from attitudes.numerics.design import FloatArray

__all__ = ["Adjustment", "adjust_p_values"]

Adjustment = Literal["holm", "bonferroni", "bh"]


def adjust_p_values(p: FloatArray, method: Adjustment | None) -> FloatArray:
    """Return adjusted p-values, NaN where p is NaN.

    Parameters
    ----------
    p
        p-values.
    method
        ``"holm"``, ``"bonferroni"`` (family-wise error), ``"bh"`` (false discovery rate), or None.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6; Benjamini and Hochberg (1995), JRSS B 57.

    Examples
    --------
    >>> adjust_p_values(np.array([0.01, 0.04, 0.03]), "holm").round(4).tolist()
    [0.03, 0.06, 0.06]
    """
    values = np.asarray(p, dtype=np.float64)
    if method is None:
        return values
    out = np.full_like(values, np.nan)
    known = np.flatnonzero(np.isfinite(values))
    m = len(known)
    order = known[np.argsort(values[known], kind="stable")]
    ranked = values[order]
    position = np.arange(1, m + 1)
    if method == "bonferroni":
        adjusted = m * ranked
    elif method == "holm":
        adjusted = np.maximum.accumulate((m - position + 1) * ranked)
    elif method == "bh":
        adjusted = np.minimum.accumulate((m / position * ranked)[::-1])[::-1]
    else:
        raise OptionError.unknown("adjust", "method", method, ["holm", "bonferroni", "bh"])
    out[order] = np.minimum(adjusted, 1.0)
    return out
