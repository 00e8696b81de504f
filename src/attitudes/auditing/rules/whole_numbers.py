"""Which whole numbers of people, or sums of answers, print as a figure does."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from attitudes.auditing.readings import Reading, Report
from attitudes.numerics.printed.exact import Interval, Rounding, printed_interval
from attitudes.numerics.printed.grim import attainable

__all__ = ["around", "fits", "no_integer", "no_spread", "rounded", "share_interval"]

_UNIT = Fraction(1, 100)
_ROUNDED: tuple[Rounding, ...] = ("half_up", "half_even")


def share_interval(reading: Reading) -> Interval:
    """Return the share (0 to 1) that a percentage prints."""
    return reading.interval.times(_UNIT)


def no_integer(reading: Reading, base: int, rounding: str) -> dict[str, Any]:
    """Return the certificate that no whole number over ``base`` prints as the figure does."""
    return {
        "kind": "no_integer",
        "rounding": rounding,
        "figure": reading.index,
        "printed": reading.figure.printed,
        "percent": reading.kind == "share",
        "base": base,
    }


def no_spread(report: Report, reading: Reading, rounding: str) -> dict[str, Any]:
    """Return the certificate that no answers have a printed mean and standard deviation."""
    answers = report.answers[reading.question]
    assert answers.low is not None
    assert answers.high is not None
    return {
        "kind": "no_spread",
        "rounding": rounding,
        "figure": reading.index,
        "printed": reading.figure.printed,
        "sd": reading.sd,
        "base": reading.base,
        "low": int(answers.low),
        "high": int(answers.high),
    }


def fits(reading: Reading, n: int) -> bool:
    if reading.kind == "share":
        return bool(attainable(share_interval(reading), n, low=Fraction(0), high=Fraction(1)))
    interval = reading.interval
    assert interval.low is not None
    assert interval.high is not None
    return bool(attainable(interval, n, low=interval.low - 1, high=interval.high + 1))


def around(reading: Reading, n: int) -> str:
    """Say which whole numbers come nearest."""
    unit = 100 if reading.kind == "share" else 1
    sign = " %" if reading.kind == "share" else ""
    digits = reading.printed.decimals + 1
    below = math.floor(reading.printed.value * n / unit)
    values = [
        f"{k}/{n} = {float(Fraction(k * unit, n)):.{digits}f}{sign}" for k in (below, below + 1)
    ]
    return " and ".join(values)


def rounded(reading: Reading, n: int) -> bool:
    """Whether a share of n people rounds to the print, halves either way."""
    ends = [printed_interval(reading.printed, rule).times(_UNIT) for rule in _ROUNDED]
    return any(attainable(e, n, low=Fraction(0), high=Fraction(1)) for e in ends)
