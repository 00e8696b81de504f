"""From a published mean to the mean of the answers on the proper scale."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from fractions import Fraction

from attitudes.auditing.pooled import spread
from attitudes.auditing.questions import Coding
from attitudes.auditing.readings import Answers, Reading, Report
from attitudes.numerics.printed.exact import Interval, hull

__all__ = ["non_answer_shares", "proper_mean"]

_MOST = Fraction(2, 5)
Codings = Mapping[tuple[str, str, str], Coding]


def _answered(interval: Interval, answers: Answers, coding: Coding) -> Interval:
    """Return a published mean turned back to the scale as answered."""
    numbers = {a: v for a, v in answers.values.items() if v is not None}
    first = min(numbers, key=lambda a: numbers[a])
    last = max(numbers, key=lambda a: numbers[a])
    if coding.values[last] > coding.values[first]:
        return interval.shift(numbers[first] - coding.values[first])
    return interval.times(-1).shift(numbers[first] + coding.values[first])


def _none(answers: Answers, coding: Coding) -> Fraction | None:
    """Return the number of non-answers on the scale as answered."""
    if coding.none is None:
        return None
    point = Interval(coding.none, coding.none)
    return _answered(point, answers, coding).low


def _without(interval: Interval, code: Fraction, share: Fraction) -> Interval:
    """Return the mean of the substantive answers, given a share of others counted as ``code``."""
    return interval.shift(-share * code).times(1 / (1 - share))


def proper_mean(
    interval: Interval,
    answers: Answers,
    coding: Coding,
    shares: Sequence[Fraction] = (Fraction(0),),
) -> Interval:
    """Return what a published mean says on the proper scale, kept within its ends.

    Parameters
    ----------
    interval
        Values behind the printed mean.
    answers
        The question; items keyed ``-`` are turned as (lowest + highest) − x.
    coding
        How its answers were coded.
    shares
        Smallest and largest share of non-substantive answers that were averaged in.
    """
    assert answers.low is not None
    assert answers.high is not None
    answered = _answered(interval, answers, coding)
    code = _none(answers, coding)
    if code is not None:
        first, *others = (_without(answered, code, share) for share in shares)
        answered = hull(first, *others)
    if answers.keying == "-":
        answered = answered.times(-1).shift(answers.low + answers.high)
    kept = answered.intersect(Interval(answers.low, answers.high))
    if not kept.empty or code is None:
        return kept
    # So many non-answers cannot be in this group: its mean is then at most the end of the scale.
    end = answers.high if answered.low is not None and answered.low > answers.high else answers.low
    return Interval(end, end)


def non_answer_shares(report: Report, codings: Codings) -> dict[tuple[str, str], Fraction]:
    """Return (question, table) → largest share of non-answers that the other tables imply.

    Notes
    -----
    A table with non-answers averaged in as v shows (1 − d) m + d v, where the others show m: d is
    at most what the ends of both pooled values allow. Questions that no other table prints take
    the median of those that one does.
    """
    rows = _rows(report, codings)
    found: dict[tuple[str, str], Fraction] = {}
    open_ones: list[tuple[str, str]] = []
    for (question, table), (pooled, code) in rows.items():
        if code is None:
            continue
        others = [
            p for (q, t), (p, c) in rows.items() if q == question and t != table and c is None
        ]
        shares = [s for o in others if (s := _share(pooled, o, code)) is not None]
        if shares:
            found[question, table] = max(shares)
        else:
            open_ones.append((question, table))
    if found:
        middle = statistics.median(found.values())
        found |= dict.fromkeys(open_ones, Fraction(middle))
    return found


def _rows(
    report: Report, codings: Codings
) -> dict[tuple[str, str], tuple[Interval, Fraction | None]]:
    """Return (question, table) → pooled mean as answered, and the code of non-answers."""
    cells: dict[tuple[str, str], list[tuple[Reading, Coding]]] = {}
    for r in report.readings:
        coding = codings.get((r.question, r.table, r.figure.column))
        if r.kind == "mean" and len(r.groups) == 1 and coding is not None and coding.values:
            cells.setdefault((r.question, r.table), []).append((r, coding))
    found = {}
    for (question, table), row in cells.items():
        answers = report.answers[question]
        readings = [r for r, _ in row]
        if {r.groups[0] for r in readings} != set(report.groups[readings[0].breakdown]):
            continue
        values = [_answered(r.interval, answers, c) for r, c in row]
        code = _none(answers, row[0][1])
        found[question, table] = (spread(values, _weights(report, readings)), code)
    return found


def _weights(report: Report, readings: Sequence[Reading]) -> list[Interval]:
    bases = [report.bases.get((r.breakdown, r.groups[0])) for r in readings]
    known = [b for b in bases if b is not None]
    if len(known) < len(bases):
        return [Interval(Fraction(1), Fraction(1))] * len(bases)
    return [Interval(Fraction(b.low), Fraction(b.high)) for b in known]


def _share(mixed: Interval, pure: Interval, code: Fraction) -> Fraction | None:
    """Return the largest d with (1 − d) m + d·code = p, m and p in their intervals."""
    ends = [
        (p - m) / (code - m)
        for p in (mixed.low, mixed.high)
        for m in (pure.low, pure.high)
        if p is not None and m is not None and m != code
    ]
    return min(max(max(ends), Fraction(0)), _MOST) if ends else None
