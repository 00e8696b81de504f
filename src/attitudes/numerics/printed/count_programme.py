"""The integer programme behind whole-number counts of answers by group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import Bounds, LinearConstraint
from scipy.sparse import coo_array, csr_array, hstack

from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.printed.integer_programme import integer_programme

__all__ = [
    "CountBound",
    "CountProgramme",
    "CrossedCells",
    "Fewest",
    "RatioBound",
    "SumBound",
    "beside",
    "sparse",
    "widen",
]

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
    weight
        How much meeting it counts beside the other bounds that are not required.
    """

    breakdown: int
    groups: tuple[int, ...]
    numerator: FloatArray
    denominator: FloatArray
    lower: float
    upper: float
    required: bool
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class SumBound:
    """lower ≤ Σ coefficients · counts ≤ upper over the groups of one breakdown.

    Attributes
    ----------
    breakdown
        Position of the breakdown.
    coefficients
        One a group and code, groups × K.
    lower, upper
        Ends, both included.
    required
        Whether a solution must meet it.
    weight
        How much meeting it counts beside the other bounds that are not required.
    """

    breakdown: int
    coefficients: FloatArray
    lower: float
    upper: float
    required: bool
    weight: float = 1.0


CountBound = RatioBound | SumBound


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
class Fewest:
    """Counts with few misses.

    Attributes
    ----------
    counts
        Whole counts, breakdown after breakdown.
    least
        Proven least number of bounds that any counts miss.
    """

    counts: FloatArray
    least: int


