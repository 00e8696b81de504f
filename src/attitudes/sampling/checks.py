"""Arguments that cannot be used, refused in one clear line each."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from attitudes.errors import OptionError

__all__ = ["between", "generator", "positive", "whole"]


def whole(where: str, value: Any, *, least: int = 0) -> int:
    """Return a whole number of at least ``least``.

    Raises
    ------
    OptionError
        When it is none.

    Examples
    --------
    >>> whole("draw, n", 3.0)
    3
    """
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or value != int(value) or value < least:
        shown = f"{value:g}" if number else repr(value)
        raise OptionError(where, shown, f"a whole number of {least} or more")
    return int(value)


def between(where: str, value: Any, low: float = 0.0, high: float = 1.0) -> float:
    """Return a number strictly between two others.

    Raises
    ------
    OptionError
        When it is none.
    """
    if not isinstance(value, int | float | np.number) or not low < value < high:
        shown = f"{value:g}" if isinstance(value, int | float | np.number) else repr(value)
        raise OptionError(where, shown, f"a number above {low:g} and below {high:g}")
    return float(value)


def positive(where: str, value: Any) -> float:
    """Return a number above 0.

    Raises
    ------
    OptionError
        When it is none.
    """
    if not isinstance(value, int | float | np.number) or not value > 0:
        shown = f"{value:g}" if isinstance(value, int | float | np.number) else repr(value)
        raise OptionError(where, shown, "a number above 0")
    return float(value)


def generator(where: str, rng: Any) -> np.random.Generator:
    """Return the source of randomness.

    Raises
    ------
    OptionError
        When it is no `numpy.random.Generator`.
    """
    if not isinstance(rng, np.random.Generator):
        raise OptionError(
            where,
            f"{type(rng).__name__}",
            "a numpy.random.Generator",
            "for example rng=numpy.random.default_rng(1)",
        )
    return rng
