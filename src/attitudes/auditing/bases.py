"""How many respondents, and how many people, stand behind a group."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from attitudes.auditing.readings import TOTAL, Base, Reading

__all__ = ["composition", "find_bases", "find_populations", "find_size"]


def composition(readings: Iterable[Reading]) -> dict[tuple[str, str], dict[str, Reading]]:
    """Return (exhibit, breakdown) → group → the printed number of its respondents.

    A count whose row is a group and whose column is ``total`` is the group's size.
    """
    found: dict[tuple[str, str], dict[str, Reading]] = {}
    for r in readings:
        if r.kind == "count" and r.groups == (r.figure.row,) and r.figure.column == TOTAL:
            found.setdefault((r.table, r.breakdown), {}).setdefault(r.figure.row, r)
    return found


def _beside(readings: Iterable[Reading]) -> dict[tuple[str, str], list[Reading]]:
    """Return (breakdown, group) → readings that print their base beside them."""
    found: dict[tuple[str, str], list[Reading]] = {}
    for r in readings:
        if r.base is not None and len(r.groups) == 1:
            found.setdefault((r.breakdown, r.groups[0]), []).append(r)
    return found


def _whole(readings: Sequence[Reading], groups: Mapping[str, tuple[str, ...]]) -> list[int]:
    """Return the sizes of the survey: printed totals of compositions and sums over breakdowns."""
    tables = composition(readings)
    exhibits = {exhibit for exhibit, _ in tables}
    sizes = [
        int(r.printed.value)
        for r in readings
        if r.kind == "count"
        and r.figure.row == TOTAL
        and r.figure.column == TOTAL
        and r.table in exhibits
    ]
    for (_, breakdown), members in tables.items():
        if len(members) == len(groups[breakdown]):
            sizes.append(sum(int(r.printed.value) for r in members.values()))
    return sizes


def find_size(
    readings: Sequence[Reading],
    groups: Mapping[str, tuple[str, ...]],
    bases: Mapping[tuple[str, str], Base],
) -> tuple[int, int] | None:
    """Return the number of respondents between two ends.

    The ends are the smallest and the largest of what printed totals and sums say; a sum that
    exceeds another by exactly the size of one of its groups counts that group twice and is left
    out.
    """
    sizes = _whole(readings, groups)
    if not sizes:
        return None
    common = [s for s in sizes if not _doubled(s, sizes, bases)]
    return (min(common or sizes), max(common or sizes))


def _doubled(size: int, sizes: Sequence[int], bases: Mapping[tuple[str, str], Base]) -> bool:
    return any(
        size - other == base.printed for other in sizes for base in bases.values() if other < size
    )


def find_bases(
    readings: Sequence[Reading], groups: Mapping[str, tuple[str, ...]]
) -> dict[tuple[str, str], Base]:
    """Return (breakdown, group) → its number of respondents.

    When the groups of a breakdown sum to more than the survey, a group may be counted within
    another one, and each may be smaller by the excess; a breakdown of one group less than there
    are leaves the rest to the last.
    """
    tables = composition(readings)
    sizes = _whole(readings, groups)
    found: dict[tuple[str, str], Base] = {}
    for (_, breakdown), members in tables.items():
        total = sum(int(r.printed.value) for r in members.values())
        excess = total - min(sizes) if sizes and len(members) == len(groups[breakdown]) else 0
        for group, r in members.items():
            n = int(r.printed.value)
            slack = max(excess, 0) if n > max(excess, 0) else 0
            found.setdefault((breakdown, group), Base(n, n - slack, n, r.index))
    for key, beside in _beside(readings).items():
        numbers = [r.base for r in beside if r.base is not None]
        base = Base(max(numbers), min(numbers), max(numbers), beside[0].index)
        found.setdefault(key, base)
    _complete(found, groups, sizes)
    return found


def _complete(
    found: dict[tuple[str, str], Base],
    groups: Mapping[str, tuple[str, ...]],
    sizes: Sequence[int],
) -> None:
    """Give the one group of a breakdown without a base what the others leave of the survey."""
    for breakdown, members in groups.items():
        lacking = [g for g in members if (breakdown, g) not in found]
        if len(lacking) != 1 or len(members) < 2 or not sizes:
            continue
        others = sum(found[breakdown, g].printed for g in members if g != lacking[0])
        source = next(found[breakdown, g].source for g in members if g != lacking[0])
        rest = statistics.mode(sizes) - others
        if rest > 0:
            found[breakdown, lacking[0]] = Base(rest, rest, rest, source)


def find_populations(readings: Iterable[Reading]) -> dict[tuple[str, str], tuple[Fraction, int]]:
    """Return (breakdown, group) → its population and the figure that prints it."""
    found: dict[tuple[str, str], tuple[Fraction, int]] = {}
    for r in readings:
        if r.kind == "population" and r.groups == (r.figure.row,) and r.figure.column == TOTAL:
            found.setdefault((r.breakdown, r.figure.row), (r.printed.value, r.index))
    return found
