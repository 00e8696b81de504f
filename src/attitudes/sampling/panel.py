"""Panels: samples of several waves that share units, by permanent random numbers."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from attitudes.errors import DataError, OptionError
from attitudes.numerics.selection.inclusion import inclusion_probabilities
from attitudes.numerics.selection.permanent_random_numbers import (
    pareto,
    poisson_coordinated,
    sequential,
)
from attitudes.sampling.checks import whole
from attitudes.sampling.frame import SamplingFrame

__all__ = ["draw_coordinated", "permanent_numbers"]

CoordinatedMethod = Literal["sequential", "poisson", "pareto"]
METHODS: tuple[CoordinatedMethod, ...] = ("sequential", "poisson", "pareto")


def permanent_numbers(
    units: pd.Series[str], *, previous: pd.Series[float] | None = None, rng: np.random.Generator
) -> pd.Series[float]:
    """Give units their permanent random numbers; those known keep theirs.

    Parameters
    ----------
    units
        Ids of the frame's units, each once.
    previous
        Numbers of an earlier frame, indexed by id.
    rng
        Source of new numbers.

    Returns
    -------
    pandas.Series
        Numbers in [0, 1), indexed by id, in the order of ``units``.

    Raises
    ------
    DataError
        Ids given twice.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> first = permanent_numbers(pd.Series(["a", "b"]), rng=rng)
    >>> later = permanent_numbers(pd.Series(["b", "c"]), previous=first, rng=rng)
    >>> bool(later["b"] == first["b"])
    True
    """
    ids = units.astype(str)
    if ids.duplicated().any():
        raise DataError(
            "permanent numbers, units", f"{ids[ids.duplicated()].iloc[0]!r} twice", "once"
        )
    numbers = pd.Series(np.nan, index=pd.Index(ids.to_numpy(), name="unit"))
    if previous is not None:
        numbers.update(previous)
    fresh = numbers.isna().to_numpy()
    return numbers.mask(fresh, pd.Series(rng.random(len(numbers)), index=numbers.index))


def draw_coordinated(
    frame: SamplingFrame,
    n: int,
    numbers: pd.Series[float],
    *,
    method: CoordinatedMethod = "sequential",
    start: float = 0.0,
) -> pd.DataFrame:
    """Draw a sample that is coordinated with others by permanent random numbers.

    Parameters
    ----------
    frame
        Units, with their ids, and a measure of size for ``"poisson"`` and ``"pareto"``.
    n
        Units to draw (expected, for ``"poisson"``).
    numbers
        As `permanent_numbers` gives them.
    method
        ``"sequential"`` (equal probabilities), ``"poisson"`` or ``"pareto"`` (proportional to
        size; random or fixed number of units).
    start
        Where the circle of numbers is opened: the same start keeps the panel, a later one
        rotates it, one far away gives a separate sample.

    Returns
    -------
    pandas.DataFrame
        Drawn units with ``probability`` and ``base_weight``.

    Raises
    ------
    DataError
        Units without a number; a frame without ids.

    Examples
    --------
    >>> from attitudes.sampling.frame import read_frame
    >>> shops = pd.DataFrame({"shop": [f"s{i}" for i in range(200)]})
    >>> frame = read_frame(shops, unit="shop")
    >>> numbers = permanent_numbers(shops["shop"], rng=np.random.default_rng(2))
    >>> waves = [set(draw_coordinated(frame, 50, numbers, start=s)["shop"]) for s in (0, 0.05, 0.5)]
    >>> len(waves[0] & waves[1]) >= 30, len(waves[0] & waves[2])
    (True, 0)
    """
    if method not in METHODS:
        raise OptionError.unknown("draw_coordinated, method", "method", method, METHODS)
    if frame.unit is None:
        raise DataError("draw_coordinated, frame", "no ids", "a frame read with unit=")
    u = numbers.reindex(frame.units[frame.unit].astype(str)).to_numpy(dtype=np.float64)
    missing = np.isnan(u)
    if missing.any():
        raise DataError(
            "draw_coordinated, numbers",
            f"{int(missing.sum())} units without a number",
            "a number a unit",
            "permanent_numbers(units, previous=numbers) gives new units theirs",
        )
    n = whole("draw_coordinated, n", n, least=1)
    if n > frame.n:
        raise OptionError("draw_coordinated, n", str(n), f"1 to {frame.n}, the units of the frame")
    if method == "sequential":
        drawn = sequential(u, n, start=start)
    else:
        probabilities = inclusion_probabilities(frame.sizes, n)
        chosen = poisson_coordinated if method == "poisson" else pareto
        drawn = chosen(probabilities, u, start=start)
    chance = drawn.probabilities[drawn.units]
    return frame.units.iloc[drawn.units].assign(probability=chance, base_weight=1 / chance)
