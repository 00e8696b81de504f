"""Correlation matrices that are not positive definite, brought to the nearest side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attitudes.errors import EstimationError
from attitudes.numerics.design import FloatArray
from attitudes.numerics.moments import scaled_covariance

__all__ = ["Repair", "repair_correlation"]


@dataclass(frozen=True, slots=True)
class Repair:
    """A positive definite correlation matrix.

    Attributes
    ----------
    correlation
        k × k; the matrix itself when nothing was wrong.
    repaired
        Whether it was changed.
    smallest
        Smallest eigenvalue before.
    largest_change
        Largest absolute change of a correlation.
    """

    correlation: FloatArray
    repaired: bool
    smallest: float
    largest_change: float


def repair_correlation(correlation: FloatArray, *, floor: float = 1e-8) -> Repair:
    """Return the matrix, with eigenvalues below ``floor`` lifted to 100 × ``floor``.

    Parameters
    ----------
    correlation
        Symmetric with unit diagonal, k × k.
    floor
        Smallest eigenvalue that is left alone.

    Raises
    ------
    EstimationError
        A correlation that is not a number.

    Notes
    -----
    The eigenvalues are scaled back to the sum k and the diagonal to 1, as ``cor.smooth`` of R's
    psych does.

    Examples
    --------
    >>> r = np.array([[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]])
    >>> fixed = repair_correlation(r)
    >>> fixed.repaired, bool(np.linalg.eigvalsh(fixed.correlation).min() > 0)
    (True, True)
    """
    if not np.isfinite(correlation).all():
        raise EstimationError(
            "correlation matrix",
            "a correlation that is not a number",
            "two different answers to each item among those who answered a pair",
        )
    values, vectors = np.linalg.eigh(correlation)
    smallest = float(values[0])
    if smallest >= floor:
        return Repair(correlation, False, smallest, 0.0)
    lifted = np.where(values < floor, 100.0 * floor, values)
    lifted *= len(values) / lifted.sum()
    fixed = scaled_covariance((vectors * lifted) @ vectors.T)
    fixed = (fixed + fixed.T) / 2.0
    return Repair(fixed, True, smallest, float(np.abs(fixed - correlation).max()))
