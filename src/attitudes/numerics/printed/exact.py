"""Printed numbers as exact intervals: which values can stand behind a string of digits."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from attitudes.errors import FigureError

__all__ = [
    "ROUNDINGS",
    "Interval",
    "Printed",
    "Rounding",
    "decimal_text",
    "hull",
    "integers_in",
    "printed_interval",
    "read_printed",
    "round_exact",
]

Rounding = Literal["half_up", "half_even", "truncate", "unknown"]
ROUNDINGS: tuple[Rounding, ...] = ("half_up", "half_even", "truncate", "unknown")

_GROUPED = re.compile(r"\d{1,3}(?:[, \u00a0\u202f']\d{3})+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?|[.,]\d+")


@dataclass(frozen=True, slots=True)
class Interval:
    """A set of reals between two exact ends, each open or closed.

    Attributes
    ----------
    low, high
        Ends; None stands for no bound.
    low_closed, high_closed
        Whether the end itself belongs to the interval.

    Examples
    --------
    >>> Interval(Fraction(1), Fraction(2)).contains(Fraction(2))
    True
    >>> Interval(Fraction(1), Fraction(2), high_closed=False).contains(Fraction(2))
    False
    """

    low: Fraction | None = None
    high: Fraction | None = None
    low_closed: bool = True
    high_closed: bool = True

    @property
    def empty(self) -> bool:
        """Whether no number lies in it."""
        if self.low is None or self.high is None:
            return False
        if self.low == self.high:
            return not (self.low_closed and self.high_closed)
        return self.low > self.high

    def contains(self, value: Fraction | int) -> bool:
        """Whether ``value`` lies in it."""
        if self.low is not None and (
            value < self.low or (value == self.low and not self.low_closed)
        ):
            return False
        return self.high is None or not (
            value > self.high or (value == self.high and not self.high_closed)
        )

    def intersect(self, other: Interval) -> Interval:
        """Return the numbers that lie in both."""
        low, low_closed = self.low, self.low_closed
        if other.low is not None and (low is None or other.low >= low):
            low_closed = other.low_closed and (low_closed if other.low == low else True)
            low = other.low
        high, high_closed = self.high, self.high_closed
        if other.high is not None and (high is None or other.high <= high):
            high_closed = other.high_closed and (high_closed if other.high == high else True)
            high = other.high
        return Interval(low, high, low_closed, high_closed)

    def meets(self, other: Interval) -> bool:
        """Whether some number lies in both."""
        return not self.intersect(other).empty

    def plus(self, other: Interval) -> Interval:
        """Return the sums of a number of each."""
        low = None if self.low is None or other.low is None else self.low + other.low
        high = None if self.high is None or other.high is None else self.high + other.high
        return Interval(
            low,
            high,
            self.low_closed and other.low_closed,
            self.high_closed and other.high_closed,
        )

    def times(self, factor: Fraction | int) -> Interval:
        """Return its numbers multiplied by ``factor``; a negative factor turns it round."""
        if factor == 0:
            return Interval(Fraction(0), Fraction(0))
        low = None if self.low is None else self.low * factor
        high = None if self.high is None else self.high * factor
        if factor > 0:
            return Interval(low, high, self.low_closed, self.high_closed)
        return Interval(high, low, self.high_closed, self.low_closed)

    def shift(self, by: Fraction | int) -> Interval:
        """Return its numbers plus ``by``."""
        return self.plus(Interval(Fraction(by), Fraction(by)))

    def __str__(self) -> str:
        left = "[" if self.low_closed and self.low is not None else "("
        right = "]" if self.high_closed and self.high is not None else ")"
        low = "−∞" if self.low is None else decimal_text(self.low)
        high = "∞" if self.high is None else decimal_text(self.high)
        return f"{left}{low}, {high}{right}"


def hull(first: Interval, *others: Interval) -> Interval:
    """Return the smallest interval that holds all the given ones.

    Examples
    --------
    >>> print(hull(Interval(Fraction(0), Fraction(1)), Interval(Fraction(3), Fraction(4))))
    [0, 4]
    """
    result = first
    for other in others:
        low, low_closed = result.low, result.low_closed
        if low is not None and (other.low is None or other.low <= low):
            low_closed = other.low_closed or (low_closed and other.low == low)
            low = other.low
        high, high_closed = result.high, result.high_closed
        if high is not None and (other.high is None or other.high >= high):
            high_closed = other.high_closed or (high_closed and other.high == high)
            high = other.high
        result = Interval(low, high, low_closed, high_closed)
    return result


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as it was printed.

    Attributes
    ----------
    text
        The string.
    value
        What its digits say.
    decimals
        How many digits stand after the decimal sign.
    """

    text: str
    value: Fraction
    decimals: int

    @property
    def unit(self) -> Fraction:
        """One unit of the last printed place."""
        return Fraction(1, 10**self.decimals)


