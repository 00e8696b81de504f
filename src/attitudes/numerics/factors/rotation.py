"""Rotation of factors: gradient projection for any criterion, varimax, promax."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import expm

from attitudes.errors import ConvergenceError, OptionError
from attitudes.numerics.design import FloatArray
from attitudes.numerics.factors.gradient_projection import (
    STEPS,
    oblique_rotation,
    orthogonal_rotation,
)
from attitudes.numerics.factors.rotation_criteria import (
    OBLIQUE,
    ORTHOGONAL,
    criterion_of,
    varimax_criterion,
)

__all__ = ["Rotation", "order_factors", "promax", "rotate", "varimax"]

_SADDLE = 3


@dataclass(frozen=True, slots=True)
class Rotation:
    """Rotated factors.

    Attributes
    ----------
    loadings
        Pattern loadings, k × m.
    phi
        Correlations of the factors, m × m; the identity for orthogonal rotations.
    matrix
        m × m: rotated loadings are unrotated loadings × matrix.
    value
        The criterion at the solution (smaller is simpler); NaN for promax.
    oblique
        Whether the factors may correlate.
    """

    loadings: FloatArray
    phi: FloatArray
    matrix: FloatArray
    value: float
    oblique: bool


def varimax(loadings: FloatArray, *, normalize: bool = True, eps: float = 1e-5) -> Rotation:
    """Rotate by Kaiser's varimax with Horst's singular value steps.

    Parameters
    ----------
    loadings
        k × m.
    normalize
        Whether rows are brought to unit length first (Kaiser).
    eps
        Relative change of the sum of singular values at which to stop; the default is that of R's
        ``varimax`` and leaves loadings good to about 1e-3.

    References
    ----------
    Kaiser, H. F. (1958). The varimax criterion for analytic rotation in factor analysis.
    *Psychometrika* 23, 187–200.

    Examples
    --------
    >>> a = np.array([[0.6, 0.6], [0.6, 0.6], [0.5, -0.5], [0.5, -0.5]])
    >>> np.abs(varimax(a).loadings).round(2).tolist()
    [[0.0, 0.85], [0.0, 0.85], [0.71, 0.0], [0.71, 0.0]]
    """
    scale = np.sqrt((loadings**2).sum(axis=1)) if normalize else np.ones(len(loadings))
    scale = np.where(scale > 0, scale, 1.0)
    a = loadings / scale[:, None]
    t, steps = _horst(a, np.eye(a.shape[1]), eps)
    if steps <= _SADDLE and (turned := orthogonal_rotation(a, varimax_criterion, _nudge(len(t)))):
        t = max((t, turned[0]), key=lambda x: -varimax_criterion(a @ x)[0])
    rotated = loadings @ t
    squares = (a @ t) ** 2
    return Rotation(rotated, np.eye(len(t)), t, -float(squares.var(axis=0).sum()), False)


def _horst(a: FloatArray, t: FloatArray, eps: float) -> tuple[FloatArray, int]:
    """Singular value steps until the gain is below ``eps`` and no longer growing."""
    before, gained = 0.0, np.inf
    for step in range(1, STEPS + 1):
        z = a @ t
        target = z**3 - z * (z**2).mean(axis=0)
        left, size, right = np.linalg.svd(a.T @ target)
        t = np.asarray(left @ right, dtype=np.float64)
        total = float(size.sum())
        gain = total - before
        if (total < before * (1.0 + eps) and gain <= gained) or total < 1e-12 * len(a):
            return t, step
        before, gained = total, gain
    raise ConvergenceError("rotation varimax", f"no convergence in {STEPS} steps", "a maximum")


def _nudge(m: int) -> FloatArray:
    """A rotation that leaves a saddle point: every pair of axes turned a little."""
    skew = np.triu(np.full((m, m), 0.1), 1)
    return np.asarray(expm(skew - skew.T), dtype=np.float64)


def promax(loadings: FloatArray, *, power: float = 4.0, normalize: bool = True) -> Rotation:
    """Rotate towards powers of the varimax loadings.

    Parameters
    ----------
    loadings
        k × m, orthogonal.
    power
        The power m of the target.
    normalize
        Whether rows are brought to unit length first, as psych's ``promax`` does.

    References
    ----------
    Hendrickson, A. E. and White, P. O. (1964). Promax: a quick method for rotation to oblique
    simple structure. *British Journal of Statistical Psychology* 17, 65–70.

    Examples
    --------
    >>> a = np.array([[0.6, 0.6], [0.7, 0.4], [0.5, -0.5], [0.6, -0.3]])
    >>> promax(a).phi.round(2).tolist()[0][0]
    1.0
    """
    scale = np.sqrt((loadings**2).sum(axis=1)) if normalize else np.ones(len(loadings))
    scale = np.where(scale > 0, scale, 1.0)
    a = loadings / scale[:, None]
    first = varimax(a)
    z = first.loadings
    target = z * np.abs(z) ** (power - 1.0)
    u = np.linalg.lstsq(z, target, rcond=None)[0]
    u = u * np.sqrt(np.diag(np.linalg.inv(u.T @ u)))
    matrix = first.matrix @ u
    inverse = np.linalg.inv(matrix)
    return Rotation(loadings @ matrix, inverse @ inverse.T, matrix, float("nan"), True)


def rotate(
    loadings: FloatArray,
    name: str,
    *,
    normalize: bool = False,
    target: FloatArray | None = None,
    gamma: float = 0.0,
    delta: float = 0.01,
    starts: int = 1,
    rng: np.random.Generator | None = None,
) -> Rotation:
    """Rotate loadings by a criterion.

    Parameters
    ----------
    loadings
        Orthogonal, unrotated loadings, k × m.
    name
        ``"none"``, ``"varimax"``, ``"promax"``; orthogonal ``"quartimax"``, ``"geomin_t"``,
        ``"bifactor"``, ``"target_t"``; oblique ``"oblimin"``, ``"quartimin"``, ``"geomin"``,
        ``"bifactor_q"``, ``"target"``.
    normalize
        Whether rows are brought to unit length first; varimax and promax always do.
    target
        For target rotations: k × m, NaN where a loading is left free.
    gamma
        Of oblimin; 0 is quartimin.
    delta
        Of geomin: what is added to squared loadings.
    starts
        Number of starting positions: the first is no rotation, the others are random; the
        smallest criterion wins.
    rng
        For random starts.

    Raises
    ------
    ConvergenceError
        When no start converges.
    OptionError
        Unknown rotation; a target that is missing or of the wrong shape.

    References
    ----------
    Jennrich, R. I. (2001, 2002). A simple general procedure for orthogonal (oblique) rotation.
    *Psychometrika* 66, 289–306; 67, 7–19.

    Bernaards, C. A. and Jennrich, R. I. (2005). Gradient projection algorithms and software for
    arbitrary rotation criteria in factor analysis. *Educational and Psychological Measurement*
    65, 676–696.
    """
    known = ("none", "varimax", "promax", *ORTHOGONAL, *OBLIQUE)
    if name not in known:
        raise OptionError.unknown("rotation", "rotation", name, known)
    m = loadings.shape[1]
    if m == 1 or name == "none":
        return Rotation(loadings, np.eye(m), np.eye(m), float("nan"), False)
    if name == "varimax":
        return varimax(loadings)
    if name == "promax":
        return promax(loadings)
    criterion = criterion_of(name, loadings.shape, target=target, gamma=gamma, delta=delta)
    step = oblique_rotation if name in OBLIQUE else orthogonal_rotation
    scale = np.sqrt((loadings**2).sum(axis=1)) if normalize else np.ones(len(loadings))
    a = loadings / scale[:, None]
    found = [step(a, criterion, t) for t in _positions(m, starts, rng)]
    best = min((f for f in found if f is not None), key=lambda f: f[1], default=None)
    if best is None:
        raise ConvergenceError(
            f"rotation {name}",
            f"no convergence in {STEPS} steps",
            "a minimum",
            "try more starts, or another rotation",
        )
    t, value = best
    matrix = np.asarray(np.linalg.inv(t).T if name in OBLIQUE else t, dtype=np.float64)
    return Rotation(loadings @ matrix, t.T @ t, matrix, value, name in OBLIQUE)


def _positions(m: int, starts: int, rng: np.random.Generator | None) -> list[FloatArray]:
    if starts > 1 and rng is None:
        raise OptionError("rotation, starts", f"{starts} without rng", "a numpy Generator as rng")
    out = [np.eye(m)]
    for _ in range(starts - 1):
        assert rng is not None
        q, r = np.linalg.qr(rng.normal(size=(m, m)))
        out.append(q * np.sign(np.diag(r)))
    return out


def order_factors(rotation: Rotation) -> Rotation:
    """Return the factors by falling sums of squares, each with loadings that sum to ≥ 0.

    The correlations of the factors are put in the same order and sign as the loadings.
    """
    sign = np.where(rotation.loadings.sum(axis=0) < 0, -1.0, 1.0)
    loadings = rotation.loadings * sign
    phi = rotation.phi * np.outer(sign, sign)
    explained = np.diag(phi @ loadings.T @ loadings)
    order = np.argsort(-explained, kind="stable")
    return Rotation(
        loadings[:, order],
        phi[np.ix_(order, order)],
        (rotation.matrix * sign)[:, order],
        rotation.value,
        rotation.oblique,
    )
