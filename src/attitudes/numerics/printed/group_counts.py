"""Whole-number counts of answers by group, for several breakdowns of the same respondents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import Bounds, LinearConstraint
from scipy.sparse import coo_array, csr_array, hstack

from attitudes.errors import EstimationError
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.printed.integer_programme import integer_programme

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
    weight
        How much meeting it counts beside the other bounds that are not required, at least 1.
    """

    breakdown: int
    groups: tuple[int, ...]
    numerator: FloatArray
    denominator: FloatArray
    lower: float
    upper: float
    required: bool
    exact: tuple[float, float] | None = None
    weight: float = 1.0


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
        A lower bound, from the linear programme, on how many bounds any counts must miss.
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
    node_limit: int = 60,
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
    node_limit
        Nodes that each integer programme may branch on. A limit in nodes, unlike one in seconds,
        gives the same counts on every machine.

    Raises
    ------
    EstimationError
        When the required bounds cannot be met together.

    Notes
    -----
    Variables are the counts; each group's add up to its size, and each code's total is the same
    in all breakdowns. A bound on a ratio is linear in the counts. A linear programme finds
    fractional counts near the reference that miss as little as can be; an integer programme
    finds whole counts in a window about them with the fewest misses, and the window widens while
    it misses more than is unavoidable. A bound that is missed is missed by at most a quarter of
    its range.
    """
    model = _Model(sizes, bounds, reference, substantive, cells)
    wish = model.wish()
    best: FloatArray | None = None
    for window in (2.0, 6.0, 20.0, 60.0):
        point = model.near(wish, window, node_limit)
        if point is not None and (best is None or model.cost(point) < model.cost(best)):
            best = point
        if best is not None and model.cost(best) <= model.unavoidable + 1e-6:
            break
    if best is None:
        raise EstimationError(
            "group counts",
            "required figures that no respondents can print together",
            "figures that the declared conventions and bases can print",
        )
    return GroupCounts(model.split(best), model.met(best), model.fewest())


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
        self.sizes = list(sizes)
        self.unavoidable = 0.0
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

    def _soft(self) -> tuple[csr_array, FloatArray]:
        """Return the sides with a slack each for the bounds that are not required."""
        loose = np.flatnonzero([not b.required for b in self.bounds])
        m = len(loose)
        rows = np.concatenate([3 * loose, 3 * loose + 1, 3 * loose + 2])
        slack = _sparse(
            self._reach()[rows], rows, np.tile(np.arange(m), 3), (3 * len(self.bounds), m)
        )
        weight = np.array([self.bounds[i].weight for i in loose])
        return _beside(self.sides, slack), weight

    def wish(self) -> FloatArray:
        """Return fractional counts near the reference that miss as little as can be.

        Also finds how much any counts must miss, which a first programme without the reference
        tells.
        """
        sides, weight = self._soft()
        n, width, m = self.n, self.width, len(weight)
        constraints = [
            LinearConstraint(_widen(self.equal, m), self.equal_to, self.equal_to),
            LinearConstraint(sides, self.least, np.inf),
        ]
        top = np.concatenate([self.upper, np.ones(m)])
        least = integer_programme(
            np.concatenate([np.zeros(width), weight]),
            constraints=constraints,
            bounds=Bounds(0, top),
        )
        self.unavoidable = 0.0 if least.x is None else float(least.fun)
        every = _sparse(np.ones(n), np.arange(n), np.arange(n), (n, width + m))
        identity = _sparse(np.ones(n), np.arange(n), np.arange(n), (n, n))
        result = integer_programme(
            np.concatenate([np.zeros(width), 1e3 * weight, 1.0 / np.sqrt(self.reference + 1.0)]),
            constraints=[
                LinearConstraint(_widen(self.equal, m + n), self.equal_to, self.equal_to),
                LinearConstraint(_widen(sides, n), self.least, np.inf),
                LinearConstraint(_beside(every, -identity), -np.inf, self.reference),
                LinearConstraint(_beside(every, identity), self.reference, np.inf),
            ],
            bounds=Bounds(0, np.concatenate([top, np.full(n, np.inf)])),
        )
        return self.reference if result.x is None else np.asarray(result.x[:n], dtype=np.float64)

    def near(self, wish: FloatArray, window: float, node_limit: int) -> FloatArray | None:
        """Return whole counts within a window about the wish with the fewest misses."""
        sides, weight = self._soft()
        width, m = self.width, len(weight)
        low, high = np.zeros(width), self.upper.copy()
        low[: self.n] = np.clip(np.floor(wish) - window, 0.0, None)
        high[: self.n] = np.minimum(np.ceil(wish) + window, self.upper[: self.n])
        result = integer_programme(
            np.concatenate([np.zeros(width), weight]),
            constraints=[
                LinearConstraint(_widen(self.equal, m), self.equal_to, self.equal_to),
                LinearConstraint(sides, self.least, np.inf),
            ],
            integrality=np.concatenate([self.whole, np.ones(m, dtype=np.int64)]),
            bounds=Bounds(np.concatenate([low, np.zeros(m)]), np.concatenate([high, np.ones(m)])),
            options={"node_limit": node_limit, "mip_rel_gap": 0.0},
        )
        if result.x is None:
            return None
        return np.concatenate([np.rint(result.x[: self.n]), result.x[self.n : width]])

    def cost(self, counts: FloatArray) -> float:
        """Return the weight of the bounds that counts miss."""
        return float(
            sum(b.weight for b, ok in zip(self.bounds, self.met(counts), strict=True) if not ok)
        )

    def fewest(self) -> int:
        """Return how few bounds can carry the weight that any counts miss."""
        weights = np.sort([b.weight for b in self.bounds if not b.required])[::-1]
        if self.unavoidable <= 1e-6:
            return 0
        return int(np.searchsorted(np.cumsum(weights), self.unavoidable - 1e-6)) + 1

    def _reach(self) -> FloatArray:
        """How far a bound that is not met may be missed, row by row: a quarter of its range."""
        out = np.ones(3 * len(self.bounds))
        for i, bound in enumerate(self.bounds):
            counted = bound.denominator > 0
            span = np.ptp(bound.numerator[counted]) if counted.any() else 0.0
            size = sum(self.sizes[bound.breakdown][g] for g in bound.groups)
            out[3 * i : 3 * i + 2] = 0.25 * span * size
        return out

    def met(self, counts: FloatArray) -> NDArray[np.bool_]:
        """Return which bounds the counts meet."""
        return np.asarray((self.sides @ counts >= self.least - _MARGIN).reshape(-1, 3).all(axis=1))

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
