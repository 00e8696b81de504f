"""Extraction of common factors from a correlation matrix: minres, maximum likelihood, axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from attitudes.errors import ConvergenceError, EstimationError, OptionError
from attitudes.numerics.design import FloatArray

__all__ = [
    "Extraction",
    "ExtractionMethod",
    "degrees_of_freedom",
    "extract_factors",
    "squared_multiple_correlations",
]

ExtractionMethod = Literal["minres", "ml", "pa"]
LOWEST = 0.005
_FLOOR = 100 * np.finfo(float).eps


@dataclass(frozen=True, slots=True)
class Extraction:
    """Unrotated factors.

    Attributes
    ----------
    loadings
        k × m; the columns sum to zero or more.
    uniqueness
        1 − communality, length k.
    eigenvalues
        Of the correlation matrix, falling.
    reduced_eigenvalues
        Of the matrix with the communalities on its diagonal, falling.
    heywood
        Items whose uniqueness is at or below the bound 0.005.
    iterations
        Steps taken.
    converged
        Whether they ended by themselves; principal axes may stop at their limit.
    """

    loadings: FloatArray
    uniqueness: FloatArray
    eigenvalues: FloatArray
    reduced_eigenvalues: FloatArray
    heywood: NDArray[np.bool_]
    iterations: int
    converged: bool


def degrees_of_freedom(k: int, m: int) -> int:
    """Return the degrees of freedom of m factors on k items: ((k − m)² − k − m)/2.

    Examples
    --------
    >>> degrees_of_freedom(25, 5)
    185
    """
    return ((k - m) ** 2 - k - m) // 2


def squared_multiple_correlations(correlation: FloatArray) -> FloatArray:
    """Return R² of each item on the others: 1 − 1/(R⁻¹)_jj.

    Examples
    --------
    >>> squared_multiple_correlations(np.array([[1.0, 0.5], [0.5, 1.0]]))
    array([0.25, 0.25])
    """
    inverse = np.linalg.pinv(correlation, hermitian=True)
    return np.asarray(np.clip(1.0 - 1.0 / np.diag(inverse), 0.0, 1.0))


def _top(matrix: FloatArray, m: int) -> tuple[FloatArray, FloatArray]:
    values, vectors = np.linalg.eigh(matrix)
    return values[::-1][:m], vectors[:, ::-1][:, :m]


def _minres_loadings(correlation: FloatArray, psi: FloatArray, m: int) -> FloatArray:
    values, vectors = _top(correlation - np.diag(psi), m)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))


def _minres_objective(psi: FloatArray, correlation: FloatArray, m: int) -> tuple[float, FloatArray]:
    """Half the sum of squares of all residuals of R − Ψ, and its gradient."""
    values, vectors = np.linalg.eigh(correlation - np.diag(psi))
    rest, kept = values[:-m], vectors[:, :-m]
    lost = np.minimum(values[-m:], 0.0)
    gradient = -(kept**2) @ rest - (vectors[:, -m:] ** 2) @ lost
    return float((rest @ rest + lost @ lost) / 2.0), gradient


def _ml_loadings(correlation: FloatArray, psi: FloatArray, m: int) -> FloatArray:
    root = np.sqrt(psi)
    values, vectors = _top(correlation / np.outer(root, root), m)
    return np.asarray(root[:, None] * vectors * np.sqrt(np.maximum(values - 1.0, 0.0)))


def _ml_objective(psi: FloatArray, correlation: FloatArray, m: int) -> tuple[float, FloatArray]:
    """Maximum-likelihood discrepancy given uniquenesses, and its gradient."""
    root = np.sqrt(psi)
    values, vectors = np.linalg.eigh(correlation / np.outer(root, root))
    rest = np.maximum(values[:-m], _FLOOR)
    top = values[-m:]
    lost = np.minimum(top, 1.0)
    value = float(
        (rest - np.log(rest) - 1.0).sum() + (lost - np.log(np.maximum(lost, _FLOOR)) - 1).sum()
    )
    gradient = ((vectors[:, :-m] ** 2) @ (1.0 - rest) + (vectors[:, -m:] ** 2) @ (1.0 - lost)) / psi
    return value, gradient


_OBJECTIVES = {"minres": _minres_objective, "ml": _ml_objective}
_LOADINGS = {"minres": _minres_loadings, "ml": _ml_loadings}


def _optimise(
    correlation: FloatArray, m: int, method: Literal["minres", "ml"], start: FloatArray
) -> tuple[FloatArray, FloatArray, int]:
    found = minimize(
        _OBJECTIVES[method],
        np.clip(start, LOWEST, 1.0),
        args=(correlation, m),
        jac=True,
        method="L-BFGS-B",
        bounds=[(LOWEST, 1.0)] * len(start),
        options={"maxiter": 2000, "maxfun": 4000, "ftol": 1e-15, "gtol": 1e-9, "maxcor": 20},
    )
    psi = np.asarray(found.x, dtype=np.float64)
    gradient = _OBJECTIVES[method](psi, correlation, m)[1]
    inside = (psi > LOWEST) & (psi < 1.0)
    if np.abs(gradient[inside]).max(initial=0.0) > 1e-4:
        raise ConvergenceError(
            f"factor extraction by {method}, {m} factors",
            f"no convergence after {found.nit} iterations",
            "a minimum",
            "use fewer factors, or another method",
        )
    return psi, _LOADINGS[method](correlation, psi, m), int(found.nit)


def _principal_axes(
    correlation: FloatArray, m: int, start: FloatArray, tolerance: float, most: int
) -> tuple[FloatArray, int, bool]:
    reduced = correlation.copy()
    np.fill_diagonal(reduced, 1.0 - start)
    total = float(np.trace(reduced))
    for iteration in range(1, most + 1):
        values, vectors = _top(reduced, m)
        if (values <= 0).any():
            raise EstimationError(
                f"principal axes, {m} factors",
                f"only {int((values > 0).sum())} positive eigenvalues of the reduced matrix",
                "as many as factors",
                "use fewer factors, or minres",
            )
        loadings = vectors * np.sqrt(values)
        communality = (loadings**2).sum(axis=1)
        np.fill_diagonal(reduced, communality)
        change = abs(float(communality.sum()) - total)
        total = float(communality.sum())
        if change <= tolerance:
            return loadings, iteration, True
    return loadings, most, False


def extract_factors(
    correlation: FloatArray,
    n_factors: int,
    *,
    method: ExtractionMethod = "minres",
    start: FloatArray | None = None,
    tolerance: float = 1e-3,
    max_iterations: int = 50,
) -> Extraction:
    """Extract orthogonal, unrotated factors.

    Parameters
    ----------
    correlation
        k × k, positive definite for ``"ml"``.
    n_factors
        m; with k items ((k − m)² − k − m)/2 must not be negative.
    method
        ``"minres"``: least squares of the off-diagonal residuals; ``"ml"``: maximum likelihood;
        ``"pa"``: principal axes, iterated.
    start
        Uniquenesses to start from; default: 1 − squared multiple correlations.
    tolerance, max_iterations
        Of principal axes: the change of the sum of communalities at which to stop, and the most
        steps. The defaults are those of R's psych.

    Raises
    ------
    OptionError
        Unknown method.
    EstimationError
        More factors than the items can bear.
    ConvergenceError
        When the minimum is not found.

    Notes
    -----
    Uniquenesses are kept in [0.005, 1]. Both objectives are functions of them alone, with the
    loadings the leading eigenvectors (Harman and Jones 1966; Jöreskog 1967); they are minimised
    with their exact gradients.

    References
    ----------
    Harman, H. H. and Jones, W. H. (1966). Factor analysis by minimizing residuals (minres).
    *Psychometrika* 31, 351–368.

    Jöreskog, K. G. (1967). Some contributions to maximum likelihood factor analysis.
    *Psychometrika* 32, 443–482.

    Examples
    --------
    >>> load = np.array([0.8, 0.7, 0.6, 0.5])
    >>> r = np.outer(load, load)
    >>> np.fill_diagonal(r, 1.0)
    >>> extract_factors(r, 1).loadings.ravel().round(6)
    array([0.8, 0.7, 0.6, 0.5])
    """
    if method not in ("minres", "ml", "pa"):
        raise OptionError.unknown(
            "factor extraction, method", "method", method, ["minres", "ml", "pa"]
        )
    k = len(correlation)
    if n_factors < 1 or n_factors >= k or (degrees_of_freedom(k, n_factors) < 0 and k > 2):
        most = max((m for m in range(1, k) if degrees_of_freedom(k, m) >= 0), default=1)
        raise EstimationError(
            "factor extraction", f"{n_factors} factors on {k} items", f"1 to {most} factors"
        )
    if start is None:
        start = 1.0 - squared_multiple_correlations(correlation)
    converged = True
    if method == "pa":
        loadings, iterations, converged = _principal_axes(
            correlation, n_factors, start, tolerance, max_iterations
        )
    else:
        _, loadings, iterations = _optimise(correlation, n_factors, method, start)
    flip = np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
    loadings = loadings * flip
    communality = (loadings**2).sum(axis=1)
    reduced = correlation.copy()
    np.fill_diagonal(reduced, communality)
    return Extraction(
        loadings,
        1.0 - communality,
        np.asarray(np.linalg.eigvalsh(correlation)[::-1], dtype=np.float64),
        np.asarray(np.linalg.eigvalsh(reduced)[::-1], dtype=np.float64),
        1.0 - communality <= LOWEST + 1e-6,
        iterations,
        converged,
    )
