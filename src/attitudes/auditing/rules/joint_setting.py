"""What the rules on one question share: the report, the question, its codings, the assumptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from attitudes.auditing.filters import filter_base
from attitudes.auditing.model import Assumptions
from attitudes.auditing.pooled import spread
from attitudes.auditing.questions import Coding
from attitudes.auditing.readings import Reading, Report
from attitudes.numerics.printed.exact import Interval

__all__ = ["Place", "Setting"]

Place = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Setting:
    """One question of a report under stated assumptions.

    Attributes
    ----------
    report, question
        What is known, and the question.
    codings
        Exhibit → coding of its means.
    assumptions
        What is taken for granted.
    """

    report: Report
    question: str
    codings: Mapping[str, Coding]
    assumptions: Assumptions

    def base(self, place: Place) -> tuple[int, int, int] | None:
        """Return (least, printed, greatest) number of respondents of a place; None: not printed."""
        breakdown, groups = place
        if not groups:
            size = self.report.size
            return None if size is None else (size[0], size[1], size[1])
        if self.report.answers[self.question].asked_of:
            ends = filter_base(
                self.report, self.question, breakdown, groups, self.assumptions.base_slack
            )
            return None if ends is None else (ends[0], (ends[0] + ends[1]) // 2, ends[1])
        bases = [self.report.bases.get((breakdown, g)) for g in groups]
        known = [b for b in bases if b is not None]
        if len(known) < len(groups):
            return None
        low, printed, high = (
            sum(getattr(b, end) for b in known) for end in ("low", "printed", "high")
        )
        return low, printed, high

    def pooled(self, values: Mapping[Place, Interval]) -> Interval | None:
        """Return what the values of places allow for the places together; None: a base lacks."""
        bases = [self.base(p) for p in values]
        known = [b for b in bases if b is not None]
        if len(known) < len(values) or not values:
            return None
        weights = [Interval(Fraction(b[0]), Fraction(b[2])) for b in known]
        return spread(list(values.values()), weights)

    def place_words(self, place: Place) -> str:
        """Return a place in words."""
        groups = place[1]
        return " and ".join(map(self.report.label, groups)) if groups else "all respondents"

    def covers(self, places: Sequence[Place], whole: Place) -> bool:
        """Whether places part a place (a breakdown's groups all respondents) without overlap."""
        breakdowns = {b for b, _ in places}
        groups = [g for _, gs in places for g in gs]
        if len(breakdowns) != 1 or len(groups) != len(set(groups)) or not groups:
            return False
        breakdown = next(iter(breakdowns))
        wanted = whole[1] or self.report.groups.get(breakdown, ())
        same = not whole[1] or whole[0] == breakdown
        return same and set(groups) == set(wanted)

    def listed(self, readings: Sequence[Reading]) -> str:
        """Return printed values with their places."""
        return ", ".join(f"{self.report.place(r)} {r.figure.printed.strip()}" for r in readings)
