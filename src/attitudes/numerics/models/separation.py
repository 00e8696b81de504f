"""Separation: answers that predictors tell apart without error."""

from __future__ import annotations

import numpy as np
from scipy import optimize

from attitudes.numerics.design import FloatArray, IntArray

__all__ = ["has_unbounded_direction", "is_separated", "is_separated_ordinal"]


def has_unbounded_direction(rows: FloatArray) -> bool:
    """Whether some direction d has rows · d ≥ 0 everywhere and not 0 throughout.

    Notes
    -----
    Linear programme: maximise the sum of rows · d subject to rows · d ≥ 0 and |d| ≤ 1.

    References
    ----------
    Albert and Anderson (1984), Biometrika 71; Konis (2007), DPhil thesis, Oxford.
    """
    scale = np.abs(rows).max(axis=0)
    scaled = np.unique(rows / np.where(scale > 0, scale, 1.0), axis=0)
    result = optimize.linprog(
        -scaled.sum(axis=0), A_ub=-scaled, b_ub=np.zeros(len(scaled)), bounds=(-1, 1)
    )
    return result.status == 0 and result.fun is not None and bool(result.fun < -1e-7)


def is_separated(X: FloatArray, y: FloatArray) -> bool:
    """Whether some combination of the columns of X tells y = 0 from y = 1 (also in part)."""
    if not ((y == 0) | (y == 1)).all():
        return False
    return has_unbounded_direction((2 * y - 1)[:, None] * X)


def is_separated_ordinal(X: FloatArray, y: IntArray, n_categories: int) -> bool:
    """Whether a cumulative-link model of y = 0 … K−1 on X (without intercept) has no maximum."""
    q = n_categories - 1
    cuts = np.eye(q)
    below, above = y < q, y > 0
    upper = np.hstack([-X[below], cuts[y[below]]])
    lower = np.hstack([X[above], -cuts[y[above] - 1]])
    return has_unbounded_direction(np.vstack([upper, lower]))
