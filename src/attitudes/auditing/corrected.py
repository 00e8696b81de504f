"""Levels on the proper scale: what the report's headline numbers can be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from attitudes.auditing.corrected_claims import judge_claim
from attitudes.auditing.model import Corrected, CorrectedClaim, Finding
from attitudes.auditing.proper import non_answer_shares, proper_mean
from attitudes.auditing.questions import Coding
from attitudes.auditing.readings import TOTAL, Answers, Reading, Report
from attitudes.numerics.printed.exact import Interval
from attitudes.study.models import Study

__all__ = ["correct"]

CodingOf = Callable[[Report, str, str], Coding]
Level = tuple[Fraction, Fraction]


def correct(
    report: Report,
    coding: CodingOf,
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
    study
        The pack: where it declares conventions, those are used, since they were accepted.
    findings
        What was found; decides claims about shares.

    Notes
    -----
    For an item published as c − x the proper mean, turned as (lowest + highest) − x, is the
    published one plus (lowest + highest − c); for one published unturned it is
    (lowest + highest) − published. Where non-substantive answers were averaged in as a number,
    they are taken out, from none to as many as the tables without them imply, and as many in every
    group. A level is the mean of its items' means; all respondents together are the groups weighted
    by their population.
    """
    found: list[Corrected] = []
    cells = [r for r in report.readings if r.kind == "mean" and r.question]
    codings = {
        (r.question, r.table, r.figure.column): _coding_of(report, r, coding, study)
        for r in cells
        if not report.answers[r.question].is_scale and report.answers[r.question].low is not None
    }
    left_out = non_answer_shares(report, codings)
    for scale, answers in report.answers.items():
        if not answers.is_scale:
            continue
        for table in _tables(report, scale):
            given = (report, scale, answers, table, coding, study, left_out)
            levels = _levels(*given)
            if levels:
                shares = [left_out.get((i, table), Fraction(0)) for i in answers.items]
                ends = [_levels(*given, (part,)) for part in (0, 1)]
                found += _ranked(report, scale, table, levels, ends, shares)
    return tuple(found), tuple(judge_claim(report, c, found, findings) for c in report.claims)


def _tables(report: Report, scale: str) -> list[str]:
    """Return the tables that print every item of a scale by group."""
    items = set(report.answers[scale].items)
    seen: dict[str, set[str]] = {}
    for r in report.readings:
        if r.kind == "mean" and r.question in items and len(r.groups) == 1:
            seen.setdefault(r.table, set()).add(r.question)
    return [t for t, questions in seen.items() if questions == items]


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
    code = rule.nonsubstantive
    none = None if code is None else Fraction(code)
    return Coding(values, constant - none if none is not None and rule.turned else none)


def _levels(
    report: Report,
    scale: str,
    answers: Answers,
    table: str,
    coding: CodingOf,
    study: Study | None,
    left_out: Mapping[tuple[str, str], Fraction],
    parts: Sequence[int] = (0, 1),
) -> dict[str, tuple[Level, str, str | None]]:
    """Return group → (level, breakdown, printed level), with parts of the non-answers taken out."""
    items: dict[str, dict[str, Interval]] = {}
    breakdown = ""
    for r in report.readings:
        if (
            r.table == table
            and r.kind == "mean"
            and r.question in answers.items
            and len(r.groups) == 1
        ):
            coded = _coding_of(report, r, coding, study)
            most = left_out.get((r.question, table), Fraction(0))
            shares = [most * part for part in parts]
            interval = proper_mean(r.interval, report.answers[r.question], coded, shares)
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


def _places(
    group: str,
    groups: Sequence[str],
    ends: Sequence[Mapping[str, tuple[Level, str, str | None]]],
) -> tuple[int, int]:
    """Return the best and the worst place of a group, non-answers taken out of all groups alike."""
    best, worst = len(groups), 1
    for levels in ends:
        low, high = levels[group][0]
        best = min(best, 1 + sum(levels[g][0][0] > high for g in groups))
        worst = max(worst, len(groups) - sum(levels[g][0][1] < low for g in groups))
    return best, worst


def _ranked(
    report: Report,
    scale: str,
    table: str,
    levels: Mapping[str, tuple[Level, str, str | None]],
    ends: Sequence[Mapping[str, tuple[Level, str, str | None]]],
    shares: Sequence[Fraction],
) -> list[Corrected]:
    """Return levels with their places, which hold whatever part of the answers is taken out."""
    groups = [g for g in levels if g != TOTAL]
    found = []
    for group, ((low, high), breakdown, printed) in levels.items():
        ranks = (0, 0) if group == TOTAL else _places(group, groups, ends)
        weighted = (
            "weighted by population"
            if (breakdown, groups[0]) in report.populations
            else ("weighted by respondents")
        )
        how = f"{table}: items turned as (lowest + highest) − x"
        if group == TOTAL:
            how += f"; groups {weighted}"
        if any(shares):
            how += (
                "; don't know and refusals, averaged in as a number, taken out: none, up to what "
                f"the other tables imply ({float(min(shares) * 100):.0f} to "
                f"{float(max(shares) * 100):.0f} % of an item's answers, as many in every group)"
            )
        found.append(Corrected(scale, breakdown, group, printed, low, high, *ranks, how))
    return found
