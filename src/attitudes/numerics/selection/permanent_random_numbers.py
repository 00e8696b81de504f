"""Samples coordinated by permanent random numbers: panels that stay, rotate or keep apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from attitudes.errors import DesignError
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.selection.inclusion import CERTAIN
from attitudes.numerics.selection.result import Selection, whole_size

__all__ = ["pareto", "poisson_coordinated", "sequential", "shifted"]


def shifted(numbers: ArrayLike, start: float) -> FloatArray:
    """Return the numbers as distances from ``start`` round a circle of length 1.

    Examples
    --------
    >>> shifted([0.1, 0.9], 0.5).round(3).tolist()
    [0.6, 0.4]
    """
    u = np.asarray(numbers, dtype=np.float64)
    bad = ~((u >= 0) & (u < 1))
    if bad.any():
        raise DesignError(
            "permanent random numbers", f"{int(bad.sum())} missing or outside [0, 1)", "[0, 1)"
        )
    return np.asarray((u - start) % 1.0, dtype=np.float64)


def sequential(numbers: ArrayLike, n: int, *, start: float = 0.0) -> Selection:
    """Draw the n units whose numbers follow ``start``: a simple random sample.

    Notes
    -----
    Two samples from the same start overlap as much as they can; starts far apart make them
    disjoint; a start that moves by r/N a wave rotates about r units out.

    References
    ----------
    Ohlsson (1995), Coordination of samples using permanent random numbers, in Business Survey
    Methods, chapter 9.

    Examples
    --------
    >>> sequential([0.1, 0.8, 0.3, 0.6], 2, start=0.5).units.tolist()
    [1, 3]
    """
    u = shifted(numbers, start)
    units: IntArray = np.sort(np.argsort(u, kind="stable")[:n])
    return Selection(units, np.full(len(u), n / len(u)), "sequential")


def poisson_coordinated(
    probabilities: FloatArray, numbers: ArrayLike, *, start: float = 0.0
) -> Selection:
    """Draw the units whose distance from ``start`` is below their probability.

    Examples
    --------
    >>> poisson_coordinated(np.array([0.5, 0.2]), [0.4, 0.3]).units.tolist()
    [0]
    """
    u = shifted(numbers, start)
    units: IntArray = np.flatnonzero(u < probabilities)
    return Selection(units, probabilities, "poisson_coordinated")


def pareto(probabilities: FloatArray, numbers: ArrayLike, *, start: float = 0.0) -> Selection:
    """Draw a fixed number of units by Pareto sampling with permanent random numbers.

    Parameters
    ----------
    probabilities
        Target inclusion probabilities with a whole sum; the design meets them closely, not
        exactly (the difference vanishes as Σπ(1 − π) grows).
    numbers
        Permanent random numbers in [0, 1).
    start
        Where the circle is opened.

    References
    ----------
    Rosén (1997), Journal of Statistical Planning and Inference 62.

    Examples
    --------
    >>> pareto(np.array([1.0, 0.5, 0.5]), [0.9, 0.2, 0.7]).units.tolist()
    [0, 1]
    """
    u = shifted(numbers, start)
    p = np.asarray(probabilities, dtype=np.float64)
    n = whole_size(p)
    rank = np.full(len(p), np.inf)
    live = (p > CERTAIN) & (p < 1 - CERTAIN)
    rank[live] = u[live] * (1 - p[live]) / ((1 - u[live]) * p[live])
    rank[p >= 1 - CERTAIN] = -1.0
    units: IntArray = np.sort(np.argsort(rank, kind="stable")[:n])
    return Selection(units, p, "pareto")
