"""A structural equation model as matrices of directed and undirected paths (RAM)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from attitudes.numerics.design import FloatArray, IntArray

__all__ = [
    "DIRECTED",
    "MEAN",
    "SCALE",
    "SYMMETRIC",
    "THRESHOLD",
    "GroupModel",
    "Implied",
    "Parameterization",
    "Slopes",
    "gather",
    "gather_square",
    "implied_moments",
    "moment_slopes",
]

DIRECTED, SYMMETRIC, MEAN, THRESHOLD, SCALE = range(5)
Parameterization = Literal["delta", "theta"]


@dataclass(frozen=True, slots=True)
class GroupModel:
    """The matrices of one group as a list of their elements that are not zero.

    Attributes
    ----------
    n_observed
        Observed variables, p. They are the first of the v variables, latent ones follow.
    n_variables
        v.
    kind
        Matrix of each element: 0 directed paths A (row ← column), 1 (co)variances S, 2 means or
        intercepts m, 3 thresholds, 4 scales of normal variables under ordinal ones.
    row, column
        Place of each element. Of thresholds, ``row`` is the place among all thresholds.
    free
        Number of the free parameter that stands there, −1 for a fixed value.
    value
        Fixed value, or the start of a free one.
    item_of_threshold
        Observed variable of each threshold, rising; empty without ordinal variables.
    parameterization
        ``"delta"``: scales of ordinal variables are parameters, residual variances are not;
        ``"theta"``: the other way round.
    """

    n_observed: int
    n_variables: int
    kind: IntArray
    row: IntArray
    column: IntArray
    free: IntArray
    value: FloatArray
    item_of_threshold: IntArray
    parameterization: Parameterization = "delta"

    @property
    def ordinal(self) -> bool:
        """Whether the observed variables are ordinal."""
        return len(self.item_of_threshold) > 0

    @property
    def has_means(self) -> bool:
        """Whether the model has a mean structure."""
        return bool((self.kind == MEAN).any())

    def values(self, theta: FloatArray) -> FloatArray:
        """Return the value of each element."""
        return np.where(self.free >= 0, theta[self.free], self.value)


@dataclass(frozen=True, slots=True)
class Implied:
    """What a group's model implies at some values of its parameters.

    Attributes
    ----------
    paths
        B = (I − A)⁻¹, v × v.
    total
        C = B S B', covariance of all variables, v × v.
    sigma
        Its observed part, p × p.
    means
        B m, length v.
    scale
        δ of each observed variable, length p (1 for continuous ones).
    thresholds
        τ, before scaling; empty without ordinal variables.
    """

    paths: FloatArray
    total: FloatArray
    sigma: FloatArray
    means: FloatArray
    scale: FloatArray
    thresholds: FloatArray

    @property
    def mu(self) -> FloatArray:
        """Means of the observed variables, length p."""
        return self.means[: len(self.sigma)]


@dataclass(frozen=True, slots=True)
class Slopes:
    """Derivatives of moments by elements of A, S and m: dΣ = b c' + c b', dμ = d.

    Attributes
    ----------
    b, c, d
        p × number of elements.
    elements
        Which elements of the group's model they are.
    """

    b: FloatArray
    c: FloatArray
    d: FloatArray
    elements: IntArray


def implied_moments(model: GroupModel, theta: FloatArray) -> Implied:
    """Return what the model implies.

    Parameters
    ----------
    model
        One group.
    theta
        Free parameters.

    Notes
    -----
    Σ = F B S B' F', μ = F B m, B = (I − A)⁻¹.

    References
    ----------
    McArdle, J. J. and McDonald, R. P. (1984). Some algebraic properties of the reticular action
    model. *British Journal of Mathematical and Statistical Psychology* 37, 234–251.
    """
    v, p = model.n_variables, model.n_observed
    value = model.values(theta)
    directed, symmetric = np.zeros((v, v)), np.zeros((v, v))
    is_a, is_s = model.kind == DIRECTED, model.kind == SYMMETRIC
    directed[model.row[is_a], model.column[is_a]] = value[is_a]
    symmetric[model.row[is_s], model.column[is_s]] = value[is_s]
    symmetric[model.column[is_s], model.row[is_s]] = value[is_s]
    means = np.zeros(v)
    is_m = model.kind == MEAN
    means[model.row[is_m]] = value[is_m]
    paths: FloatArray = np.asarray(np.linalg.inv(np.eye(v) - directed), dtype=np.float64)
    total: FloatArray = paths @ symmetric @ paths.T
    thresholds = np.zeros(len(model.item_of_threshold))
    is_t = model.kind == THRESHOLD
    thresholds[model.row[is_t]] = value[is_t]
    scale = np.ones(p)
    if model.ordinal and model.parameterization == "theta":
        with np.errstate(invalid="ignore"):
            scale = 1.0 / np.sqrt(np.diag(total)[:p])
    else:
        is_d = model.kind == SCALE
        scale[model.row[is_d]] = value[is_d]
    return Implied(paths, total, total[:p, :p], paths @ means, scale, thresholds)


def moment_slopes(model: GroupModel, implied: Implied, which: NDArray[np.bool_]) -> Slopes:
    """Return the derivatives of Σ and μ by chosen elements of A, S and m.

    Parameters
    ----------
    model, implied
        The group and what it implies.
    which
        Elements wanted, one Boolean an element; those of thresholds and scales are left out.
    """
    chosen = np.flatnonzero(which & (model.kind <= MEAN))
    kind, row, column = model.kind[chosen], model.row[chosen], model.column[chosen]
    p = model.n_observed
    observed = implied.paths[:p]
    b = observed[:, row].copy()
    c = np.where(kind == DIRECTED, implied.total[:p][:, column], observed[:, column])
    c[:, (kind == SYMMETRIC) & (row == column)] *= 0.5
    d = np.where(kind == DIRECTED, b * implied.means[column], np.where(kind == MEAN, b, 0.0))
    b[:, kind == MEAN] = 0.0
    return Slopes(b, c, d, chosen)


def gather(values: FloatArray, free: IntArray, n_free: int) -> FloatArray:
    """Sum a derivative by elements into one by free parameters; fixed elements drop out."""
    live = free >= 0
    return np.bincount(free[live], weights=values[live], minlength=n_free).astype(np.float64)


def gather_square(values: FloatArray, free: IntArray, n_free: int) -> FloatArray:
    """Sum a matrix by elements into one by free parameters."""
    out = np.zeros((n_free, n_free))
    if len(np.unique(free)) == len(free):
        out[np.ix_(free, free)] = values
        return out
    chosen = np.zeros((len(free), n_free))
    chosen[np.arange(len(free)), free] = 1.0
    return np.asarray(chosen.T @ values @ chosen)
