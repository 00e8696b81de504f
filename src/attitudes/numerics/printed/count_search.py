"""Whole-number counts near wished ones that meet bounds, breakdown after breakdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint

from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.printed.count_programme import (
    CountBound,
    CountProgramme,
    beside,
    sparse,
    widen,
)
from attitudes.numerics.printed.integer_programme import integer_programme

__all__ = ["counts_near"]

_INTERIOR = ((0.2, 0.3), (0.05, 0.3), (0.05, 0.1), (0.0, 0.1), (0.0, 0.0))
"""Tried from the first on: the part of an even share that each answer of a cell gets at least, and
the part of a printed interval that is left free at either end."""
_ATTEMPTS = 6
_NODES = 80
_GAP = 0.9
_WINDOW = 12.0


def counts_near(
    programme: CountProgramme,
    bounds: Sequence[CountBound],
    wished: FloatArray,
    *,
    joint_nodes: int = 0,
) -> FloatArray | None:
    """Return whole counts near the wished ones that meet every required bound, or None.

    Parameters
    ----------
    programme
        The groups, and how they cross.
    bounds
        Those that are not required are missed by as little as can be.
    wished
        Counts wished for, breakdown after breakdown.
    joint_nodes
        Nodes of an integer programme of all breakdowns at once, the last resort; 0: none.

    Notes
    -----
    A linear programme finds fractional counts near the wished ones, well inside what the crossed
    cells allow. Whole counts are then found for one breakdown, near these; its totals of the
    answers are required of the next. Where that fails another order or a target a little aside is
    tried, and at last all breakdowns at once.
    """
    needed = [b for b in bounds if b.required]
    missed = [b for b in bounds if not b.required]
    point = _fractional(programme, needed, missed, wished)
    if point is None:
        return None
    for order, target in _ways(programme, point):
        counts = _in_turn(programme, needed, order, target)
        if counts is not None and _crosses(programme, counts):
            return counts
    return _jointly(programme, needed, joint_nodes) if joint_nodes else None


def _ways(
    programme: CountProgramme, point: FloatArray
) -> Iterator[tuple[list[tuple[int, ...]], FloatArray]]:
    """Yield orders in which breakdowns are solved, and targets near the point."""
    largest = sorted(range(len(programme.shapes)), key=lambda b: -programme.shapes[b][0])
    one_by_one: list[tuple[int, ...]] = [(b,) for b in largest]
    together: list[tuple[int, ...]] = (
        [tuple(sorted(largest[1:])), (largest[0],)] if len(largest) > 2 else one_by_one
    )
    rng = np.random.default_rng(len(point))
    for attempt in range(_ATTEMPTS):
        order = one_by_one if attempt % 2 == 0 else together
        if attempt == 1 and together is one_by_one:
            continue
        aside = rng.normal(0.0, 0.0 if attempt < 2 else 0.5, len(point))
        target: FloatArray = np.maximum(point + aside, 0.0)
        yield order, target


def _fractional(
    programme: CountProgramme,
    needed: Sequence[CountBound],
    missed: Sequence[CountBound],
    wished: FloatArray,
) -> FloatArray | None:
    """Return fractional counts near the wished ones, with small misses."""
    n, width, m = programme.n, programme.width, len(missed)
    soft, soft_least = programme.sides(missed)
    slack = sparse(np.ones(3 * m), np.arange(3 * m), np.repeat(np.arange(m), 3), (3 * m, m))
    every = sparse(np.ones(n), np.arange(n), np.arange(n), (n, width + m))
    identity = sparse(np.ones(n), np.arange(n), np.arange(n), (n, n))
    top = np.concatenate([programme.upper, np.full(m + n, np.inf)])
    for part, inset in _INTERIOR:
        sides, least = programme.sides([_inset(b, inset) for b in needed])
        low = np.concatenate([_floor(programme, wished, part), np.zeros(m + n)])
        result = integer_programme(
            np.concatenate([np.zeros(width), np.full(m, 2.0), 1.0 / np.sqrt(wished + 1.0)]),
            constraints=[
                LinearConstraint(
                    widen(programme.equal, m + n), programme.equal_to, programme.equal_to
                ),
                LinearConstraint(widen(sides, m + n), least, np.inf),
                LinearConstraint(widen(beside(soft, slack), n), soft_least, np.inf),
                LinearConstraint(beside(every, -identity), -np.inf, wished),
                LinearConstraint(beside(every, identity), wished, np.inf),
            ],
            bounds=Bounds(low, top),
        )
        if result.x is not None:
            return np.asarray(result.x[:n], dtype=np.float64)
    return None


def _inset(bound: CountBound, part: float) -> CountBound:
    """Return the bound with a part of its interval left free at either end."""
    free = part * (bound.upper - bound.lower)
    return replace(bound, lower=bound.lower + free, upper=bound.upper - free)


def _floor(programme: CountProgramme, wished: FloatArray, part: float) -> FloatArray:
    """Return the least count of each unknown: in the cells a part of an even share."""
    low = np.zeros(programme.width)
    if programme.cells is not None:
        groups, codes = programme.shapes[0]
        share = wished[: groups * codes].reshape(groups, codes).sum(axis=0)
        share = share / max(float(share.sum()), 1e-9)
        low[programme.n :] = part * np.outer(programme.cells.sizes, share).ravel()
    return low


def _in_turn(
    programme: CountProgramme,
    needed: Sequence[CountBound],
    order: Sequence[tuple[int, ...]],
    target: FloatArray,
) -> FloatArray | None:
    """Return whole counts of the breakdowns in an order, the first ones deciding the totals."""
    counts = np.zeros(programme.n)
    totals: IntArray | None = None
    for members in order:
        caps = None if programme.caps is None else [programme.caps[b] for b in members]
        sizes = [programme.sizes[b] for b in members]
        part = CountProgramme(sizes, programme.substantive, None, caps)
        spans = [np.arange(programme.offsets[b], programme.offsets[b + 1]) for b in members]
        places = np.concatenate(spans)
        own = [
            replace(b, breakdown=members.index(b.breakdown))
            for b in needed
            if b.breakdown in members
        ]
        found = _whole(part, own, target[places], totals)
        if found is None:
            return None
        counts[places] = found
        totals = counts[spans[0]].reshape(-1, programme.n_codes).sum(axis=0).astype(np.int64)
    return counts if programme.met(counts, needed).all() else None


def _whole(
    part: CountProgramme,
    bounds: Sequence[CountBound],
    target: FloatArray,
    totals: IntArray | None,
) -> FloatArray | None:
    """Return whole counts near a target that meet the bounds and have the given totals."""
    n, codes = part.n, part.n_codes
    sides, least = part.sides(bounds)
    identity = sparse(np.ones(n), np.arange(n), np.arange(n), (n, n))
    constraints = [
        LinearConstraint(widen(part.equal, n), part.equal_to, part.equal_to),
        LinearConstraint(widen(sides, n), least, np.inf),
        LinearConstraint(beside(identity, -identity), -np.inf, target),
        LinearConstraint(beside(identity, identity), target, np.inf),
    ]
    if totals is not None:
        first = part.shapes[0][0] * codes
        place = np.arange(first)
        matrix = sparse(np.ones(first), place % codes, place, (codes, n))
        constraints.append(LinearConstraint(widen(matrix, n), totals, totals))
    result = integer_programme(
        np.concatenate([np.zeros(n), 1.0 / np.sqrt(target + 1.0)]),
        constraints=constraints,
        integrality=np.repeat([1, 0], n),
        bounds=Bounds(
            np.concatenate([np.maximum(np.floor(target) - _WINDOW, 0.0), np.zeros(n)]),
            np.concatenate([np.minimum(np.ceil(target) + _WINDOW, part.upper), np.full(n, np.inf)]),
        ),
        options={"node_limit": _NODES, "mip_rel_gap": _GAP},
    )
    return None if result.x is None else np.rint(result.x[:n])


def _crosses(programme: CountProgramme, counts: FloatArray) -> bool:
    """Return whether fractional counts in the cells add up to whole counts of the groups."""
    if programme.cells is None:
        return True
    low, high = np.zeros(programme.width), programme.upper.copy()
    low[: programme.n] = high[: programme.n] = counts
    result = integer_programme(
        np.zeros(programme.width),
        constraints=[LinearConstraint(programme.equal, programme.equal_to, programme.equal_to)],
        bounds=Bounds(low, high),
    )
    return result.x is not None


def _jointly(
    programme: CountProgramme, needed: Sequence[CountBound], node_limit: int
) -> FloatArray | None:
    """Return whole counts of all breakdowns at once that meet the bounds."""
    sides, least = programme.sides(needed)
    result = integer_programme(
        np.zeros(programme.width),
        constraints=[
            LinearConstraint(programme.equal, programme.equal_to, programme.equal_to),
            LinearConstraint(sides, least, np.inf),
        ],
        integrality=programme.whole,
        bounds=Bounds(0, programme.upper),
        options={"node_limit": node_limit},
    )
    if result.x is None:
        return None
    counts = np.rint(result.x[: programme.n])
    return counts if programme.met(counts, needed).all() else None
