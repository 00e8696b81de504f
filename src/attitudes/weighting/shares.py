"""Shares of a population turned into totals."""

from __future__ import annotations

from collections.abc import Sequence

from attitudes.errors import AttitudesError, OptionError, raise_all
from attitudes.numerics.design import FloatArray
from attitudes.weighting.margins import Margin

__all__ = ["to_counts"]

_ROUNDING = 0.005


def to_counts(
    margins: Sequence[Margin],
    weights: FloatArray,
    shares: bool,
    population: float | None,
    verb: str,
) -> tuple[Margin, ...]:
    """Return margins of totals; shares are scaled to ``population`` or to the sum of weights.

    Shares may miss 1 (or 100) by half a percent, as rounded ones do.

    Raises
    ------
    OptionError
        Shares that do not add up; a population without shares, or not positive.
    """
    if not shares:
        if population is not None:
            raise OptionError(
                f"{verb}, population",
                f"{population:g} beside totals",
                "shares=True, or no population",
            )
        return tuple(margins)
    size = float(weights.sum()) if population is None else float(population)
    if not size > 0:
        raise OptionError(f"{verb}, population", f"{size:g}", "a positive number")
    failures: list[AttitudesError] = [
        OptionError(
            f"{verb}, totals of {margin.name}",
            f"shares that add up to {margin.sum:g}",
            "shares that add up to 1 or 100",
        )
        for margin in margins
        if min(abs(margin.sum - 1), abs(margin.sum / 100 - 1)) > _ROUNDING
    ]
    raise_all(failures)
    return tuple(margin.scaled(size / margin.sum) for margin in margins)
