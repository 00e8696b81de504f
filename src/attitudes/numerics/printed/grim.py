"""Whole answers behind printed means, percentages and standard deviations.

A mean of n whole numbers is a fraction with denominator n; a percentage of n people likewise.
So a printed value and a printed n can exclude each other. All decisions are made in integers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from attitudes.errors import OptionError
from attitudes.numerics.printed.exact import (
    Interval,
    Rounding,
    integers_in,
    printed_interval,
    read_printed,
)

__all__ = [
    "GrimResult",
    "attainable",
    "debit",
    "grim",
    "grimmer",
    "nearest_base",
    "smallest_base",
    "workable_bases",
]


@dataclass(frozen=True, slots=True)
class GrimResult:
    """Whether a printed value can come from n whole answers.

    Attributes
    ----------
    consistent
        Whether some whole total gives the printed value.
    totals
        The whole totals (sums of answers, or counts of people) that give it.
    n
        The base it was tried with.
    nearest
        The base nearest to n that works, None when none does up to the limit.
    """

    consistent: bool
    totals: tuple[int, ...]
    n: int
    nearest: int | None


def attainable(values: Interval, n: int, *, low: Fraction, high: Fraction) -> range:
    """Return the whole totals k with k/n in ``values`` and low ≤ k/n ≤ high.

    Examples
    --------
    >>> list(attainable(Interval(Fraction("0.415"), Fraction("0.425")), 86, low=Fraction(0),
    ...                 high=Fraction(1)))
    [36]
    """
    return integers_in(values.intersect(Interval(low, high)).times(n))


def nearest_base(
    values: Sequence[Interval], n: int, *, low: Fraction, high: Fraction, limit: int | None = None
) -> int | None:
    """Return the base nearest to ``n`` under which every value can be attained.

    Parameters
    ----------
    values
        Intervals of means or of shares (0 to 1), all on the same base.
    n
        Where to start; of two equally near the smaller is taken.
    low, high
        Ends of the scale of one answer (0 and 1 for shares).
    limit
        Largest base tried; default 2 n + 100.
    """
    top = 2 * n + 100 if limit is None else limit
    for step in range(max(n, top - n) + 1):
        for base in (n - step, n + step):
            if 1 <= base <= top and all(attainable(v, base, low=low, high=high) for v in values):
                return base
    return None


def grim(
    printed: str,
    n: int,
    *,
    percent: bool = False,
    items: int = 1,
    low: int = 0,
    high: int | None = None,
    rounding: Rounding = "unknown",
) -> GrimResult:
    """Hold a printed mean or percentage against its base.

    Parameters
    ----------
    printed
        The mean or percentage as printed.
    n
        Number of respondents behind it.
    percent
        Whether it is a percentage.
    items
        Items averaged in each respondent's score (means only).
    low, high
        Ends of the response scale (means only); no upper end by default.
    rounding
        Rounding rule.

    References
    ----------
    Brown, N. J. L., Heathers, J. A. J. (2017). The GRIM test. Social Psychological and
    Personality Science 8(4).

    Examples
    --------
    >>> grim("59.3", 45, percent=True)
    GrimResult(consistent=False, totals=(), n=45, nearest=54)
    >>> grim("3.48", 25).totals
    (87,)
    """
    if n < 1 or items < 1:
        raise OptionError("grim", f"n = {n}, items = {items}", "whole numbers of at least 1")
    interval = printed_interval(read_printed(printed), rounding)
    if percent:
        interval, floor, ceiling = interval.times(Fraction(1, 100)), Fraction(0), Fraction(1)
    else:
        floor = Fraction(low)
        ceiling = Fraction(high) if high is not None else _above(interval)
    grain = n * items
    totals = attainable(interval, grain, low=floor, high=ceiling)
    nearest = n if totals else None
    if not totals:
        by_item = [interval] if items == 1 else [interval.times(items)]
        nearest = nearest_base(by_item, n, low=floor * items, high=ceiling * items)
    return GrimResult(bool(totals), tuple(totals), n, nearest)


def _above(interval: Interval) -> Fraction:
    assert interval.high is not None
    return max(interval.high, Fraction(0)) + 1


def workable_bases(
    shares: Sequence[Interval], *, largest: int, exclusive: bool = False, exhaustive: bool = False
) -> tuple[int, ...]:
    """Return the bases under which all printed shares of one group can arise together.

    Parameters
    ----------
    shares
        Intervals of shares (0 to 1) of one group, on one base.
    largest
        Largest base tried.
    exclusive
        Whether a respondent counts in one share at most, so that counts sum to n at most.
    exhaustive
        Whether every respondent counts in one share, so that counts sum to n.

    Examples
    --------
    >>> from attitudes.numerics.printed.exact import printed_interval, read_printed
    >>> parts = [printed_interval(read_printed(p), "half_up").times(Fraction(1, 100))
    ...          for p in ("55.8", "26.9")]
    >>> workable_bases(parts, largest=60)
    (52,)
    """
    bases = []
    for n in range(1, largest + 1):
        low_total = high_total = 0
        for share in shares:
            counts = attainable(share, n, low=Fraction(0), high=Fraction(1))
            if not counts:
                break
            low_total += counts[0]
            high_total += counts[-1]
        else:
            too_many = (exclusive or exhaustive) and low_total > n
            too_few = exhaustive and high_total < n
            if not too_many and not too_few:
                bases.append(n)
    return tuple(bases)


def _spread(n: int, total: int, low: int, high: int) -> tuple[int, int]:
    """Return the smallest and largest sum of squares of n integers with a given sum."""
    each, rest = divmod(total, n)
    least = (n - rest) * each**2 + rest * (each + 1) ** 2
    if high == low:
        return least, least
    tops, over = divmod(total - n * low, high - low)
    most = tops * high**2 + (n - tops) * low**2
    if over:
        most += (low + over) ** 2 - low**2
    return least, most


def grimmer(
    mean: str,
    sd: str,
    n: int,
    *,
    low: int,
    high: int,
    ddof: int = 1,
    rounding: Rounding = "unknown",
) -> bool:
    """Whether a printed mean and standard deviation can come from n whole answers on a scale.

    Notes
    -----
    With S the sum and Q the sum of squares, S and Q are whole, Q ≡ S (mod 2), Q lies between
    the most even and the most extreme spread of S over the scale, and
    sd² = (Q − S²/n)/(n − ddof) must lie in the square of the printed interval. These are
    necessary conditions: False is a proof.

    References
    ----------
    Anaya, J. (2016). The GRIMMER test. PeerJ Preprints 4:e2400v1.
    Allard, A. (2018). Analytic-GRIMMER.

    Examples
    --------
    >>> grimmer("3.00", "1.58", 5, low=1, high=5), grimmer("3.00", "1.60", 5, low=1, high=5)
    (True, False)
    """
    if n <= ddof:
        raise OptionError("n", str(n), f"more than {ddof}")
    means = printed_interval(read_printed(mean), rounding)
    sds = printed_interval(read_printed(sd), rounding).intersect(Interval(Fraction(0), None))
    if sds.empty or sds.low is None or sds.high is None:
        return False
    for total in attainable(means, n, low=Fraction(low), high=Fraction(high)):
        least, most = _spread(n, total, low, high)
        base = Fraction(total * total, n)
        squares = Interval(
            sds.low**2 * (n - ddof) + base,
            sds.high**2 * (n - ddof) + base,
            sds.low_closed,
            sds.high_closed,
        ).intersect(Interval(Fraction(least), Fraction(most)))
        if not squares.empty and any((q - total) % 2 == 0 for q in integers_in(squares)):
            return True
    return False


def debit(mean: str, sd: str, n: int, *, ddof: int = 1, rounding: Rounding = "unknown") -> bool:
    """Whether a printed share (0 to 1) and standard deviation of a yes/no answer fit n.

    Notes
    -----
    For k ones of n, sd² = k (n − k) / (n (n − ddof)).

    References
    ----------
    Heathers, J. A. J., Brown, N. J. L. (2019). DEBIT: a simple consistency test for binary data.

    Examples
    --------
    >>> debit("0.36", "0.49", 25), debit("0.36", "0.45", 25)
    (True, False)
    """
    if n <= ddof:
        raise OptionError("n", str(n), f"more than {ddof}")
    means = printed_interval(read_printed(mean), rounding)
    sds = printed_interval(read_printed(sd), rounding).intersect(Interval(Fraction(0), None))
    if sds.empty or sds.low is None or sds.high is None:
        return False
    squares = Interval(sds.low**2, sds.high**2, sds.low_closed, sds.high_closed)
    return any(
        squares.contains(Fraction(k * (n - k), n * (n - ddof)))
        for k in attainable(means, n, low=Fraction(0), high=Fraction(1))
    )


def smallest_base(decimals: int, *, percent: bool) -> int:
    """Return the base from which on every printed value can be attained.

    Examples
    --------
    >>> smallest_base(1, percent=True), smallest_base(2, percent=False)
    (1000, 100)
    """
    return int(10**decimals) * (100 if percent else 1)
