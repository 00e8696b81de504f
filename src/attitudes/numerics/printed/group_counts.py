"""Whole-number counts of answers by group, for several breakdowns of the same respondents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from attitudes.errors import EstimationError
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.printed.count_programme import (
    CountBound,
    CountProgramme,
    CrossedCells,
    RatioBound,
    SumBound,
)
from attitudes.numerics.printed.count_search import counts_near

__all__ = ["CrossedCells", "GroupCounts", "RatioBound", "SumBound", "solve_group_counts"]


_AIMED = 400
"""Nodes of the programme that adds the aims."""
_JOINT = 300
"""Nodes of the programmes in which the breakdowns cross as they do."""


@dataclass(frozen=True, slots=True)
class GroupCounts:
    """Counts of K codes in the groups of each breakdown.

    Attributes
    ----------
    counts
        One array a breakdown, groups × K.
    reached
        Whether each bound is met, in the order given.
    unreached_bound
        A proven lower bound on how many bounds any whole counts of these groups must miss,
        however the breakdowns cross.
    """

    counts: tuple[IntArray, ...]
    reached: NDArray[np.bool_]
    unreached_bound: int


def solve_group_counts(
    sizes: Sequence[IntArray],
    bounds: Sequence[RatioBound],
    reference: Sequence[FloatArray],
    substantive: NDArray[np.bool_],
    *,
    conditions: Sequence[CountBound] = (),
    aims: Sequence[RatioBound] = (),
    cells: CrossedCells | None = None,
    node_limit: int = 4000,
) -> GroupCounts:
    """Find counts near a reference that meet the required bounds and most of the others.

    Parameters
    ----------
    sizes
        Respondents in each group, one array a breakdown; all breakdowns have one total.
    bounds
        Figures as bounds on ratios.
    reference
        Counts wished for, groups × K, one array a breakdown.
    substantive
        Which of the K codes are answers (the others are kinds of missing answer).
    conditions
        Bounds that are no figures of this question but weigh as much as others do.
    aims
        Bounds wished for once the figures that can be met together are met.
    cells
        How the breakdowns cross; the counts are then such that (fractional) counts in the cells
        add up to them. None: any crossing.
    node_limit
        Nodes that each integer programme may branch on. A limit in nodes, unlike one in seconds,
        gives the same counts on every machine.

    Raises
    ------
    EstimationError
        When the required bounds cannot be met together.

    Notes
    -----
    Variables are the counts; each group's add up to its size, and each code's total is the same
    in all breakdowns. A bound on a ratio is linear in the counts. A first integer programme, in
    which the breakdowns may cross in any way, finds which bounds can be met together: the least
    weight of misses, and a proof of it. A second one adds the aims. What it meets is then
    required where the breakdowns cross as they do: a linear programme finds fractional counts
    near the reference, and integer programmes whole counts near these. Where that fails the aims
    are given up first, then the bounds of least weight.
    """
    free = CountProgramme(sizes, substantive, None)
    held = CountProgramme(sizes, substantive, cells)
    every: list[CountBound] = [*bounds, *conditions]
    found = free.fewest(every, node_limit)
    if found is None:
        raise EstimationError(
            "group counts",
            "required figures that no respondents can print together",
            "figures that the declared conventions and bases can print",
        )
    least = found.least
    if least:
        alone = free.fewest([replace(b, weight=1.0) for b in bounds], node_limit)
        least = 0 if alone is None else alone.least
    wished = np.concatenate([np.asarray(r, dtype=np.float64).ravel() for r in reference])
    required = _require(every, free.met(found.counts, every))
    aimed = _aimed(free, required, aims, min(node_limit, _AIMED))
    for wanted, nodes in (
        (aimed, _JOINT // 3),
        (required, _JOINT),
        (_heavy(every, required), _JOINT),
    ):
        counts = counts_near(held, wanted, wished, joint_nodes=nodes)
        if counts is not None:
            return GroupCounts(held.split(counts), held.met(counts, bounds), least)
    counts = _crossed(held, every, wished, node_limit)
    return GroupCounts(held.split(counts), held.met(counts, bounds), least)


def _require(bounds: Sequence[CountBound], met: NDArray[np.bool_]) -> list[CountBound]:
    return [replace(b, required=True) if ok else b for b, ok in zip(bounds, met, strict=True)]


def _aimed(
    free: CountProgramme,
    bounds: list[CountBound],
    aims: Sequence[CountBound],
    node_limit: int,
) -> list[CountBound]:
    """Return the bounds and, required beside them, the aims that can be had together."""
    if not aims:
        return bounds
    needed = [b for b in bounds if b.required]
    found = free.fewest([*needed, *aims], node_limit)
    if found is None:
        return bounds
    reached = free.met(found.counts, aims)
    return bounds + [replace(a, required=True) for a, ok in zip(aims, reached, strict=True) if ok]


def _heavy(bounds: Sequence[CountBound], met: Sequence[CountBound]) -> list[CountBound]:
    """Return the bounds that are met, those of least weight no longer required for that."""
    least = min((b.weight for b in bounds if not b.required), default=0.0)
    return [
        replace(m, required=b.required or (m.required and b.weight > least))
        for b, m in zip(bounds, met, strict=True)
    ]


def _crossed(
    held: CountProgramme, bounds: Sequence[CountBound], wished: FloatArray, node_limit: int
) -> FloatArray:
    """Find what can be met where the crossing stands in the way of what could be met without."""
    found = held.fewest(bounds, _JOINT) or held.fewest(bounds, node_limit)
    if found is None:
        raise EstimationError(
            "group counts",
            "required figures that these respondents cannot print together",
            "groups that cross in another way, or fewer required figures",
        )
    required = _require(bounds, held.met(found.counts, bounds))
    counts = counts_near(held, required, wished, joint_nodes=_JOINT)
    return found.counts if counts is None else counts
