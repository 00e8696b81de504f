"""All figures of one question as conditions on how many of each group gave each answer.

The unknowns are, for each group of each breakdown, the number of respondents that gave each
answer, and those that gave none. Breakdowns are tied by their totals: for every answer the
groups of each breakdown sum to the same number. Counts of the cells of region × ethnicity ×
settlement × … × answer exist for every such set of margins: for one answer, margins with equal
totals are the margins of some table of cells (the product of the margins divided by powers of the
total; in whole numbers, the north-west corner rule). Working on margins is therefore exact, and
where only means are printed two answers, the lowest and the highest, are enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from attitudes.auditing.conditions import Conditions
from attitudes.auditing.filters import filter_base
from attitudes.auditing.model import Assumptions
from attitudes.auditing.readings import Answers, Reading, Report

__all__ = ["NONE", "Coding", "Member", "coding_of", "members_of", "question_conditions"]

NONE = "no answer"


@dataclass(frozen=True, slots=True)
class Coding:
    """Which number each answer had in a published mean.

    Attributes
    ----------
    values
        Answer → number.
    none
        Number with which non-substantive answers were averaged in; None: left out.
    words
        The coding in words; empty for the declared one.
    blocks
        Column → coding, for columns of a table that were coded apart.
    """

    values: Mapping[str, Fraction]
    none: Fraction | None = None
    words: str = ""
    blocks: Mapping[str, Coding] = field(default_factory=dict)

    def at(self, column: str) -> Coding:
        """Return the coding of a column."""
        return self.blocks.get(column, self)


@dataclass(frozen=True, slots=True)
class Member:
    """The figures of one question in one exhibit.

    Attributes
    ----------
    table
        Exhibit.
    statistic
        ``mean`` or ``share``.
    readings
        Its figures.
    """

    table: str
    statistic: str
    readings: tuple[Reading, ...] = field(default=())


def coding_of(
    answers: Answers, *, constant: Fraction | None = None, turned: bool | None = None
) -> Coding:
    """Return the coding of a question: as answered, or turned as ``constant`` − x.

    Parameters
    ----------
    answers
        The question.
    constant
        Reversal constant; None: lowest + highest.
    turned
        Whether the answers were turned; None: as the codebook's keying says.
    """
    numbers = {a: v for a, v in answers.values.items() if v is not None}
    low, high = answers.low, answers.high
    is_turned = answers.keying == "-" if turned is None else turned
    if low is None or high is None:
        return Coding({})
    c = low + high if constant is None else constant
    if answers.is_scale:
        return Coding({"lowest": min(low, c - high), "highest": max(high, c - low)})
    if not is_turned:
        return Coding(numbers)
    return Coding({a: c - v for a, v in numbers.items()}, words=f"turned as {c} − x")


def members_of(report: Report, question: str) -> tuple[Member, ...]:
    """Return the tables, charts and passages that print means or shares of a question.

    The figures of one exhibit and one breakdown are one member. What a passage repeats of a table
    is left to the table. Answers of which a respondent may give several tie nothing together and
    are left out.
    """
    answers = report.answers[question]
    here = [
        r
        for r in report.readings
        if r.question == question
        and r.known
        and (r.kind == "mean" or (r.kind == "share" and answers.exclusive))
    ]
    tabled = {(r.kind, r.box, *r.place) for r in here if not r.table.startswith("text")}
    found: dict[tuple[str, str, str], list[Reading]] = {}
    for r in here:
        if r.table.startswith("text") and (r.kind, r.box, *r.place) in tabled:
            continue
        breakdown = r.breakdown if r.table.startswith("text") else ""
        found.setdefault((r.table, r.kind, breakdown), []).append(r)
    return tuple(Member(t, s, tuple(rs)) for (t, s, _), rs in found.items())


def _extremes(answers: Answers, members: Sequence[Member]) -> tuple[str, ...]:
    """Return the answers that are enough: the ends of the scale when only means are printed."""
    if any(m.statistic == "share" for m in members):
        return tuple(answers.values)
    valued = {a: v for a, v in answers.values.items() if v is not None}
    if not valued:
        return tuple(answers.values)
    lowest = min(valued, key=lambda a: valued[a])
    highest = max(valued, key=lambda a: valued[a])
    return (lowest, highest)


def _name(breakdown: str, group: str, answer: str) -> str:
    return f"{breakdown or 'all'}|{group or 'all'}|{answer}"


class _Builder:
    """Builds the conditions of one question."""

    def __init__(
        self,
        report: Report,
        question: str,
        members: Sequence[Member],
        codings: Mapping[str, Coding],
        assumptions: Assumptions,
        response: Fraction,
    ) -> None:
        self.report, self.question = report, question
        self.answers = report.answers[question]
        self.members = members
        self.codings = codings
        self.assumptions = assumptions
        self.response = response
        self.conditions = Conditions()
        used = _extremes(self.answers, members)
        shares = [r for m in members if m.statistic == "share" for r in m.readings]
        self.kinds = (self.answers.missing or (NONE,)) if shares else (NONE,)
        self.shown = {(r.table, r.place) for r in shares if r.box in self.kinds}
        self.substantive = used
        self.all_answers = (*used, *self.kinds)
        self.breakdowns = tuple(
            dict.fromkeys(r.breakdown for m in members for r in m.readings if r.breakdown)
        )

    def build(self) -> Conditions:
        for breakdown in self.breakdowns:
            self._tie(breakdown)
            for group in self.report.groups[breakdown]:
                self._base(breakdown, group)
        self._size()
        for number, member in enumerate(self.members):
            for reading in member.readings:
                if member.statistic == "mean":
                    self._mean(reading, number)
                else:
                    self._share(reading, number)
        return self.conditions

    def _tie(self, breakdown: str) -> None:
        for answer in self.all_answers:
            terms = {
                _name(breakdown, g, answer): Fraction(1) for g in self.report.groups[breakdown]
            }
            terms[_name("", "", answer)] = Fraction(-1)
            self.conditions.equal(
                f"every respondent is in one group of {breakdown}", terms, Fraction(0)
            )

    def _sum(
        self, places: Iterable[tuple[str, str]], answers: Iterable[str]
    ) -> dict[str, Fraction]:
        chosen = tuple(answers)
        return {_name(b, g, a): Fraction(1) for b, g in places for a in chosen}

    def _base(self, breakdown: str, group: str) -> None:
        everyone = self._sum([(breakdown, group)], self.all_answers)
        none = self._sum([(breakdown, group)], self.kinds)
        label = self.report.label(group)
        between = self._between(breakdown, group)
        if between is not None:
            low, high = between
            self.conditions.at_least(f"at least {float(low):g} respondents: {label}", everyone, low)
            self.conditions.at_most(f"at most {float(high):g} respondents: {label}", everyone, high)
        self._respond(label, everyone, none)

    def _between(self, breakdown: str, group: str) -> tuple[Fraction, Fraction] | None:
        """Return between which (weighted) numbers of respondents a group counts."""
        slack, ratio = self.assumptions.base_slack, self.assumptions.weight_ratio
        if self.answers.asked_of:
            asked = filter_base(self.report, self.question, breakdown, (group,), slack)
            return None if asked is None else (Fraction(asked[0]) / ratio, Fraction(asked[1]))
        base = self.report.bases.get((breakdown, group))
        return None if base is None else (base.low * (1 - slack) / ratio, base.high * (1 + slack))

    def _respond(
        self, label: str, everyone: Mapping[str, Fraction], none: Mapping[str, Fraction]
    ) -> None:
        if self.shown:
            return
        floor = 1 - self.response
        terms = {n: none.get(n, Fraction(0)) - floor for n in everyone}
        says = f"at least {float(self.response * 100):g} % of {label} answered"
        self.conditions.at_most(says, terms, Fraction(0))

    def _size(self) -> None:
        everyone = self._sum([("", "")], self.all_answers)
        none = self._sum([("", "")], self.kinds)
        based = any(
            self._between(b, g) is not None for b in self.breakdowns for g in self.report.groups[b]
        )
        if not based:
            self.conditions.equal("the size of the survey is taken as 1", everyone, Fraction(1))
        self._respond("all respondents", everyone, none)

    def _places(self, reading: Reading) -> list[tuple[str, str]]:
        if reading.total:
            return [("", "")]
        return [(reading.breakdown, g) for g in reading.groups]

    def _mean(self, reading: Reading, member: int) -> None:
        coding = self.codings[reading.table].at(reading.figure.column)
        valued = tuple(a for a in self.substantive if a in coding.values)
        if not valued:
            return
        places = self._places(reading)
        values = {_name(b, g, a): coding.values[a] for b, g in places for a in valued}
        counted = tuple(values)
        if coding.none is not None:
            extra = {_name(b, g, k): coding.none for b, g in places for k in self.kinds}
            values |= extra
            counted += tuple(extra)
        self.conditions.ratio(reading, values, counted, member)

    def _share(self, reading: Reading, member: int) -> None:
        inside = self.answers.boxes.get(reading.box)
        if inside is None and reading.box in self.kinds:
            inside = frozenset({reading.box})
        if inside is None:
            return
        places = self._places(reading)
        values = {
            _name(b, g, a): Fraction(1) for b, g in places for a in self.all_answers if a in inside
        }
        everyone = tuple(self._sum(places, self.all_answers))
        answered = tuple(self._sum(places, (a for a in self.all_answers if a not in self.kinds)))
        unit = Fraction(1, 100)
        if inside & set(self.kinds) or (reading.table, reading.place) in self.shown:
            self.conditions.ratio(reading, values, everyone, member, unit=unit)
            return
        self.conditions.ratio(reading, values, everyone, member, unit=unit, ends=("high",))
        self.conditions.ratio(reading, values, answered, member, unit=unit, ends=("low",))


def question_conditions(
    report: Report,
    question: str,
    members: Sequence[Member],
    codings: Mapping[str, Coding],
    assumptions: Assumptions,
    *,
    response: Fraction | None = None,
) -> Conditions:
    """Return the conditions that the figures of a question put on its respondents.

    Parameters
    ----------
    report, question
        What is known, and the question.
    members
        Tables and passages of the question; the rows of member i carry the number i.
    codings
        Exhibit → coding of its means.
    assumptions
        Slack of the bases and of the weights.
    response
        Smallest share of each group that answered; default: that of ``assumptions``.

    Notes
    -----
    A printed share may have all respondents as its base or only those who answered. Its upper
    end bounds the part of all, its lower end the part of the answered: both readings are allowed.
    Where a table prints the share of those who gave no answer beside it, all are the base.
    """
    floor = assumptions.response if response is None else response
    return _Builder(report, question, members, codings, assumptions, floor).build()