def read_printed(text: str, *, whole: bool = False) -> Printed:
    """Read a printed number; its decimals come from the string.

    Parameters
    ----------
    text
        As printed: ``2.10``, ``2,4``, ``54.4%``, ``3,944,375``.
    whole
        Whether the number is a count, so that ``1,001`` is a thousand and one. A comma in any
        other number with one comma is a decimal comma.

    Raises
    ------
    FigureError
        When the text holds no number.

    Examples
    --------
    >>> read_printed("2.10")
    Printed(text='2.10', value=Fraction(21, 10), decimals=2)
    >>> read_printed("1,001", whole=True).value
    Fraction(1001, 1)
    >>> read_printed("2,4%").decimals
    1
    """
    body = text.strip().removesuffix("%").strip().replace("−", "-")
    sign = -1 if body.startswith("-") else 1
    body = body.removeprefix("-").removeprefix("+").strip()
    grouped = _GROUPED.fullmatch(body)
    if grouped and (whole or len(re.findall(r"[, \u00a0\u202f']", body)) > 1):
        body = re.sub(r"[^\d]", "", body)
    if not _NUMBER.fullmatch(body):
        raise FigureError("a printed figure", repr(text), "a number such as 2.10, 2,4 or 54.4%")
    head, _, tail = body.replace(",", ".").partition(".")
    value = Fraction(int((head or "0") + tail), 10 ** len(tail))
    return Printed(text, sign * value, len(tail))


def printed_interval(printed: Printed, rounding: Rounding = "unknown") -> Interval:
    """Return the values that print as ``printed`` under a rounding rule.

    Parameters
    ----------
    printed
        The number read.
    rounding
        ``half_up`` (halves away from zero), ``half_even`` (halves to the even digit),
        ``truncate`` (digits cut off), ``unknown`` (any of the three).

    Notes
    -----
    With v printed and u one unit of its last place, v > 0: half-up gives [v − u/2, v + u/2),
    half-even closes both ends when the last digit is even and opens both when it is odd,
    truncation gives [v, v + u), unknown [v − u/2, v + u). Negative numbers mirror these.

    Examples
    --------
    >>> print(printed_interval(read_printed("2.4"), "half_up"))
    [2.35, 2.45)
    >>> print(printed_interval(read_printed("2.4"), "half_even"))
    [2.35, 2.45]
    >>> print(printed_interval(read_printed("2.4"), "unknown"))
    [2.35, 2.5)
    """
    if printed.value < 0:
        mirrored = Printed(printed.text, -printed.value, printed.decimals)
        return printed_interval(mirrored, rounding).times(-1)
    value, unit = printed.value, printed.unit
    below, above = value - unit / 2, value + unit / 2
    zero = value == 0
    if rounding == "half_up":
        return Interval(below, above, not zero, False)
    if rounding == "half_even":
        even = (value / unit) % 2 == 0
        return Interval(below, above, even, even)
    if rounding == "truncate":
        return Interval(-unit if zero else value, value + unit, not zero, False)
    return Interval(-unit if zero else below, value + unit, not zero, False)


def round_exact(value: Fraction, decimals: int, rounding: Rounding) -> Fraction:
    """Round an exact number.

    Raises
    ------
    FigureError
        For ``unknown``, which is not a rule to round by.

    Examples
    --------
    >>> round_exact(Fraction(5, 2), 0, "half_even"), round_exact(Fraction(5, 2), 0, "half_up")
    (Fraction(2, 1), Fraction(3, 1))
    """
    scaled = abs(value) * 10**decimals
    if rounding == "half_up":
        digits = math.floor(scaled + Fraction(1, 2))
    elif rounding == "half_even":
        digits = round(scaled)
    elif rounding == "truncate":
        digits = math.floor(scaled)
    else:
        raise FigureError("rounding", repr(rounding), "half_up, half_even or truncate")
    return Fraction(digits if value >= 0 else -digits, 10**decimals)


def integers_in(interval: Interval) -> range:
    """Return the whole numbers of a bounded interval.

    Examples
    --------
    >>> list(integers_in(Interval(Fraction(1), Fraction(3), high_closed=False)))
    [1, 2]
    """
    if interval.low is None or interval.high is None:
        raise FigureError("interval", str(interval), "an interval with two ends")
    first = math.ceil(interval.low)
    if not interval.low_closed and first == interval.low:
        first += 1
    last = math.floor(interval.high)
    if not interval.high_closed and last == interval.high:
        last -= 1
    return range(first, last + 1)


def decimal_text(value: Fraction, places: int = 3) -> str:
    """Write an exact number as a decimal: exact when it is short, else to ``places``.

    Examples
    --------
    >>> decimal_text(Fraction(9, 4)), decimal_text(Fraction(1, 3))
    ('2.25', '0.333')
    """
    rounded = round_exact(value, places, "half_up")
    for digits in range(places + 1):
        if (rounded * 10**digits).denominator == 1:
            return f"{float(rounded):.{digits}f}"
    return f"{float(rounded):.{places}f}"
