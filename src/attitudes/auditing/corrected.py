"""Levels on the proper scale: what the report's headline numbers can be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from attitudes.auditing.model import Corrected, CorrectedClaim, Finding
from attitudes.auditing.questions import Coding
from attitudes.auditing.readings import TOTAL, Answers, Reading, Report
from attitudes.auditing.rules.claim_readings import claim_readings
from attitudes.numerics.printed.exact import Interval
from attitudes.study.claims import Claim
from attitudes.study.models import Study

__all__ = ["correct"]

CodingOf = Callable[[Report, str, str], Coding]
Level = tuple[Fraction, Fraction]


def correct(
    report: Report,
    coding: CodingOf,
    none: Mapping[str, Fraction],
    study: Study | None,
    findings: Sequence[Finding],
) -> tuple[tuple[Corrected, ...], tuple[CorrectedClaim, ...]]:
    """Derive the levels of all scales on the proper scale, and judge the claims by them.

    Parameters
    ----------
    report
        Readings.
    coding
        Coding of a question in a table under the conventions inferred.
    none
        Tables in which non-substantive answers may have been averaged in.
    study
        The pack: where it declares conventions, those are used, since they were accepted.
    findings
        What was found; decides claims about shares.

    Notes
    -----
    For an item published as c − x the proper mean, turned as (lowest + highest) − x, is the
    published one plus (lowest + highest − c); for one published unturned it is
    (lowest + highest) − published. A level is the mean of its items' means; all respondents
    together are the groups weighted by their population.
    """
    found: list[Corrected] = []
    for scale, answers in report.answers.items():
        if not answers.is_scale:
            continue
        for table in _tables(report, scale):
            levels = _levels(report, scale, answers, table, coding, study)
            if levels:
                found += _ranked(report, scale, table, levels, none)
    return tuple(found), tuple(_claim(report, c, found, findings) for c in report.claims)


def _tables(report: Report, scale: str) -> list[str]:
    """Return the tables that print every item of a scale by group."""
    items = set(report.answers[scale].items)
    seen: dict[str, set[str]] = {}
    for r in report.readings:
        if r.kind == "mean" and r.question in items and len(r.groups) == 1:
            seen.setdefault(r.table, set()).add(r.question)
    return [t for t, questions in seen.items() if questions == items]


def _proper(reading: Reading, answers: Answers, coding: Coding) -> Interval:
    """Return a mean on the proper scale, kept within its ends."""
    assert answers.low is not None
    assert answers.high is not None
    proper = {
        a: (answers.low + answers.high - v if answers.keying == "-" else v)
        for a, v in answers.values.items()
        if v is not None
    }
    first, last = min(proper, key=lambda a: proper[a]), max(proper, key=lambda a: proper[a])
    if coding.values[last] > coding.values[first]:
        moved = reading.interval.shift(proper[first] - coding.values[first])
    else:
        moved = reading.interval.times(-1).shift(proper[first] + coding.values[first])
    return moved.intersect(Interval(answers.low, answers.high))


def _coding_of(report: Report, reading: Reading, coding: CodingOf, study: Study | None) -> Coding:
    """Return the coding that the pack declares for a cell, else the inferred one."""
    answers = report.answers[reading.question]
    if study is None or not study.conventions.rules:
        return coding(report, reading.question, reading.table).at(reading.figure.column)
    rule = study.convention_for(reading.table, reading.question, reading.figure.column)
    assert answers.low is not None
    assert answers.high is not None
    constant = answers.low + answers.high
    if rule.reversal_constant is not None:
        constant = Fraction(rule.reversal_constant)
    values = {
        a: (constant - v if rule.turned else v) for a, v in answers.values.items() if v is not None
    }
    return Coding(values)


def _levels(
    report: Report,
    scale: str,
    answers: Answers,
    table: str,
    coding: CodingOf,
    study: Study | None,
) -> dict[str, tuple[Level, str, str | None]]:
    """Return group → (level, breakdown, printed level)."""
    items: dict[str, dict[str, Interval]] = {}
    breakdown = ""
    for r in report.readings:
        if (
            r.table == table
            and r.kind == "mean"
            and r.question in answers.items
            and len(r.groups) == 1
        ):
            interval = _proper(r, report.answers[r.question], _coding_of(report, r, coding, study))
            items.setdefault(r.groups[0], {})[r.question] = interval
            breakdown = r.breakdown
    printed = {
        (r.groups[0] if r.groups else TOTAL): r.figure.printed
        for r in report.readings
        if r.table == table and r.question == scale and r.kind == "mean" and r.known
    }
    levels: dict[str, tuple[Level, str, str | None]] = {}
    for group, means in items.items():
        if len(means) == len(answers.items) and not any(m.empty for m in means.values()):
            lows = [m.low for m in means.values() if m.low is not None]
            highs = [m.high for m in means.values() if m.high is not None]
            level = (sum(lows, Fraction(0)) / len(lows), sum(highs, Fraction(0)) / len(highs))
            levels[group] = (level, breakdown, printed.get(group))
    whole = _whole(report, breakdown, levels)
    if whole is not None:
        levels[TOTAL] = (whole, breakdown, printed.get(TOTAL))
    return levels


def _whole(
    report: Report, breakdown: str, levels: Mapping[str, tuple[Level, str, str | None]]
) -> Level | None:
    """Return the level of all: groups weighted by population, else by respondents."""
    groups = report.groups.get(breakdown, ())
    if not groups or any(g not in levels for g in groups):
        return None
    if all((breakdown, g) in report.populations for g in groups):
        weights = {g: report.populations[breakdown, g][0] for g in groups}
    elif all((breakdown, g) in report.bases for g in groups):
        weights = {g: Fraction(report.bases[breakdown, g].printed) for g in groups}
    else:
        return None
    total = sum(weights.values(), Fraction(0))
    low = sum((weights[g] * levels[g][0][0] for g in groups), Fraction(0)) / total
    high = sum((weights[g] * levels[g][0][1] for g in groups), Fraction(0)) / total
    return low, high


def _ranked(
    report: Report,
    scale: str,
    table: str,
    levels: Mapping[str, tuple[Level, str, str | None]],
    none: Mapping[str, Fraction],
) -> list[Corrected]:
    groups = [g for g in levels if g != TOTAL]
    found = []
    for group, ((low, high), breakdown, printed) in levels.items():
        above = sum(levels[g][0][0] > high for g in groups)
        below = sum(levels[g][0][1] < low for g in groups)
        ranks = (0, 0) if group == TOTAL else (above + 1, len(groups) - below)
        weighted = (
            "weighted by population"
            if (breakdown, groups[0]) in report.populations
            else ("weighted by respondents")
        )
        how = f"{table}: items turned as (lowest + highest) − x"
        if group == TOTAL:
            how += f"; groups {weighted}"
        if table in none:
            how += "; taken as if don't know and refusals had been left out"
        found.append(Corrected(scale, breakdown, group, printed, low, high, *ranks, how))
    return found


def _claim(
    report: Report, claim: Claim, corrected: Sequence[Corrected], findings: Sequence[Finding]
) -> CorrectedClaim:
    """Judge a sentence by the levels on the proper scale, or by the figures it speaks of."""
    answers = report.answers.get(claim.question)
    if answers is not None and answers.is_scale and claim.statistic == "mean":
        judged = _judge(report, claim, corrected)
        if judged is not None:
            return judged
    own = claim_readings(report, claim)
    used = {r.index for r in own}
    hit = [f for f in findings if f.rule == "order" and used & {c.figures[0] for c in f.cases}]
    if not own:
        return CorrectedClaim(claim.id, "open", "its figures are not printed")
    if hit:
        case = next(c for c in hit[0].cases if c.figures[0] in used)
        return CorrectedClaim(claim.id, "fails", case.sentence)
    others = [
        case
        for f in findings
        if f.rule not in ("order", "patterns") and not f.explained_by
        for case in f.cases
        if used & set(case.figures)
    ]
    if others:
        reason = f"its figure is contradicted: {others[0].sentence}"
        return CorrectedClaim(claim.id, "open", reason)
    return CorrectedClaim(claim.id, "survives", "its figures are as the sentence says")


def _judge(report: Report, claim: Claim, corrected: Sequence[Corrected]) -> CorrectedClaim | None:
    levels = {
        c.group: (c.low, c.high)
        for c in corrected
        if c.scale == claim.question and c.breakdown == claim.breakdown
    }
    if not claim.breakdown:
        whole = [c for c in corrected if c.scale == claim.question and c.group == TOTAL]
        levels = {c.group: (c.low, c.high) for c in whole[:1]}
    own = levels.get(claim.group)
    if own is None:
        return None
    answers = report.answers[claim.question]
    assert answers.low is not None
    assert answers.high is not None
    middle = (answers.low + answers.high) / 2
    sign = -1 if claim.relation in ("lowest", "lower_than", "below_middle", "negative") else 1
    if claim.relation in ("highest", "lowest"):
        rivals = {g: v for g, v in levels.items() if g not in (TOTAL, claim.group)}
    elif claim.relation in ("higher_than", "lower_than") and claim.other in levels:
        rivals = {claim.other: levels[claim.other]}
    elif claim.relation in ("higher_than", "lower_than") and claim.other in report.answers:
        whole = [c for c in corrected if c.scale == claim.other and c.group == TOTAL][:1]
        rivals = dict.fromkeys([claim.other], (whole[0].low, whole[0].high)) if whole else {}
    elif claim.relation in ("above_middle", "below_middle", "positive", "negative"):
        rivals = {"the middle of the scale": (middle, middle)}
    else:
        return None
    return _verdict(report, claim, own, rivals, sign) if rivals else None


def _verdict(
    report: Report, claim: Claim, own: Level, rivals: Mapping[str, Level], sign: int
) -> CorrectedClaim:
    beaten = all((own[0] > v[1]) if sign > 0 else (own[1] < v[0]) for v in rivals.values())
    losing = [g for g, v in rivals.items() if ((own[1] < v[0]) if sign > 0 else (own[0] > v[1]))]
    worst = losing[0] if losing else max(rivals, key=lambda g: sign * rivals[g][1])
    low, high = rivals[worst]
    reason = (
        f"on the proper scale {float(own[0]):.2f} to {float(own[1]):.2f} for "
        f"{report.label(claim.group)}, {float(low):.2f} to {float(high):.2f} for "
        f"{report.label(worst)}"
    )
    status = "survives" if beaten else "fails" if losing else "open"
    return CorrectedClaim(
        claim.id,
        "survives" if status == "survives" else "fails" if status == "fails" else "open",
        reason,
    )
