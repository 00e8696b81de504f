"""Effect sizes of weighted samples and the influence of each respondent on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attitudes.errors import EstimationError
from attitudes.numerics.design import FloatArray, IntArray

__all__ = ["EffectSize", "cohens_d", "cramers_v"]


@dataclass(frozen=True, slots=True)
class EffectSize:
    """An effect size and the weighted influence of each row on it, length n."""

    value: float
    scores: FloatArray


def cohens_d(y: FloatArray, groups: IntArray, weights: FloatArray) -> EffectSize:
    """Return (ȳ₁ − ȳ₀)/s with s² the weighted variance within groups.

    Parameters
    ----------
    y
        Values, length n.
    groups
        0 or 1, length n.
    weights
        Weights, length n.

    Raises
    ------
    EstimationError
        No variation within groups.

    References
    ----------
    Cohen (1988), Statistical Power Analysis for the Behavioral Sciences, chapter 2.
    """
    totals = np.bincount(groups, weights=weights, minlength=2)
    means = np.bincount(groups, weights=weights * y, minlength=2) / totals
    residual = y - means[groups]
    share = weights / weights.sum()
    variance = float(share @ residual**2)
    if not variance > 0:
        raise EstimationError("Cohen's d", "no variation within groups", "answers that vary")
    d = float(means[1] - means[0]) / np.sqrt(variance)
    sign = np.where(groups == 1, 1.0, -1.0)
    of_difference = sign * weights * residual / totals[groups]
    of_variance = share * (residual**2 - variance)
    scores = of_difference / np.sqrt(variance) - d / (2 * variance) * of_variance
    return EffectSize(float(d), np.asarray(scores, dtype=np.float64))


def cramers_v(
    rows: IntArray, columns: IntArray, weights: FloatArray, shape: tuple[int, int]
) -> EffectSize:
    """Return Cramér's V = √(φ²/(min(r, c) − 1)) of the weighted table.

    Raises
    ------
    EstimationError
        Fewer than two rows or columns.

    Notes
    -----
    φ² = Σ p²ᵢⱼ/(pᵢ₊p₊ⱼ) − 1. At V = 0 the influence is not defined and is returned as zero.

    References
    ----------
    Cramér (1946), Mathematical Methods of Statistics, 21.9.
    """
    smaller = min(shape) - 1
    if smaller < 1:
        raise EstimationError("Cramér's V", f"a table of {shape[0]} × {shape[1]}", "2 × 2 or more")
    share = weights / weights.sum()
    p = np.bincount(rows + shape[0] * columns, weights=share, minlength=shape[0] * shape[1])
    table = p.reshape(shape, order="F")
    row, column = table.sum(axis=1), table.sum(axis=0)
    ratio = table / np.outer(row, column)
    phi2 = float((table * ratio).sum() - 1)
    value = float(np.sqrt(max(phi2, 0.0) / smaller))
    of_row = (table * ratio).sum(axis=1) / row
    of_column = (table * ratio).sum(axis=0) / column
    gradient = 2 * ratio - of_row[:, None] - of_column[None, :]
    centred = gradient - float((table * gradient).sum())
    if value < 1e-12:
        return EffectSize(value, np.zeros(len(weights)))
    scores = share * centred[rows, columns] / (2 * value * smaller)
    return EffectSize(value, np.asarray(scores, dtype=np.float64))
