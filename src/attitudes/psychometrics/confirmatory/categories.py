"""Answers that all groups use: an ordinal model needs the same ones everywhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from attitudes.errors import AttitudesError, DataError, raise_all
from attitudes.numerics.correlation.contingency import PairTables
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.psychometrics.confirmatory.groups import Answered

__all__ = ["Empty", "common_categories", "half_in_empty_cells"]

Empty = Literal["refuse", "collapse"]


def common_categories(
    codes: IntArray, categories: tuple[FloatArray, ...], answered: Answered, empty: Empty
) -> tuple[IntArray, IntArray, list[str]]:
    """Return category numbers, the number of categories, and what was joined.

    Parameters
    ----------
    codes
        Category numbers, n × p; −1 where missing.
    categories
        The answers behind the numbers.
    answered
        The respondents and their groups.
    empty
        ``"refuse"`` answers that some group never gave, or ``"collapse"`` them.

    Raises
    ------
    DataError
        All answers that some group never gave; items left with one answer.
    """
    out = codes.copy()
    counts = np.array([len(c) for c in categories], dtype=np.int64)
    failures: list[AttitudesError] = []
    notes: list[str] = []
    for j, name in enumerate(answered.names):
        used = np.array(
            [
                np.bincount(
                    codes[(answered.group == g) & (codes[:, j] >= 0), j], minlength=counts[j]
                )
                for g in range(len(answered.labels))
            ]
        )
        lacking = np.argwhere(used == 0)
        if not len(lacking):
            continue
        if empty == "refuse":
            failures += [
                DataError(
                    f"item {name}{answered.named(int(g))}",
                    f"nobody who answered {categories[j][c]:g}",
                    "every answer given in every group",
                    'merge answers or groups, or let empty="collapse" join it with the next one',
                )
                for g, c in lacking
            ]
            continue
        place, joined = _joined(used)
        if place.max() == 0:
            failures.append(
                DataError(
                    f"item {name}",
                    "no two answers that all groups gave",
                    "two answers",
                    "leave it out",
                )
            )
            continue
        known = codes[:, j] >= 0
        out[known, j] = place[codes[known, j]]
        counts[j] = place.max() + 1
        said = "; ".join(" and ".join(f"{categories[j][c]:g}" for c in block) for block in joined)
        notes.append(f"{name}: answers {said} were joined, as some group never gave one of them")
    raise_all(failures)
    return out, counts, notes


def _joined(used: IntArray) -> tuple[IntArray, list[list[int]]]:
    """Blocks of neighbouring answers that every group gave; the last one joins the one before."""
    blocks: list[list[int]] = []
    open_block: list[int] = []
    for c in range(used.shape[1]):
        open_block.append(c)
        if (used[:, open_block].sum(axis=1) > 0).all():
            blocks.append(open_block)
            open_block = []
    if open_block and blocks:
        blocks[-1] = blocks[-1] + open_block
    elif open_block:
        blocks = [open_block]
    place = np.zeros(used.shape[1], dtype=np.int64)
    for k, block in enumerate(blocks):
        place[block] = k
    return place, [block for block in blocks if len(block) > 1]


def half_in_empty_cells(tables: PairTables) -> PairTables:
    """Return 2 × 2 tables with ½ in a single empty cell, the margins kept; others as they are.

    Two items of two answers of which one combination never occurs would otherwise have a
    correlation of ±1.

    Examples
    --------
    >>> one = np.array([[[5.0, 0.0], [2.0, 3.0]]])
    >>> pair = np.array([0]), np.array([1])
    >>> tables = PairTables(*pair, one, one.sum(axis=2).repeat(2, axis=0), np.array([2, 2]))
    >>> half_in_empty_cells(tables).counts[0].tolist()
    [[4.5, 0.5], [2.5, 2.5]]
    """
    two = (tables.n_categories[tables.first] == 2) & (tables.n_categories[tables.second] == 2)
    corner = tables.counts[:, :2, :2]
    single = np.flatnonzero(two & ((corner == 0).sum(axis=(1, 2)) == 1))
    if not len(single):
        return tables
    counts = tables.counts.copy()
    main = (corner[single, 0, 0] == 0) | (corner[single, 1, 1] == 0)
    half = np.where(main, 0.5, -0.5)
    for a, b, sign in ((0, 0, 1.0), (1, 1, 1.0), (0, 1, -1.0), (1, 0, -1.0)):
        counts[single, a, b] += sign * half
    return replace(tables, counts=counts)
