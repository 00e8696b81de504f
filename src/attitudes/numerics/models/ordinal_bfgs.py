"""Cumulative-link fits iterated as R's svyolr iterates them."""

from __future__ import annotations

import numpy as np
from scipy import linalg, special

from attitudes.errors import OptionError
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.models.bfgs import difference_hessian, minimise
from attitudes.numerics.models.families import make_family
from attitudes.numerics.models.glm import fit_glm
from attitudes.numerics.models.ordinal_regression import (
    OrdinalFit,
    OrdinalLink,
    cumulative,
    density,
)

__all__ = ["fit_ordinal_bfgs"]

_EDGE = 100.0


def fit_ordinal_bfgs(
    X: FloatArray,
    y: IntArray,
    weights: FloatArray,
    *,
    n_categories: int,
    link: OrdinalLink = "logit",
) -> OrdinalFit:
    """Fit as R's svyolr does, where its answer is wanted rather than the exact maximum.

    R ends its iteration at a relative change of 1e-8 and takes the Hessian from differences, so
    that its coefficients are 1e-5 to 1e-4 (relative) from the maximum and its standard errors up
    to 1e-3. `ordinal_regression.fit_ordinal` finds the maximum itself.

    Parameters
    ----------
    X, y, weights, n_categories
        See `fit_ordinal`.
    link
        ``"logit"``, ``"probit"`` or ``"cauchit"``.

    Raises
    ------
    OptionError
        Another link.
    ConvergenceError
        No convergence in 100 iterations.
    """
    if link not in ("logit", "probit", "cauchit"):
        raise OptionError.unknown("solver 'bfgs'", "link", link, ["logit", "probit", "cauchit"])
    model = _Likelihood(X, y, weights, n_categories, link)
    with np.errstate(over="ignore", invalid="ignore"):
        found = minimise(model.value, model.gradient, model.start())
    hessian = difference_hessian(model.gradient, found.point)
    p = X.shape[1]
    transform = np.eye(len(found.point))
    transform[p:, p:] = _jacobian(found.point[p:])
    covariance = transform @ linalg.inv(hessian) @ transform.T
    scores = -model.rows(found.point) @ covariance
    return OrdinalFit(
        found.point[:p],
        _thresholds(found.point[p:]),
        linalg.inv(covariance),
        scores,
        -found.value,
        0,
    )


class _Likelihood:
    """Negative weighted log-likelihood in (β, ζ₁, log differences of ζ)."""

    __slots__ = ("X", "categories", "link", "weights", "y")

    def __init__(
        self,
        X: FloatArray,
        y: IntArray,
        weights: FloatArray,
        categories: int,
        link: OrdinalLink,
    ) -> None:
        self.X, self.y, self.weights = X, y, weights
        self.categories, self.link = categories, link

    def _bounds(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        p = self.X.shape[1]
        edges = np.concatenate([[-_EDGE], _thresholds(theta[p:]), [_EDGE]])
        eta = self.X @ theta[:p]
        return edges[self.y + 1] - eta, edges[self.y] - eta

    def value(self, theta: FloatArray) -> float:
        upper, lower = self._bounds(theta)
        probability = cumulative(upper, self.link) - cumulative(lower, self.link)
        if not (probability > 0).all():
            return np.inf
        return -float(np.sum(self.weights * np.log(probability)))

    def rows(self, theta: FloatArray) -> FloatArray:
        """Return each row's gradient of the negative log-likelihood in (β, ζ)."""
        upper, lower = self._bounds(theta)
        probability = cumulative(upper, self.link) - cumulative(lower, self.link)
        above, below = density(upper, self.link)[0], density(lower, self.link)[0]
        q = self.categories - 1
        scale = self.weights / probability
        cuts = np.arange(q)
        of_cuts = (cuts == self.y[:, None]) * above[:, None]
        of_cuts = of_cuts - (cuts == self.y[:, None] - 1) * below[:, None]
        return np.hstack([self.X * (scale * (above - below))[:, None], -of_cuts * scale[:, None]])

    def gradient(self, theta: FloatArray) -> FloatArray:
        p = self.X.shape[1]
        total = self.rows(theta).sum(axis=0)
        return np.concatenate([total[:p], total[p:] @ _jacobian(theta[p:])])

    def start(self) -> FloatArray:
        q = self.categories - 1
        middle = self.categories // 2
        design = np.column_stack([np.ones(len(self.y)), self.X])
        response = (self.y + 1 > middle).astype(np.float64)
        scaled = self.weights / self.weights.mean()
        fit = fit_glm(design, response, scaled, make_family("binomial", self.link))
        spacing = special.logit(np.arange(1, q + 1) / (q + 1)) / 1.7
        cuts = -fit.coefficients[0] + spacing - spacing[middle - 1]
        return np.concatenate([fit.coefficients[1:], cuts[:1], np.log(np.diff(cuts))])


def _thresholds(theta: FloatArray) -> FloatArray:
    return np.asarray(np.cumsum(np.concatenate([theta[:1], np.exp(theta[1:])])))


def _jacobian(theta: FloatArray) -> FloatArray:
    steps = np.concatenate([[1.0], np.exp(theta[1:])])
    return np.asarray(np.tril(np.ones((len(theta), len(theta)))) * steps, dtype=np.float64)
