"""Rows of a table in which some columns were turned and the others not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from attitudes.auditing.codings import Turning
from attitudes.auditing.model import Case, ConventionFinding, Finding
from attitudes.auditing.pooled import pool, spread
from attitudes.auditing.proofs import group_cases, text_of
from attitudes.auditing.questions import members_of
from attitudes.auditing.readings import Reading, Report
from attitudes.numerics.printed.exact import Interval

__all__ = ["Block", "block_conventions", "block_findings", "find_blocks"]

_LEAST = 4
_PART = Fraction(1, 4)


@dataclass(frozen=True, slots=True)
class Block:
    """Columns of a row that look turned the other way.

    Attributes
    ----------
    question, table
        The row.
    columns
        Columns of the block, next to each other.
    block, rest
        The figures of the block and of the other columns.
    constant
        Reversal constant.
    turned
        Whether the rest was published turned.
    gap
        Distance between the block and the rest as printed.
    others
        Table → pooled mean of the question there, as the rest is oriented.
    before, after
        Pooled mean of the row as printed, and with the block turned.
    """

    question: str
    table: str
    columns: tuple[str, ...]
    block: tuple[Reading, ...]
    rest: tuple[Reading, ...]
    constant: Fraction
    turned: bool
    gap: Fraction
    others: Mapping[str, Interval]
    before: Interval
    after: Interval

    @property
    def id(self) -> str:
        """Name of the convention."""
        return f"block_turned:{self.question}:{self.table}:{','.join(self.columns)}"

    @property
    def figures(self) -> tuple[int, ...]:
        """Positions of the block's figures, then of the rest."""
        return tuple(r.index for r in (*self.block, *self.rest))


def find_blocks(report: Report, turning: Turning) -> tuple[Block, ...]:
    """Find rows whose columns fall apart in two blocks, which one turning brings together.

    Notes
    -----
    A row qualifies when its columns, taken in the order of the table, part into two runs whose
    values are further apart than a quarter of the scale; when turning one run (constant − x)
    leaves every value reachable, brings the runs together to less than half that distance, and
    brings the row's pooled mean nearer to that of every other table of the question. Without
    another table, or when either run may be the turned one, nothing is named.
    """
    found = []
    for question, answers in report.answers.items():
        constant = turning.constant(answers)
        if answers.is_scale or constant is None or answers.low is None or answers.high is None:
            continue
        rows = {
            m.table: [r for r in m.readings if len(r.groups) == 1]
            for m in members_of(report, question)
            if m.statistic == "mean" and not m.table.startswith("text")
        }
        for table, cells in rows.items():
            if len(cells) < _LEAST:
                continue
            turned = turning.turned.get((question, table), answers.keying == "-")
            ends = (answers.low, answers.high)
            others = _others(report, turning, question, rows, table, turned, constant)
            tried = [
                block
                for run in _runs(cells, (answers.high - answers.low) * _PART)
                if (
                    block := _block(
                        report, question, table, cells, run, constant, turned, ends, others
                    )
                )
            ]
            found += tried if len(tried) == 1 else []
    return tuple(found)


def _runs(cells: Sequence[Reading], least: Fraction) -> list[tuple[int, ...]]:
    """Return the two sides of the widest gap when both are runs of neighbouring columns."""
    order = sorted(range(len(cells)), key=lambda i: cells[i].printed.value)
    values = [cells[i].printed.value for i in order]
    gaps = [b - a for a, b in pairwise(values)]
    widest = max(range(len(gaps)), key=lambda i: gaps[i])
    if gaps[widest] <= least:
        return []
    sides = (tuple(sorted(order[: widest + 1])), tuple(sorted(order[widest + 1 :])))
    runs = [s for s in sides if s[-1] - s[0] == len(s) - 1]
    if len(runs) < len(sides) or min(map(len, sides)) < 2:
        return []
    return list(sides)


def _others(
    report: Report,
    turning: Turning,
    question: str,
    rows: Mapping[str, Sequence[Reading]],
    table: str,
    turned: bool,
    constant: Fraction,
) -> dict[str, Interval]:
    found = {}
    keyed = report.answers[question].keying == "-"
    for other, cells in rows.items():
        pooled = pool(report, cells) if other != table and len(cells) > 1 else None
        if pooled is None or not pooled.complete:
            continue
        same = turning.turned.get((question, other), keyed) == turned
        interval = pooled.interval
        found[other] = interval if same else interval.times(-1).shift(constant)
    return found


