"""Standardised values of parameters, and their derivatives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.sem.structure import (
    DIRECTED,
    SCALE,
    SYMMETRIC,
    GroupModel,
    Implied,
    implied_moments,
)

__all__ = ["Rows", "Scaled", "rescaled"]


@dataclass(frozen=True, slots=True)
class Rows:
    """Which values of a group are wanted, and by which variances they are divided.

    Attributes
    ----------
    element
        Element of the group's model, one a row; −1 − j for the residual variance of the ordinal
        variable j, which is not a parameter under ``"delta"``.
    total, own
        Exponents of the total variances and of the elements on the diagonal of S (residual
        variances), rows × v.
    """

    element: IntArray
    total: FloatArray
    own: FloatArray


@dataclass(frozen=True, slots=True)
class Scaled:
    """Values and their derivatives by the free parameters.

    Attributes
    ----------
    value
        One number a row.
    jacobian
        Rows × q.
    """

    value: FloatArray
    jacobian: FloatArray


def _by_parameters(by_element: FloatArray, free: IntArray, q: int) -> FloatArray:
    """Sum columns of elements into columns of parameters."""
    chosen = np.zeros((len(free), q))
    live = np.flatnonzero(free >= 0)
    chosen[live, free[live]] = 1.0
    return np.asarray(by_element @ chosen)


def _variances(
    model: GroupModel, implied: Implied, theta: FloatArray, q: int
) -> tuple[Scaled, Scaled]:
    """Total variances, and the diagonal of S with residual variances of ordinal variables."""
    v, p = model.n_variables, model.n_observed
    values = model.values(theta)
    slope = np.zeros((v, len(model.kind)))
    directed = np.flatnonzero(model.kind == DIRECTED)
    a, b = model.row[directed], model.column[directed]
    slope[:, directed] = 2.0 * implied.paths[:, a] * implied.total[:, b]
    symmetric = np.flatnonzero(model.kind == SYMMETRIC)
    a, b = model.row[symmetric], model.column[symmetric]
    slope[:, symmetric] = implied.paths[:, a] * implied.paths[:, b] * np.where(a == b, 1.0, 2.0)
    total = np.diag(implied.total).copy()
    own, own_slope = np.zeros(v), np.zeros((v, len(model.kind)))
    diagonal = symmetric[a == b]
    own[model.row[diagonal]] = values[diagonal]
    own_slope[model.row[diagonal], diagonal] = 1.0
    if model.ordinal and model.parameterization == "delta":
        unscaled, unscaled_slope = total[:p].copy(), slope[:p].copy()
        total[:p] = 1.0 / implied.scale**2
        slope[:p] = 0.0
        scale = np.flatnonzero(model.kind == SCALE)
        slope[model.row[scale], scale] = -2.0 / implied.scale[model.row[scale]] ** 3
        own[:p] = total[:p] - unscaled
        own_slope[:p] = slope[:p] - unscaled_slope
    return (
        Scaled(total, _by_parameters(slope, model.free, q)),
        Scaled(own, _by_parameters(own_slope, model.free, q)),
    )


def rescaled(model: GroupModel, theta: FloatArray, n_free: int, rows: Rows) -> Scaled:
    """Return values divided by standard deviations, with exact derivatives.

    Parameters
    ----------
    model, theta
        One group and the free parameters.
    n_free
        q.
    rows
        What is wanted.

    Notes
    -----
    value = element × Π total_j^t_j × Π own_j^o_j; the derivatives follow from those of B and C.
    """
    implied = implied_moments(model, theta)
    total, own = _variances(model, implied, theta, n_free)
    base = np.zeros(len(rows.element))
    base_slope = np.zeros((len(base), n_free))
    direct = rows.element >= 0
    elements = rows.element[direct]
    base[direct] = model.values(theta)[elements]
    free = model.free[elements]
    at = np.flatnonzero(direct)[free >= 0]
    base_slope[at, free[free >= 0]] = 1.0
    residual = -1 - rows.element[~direct]
    base[~direct] = own.value[residual]
    base_slope[~direct] = own.jacobian[residual]
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(rows.total != 0, np.log(total.value), 0.0) * rows.total
        logs += np.where(rows.own != 0, np.log(np.maximum(own.value, 0.0)), 0.0) * rows.own
        factor = np.exp(logs.sum(axis=1))
        relative = _ratio(rows.total, total) + _ratio(rows.own, own)
        value = base * factor
        return Scaled(value, base_slope * factor[:, None] + value[:, None] * relative)


def _ratio(exponents: FloatArray, of: Scaled) -> FloatArray:
    inverse = np.where(exponents != 0, exponents / np.where(of.value == 0, np.nan, of.value), 0.0)
    return np.asarray(inverse @ of.jacobian)
