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


_WIDER, _NEAR = (1.0, 4.0, 12.0, 40.0, 120.0), 0.3
"""How many times wider the ends of a missed bound are aimed at, and what each is worth."""
_AIMED = 400
"""Nodes of the programme that adds the aims."""
_CROSSED = 1000
"""Nodes of the programme that finds what can be met where the breakdowns cross as they do."""
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
        A proven lower bound on how many bounds any whole counts of these groups (within the
        caps) must miss, however the breakdowns cross.
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
    caps: Sequence[FloatArray] | None = None,
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
    caps
        Counts that are not to be exceeded, groups × K, one array a breakdown, as long as the
        required bounds can be met so.
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
    are given up first, then as little weight of bounds as can be found. What is missed is missed
    by little: wider ends are aimed at beside the aims.
    """
    every: list[CountBound] = [*bounds, *conditions]
    free = CountProgramme(sizes, substantive, None, caps)
    found = free.fewest(every, node_limit)
    if found is None and caps is not None:
        caps, free = None, CountProgramme(sizes, substantive, None)
        found = free.fewest(every, node_limit)
    held = CountProgramme(sizes, substantive, cells, caps)
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
    near = _near_misses(required)
    aimed = _aimed(free, required, [*aims, *near], min(node_limit, _AIMED))
    nearer = _aimed(free, required, near, min(node_limit, _AIMED))
    for wanted, nodes in ((aimed, _JOINT // 3), (nearer, 0), (required, _JOINT)):
        counts = counts_near(held, wanted, wished, joint_nodes=nodes)
        if counts is not None:
            return GroupCounts(held.split(counts), held.met(counts, bounds), least)
    counts = _crossed(held, every, required, wished, node_limit)
    return GroupCounts(held.split(counts), held.met(counts, bounds), least)


def _require(bounds: Sequence[CountBound], met: NDArray[np.bool_]) -> list[CountBound]:
    return [replace(b, required=True) if ok else b for b, ok in zip(bounds, met, strict=True)]


def _near_misses(bounds: Sequence[CountBound]) -> list[CountBound]:
    """Return wider and wider ends of the bounds that are missed, as aims."""
    wide: list[CountBound] = []
    for b in bounds:
        if not b.required:
            reach = b.upper - b.lower
            wide += [
                replace(b, lower=b.lower - k * reach, upper=b.upper + k * reach, weight=_NEAR)
                for k in _WIDER
            ]
    return wide


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


def _light(
    bounds: Sequence[CountBound], met: Sequence[CountBound], *, widen: bool
) -> list[CountBound]:
    """Return the bounds that are met, those of least weight widened or no longer required."""
    least = min((b.weight for b in bounds if not b.required), default=0.0)
    out: list[CountBound] = []
    for b, m in zip(bounds, met, strict=True):
        light = m.required and not b.required and b.weight <= least
        reach = _WIDER[1] * (b.upper - b.lower) if light and widen else 0.0
        needed = m.required and not (light and not widen)
        out.append(replace(m, lower=b.lower - reach, upper=b.upper + reach, required=needed))
    return out


def _crossed(
    held: CountProgramme,
    bounds: Sequence[CountBound],
    met: Sequence[CountBound],
    wished: FloatArray,
    node_limit: int,
) -> FloatArray:
    """Find what can be met where the crossing stands in the way of what could be met without.

    The lightest bounds are widened; or an integer programme, in which the breakdowns cross as they
    do, finds how few of them must be given up, or of all bounds. What misses least is taken.
    """
    light = _light(bounds, met, widen=False)
    tried = [counts_near(held, _light(bounds, met, widen=True), wished)]
    found = held.fewest(light, _CROSSED) or held.fewest(bounds, node_limit)
    if found is not None:
        pattern = _require(bounds, held.met(found.counts, bounds))
        tried += [counts_near(held, pattern, wished, joint_nodes=_JOINT), found.counts]
    if all(counts is None for counts in tried):
        tried.append(counts_near(held, light, wished, joint_nodes=_JOINT))
    usable = [counts for counts in tried if counts is not None]
    if not usable:
        raise EstimationError(
            "group counts",
            "required figures that these respondents cannot print together",
            "groups that cross in another way, or fewer required figures",
        )
    return min(usable, key=lambda counts: _cost(held, counts, bounds))


def _cost(held: CountProgramme, counts: FloatArray, bounds: Sequence[CountBound]) -> float:
    met = held.met(counts, bounds)
    return sum(b.weight for b, ok in zip(bounds, met, strict=True) if not ok)
