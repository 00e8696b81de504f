"""Printed totals with the figures they are made of, and the rules that may form them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from attitudes.auditing.conditions import Conditions
from attitudes.auditing.model import Assumptions
from attitudes.auditing.proofs import Proof, prove
from attitudes.auditing.readings import Reading, Report
from attitudes.numerics.printed.exact import Interval, Rounding, printed_interval

__all__ = [
    "TOTAL_RULES",
    "Line",
    "column_lines",
    "exact_fit",
    "explains",
    "loose_fit",
    "no_rule_proof",
    "row_lines",
    "weights_of",
    "weights_proof",
]

TOTAL_RULES = {
    "mean_of_groups": "the plain mean of the groups",
    "pooled": "the groups weighted by their numbers of respondents",
    "weighted": "the groups weighted by their population",
}
_STRAY = 0.05


@dataclass(frozen=True, slots=True)
class Line:
    """A printed total and the figures it is made of."""

    total: Reading
    parts: tuple[Reading, ...]

    @property
    def figures(self) -> tuple[int, ...]:
        """Positions of the parts, then of the total."""
        return (*(p.index for p in self.parts), self.total.index)


def column_lines(report: Report) -> list[Line]:
    """Return the rows of tables by group that print every group and a total."""
    rows: dict[tuple[str, str, str, str], list[Reading]] = {}
    for r in report.readings:
        if r.kind in ("mean", "share") and r.question and r.known:
            rows.setdefault((r.table, r.question, r.kind, r.box), []).append(r)
    lines = []
    for readings in rows.values():
        totals = [r for r in readings if r.total]
        if len(totals) != 1:
            continue
        for breakdown in dict.fromkeys(r.breakdown for r in readings if len(r.groups) == 1):
            groups = {
                r.groups[0]: r for r in readings if r.breakdown == breakdown and len(r.groups) == 1
            }
            if set(groups) == set(report.groups[breakdown]):
                lines.append(Line(totals[0], tuple(groups.values())))
    return lines


def row_lines(report: Report) -> list[Line]:
    """Return the levels of scales and the means of their items, column by column of a table."""
    cells: dict[tuple[str, str, tuple[str, ...]], dict[str, Reading]] = {}
    for r in report.readings:
        if r.kind == "mean" and r.question and r.known:
            cells.setdefault((r.table, *r.place), {})[r.question] = r
    lines = []
    for column in cells.values():
        for question, total in column.items():
            answers = report.answers[question]
            if answers.is_scale and all(i in column for i in answers.items):
                lines.append(Line(total, tuple(column[i] for i in answers.items)))
    return lines


def _places(line: Line) -> list[tuple[str, str]]:
    return [(p.breakdown, p.groups[0] if p.groups else "") for p in line.parts]


def weights_of(report: Report, line: Line, rule: str) -> list[Fraction] | None:
    """Return the weights that a rule gives the parts; None when the report prints none."""
    places = _places(line)
    if rule == "mean_of_groups":
        return [Fraction(1)] * len(places)
    if rule == "pooled":
        if any(p not in report.bases for p in places):
            return None
        return [Fraction(report.bases[p].printed) for p in places]
    if any(p not in report.populations for p in places):
        return None
    return [report.populations[p][0] for p in places]


def explains(line: Line, weights: Sequence[Fraction], rounding: Rounding) -> bool:
    """Whether the weighted mean of the parts can print as the total."""
    total = sum(weights, Fraction(0))
    first, *rest = (
        printed_interval(p.printed, rounding).times(w / total)
        for p, w in zip(line.parts, weights, strict=True)
    )
    for interval in rest:
        first = first.plus(interval)
    return first.meets(printed_interval(line.total.printed, rounding))


def _between(weights: Sequence[Fraction] | None, n: int, given: Assumptions) -> list[Interval]:
    """Return between which numbers each part may count: item non-response, weights, slack."""
    if weights is None:
        return [Interval(Fraction(0), None)] * n
    return [Interval(w * given.floor, w * given.ceiling) for w in weights]


def _loose(line: Line, weights: Sequence[Fraction] | None, given: Assumptions) -> Conditions:
    """Return the conditions under which parts of such weights make the total."""
    conditions = Conditions()
    sums, counts = [], []
    bounds = _between(weights, len(line.parts), given)
    for number, (part, between) in enumerate(zip(line.parts, bounds, strict=True)):
        place = " and ".join(part.groups) or part.figure.column
        mass, summed = f"weight of {place}, {number}", f"sum of {place}, {number}"
        conditions.ratio(part, {summed: Fraction(1)}, [mass], -1)
        if between.low is not None and between.high is not None:
            says = f"{place} counts with its size, as far as its members answered"
            conditions.at_least(says, {mass: Fraction(1)}, between.low)
            conditions.at_most(says, {mass: Fraction(1)}, between.high)
        sums.append(summed)
        counts.append(mass)
    conditions.ratio(line.total, dict.fromkeys(sums, Fraction(1)), counts, -1)
    return conditions


def weights_proof(line: Line, weights: Sequence[Fraction], says: str, rounding: str) -> Proof:
    """Decide whether the mean of the parts with exactly these weights can be the total."""
    conditions = Conditions()
    terms = {"total": -sum(weights, Fraction(0))}
    for number, (part, weight) in enumerate(zip(line.parts, weights, strict=True)):
        name = f"{part.figure.row}, {part.figure.column}, {number}"
        conditions.direct(part, {name: Fraction(1)}, -1)
        terms[name] = weight
    conditions.direct(line.total, {"total": Fraction(1)}, -1)
    conditions.equal(says, terms, Fraction(0))
    return prove(conditions, rounding)


def no_rule_proof(report: Report, line: Line, given: Assumptions) -> dict[str, Any] | None:
    """Return the proof that no rule makes the total of its parts; None when one may.

    Notes
    -----
    The rules are the plain mean, and the mean weighted by respondents or by population with all
    that the assumptions allow for those who did not answer; where neither is printed, any
    weights.
    """
    plain = weights_proof(
        line, [Fraction(1)] * len(line.parts), TOTAL_RULES["mean_of_groups"], given.rounding
    )
    if plain.verdict != "impossible":
        return None
    known = {r: weights_of(report, line, r) for r in ("pooled", "weighted")}
    used = {r: w for r, w in known.items() if w is not None}
    tried: list[tuple[str, Sequence[Fraction] | None]]
    tried = [(TOTAL_RULES[r], w) for r, w in used.items()]
    tried = tried or [("the groups in any parts", None)]
    proofs: list[dict[str, Any]] = [
        {"says": TOTAL_RULES["mean_of_groups"], "certificate": plain.certificate}
    ]
    for says, weights in tried:
        found = prove(_loose(line, weights, given), given.rounding)
        if found.verdict != "impossible":
            return None
        proofs.append({"says": says, "certificate": found.certificate})
    return {"kind": "each", "proofs": proofs}


def exact_fit(
    lines: Sequence[Line], weighed: Sequence[Sequence[Fraction]], rounding: Rounding
) -> float:
    """Return the log-likelihood of totals under a rule with exact weights.

    Notes
    -----
    A rule that is right predicts a total up to the rounding of the parts: the printed total is
    one of (w + u)/u values for parts that leave an interval of width w and a unit u. One in
    twenty totals may be anything on the scale.
    """
    return _score(lines, lambda line, i: explains(line, weighed[i], rounding), lambda line, _: 2.0)


def loose_fit(report: Report, lines: Sequence[Line], rule: str, given: Assumptions) -> float:
    """Return the log-likelihood of totals under a rule with as much slack as is assumed."""
    ends = [_loose_interval(report, line, rule, given) for line in lines]

    def choices(line: Line, i: int) -> float:
        low, high = ends[i].low, ends[i].high
        assert low is not None
        assert high is not None
        return float((high - low) / line.total.printed.unit) + 1.0

    return _score(lines, lambda line, i: ends[i].meets(line.total.interval), choices)


def _loose_interval(report: Report, line: Line, rule: str, given: Assumptions) -> Interval:
    from attitudes.auditing.pooled import spread

    weights = weights_of(report, line, rule)
    assert weights is not None
    bounds = _between(weights, len(line.parts), given)
    return spread([p.interval for p in line.parts], bounds)


def _score(
    lines: Sequence[Line],
    fits: Callable[[Line, int], bool],
    choices: Callable[[Line, int], float],
) -> float:
    score = 0.0
    for i, line in enumerate(lines):
        values = [p.printed.value for p in line.parts]
        room = max(100.0, float((max(values) - min(values)) / line.total.printed.unit) * 2)
        score += math.log(_STRAY / room)
        if fits(line, i):
            score += math.log((1 - _STRAY) / choices(line, i)) - math.log(_STRAY / room)
    return score
