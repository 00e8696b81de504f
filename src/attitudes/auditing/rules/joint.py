"""All breakdowns of one question together: what contradicts what, and what explains it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from attitudes.auditing.codings import declared_codings
from attitudes.auditing.hypothesis_rows import NONE_SHARE
from attitudes.auditing.model import Assumptions, Finding, Rule, Verdict
from attitudes.auditing.proofs import rounding_words, text_of
from attitudes.auditing.questions import Coding, Member, question_conditions
from attitudes.auditing.readings import Report
from attitudes.auditing.rules.joint_sets import JointCase, joint_cases
from attitudes.auditing.rules.joint_work import usable_members
from attitudes.numerics.printed.exact import Interval

__all__ = ["Tie", "check_joint"]

Codings = Callable[[str, str], Coding]


@dataclass(frozen=True, slots=True)
class Tie:
    """A convention that explains as much as a named one.

    Attributes
    ----------
    id
        Its name.
    tables
        Tables in which it averages non-substantive answers in.
    coding
        (question, table) → coding under it.
    """

    id: str
    tables: tuple[str, ...]
    coding: Codings


def check_joint(
    report: Report,
    assumptions: Assumptions,
    *,
    shift: int,
    final: Codings,
    none_tables: Mapping[str, Fraction],
    plain: bool,
    none_ids: Sequence[str] = (),
    ties: Sequence[Tie] = (),
    turning_ids: Mapping[str, Sequence[str]] | None = None,
    seconds: float = 5.0,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Finding]:
    """Find the minimal contradicting sets of every question, equal ones told once.

    Parameters
    ----------
    shift
        Reversal constant minus (lowest + highest).
    final
        (question, table) → coding under all named conventions.
    none_tables
        Tables in which non-substantive answers were averaged in by the named conventions.
    plain
        Whether totals of means are plain means of groups.
    none_ids, turning_ids
        Names of the conventions: of non-substantive answers, and question → of its turning.
    ties
        Conventions of non-substantive answers that explain as much as the named ones.
    seconds
        Budget a question.
    progress
        Called with the name of each question.
    """
    found: list[tuple[JointCase, tuple[str, ...], str]] = []
    for question, answers in report.answers.items():
        progress(question)
        keyed = answers.keying == "-"
        declared = declared_codings(report, question)
        if keyed and shift:
            found += _scoring(report, question, declared, shift, final, assumptions, plain, seconds)
        codings = declared_codings(report, question, shift)
        for case in joint_cases(
            report, question, codings, assumptions, plain=plain, seconds=seconds
        ):
            named = _explaining(
                report,
                case,
                codings,
                final,
                none_tables,
                assumptions,
                none_ids,
                ties,
                (turning_ids or {}).get(question, ()),
            )
            if named or not (_off_scale(report, case) or _one_bar(report, case)):
                found.append((case, named, _kind(case)))
    return _grouped(report, found, assumptions)


def _off_scale(report: Report, case: JointCase) -> bool:
    """Whether figures off their scale are all there is: the rule on ranges tells these."""
    answers = report.answers[case.question]
    if len(case.members) != 1 or case.members[0].statistic != "mean" or answers.is_scale:
        return False
    scale = Interval(answers.low, answers.high)
    return any(not r.interval.meets(scale) for r in case.members[0].readings)


def _one_bar(report: Report, case: JointCase) -> bool:
    """Whether shares of one place in one exhibit are all there is: the rule on sums tells these."""
    readings = [r for r in report.readings if r.index in case.case.figures]
    places = {(r.table, r.place) for r in readings}
    return len(places) == 1 and all(r.kind == "share" for r in readings)


def _kind(case: JointCase) -> str:
    statistics = {m.statistic for m in case.members}
    return "means_and_shares" if "share" in statistics else "breakdowns"


def _scoring(
    report: Report,
    question: str,
    declared: Mapping[str, Coding],
    shift: int,
    final: Codings,
    assumptions: Assumptions,
    plain: bool,
    seconds: float,
) -> list[tuple[JointCase, tuple[str, ...], str]]:
    """Means that the printed shares exclude on the declared scale but not as published."""
    members = usable_members(report, question, plain=plain)
    shares = [m for m in members if m.statistic == "share"]
    found: list[tuple[JointCase, tuple[str, ...], str]] = []
    answers = report.answers[question]
    assert answers.low is not None
    assert answers.high is not None
    constant = answers.low + answers.high + shift
    if not shares:
        return []
    for case in joint_cases(report, question, declared, assumptions, plain=plain, seconds=seconds):
        statistics = {m.statistic for m in case.members}
        if statistics != {"mean", "share"} or case.verdict == "undecided":
            continue
        codings = declared_codings(report, question, shift)
        again = question_conditions(report, question, case.members, codings, assumptions)
        if again.solve().status == "feasible":
            found.append((case, (f"reversal_constant:{constant}",), "declared_scoring"))
    return found


def _explaining(
    report: Report,
    case: JointCase,
    codings: Mapping[str, Coding],
    final: Codings,
    none_tables: Mapping[str, Fraction],
    assumptions: Assumptions,
    none_ids: Sequence[str],
    ties: Sequence[Tie],
    turning_ids: Sequence[str],
) -> tuple[str, ...]:
    """Return the conventions, named ones first, under which a contradicting set is possible."""
    if report.answers[case.question].is_scale:
        return ()
    tables = [m.table for m in case.members]
    after = {t: final(case.question, t) for t in tables}
    turned = any(after[t].values != codings[t].values or after[t].blocks for t in tables)
    mixed = [t for t in tables if t in none_tables]
    apart = tuple(turning_ids) if turned else ()
    tries = []
    floor = min(assumptions.response, 1 - NONE_SHARE)
    if turned:
        only = {t: _substantive(c) for t, c in after.items()}
        tries.append((only, assumptions.response, tuple(turning_ids)))
    if mixed:
        tries.append((after, floor, (*none_ids, *apart)))
    for tie in ties:
        if set(tie.tables) & set(tables):
            other = {t: tie.coding(case.question, t) for t in tables}
            tries.append((other, floor, (tie.id, *apart)))
    for coded, response, named in tries:
        again = question_conditions(
            report, case.question, case.members, coded, assumptions, response=response
        )
        if again.solve().status == "feasible":
            return named
    return ()


def _substantive(coding: Coding) -> Coding:
    """Return a coding with non-substantive answers left out."""
    blocks = {c: _substantive(b) for c, b in coding.blocks.items()}
    return Coding(coding.values, None, coding.words, blocks)


@dataclass(frozen=True, slots=True)
class _Kind:
    """What equal contradictions have in common."""

    kind: str
    level: str
    verdict: Verdict
    named: tuple[str, ...]
    about: str


def _grouped(
    report: Report,
    found: Sequence[tuple[JointCase, tuple[str, ...], str]],
    assumptions: Assumptions,
) -> list[Finding]:
    groups: dict[_Kind, list[JointCase]] = {}
    for case, named, kind in found:
        level = "scales" if report.answers[case.question].is_scale else "items"
        about = "+".join(sorted({_about(m) for m in case.members}))
        about = "" if kind == "declared_scoring" else about
        groups.setdefault(_Kind(kind, level, case.verdict, named, about), []).append(case)
    findings = []
    for key, cases in groups.items():
        rule: Rule = "joint" if key.kind == "breakdowns" else "means_and_shares"
        ordered = tuple(sorted((c.case for c in cases), key=lambda c: -c.size))
        words = _assumption_words(key.kind, key.verdict, cases, assumptions)
        name = f"{key.kind}:{key.level}:{key.about}".rstrip(":")
        findings.append(Finding(rule, name, key.verdict, words, ordered, key.named))
    return findings


def _about(member: Member) -> str:
    """Return what a member breaks its question down by."""
    breakdowns = sorted({r.breakdown for r in member.readings if r.breakdown})
    what = "+".join(breakdowns) or "total"
    return what if member.statistic == "mean" else f"{what} (shares)"


def _assumption_words(
    kind: str, verdict: str, cases: Sequence[JointCase], assumptions: Assumptions
) -> tuple[str, ...]:
    words = [rounding_words(assumptions), "the tables show the same respondents"]
    if kind == "declared_scoring":
        words.append("turned items are (lowest + highest) − x")
    else:
        words.append("the answers have the same numbers in all of them")
    if verdict in ("impossible", "undecided"):
        words.append(
            f"at least {text_of(assumptions.response * 100, 0)} % of each group answered; bases "
            f"are within {text_of(assumptions.base_slack * 100, 0)} % of those printed; weights "
            f"differ by a factor of {text_of(assumptions.weight_ratio, 1)} at most"
        )
    else:
        words.append("everyone answered; bases are those printed; no weights")
    removals = {r for c in cases for r in c.removals if r}
    if len(cases) == 1 and removals:
        smallest = sorted(removals, key=lambda r: (len(r), r))[:4]
        words.append(
            "without contradiction after leaving out "
            + " or ".join(" and ".join(r) for r in smallest)
        )
    return tuple(words)
