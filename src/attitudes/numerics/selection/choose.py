"""Selection methods by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal

import numpy as np

from attitudes.errors import OptionError
from attitudes.numerics.design import FloatArray
from attitudes.numerics.selection.drawbydraw import brewer, tille
from attitudes.numerics.selection.inclusion import expected_selections, inclusion_probabilities
from attitudes.numerics.selection.poisson import max_entropy, poisson, sampford
from attitudes.numerics.selection.result import Selection
from attitudes.numerics.selection.sequential import chromy, pivotal
from attitudes.numerics.selection.spatial import local_pivotal
from attitudes.numerics.selection.systematic import pps_replacement, pps_systematic, simple

__all__ = ["METHODS", "SelectionMethod", "select"]

SelectionMethod = Literal[
    "srs",
    "systematic",
    "pps_systematic",
    "pps_systematic_random",
    "brewer",
    "sampford",
    "poisson",
    "max_entropy",
    "tille",
    "pivotal",
    "pivotal_random",
    "local_pivotal",
    "chromy",
    "pps_replacement",
]
METHODS: tuple[SelectionMethod, ...] = (
    "srs",
    "systematic",
    "pps_systematic",
    "pps_systematic_random",
    "brewer",
    "sampford",
    "poisson",
    "max_entropy",
    "tille",
    "pivotal",
    "pivotal_random",
    "local_pivotal",
    "chromy",
    "pps_replacement",
)

_WITHOUT_REPLACEMENT: dict[str, Callable[[FloatArray, np.random.Generator], Selection]] = {
    "pps_systematic": pps_systematic,
    "pps_systematic_random": partial(pps_systematic, randomised=True),
    "brewer": brewer,
    "sampford": sampford,
    "poisson": poisson,
    "max_entropy": max_entropy,
    "tille": tille,
    "pivotal": partial(pivotal, randomised=False),
    "pivotal_random": pivotal,
}


def select(
    sizes: FloatArray,
    n: int,
    *,
    method: SelectionMethod = "pps_systematic",
    rng: np.random.Generator,
    coordinates: FloatArray | None = None,
) -> Selection:
    """Draw ``n`` units with probability proportional to size.

    Parameters
    ----------
    sizes
        Measure of size, length N; ``"srs"`` and ``"systematic"`` do not look at it.
    n
        Units to draw (expected, for ``"poisson"``).
    method
        Name of the design.
    rng
        Source of randomness.
    coordinates
        N × d, for ``"local_pivotal"``.

    Returns
    -------
    Selection
        Positions drawn, and the inclusion probabilities of the population.

    Raises
    ------
    OptionError
        Unknown method; no coordinates for the spatial one.
    DesignError
        Sizes missing or negative; more units asked for than there are.

    Examples
    --------
    >>> drawn = select(np.array([50.0, 5, 3, 2]), 2, rng=np.random.default_rng(1))
    >>> drawn.certain.tolist()
    [True, False]
    """
    x = np.asarray(sizes, dtype=np.float64)
    if method not in METHODS:
        raise OptionError.unknown("draw, method", "selection method", method, METHODS)
    if method == "pps_replacement":
        return pps_replacement(expected_selections(x, n), rng)
    if method == "chromy":
        return chromy(expected_selections(x, n), rng)
    equal = method in ("srs", "systematic")
    probabilities = inclusion_probabilities(np.ones(len(x)) if equal else x, n)
    if method == "srs":
        return Selection(simple(len(x), n, rng).units, probabilities, "srs")
    if method == "systematic":
        drawn = pps_systematic(probabilities, rng)
        return Selection(drawn.units, probabilities, "systematic")
    if method == "local_pivotal":
        if coordinates is None:
            raise OptionError(
                "draw, coordinates", "none", "columns of places for method 'local_pivotal'"
            )
        return local_pivotal(probabilities, coordinates, rng)
    return _WITHOUT_REPLACEMENT[method](probabilities, rng)
