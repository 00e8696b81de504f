"""Raking: weights brought to the totals of several margins in turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack, identity, vstack

from attitudes.numerics.design import FloatArray, IntArray

__all__ = ["EmptyCategory", "RakingFit", "empty_categories", "nearest_margins", "rake_cells"]

_GOAL = 1e-14
_PATIENCE = 5


@dataclass(frozen=True, slots=True)
class RakingFit:
    """A raked table.

    Attributes
    ----------
    factors
        Multiplier of each cell, K (or K × B).
    trace
        Largest relative miss of a target before the corrections of each sweep.
    converged
        Whether the last of them is within the tolerance.
    misses
        For each margin the total reached minus its target (of the worst column).
    """

    factors: FloatArray
    trace: FloatArray
    converged: bool
    misses: tuple[FloatArray, ...]

    @property
    def iterations(self) -> int:
        """Sweeps over all margins."""
        return len(self.trace)


@dataclass(frozen=True, slots=True)
class EmptyCategory:
    """A category with a target and nobody in it.

    Attributes
    ----------
    margin, category
        Which.
    column
        Column of the starting totals (a replicate), 0 where there is one.
    """

    margin: int
    category: int
    column: int


def empty_categories(
    starts: FloatArray, categories: Sequence[IntArray], targets: Sequence[FloatArray]
) -> tuple[EmptyCategory, ...]:
    """Return the categories whose target is positive and whose starting total is not."""
    columns = _columns(starts)
    found: list[EmptyCategory] = []
    for j, (codes, target) in enumerate(zip(categories, targets, strict=True)):
        sums = _indicator(codes, len(target)) @ columns
        for category, column in np.argwhere((sums <= 0) & (target > 0)[:, None]):
            found.append(EmptyCategory(j, int(category), int(column)))
    return tuple(found)


def rake_cells(
    starts: FloatArray,
    categories: Sequence[IntArray],
    targets: Sequence[FloatArray],
    *,
    tolerance: float = 1e-10,
    max_iterations: int = 2000,
) -> RakingFit:
    """Rake a table of cells to margins.

    Parameters
    ----------
    starts
        Starting weighted total of each cell, K; or K × B for B replicates at once.
    categories
        For each margin the category of each cell, length K.
    targets
        For each margin its totals, all positive where the category has respondents.
    tolerance
        Largest relative miss of a target that counts as met. Sweeps go on beyond it while they
        still bring the totals nearer, to the accuracy of the arithmetic.
    max_iterations
        Sweeps before the fit is given up.

    Returns
    -------
    RakingFit
        ``converged`` says whether the targets are met; the caller has to look.

    Notes
    -----
    The multiplier of a respondent depends on its cell only, so that n respondents are collapsed
    once and the iteration runs over K cells.

    References
    ----------
    Deming and Stephan (1940), Ann. Math. Statist. 11; Ireland and Kullback (1968), Biometrika 55.

    Examples
    --------
    >>> fit = rake_cells(np.array([1., 1., 1., 1.]),
    ...                  [np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])],
    ...                  [np.array([3., 1.]), np.array([2., 2.])])
    >>> fit.factors.round(6).tolist(), fit.converged
    ([1.5, 1.5, 0.5, 0.5], True)
    """
    columns = _columns(starts)
    indicators = [_indicator(c, len(t)) for c, t in zip(categories, targets, strict=True)]
    spread = [csr_array(m.T) for m in indicators]
    goals = [np.asarray(t, dtype=np.float64)[:, None] for t in targets]
    factors = np.ones_like(columns)
    trace: list[float] = []
    best, stale = np.inf, 0
    while len(trace) < max_iterations:
        worst = 0.0
        for indicator, back, goal in zip(indicators, spread, goals, strict=True):
            ratio = _ratios(indicator @ (columns * factors), goal)
            worst = max(worst, float(np.abs(ratio - 1).max(initial=0.0)))
            factors *= back @ ratio
        trace.append(worst)
        if not np.isfinite(worst) or worst <= _GOAL:
            break
        stale = 0 if worst < 0.9 * best else stale + 1
        best = min(best, worst)
        if best <= tolerance and stale >= _PATIENCE:
            break
    misses = tuple(
        _worst_column(indicator @ (columns * factors) - goal)
        for indicator, goal in zip(indicators, goals, strict=True)
    )
    converged = bool(trace and trace[-1] <= tolerance)
    return RakingFit(factors.reshape(starts.shape), np.asarray(trace), converged, misses)


def nearest_margins(
    categories: Sequence[IntArray], targets: Sequence[FloatArray]
) -> tuple[FloatArray, ...]:
    """Return, for each margin, how far from its targets the nearest table must stay.

    Notes
    -----
    Linear programme: minimise Σ|miss| over tables that are not negative and empty where no
    respondent is. All zero: the targets can be met, if need be with cells of weight zero.
    """
    system = vstack(
        [_indicator(c, len(t)) for c, t in zip(categories, targets, strict=True)], format="csr"
    )
    right = np.concatenate(targets)
    scale = float(right.max(initial=1.0))
    rows, cells = system.shape
    unit = identity(rows, format="csr")
    result = linprog(
        np.concatenate([np.zeros(cells), np.ones(2 * rows)]),
        A_eq=hstack([system, unit, -unit], format="csr"),
        b_eq=right / scale,
        bounds=(0, None),
        method="highs",
    )
    solution = np.asarray(result.x, dtype=np.float64)
    miss = (solution[cells + rows :] - solution[cells : cells + rows]) * scale
    miss[np.abs(miss) < 1e-9 * scale] = 0.0
    edges = np.cumsum([0, *(len(t) for t in targets)])
    return tuple(miss[a:b] for a, b in pairwise(edges))


def _columns(starts: FloatArray) -> FloatArray:
    values = np.asarray(starts, dtype=np.float64)
    return values.reshape(len(values), -1)


def _indicator(codes: IntArray, size: int) -> csr_array:
    """Return the size × K matrix that sums cells to categories."""
    n = len(codes)
    return csr_array((np.ones(n), (codes, np.arange(n))), shape=(size, n))


def _ratios(sums: FloatArray, goal: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((sums == 0) & (goal == 0), 1.0, goal / sums)


def _worst_column(misses: FloatArray) -> FloatArray:
    return np.asarray(misses[:, int(np.argmax(np.abs(misses).max(axis=0)))])
