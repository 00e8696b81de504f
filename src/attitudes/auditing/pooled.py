"""The interval in which the mean of all respondents lies, given the means of the groups."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from attitudes.auditing.readings import Reading, Report
from attitudes.numerics.printed.exact import Interval

__all__ = ["Pool", "apart", "pool", "pool_words", "price_of", "spread"]


@dataclass(frozen=True, slots=True)
class Pool:
    """What the groups of one breakdown allow for all respondents together.

    Attributes
    ----------
    interval
        Pooled value.
    smallest, largest
        Ends of the smallest and largest group.
    complete
        Whether every group of the breakdown is printed.
    sized
        Whether every group has a base.
    """

    interval: Interval
    smallest: Fraction
    largest: Fraction
    complete: bool
    sized: bool


def _extreme(values: Sequence[tuple[Fraction, Fraction, Fraction]], *, largest: bool) -> Fraction:
    """Return the extreme weighted mean of (value, least weight, greatest weight)."""
    ordered = sorted(values, key=lambda v: v[0], reverse=largest)
    best: Fraction | None = None
    for cut in range(len(ordered) + 1):
        weights = [v[2] if i < cut else v[1] for i, v in enumerate(ordered)]
        total = sum(weights, Fraction(0))
        if total == 0:
            continue
        mean = sum((w * v[0] for w, v in zip(weights, ordered, strict=True)), Fraction(0)) / total
        if best is None or (mean > best if largest else mean < best):
            best = mean
    assert best is not None
    return best


def spread(values: Sequence[Interval], weights: Sequence[Interval]) -> Interval:
    """Return between which numbers a weighted mean lies, given ends of values and of weights."""
    at_low, at_high = [], []
    for value, weight in zip(values, weights, strict=True):
        assert value.low is not None
        assert value.high is not None
        assert weight.low is not None
        assert weight.high is not None
        at_low.append((value.low, weight.low, weight.high))
        at_high.append((value.high, weight.low, weight.high))
    return Interval(_extreme(at_low, largest=False), _extreme(at_high, largest=True))


def pool(
    report: Report,
    readings: Sequence[Reading],
    *,
    floor: Fraction = Fraction(1),
    ceiling: Fraction = Fraction(1),
) -> Pool | None:
    """Pool the printed values of the groups of one breakdown.

    Parameters
    ----------
    report
        Bases of the groups.
    readings
        One figure a group, all of one breakdown; shares in percent or means.
    floor, ceiling
        Parts of its printed base with which a group may count.

    Returns
    -------
    Pool or None
        None when there is no group.
    """
    groups = {r.groups[0]: r for r in readings if len(r.groups) == 1}
    if not groups:
        return None
    breakdown = next(iter(groups.values())).breakdown
    lows = [r.interval.low for r in groups.values() if r.interval.low is not None]
    highs = [r.interval.high for r in groups.values() if r.interval.high is not None]
    complete = set(groups) == set(report.groups[breakdown])
    bases = {g: report.bases.get((breakdown, g)) for g in groups}
    sized = complete and all(b is not None for b in bases.values())
    smallest, largest = min(lows), max(highs)
    if not complete:
        return Pool(Interval(), smallest, largest, False, False)
    if not sized or floor == 0:
        return Pool(Interval(smallest, largest), smallest, largest, True, sized)
    known = [b for b in bases.values() if b is not None]
    weights = [Interval(b.low * floor, b.high * ceiling) for b in known]
    between = spread([r.interval for r in groups.values()], weights)
    return Pool(between, smallest, largest, True, True)


def price_of(
    report: Report, first: Sequence[Reading], second: Sequence[Reading], steps: int = 100
) -> Fraction | None:
    """Return the largest part of their bases, at least counted in, under which two rows agree.

    Returns
    -------
    Fraction or None
        A multiple of 1/``steps``; None when no response rate reconciles them.
    """
    low, high = 0, steps

    def agree(part: int) -> bool:
        floor = Fraction(part, steps)
        one, two = (pool(report, rows, floor=floor) for rows in (first, second))
        return one is not None and two is not None and one.interval.meets(two.interval)

    if not agree(0):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if agree(middle) else (low, middle)
    return Fraction(high if agree(high) else low, steps)


def pool_words(report: Report, readings: Sequence[Reading]) -> str:
    """Return the pooled value's arithmetic, with every group's printed value and base.

    Empty when a group or its base is not printed.
    """
    parts, total = [], 0
    for r in readings:
        if len(r.groups) != 1:
            continue
        base = report.bases.get((r.breakdown, r.groups[0]))
        if base is None:
            return ""
        parts.append(f"{base.printed} × {r.figure.printed.strip()}")
        total += base.printed
    found = pool(report, readings)
    if found is None or not found.sized:
        return ""
    return f"({' + '.join(parts)}) / {total}"


def apart(below: Fraction, above: Fraction) -> tuple[str, str]:
    """Return two bounds as text, rounded outwards, with as many decimals as keep them apart.

    Examples
    --------
    >>> apart(Fraction("2.1449"), Fraction("2.5746"))
    ('2.15', '2.57')
    >>> apart(Fraction("2.1441"), Fraction("2.1449"))
    ('2.1441', '2.1449')
    """
    for places in range(2, 8):
        scale = 10**places
        low, high = math.ceil(below * scale), math.floor(above * scale)
        if low < high:
            break
    return f"{low / scale:.{places}f}", f"{high / scale:.{places}f}"
