"""The sampling frame: units with stratum and measure of size, checked before anything is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from attitudes.errors import AttitudesError, DataError, DesignError, raise_all
from attitudes.numerics.design import FloatArray
from attitudes.survey.design import stages

__all__ = ["SamplingFrame", "read_csv_frame", "read_frame"]


@dataclass(frozen=True, slots=True)
class SamplingFrame:
    """Units that can be drawn.

    Attributes
    ----------
    units
        One unit a row, as read.
    unit
        Column of ids; None: rows are numbered.
    size
        Column with the measure of size; None: all are alike.
    strata
        Columns that define strata; none: one stratum.
    source
        File or object.
    """

    units: pd.DataFrame
    unit: str | None = None
    size: str | None = None
    strata: tuple[str, ...] = ()
    source: str = "frame"

    @property
    def n(self) -> int:
        """Number of units."""
        return len(self.units)

    @property
    def sizes(self) -> FloatArray:
        """Measure of size, length N; ones when there is none."""
        if self.size is None:
            return np.ones(self.n)
        return self.units[self.size].to_numpy(dtype=np.float64)

    def stratum(self) -> pd.Series[str]:
        """Return the stratum of each unit: the values of its columns joined by an underscore."""
        if not self.strata:
            return pd.Series("all", index=self.units.index)
        joined: pd.Series[str] = self.units[self.strata[0]].astype(str)
        for name in self.strata[1:]:
            joined = joined + "_" + self.units[name].astype(str)
        return joined

    def summary(self) -> pd.DataFrame:
        """Return, by stratum, the number of units, their total size and the largest."""
        sized = pd.DataFrame({"stratum": self.stratum(), "size": self.sizes})
        grouped = sized.groupby("stratum", sort=False)
        return grouped.agg(units=("size", "size"), size=("size", "sum"), largest=("size", "max"))

    def too_large(self, interval: float) -> pd.DataFrame:
        """Return the units larger than a sampling interval: they are taken with certainty."""
        return self.units[self.sizes > interval]

    def __repr__(self) -> str:
        strata = self.stratum().nunique()
        return (
            f"SamplingFrame: {self.n} units in {strata} strata, "
            f"total size {self.sizes.sum():,.0f} ({self.source})"
        )


def read_frame(
    source: str | Path | pd.DataFrame,
    *,
    unit: str | None = None,
    size: str | None = None,
    stratum: str | Sequence[str] | None = None,
) -> SamplingFrame:
    """Read a frame of sampling units and check it.

    Parameters
    ----------
    source
        CSV file with a unit a row, or a pandas frame.
    unit
        Column of the units' ids.
    size
        Column with the measure of size: persons, households, farms …
    stratum
        Column or columns that define strata.

    Returns
    -------
    SamplingFrame

    Raises
    ------
    AttitudesError
        Columns that are not there, ids missing or given twice, sizes missing, zero, negative or
        not numbers, units without a stratum: all together.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> villages = pd.DataFrame({"village": list("abcdef"), "region": list("nnnsss"),
    ...                          "adults": [900, 300, 600, 500, 700, 400]})
    >>> frame = read_frame(villages, unit="village", size="adults", stratum="region")
    >>> frame
    SamplingFrame: 6 units in 2 strata, total size 3,400 (frame)
    >>> from attitudes.sampling.drawing import draw
    >>> drawn = draw(frame, {"n": 1, "s": 2}, rng=np.random.default_rng(4))
    >>> drawn.units[["village", "probability", "base_weight"]].round(3).values.tolist()
    [['c', 0.333, 3.0], ['d', 0.625, 1.6], ['f', 0.5, 2.0]]
    """
    label = "frame" if isinstance(source, pd.DataFrame) else str(source)
    units = source if isinstance(source, pd.DataFrame) else read_csv_frame(Path(source))
    frame = SamplingFrame(units, unit, size, stages(stratum), label)
    raise_all(_failures(frame))
    return frame


def read_csv_frame(path: Path) -> pd.DataFrame:
    """Read a CSV of units or strata.

    Raises
    ------
    DataError
        No such file, or none that can be read.
    """
    if not path.is_file():
        raise DataError(str(path), "no such file", "a CSV of sampling units")
    try:
        return pd.read_csv(path)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise DataError(str(path), f"a file that cannot be read ({error})", "a CSV") from error


def _failures(frame: SamplingFrame) -> list[AttitudesError]:
    columns = [str(c) for c in frame.units.columns]
    named = [c for c in (frame.unit, frame.size, *frame.strata) if c is not None]
    unknown = [
        DataError.unknown(frame.source, "column", name, columns)
        for name in named
        if name not in columns
    ]
    if unknown or not frame.n:
        empty = DesignError(frame.source, "no units", "at least one row")
        return [*unknown] or [empty]
    return [*_id_failures(frame), *_size_failures(frame), *_stratum_failures(frame)]


def _rows(mask: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> str:
    rows = np.flatnonzero(mask)
    return ", ".join(str(r + 1) for r in rows[:5]) + (", …" if len(rows) > 5 else "")


def _id_failures(frame: SamplingFrame) -> list[AttitudesError]:
    if frame.unit is None:
        return []
    ids = frame.units[frame.unit]
    missing = ids.isna().to_numpy()
    twice = ids.duplicated(keep=False).to_numpy() & ~missing
    where = f"{frame.source}, column {frame.unit}"
    failures: list[AttitudesError] = []
    if missing.any():
        found = f"{int(missing.sum())} units without an id (rows {_rows(missing)})"
        failures.append(DesignError(where, found, "an id a unit"))
    if twice.any():
        found = f"{int(twice.sum())} rows that share an id (rows {_rows(twice)})"
        failures.append(DesignError(where, found, "each unit once"))
    return failures


def _size_failures(frame: SamplingFrame) -> list[AttitudesError]:
    if frame.size is None:
        return []
    sizes = pd.to_numeric(frame.units[frame.size], errors="coerce").to_numpy(dtype=np.float64)
    bad = ~np.isfinite(sizes) | (sizes <= 0)
    if not bad.any():
        return []
    return [
        DesignError(
            f"{frame.source}, column {frame.size}",
            f"{int(bad.sum())} sizes missing, zero, negative or not numbers (rows {_rows(bad)})",
            "a positive number",
            "a unit of size zero can never be drawn: join it to a neighbour or leave it out",
        )
    ]


def _stratum_failures(frame: SamplingFrame) -> list[AttitudesError]:
    failures: list[AttitudesError] = []
    for name in frame.strata:
        missing = frame.units[name].isna().to_numpy()
        if missing.any():
            found = f"{int(missing.sum())} units without a stratum (rows {_rows(missing)})"
            failures.append(DesignError(f"{frame.source}, column {name}", found, "a value a unit"))
    return failures
