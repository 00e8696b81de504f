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
from attitudes.auditing.readings import Report
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
        ``impossible`` under the assumptions, or ``consistent_if`` the price is paid.
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
        assumptions = self.assumptions
        if bare:
            assumptions = Assumptions(
                assumptions.rounding, response, Fraction(0), assumptions.weight_ratio
            )
        return question_conditions(
            self.report, self.question, self.members, self.codings, assumptions, response=response
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
    found = [
        _case(work, loose, chosen, "impossible", proved.removals, members) for chosen in proved.sets
    ]
    tight = work.sets(strict, seconds)
    new = [s for s in tight.sets if not any(known <= s for known in proved.sets)]
    found += [_case(work, strict, s, "consistent_if", tight.removals, members) for s in new]
    return found


def _case(
    work: QuestionWork,
    conditions: Conditions,
    chosen: frozenset[int],
    verdict: Verdict,
    removals: Sequence[frozenset[int]],
    members: Sequence[Member],
) -> JointCase:
    result = conditions.solve(chosen)
    assert result.certificate is not None
    proof = conditions.to_json(result.certificate, work.assumptions.rounding)
    kept = tuple(members[i] for i in sorted(chosen))
    figures = tuple(r.index for m in kept for r in m.readings)
    rate = work.price(chosen)
    sentence = contradiction(work, kept)
    gap = 1.0 if rate is None else float(1 - rate)
    case = Case(figures, sentence, proof, price_words(rate), gap)
    named = tuple(tuple(member_name(members[i]) for i in sorted(s)) for s in removals)
    return JointCase(work.question, kept, case, verdict, named)


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
        wanted = set(case.case.figures)
        start = frozenset(i for i, s in enumerate(singles) if s.readings[0].index in wanted)
        kept = shrink(start, impossible)
        found.append(tuple(singles[i].readings[0].index for i in sorted(kept)))
    return tuple(found)
