"""How items were turned: reversal constant, published keying, rows and blocks turned apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from attitudes.auditing.model import Assumptions, ConventionFinding
from attitudes.auditing.proofs import plural
from attitudes.auditing.questions import Coding, Member, coding_of, members_of, question_conditions
from attitudes.auditing.readings import Answers, Reading, Report

__all__ = ["Turning", "declared_codings", "infer_turning", "without_totals"]


@dataclass(frozen=True, slots=True)
class Turning:
    """The smallest set of statements about turning that the print allows.

    Attributes
    ----------
    shift
        Reversal constant minus (lowest + highest); 0 is the right one.
    turned
        (question, table) → whether it was published turned.
    conventions
        The statements, with what they explain.
    """

    shift: int
    turned: Mapping[tuple[str, str], bool]
    conventions: tuple[ConventionFinding, ...]

    def coding(self, answers: Answers, question: str, table: str) -> Coding:
        """Return the coding of a question in a table."""
        return coding_of(answers, constant=self.constant(answers), turned=self._is(question, table))

    def constant(self, answers: Answers) -> Fraction | None:
        """Return the reversal constant on the scale of a question."""
        if answers.low is None or answers.high is None:
            return None
        return answers.low + answers.high + self.shift

    def _is(self, question: str, table: str) -> bool | None:
        return self.turned.get((question, table))


@dataclass(frozen=True, slots=True)
class _Choice:
    """Best orientations of one question under one constant."""

    conflicts: tuple[int, ...]
    cost: int
    turned: Mapping[str, bool]
    ties: tuple[Mapping[str, bool], ...]


def without_totals(member: Member, *, plain: bool) -> Member:
    """Leave out the total of a row of means by group when totals are plain means of groups."""
    if not plain or member.statistic != "mean" or not any(r.groups for r in member.readings):
        return member
    return Member(member.table, member.statistic, tuple(r for r in member.readings if not r.total))


def declared_codings(report: Report, question: str, shift: int = 0) -> dict[str, Coding]:
    """Return exhibit → coding by the codebook's keying, with a constant moved by ``shift``."""
    answers = report.answers[question]
    constant = None
    if answers.low is not None and answers.high is not None:
        constant = answers.low + answers.high + shift
    coding = coding_of(answers, constant=constant)
    return {m.table: coding for m in members_of(report, question)}


def _outside(member: Member, coding: Coding) -> tuple[Reading, ...]:
    """Return the means of a row that its coding cannot reach."""
    if not coding.values:
        return ()
    low, high = min(coding.values.values()), max(coding.values.values())
    found = []
    for r in member.readings:
        assert r.interval.low is not None
        assert r.interval.high is not None
        below = r.interval.high < low or (r.interval.high == low and not r.interval.high_closed)
        above = r.interval.low > high
        if below or above:
            found.append(r)
    return tuple(found)


