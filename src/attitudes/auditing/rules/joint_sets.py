"""Minimal contradicting sets of the tables and passages of one question, and their price."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from attitudes.auditing.model import Assumptions, Case, Verdict
from attitudes.auditing.questions import Coding, Member, question_conditions
from attitudes.auditing.readings import Report
from attitudes.auditing.rules.joint_narrow import contradicting_parts, narrowed, printed_beside
from attitudes.auditing.rules.joint_setting import Setting
from attitudes.auditing.rules.joint_words import contradiction, member_name, price_words
from attitudes.auditing.rules.joint_work import QuestionWork, usable_members
from attitudes.numerics.printed.feasibility import shrink

__all__ = ["JointCase", "figure_level", "joint_cases"]


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
    parts = contradicting_parts(work, kept, response, strict)
    return [_case(work, kept, p, rate, response, verdict, named) for p in parts]


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
    conditions, sharp = narrowed(work, part, response, strict)
    result = conditions.solve()
    if result.certificate is None:
        return _open(work, "a contradiction was found, and its proof could not be verified")
    proof = conditions.to_json(result.certificate, work.assumptions.rounding)
    setting = Setting(work.report, work.question, work.codings, work.given(response, strict))
    sentence = contradiction(setting, kept, sharp, response)
    gap = 1.0 if rate is None else float(1 - rate)
    figures = tuple(r.index for r in (*sharp, *printed_beside(work, part, sharp)))
    case = Case(figures, sentence, proof, price_words(rate), gap, removals)
    return JointCase(work.question, kept, case, verdict, removals)


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
