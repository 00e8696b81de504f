"""Shares of one question printed twice, on two bases."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from attitudes.auditing.model import ConventionFinding
from attitudes.auditing.readings import Reading, Report
from attitudes.auditing.rules.repeats import quantities
from attitudes.numerics.printed.exact import Interval, Rounding, printed_interval
from attitudes.numerics.printed.grim import attainable

__all__ = ["base_hypotheses"]

_LARGEST = 400
_UNIT, _NONE, _ALL = Fraction(1, 100), Fraction(0), Fraction(1)
_RULES: tuple[Rounding, ...] = ("half_up", "half_even", "truncate", "unknown")


@dataclass(frozen=True, slots=True)
class _Counts:
    """Whole numbers of people that are both prints, on two bases."""

    people: tuple[int, ...]
    first: int
    second: int


def base_hypotheses(report: Report) -> tuple[ConventionFinding, ...]:
    """Find tables whose shares are another table's, multiplied by one factor.

    Notes
    -----
    Two tables print the same people when counts k and bases n, m exist with k/n printing as the
    one and k/m as the other for every answer that both print. At least two answers must differ.
    """
    pairs: dict[tuple[str, str, str, object], list[tuple[Reading, Reading]]] = {}
    for readings in quantities(report):
        for i, one in enumerate(readings):
            for two in readings[i + 1 :]:
                if one.kind == "share" and one.question and one.table != two.table:
                    key = (one.question, one.table, two.table, one.place)
                    pairs.setdefault(key, []).append((one, two))
    found = []
    for (question, _, _, _), here in pairs.items():
        apart = [p for p in here if not p[0].interval.meets(p[1].interval)]
        differing = [p for p in here if p[0].printed.value != p[1].printed.value]
        if not apart or len(differing) < 2 or not _one_factor(here):
            continue
        counts = _counts(here)
        if counts is not None:
            found.append(_statement(report, question, here, counts))
    return tuple(found)


def _one_factor(pairs: Sequence[tuple[Reading, Reading]]) -> bool:
    """Whether one factor leads from the first print to the second for every answer."""
    factor = Interval(Fraction(0), None)
    for one, two in pairs:
        low, high = one.interval.low, one.interval.high
        if not low or not high or two.interval.low is None or two.interval.high is None:
            return False
        factor = factor.intersect(Interval(two.interval.low / high, two.interval.high / low))
    return not factor.empty and not factor.contains(Fraction(1))


def _counts(pairs: Sequence[tuple[Reading, Reading]]) -> _Counts | None:
    """Return the smallest bases that give both prints, by one rounding rule if there is one."""
    lowest = max(2, math.ceil(100 / max(float(p.printed.value) for p, _ in pairs)))
    for rule in _RULES:
        for total in range(2 * lowest, 2 * _LARGEST):
            for first in range(max(lowest, total - _LARGEST), min(_LARGEST, total - lowest) + 1):
                people = _people(pairs, first, total - first, rule)
                if people:
                    return _Counts(people, first, total - first)
    return None


def _people(
    pairs: Sequence[tuple[Reading, Reading]], first: int, second: int, rule: Rounding
) -> tuple[int, ...]:
    """Return the counts that print as both shares, empty when one does not."""
    if first == second:
        return ()
    people = []
    for pair in pairs:
        options = [
            set(attainable(printed_interval(r.printed, rule).times(_UNIT), n, low=_NONE, high=_ALL))
            for r, n in zip(pair, (first, second), strict=True)
        ]
        shared = options[0] & options[1]
        if not shared:
            return ()
        people.append(min(shared))
    return tuple(people)


def _statement(
    report: Report,
    question: str,
    pairs: Sequence[tuple[Reading, Reading]],
    counts: _Counts,
) -> ConventionFinding:
    one, two = pairs[0]
    listed = ", ".join(str(k) for k in counts.people)
    prints = [
        " and ".join(r.figure.printed.strip() for r in side) for side in zip(*pairs, strict=True)
    ]
    return ConventionFinding(
        id=f"base:{question}:{one.table},{two.table}",
        kind="base",
        tables=(one.table, two.table),
        items=(question,),
        columns=(),
        value=f"{counts.first},{counts.second}",
        status="named",
        explains=len(pairs),
        figures=tuple(dict.fromkeys(r.index for pair in pairs for r in pair)),
        cost=1,
        against=("neither table prints its base",),
        sentence=(
            f"“{report.label(question)}” has another base in {one.table} than in {two.table}: "
            f"{listed} people are {prints[0]} of {counts.first}, and {prints[1]} of "
            f"{counts.second}."
        ),
    )
