"""Achieved respondents placed in the clusters of a draw, with the design they then have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from attitudes.errors import DataError
from attitudes.numerics.design import IntArray

__all__ = ["place_respondents"]


def place_respondents(
    clusters: pd.DataFrame,
    respondents: pd.DataFrame,
    *,
    by: Sequence[str] | None = None,
    even: bool = False,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Place achieved respondents in the drawn clusters and give them their design.

    Parameters
    ----------
    clusters
        As `draw_design` gives them.
    respondents
        One a row, with the columns ``by``.
    by
        Columns by which respondents go to clusters; where no cluster has all of a respondent's
        values, those of the first column decide. Default: the columns of the cells.
    even
        Whether clusters that were drawn together get respondents in proportion to their planned
        interviews, even if some then sit in a cluster of another cell; weights are nearly equal
        within a stratum then. Else every cell keeps to its own clusters, however few or many
        respondents these get.
    rng
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        In the order of ``respondents``: ``cluster``, ``stratum``, ``psu``, ``probability``,
        ``within_probability`` (achieved respondents of the cluster / persons in its PSU),
        ``base_weight``, and ``displaced``: whether the cluster is of another cell.

    Raises
    ------
    DataError
        Columns that are not there, or respondents of a group without any cluster.

    Examples
    --------
    >>> import attitudes as at
    >>> rng = np.random.default_rng(1)
    >>> clusters = at.draw_design(at.load_study("kyrgyzstan-2023"), rng)
    >>> people = clusters.loc[clusters.index.repeat(17), ["region", "design_type"]]
    >>> placed = place_respondents(clusters, people, rng=rng)
    >>> placed.psu.nunique(), int(placed.displaced.sum())
    (56, 0)
    """
    by = _cell_columns(clusters) if by is None else tuple(by)
    for name in by:
        if name not in respondents.columns:
            raise DataError.unknown("respondents", "column", name, respondents.columns)
    cells = respondents.groupby(list(by), sort=True, observed=True).indices
    chosen = np.full(len(respondents), -1, dtype=np.int64)
    displaced = np.zeros(len(respondents), dtype=bool)
    place = _Evenly(clusters, by, cells) if even else _ByCell(clusters, by)
    for cell in sorted(cells, key=lambda cell: not _matches(clusters, by, cell).any()):
        rows = rng.permutation(np.asarray(cells[cell]))
        shares = place.shares(cell, len(rows))
        chosen[rows] = np.repeat(np.arange(len(clusters)), shares)
        displaced[rows] = ~_matches(clusters, by, cell)[chosen[rows]]
    return _designed(clusters, respondents.index, chosen, displaced)


class _ByCell:
    """Every cell in its own clusters; one without any in those of its first value."""

    def __init__(self, clusters: pd.DataFrame, by: tuple[str, ...]) -> None:
        self.clusters, self.by = clusters, by
        self.planned = clusters["interviews"].to_numpy(dtype=np.float64)
        self.load = np.zeros(len(clusters))

    def shares(self, cell: Any, n: int) -> IntArray:
        """Return how many of n respondents each cluster gets."""
        match = _matches(self.clusters, self.by, cell)
        near = match if match.any() else _near(self.clusters, self.by, cell, n)
        return self.fill(near, n)

    def fill(self, near: np.ndarray[Any, Any], n: int) -> IntArray:
        """Give n respondents to the clusters marked, each nearing its share of all placed."""
        at = np.flatnonzero(near)
        out = np.zeros(len(self.load), dtype=np.int64)
        out[at] = _even(self.load[at], self.planned[at], n)
        self.load += out
        return out


class _Evenly(_ByCell):
    """Clusters drawn together filled evenly: own cells first, what is over goes to the others."""

    def __init__(self, clusters: pd.DataFrame, by: tuple[str, ...], cells: Any) -> None:
        super().__init__(clusters, by)
        self.strata = clusters["draw_stratum"].astype(str).to_numpy()
        self.room = np.zeros(len(clusters), dtype=np.int64)
        pools: dict[tuple[bool, ...], int] = {}
        for cell, rows in cells.items():
            pool = tuple(self.pool(cell, len(rows)).tolist())
            pools[pool] = pools.get(pool, 0) + len(rows)
        for pool, n in sorted(pools.items(), key=lambda item: sum(item[0])):
            self.room += self.fill(np.array(pool), n)

    def pool(self, cell: Any, n: int) -> np.ndarray[Any, Any]:
        """Return which clusters were drawn together with those of a cell."""
        match = _matches(self.clusters, self.by, cell)
        near = match if match.any() else _near(self.clusters, self.by, cell, n)
        return np.isin(self.strata, self.strata[near])

    def shares(self, cell: Any, n: int) -> IntArray:
        """Return how many of n respondents each cluster gets, as far as it has room."""
        match = _matches(self.clusters, self.by, cell)
        pool = self.pool(cell, n)
        out = np.zeros(len(self.room), dtype=np.int64)
        for near in (match & pool, pool):
            for _ in range(n - int(out.sum())):
                open_ = np.flatnonzero(near & (self.room > 0))
                if not len(open_):
                    break
                k = open_[int(np.argmax(self.room[open_] / self.planned[open_]))]
                self.room[k] -= 1
                out[k] += 1
        return out


def _near(clusters: pd.DataFrame, by: tuple[str, ...], cell: Any, n: int) -> np.ndarray[Any, Any]:
    """Return the clusters of a cell's first value, for cells without a cluster of their own."""
    near = _matches(clusters, by[:1], cell)
    if not near.any():
        raise DataError(
            f"respondents, column {by[0]}",
            f"{n} of {_text(cell)} without a cluster",
            ", ".join(sorted(clusters[by[0]].astype(str).unique())),
        )
    return near


def _cell_columns(clusters: pd.DataFrame) -> tuple[str, ...]:
    """Return the columns of the cells: those between the strata and the unit."""
    names = [str(c) for c in clusters.columns]
    return tuple(names[names.index("draw_stratum") + 1 : names.index("unit")])


def _matches(clusters: pd.DataFrame, by: tuple[str, ...], cell: Any) -> np.ndarray[Any, Any]:
    values = cell if isinstance(cell, tuple) else (cell,)
    match = np.ones(len(clusters), dtype=bool)
    for name, value in zip(by, values, strict=False):
        match &= (clusters[name].astype(str) == str(value)).to_numpy()
    return match


def _text(cell: Any) -> str:
    return " ".join(str(v) for v in (cell if isinstance(cell, tuple) else (cell,)))


def _even(load: ArrayLike, planned: ArrayLike, n: int) -> np.ndarray[Any, Any]:
    """Give n respondents to clusters so that each nears its planned share of all placed."""
    held, target = np.array(load, dtype=np.float64), np.asarray(planned, dtype=np.float64)
    shares = np.zeros(len(held), dtype=np.int64)
    for _ in range(n):
        k = int(np.argmin((held + 1) / target))
        held[k] += 1
        shares[k] += 1
    return shares


def _designed(
    clusters: pd.DataFrame, index: pd.Index[Any], chosen: ArrayLike, displaced: ArrayLike
) -> pd.DataFrame:
    at = np.asarray(chosen)
    out = clusters.iloc[at][["cluster", "stratum", "psu", "probability"]].set_axis(index)
    achieved = np.bincount(at, minlength=len(clusters))[at]
    out["within_probability"] = achieved / clusters["size"].to_numpy()[at]
    out["base_weight"] = 1 / (out["probability"] * out["within_probability"])
    out["displaced"] = np.asarray(displaced)
    return out