class CountProgramme:
    """Counts of K codes in the groups of several breakdowns, and the programmes over them.

    Parameters
    ----------
    sizes
        Respondents in each group, one array a breakdown.
    substantive
        Which of the K codes are answers.
    cells
        How the breakdowns cross; None: in any way.
    caps
        Largest counts, groups × K, one array a breakdown; None: the groups' sizes.
    """

    def __init__(
        self,
        sizes: Sequence[IntArray],
        substantive: NDArray[np.bool_],
        cells: CrossedCells | None,
        caps: Sequence[FloatArray] | None = None,
    ) -> None:
        self.sizes = [np.asarray(s) for s in sizes]
        self.substantive = np.asarray(substantive, dtype=bool)
        self.n_codes = len(substantive)
        self.shapes = [(len(s), self.n_codes) for s in sizes]
        self.offsets = np.cumsum([0, *[g * k for g, k in self.shapes]])
        self.n = int(self.offsets[-1])
        self.width = self.n + (0 if cells is None else len(cells.sizes) * self.n_codes)
        tops = [*sizes] if cells is None else [*sizes, cells.sizes]
        self.upper = np.concatenate([np.repeat(s, self.n_codes) for s in tops]).astype(np.float64)
        self.caps = None if caps is None else list(caps)
        if caps is not None:
            largest = np.concatenate([np.asarray(c, dtype=np.float64).ravel() for c in caps])
            self.upper[: self.n] = np.minimum(self.upper[: self.n], largest)
        self.whole = (np.arange(self.width) < self.n).astype(np.int64)
        rows = self._structure() + ([] if cells is None else self._crossing(cells))
        self.equal = _rows([(c, v) for c, v, _ in rows], self.width)
        self.equal_to = np.array([right for _, _, right in rows])
        self.cells = cells

    def position(self, breakdown: int, group: int) -> int:
        """Return the position of a group's first code."""
        start: int = self.offsets[breakdown].item() + group * self.n_codes
        return start

    def _structure(self) -> list[tuple[list[int], list[float], float]]:
        """Rows that make groups add up to their sizes, and breakdowns to the same answers."""
        rows: list[tuple[list[int], list[float], float]] = []
        for b, size in enumerate(self.sizes):
            for g, count in enumerate(size):
                start = self.position(b, g)
                span = list(range(start, start + self.n_codes))
                rows.append((span, [1.0] * self.n_codes, float(count)))
        for b in range(1, len(self.sizes)):
            for k in range(self.n_codes):
                first = [self.position(0, g) + k for g in range(len(self.sizes[0]))]
                other = [self.position(b, g) + k for g in range(len(self.sizes[b]))]
                rows.append((first + other, [1.0] * len(first) + [-1.0] * len(other), 0.0))
        return rows

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

    def sides(self, bounds: Sequence[CountBound]) -> tuple[csr_array, FloatArray]:
        """Each bound as three rows a·x ≥ b: both ends, and a base that is not empty."""
        rows: list[tuple[list[int], list[float]]] = []
        least: list[float] = []
        for bound in bounds:
            if isinstance(bound, SumBound):
                columns = self._all(bound)
                values = bound.coefficients.ravel()
                rows += [(columns, values.tolist()), (columns, (-values).tolist()), ([], [])]
                least += [bound.lower - _MARGIN, -bound.upper - _MARGIN, -1.0]
            else:
                low = bound.numerator - bound.lower * bound.denominator
                high = bound.upper * bound.denominator - bound.numerator
                rows += [self._columns(bound, form) for form in (low, high, bound.denominator)]
                least += [-_MARGIN, -_MARGIN, 1.0]
        return _rows(rows, self.width), np.array(least)

    def _all(self, bound: SumBound) -> list[int]:
        start = self.position(bound.breakdown, 0)
        return list(range(start, start + bound.coefficients.size))

    def _columns(self, bound: RatioBound, form: FloatArray) -> tuple[list[int], list[float]]:
        columns: list[int] = []
        for g in bound.groups:
            start = self.position(bound.breakdown, g)
            columns += range(start, start + self.n_codes)
        return columns, form.tolist() * len(bound.groups)

    def _range(self, bound: CountBound) -> float:
        """Return how far a bound can be missed at all, in units of its rows."""
        sizes = self.sizes[bound.breakdown]
        if isinstance(bound, SumBound):
            high = float(sizes @ bound.coefficients.max(axis=1))
            low = float(sizes @ bound.coefficients.min(axis=1))
            return max(high, bound.upper) - min(low, bound.lower) + 1.0
        counted = bound.denominator > 0
        low = min(float(bound.numerator[counted].min()), bound.lower)
        high = max(float(bound.numerator[counted].max()), bound.upper)
        return (high - low) * float(sum(sizes[g] for g in bound.groups)) + 1.0

    def fewest(self, bounds: Sequence[CountBound], node_limit: int) -> Fewest | None:
        """Return whole counts that meet what is required and miss the least weight of the rest.

        None when no whole counts meet what is required.
        """
        sides, least = self.sides(bounds)
        loose = [i for i, b in enumerate(bounds) if not b.required]
        m = len(loose)
        reach = np.repeat([self._range(bounds[i]) for i in loose], 3)
        rows = (3 * np.array(loose, dtype=np.int64)[:, None] + np.arange(3)).ravel()
        slack = sparse(reach, rows, np.repeat(np.arange(m), 3), (3 * len(bounds), m))
        weight = np.array([bounds[i].weight for i in loose])
        result = integer_programme(
            np.concatenate([np.zeros(self.width), weight]),
            constraints=[
                LinearConstraint(widen(self.equal, m), self.equal_to, self.equal_to),
                LinearConstraint(beside(sides, slack), least, np.inf),
            ],
            integrality=np.concatenate([self.whole, np.ones(m, dtype=np.int64)]),
            bounds=Bounds(0, np.concatenate([self.upper, np.ones(m)])),
            options={"node_limit": node_limit, "mip_rel_gap": 0.0},
        )
        if result.x is None:
            return None
        counts = np.concatenate([np.rint(result.x[: self.n]), result.x[self.n : self.width]])
        return Fewest(counts, _number(weight, float(result.mip_dual_bound or 0.0)))

    def met(self, counts: FloatArray, bounds: Sequence[CountBound]) -> NDArray[np.bool_]:
        """Return which bounds the counts meet."""
        if not bounds:
            return np.ones(0, dtype=bool)
        sides, least = self.sides(bounds)
        whole = np.concatenate([counts[: self.n], np.zeros(self.width - self.n)])
        return np.asarray((sides @ whole >= least - _MARGIN).reshape(-1, 3).all(axis=1))

    def split(self, counts: FloatArray) -> tuple[IntArray, ...]:
        """Return the counts by breakdown, groups × codes."""
        whole = counts[: self.n].astype(np.int64)
        return tuple(
            whole[start:end].reshape(shape)
            for start, end, shape in zip(self.offsets, self.offsets[1:], self.shapes, strict=False)
        )


def _number(weights: FloatArray, least: float) -> int:
    """Return how few bounds can carry the weight that any counts miss."""
    if least <= 1e-6:
        return 0
    return int(np.searchsorted(np.cumsum(np.sort(weights)[::-1]), least - 1e-6)) + 1


def _rows(rows: Sequence[tuple[list[int], list[float]]], width: int) -> csr_array:
    line = np.repeat(np.arange(len(rows)), [len(c) for c, _ in rows])
    column = np.array([c for cs, _ in rows for c in cs], dtype=np.int64)
    value = np.array([v for _, vs in rows for v in vs], dtype=np.float64)
    return csr_array(coo_array((value, (line, column)), shape=(len(rows), width)))


def sparse(
    values: ArrayLike, rows: ArrayLike, columns: ArrayLike, shape: tuple[int, int]
) -> csr_array:
    """Return a sparse matrix of entries at rows and columns."""
    entries = np.asarray(values, dtype=np.float64)
    places = (np.asarray(rows, dtype=np.int64), np.asarray(columns, dtype=np.int64))
    return csr_array(coo_array((entries, places), shape=shape))


def beside(*blocks: csr_array) -> csr_array:
    """Return matrices side by side."""
    return csr_array(hstack(list(blocks), format="csr"))


def widen(matrix: csr_array, extra: int) -> csr_array:
    """Return a matrix with columns of zeros added."""
    return beside(matrix, sparse([], [], [], (matrix.shape[0], extra)))
