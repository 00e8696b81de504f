"""From contradicting tables to the figures that already contradict each other."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from attitudes.auditing.conditions import Conditions
from attitudes.auditing.questions import Member
from attitudes.auditing.readings import Reading
from attitudes.auditing.rules.joint_work import QuestionWork, only
from attitudes.numerics.printed.feasibility import shrink

__all__ = ["contradicting_parts", "narrowed", "printed_beside"]


def contradicting_parts(
    work: QuestionWork, kept: Sequence[Member], response: Fraction, strict: bool
) -> list[tuple[Member, ...]]:
    """Return the shares and means of each place that contradict by themselves; else all."""
    told = [
        part
        for place in _places(kept)
        for part in _single_shares(work, place, response, strict)
        if _contradicts(work, part, response, strict)
    ]
    if not told and all(m.statistic == "share" for m in kept):
        told = [p for p in _bars(kept) if _contradicts(work, p, response, strict)]
    return told or [tuple(kept)]


def _bars(kept: Sequence[Member]) -> list[tuple[Member, ...]]:
    """Return the shares of each place."""
    shares = [r for m in kept for r in m.readings]
    bars = [
        tuple(r for r in shares if r.place == p) for p in dict.fromkeys(r.place for r in shares)
    ]
    return [(Member(bar[0].table, "share", bar),) for bar in bars]


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


def _single_shares(
    work: QuestionWork, part: tuple[Member, ...], response: Fraction, strict: bool
) -> list[tuple[Member, ...]]:
    """Return a place's figures; share by share when the shares alone contradict each other."""
    means, shares = part
    if len(shares.readings) < 2 or not _contradicts(work, [shares], response, strict):
        return [part]
    return [(means, Member(shares.table, "share", (r,))) for r in shares.readings]


def _contradicts(
    work: QuestionWork, members: Sequence[Member], response: Fraction, strict: bool
) -> bool:
    return only(work, members, response, strict).solve().status == "impossible"


def narrowed(
    work: QuestionWork, kept: Sequence[Member], response: Fraction, strict: bool
) -> tuple[Conditions, tuple[Reading, ...]]:
    """Return figures of contradicting tables that already contradict each other.

    Two tables of means stay whole: it is their pooled values that differ. Where shares take part
    the deletion filter leaves out what can be spared, a row of a table at a time, rows by group
    first; of the means, those of the groups whose shares are left are enough if they contradict.
    """
    everything = tuple(r for m in kept for r in m.readings)
    if all(m.statistic == "mean" for m in kept):
        return only(work, kept, response, strict), everything
    rows: dict[tuple[object, ...], list[Reading]] = {}
    for r in everything:
        single = r.total or r.table.startswith("text")
        rows.setdefault((r.table, r.kind, r.box, r.place if single else "groups"), []).append(r)
    order = sorted(rows.values(), key=lambda rs: (not rs[0].groups, rs[0].kind == "share"))
    units = [Member(rs[0].table, _statistic(rs[0]), tuple(rs)) for rs in order]
    conditions = only(work, units, response, strict)
    sharp = shrink(range(len(units)), lambda s: conditions.solve(s).status == "impossible")
    left = [units[i] for i in sorted(sharp)]
    places = {g for m in left if m.statistic == "share" for r in m.readings for g in r.groups}
    fewer = [
        Member(m.table, m.statistic, rs)
        for m in left
        if (rs := tuple(r for r in m.readings if m.statistic == "share" or set(r.groups) <= places))
    ]
    if places and any(m.statistic == "mean" for m in fewer):
        tried = only(work, fewer, response, strict)
        if tried.solve().status == "impossible":
            return tried, tuple(r for m in fewer for r in m.readings)
    return only(work, left, response, strict), tuple(r for m in left for r in m.readings)


def _statistic(reading: Reading) -> str:
    return "mean" if reading.kind == "mean" else "share"


def printed_beside(
    work: QuestionWork, part: Sequence[Member], sharp: Sequence[Reading]
) -> list[Reading]:
    """Return the other figures of the rows and bars told, and where they are printed again."""
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
    bars = [r for r in own if r.kind == "share" and (r.table, r.place) in places]
    values = {(r.kind, r.box, r.place, r.printed.value) for r in (*sharp, *bars)}
    again = [
        r
        for r in work.report.readings
        if r.question == work.question
        and r.known
        and (r.kind, r.box, r.place, r.printed.value) in values
    ]
    return [r for r in dict.fromkeys((*bars, *totals, *again)) if r.index not in used]
