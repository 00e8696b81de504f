"""Statements about turning: reversal constant, published keying, rows and columns apart."""

from __future__ import annotations

from collections.abc import Mapping

from attitudes.auditing.model import ConventionFinding
from attitudes.auditing.proofs import plural
from attitudes.auditing.questions import Member
from attitudes.auditing.readings import Report
from attitudes.auditing.turning_search import Choice, Search

__all__ = ["constant_statements", "keying_statements"]


def constant_statements(
    report: Report,
    search: Search,
    choices: Mapping[int, Mapping[str, Choice]],
    score: Mapping[int, tuple[int, int]],
    best: int,
) -> list[ConventionFinding]:
    ends = {
        (a.low, a.high)
        for q in search.questions
        if (a := report.answers[q]).keying == "-" and a.low is not None and a.high is not None
    }
    low, high = min(ends)
    assert low is not None
    assert high is not None
    declared = _all_declared(search, 0)
    found = []
    for shift, (conflicts, cost) in sorted(score.items(), key=lambda s: (sum(s[1]), abs(s[0]))):
        left = _all_declared(search, shift)
        explained = tuple(sorted(declared - left))
        constant = low + high + shift
        status = (
            "named"
            if shift == best
            else "tied"
            if sum(score[shift]) == sum(score[best])
            else "possible"
        )
        against = []
        if conflicts:
            stay = "stays" if conflicts == 1 else "stay"
            against.append(f"{plural(conflicts, 'figure')} {stay} out of reach")
        if cost:
            rows = plural(cost, "row")
            against.append(f"{rows} must be taken as turned apart from the keying")
        found.append(
            ConventionFinding(
                id=f"reversal_constant:{constant}",
                kind="reversal_constant",
                tables=(),
                items=(),
                columns=(),
                value=str(constant),
                status="named" if status == "named" else "tied" if status == "tied" else "possible",
                explains=len(explained),
                figures=explained,
                cost=int(shift != 0),
                against=tuple(against),
                sentence=(
                    f"Turned items are {constant} − x"
                    f"{' (lowest + highest answer)' if shift == 0 else ''}: "
                    f"{plural(len(explained), 'figure')} that {low + high} − x puts out of reach "
                    f"{'becomes' if len(explained) == 1 else 'become'} possible."
                ),
            )
        )
    return found


def keying_statements(
    report: Report, search: Search, question: str, choice: Choice, shift: int
) -> list[ConventionFinding]:
    right = report.answers[question].keying == "-"
    rows = {r.table: r for r in search.rows(question)}
    apart = [t for t, turned in choice.turned.items() if turned != right]
    if not apart:
        return []
    whole = len(apart) == len(rows)
    figures = tuple(
        dict.fromkeys(i for t in apart for i in search.conflicts(question, rows[t], right, shift))
    )
    kind = "published_keying" if whole else "row_turned"
    how = "not turned" if right else "turned"
    where = "" if whole else f" in {', '.join(apart)}"
    statement = ConventionFinding(
        id=f"{kind}:{question}{'' if whole else ':' + ','.join(apart)}",
        kind=kind,
        tables=() if whole else tuple(apart),
        items=(question,),
        columns=(),
        value=how,
        status="named",
        explains=len(figures),
        figures=figures,
        cost=1,
        against=_quiet(rows, apart, search, question, right, shift),
        sentence=(
            f"“{report.label(question)}” was published {how}{where}: "
            f"{plural(len(figures), 'figure')} out of reach "
            f"{'becomes' if len(figures) == 1 else 'become'} possible."
        ),
    )
    rivals = [_rival(report, question, t, right) for t in choice.ties]
    return [statement, *rivals, *_blocks(report, search, question, apart, shift)]


def _rival(
    report: Report, question: str, turned: Mapping[str, bool], right: bool
) -> ConventionFinding:
    """State another orientation of the rows that leaves as little unexplained at the same cost."""
    apart = tuple(t for t, o in turned.items() if o != right)
    how = "not turned" if right else "turned"
    return ConventionFinding(
        id=f"row_turned:{question}:{','.join(apart)}",
        kind="row_turned",
        tables=apart,
        items=(question,),
        columns=(),
        value=how,
        status="tied",
        explains=1,
        figures=(),
        cost=1,
        against=(),
        sentence=f"“{report.label(question)}” was published {how} in {', '.join(apart)} alone.",
    )


def _quiet(
    rows: Mapping[str, Member],
    apart: list[str],
    search: Search,
    question: str,
    right: bool,
    shift: int,
) -> tuple[str, ...]:
    silent = [t for t in apart if not search.conflicts(question, rows[t], right, shift)]
    return tuple(f"{t} alone would allow the codebook's keying" for t in silent)


def _blocks(
    report: Report, search: Search, question: str, apart: list[str], shift: int
) -> list[ConventionFinding]:
    """The rival: only the columns out of reach were turned apart."""
    right = report.answers[question].keying == "-"
    found = []
    for row in search.rows(question):
        if row.table not in apart:
            continue
        bad = set(search.conflicts(question, row, right, shift))
        columns = tuple(r.figure.column for r in row.readings if r.index in bad)
        if not columns or len(columns) == len(row.readings):
            continue
        how = "not turned" if right else "turned"
        found.append(
            ConventionFinding(
                id=f"block_turned:{question}:{row.table}:{','.join(columns)}",
                kind="block_turned",
                tables=(row.table,),
                items=(question,),
                columns=columns,
                value=how,
                status="tied",
                explains=len(bad),
                figures=tuple(sorted(bad)),
                cost=1,
                against=("one table's columns would follow two conventions",),
                sentence=(
                    f"“{report.label(question)}” was {how} in {row.table} for "
                    f"{', '.join(map(report.label, columns))} alone."
                ),
            )
        )
    return found


def _all_declared(search: Search, shift: int) -> set[int]:
    """Return the figures that no longer can be when every item is turned as keyed."""
    found: set[int] = set()
    for q in search.questions:
        right = search.report.answers[q].keying == "-"
        for row in search.rows(q):
            found |= set(search.conflicts(q, row, right, shift))
    return found
