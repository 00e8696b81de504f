"""Calibration residuals summed by unit, without a matrix of respondents × domains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from attitudes.numerics.design import DesignArrays, FloatArray, IntArray
from attitudes.numerics.segments import group_sums
from attitudes.numerics.variance.residuals import RAKING_SWEEPS, CalibrationRecord, poststrata

__all__ = ["CalibrationTotals", "deepest_units"]

MOST_CELLS = 50_000_000


def deepest_units(design: DesignArrays) -> IntArray:
    """Return the units of the last stage that adds to the variance, length n."""
    stage = 0
    while stage + 1 < len(design.psus) and design.fractions[stage] is not None:
        stage += 1
    return design.psus[stage]


@dataclass(frozen=True, slots=True)
class _Basis:
    """What scores are regressed on: indicators of cells, or columns.

    ``after`` is the weight after the calibration, ``weights`` the regression's; with columns
    L'VL = 1, with cells their Σv is ``sizes``.
    """

    after: FloatArray
    weights: FloatArray
    sizes: FloatArray
    codes: IntArray | None
    columns: FloatArray | None

    @property
    def width(self) -> int:
        return len(self.sizes)

    def sums(self, values: FloatArray, group: IntArray, size: int, rows: IntArray) -> FloatArray:
        """Return Σ values · L of some rows by group, size × width."""
        if self.codes is not None:
            key = group * self.width + self.codes[rows]
            flat = np.bincount(key, weights=values, minlength=size * self.width)
            return flat.reshape(size, self.width).astype(np.float64, copy=False)
        assert self.columns is not None
        return group_sums(self.columns[rows], group, size, values)

    def cross(self, other: _Basis) -> FloatArray:
        """Return Lᵀ V (after of the other/after) L of the other, width × width of the other."""
        factor = self.weights * other.after / self.after
        everyone = np.arange(len(factor))
        if self.codes is not None:
            return other.sums(factor, self.codes, self.width, everyone)
        if other.codes is not None:
            return self.sums(factor, other.codes, other.width, everyone).T
        assert self.columns is not None
        assert other.columns is not None
        return np.asarray((self.columns * factor[:, None]).T @ other.columns, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class CalibrationTotals:
    """Unit totals of calibration residuals.

    Attributes
    ----------
    unit
        Unit of each respondent, length n.
    size
        Number of units, C.
    bases
        What scores are regressed on, one a poststratification, GREG or margin.
    order
        Bases in the order in which residuals are taken; margins of a raking in turn.
    crossed
        Products of the bases with each other.
    totals
        Totals by unit of weight × basis, C × width each.

    Notes
    -----
    With a the weight after the calibration and V that of the regression, a step turns scores s
    into s − a L b, b = (LᵀVL)⁻¹ LᵀV(s/a). b needs only sums of s by domain and cell (or column)
    and products of the bases; unit totals need those of s and of a L. Respondents × domains are
    never made.
    """

    unit: IntArray
    size: int
    bases: tuple[_Basis, ...]
    order: tuple[int, ...]
    crossed: tuple[tuple[FloatArray, ...], ...]
    totals: tuple[FloatArray, ...]

    @classmethod
    def of(
        cls, design: DesignArrays, records: Sequence[CalibrationRecord]
    ) -> CalibrationTotals | None:
        """Prepare the records of a survey; None where the products would be too large."""
        bases: list[_Basis] = []
        order: list[int] = []
        for record in records:
            made = _bases(record)
            places = range(len(bases), len(bases) + len(made))
            order += [*places] * (RAKING_SWEEPS if record.kind == "raked" else 1)
            bases += made
        unit = deepest_units(design)
        size = int(unit.max(initial=-1)) + 1
        if size * sum(basis.width for basis in bases) > MOST_CELLS:
            return None
        everyone = np.arange(design.n)
        return cls(
            unit,
            size,
            tuple(bases),
            tuple(order),
            tuple(tuple(one.cross(other) for other in bases) for one in bases),
            tuple(basis.sums(basis.after, unit, size, everyone) for basis in bases),
        )

    def unit_totals(
        self, scores: FloatArray, row: IntArray, domain: IntArray, n_domains: int
    ) -> FloatArray:
        """Return the units' totals of the residuals of one variable's scores, C × D.

        Parameters
        ----------
        scores
            Weighted scores, length S; a respondent has them in one domain at most.
        row, domain
            Respondent and domain of each score, length S.
        n_domains
            Number of domains, D.
        """
        key = self.unit[row] * n_domains + domain
        sums = np.bincount(key, weights=scores, minlength=self.size * n_domains)
        out = sums.reshape(self.size, n_domains).astype(np.float64, copy=False)
        moments = [self._moments(basis, scores, row, domain, n_domains) for basis in self.bases]
        effects = [np.zeros((basis.width, n_domains)) for basis in self.bases]
        for j in self.order:
            left = moments[j] - sum(
                product @ effect for product, effect in zip(self.crossed[j], effects, strict=True)
            )
            effects[j] = effects[j] + left / self.bases[j].sizes[:, None]
        for total, effect in zip(self.totals, effects, strict=True):
            out -= total @ effect
        return out

    @staticmethod
    def _moments(
        basis: _Basis, scores: FloatArray, row: IntArray, domain: IntArray, n_domains: int
    ) -> FloatArray:
        values = scores * (basis.weights / basis.after)[row]
        return basis.sums(values, domain, n_domains, row).T


def _bases(record: CalibrationRecord) -> list[_Basis]:
    after = np.where(record.regression_weights == 0, 1.0, record.regression_weights)
    if record.kind == "greg":
        return [_columns(record, after)]
    if record.kind == "poststratified":
        return [_cells(poststrata(record), np.asarray(record.base_weights), after)]
    return [_cells(codes, np.ones(len(after)), after) for codes in record.margins]


def _cells(codes: NDArray[np.int64], weights: FloatArray, after: FloatArray) -> _Basis:
    sizes = np.bincount(codes, weights=weights).astype(np.float64)
    sizes[sizes == 0] = 1.0
    return _Basis(after, weights, sizes, codes, None)


def _columns(record: CalibrationRecord, after: FloatArray) -> _Basis:
    """Return the auxiliaries made orthonormal under the regression's weights."""
    weights = np.asarray(record.base_weights, dtype=np.float64)
    root = np.sqrt(weights)
    scaled = record.auxiliaries * root[:, None]
    q, r = linalg.qr(scaled, mode="economic")
    diagonal = np.abs(np.diag(r))
    if diagonal.min(initial=np.inf) < 1e-9 * diagonal.max(initial=0.0):
        u, s, _ = linalg.svd(scaled, full_matrices=False)
        q = u[:, s > 1e-11 * s[0]]
    columns = q / np.where(root > 0, root, np.inf)[:, None]
    return _Basis(after, weights, np.ones(q.shape[1]), None, columns)
