"""Whole-number counts of answers by group, for several breakdowns of the same respondents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import coo_array, csr_array, hstack

from attitudes.errors import EstimationError
from attitudes.numerics.design import FloatArray, IntArray

__all__ = ["CrossedCells", "GroupCounts", "RatioBound", "solve_group_counts"]

# Sums and bases are whole, so a printed end is missed by 0.0005 or more or not at all; the margin
# lies between that and the solver's tolerance of 1e-6.
_MARGIN = 1e-5


@dataclass(frozen=True, slots=True)
class RatioBound:
    """lower ≤ (numerator · c) / (denominator · c) ≤ upper for the counts c of some groups.

    Attributes
    ----------
    breakdown
        Position of the breakdown.
    groups
        Positions of the groups that are counted together.
    numerator, denominator
        Coefficients of the K codes.
    lower, upper
        Ends, both included.
    required
        Whether a solution must meet it; otherwise it is met where possible.
    exact
        Denominator and numerator that it must have exactly; None: any within the ends.
    """

    breakdown: int
    groups: tuple[int, ...]
    numerator: FloatArray
    denominator: FloatArray
    lower: float
    upper: float
    required: bool
    exact: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class CrossedCells:
    """The cells in which several breakdowns cross.

    Attributes
    ----------
    sizes
        Respondents in each cell.
    groups
        Group of each cell, one array a breakdown.
    """

    sizes: IntArray
    groups: tuple[IntArray, ...]


@dataclass(frozen=True, slots=True)
class GroupCounts:
    """Counts of K codes in the groups of each breakdown.

    Attributes
    ----------
    counts
        One array a breakdown, groups × K.
    reached
        Whether each bound is met, in the order given.
    unreached_bound
        A proven lower bound on how many bounds any solution must miss.
    """

    counts: tuple[IntArray, ...]
    reached: NDArray[np.bool_]
    unreached_bound: int


def solve_group_counts(
    sizes: Sequence[IntArray],
    bounds: Sequence[RatioBound],
    reference: Sequence[FloatArray],
    substantive: NDArray[np.bool_],
    *,
    cells: CrossedCells | None = None,
    time_limit: float = 6.0,
) -> GroupCounts:
    """Find counts near a reference that meet the required bounds and most of the others.

    Parameters
    ----------
    sizes
        Respondents in each group, one array a breakdown; all breakdowns have one total.
    bounds
        Figures as bounds on ratios.
    reference
        Counts wished for, groups × K, one array a breakdown.
    substantive
        Which of the K codes are answers (the others are kinds of missing answer).
    cells
        How the breakdowns cross; the counts are then such that (fractional) counts in the cells
        add up to them. None: any crossing.
    time_limit
        Seconds for each of the two integer programmes.

    Raises
    ------
    EstimationError
        When the required bounds cannot be met together.

    Notes
    -----
    Variables are the counts; each group's add up to its size, and each code's total is the same
    in all breakdowns. A bound on a ratio is linear in the counts. First the number of missed
    bounds is minimised, then the (scaled) absolute distance from the reference.
    """
    model = _Model(sizes, bounds, reference, substantive, cells)
    point, missed = model.most(time_limit)
    met = model.met(point)
    return GroupCounts(model.split(model.nearest(point, met, time_limit)), met, missed)


class _Model:
    """The integer programme of one question."""

    def __init__(
        self,
        sizes: Sequence[IntArray],
        bounds: Sequence[RatioBound],
        reference: Sequence[FloatArray],
        substantive: NDArray[np.bool_],
        cells: CrossedCells | None,
    ) -> None:
        self.cells = cells
        self.substantive = np.asarray(substantive, dtype=bool)
        self.n_codes = reference[0].shape[1]
        self.shapes = [(len(s), self.n_codes) for s in sizes]
        self.offsets = np.cumsum([0, *[g * k for g, k in self.shapes]])
        self.n = int(self.offsets[-1])
        self.width = self.n + (0 if cells is None else len(cells.sizes) * self.n_codes)
        self.bounds = list(bounds)
        self.reference = np.concatenate([r.ravel() for r in reference])
        self.total = int(sizes[0].sum())
        tops = [*sizes] if cells is None else [*sizes, cells.sizes]
        self.upper = np.concatenate([np.repeat(s, self.n_codes) for s in tops]).astype(np.float64)
        self.whole = (np.arange(self.width) < self.n).astype(np.int64)
        self._structure(sizes)
        self._sides()

    def position(self, breakdown: int, group: int) -> int:
        """Return the position of a group's first code."""
        start: int = self.offsets[breakdown].item() + group * self.n_codes
        return start

    def _structure(self, sizes: Sequence[IntArray]) -> None:
        rows: list[tuple[list[int], list[float], float]] = []
        for b, size in enumerate(sizes):
            for g, count in enumerate(size):
                start = self.position(b, g)
                rows.append(
                    (list(range(start, start + self.n_codes)), [1.0] * self.n_codes, float(count))
                )
        for b in range(1, len(sizes)):
            for k in range(self.n_codes):
                first = [self.position(0, g) + k for g in range(len(sizes[0]))]
                other = [self.position(b, g) + k for g in range(len(sizes[b]))]
                rows.append((first + other, [1.0] * len(first) + [-1.0] * len(other), 0.0))
        for bound in self.bounds:
            if bound.exact is not None:
                for form, value in zip(
                    (bound.denominator, bound.numerator), bound.exact, strict=True
                ):
                    rows.append((*self._columns(bound, form), value))
        if self.cells is not None:
            rows += self._crossing(self.cells)
        self.equal = _rows([(c, v) for c, v, _ in rows], self.width)
        self.equal_to = np.array([right for _, _, right in rows])

    def _crossing(self, cells: CrossedCells) -> list[tuple[list[int], list[float], float]]:
        """Rows that make the cells' counts add up to the groups' and to the cells' sizes."""
        rows: list[tuple[list[int], list[float], float]] = []
        codes = range(self.n_codes)
        for c, size in enumerate(cells.sizes):
            start = self.n + c * self.n_codes
            rows.append(([start + k for k in codes], [1.0] * self.n_codes, float(size)))
        for b, groups in enumerate(cells.groups):
            for g in range(self.shapes[b][0]):
                inside = np.flatnonzero(groups == g)
                for k in codes:
                    parts = (self.n + inside * self.n_codes + k).tolist()
                    whole = self.position(b, g) + k
                    rows.append(([*parts, whole], [1.0] * len(parts) + [-1.0], 0.0))
        return rows

    def _sides(self) -> None:
        """Each bound as three rows a·x ≥ b: both ends, and a base that is not empty."""
        rows: list[tuple[list[int], list[float]]] = []
        for bound in self.bounds:
            rows.append(self._columns(bound, bound.numerator - bound.lower * bound.denominator))
            rows.append(self._columns(bound, bound.upper * bound.denominator - bound.numerator))
            rows.append(self._columns(bound, bound.denominator))
        self.sides = _rows(rows, self.width)
        self.least = np.tile([-_MARGIN, -_MARGIN, 1.0], len(self.bounds))

    def _columns(self, bound: RatioBound, form: FloatArray) -> tuple[list[int], list[float]]:
        columns: list[int] = []
        for g in bound.groups:
            start = self.position(bound.breakdown, g)
            columns += range(start, start + self.n_codes)
        return columns, form.tolist() * len(bound.groups)

    def most(self, time_limit: float) -> tuple[FloatArray, int]:
        """Return counts with the fewest misses, and how few misses are proven.

        Of equally few the one whose missing answers are nearest to the reference.
        """
        loose = np.flatnonzero([not b.required for b in self.bounds])
        steered = np.flatnonzero(np.tile(~self.substantive, self.n // self.n_codes))
        n, m, k = self.width, len(loose), len(steered)
        reach = abs(self.sides).max(axis=1).toarray().ravel() * self.total
        rows = np.concatenate([3 * loose, 3 * loose + 1, 3 * loose + 2])
        slack = _sparse(reach[rows], rows, np.tile(np.arange(m), 3), (3 * len(self.bounds), m))
        pick = _sparse(np.ones(k), np.arange(k), steered, (k, n))
        eye = _sparse(np.ones(k), np.arange(k), np.arange(k), (k, k))
        none, target = _sparse([], [], [], (k, m)), self.reference[steered]
        result = milp(
            np.concatenate([np.zeros(n), np.full(m, 10.0 * self.total), np.ones(k)]),
            constraints=[
                LinearConstraint(_widen(self.equal, m + k), self.equal_to, self.equal_to),
                LinearConstraint(_widen(_beside(self.sides, slack), k), self.least, np.inf),
                LinearConstraint(_beside(pick, none, -eye), -np.inf, target),
                LinearConstraint(_beside(pick, none, eye), target, np.inf),
            ],
            integrality=np.concatenate([self.whole, np.ones(m), np.zeros(k)]).astype(np.int64),
            bounds=Bounds(0, np.concatenate([self.upper, np.ones(m), np.full(k, np.inf)])),
            options={"time_limit": time_limit, "mip_rel_gap": 0.1},
        )
        if result.x is None:
            raise EstimationError(
                "group counts",
                "required figures that no respondents can print together",
                "figures that the declared conventions and bases can print",
            )
        proven = max(0.0, float(result.mip_dual_bound) - 2.0 * self.total)
        point = np.concatenate([np.rint(result.x[: self.n]), result.x[self.n : n]])
        return point, int(np.ceil(proven / (10.0 * self.total) - 1e-6))

    def met(self, counts: FloatArray) -> NDArray[np.bool_]:
        """Return which bounds the counts meet."""
        return np.asarray((self.sides @ counts >= self.least - _MARGIN).reshape(-1, 3).all(axis=1))

    def nearest(self, point: FloatArray, met: NDArray[np.bool_], time_limit: float) -> FloatArray:
        """Return counts near the reference with the point's bases, sums and met bounds.

        The fractional optimum comes first; whole counts are sought in a window about it that
        widens until there are some. The point itself is one, so the last window holds some.
        """
        wish = self._distance(self.reference, point, met, None, time_limit)
        for window in (1.0, 3.0, 8.0):
            around = self._distance(wish.x[: self.n], point, met, window, time_limit)
            if around.x is not None:
                return np.asarray(np.rint(around.x[: self.n]), dtype=np.float64)
        return point

    def _distance(
        self,
        target: FloatArray,
        point: FloatArray,
        met: NDArray[np.bool_],
        window: float | None,
        time_limit: float,
    ) -> OptimizeResult:
        """Minimise the scaled absolute distance from a target; whole counts within a window."""
        n, width = self.n, self.width
        every = _sparse(np.ones(n), np.arange(n), np.arange(n), (n, width))
        identity = _sparse(np.ones(n), np.arange(n), np.arange(n), (n, n))
        fixed, sums = self._fixed(met)
        kept = np.flatnonzero(np.repeat(met & ~sums, 3))
        sides = self.sides[kept]
        level = fixed @ point
        constraints = [
            LinearConstraint(_widen(self.equal, n), self.equal_to, self.equal_to),
            LinearConstraint(_beside(every, -identity), -np.inf, target),
            LinearConstraint(_beside(every, identity), target, np.inf),
            LinearConstraint(_widen(fixed, n), level, level),
        ]
        if sides.shape[0]:
            constraints.append(LinearConstraint(_widen(sides, n), self.least[kept], np.inf))
        low, high = np.zeros(width), self.upper.copy()
        whole = np.zeros(width + n, dtype=np.int64)
        if window is not None:
            low[:n] = np.clip(np.floor(target) - window, 0.0, None)
            high[:n] = np.minimum(np.ceil(target) + window, self.upper[:n])
            whole[:n] = 1
        return milp(
            np.concatenate([np.zeros(width), 1.0 / np.sqrt(self.reference + 1.0)]),
            constraints=constraints,
            integrality=whole,
            bounds=Bounds(np.concatenate([low, np.zeros(n)]), np.append(high, np.full(n, np.inf))),
            options={"time_limit": time_limit, "mip_rel_gap": 0.5},
        )

    def _fixed(self, met: NDArray[np.bool_]) -> tuple[csr_array, NDArray[np.bool_]]:
        """Rows whose value the point decides: missing answers, and the sums of met means."""
        steered = np.flatnonzero(np.tile(~self.substantive, self.n // self.n_codes))
        rows: list[tuple[list[int], list[float]]] = [([int(c)], [1.0]) for c in steered]
        sums = np.array([len(set(b.numerator[self.substantive])) > 2 for b in self.bounds])
        for bound, meets, is_sum in zip(self.bounds, met, sums, strict=True):
            if meets and is_sum:
                rows.append(self._columns(bound, bound.numerator))
        return _rows(rows, self.width), sums

    def split(self, counts: FloatArray) -> tuple[IntArray, ...]:
        """Return the counts by breakdown, groups × codes."""
        whole = counts[: self.n].astype(np.int64)
        return tuple(
            whole[start:end].reshape(shape)
            for start, end, shape in zip(self.offsets, self.offsets[1:], self.shapes, strict=False)
        )


def _rows(rows: Sequence[tuple[list[int], list[float]]], width: int) -> csr_array:
    line = np.repeat(np.arange(len(rows)), [len(c) for c, _ in rows])
    column = np.array([c for cs, _ in rows for c in cs], dtype=np.int64)
    value = np.array([v for _, vs in rows for v in vs], dtype=np.float64)
    return csr_array(coo_array((value, (line, column)), shape=(len(rows), width)))


def _sparse(
    values: ArrayLike, rows: ArrayLike, columns: ArrayLike, shape: tuple[int, int]
) -> csr_array:
    entries = np.asarray(values, dtype=np.float64)
    places = (np.asarray(rows, dtype=np.int64), np.asarray(columns, dtype=np.int64))
    return csr_array(coo_array((entries, places), shape=shape))


def _beside(*blocks: csr_array) -> csr_array:
    return csr_array(hstack(list(blocks), format="csr"))


def _widen(matrix: csr_array, extra: int) -> csr_array:
    return _beside(matrix, _sparse([], [], [], (matrix.shape[0], extra)))
