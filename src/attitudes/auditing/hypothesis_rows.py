"""The rows of means that hypotheses reconcile, and how many tables of a question contradict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from attitudes.auditing.codings import Turning
from attitudes.auditing.model import Assumptions
from attitudes.auditing.pooled import pool
from attitudes.auditing.questions import members_of
from attitudes.auditing.readings import Report
from attitudes.auditing.turning_search import without_totals
from attitudes.numerics.printed.exact import Interval, hull

__all__ = ["NONE_SHARE", "Candidate", "RowModel", "TableRow", "implied_share", "table_rows"]

NONE_SHARE = Fraction(2, 5)
"""Largest share of non-answers that a hypothesis may need."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """A question's means in one table, pooled.

    Attributes
    ----------
    interval
        Pooled mean when only those count who answered.
    everyone
        Pooled mean when non-answers count as well: groups then have their bases.
    """

    question: str
    table: str
    breakdown: str
    interval: Interval
    everyone: Interval
    turned: bool
    constant: Fraction
    low: Fraction
    high: Fraction
    figures: tuple[int, ...]

    def answered(self, *, flip: bool = False, mixed: bool = False) -> Interval:
        """Return the published mean turned back to the scale as answered.

        Parameters
        ----------
        flip
            Whether it was published the other way round.
        mixed
            Whether non-answers were averaged in.
        """
        interval = self.everyone if mixed else self.interval
        return interval.times(-1).shift(self.constant) if self.turned != flip else interval


@dataclass(frozen=True, slots=True)
class Candidate:
    """A hypothesis in the search."""

    kind: str
    none: tuple[tuple[str, Fraction], ...] = ()
    flip: tuple[tuple[str, str], ...] = ()
    breakdowns: tuple[str, ...] = ()


def table_rows(
    report: Report, turning: Turning, assumptions: Assumptions, *, plain: bool
) -> dict[str, list[TableRow]]:
    found: dict[str, list[TableRow]] = {}
    for question, answers in report.answers.items():
        constant = turning.constant(answers)
        if answers.is_scale or constant is None or answers.low is None or answers.high is None:
            continue
        for member in members_of(report, question):
            row = without_totals(member, plain=plain)
            groups = [r for r in row.readings if len(r.groups) == 1]
            if (
                member.statistic != "mean"
                or len(groups) < 2
                or len({r.breakdown for r in groups}) != 1
            ):
                continue
            pooled = pool(report, groups, floor=assumptions.floor, ceiling=assumptions.ceiling)
            if pooled is None or not pooled.complete:
                continue
            floor = assumptions.floor / assumptions.response
            whole = pool(report, groups, floor=floor, ceiling=assumptions.ceiling)
            assert whole is not None
            interval, everyone = pooled.interval, whole.interval
            for total in (r for r in row.readings if r.total):
                interval = interval.intersect(total.interval)
                everyone = everyone.intersect(total.interval)
            turned = turning.turned.get((question, member.table), answers.keying == "-")
            found.setdefault(question, []).append(
                TableRow(
                    question,
                    member.table,
                    groups[0].breakdown,
                    interval,
                    everyone,
                    turned,
                    constant,
                    answers.low,
                    answers.high,
                    tuple(r.index for r in groups),
                )
            )
    return {q: rows for q, rows in found.items() if len(rows) > 1}


def _agree(rows: Sequence[tuple[TableRow, Interval, Fraction | None]]) -> bool:
    """Whether one set of answers can stand behind the rows.

    Rows into which non-substantive answers were averaged as the number v show
    (1 − d) m + d·v, with one share d of such answers (0 ≤ d ≤ NONE_SHARE) for all of them; the
    others show m, the mean of the substantive answers.
    """
    low, high = rows[0][0].low, rows[0][0].high
    mean = Interval(low, high)
    mixed: dict[Fraction, Interval] = {}
    for _, interval, none in rows:
        if none is None:
            mean = mean.intersect(interval)
        else:
            mixed[none] = interval.intersect(mixed.get(none, Interval()))
    for none, interval in mixed.items():
        if interval.empty:
            return False
        undone = interval.shift(-NONE_SHARE * none).times(1 / (1 - NONE_SHARE))
        mean = mean.intersect(hull(interval, undone))
    return not mean.empty


class RowModel:
    """Counts contradictions under a set of hypotheses."""

    def __init__(self, rows: Mapping[str, list[TableRow]]) -> None:
        self.rows = rows

    def conflicts(self, chosen: Iterable[Candidate], question: str) -> int:
        """Return how many tables must be left out so that the others agree."""
        none: dict[str, Fraction] = {}
        flips: set[tuple[str, str]] = set()
        for candidate in chosen:
            none.update(candidate.none)
            flips ^= set(candidate.flip)
        rows = [
            (
                row,
                row.answered(flip=(question, row.table) in flips, mixed=row.table in none),
                none.get(row.table),
            )
            for row in self.rows[question]
        ]
        for out in range(len(rows)):
            if any(_agree(kept) for kept in combinations(rows, len(rows) - out)):
                return out
        return len(rows)

    def total(self, chosen: Sequence[Candidate]) -> dict[str, int]:
        return {q: self.conflicts(chosen, q) for q in self.rows}


def implied_share(
    rows: Sequence[TableRow], none: Mapping[str, Fraction]
) -> tuple[Fraction, Fraction] | None:
    """Return between which shares of non-answers lead from the other tables to these."""
    ends = []
    for mixed in (r for r in rows if r.table in none):
        for pure in (r for r in rows if r.table not in none):
            code, p, m = none[mixed.table], mixed.answered(mixed=True), pure.answered()
            ends += [
                (x - y) / (code - y)
                for x in (p.low, p.high)
                for y in (m.low, m.high)
                if x is not None and y is not None and y != code
            ]
    if not ends:
        return None
    return max(min(ends), Fraction(0)), min(max(ends), NONE_SHARE)
