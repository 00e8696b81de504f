"""The same quantity printed twice: in a table, a chart, a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attitudes.auditing.model import Assumptions, Case, Finding
from attitudes.auditing.proofs import disjoint, group_cases
from attitudes.auditing.readings import Reading, Report
from attitudes.numerics.printed.exact import Rounding, printed_interval

__all__ = ["check_repeats", "quantities"]

_RULES: tuple[Rounding, ...] = ("half_up", "half_even", "truncate")


def quantities(report: Report) -> list[list[Reading]]:
    """Return the figures that print one quantity, where there are more than one."""
    found: dict[tuple[object, ...], list[Reading]] = {}
    for r in report.readings:
        if r.question and r.known:
            inside = report.answers[r.question].boxes.get(r.box)
            box = inside if inside is not None else r.box
            key: tuple[object, ...] = (r.question, r.kind, box, *r.place)
        elif r.kind == "share" and not r.question:
            continue
        else:
            key = (r.figure.row, r.figure.column, r.figure.statistic)
        found.setdefault(key, []).append(r)
    return [readings for readings in found.values() if len(readings) > 1]


def _one_rule(first: Reading, second: Reading) -> bool:
    """Whether one rounding rule lets both print one value."""
    if first.kind not in ("mean", "share"):
        return first.printed.value == second.printed.value
    return any(
        printed_interval(first.printed, rule).meets(printed_interval(second.printed, rule))
        for rule in _RULES
    )


def _table_breakdowns(report: Report) -> dict[tuple[str, str], str]:
    """Return (exhibit, question) → the breakdown of its groups; passages have none."""
    return {
        (r.table, r.question): r.breakdown
        for r in report.readings
        if r.kind == "mean" and r.breakdown and not r.table.startswith("text")
    }


def _comparable(
    a: Reading, b: Reading, readings: Sequence[Reading], homes: Mapping[tuple[str, str], str]
) -> bool:
    """Whether two figures of one quantity must agree when totals are plain means of groups.

    The plain means over the groups of two breakdowns may differ; a total in a passage may be
    that of either table.
    """
    if not a.total or a.kind != "mean":
        return True
    over = homes.get((a.table, a.question)), homes.get((b.table, b.question))
    if over[0] and over[1]:
        return over[0] == over[1]
    if not over[0] and not over[1]:
        return True
    passage = b if over[0] else a
    tabled = [r for r in readings if homes.get((r.table, r.question))]
    return not any(_one_rule(passage, r) for r in tabled)


def _farthest(
    readings: Sequence[Reading], homes: Mapping[tuple[str, str], str] | None
) -> tuple[Reading, Reading] | None:
    pairs = [
        (a, b)
        for i, a in enumerate(readings)
        for b in readings[i + 1 :]
        if not _one_rule(a, b) and (homes is None or _comparable(a, b, readings, homes))
    ]
    return max(pairs, key=lambda p: abs(p[0].printed.value - p[1].printed.value), default=None)


def check_repeats(
    report: Report, assumptions: Assumptions, *, plain: bool = False
) -> list[Finding]:
    """Hold figures of one quantity against each other.

    Parameters
    ----------
    plain
        Whether Total columns are plain means of groups, which differ between breakdowns.
    """
    homes = _table_breakdowns(report) if plain else None
    apart: list[Case] = []
    near: list[Case] = []
    ends: list[Case] = []
    for readings in quantities(report):
        pair = _farthest(readings, homes)
        if pair is None:
            continue
        proof = disjoint(*pair, assumptions.rounding)
        case = _case(report, pair, readings, proof.certificate)
        if pair[0].kind == "other":
            ends.append(case)
        elif proof.verdict == "impossible":
            apart.append(case)
        else:
            price = "one was rounded and the other cut off"
            near.append(Case(case.figures, case.sentence, None, price, case.size))
    words = ["both figures speak of the same respondents and answers"]
    return [
        *group_cases("printed_twice", "different", "impossible", words, apart),
        *group_cases("printed_twice", "different_statement", "impossible", words, ends),
        *group_cases("printed_twice", "last_digit", "consistent_if", words, near),
    ]


def _case(
    report: Report,
    pair: tuple[Reading, Reading],
    readings: Sequence[Reading],
    certificate: object,
) -> Case:
    first, second = pair
    name = report.label(first.question or first.figure.row)
    what = first.box or first.figure.statistic.replace("_", " ")
    if what == "mean":
        what = "level"
    sentence = (
        f"{name}, {what}, {report.place(first)}: {first.figure.printed} in {first.table}, "
        f"{second.figure.printed} in {second.table}."
    )
    same = _elsewhere(report, first, second)
    stray, cell = (first, second) if same else (second, first)
    same = same or _elsewhere(report, second, first)
    places = " and ".join(report.place(r) for r in same)
    elsewhere = f"In {cell.table} {stray.figure.printed} stands at {places}." if same else ""
    size = float(abs(first.printed.value - second.printed.value))
    scale = 100 if first.kind == "share" else 5
    every = (first, second, *readings, *same)
    figures = tuple(dict.fromkeys(r.index for r in every))
    return Case(
        figures,
        f"{sentence} {elsewhere}".strip(),
        certificate if isinstance(certificate, dict) else None,
        None,
        min(1.0, size / scale * 5),
    )


def _elsewhere(report: Report, stray: Reading, cell: Reading) -> list[Reading]:
    """Return the other groups for which the cell's table prints the stray value."""
    if stray.table == cell.table:
        return []
    return [
        r
        for r in report.readings
        if r.table == cell.table
        and r.question == cell.question
        and r.kind == cell.kind
        and r.breakdown == cell.breakdown
        and r.groups
        and r.groups != cell.groups
        and r.printed.value == stray.printed.value
    ]
