"""Columns of a table that other prints of the same quantities ask to exchange."""

from __future__ import annotations

from attitudes.auditing.model import ConventionFinding
from attitudes.auditing.readings import Reading, Report
from attitudes.auditing.rules.repeats import quantities

__all__ = ["column_hypotheses"]


def column_hypotheses(report: Report) -> tuple[ConventionFinding, ...]:
    """Find columns of a table that other prints of the same quantities ask to exchange."""
    votes: dict[tuple[str, str, str], list[tuple[int, bool, str]]] = {}
    for readings in quantities(report):
        for cell in readings:
            if len(cell.groups) != 1 or cell.table.startswith("text"):
                continue
            for stray in readings:
                if stray.table != cell.table:
                    _vote(report, cell, stray, votes)
    found = []
    for (table, first, second), cast in votes.items():
        wanted = [i for i, ok, _ in cast if ok]
        if not wanted:
            continue
        against = tuple(words for _, ok, words in cast if not ok)
        found.append(
            ConventionFinding(
                id=f"columns:{table}:{first},{second}",
                kind="columns",
                tables=(table,),
                items=(),
                columns=(first, second),
                value="exchanged",
                status="named" if len(wanted) > len(against) else "possible",
                explains=len(wanted),
                figures=tuple(wanted),
                cost=1,
                against=against,
                sentence=(
                    f"The columns {report.label(first)} and {report.label(second)} of {table} "
                    "stand in another order than their heads say."
                ),
            )
        )
    return tuple(found)


def _vote(
    report: Report,
    cell: Reading,
    stray: Reading,
    votes: dict[tuple[str, str, str], list[tuple[int, bool, str]]],
) -> None:
    row = [
        r
        for r in report.readings
        if r.table == cell.table
        and r.question == cell.question
        and r.kind == cell.kind
        and r.box == cell.box
        and r.breakdown == cell.breakdown
        and len(r.groups) == 1
    ]
    for rival in row:
        if rival.groups == cell.groups:
            continue
        first, second = sorted((cell.groups[0], rival.groups[0]))
        agrees = cell.interval.meets(stray.interval)
        rival_agrees = rival.interval.meets(stray.interval)
        if agrees == rival_agrees:
            continue
        words = f"{stray.table} prints {stray.figure.printed} for {report.label(cell.groups[0])}"
        votes.setdefault((cell.table, first, second), []).append((stray.index, rival_agrees, words))
