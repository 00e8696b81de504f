"""Thresholds and polychoric correlations of a model, weighted by the inverse of their variances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.sem.structure import SCALE, THRESHOLD, GroupModel, Implied, moment_slopes

__all__ = [
    "OrdinalSample",
    "Weighting",
    "correlation_gradient",
    "implied_statistics",
    "mean_gradient",
    "scale_curvature",
    "statistic_slopes",
]

Weighting = Literal["diagonal", "unweighted"]


@dataclass(frozen=True, slots=True)
class OrdinalSample:
    """One group's thresholds and polychoric correlations.

    Attributes
    ----------
    n
        Respondents (sum of normalised weights).
    thresholds
        Item by item.
    item_of_threshold
        Item of each.
    correlation
        p × p.
    gamma
        n × covariance of the thresholds and the correlations (0,1), (0,2), …, (1,2), ….
    weighting
        ``"diagonal"``: squares are weighted by the inverse of the variances (DWLS);
        ``"unweighted"``: all alike (ULS).
    """

    n: float
    thresholds: FloatArray
    item_of_threshold: IntArray
    correlation: FloatArray
    gamma: FloatArray
    weighting: Weighting = "diagonal"

    @property
    def count(self) -> float:
        """n − 1: what least squares multiply the discrepancy by."""
        return self.n - 1.0

    @property
    def statistics(self) -> FloatArray:
        """Thresholds, then correlations."""
        i, j = np.triu_indices(len(self.correlation), 1)
        return np.concatenate([self.thresholds, self.correlation[i, j]])

    @property
    def weights(self) -> FloatArray:
        """Diagonal of the weight matrix: 1 / diag(Γ), or ones."""
        if self.weighting == "unweighted":
            return np.ones(len(self.gamma))
        return np.asarray(1.0 / np.diag(self.gamma))


def implied_statistics(model: GroupModel, implied: Implied) -> FloatArray:
    """Return δ_j (τ_jt − μ_j), then δ_i δ_j σ_ij."""
    item = model.item_of_threshold
    cuts = implied.scale[item] * (implied.thresholds - implied.mu[item])
    i, j = np.triu_indices(model.n_observed, 1)
    pairs = implied.scale[i] * implied.scale[j] * implied.sigma[i, j]
    return np.concatenate([cuts, pairs])


def statistic_slopes(model: GroupModel, implied: Implied, live: IntArray) -> FloatArray:
    """Return the derivatives of the implied statistics by chosen elements.

    Parameters
    ----------
    model, implied
        The group and what it implies.
    live
        The elements wanted.

    Returns
    -------
    FloatArray
        Statistics × elements.
    """
    item, scale = model.item_of_threshold, implied.scale
    i, j = np.triu_indices(model.n_observed, 1)
    n_cuts = len(item)
    out = np.zeros((n_cuts + len(i), len(live)))
    place = np.full(len(model.kind), -1, dtype=np.int64)
    place[live] = np.arange(len(live))
    wanted = place >= 0
    slopes = moment_slopes(model, implied, wanted)
    at = place[slopes.elements]
    b, c = slopes.b, slopes.c
    pairs = (scale[i] * scale[j])[:, None] * (b[i] * c[j] + c[i] * b[j])
    cuts = -scale[item, None] * slopes.d[item]
    if model.parameterization == "theta":
        relative = -(scale**2)[:, None] * b * c  # d log δ = −½ δ² dσ_jj
        pairs += (scale[i] * scale[j] * implied.sigma[i, j])[:, None] * (relative[i] + relative[j])
        cuts += (scale[item] * (implied.thresholds - implied.mu[item]))[:, None] * relative[item]
    out[:n_cuts, at] = cuts
    out[n_cuts:, at] = pairs
    for e in np.flatnonzero(wanted & (model.kind == THRESHOLD)):
        out[model.row[e], place[e]] = scale[item[model.row[e]]]
    for e in np.flatnonzero(wanted & (model.kind == SCALE)):
        k = model.row[e]
        mine = item == k
        out[:n_cuts][mine, place[e]] = implied.thresholds[mine] - implied.mu[k]
        with_k = (i == k) | (j == k)
        other = np.where(i == k, j, i)[with_k]
        out[n_cuts:][with_k, place[e]] = scale[other] * implied.sigma[k, other]
    return out


def correlation_gradient(
    model: GroupModel, implied: Implied, by_statistic: FloatArray
) -> FloatArray:
    """Return G, symmetric p × p with zero diagonal, from the gradient by statistics (δ held)."""
    i, j = np.triu_indices(model.n_observed, 1)
    G = np.zeros_like(implied.sigma)
    part = 0.5 * by_statistic[len(model.item_of_threshold) :] * implied.scale[i] * implied.scale[j]
    G[i, j] = part
    G[j, i] = part
    return G


def mean_gradient(model: GroupModel, implied: Implied, by_statistic: FloatArray) -> FloatArray:
    """Return h, length p, from the gradient by statistics (δ held)."""
    item = model.item_of_threshold
    weights = -by_statistic[: len(item)] * implied.scale[item]
    return np.bincount(item, weights=weights, minlength=model.n_observed).astype(np.float64)


def scale_curvature(
    model: GroupModel, implied: Implied, by_statistic: FloatArray, live: IntArray
) -> FloatArray:
    """Return Σ_s g_s ∂²s by pairs of elements of which one is a scale δ (``"delta"`` only).

    Parameters
    ----------
    model, implied
        The group and what it implies.
    by_statistic
        g, the gradient by statistics.
    live
        The elements wanted.
    """
    item, p = model.item_of_threshold, model.n_observed
    out = np.zeros((len(live), len(live)))
    kind, row = model.kind[live], model.row[live]
    scales = np.flatnonzero(kind == SCALE)
    if not len(scales):
        return out
    cuts = by_statistic[: len(item)]
    g = np.zeros((p, p))
    i, j = np.triu_indices(p, 1)
    g[i, j] = g[j, i] = by_statistic[len(item) :]
    at = row[scales]
    out[np.ix_(scales, scales)] = (g * implied.sigma)[np.ix_(at, at)]
    thresholds = np.flatnonzero(kind == THRESHOLD)
    same = item[row[thresholds]][None, :] == at[:, None]
    cross = np.where(same, cuts[row[thresholds]][None, :], 0.0)
    out[np.ix_(scales, thresholds)] = cross
    out[np.ix_(thresholds, scales)] = cross.T
    which = np.zeros(len(model.kind), dtype=bool)
    which[live] = True
    moment = moment_slopes(model, implied, which)
    places = np.searchsorted(live, moment.elements)
    scaled = g * implied.scale
    level = np.bincount(item, weights=cuts, minlength=p)
    by_item = (scaled @ moment.b) * moment.c + (scaled @ moment.c) * moment.b
    by_item -= level[:, None] * moment.d
    out[np.ix_(scales, places)] = by_item[at]
    out[np.ix_(places, scales)] = by_item[at].T
    return out
