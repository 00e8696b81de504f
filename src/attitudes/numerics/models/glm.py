"""Weighted fits of generalised linear models and the scores of their coefficients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg

from attitudes.errors import ConvergenceError, EstimationError
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.models.families import Family
from attitudes.numerics.models.separation import is_separated

__all__ = ["GlmFit", "aliased_columns", "fit_glm", "fit_glm_coefficients"]

_MAXIMUM_ITERATIONS = 100
_TOLERANCE = 1e-8


@dataclass(frozen=True, slots=True)
class GlmFit:
    """A weighted maximum (pseudo-)likelihood fit.

    Attributes
    ----------
    coefficients
        β, length p.
    bread
        (Xᵀ W X)⁻¹ with the working weights at the solution, p × p.
    scores
        Weighted influence of each row on β, n × p: X · (working weight · working residual) ·
        bread. Its design covariance is the sandwich.
    fitted, linear
        μ and η, length n.
    deviance
        Weighted deviance.
    iterations
        Iterations taken.
    """

    coefficients: FloatArray
    bread: FloatArray
    scores: FloatArray
    fitted: FloatArray
    linear: FloatArray
    deviance: float
    iterations: int


def fit_glm(X: FloatArray, y: FloatArray, weights: FloatArray, family: Family) -> GlmFit:
    """Fit by iteratively reweighted least squares.

    Parameters
    ----------
    X
        Model matrix, n × p, of full column rank.
    y
        Response, length n; between 0 and 1 for the binomial family.
    weights
        Prior weights with mean near 1, length n, all positive.
    family
        Family and link.

    Raises
    ------
    EstimationError
        Responses outside the family's range; columns that depend on others.
    ConvergenceError
        No convergence; or complete or quasi-complete separation of a binary response.

    Notes
    -----
    Starting values, the criterion (relative change of the deviance below 1e-8) and the use of the
    last iteration's working weights for the covariance are those of R's glm, so that results
    agree beyond the criterion's own accuracy.

    References
    ----------
    McCullagh and Nelder (1989), Generalized Linear Models, 2.5; Binder (1983), ISR 51.
    """
    _check_response(y, family)
    _check_rank(X, weights)
    eta = family.link.forward(family.start(y, weights))
    state = _iterate(X, y, weights, family, eta, np.zeros(X.shape[1]))
    if family.name == "binomial" and np.abs(state.eta).max() > 12 and is_separated(X, y):
        raise _separation(state.iterations)
    mu = family.link.inverse(state.eta)
    residual = (y - mu) / family.link.slope(state.eta)
    bread = linalg.inv(X.T @ (X * state.working[:, None]))
    scores = (X * (state.working * residual)[:, None]) @ bread
    return GlmFit(state.beta, bread, scores, mu, state.eta, state.deviance, state.iterations)


def fit_glm_coefficients(
    X: FloatArray, y: FloatArray, weights: FloatArray, family: Family, *, start: FloatArray
) -> FloatArray:
    """Return the coefficients only, iterated from ``start`` (for replicates)."""
    used = weights != 0
    X, y, weights = X[used], y[used], weights[used]
    return _iterate(X, y, weights / weights.sum(), family, X @ start, start).beta


@dataclass(frozen=True, slots=True)
class _State:
    """Where the iteration stands."""

    beta: FloatArray
    eta: FloatArray
    working: FloatArray
    deviance: float
    iterations: int


def _iterate(
    X: FloatArray,
    y: FloatArray,
    weights: FloatArray,
    family: Family,
    eta: FloatArray,
    beta: FloatArray,
) -> _State:
    deviance = float(weights @ family.deviance(y, family.link.inverse(eta)))
    for iteration in range(1, _MAXIMUM_ITERATIONS + 1):
        mu = family.link.inverse(eta)
        slope = family.link.slope(eta)
        working = weights * slope**2 / family.variance(mu)
        proposal = _least_squares(X, eta + (y - mu) / slope, working)
        beta, eta, current = _step(X, y, weights, family, beta, proposal)
        if abs(current - deviance) < _TOLERANCE * (abs(current) + 0.1):
            return _State(beta, eta, working, current, iteration)
        deviance = current
    if family.name == "binomial" and is_separated(X, y):
        raise _separation(_MAXIMUM_ITERATIONS)
    raise ConvergenceError(
        "regression",
        f"no convergence in {_MAXIMUM_ITERATIONS} iterations",
        "a model that fits",
        "leave out terms with few respondents, or rescale the predictors",
    )


def _step(
    X: FloatArray,
    y: FloatArray,
    weights: FloatArray,
    family: Family,
    beta: FloatArray,
    proposal: FloatArray,
) -> tuple[FloatArray, FloatArray, float]:
    """Take the proposal, halved towards the last coefficients while the deviance is not finite."""
    for _ in range(30):
        eta = X @ proposal
        with np.errstate(all="ignore"):
            mu = family.link.inverse(eta)
            deviance = float(weights @ family.deviance(y, mu))
        if np.isfinite(deviance) and family.valid(mu):
            return proposal, eta, deviance
        proposal = (proposal + beta) / 2
    raise ConvergenceError("regression", "a diverging deviance", "a model that fits the family")


def _least_squares(X: FloatArray, target: FloatArray, working: FloatArray) -> FloatArray:
    root = np.sqrt(working)
    q, r = np.linalg.qr(X * root[:, None])
    solved = linalg.solve_triangular(r, q.T @ (target * root), check_finite=False)
    return np.asarray(solved, dtype=np.float64)


def _check_response(y: FloatArray, family: Family) -> None:
    ranges = {
        "binomial": (((y < 0) | (y > 1)).any(), "0 to 1"),
        "poisson": ((y < 0).any(), "0 or more"),
        "gamma": ((y <= 0).any(), "more than 0"),
    }
    bad, allowed = ranges.get(family.name, (False, ""))
    if bad:
        raise EstimationError(
            f"regression, family {family.name}",
            f"responses from {y.min():g} to {y.max():g}",
            allowed,
        )


def aliased_columns(X: FloatArray, weights: FloatArray) -> IntArray:
    """Return the columns that depend linearly on those before them, among rows with weight."""
    used = X[weights > 0]
    norms = np.sqrt((used**2).sum(axis=0))
    scaled = used / np.where(norms > 0, norms, 1.0)
    r = np.abs(np.diag(np.linalg.qr(scaled, mode="r"))) if len(used) >= X.shape[1] else None
    if r is None:
        return np.arange(len(used), X.shape[1])
    return np.flatnonzero((r < 1e-9) | (norms == 0))


def _check_rank(X: FloatArray, weights: FloatArray) -> None:
    aliased = aliased_columns(X, weights)
    if len(aliased):
        raise EstimationError(
            "regression",
            f"{len(aliased)} columns of the model matrix that depend on others "
            f"(numbers {', '.join(str(int(j) + 1) for j in aliased)})",
            "linearly independent terms",
            "leave out a term, or merge categories without respondents",
        )


def _separation(iterations: int) -> ConvergenceError:
    return ConvergenceError(
        "regression, binary response",
        f"separation after {iterations} iterations: some combination of predictors tells the "
        "answers apart without error",
        "overlapping predictors",
        "leave out or merge the categories in which everybody gives the same answer",
    )
