"""The figures of one question: whether subsets of its tables contradict, and at which price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from attitudes.auditing.conditions import Conditions
from attitudes.auditing.model import Assumptions
from attitudes.auditing.pooled import pool, price_of
from attitudes.auditing.questions import Coding, Member, members_of, question_conditions
from attitudes.auditing.readings import Report
from attitudes.auditing.rules.joint_words import single_groups
from attitudes.auditing.turning_search import without_totals
from attitudes.numerics.printed.feasibility import MinimalSets, minimal_sets

__all__ = ["QuestionWork", "only", "usable_members"]

_STEPS = 20


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
    """Return the members of a question, without totals that bound nothing.

    A question whose answers are not known has none.
    """
    if not report.answers[question].values:
        return []
    members = [without_totals(m, plain=plain) for m in members_of(report, question)]
    return [m for m in members if m.readings]


def only(
    work: QuestionWork, members: Sequence[Member], response: Fraction, strict: bool
) -> Conditions:
    """Return the conditions of some figures of a question."""
    part = QuestionWork(work.report, work.question, work.codings, work.assumptions, members)
    return part.conditions(response, strict)
