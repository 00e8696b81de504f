"""Degrees of freedom of replicate weights among some of the units."""

from __future__ import annotations

import numpy as np

from attitudes.numerics.design import FloatArray, IntArray, ReplicateArrays

__all__ = ["replicate_df"]

RANK_LIMIT = 2_000_000


def replicate_df(replicates: ReplicateArrays, unit: IntArray) -> float:
    """Return the rank of the replicate weights of some units − 1, as R has it for subsets.

    Parameters
    ----------
    replicates
        The replicate weights.
    unit
        Rows of the factors (respondents, where weights are given), each once.

    Returns
    -------
    float
        At most the degrees of freedom of the whole. For a large matrix the number of units − 1
        stands for the rank.

    Notes
    -----
    The jackknife factors of unit i are 1 + dᵢ, where the dᵢ of a stratum are orthogonal to 1 and
    depend on each other only if all its units are there. Every stratum that is whole, but for one,
    so takes one from the rank.

    Examples
    --------
    >>> strata = np.array([0, 0, 1, 1])
    >>> made = ReplicateArrays(np.empty((4, 0)), 1.0, np.full(4, 0.5), False, 2.0,
    ...                        units=np.arange(4), jackknife=strata)
    >>> replicate_df(made, np.arange(4)), replicate_df(made, np.array([0, 2, 3]))
    (2.0, 2.0)
    """
    if replicates.jackknife is not None:
        return min(replicates.df, float(_jackknife_rank(replicates.jackknife, unit) - 1))
    matrix = replicates.weights if replicates.factors is None else replicates.factors
    if len(unit) == len(matrix):
        return replicates.df
    if len(unit) * matrix.shape[1] > RANK_LIMIT:
        return min(replicates.df, float(len(unit) - 1))
    return float(_rank(matrix[unit]) - 1)


def _jackknife_rank(strata: IntArray, unit: IntArray) -> int:
    sampled = np.bincount(strata)
    held = np.bincount(strata[unit], minlength=len(sampled))
    return len(unit) - max(int((held == sampled).sum()) - 1, 0)


def _rank(rows: FloatArray) -> int:
    tolerance = 1e-5 * np.linalg.norm(rows, axis=0).max(initial=0.0)
    return int(np.linalg.matrix_rank(rows, tol=tolerance or None))
