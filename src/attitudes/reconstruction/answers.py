"""Who gives which answer: counts by group become counts by cell, and cells become people."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.printed.margins import controlled_rounding, fit_margins

__all__ = ["cell_counts", "deal"]


def cell_counts(
    cells: Sequence[IntArray],
    counts: Sequence[IntArray],
    rng: np.random.Generator,
) -> tuple[IntArray, IntArray]:
    """Return the counts of each code in each cell of the crossed groups.

    Parameters
    ----------
    cells
        Group numbers of each respondent, one array a variable.
    counts
        Counts of the codes by group, groups × K, one array a variable.
    rng
        Breaks ties of the rounding.

    Returns
    -------
    cell, table
        Number of each respondent's cell, and counts cells × K.

    Notes
    -----
    The counts have maximum entropy given the groups' counts and the cells' sizes, rounded to
    whole respondents with those counts kept exactly.
    """
    shape = tuple(len(c) for c in counts)
    n_codes = counts[0].shape[1]
    place = np.ravel_multi_index(tuple(cells), shape)
    sizes = np.bincount(place, minlength=int(np.prod(shape))).reshape(shape)
    overall = counts[0].sum(axis=0) / max(1, int(counts[0].sum()))
    seed = sizes[..., None] * np.maximum(overall, 1e-9)
    variables = len(shape)
    axes: list[tuple[int, ...]] = [(v, variables) for v in range(variables)]
    axes.append(tuple(range(variables)))
    margins = [np.asarray(c, dtype=np.int64) for c in counts] + [sizes]
    fit = fit_margins(
        seed, axes, [m.astype(np.float64) for m in margins], tolerance=0.05, max_iterations=20000
    )
    table = controlled_rounding(fit.table, axes, margins, rng)
    return place, table.reshape(-1, n_codes)


def deal(
    place: IntArray,
    table: IntArray,
    order: IntArray,
    missing: IntArray,
    inclination: FloatArray,
    silence: FloatArray,
) -> IntArray:
    """Give the answers of each cell to its people.

    Parameters
    ----------
    place
        Cell of each person.
    table
        Counts of the K codes by cell.
    order
        Numbers of the answers from the one that the least inclined give to the one that the most
        inclined give.
    missing
        Numbers of the codes that are no answers.
    inclination
        Latent inclination of each person: higher ones get later answers.
    silence
        Latent tendency of each person not to answer: highest ones get the missing codes.

    Returns
    -------
    numpy.ndarray
        Number of each person's code.

    Examples
    --------
    >>> deal(np.zeros(3, dtype=int), np.array([[1, 1, 1]]), np.array([0, 1]), np.array([2]),
    ...      np.array([0.3, 0.1, 0.2]), np.array([0.0, 0.0, 9.0]))
    array([1, 0, 2])
    """
    code = np.empty(len(place), dtype=np.int64)
    n_missing = table[:, missing].sum(axis=1)
    by_silence = np.lexsort((-silence, place))
    rank = _rank_in_cell(place, by_silence)
    silent = rank < n_missing[place]
    _fill(code, place, by_silence[silent[by_silence]], table[:, missing], missing)
    by_inclination = np.lexsort((inclination, place))
    speaking = by_inclination[~silent[by_inclination]]
    _fill(code, place, speaking, table[:, order], order)
    return code


def _rank_in_cell(place: IntArray, ordered: IntArray) -> IntArray:
    """Return each person's rank within their cell, given people ordered by cell."""
    sorted_place = place[ordered]
    starts = np.searchsorted(sorted_place, sorted_place, side="left")
    rank = np.empty(len(place), dtype=np.int64)
    rank[ordered] = np.arange(len(place)) - starts
    return rank


def _fill(
    code: IntArray, place: IntArray, people: IntArray, table: IntArray, codes: IntArray
) -> None:
    """Write the codes of each cell, in order, to its people, who are ordered by cell."""
    used = np.unique(place[people])
    code[people] = np.tile(codes, len(used)).repeat(table[used].ravel())
