"""What a report says of its figures in words: orders, majorities, equalities; and its context."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from attitudes.errors import AttitudesError, FigureError, raise_all
from attitudes.study.tables import read_table

__all__ = ["RELATIONS", "Claim", "Indicator", "read_claims", "read_indicators"]

RELATIONS = (
    "highest",
    "lowest",
    "higher_than",
    "lower_than",
    "equal_to",
    "close_to",
    "majority",
    "minority",
    "at_least",
    "at_most",
    "above_middle",
    "below_middle",
    "positive",
    "negative",
    "rising",
    "falling",
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement of order.

    Attributes
    ----------
    id, section
        Its name, and the part of the report that makes it.
    exhibit
        Table or chart that it speaks of.
    question
        Item, scale or variable.
    statistic
        ``mean``, ``percent:agree`` …
    breakdown, group
        The variable of the groups and the group that the claim is about; ``total`` for all.
    relation
        One of :data:`RELATIONS`; ``rising`` and ``falling`` speak of columns that are years.
    other
        The group, item, scale or number it is compared with; empty: all other groups. A figure
        of another exhibit is named ``exhibit/row/column``.
    printed
        The number that the claim prints, if any.
    """

    id: str
    section: str
    exhibit: str
    question: str
    statistic: str
    breakdown: str
    group: str
    relation: str
    other: str
    printed: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """An administrative figure of another source.

    Attributes
    ----------
    indicator, place, period
        What was counted, where, and when.
    value, unit
        The number as printed, and its unit.
    source
        Document that prints it.
    """

    indicator: str
    place: str
    period: str
    value: str
    unit: str
    source: str


def read_claims(path: Path) -> tuple[Claim, ...]:
    """Read a file of claims.

    Raises
    ------
    FigureError
        Unknown relations and repeated ids, all together.
    """
    table = read_table(path, [f.name for f in fields(Claim)])
    claims = tuple(Claim(*row) for row in table.rows)
    failures: list[AttitudesError] = []
    seen: set[str] = set()
    for claim, line in zip(claims, table.lines, strict=True):
        where = f"{path}, line {line}"
        if claim.relation not in RELATIONS:
            failures.append(
                FigureError.unknown(
                    f"{where}, column relation", "relation", claim.relation, RELATIONS
                )
            )
        if claim.id in seen:
            failures.append(
                FigureError(f"{where}, column id", f"{claim.id!r} again", "each id once")
            )
        seen.add(claim.id)
    raise_all(failures)
    return claims


def read_indicators(path: Path) -> tuple[Indicator, ...]:
    """Read a file of administrative figures.

    Raises
    ------
    FigureError
        Wrong columns or rows.
    """
    table = read_table(path, [f.name for f in fields(Indicator)])
    return tuple(Indicator(*row) for row in table.rows)
