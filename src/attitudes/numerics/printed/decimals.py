"""Printing exact numbers: rounding rules decided without floating point."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

__all__ = ["RoundingRule", "print_fraction"]

RoundingRule = Literal["half_up", "half_even", "truncate"]


def print_fraction(value: Fraction, decimals: int, rule: RoundingRule = "half_up") -> str:
    """Return a number as printed with a fixed number of decimals.

    Parameters
    ----------
    value
        Exact number.
    decimals
        Digits after the point.
    rule
        ``"half_up"`` (halves away from zero), ``"half_even"``, or ``"truncate"`` (towards zero).

    Examples
    --------
    >>> [print_fraction(Fraction(595, 200), 2, rule) for rule in ("half_up", "half_even")]
    ['2.98', '2.98']
    >>> [print_fraction(Fraction(5, 2), 0, rule) for rule in ("half_up", "half_even", "truncate")]
    ['3', '2', '2']
    """
    scaled = abs(value) * 10**decimals
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    twice = 2 * rest
    if rule != "truncate" and (
        twice > scaled.denominator
        or (twice == scaled.denominator and (rule == "half_up" or whole % 2 == 1))
    ):
        whole += 1
    sign = "-" if value < 0 and whole else ""
    digits = str(whole).rjust(decimals + 1, "0")
    if decimals == 0:
        return sign + digits
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}"
