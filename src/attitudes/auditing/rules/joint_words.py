"""The sentences that tell contradictions among the figures of one question."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize

from attitudes.auditing.pooled import pool, pool_words
from attitudes.auditing.proofs import text_of
from attitudes.auditing.questions import Coding, Member
from attitudes.auditing.readings import Reading, Report
from attitudes.numerics.printed.exact import Interval

if TYPE_CHECKING:
    from attitudes.auditing.rules.joint_sets import QuestionWork

__all__ = ["contradiction", "member_name", "price_words", "single_groups"]


def member_name(member: Member) -> str:
    """Return a member in words."""
    return f"{member.table} ({member.statistic}s)"


def price_words(rate: Fraction | None) -> str | None:
    """Return what a response rate that would rescue figures means; None when none does."""
    if rate is None:
        return None
    if rate == 0:
        return "fewer than 5 % of some groups answered"
    spread = text_of(1 / rate, 1)
    return (
        f"in some groups no more than {text_of(rate * 100, 0)} % of the respondents answered, and "
        f"others all; or weights of groups differ by a factor of {spread}"
    )


def contradiction(work: QuestionWork, kept: Sequence[Member]) -> str:
    """Return why figures cannot stand together, in arithmetic that a reader can redo."""
    name = f"“{work.report.label(work.question)}”"
    means = [m for m in kept if m.statistic == "mean"]
    shares = [m for m in kept if m.statistic == "share"]
    if len(means) == 2 and not shares:
        return f"{name}: {_two_tables(work, *means)}"
    if len(means) == 1 and shares:
        return f"{name}: {_mean_and_shares(work, means[0], shares)}"
    if len(means) == 1 and not shares:
        return f"{name}: {_off_scale(work, means[0])}"
    tables = ", ".join(member_name(m) for m in kept)
    return f"{name}: the figures of {tables} cannot all be those of one set of respondents."


def single_groups(member: Member) -> list[Reading]:
    """Return the figures of a member that speak of one group."""
    return [r for r in member.readings if len(r.groups) == 1]


def _listed(report: Report, readings: Sequence[Reading]) -> str:
    return ", ".join(f"{report.place(r)} {r.figure.printed.strip()}" for r in readings)


def _two_tables(work: QuestionWork, first: Member, second: Member) -> str:
    pools = [(m, pool(work.report, single_groups(m))) for m in (first, second)]
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
    words = pool_words(report, single_groups(member), upper=upper)
    if words:
        return f"{member.table} pooled: {words}"
    return f"{member.table}: {_listed(report, single_groups(member))}"


def _off_scale(work: QuestionWork, member: Member) -> str:
    coding = work.codings[member.table]
    low, high = min(coding.values.values()), max(coding.values.values())
    out = [r for r in member.readings if not r.interval.meets(Interval(low, high))]
    if not out:
        return f"{member.table}: {_listed(work.report, member.readings)} cannot stand together."
    how = f" {coding.words}" if coding.words else ""
    return (
        f"{member.table}: {_listed(work.report, out)} cannot be reached by answers{how}, "
        f"which give {text_of(low)} to {text_of(high)}."
    )


def _mean_bounds(
    work: QuestionWork, readings: Sequence[Reading], coding: Coding
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


def _mean_and_shares(work: QuestionWork, mean: Member, shares: Sequence[Member]) -> str:
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
    pooled = pool(report, single_groups(mean))
    tail = f"{mean.table} prints {_listed(report, mean.readings)}"
    if pooled is not None and pooled.sized and pooled.interval.low is not None:
        assert pooled.interval.high is not None
        tail += f", pooled {text_of(pooled.interval.low)} to {text_of(pooled.interval.high)}"
    return f"{'; '.join(parts)}; {tail}."
