"""The sentences that tell contradictions among the figures of one question."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from attitudes.auditing.pooled import apart, pool, pool_words
from attitudes.auditing.proofs import text_of
from attitudes.auditing.questions import Member
from attitudes.auditing.readings import Reading, Report
from attitudes.auditing.rules.joint_setting import Setting
from attitudes.auditing.rules.joint_share_words import mean_and_shares, shares_apart
from attitudes.numerics.printed.exact import Interval

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


def contradiction(
    setting: Setting, kept: Sequence[Member], sharp: Sequence[Reading], response: Fraction
) -> str:
    """Return why figures cannot stand together, in arithmetic that a reader can redo.

    Parameters
    ----------
    kept
        Tables and passages that contradict each other.
    sharp
        Figures of theirs that already do.
    response
        Smallest part of each group that answered.
    """
    name = f"“{setting.report.label(setting.question)}”"
    means = [r for r in sharp if r.kind == "mean"]
    shares = [r for r in sharp if r.kind == "share"]
    if not shares and len(kept) == 2:
        return f"{name}: {_two_tables(setting.report, *kept)}"
    if means and shares:
        return f"{name}: {mean_and_shares(setting, means, shares, response)}"
    if means:
        return f"{name}: {_off_scale(setting, means)}"
    return f"{name}: {shares_apart(setting, shares)}"


def single_groups(member: Member) -> list[Reading]:
    """Return the figures of a member that speak of one group."""
    return [r for r in member.readings if len(r.groups) == 1]


def _listed(report: Report, readings: Sequence[Reading]) -> str:
    return ", ".join(f"{report.place(r)} {r.figure.printed.strip()}" for r in readings)


def _two_tables(report: Report, first: Member, second: Member) -> str:
    pools = [(m, pool(report, single_groups(m))) for m in (first, second)]
    known = [(m, p) for m, p in pools if p is not None and p.complete]
    if len(known) < 2:
        return _total_against(report, first, second)
    known.sort(key=lambda mp: mp[1].interval.low or Fraction(0))
    (low_m, low_p), (high_m, high_p) = known
    low_end, high_end = low_p.interval.high, high_p.interval.low
    assert low_end is not None
    assert high_end is not None
    if low_end >= high_end:
        return _total_against(report, first, second)
    at_most, at_least = apart(low_end, high_end)
    below = _side(report, low_m, f"is at most {at_most}")
    above = _side(report, high_m, f"is at least {at_least}")
    text = f"{above}; {below}. Both are the mean of all respondents."
    if low_p.largest < high_p.smallest:
        text += " Every group of the one lies below every group of the other."
    elif low_p.largest < high_end:
        text += f" No group of {low_m.table} reaches {at_least}."
    elif high_p.smallest > low_end:
        text += f" No group of {high_m.table} comes down to {at_most}."
    return text


def _total_against(report: Report, first: Member, second: Member) -> str:
    """A total in one place against the groups of another."""
    for whole, parts in ((first, second), (second, first)):
        totals = [r for r in whole.readings if r.total]
        found = pool(report, single_groups(parts))
        if not totals or found is None or not found.complete:
            continue
        total, between = totals[0], found.interval
        if between.low is None or between.high is None or total.interval.meets(between):
            continue
        over = total.printed.value > between.high
        end = between.high if over else between.low
        word = "at most" if over else "at least"
        side = _side(report, parts, f"is {word} {_end(end, up=over)}")
        return f"{side}; {whole.table} prints {total.figure.printed.strip()} for all respondents."
    listed = "; ".join(f"{m.table}: {_listed(report, m.readings)}" for m in (first, second))
    return f"no set of respondents gives both {listed}."


def _end(value: Fraction, *, up: bool) -> str:
    """Return a number with two decimals, rounded so that it stays a bound."""
    scaled = value * 100
    whole = scaled.__ceil__() if up else scaled.__floor__()
    return text_of(Fraction(whole, 100))


def _side(report: Report, member: Member, tail: str) -> str:
    words = pool_words(report, single_groups(member))
    if words:
        return f"{member.table} pooled: {words} {tail}"
    return f"{member.table}: {_listed(report, single_groups(member))}; pooled {tail}"


def _off_scale(setting: Setting, readings: Sequence[Reading]) -> str:
    coding = setting.codings[readings[0].table].at(readings[0].figure.column)
    tables = ", ".join(dict.fromkeys(r.table for r in readings))
    low, high = min(coding.values.values()), max(coding.values.values())
    out = [r for r in readings if not r.interval.meets(Interval(low, high))]
    if not out:
        return f"{tables}: {setting.listed(readings)} cannot stand together."
    how = f" {coding.words}" if coding.words else ""
    return (
        f"{tables}: {setting.listed(out)} cannot be reached by answers{how}, "
        f"which give {text_of(low)} to {text_of(high)}."
    )
