"""Parts against wholes: in tables, in compositions, among the shares of one question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from attitudes.auditing.bases import composition
from attitudes.auditing.model import Assumptions, Case, Finding
from attitudes.auditing.proofs import group_cases, rounding_words, sum_against, text_of
from attitudes.auditing.readings import TOTAL, Reading, Report
from attitudes.auditing.rules.share_sums import share_sums, share_words, unnamed_shares

__all__ = ["check_sums"]

_ADDITIVE = ("count", "population", "clusters", "n", "base", "interviews")
Grid = Mapping[tuple[str, str], Reading]


def check_sums(report: Report, assumptions: Assumptions) -> list[Finding]:
    """Hold parts against wholes over the whole report."""
    strict: list[Case] = []
    rounded: list[Case] = []
    overlapping: list[Case] = []
    for grid in _grids(report):
        for case, how in [*_rows(report, grid, assumptions), *_columns(report, grid, assumptions)]:
            {"strict": strict, "rounded": rounded, "overlap": overlapping}[how].append(case)
    shares = share_sums(report, assumptions)
    words = [rounding_words(assumptions), "counts are whole numbers of different people"]
    return [
        *group_cases("sums", "counts", "impossible", words, strict),
        *group_cases("sums", "counts_rounded", "consistent_if", words, rounded),
        *group_cases("sums", "parts_overlap", "consistent_if", words, overlapping),
        *_compositions(report, assumptions),
        *group_cases("sums", "shares", "impossible", share_words(assumptions), shares),
        *unnamed_shares(report, assumptions),
    ]


def _grids(report: Report) -> list[Grid]:
    """Return (row, column) → reading, one an exhibit and additive statistic."""
    found: dict[tuple[str, str], dict[tuple[str, str], Reading]] = {}
    for r in report.readings:
        if r.figure.statistic in _ADDITIVE:
            key = (r.table, r.figure.statistic)
            found.setdefault(key, {}).setdefault((r.figure.row, r.figure.column), r)
    return list(found.values())


def _compare(
    report: Report, parts: Sequence[Reading], whole: Reading, assumptions: Assumptions
) -> tuple[Case, str] | None:
    proof = sum_against(parts, whole, assumptions.rounding)
    if proof.verdict != "impossible":
        return None
    total = sum((p.printed.value for p in parts), Fraction(0))
    gap = abs(total - whole.printed.value)
    listed = " + ".join(p.figure.printed for p in parts)
    place = ", ".join(
        report.label(n) for n in (whole.figure.row, whole.figure.column) if n != TOTAL
    )
    sentence = (
        f"{whole.table}, {whole.figure.statistic}{f', {place}' if place else ''}: "
        f"{listed} = {text_of(total, 4)}, printed is {whole.figure.printed}."
    )
    room = sum((p.printed.unit for p in (*parts, whole)), Fraction(0)) / 2
    small = gap <= room
    price = f"the {len(parts)} parts were rounded one by one and not counted" if small else None
    relative = float(gap / max(abs(whole.printed.value), Fraction(1)))
    figures = (*(p.index for p in parts), whole.index)
    case = Case(figures, sentence, proof.certificate, price, min(1.0, relative * 10))
    return case, "rounded" if small else "strict"


def _rows(report: Report, grid: Grid, assumptions: Assumptions) -> list[tuple[Case, str]]:
    """Groups of a breakdown, row by row, against the row Total."""
    found = []
    for members in report.groups.values():
        for column in dict.fromkeys(c for _, c in grid):
            whole = grid.get((TOTAL, column))
            parts = [grid[g, column] for g in members if (g, column) in grid]
            if whole is not None and len(parts) == len(members):
                case = _compare(report, parts, whole, assumptions)
                found += [case] if case else []
    return found


def _columns(report: Report, grid: Grid, assumptions: Assumptions) -> list[tuple[Case, str]]:
    """Columns against the column Total, where most rows show that they are its parts."""
    lines: dict[tuple[str, ...], list[tuple[list[Reading], Reading]]] = {}
    for row in dict.fromkeys(r for r, _ in grid):
        columns = tuple(c for r, c in grid if r == row and c != TOTAL)
        if (row, TOTAL) in grid and len(columns) >= 2:
            parts = [grid[row, c] for c in columns]
            lines.setdefault(columns, []).append((parts, grid[row, TOTAL]))
    found: list[tuple[Case, str]] = []
    for rows in lines.values():
        cases = [c for c in (_compare(report, p, w, assumptions) for p, w in rows) if c]
        if len(rows) > 1 and len(cases) * 2 > len(rows):
            continue
        if len(rows) == 1:
            cases = [(_overlap(c), "overlap") for c, _ in cases]
        found += cases
    return found


def _overlap(case: Case) -> Case:
    price = "the parts overlap, or the whole is of another time or has other parts"
    return Case(case.figures, case.sentence, case.certificate, price, case.size)


def _compositions(report: Report, assumptions: Assumptions) -> list[Finding]:
    """Breakdowns of the same respondents must sum to one number."""
    tables = composition(report.readings)
    full = {k: m for k, m in tables.items() if len(m) == len(report.groups[k[1]])}
    sums = {k: sum(int(r.printed.value) for r in m.values()) for k, m in full.items()}
    partition: list[Case] = []
    sizes: list[Case] = []
    for (exhibit, breakdown), members in full.items():
        for (other_exhibit, other), others in full.items():
            if (exhibit, breakdown) == (other_exhibit, other):
                continue
            gap = sums[exhibit, breakdown] - sums[other_exhibit, other]
            case = _uneven(report, list(members.values()), list(others.values()), gap, assumptions)
            if gap > 0:
                (partition if exhibit == other_exhibit else sizes).append(case)
    sizes += _survey_size(report, full, assumptions)
    words = ["every respondent is in one group of each breakdown"]
    return [
        *group_cases("sums", "composition", "impossible", words, partition),
        *group_cases("sums", "sample_size", "consistent_if", words, sizes),
    ]


def _uneven(
    report: Report,
    parts: Sequence[Reading],
    others: Sequence[Reading],
    gap: int,
    assumptions: Assumptions,
) -> Case:
    from attitudes.auditing.conditions import Conditions
    from attitudes.auditing.proofs import prove

    conditions = Conditions()
    for side in (parts, others):
        terms = {}
        for r in side:
            conditions.direct(r, {r.figure.row: Fraction(1)}, -1)
            terms[r.figure.row] = Fraction(1)
        terms["respondents"] = Fraction(-1)
        conditions.equal("every respondent is in one group", terms, Fraction(0))
    proof = prove(conditions, assumptions.rounding)
    lists = [" + ".join(r.figure.printed for r in side) for side in (parts, others)]
    totals = [sum(int(r.printed.value) for r in side) for side in (parts, others)]
    sentence = (
        f"{parts[0].breakdown} ({parts[0].table}): {lists[0]} = {totals[0]}; "
        f"{others[0].breakdown} ({others[0].table}): {lists[1]} = {totals[1]}."
    )
    within = [r for r in parts if int(r.printed.value) == gap]
    price = f"the sums are of different sets of people ({totals[0]} and {totals[1]})"
    if within:
        price = (
            f"the {gap} of {report.label(within[0].figure.row)} are counted within another group"
        )
    figures = tuple(r.index for r in (*parts, *others))
    return Case(figures, sentence, proof.certificate, price, abs(gap) / totals[0] * 10)


def _survey_size(
    report: Report,
    full: Mapping[tuple[str, str], Mapping[str, Reading]],
    assumptions: Assumptions,
) -> list[Case]:
    """Printed sizes of the survey against the sums of its compositions."""
    cases = []
    totals = [
        r
        for r in report.readings
        if r.kind == "count"
        and r.figure.row == TOTAL
        and r.figure.column == TOTAL
        and r.table in {e for e, _ in full}
    ]
    for whole in totals:
        for (exhibit, breakdown), members in full.items():
            parts = list(members.values())
            summed = sum(int(p.printed.value) for p in parts)
            if exhibit == whole.table or summed == whole.printed.value:
                continue
            proof = sum_against(parts, whole, assumptions.rounding)
            listed = " + ".join(p.figure.printed for p in parts)
            sentence = (
                f"{breakdown} ({exhibit}): {listed} = {summed}; "
                f"{whole.table} prints {whole.figure.printed} respondents in all."
            )
            price = "one number is the planned sample and the other the achieved one"
            figures = (*(p.index for p in parts), whole.index)
            gap = float(abs(summed - whole.printed.value) / whole.printed.value)
            cases.append(Case(figures, sentence, proof.certificate, price, gap * 10))
    return cases
