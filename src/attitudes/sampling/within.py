"""Later stages of a draw: units within units, households, persons."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from attitudes.errors import DataError, DesignError, raise_all
from attitudes.numerics.selection.choose import SelectionMethod, select
from attitudes.sampling.frame import SamplingFrame

__all__ = ["draw_persons", "draw_within"]


def draw_within(
    parents: pd.DataFrame,
    frame: SamplingFrame,
    n: int | str,
    *,
    parent: str,
    method: SelectionMethod = "srs",
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Draw the next stage: units within each unit drawn before.

    Parameters
    ----------
    parents
        Units drawn before, with the column ``parent`` and their ``probability`` (of all stages
        so far).
    frame
        Units of the next stage; its units carry the column ``parent``.
    n
        Units a parent, or the column of ``parents`` that says how many; where a parent has
        fewer, all are taken.
    parent
        Column that ties a unit to its parent.
    method
        Name of the design of this stage.
    rng
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        Units drawn: the frame's columns, ``stage_probability`` (given the parent),
        ``probability`` (of all stages) and ``base_weight``.

    Raises
    ------
    DataError, DesignError
        Columns that are not there; parents drawn twice or without any unit in the frame.

    Examples
    --------
    >>> villages = pd.DataFrame({"village": ["a", "b"], "probability": [0.5, 0.25]})
    >>> from attitudes.sampling.frame import read_frame
    >>> households = read_frame(pd.DataFrame({"village": list("aaaabb"), "household": range(6)}))
    >>> found = draw_within(villages, households, 2, parent="village",
    ...                     rng=np.random.default_rng(3))
    >>> found[["village", "stage_probability", "probability"]].values.tolist()
    [['a', 0.5, 0.25], ['a', 0.5, 0.25], ['b', 1.0, 0.25], ['b', 1.0, 0.25]]
    """
    _check(parents, frame, parent, n)
    counts = parents[n].tolist() if isinstance(n, str) else [n] * len(parents)
    groups = frame.units.reset_index(drop=True).groupby(parent, sort=False).indices
    sizes = frame.sizes
    rows: list[np.ndarray[Any, Any]] = []
    stage: list[np.ndarray[Any, Any]] = []
    before: list[np.ndarray[Any, Any]] = []
    for name, probability, count in zip(
        parents[parent], parents["probability"], counts, strict=True
    ):
        inside = np.asarray(groups[name])
        drawn = select(sizes[inside], min(int(count), len(inside)), method=method, rng=rng)
        rows.append(inside[drawn.units])
        stage.append(drawn.probabilities[drawn.units])
        before.append(np.full(drawn.n, probability))
    at, chance = np.concatenate(rows), np.concatenate(stage)
    together = chance * np.concatenate(before)
    return frame.units.iloc[at].assign(
        stage_probability=chance, probability=together, base_weight=1 / together
    )


def _check(parents: pd.DataFrame, frame: SamplingFrame, parent: str, n: int | str) -> None:
    named = [parent, "probability", *([n] if isinstance(n, str) else [])]
    unknown = [c for c in named if c not in parents.columns]
    failures = [
        DataError.unknown("draw_within, parents", "column", c, parents.columns) for c in unknown
    ]
    if parent not in frame.units.columns:
        columns = frame.units.columns
        failures.append(DataError.unknown("draw_within, frame", "column", parent, columns))
    raise_all(failures)
    if parents[parent].duplicated().any():
        twice = parents.loc[parents[parent].duplicated(), parent].iloc[0]
        raise DesignError("draw_within, parents", f"{twice!r} twice", "each parent once")
    absent = sorted(set(parents[parent]) - set(frame.units[parent]), key=str)
    if absent:
        raise DesignError(
            "draw_within, frame", f"no unit in {absent[0]!r}", "at least one unit a parent"
        )


def draw_persons(
    households: pd.DataFrame, *, adults: str = "adults", rng: np.random.Generator
) -> pd.DataFrame:
    """Draw one adult in each household, all equally likely.

    Parameters
    ----------
    households
        With ``probability`` and the number of adults.
    adults
        Column with that number, at least 1.
    rng
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        ``households`` with ``person`` (1 … adults, by age from the oldest), and probability and
        weight multiplied by the chance within the household.

    Raises
    ------
    DataError
        Numbers of adults missing or below 1.

    Examples
    --------
    >>> people = draw_persons(pd.DataFrame({"adults": [1, 4], "probability": [0.1, 0.1]}),
    ...                       rng=np.random.default_rng(1))
    >>> people["base_weight"].tolist()
    [10.0, 40.0]
    """
    for name in (adults, "probability"):
        if name not in households.columns:
            raise DataError.unknown("draw_persons", "column", name, households.columns)
    count = pd.to_numeric(households[adults], errors="coerce").to_numpy(dtype=np.float64)
    bad = ~(count >= 1)
    if bad.any():
        raise DataError(
            f"draw_persons, column {adults}",
            f"{int(bad.sum())} households without a number of adults",
            "1 or more",
        )
    person = rng.integers(1, count.astype(np.int64) + 1)
    probability = households["probability"].to_numpy(dtype=np.float64) / count
    return households.assign(person=person, probability=probability, base_weight=1 / probability)
