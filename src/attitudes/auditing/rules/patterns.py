"""Repeated rows, columns and figures; digits: notes, or findings that chance may explain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

from scipy import stats

from attitudes.auditing.model import Assumptions, Case, Finding
from attitudes.auditing.proofs import group_cases
from attitudes.auditing.readings import Reading, Report

__all__ = ["check_patterns", "digit_notes"]

_LINE = 3


def _lines(report: Report, *, by_row: bool) -> dict[tuple[str, str], dict[str, Reading]]:
    found: dict[tuple[str, str], dict[str, Reading]] = {}
    for r in report.readings:
        if r.kind not in ("mean", "share") or r.table.startswith("text"):
            continue
        name, other = (r.figure.row, r.figure.column) if by_row else (r.figure.column, r.figure.row)
        found.setdefault((r.table, name), {})[other] = r
    return found


def _twins(report: Report, *, by_row: bool) -> list[Case]:
    """Rows (columns) of one length whose figures are the same, place by place."""
    cases = []
    for (first, one), (second, two) in combinations(_lines(report, by_row=by_row).items(), 2):
        if set(one) != set(two) or len(one) < _LINE or (by_row and first[1] == second[1]):
            continue
        texts = [one[k].figure.printed for k in one]
        same = all(one[k].printed.value == two[k].printed.value for k in one)
        if not same or len(set(texts)) == 1:
            continue
        what = "Rows" if by_row else "Columns"
        names = " and ".join(f"“{report.label(n)}” ({t})" for t, n in (first, second))
        sentence = f"{what} {names} print the same {len(one)} figures: {', '.join(texts)}."
        figures = tuple(line[k].index for line in (one, two) for k in one)
        cases.append(Case(figures, sentence, None, "the two agree by chance", 0.5))
    return cases


def _same_share(report: Report) -> list[Case]:
    """One percentage with decimals printed for two statements of all respondents."""
    shares = [
        r
        for r in report.readings
        if r.kind == "share"
        and r.question
        and r.printed.decimals > 0
        and r.table.startswith("text")
    ]
    chance = len(shares) * (len(shares) - 1) / 2 / 1000
    cases = []
    for first, second in combinations(shares, 2):
        same = first.printed.value == second.printed.value and first.place == second.place
        if not same or first.question == second.question or first.figure.section == "":
            continue
        sentence = (
            f"{first.figure.printed} is printed for “{report.label(first.question)}” ({first.box}) "
            f"and for “{report.label(second.question)}” ({second.box}), {report.place(first)}."
        )
        price = f"the two agree by chance (about {chance:.1f} such pairs are expected)"
        cases.append(Case((first.index, second.index), sentence, None, price, 0.05))
    return cases


def _two_dates(report: Report) -> list[Case]:
    """One number of one thing, printed in two places for two years."""
    years = [
        r
        for r in report.readings
        if r.kind in ("count", "population") and r.figure.column.isdigit() and r.printed.value > 9
    ]
    cases = []
    for first, second in combinations(years, 2):
        same = (first.figure.row, first.figure.statistic, first.printed.value) == (
            second.figure.row,
            second.figure.statistic,
            second.printed.value,
        )
        if not same or first.figure.column == second.figure.column or first.table == second.table:
            continue
        sentence = (
            f"{report.label(first.figure.row)}: {first.figure.printed} is printed for "
            f"{first.figure.column} ({first.table}) and for {second.figure.column} "
            f"({second.table})."
        )
        price = "the number was the same in both years"
        cases.append(Case((first.index, second.index), sentence, None, price, 0.1))
    return cases


def check_patterns(report: Report, assumptions: Assumptions) -> list[Finding]:
    """Find repeated rows and columns, and percentages printed for two statements."""
    words = ["nothing but the print is known"]
    lines = [*_twins(report, by_row=True), *_twins(report, by_row=False)]
    return [
        *group_cases("patterns", "repeated_line", "consistent_if", words, lines),
        *group_cases("patterns", "two_dates", "consistent_if", words, _two_dates(report)),
        *group_cases("patterns", "repeated_share", "consistent_if", words, _same_share(report)),
    ]


def digit_notes(report: Report) -> tuple[str, ...]:
    """Return what the last digits look like: a note, never a verdict.

    Notes
    -----
    A χ² test of equal frequency of the last digits of means with two decimals, by table.
    """
    notes = []
    for table in dict.fromkeys(r.table for r in report.readings if r.kind == "mean"):
        note = _digits([r for r in report.readings if r.table == table and r.kind == "mean"])
        notes += [f"{table}: {note}"] if note else []
    return tuple(notes)


def _digits(readings: Sequence[Reading]) -> str:
    two = [r for r in readings if r.printed.decimals == 2]
    short = [r for r in readings if r.printed.decimals < 2]
    parts = []
    if short and two:
        parts.append(
            f"{len(short)} of {len(readings)} means are printed with fewer decimals than the others"
        )
    if len(two) >= 50:
        last = Counter(int(r.printed.value * 100) % 10 for r in two)
        result = stats.chisquare([last.get(d, 0) for d in range(10)])
        if result.pvalue < 0.01:
            most = max(last, key=lambda d: last[d])
            parts.append(
                f"last digits are uneven (χ² = {result.statistic:.1f}, p = {result.pvalue:.3f}; "
                f"most often {most})"
            )
    return "; ".join(parts)
