"""The search for constants and orientations, question by question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from attitudes.auditing.model import Assumptions
from attitudes.auditing.questions import Coding, Member, coding_of, members_of, question_conditions
from attitudes.auditing.readings import Reading, Report

__all__ = ["Choice", "Search", "without_totals"]


@dataclass(frozen=True, slots=True)
class Choice:
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


class Search:
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

    def best(self, question: str, shift: int) -> Choice:
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
        return Choice(found[0][3], found[0][1], found[0][2], ties)
