"""What reconciles tables of one question: non-answers averaged in, rows turned apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from attitudes.auditing.codings import Turning
from attitudes.auditing.hypothesis_rows import (
    RowModel,
    table_rows,
)
from attitudes.auditing.hypothesis_search import Hunt, Way
from attitudes.auditing.model import Assumptions, ConventionFinding
from attitudes.auditing.questions import Coding
from attitudes.auditing.readings import Report
from attitudes.auditing.turning_search import Search

__all__ = ["Explained", "explain"]


@dataclass(frozen=True, slots=True)
class Explained:
    """Hypotheses chosen, and the codings that follow from them.

    Attributes
    ----------
    conventions
        Named first, then tied and merely possible ones.
    none
        Exhibit → number with which non-substantive answers were averaged in.
    flipped
        (question, table) of rows turned the other way.
    blocks
        (question, table) → columns turned the other way than the rest of the row.
    left
        How many tables stay in contradiction with the others of their question.
    cost
        How many statements the named hypotheses make.
    """

    conventions: tuple[ConventionFinding, ...]
    none: Mapping[str, Fraction]
    flipped: frozenset[tuple[str, str]]
    blocks: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    left: int = 0
    cost: int = 0

    def coding(self, report: Report, turning: Turning, question: str, table: str) -> Coding:
        """Return the coding of a question in a table under all named conventions."""
        answers = report.answers[question]
        coding = turning.coding(answers, question, table)
        constant = turning.constant(answers)
        values, none = coding.values, self.none.get(table)
        turned = turning.turned.get((question, table), answers.keying == "-")
        if (question, table) in self.flipped and constant is not None:
            values = {a: constant - v for a, v in values.items()}
            turned = not turned
        columns = self.blocks.get((question, table), ())
        own = none if none is None or constant is None or not turned else constant - none
        if not columns or constant is None:
            return Coding(values, own, coding.words)
        other = none if none is None or turned else constant - none
        apart = Coding({a: constant - v for a, v in values.items()}, other, coding.words)
        return Coding(values, own, coding.words, dict.fromkeys(columns, apart))


def explain(
    report: Report, turning: Turning, assumptions: Assumptions, *, plain: bool
) -> Explained:
    """Find the smallest set of hypotheses that reconciles the tables of each question.

    Notes
    -----
    Each question's table gives an interval for the mean of all its answers: the pooled value of
    its groups under the stated response and bases, turned back. Tables contradict each other
    when the intervals share no point. Hypotheses are added one by one, the one first that removes
    most contradictions; equally good ones are ties, of which the one is named that also reconciles
    most tables as they would be if everyone had answered. A report has one number for
    non-substantive answers: once one is named, other numbers are its rivals and not additions.

    Whether an item was published turned makes no difference to tables that agree, but it says to
    which side non-answers averaged in pull its mean. The search therefore starts a second time
    with a number for non-answers together with the items that it needs published the other way
    round. The way with the fewest hypotheses and contradictions left is named.
    """
    strict = Assumptions(assumptions.rounding, Fraction(1), Fraction(0))
    hunt = Hunt(
        report,
        turning,
        RowModel(table_rows(report, turning, assumptions, plain=plain)),
        RowModel(table_rows(report, turning, strict, plain=plain)),
        Search(report, assumptions, plain=plain),
    )
    first = hunt.follow(Way())
    second = None if first.chosen == [] and first.left == 0 else hunt.start_again()
    ways = [first] if second is None else sorted((first, second), key=lambda w: w.score)
    best, *rest = ways
    extra = [_rival(c, best, way) for way in rest if way.left <= best.left for c in way.named]
    none = {t: v for c in best.chosen for t, v in c.none}
    flipped: set[tuple[str, str]] = set()
    for c in best.chosen:
        flipped ^= set(c.flip)
    known = {c.id for c in best.named}
    others = {c.id: c for c in (*extra, *best.others) if c.id not in known}
    return Explained(
        (*best.named, *others.values()), none, frozenset(flipped), left=best.left, cost=best.cost
    )


def _rival(found: ConventionFinding, best: Way, way: Way) -> ConventionFinding:
    """Return a statement of a way not taken: a tie where it does as well."""
    as_well = way.cost + way.left == best.cost + best.left
    return replace(found, status="tied" if as_well else "possible")
