"""How a recomputed number is written."""

from __future__ import annotations

import math

__all__ = ["rounded"]


def rounded(value: float | None, decimals: int) -> str:
    """Write a recomputed number; a dash when there is none.

    Examples
    --------
    >>> rounded(2.345, 1), rounded(None, 1), rounded(-0.0001, 1)
    ('2.3', '–', '0.0')
    """
    if value is None or not math.isfinite(value):
        return "–"
    text = f"{value:.{decimals}f}"
    return text.removeprefix("-") if float(text) == 0 else text
