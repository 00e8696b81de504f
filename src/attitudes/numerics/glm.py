"""Weighted fits of generalised linear models and the scores of their coefficients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg, optimize

from attitudes.errors import ConvergenceError, EstimationError
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.families import Family

__all__ = ["GlmFit", "aliased_columns", "fit_glm", "fit_glm_coefficients", "is_separated"]

_MAXIMUM_ITERATIONS = 100


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


def fit_glm(
    X: FloatArray,
    y: FloatArray,
    weights: FloatArray,
    family: Family,
    *,
    offset: FloatArray | None = None,
    tolerance: float = 1e-12,
) -> GlmFit:
    """Fit by iteratively reweighted least squares.

    Parameters
    ----------
    X
        Model matrix, n × p, of full column rank.
    y
        Response, length n; between 0 and 1 for the binomial family.
    weights
        Prior weights, length n; rows of weight 0 take no part.
    family
        Family and link.
    offset
        Known part of the linear predictor, length n.
    tolerance
        Relative change of the deviance at which the iteration ends.

    Raises
    ------
    EstimationError
        Responses outside the family's range; columns that depend on others.
    ConvergenceError
        No convergence; or complete or quasi-complete separation of a binary response.

    References
    ----------
    McCullagh and Nelder (1989), Generalized Linear Models, 2.5; Binder (1983), ISR 51.
    """
    _check_response(y[weights > 0], family)
    _check_rank(X, weights)
    known = np.zeros(len(y)) if offset is None else offset
    beta, eta, iterations = _iterate(X, y, weights, family, known, tolerance)
    if family.name == "binomial" and np.abs(eta[weights > 0]).max(initial=0.0) > 12:
        used = weights > 0
        if is_separated(X[used], y[used]):
            raise _separation(iterations)
    mu = family.link.inverse(eta)
    slope = family.link.slope(eta)
    working = weights * slope**2 / family.variance(mu)
    information = X.T @ (X * working[:, None])
    bread = linalg.inv(information)
    residual = np.where(weights > 0, (y - mu) / slope, 0.0)
    scores = (X * (working * residual)[:, None]) @ bread
    deviance = float(weights @ family.deviance(y, mu))
    return GlmFit(beta, bread, scores, mu, eta, deviance, iterations)


def fit_glm_coefficients(
    X: FloatArray,
    y: FloatArray,
    weights: FloatArray,
    family: Family,
    *,
    start: FloatArray,
    offset: FloatArray | None = None,
) -> FloatArray:
    """Return the coefficients only, iterated from ``start`` (for replicates)."""
    known = np.zeros(len(y)) if offset is None else offset
    used = weights != 0
    beta, _, _ = _iterate(X[used], y[used], weights[used], family, known[used], 1e-12, start)
    return beta


def _iterate(
    X: FloatArray,
    y: FloatArray,
    weights: FloatArray,
    family: Family,
    offset: FloatArray,
    tolerance: float,
    start: FloatArray | None = None,
) -> tuple[FloatArray, FloatArray, int]:
    beta = np.zeros(X.shape[1]) if start is None else start
    eta = family.link.forward(family.start(y)) if start is None else X @ start + offset
    deviance = np.inf
    for iteration in range(1, _MAXIMUM_ITERATIONS + 1):
        mu = family.link.inverse(eta)
        slope = family.link.slope(eta)
        working = weights * slope**2 / family.variance(mu)
        target = eta - offset + (y - mu) / slope
        proposal = _least_squares(X, target, working)
        proposal, eta, current = _halve(
            X, y, weights, family, offset, beta, proposal, deviance, iteration
        )
        settled = abs(deviance - current) <= tolerance * (abs(current) + 0.1)
        moved = np.abs(proposal - beta).max() <= 1e-9 * (1 + np.abs(proposal).max())
        beta, deviance = proposal, current
        if settled and (moved or iteration > 30):
            return beta, eta, iteration
        if family.name == "gaussian" and family.link_name == "identity":
            return beta, eta, iteration
    if family.name == "binomial" and is_separated(X[weights > 0], y[weights > 0]):
        raise _separation(_MAXIMUM_ITERATIONS)
    raise ConvergenceError(
        "regression",
        f"no convergence in {_MAXIMUM_ITERATIONS} iterations",
        "a model that fits",
        "leave out terms with few respondents, or rescale the predictors",
    )


def _halve(
    X: FloatArray,
    y: FloatArray,
    weights: FloatArray,
    family: Family,
    offset: FloatArray,
    beta: FloatArray,
    proposal: FloatArray,
    deviance: float,
    iteration: int,
) -> tuple[FloatArray, FloatArray, float]:
    for _ in range(30):
        eta = X @ proposal + offset
        with np.errstate(all="ignore"):
            mu = family.link.inverse(eta)
            current = float(weights @ family.deviance(y, mu))
        worse = iteration > 1 and current > deviance + 1e-8 * (abs(deviance) + 0.1)
        if np.isfinite(current) and not worse:
            return proposal, eta, current
        proposal = (proposal + beta) / 2
    raise ConvergenceError("regression", "a diverging deviance", "a model that fits the family")


def _least_squares(X: FloatArray, target: FloatArray, working: FloatArray) -> FloatArray:
    root = np.sqrt(np.maximum(working, 0))[:, None]
    q, r = np.linalg.qr(X * root)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(
            linalg.solve_triangular(r, q.T @ (target * root[:, 0]), check_finite=False)
        )


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


def is_separated(X: FloatArray, y: FloatArray) -> bool:
    """Whether some combination of the columns separates y = 0 from y = 1.

    Notes
    -----
    Linear programme: maximise Σ zᵢ xᵢβ subject to zᵢ xᵢβ ≥ 0 and |β| ≤ 1, z = 2y − 1; a positive
    optimum is separation (complete or quasi-complete), so that no maximum likelihood estimate
    exists.

    References
    ----------
    Albert and Anderson (1984), Biometrika 71; Konis (2007), DPhil thesis, Oxford.
    """
    binary = (y == 0) | (y == 1)
    if not binary.all():
        return False
    scale = np.abs(X).max(axis=0)
    signed = np.unique((2 * y - 1)[:, None] * X / np.where(scale > 0, scale, 1.0), axis=0)
    result = optimize.linprog(
        -signed.sum(axis=0),
        A_ub=-signed,
        b_ub=np.zeros(len(signed)),
        bounds=(-1, 1),
        method="highs",
    )
    return result.status == 0 and result.fun is not None and bool(result.fun < -1e-7)


def _separation(iterations: int) -> ConvergenceError:
    return ConvergenceError(
        "regression, binary response",
        f"separation after {iterations} iterations: some combination of predictors tells the "
        "answers apart without error",
        "overlapping predictors",
        "leave out or merge the categories in which everybody gives the same answer",
    )
