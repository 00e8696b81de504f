"""All breakdowns of one question together: minimal contradicting sets, removals and prices."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy import optimize

from attitudes.auditing.codings import declared_codings, without_totals
from attitudes.auditing.conditions import Conditions
from attitudes.auditing.hypotheses import NONE_SHARE
from attitudes.auditing.model import Assumptions, Case, Finding, Rule, Verdict
from attitudes.auditing.pooled import pool, pool_words, price_of
from attitudes.auditing.proofs import rounding_words, text_of
from attitudes.auditing.questions import Coding, Member, members_of, question_conditions
from attitudes.auditing.readings import Reading, Report
from attitudes.numerics.exact import Interval
from attitudes.numerics.feasibility import MinimalSets, minimal_sets, shrink

__all__ = ["JointCase", "check_joint", "figure_level", "joint_cases"]

Codings = Callable[[str, str], Coding]
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


class _Question:
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
        assumptions = self.assumptions
        if bare:
            assumptions = Assumptions(
                assumptions.rounding, response, Fraction(0), assumptions.weight_ratio
            )
        return question_conditions(
            self.report, self.question, self.members, self.codings, assumptions, response=response
        )

    def sets(self, conditions: Conditions, seconds: float) -> MinimalSets:
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
        groups = [_groups(m) for m in kept]
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


def _usable(report: Report, question: str, *, plain: bool) -> list[Member]:
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
    members = _usable(report, question, plain=plain)
    if not members:
        return []
    work = _Question(report, question, codings, assumptions, members)
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
    work: _Question,
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
    sentence = _sentence(work, kept, rate)
    gap = 1.0 if rate is None else float(1 - rate)
    case = Case(figures, sentence, proof, _price(rate), gap)
    named = tuple(tuple(_member_name(members[i]) for i in sorted(s)) for s in removals)
    return JointCase(work.question, kept, case, verdict, named)


def _member_name(member: Member) -> str:
    return f"{member.table} ({member.statistic}s)"


def _price(rate: Fraction | None) -> str | None:
    if rate is None:
        return None
    if rate == 0:
        return "fewer than 5 % of some groups answered"
    spread = text_of(1 / rate, 1)
    return (
        f"in some groups no more than {text_of(rate * 100, 0)} % of the respondents answered, and "
        f"others all; or weights of groups differ by a factor of {spread}"
    )


def _sentence(work: _Question, kept: Sequence[Member], rate: Fraction | None) -> str:
    name = f"“{work.report.label(work.question)}”"
    means = [m for m in kept if m.statistic == "mean"]
    shares = [m for m in kept if m.statistic == "share"]
    if len(means) == 2 and not shares:
        return f"{name}: {_two_tables(work, *means)}"
    if len(means) == 1 and shares:
        return f"{name}: {_mean_and_shares(work, means[0], shares)}"
    if len(means) == 1 and not shares:
        return f"{name}: {_off_scale(work, means[0])}"
    tables = ", ".join(_member_name(m) for m in kept)
    return f"{name}: the figures of {tables} cannot all be those of one set of respondents."


def _groups(member: Member) -> list[Reading]:
    return [r for r in member.readings if len(r.groups) == 1]


def _listed(report: Report, readings: Sequence[Reading]) -> str:
    return ", ".join(f"{report.place(r)} {r.figure.printed.strip()}" for r in readings)


def _two_tables(work: _Question, first: Member, second: Member) -> str:
    pools = [(m, pool(work.report, _groups(m))) for m in (first, second)]
    known = [(m, p) for m, p in pools if p is not None and p.complete]
    if len(known) < 2:
        listed = "; ".join(f"{m.table}: {_listed(work.report, m.readings)}" for m, _ in pools)
        return f"no set of respondents gives both {listed}."
    known.sort(key=lambda mp: mp[1].interval.low or Fraction(0))
    (low_m, low_p), (high_m, high_p) = known
    low_end, high_end = low_p.interval.high, high_p.interval.low
    assert low_end is not None
    assert high_end is not None
    below = _side(work.report, low_m, upper=True)
    above = _side(work.report, high_m, upper=False)
    text = f"{above}; {below}. Both are the mean of all respondents."
    if low_p.largest < high_p.smallest:
        text += " Every group of the one lies below every group of the other."
    elif low_p.largest < high_end:
        text += f" No group of {low_m.table} reaches {text_of(high_end)}."
    elif high_p.smallest > low_end:
        text += f" No group of {high_m.table} comes down to {text_of(low_end)}."
    return text


def _side(report: Report, member: Member, *, upper: bool) -> str:
    words = pool_words(report, _groups(member), upper=upper)
    if words:
        return f"{member.table} pooled: {words}"
    return f"{member.table}: {_listed(report, _groups(member))}"


def _off_scale(work: _Question, member: Member) -> str:
    coding = work.codings[member.table]
    low, high = min(coding.values.values()), max(coding.values.values())
    out = [r for r in member.readings if not r.interval.meets(Interval(low, high))]
    if not out:
        return f"{member.table}: {_listed(work.report, member.readings)} cannot stand together."
    how = f" {coding.words}" if coding.words else ""
    return (
        f"{member.table}: {_listed(work.report, out)} cannot be reached by answers{how}, which give "
        f"{text_of(low)} to {text_of(high)}."
    )


def _mean_bounds(
    work: _Question, readings: Sequence[Reading], coding: Coding
) -> tuple[float, float] | None:
    """Return the sharp bounds of a mean given printed shares of the same people."""
    answers = work.report.answers[work.question]
    valued = [a for a in answers.values if a in coding.values]
    rows, limits = [], []
    for r in readings:
        inside = answers.boxes.get(r.box, frozenset())
        if not inside:
            continue
        row = np.array([1.0 if a in inside else 0.0 for a in valued])
        assert r.interval.low is not None
        assert r.interval.high is not None
        rows += [row, -row]
        upper = min(1.0, float(r.interval.high / 100 / work.assumptions.response))
        limits += [upper, -float(r.interval.low / 100)]
    if not rows:
        return None
    values = np.array([float(coding.values[a]) for a in valued])
    ends = []
    for sign in (1, -1):
        result = optimize.linprog(
            sign * values,
            A_ub=np.array(rows),
            b_ub=np.array(limits),
            A_eq=np.ones((1, len(valued))),
            b_eq=np.array([1.0]),
            method="highs",
        )
        if result.fun is None:
            return None
        ends.append(sign * float(result.fun))
    return ends[0], ends[1]


def _mean_and_shares(work: _Question, mean: Member, shares: Sequence[Member]) -> str:
    report, coding = work.report, work.codings[mean.table]
    how = f", {coding.words}," if coding.words else ""
    printed = [r for m in shares for r in m.readings]
    listed = ", ".join(
        f"{r.figure.printed.strip()} {r.box} ({report.place(r)}, {r.table})" for r in printed
    )
    parts = [f"with {listed}"]
    for place in dict.fromkeys(r.place for r in printed):
        here = [r for r in printed if r.place == place]
        ends = _mean_bounds(work, here, coding)
        if ends is None:
            continue
        low, high = ends
        parts.append(
            f"the mean of {report.place(here[0])}{how} lies between {low:.2f} and {high:.2f}"
        )
    pooled = pool(report, _groups(mean))
    tail = f"{mean.table} prints {_listed(report, mean.readings)}"
    if pooled is not None and pooled.sized and pooled.interval.low is not None:
        assert pooled.interval.high is not None
        tail += f", pooled {text_of(pooled.interval.low)} to {text_of(pooled.interval.high)}"
    return f"{'; '.join(parts)}; {tail}."


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
    members = _usable(report, question, plain=plain)
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


def check_joint(
    report: Report,
    assumptions: Assumptions,
    *,
    shift: int,
    final: Codings,
    none_tables: Mapping[str, Fraction],
    plain: bool,
    none_ids: Sequence[str] = (),
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
                (turning_ids or {}).get(question, ()),
            )
            found.append((case, named, _kind(case)))
    return _grouped(report, found, assumptions)


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
    members = _usable(report, question, plain=plain)
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
        if statistics != {"mean", "share"} or case.verdict != "impossible":
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
    turning_ids: Sequence[str],
) -> tuple[str, ...]:
    """Return the named conventions under which a contradicting set becomes possible."""
    if report.answers[case.question].is_scale:
        return ()
    tables = [m.table for m in case.members]
    after = {t: final(case.question, t) for t in tables}
    turned = any(after[t].values != codings[t].values for t in tables)
    mixed = [t for t in tables if t in none_tables]
    tries = []
    if turned:
        only = {t: Coding(c.values, None, c.words) for t, c in after.items()}
        tries.append((only, assumptions.response, tuple(turning_ids)))
    if mixed:
        both = (*none_ids, *(turning_ids if turned else ()))
        tries.append((after, 1 - NONE_SHARE, both))
    for coded, response, named in tries:
        again = question_conditions(
            report, case.question, case.members, coded, assumptions, response=response
        )
        if again.solve().status == "feasible":
            return named
    return ()


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
    if verdict == "impossible":
        words.append(
            f"at least {text_of(assumptions.response * 100, 0)} % of each group answered; bases are "
            f"within {text_of(assumptions.base_slack * 100, 0)} % of those printed; weights differ "
            f"by a factor of {text_of(assumptions.weight_ratio, 1)} at most"
        )
    else:
        words.append("everyone answered; bases are those printed; no weights")
    removals = {r for c in cases for r in c.removals if r}
    if len(cases) == 1 and removals:
        smallest = sorted(removals, key=len)[:4]
        words.append(
            "without contradiction after leaving out "
            + " or ".join(" and ".join(r) for r in smallest)
        )
    return tuple(words)
