"""Minimise the discrepancy: scoring steps far from the minimum, Newton steps near it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import linalg

from attitudes.errors import ConvergenceError, EstimationError
from attitudes.numerics.design import FloatArray
from attitudes.numerics.sem.problem import Derivatives, Problem, derivatives, objective

__all__ = ["Minimum", "NotIdentifiedError", "minimise"]

_DECREMENT = 1e-17
_NEAR = 1e-3
_HALVINGS = 40
_PATIENCE = 25


class NotIdentifiedError(EstimationError):
    """Parameters that the data do not determine.

    Attributes
    ----------
    direction
        How far each free parameter moves without changing the fit, length q.
    """

    direction: FloatArray


@dataclass(frozen=True, slots=True)
class Minimum:
    """Where the discrepancy is least.

    Attributes
    ----------
    theta
        Free parameters.
    value
        Discrepancy there.
    derivatives
        First and second derivatives there.
    iterations
        Steps taken.
    """

    theta: FloatArray
    value: float
    derivatives: Derivatives
    iterations: int


def minimise(problem: Problem, start: FloatArray, *, maximum: int = 150) -> Minimum:
    """Return the minimum.

    Parameters
    ----------
    problem
        Model and samples.
    start
        Values to start from.
    maximum
        Steps allowed.

    Raises
    ------
    EstimationError
        Starting values under which the model implies no covariance matrix; a model that is not
        identified.
    ConvergenceError
        No minimum within the steps allowed.

    Notes
    -----
    A step is −(H + λ diag E)⁻¹ g, E the expected information, H = E until the decrement g'H⁻¹g
    is below 1e-3, then the exact Hessian where it is positive definite. It is halved until
    the discrepancy falls. Under ``"theta"``, where it is not exact, it is taken by central
    differences of the gradient between steps 25 and 50. The iteration ends when the
    decrement, half of what a quadratic model still promises to gain, is below 1e-17.
    """
    theta, value = start.copy(), objective(problem, start)
    if not np.isfinite(value):
        raise EstimationError(
            "model, starting values",
            "an implied covariance matrix that is not positive definite",
            "starting values that give one",
            "set start() values in the model",
        )
    near, ridge, decrement = False, 0.0, np.inf
    for iteration in range(1, maximum + 1):
        found = derivatives(problem, theta, exact=near)
        if problem.ordinal and _PATIENCE < iteration <= 2 * _PATIENCE and decrement < _NEAR:
            _check_identified(found)
            if problem.models[0].parameterization == "theta":
                found = replace(found, hessian=_differenced(problem, theta))
        step = _step(found, ridge)
        decrement = -float(found.gradient @ step)
        if decrement < _DECREMENT and ridge <= 1e-6:
            _check_identified(found)
            return Minimum(theta, value, found, iteration)
        theta, value, length = _search(problem, theta, value, step, decrement)
        if length == 0.0:
            if decrement < 1e-10 and ridge == 0.0:
                _check_identified(found)
                return Minimum(theta, value, found, iteration)
            ridge = max(10.0 * ridge, 1e-4)
            near = False
            if ridge > 1e8:
                break
            continue
        if length < 0.2:
            ridge = max(10.0 * ridge, 1e-3)
        else:
            ridge = ridge / 10.0 if length == 1.0 and ridge > 1e-7 else 0.0
        near = length == 1.0 and decrement < _NEAR
    raise ConvergenceError(
        "model",
        f"no minimum after {iteration} steps (decrement {decrement:.1e})",
        "a model that the data can bear",
        "look for factors with few items, near-perfect correlations, or give start() values",
    )


def _differenced(problem: Problem, theta: FloatArray) -> FloatArray:
    """Hessian by central differences of the gradient."""
    out = np.empty((len(theta), len(theta)))
    for k in range(len(theta)):
        h = 1e-5 * max(1.0, abs(float(theta[k])))
        sides = []
        for sign in (1.0, -1.0):
            moved = theta.copy()
            moved[k] += sign * h
            sides.append(derivatives(problem, moved, exact=False).gradient)
        out[k] = (sides[0] - sides[1]) / (2.0 * h)
    return (out + out.T) / 2.0


def _step(found: Derivatives, ridge: float) -> FloatArray:
    if found.hessian is not None and ridge == 0.0:
        step = _solve(found.hessian, found.gradient)
        if step is not None:
            return step
    diagonal = np.diag(found.scoring).copy()
    diagonal[diagonal <= 0] = 1.0
    for more in (ridge, max(ridge, 1e-10), max(ridge, 1e-6), max(ridge, 1e-3), 1.0):
        step = _solve(found.scoring + more * np.diag(diagonal), found.gradient)
        if step is not None:
            return step
    raise EstimationError("model", "an information matrix with a negative variance")


def _solve(matrix: FloatArray, gradient: FloatArray) -> FloatArray | None:
    try:
        return -np.asarray(linalg.cho_solve(linalg.cho_factor(matrix), gradient))
    except linalg.LinAlgError:
        return None


def _search(
    problem: Problem, theta: FloatArray, value: float, step: FloatArray, decrement: float
) -> tuple[FloatArray, float, float]:
    """Halve the step until the discrepancy falls; length 0 when it never does."""
    length = 1.0
    slack = 1e-14 * (1.0 + abs(value))
    for _ in range(_HALVINGS):
        candidate = theta + length * step
        reached = objective(problem, candidate)
        if reached <= value - 1e-4 * length * decrement + slack:
            return candidate, reached, length
        length *= 0.5
    return theta, value, 0.0


def _check_identified(found: Derivatives) -> None:
    scale = np.sqrt(np.maximum(np.diag(found.scoring), 1e-300))
    values, vectors = np.linalg.eigh(found.scoring / np.outer(scale, scale))
    if values[0] < 1e-9:
        error = NotIdentifiedError(
            "model",
            f"an information matrix that is singular (smallest eigenvalue {values[0]:.1e})",
            "a model whose parameters the data determine",
            "fix a loading or the variance of each factor; give each factor three items or more",
        )
        error.direction = vectors[:, 0]
        raise error