def _block(
    report: Report,
    question: str,
    table: str,
    cells: Sequence[Reading],
    run: tuple[int, ...],
    constant: Fraction,
    turned: bool,
    ends: tuple[Fraction, Fraction],
    others: Mapping[str, Interval],
) -> Block | None:
    block = tuple(cells[i] for i in run)
    rest = tuple(c for i, c in enumerate(cells) if i not in run)
    reach = Interval(*ends) if turned else Interval(constant - ends[1], constant - ends[0])
    if not others or not all(c.interval.meets(reach) for c in block):
        return None
    flipped = {c.index: c.interval.times(-1).shift(constant) for c in block}
    values = [constant - c.printed.value for c in block]
    beside = [c.printed.value for c in rest]
    gap = _distance([c.printed.value for c in block], beside)
    if 2 * _distance(values, beside) >= gap:
        return None
    before = _pooled(report, cells, {})
    after = _pooled(report, cells, flipped)
    if before is None or after is None:
        return None
    if not all(_apart(after, o) < _apart(before, o) for o in others.values()):
        return None
    columns = tuple(c.figure.column for c in block)
    return Block(
        question, table, columns, block, rest, constant, turned, gap, others, before, after
    )


def _distance(first: Sequence[Fraction], second: Sequence[Fraction]) -> Fraction:
    return max(min(first) - max(second), min(second) - max(first), Fraction(0))


def _pooled(
    report: Report, cells: Sequence[Reading], instead: Mapping[int, Interval]
) -> Interval | None:
    bases = [report.bases.get((c.breakdown, c.groups[0])) for c in cells]
    known = [b for b in bases if b is not None]
    weights = [Interval(Fraction(b.low), Fraction(b.high)) for b in known]
    if len(known) < len(cells):
        weights = [Interval(Fraction(1), Fraction(1))] * len(cells)
    return spread([instead.get(c.index, c.interval) for c in cells], weights)


def _apart(first: Interval, second: Interval) -> Fraction:
    ends = (first.low, first.high, second.low, second.high)
    a, b, c, d = (e if e is not None else Fraction(0) for e in ends)
    return max(c - b, a - d, Fraction(0))


def _values(readings: Sequence[Reading]) -> str:
    values = [r.printed.value for r in readings]
    texts = {r.printed.value: r.figure.printed.strip() for r in readings}
    if len(readings) <= 3:
        return ", ".join(r.figure.printed.strip() for r in readings)
    return f"{texts[min(values)]} to {texts[max(values)]}"


def _sentence(report: Report, b: Block) -> str:
    turned = sorted(b.constant - r.printed.value for r in b.block)
    places = ", ".join(report.place(r) for r in b.block)
    elsewhere = "; ".join(f"{t} {_middle(i)}" for t, i in b.others.items())
    return (
        f"“{report.label(b.question)}”, {b.table}: {_values(b.rest)} for "
        f"{', '.join(report.place(r) for r in b.rest)}, but {_values(b.block)} for {places}; "
        f"turned as {text_of(b.constant)} − x the latter are {text_of(turned[0])} to "
        f"{text_of(turned[-1])}. Pooled the row is {_middle(b.before)} as printed and "
        f"{_middle(b.after)} with them turned; other tables: {elsewhere}."
    )


def _middle(interval: Interval) -> str:
    assert interval.low is not None
    assert interval.high is not None
    return f"{float((interval.low + interval.high) / 2):.2f}"


def block_conventions(report: Report, blocks: Sequence[Block]) -> tuple[ConventionFinding, ...]:
    """Return the statements that blocks were turned apart."""
    found = []
    for b in blocks:
        how = "not turned" if b.turned else "turned"
        against = ["one table's columns would follow two conventions"]
        found.append(
            ConventionFinding(
                id=b.id,
                kind="block_turned",
                tables=(b.table,),
                items=(b.question,),
                columns=b.columns,
                value=how,
                status="named",
                explains=1,
                figures=tuple(r.index for r in b.block),
                cost=1,
                against=tuple(against),
                sentence=(
                    f"“{report.label(b.question)}” was {how} in {b.table} for "
                    f"{', '.join(report.place(r) for r in b.block)}: the row is then of one piece."
                ),
            )
        )
    return tuple(found)


def block_findings(report: Report, blocks: Sequence[Block]) -> list[Finding]:
    """Return the rows that fall apart in two blocks, as findings."""
    cases = []
    for b in blocks:
        low, high = (report.answers[b.question].low, report.answers[b.question].high)
        assert low is not None
        assert high is not None
        price = f"these {len(b.block)} columns were published the other way round"
        size = min(1.0, float(b.gap / (high - low)))
        cases.append(Case(b.figures, _sentence(report, b), None, price, size))
    words = ["people of neighbouring columns do not hold opposite opinions"]
    named = tuple(b.id for b in blocks)
    return group_cases("conventions", "block_turned", "consistent_if", words, cases, named)
