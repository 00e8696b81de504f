"""Second derivatives of implied moments, weighted by a gradient."""

from __future__ import annotations

import numpy as np

from attitudes.numerics.design import FloatArray
from attitudes.numerics.sem.structure import DIRECTED, MEAN, SYMMETRIC, GroupModel, Implied, Slopes

__all__ = ["moment_curvature"]


def moment_curvature(
    model: GroupModel, implied: Implied, slopes: Slopes, by_sigma: FloatArray, by_mu: FloatArray
) -> FloatArray:
    """Return Σ_ij G_ij ∂²σ_ij + Σ_i h_i ∂²μ_i by pairs of elements.

    Parameters
    ----------
    model, implied
        The group and what it implies.
    slopes
        Elements wanted.
    by_sigma
        G, symmetric p × p: the discrepancy changes by tr(G dΣ).
    by_mu
        h, length p.

    Returns
    -------
    FloatArray
        One row and column an element of ``slopes``.

    Notes
    -----
    With P = B'QB, R = B'QC, Q the matrix G padded with zeros: ∂²/∂A_ab ∂A_cd =
    2 (B_da R_cb + P_ac C_db + R_ad B_bc), ∂²/∂A_ab ∂S_cd = 2 (P_ac B_bd + P_ad B_bc) for c ≠ d.
    """
    v, p = model.n_variables, model.n_observed
    B, C, t = implied.paths, implied.total, implied.means
    Q = np.zeros((v, v))
    Q[:p, :p] = by_sigma
    P = B.T @ Q @ B
    R = B.T @ Q @ C
    u = B[:p].T @ by_mu
    kind = model.kind[slopes.elements]
    row, column = model.row[slopes.elements], model.column[slopes.elements]
    out = np.zeros((len(kind), len(kind)))
    directed = np.flatnonzero(kind == DIRECTED)
    a, b = row[directed], column[directed]
    first = (R + 0.5 * np.outer(u, t))[np.ix_(a, b)] * B[np.ix_(b, a)]
    block = 2.0 * (first + first.T + P[np.ix_(a, a)] * C[np.ix_(b, b)])
    out[np.ix_(directed, directed)] = block
    symmetric = np.flatnonzero(kind == SYMMETRIC)
    c, d = row[symmetric], column[symmetric]
    cross = P[np.ix_(a, c)] * B[np.ix_(b, d)] + P[np.ix_(a, d)] * B[np.ix_(b, c)]
    cross *= np.where(c == d, 1.0, 2.0)
    out[np.ix_(directed, symmetric)] = cross
    out[np.ix_(symmetric, directed)] = cross.T
    means = np.flatnonzero(kind == MEAN)
    mixed = u[a][:, None] * B[np.ix_(b, row[means])]
    out[np.ix_(directed, means)] = mixed
    out[np.ix_(means, directed)] = mixed.T
    return out
