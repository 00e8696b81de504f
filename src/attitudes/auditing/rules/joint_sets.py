"""Minimal contradicting sets of the tables and passages of one question, and their price."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from attitudes.auditing.codings import without_totals
from attitudes.auditing.conditions import Conditions
from attitudes.auditing.model import Assumptions, Case, Verdict
from attitudes.auditing.pooled import pool, price_of
from attitudes.auditing.questions import Coding, Member, members_of, question_conditions
from attitudes.auditing.readings import Reading, Report
from attitudes.auditing.rules.joint_setting import Setting
from attitudes.auditing.rules.joint_words import (
    contradiction,
    member_name,
    price_words,
    single_groups,
)
from attitudes.numerics.printed.feasibility import MinimalSets, minimal_sets, shrink

__all__ = ["JointCase", "QuestionWork", "figure_level", "joint_cases", "usable_members"]

_STEPS = 20


@dataclass(frozen=True, slots=True)
class JointCase:
    """A minimal contradicting set of one question.

    Attributes
    ----------
    question
        The question.
    members
        Its tables and passages.
    case
        Sentence, proof and price.
    verdict
        ``impossible`` under the assumptions, ``consistent_if`` the price is paid, or
        ``undecided`` where the budget ran out or no proof could be verified.
    removals
        Minimal sets of tables whose removal leaves the question without contradiction.
    """

    question: str
    members: tuple[Member, ...]
    case: Case
    verdict: Verdict
    removals: tuple[tuple[str, ...], ...]


class QuestionWork:
    """The figures of one question, and whether subsets of its tables contradict each other."""

    def __init__(
        self,
        report: Report,
        question: str,
        codings: Mapping[str, Coding],
        assumptions: Assumptions,
        members: Sequence[Member],
    ) -> None:
        self.report, self.question = report, question
        self.codings, self.assumptions, self.members = codings, assumptions, tuple(members)

    def conditions(self, response: Fraction, bare: bool) -> Conditions:
        """Return the conditions under a response rate; ``bare``: bases as printed."""
        given = self.given(response, bare)
        return question_conditions(
            self.report, self.question, self.members, self.codings, given, response=response
        )

    def given(self, response: Fraction, bare: bool) -> Assumptions:
        """Return the assumptions under a response rate; ``bare``: bases as printed."""
        if not bare:
            return self.assumptions
        return Assumptions(
            self.assumptions.rounding, response, Fraction(0), self.assumptions.weight_ratio
        )

    def sets(self, conditions: Conditions, seconds: float) -> MinimalSets:
        """Return all minimal contradicting sets of members."""
        return minimal_sets(
            range(len(self.members)),
            lambda chosen: conditions.solve(chosen).status == "impossible",
            seconds=seconds,
        )

    def price(self, chosen: frozenset[int]) -> Fraction | None:
        """Return the largest response rate, in steps of 5 %, at which a set is possible.

        Two tables of means need no solver: their pooled values meet or do not.
        """
        kept = [self.members[i] for i in sorted(chosen)]
        groups = [single_groups(m) for m in kept]
        if len(kept) == 2 and all(
            m.statistic == "mean" and len(m.readings) == len(g)
            for m, g in zip(kept, groups, strict=True)
        ):
            complete = [pool(self.report, g) for g in groups]
            if all(p is not None and p.complete and p.sized for p in complete):
                return price_of(self.report, groups[0], groups[1], steps=_STEPS)
        low, high = 0, _STEPS
        if self._impossible(chosen, Fraction(1, 100)):
            return None
        while high - low > 1:
            middle = (low + high) // 2
            possible = not self._impossible(chosen, Fraction(middle, _STEPS))
            low, high = (middle, high) if possible else (low, middle)
        return Fraction(low, _STEPS)

    def _impossible(self, chosen: frozenset[int], response: Fraction) -> bool:
        return self.conditions(response, True).solve(chosen).status == "impossible"


def usable_members(report: Report, question: str, *, plain: bool) -> list[Member]:
    """Return the members of a question, without totals that bound nothing."""
    members = [without_totals(m, plain=plain) for m in members_of(report, question)]
    return [m for m in members if m.readings]


def joint_cases(
    report: Report,
    question: str,
    codings: Mapping[str, Coding],
    assumptions: Assumptions,
    *,
    plain: bool,
    seconds: float = 5.0,
) -> list[JointCase]:
    """Return the minimal contradicting sets of tables and passages of one question.

    Parameters
    ----------
    codings
        Exhibit → coding of its means.
    plain
        Whether totals of means are plain means of groups, which bound nothing here.
    seconds
        Budget of the enumeration.
    """
    members = usable_members(report, question, plain=plain)
    if not members:
        return []
    work = QuestionWork(report, question, codings, assumptions, members)
    loose = work.conditions(assumptions.response, False)
    strict = work.conditions(Fraction(1), True)
    if strict.solve().status == "feasible":
        return []
    proved = work.sets(loose, seconds)
    found: list[JointCase] = []
    for chosen in proved.sets:
        found += _cases(work, chosen, "impossible", proved.removals)
    tight = work.sets(strict, seconds)
    for chosen in tight.sets:
        if not any(known <= chosen for known in proved.sets):
            found += _cases(work, chosen, "consistent_if", tight.removals)
    if not (proved.complete and tight.complete):
        found.append(_open(work, f"the budget of {seconds:g} seconds ran out"))
    elif not found:
        found.append(_open(work, "the solver's proof could not be verified in exact fractions"))
    return found


def _open(work: QuestionWork, why: str) -> JointCase:
    """A question of which not all is settled."""
    tables = ", ".join(member_name(m) for m in work.members)
    sentence = (
        f"“{work.report.label(work.question)}”: whether {tables} can all stand together is not "
        f"settled: {why}."
    )
    figures = tuple(r.index for m in work.members for r in m.readings)
    case = Case(figures, sentence, None, "more time settles it: option --seconds", 0.1)
    return JointCase(work.question, work.members, case, "undecided", ())


def _cases(
    work: QuestionWork,
    chosen: frozenset[int],
    verdict: Verdict,
    removals: Sequence[frozenset[int]],
) -> list[JointCase]:
    """Return the cases of a minimal set: shares and means of each place that alone contradict."""
    kept = tuple(work.members[i] for i in sorted(chosen))
    strict = verdict == "consistent_if"
    response = Fraction(1) if strict else work.assumptions.response
    named = tuple(tuple(member_name(work.members[i]) for i in sorted(s)) for s in removals)
    rate = work.price(chosen)
    parts = [p for p in _places(kept) if _contradicts(work, p, response, strict)] or [kept]
    return [_case(work, kept, p, rate, response, verdict, named) for p in parts]


def _places(kept: Sequence[Member]) -> list[tuple[Member, ...]]:
    """Return, where means meet shares, the figures of each place that prints both."""
    means = [r for m in kept if m.statistic == "mean" for r in m.readings]
    shares = [r for m in kept if m.statistic == "share" for r in m.readings]
    found: list[tuple[Member, ...]] = []
    for place in dict.fromkeys(r.place for r in shares):
        own = tuple(r for r in means if r.place == place)
        if not own and not place[1]:
            own = tuple(means)
        if own:
            here = tuple(r for r in shares if r.place == place)
            found.append((Member(own[0].table, "mean", own), Member(here[0].table, "share", here)))
    return found


def _contradicts(
    work: QuestionWork, members: Sequence[Member], response: Fraction, strict: bool
) -> bool:
    return _only(work, members, response, strict).solve().status == "impossible"


def _case(
    work: QuestionWork,
    kept: tuple[Member, ...],
    part: Sequence[Member],
    rate: Fraction | None,
    response: Fraction,
    verdict: Verdict,
    removals: tuple[tuple[str, ...], ...],
) -> JointCase:
    strict = verdict == "consistent_if"
    conditions, sharp = _narrowed(work, part, response, strict)
    result = conditions.solve()
    if result.certificate is None:
        return _open(work, "a contradiction was found, and its proof could not be verified")
    proof = conditions.to_json(result.certificate, work.assumptions.rounding)
    setting = Setting(work.report, work.question, work.codings, work.given(response, strict))
    sentence = contradiction(setting, kept, sharp, response)
    gap = 1.0 if rate is None else float(1 - rate)
    figures = tuple(r.index for r in (*sharp, *_beside(work, part, sharp)))
    case = Case(figures, sentence, proof, price_words(rate), gap)
    return JointCase(work.question, kept, case, verdict, removals)


def _beside(work: QuestionWork, part: Sequence[Member], sharp: Sequence[Reading]) -> list[Reading]:
    """Return the other figures of the rows and bars told: they are printed as one."""
    used = {r.index for r in sharp}
    lines = {(r.table, r.kind) for r in sharp}
    places = {(r.table, r.place) for r in sharp if r.kind == "share"}
    own = [r for m in part for r in m.readings]
    totals = [
        r
        for r in work.report.readings
        if r.question == work.question
        and r.total
        and r.kind == "mean"
        and (r.table, "mean") in lines
        and not r.table.startswith("text")
    ]
    return [
        r
        for r in dict.fromkeys((*own, *totals))
        if r.index not in used
        and (r in totals or (r.kind == "share" and (r.table, r.place) in places))
    ]


def _narrowed(
    work: QuestionWork, kept: Sequence[Member], response: Fraction, strict: bool
) -> tuple[Conditions, tuple[Reading, ...]]:
    """Return figures of contradicting tables that already contradict each other.

    Two tables of means stay whole: it is their pooled values that differ. Where shares take part
    the deletion filter leaves out what can be spared, a row of a table at a time, rows by group
    first; of the means, those of the groups whose shares are left are enough if they contradict.
    """
    everything = tuple(r for m in kept for r in m.readings)
    if all(m.statistic == "mean" for m in kept):
        return _only(work, kept, response, strict), everything
    rows: dict[tuple[object, ...], list[Reading]] = {}
    for r in everything:
        single = r.total or r.table.startswith("text")
        rows.setdefault((r.table, r.kind, r.box, r.place if single else "groups"), []).append(r)
    order = sorted(rows.values(), key=lambda rs: (not rs[0].groups, rs[0].kind == "share"))
    units = [Member(rs[0].table, _statistic(rs[0]), tuple(rs)) for rs in order]
    conditions = _only(work, units, response, strict)
    sharp = shrink(range(len(units)), lambda s: conditions.solve(s).status == "impossible")
    left = [units[i] for i in sorted(sharp)]
    places = {g for m in left if m.statistic == "share" for r in m.readings for g in r.groups}
    fewer = [
        Member(m.table, m.statistic, rs)
        for m in left
        if (rs := tuple(r for r in m.readings if m.statistic == "share" or set(r.groups) <= places))
    ]
    if places and any(m.statistic == "mean" for m in fewer):
        tried = _only(work, fewer, response, strict)
        if tried.solve().status == "impossible":
            return tried, tuple(r for m in fewer for r in m.readings)
    return _only(work, left, response, strict), tuple(r for m in left for r in m.readings)


def _statistic(reading: Reading) -> str:
    return "mean" if reading.kind == "mean" else "share"


def _only(
    work: QuestionWork, members: Sequence[Member], response: Fraction, strict: bool
) -> Conditions:
    part = QuestionWork(work.report, work.question, work.codings, work.assumptions, members)
    return part.conditions(response, strict)


def figure_level(
    report: Report,
    question: str,
    codings: Mapping[str, Coding],
    assumptions: Assumptions,
    *,
    plain: bool,
    seconds: float = 10.0,
) -> tuple[tuple[int, ...], ...]:
    """Return minimal contradicting sets of single figures of a question, one a table-level set.

    Notes
    -----
    Each minimal set of tables is narrowed by the deletion filter to figures none of which can be
    spared. ``seconds`` bounds the whole work: what is not narrowed by then is left out.
    """
    members = usable_members(report, question, plain=plain)
    singles = [Member(m.table, m.statistic, (r,)) for m in members for r in m.readings]
    conditions = question_conditions(report, question, singles, codings, assumptions)

    def impossible(chosen: frozenset[int]) -> bool:
        return conditions.solve(chosen).status == "impossible"

    end = time.monotonic() + seconds
    found = []
    for case in joint_cases(report, question, codings, assumptions, plain=plain, seconds=seconds):
        if case.verdict != "impossible" or time.monotonic() > end:
            continue
        wanted = {r.index for m in case.members for r in m.readings}
        start = frozenset(i for i, s in enumerate(singles) if s.readings[0].index in wanted)
        kept = shrink(start, impossible)
        found.append(tuple(singles[i].readings[0].index for i in sorted(kept)))
    return tuple(found)
