"""Selection spread over space or over auxiliary variables: the local pivotal method."""

from __future__ import annotations

import numpy as np

from attitudes.errors import DesignError
from attitudes.numerics.design import FloatArray
from attitudes.numerics.selection.result import Selection, split, whole_size

__all__ = ["local_pivotal"]

_DONE = 1e-9


def local_pivotal(
    probabilities: FloatArray, coordinates: FloatArray, rng: np.random.Generator
) -> Selection:
    """Draw so that near units are seldom drawn together: neighbours contest.

    Parameters
    ----------
    probabilities
        Inclusion probabilities, length N, with a whole sum.
    coordinates
        Places, or standardised auxiliary variables, N × d.

    Notes
    -----
    A random undecided unit and its nearest undecided neighbour contest by the pivotal rule
    (LPM2), until all are decided.

    References
    ----------
    Grafström, Lundström and Schelin (2012), Biometrics 68.

    Examples
    --------
    >>> places = np.array([[0.0], [0.1], [5.0], [5.1]])
    >>> local_pivotal(np.full(4, 0.5), places, np.random.default_rng(8)).units // 2
    array([0, 1])
    """
    parts = split(probabilities)
    whole_size(parts.probabilities)
    places = np.asarray(coordinates, dtype=np.float64)
    if places.ndim != 2 or len(places) != len(probabilities) or not np.isfinite(places).all():
        raise DesignError(
            "local pivotal, coordinates",
            f"an array of shape {places.shape} or missing places",
            f"{len(probabilities)} rows of finite coordinates",
        )
    places = places[parts.open]
    p = parts.probabilities.copy()
    alive = np.arange(len(p))
    while len(alive) > 1:
        at = int(rng.integers(len(alive)))
        distance = ((places[alive] - places[alive[at]]) ** 2).sum(axis=1)
        distance[at] = np.inf
        nearest = np.flatnonzero(distance <= distance.min() * (1 + 1e-12))
        other = int(nearest[rng.integers(len(nearest))])
        i, j = int(alive[at]), int(alive[other])
        p[i], p[j] = _decide(p[i], p[j], rng.random())
        settled = [k for k, unit in ((at, i), (other, j)) if p[unit] in (0.0, 1.0)]
        alive = np.delete(alive, settled)
    if len(alive):
        p[alive[0]] = float(rng.random() < p[alive[0]])
    return Selection(parts.join(np.flatnonzero(p == 1.0)), probabilities, "local_pivotal")


def _decide(a: float, b: float, u: float) -> tuple[float, float]:
    both = a + b
    if both < 1:
        pair = (0.0, both) if u * both < b else (both, 0.0)
    elif u * (2 - both) < 1 - b:
        pair = (1.0, both - 1)
    else:
        pair = (both - 1, 1.0)
    first, second = (float(round(v)) if abs(v - round(v)) < _DONE else v for v in pair)
    return first, second
