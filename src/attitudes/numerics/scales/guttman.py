"""Guttman's lambdas, split halves, and the greatest lower bound to reliability."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np

from attitudes.errors import ConvergenceError, OptionError
from attitudes.numerics.design import FloatArray
from attitudes.numerics.factors.efa import squared_multiple_correlations

__all__ = [
    "GuttmanLambdas",
    "SplitHalves",
    "greatest_lower_bound",
    "guttman_lambdas",
    "split_halves",
]


@dataclass(frozen=True, slots=True)
class SplitHalves:
    """Reliability of all splits of the items in two halves.

    Attributes
    ----------
    best, worst, average
        Largest (λ₄), smallest (Revelle's β) and mean of 4 C_AB / ΣC.
    n_splits
        Splits looked at.
    exhaustive
        Whether these were all.
    """

    best: float
    worst: float
    average: float
    n_splits: int
    exhaustive: bool


@dataclass(frozen=True, slots=True)
class GuttmanLambdas:
    """Guttman's six lower bounds to reliability.

    Attributes
    ----------
    values
        λ₁ … λ₆; λ₄ is the best split.
    halves
        All splits.
    """

    values: tuple[float, float, float, float, float, float]
    halves: SplitHalves


def split_halves(
    matrix: FloatArray, *, most: int = 100_000, rng: np.random.Generator | None = None
) -> SplitHalves:
    """Return the reliabilities of splits in halves of ⌊k/2⌋ and ⌈k/2⌉ items.

    Parameters
    ----------
    matrix
        Covariances or correlations, k × k.
    most
        Largest number of splits that is gone through; beyond it, so many are drawn at random, and
        the best and the worst of them improved by exchanging items.
    rng
        For random splits.

    Raises
    ------
    OptionError
        When splits must be drawn and there is no rng.

    Examples
    --------
    >>> split_halves(np.array([[1.0, 0.5], [0.5, 1.0]])).best.__round__(4)
    0.6667
    """
    k = len(matrix)
    half = k // 2
    count = comb(k, half) // (2 if k % 2 == 0 else 1)
    exhaustive = count <= most
    if exhaustive:
        rows = list(combinations(range(k), half))[:count]
        chosen = np.zeros((count, k))
        chosen[np.arange(count)[:, None], np.array(rows)] = 1.0
    else:
        if rng is None:
            raise OptionError(
                "split_halves",
                f"{count:,} splits of {k} items without rng",
                f"at most {most:,}, or a numpy Generator as rng to draw from them",
            )
        order = rng.random((most, k)).argsort(axis=1)
        chosen = (order < half).astype(np.float64)
    across = ((chosen @ matrix) * (1.0 - chosen)).sum(axis=1)
    values = 4.0 * across / matrix.sum()
    best, worst = float(values.max()), float(values.min())
    if not exhaustive:
        best = _exchange(matrix, chosen[int(values.argmax())], 1.0)
        worst = _exchange(matrix, chosen[int(values.argmin())], -1.0)
    return SplitHalves(best, worst, float(values.mean()), len(chosen), exhaustive)


def _exchange(matrix: FloatArray, half: FloatArray, sense: float) -> float:
    """Exchange items between the halves as long as one exchange is better."""
    side = half > 0
    off = matrix - np.diag(np.diag(matrix))
    while True:
        a, b = np.flatnonzero(side), np.flatnonzero(~side)
        across = float(matrix[np.ix_(a, b)].sum())
        pull = off[:, side].sum(axis=1) - off[:, ~side].sum(axis=1)
        gain = sense * (pull[a][:, None] - pull[b][None, :] + 2.0 * off[np.ix_(a, b)])
        i, j = np.unravel_index(int(gain.argmax()), gain.shape)
        if gain[i, j] <= 1e-12 * abs(across):
            return 4.0 * across / float(matrix.sum())
        side[a[i]], side[b[j]] = False, True


def guttman_lambdas(
    matrix: FloatArray, *, most: int = 100_000, rng: np.random.Generator | None = None
) -> GuttmanLambdas:
    """Return Guttman's lambdas.

    Parameters
    ----------
    matrix
        Correlations (as psych does) or covariances, k × k.
    most, rng
        See :func:`split_halves`.

    References
    ----------
    Guttman, L. (1945). A basis for analyzing test-retest reliability. *Psychometrika* 10, 255–282.

    Examples
    --------
    >>> r = np.full((3, 3), 0.5) + np.eye(3) / 2
    >>> [round(v, 4) for v in guttman_lambdas(r).values[:3]]
    [0.5, 0.75, 0.75]
    """
    k = len(matrix)
    total, variance = float(matrix.sum()), np.diag(matrix)
    off = matrix - np.diag(variance)
    first = 1.0 - float(variance.sum()) / total
    columns = (off**2).sum(axis=0)
    deviation = np.sqrt(variance)
    smc = squared_multiple_correlations(matrix / np.outer(deviation, deviation))
    halves = split_halves(matrix, most=most, rng=rng)
    values = (
        first,
        first + float(np.sqrt(columns.sum() * k / (k - 1))) / total,
        first * k / (k - 1),
        halves.best,
        first + 2.0 * float(np.sqrt(columns.max())) / total,
        1.0 - float((variance * (1.0 - smc)).sum()) / total,
    )
    return GuttmanLambdas(values, halves)


def greatest_lower_bound(matrix: FloatArray, *, tolerance: float = 1e-8) -> float:
    """Return the greatest lower bound to reliability.

    Parameters
    ----------
    matrix
        Positive definite covariances or correlations, k × k.
    tolerance
        Relative gap to the optimum at which to stop.

    Raises
    ------
    ConvergenceError
        When the interior-point steps do not settle.

    Notes
    -----
    Maximises Σθ_j over error variances θ ≥ 0 with C − diag(θ) positive semidefinite; the bound is
    1 − Σθ/ΣC. Newton's method on the barrier Σθ + μ(log|C − diag θ| + Σ log θ), μ → 0.

    References
    ----------
    Woodhouse, B. and Jackson, P. H. (1977). Lower bounds for the reliability of the total score
    on a test composed of nonhomogeneous items. *Psychometrika* 42, 579–591.

    Examples
    --------
    >>> load = np.array([0.8, 0.7, 0.6])
    >>> c = np.outer(load, load)
    >>> np.fill_diagonal(c, 1.0)
    >>> round(greatest_lower_bound(c), 4), round(float(load.sum() ** 2 / c.sum()), 4)
    (0.7449, 0.7449)
    """
    k = len(matrix)
    scale = float(np.trace(matrix)) / k
    c = matrix / scale
    theta = np.full(k, 0.5 * float(np.linalg.eigvalsh(c)[0]))
    if theta[0] <= 0:
        raise ConvergenceError(
            "greatest lower bound", "a matrix that is not positive definite", "one that is"
        )
    mu = 1.0
    while mu * 2 * k > tolerance * k:
        theta = _centre(c, theta, mu)
        mu *= 0.1
    return 1.0 - float(theta.sum()) / float(c.sum())


def _barrier(c: FloatArray, theta: FloatArray, mu: float) -> float:
    if (theta <= 0).any():
        return -np.inf
    try:
        root = np.linalg.cholesky(c - np.diag(theta))
    except np.linalg.LinAlgError:
        return -np.inf
    return float(theta.sum() + mu * (2.0 * np.log(np.diag(root)).sum() + np.log(theta).sum()))


def _centre(c: FloatArray, theta: FloatArray, mu: float) -> FloatArray:
    for _ in range(200):
        inverse = np.linalg.inv(c - np.diag(theta))
        gradient = 1.0 + mu * (1.0 / theta - np.diag(inverse))
        curvature = mu * (inverse**2 + np.diag(theta**-2.0))
        step = np.linalg.solve(curvature, gradient)
        decrement = float(gradient @ step)
        if decrement < 1e-2 * mu:
            return theta
        length, value = 1.0, _barrier(c, theta, mu)
        while _barrier(c, theta + length * step, mu) < value + 0.1 * length * decrement:
            length /= 2.0
            if length < 1e-12:
                return theta
        theta = theta + length * step
    raise ConvergenceError("greatest lower bound", "no convergence in 200 steps", "a maximum")