class _Search:
    """Tries constants and orientations question by question."""

    def __init__(self, report: Report, assumptions: Assumptions, *, plain: bool) -> None:
        self.report = report
        self.assumptions = assumptions
        self.plain = plain
        self.cache: dict[tuple[str, str, bool, int], tuple[int, ...]] = {}
        self.questions = [
            q
            for q, a in report.answers.items()
            if not a.is_scale and a.low is not None and self.rows(q)
        ]

    def rows(self, question: str) -> list[Member]:
        members = [m for m in members_of(self.report, question) if m.statistic == "mean"]
        kept = [without_totals(m, plain=self.plain) for m in members]
        return [m for m in kept if m.readings and len({r.place for r in m.readings}) > 1]

    def conflicts(self, question: str, row: Member, turned: bool, shift: int) -> tuple[int, ...]:
        """Return figures that an orientation makes impossible, alone or with printed shares."""
        key = (question, row.table, turned, shift if turned else 0)
        if key not in self.cache:
            self.cache[key] = self._conflicts(question, row, turned, shift)
        return self.cache[key]

    def _conflicts(self, question: str, row: Member, turned: bool, shift: int) -> tuple[int, ...]:
        answers = self.report.answers[question]
        assert answers.low is not None
        assert answers.high is not None
        coding = coding_of(answers, constant=answers.low + answers.high + shift, turned=turned)
        outside = _outside(row, coding)
        if outside:
            return tuple(r.index for r in outside)
        shares = [m for m in members_of(self.report, question) if m.statistic == "share"]
        if not shares:
            return ()
        members = [row, *shares]
        codings = dict.fromkeys((m.table for m in members), coding)
        conditions = question_conditions(self.report, question, members, codings, self.assumptions)
        result = conditions.solve()
        if result.certificate is None or 0 not in result.certificate.members:
            return ()
        return tuple(
            i
            for i in conditions.figures(result.certificate)
            if any(r.index == i for r in row.readings)
        )

    def off_scale(self, question: str, row: Member, turned: bool, shift: int) -> bool:
        """Whether an orientation puts figures of a row outside the scale, whatever shares say."""
        answers = self.report.answers[question]
        assert answers.low is not None
        assert answers.high is not None
        constant = answers.low + answers.high + shift
        return bool(_outside(row, coding_of(answers, constant=constant, turned=turned)))

    def best(self, question: str, shift: int) -> _Choice:
        """Return the orientations of a question's rows with fewest conflicts, then least cost."""
        rows = self.rows(question)
        right = self.report.answers[question].keying == "-"
        found: list[tuple[int, int, dict[str, bool], tuple[int, ...]]] = []
        for item in (right, not right):
            turned: dict[str, bool] = {}
            left: tuple[int, ...] = ()
            cost = int(item != right)
            for row in rows:
                own = self.conflicts(question, row, item, shift)
                other = self.conflicts(question, row, not item, shift) if own else ()
                flip = self.off_scale(question, row, item, shift) and len(other) < len(own)
                turned[row.table] = item != flip
                cost += int(flip)
                left += other if flip else own
            found.append((len(left), cost, turned, left))
        found.sort(key=lambda f: (*f[:2], len(set(f[2].values()))))
        ties = tuple(f[2] for f in found[1:] if f[:2] == found[0][:2] and f[2] != found[0][2])
        return _Choice(found[0][3], found[0][1], found[0][2], ties)


def infer_turning(report: Report, assumptions: Assumptions, *, plain: bool) -> Turning:
    """Infer the reversal constant and the published keying from ranges and printed shares.

    Parameters
    ----------
    plain
        Whether Total columns are plain means of groups.
    """
    search = _Search(report, assumptions, plain=plain)
    keyed = any(report.answers[q].keying == "-" for q in search.questions)
    shifts = (0, -1, 1) if keyed else (0,)
    choices = {s: {q: search.best(q, s) for q in search.questions} for s in shifts}
    score = {
        s: (sum(len(c.conflicts) for c in by.values()), sum(c.cost for c in by.values()))
        for s, by in choices.items()
    }
    best = min(shifts, key=lambda s: (*score[s], abs(s)))
    chosen = choices[best]
    turned = {(q, t): o for q, c in chosen.items() for t, o in c.turned.items()}
    found = _constants(report, search, choices, score, best) if keyed else []
    for question, choice in chosen.items():
        found += _keyings(report, search, question, choice, best)
    return Turning(best, turned, tuple(found))


def _all_declared(search: _Search, shift: int) -> set[int]:
    """Return the figures that no longer can be when every item is turned as keyed."""
    found: set[int] = set()
    for q in search.questions:
        right = search.report.answers[q].keying == "-"
        for row in search.rows(q):
            found |= set(search.conflicts(q, row, right, shift))
    return found


def _constants(
    report: Report,
    search: _Search,
    choices: Mapping[int, Mapping[str, _Choice]],
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
    for shift, (conflicts, cost) in sorted(score.items(), key=lambda s: (s[1], abs(s[0]))):
        left = _all_declared(search, shift)
        explained = tuple(sorted(declared - left))
        constant = low + high + shift
        status = "named" if shift == best else "tied" if score[shift] == score[best] else "possible"
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


def _keyings(
    report: Report, search: _Search, question: str, choice: _Choice, shift: int
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
    search: _Search,
    question: str,
    right: bool,
    shift: int,
) -> tuple[str, ...]:
    silent = [t for t in apart if not search.conflicts(question, rows[t], right, shift)]
    return tuple(f"{t} alone would allow the codebook's keying" for t in silent)


def _blocks(
    report: Report, search: _Search, question: str, apart: list[str], shift: int
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
