"""What each published figure measures: which question, which answers, which group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from attitudes.numerics.printed.exact import Interval, Printed
from attitudes.study.claims import Claim
from attitudes.study.figures import Figure

__all__ = ["Answers", "Base", "Kind", "Reading", "Report"]

Kind = Literal["mean", "share", "count", "population", "other"]
TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of a question, as far as an audit needs them.

    Attributes
    ----------
    values
        Answer → number that stands for it in a mean (None: no number); in order.
    boxes
        Named groups of answers, single answers included.
    missing
        Kinds of non-substantive answers.
    exclusive
        Whether a respondent gives one answer only.
    keying
        ``"+"``, ``"-"`` or None.
    scale
        Scale that the question belongs to; its own id when it is a scale itself.
    is_scale
        Whether it is a scale: the mean of its items.
    items
        The items of a scale.
    asked_of
        Variable → answers of those who were asked.
    """

    values: Mapping[str, Fraction | None]
    boxes: Mapping[str, frozenset[str]]
    missing: tuple[str, ...] = ()
    exclusive: bool = True
    keying: str | None = None
    scale: str | None = None
    is_scale: bool = False
    items: tuple[str, ...] = ()
    asked_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def low(self) -> Fraction | None:
        """Smallest number of an answer."""
        numbers = [v for v in self.values.values() if v is not None]
        return min(numbers) if numbers else None

    @property
    def high(self) -> Fraction | None:
        """Largest number of an answer."""
        numbers = [v for v in self.values.values() if v is not None]
        return max(numbers) if numbers else None


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure and what it measures.

    Attributes
    ----------
    index
        Its position among the figures.
    figure
        As published.
    kind
        What sort of number it is.
    question
        Item, scale or variable; empty when it is none of the codebook's.
    box
        For shares: the box or answer; else empty.
    breakdown, groups
        The groups it speaks of, more than one when it speaks of them together; empty breakdown
        and no groups for all respondents.
    known
        Whether its column could be read.
    printed
        The number read.
    interval
        Exact values behind it; shares in percent.
    base, sd
        The base and the standard deviation printed beside it, if any.
    """

    index: int
    figure: Figure
    kind: Kind
    question: str
    box: str
    breakdown: str
    groups: tuple[str, ...]
    known: bool
    printed: Printed
    interval: Interval
    base: int | None = None
    sd: str | None = None

    @property
    def table(self) -> str:
        """Exhibit that prints it."""
        return self.figure.exhibit

    @property
    def total(self) -> bool:
        """Whether it speaks of all respondents."""
        return self.known and not self.groups

    @property
    def place(self) -> tuple[str, tuple[str, ...]]:
        """Breakdown and groups."""
        return (self.breakdown, self.groups)


@dataclass(frozen=True, slots=True)
class Base:
    """How many respondents a group has.

    Attributes
    ----------
    printed
        As printed.
    low, high
        Whole numbers between which the printed counts leave it.
    source
        Position of the figure that prints it.
    """

    printed: int
    low: int
    high: int
    source: int


@dataclass(frozen=True, slots=True)
class Report:
    """All readings of a report and what is known of its questions and groups.

    Attributes
    ----------
    figures
        All figures, in order.
    readings
        One a figure that could be read.
    answers
        Question → its answers.
    groups
        Breakdown → its groups.
    bases
        (breakdown, group) → its size.
    populations
        (breakdown, group) → its population and the figure that prints it.
    size
        Number of respondents of the survey between two ends, None when not printed.
    labels
        Id → words.
    claims
        Statements of order.
    unread
        Sentences about figures that could not be read.
    """

    figures: tuple[Figure, ...]
    readings: tuple[Reading, ...]
    answers: Mapping[str, Answers]
    groups: Mapping[str, tuple[str, ...]]
    bases: Mapping[tuple[str, str], Base]
    populations: Mapping[tuple[str, str], tuple[Fraction, int]]
    size: tuple[int, int] | None
    labels: Mapping[str, str]
    claims: tuple[Claim, ...]
    unread: tuple[str, ...] = ()

    def label(self, name: str) -> str:
        """Return the words of an id; the id itself when it has none."""
        if "+" in name:
            return " and ".join(self.label(part) for part in name.split("+"))
        return self.labels.get(name, name.replace("_", " "))

    def place(self, reading: Reading) -> str:
        """Return the group of a reading in words."""
        if not reading.known:
            return f"“{reading.figure.column}”"
        return "all respondents" if reading.total else " and ".join(map(self.label, reading.groups))

    def quote(self, reading: Reading) -> str:
        """Return a printed value with its group and its exhibit."""
        return f"{self.place(reading)} {reading.figure.printed.strip()} ({reading.figure.exhibit})"
