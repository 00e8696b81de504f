"""Draw units from a frame, stratum by stratum, with their probabilities and base weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from attitudes.errors import DesignError, OptionError
from attitudes.numerics.design import FloatArray
from attitudes.numerics.selection.choose import METHODS, SelectionMethod, select
from attitudes.numerics.selection.joint_probabilities import exact_joint, zero_pairs
from attitudes.numerics.selection.result import Selection
from attitudes.sampling.checks import generator, whole
from attitudes.sampling.frame import SamplingFrame

__all__ = ["Draw", "draw"]


@dataclass(frozen=True, slots=True)
class Draw:
    """A sample of units.

    Attributes
    ----------
    units
        One drawn unit a row: the frame's columns, ``stratum_``, ``probability`` (expected
        selections where units can be drawn more than once), ``certain``, ``base_weight`` and,
        where reserves were asked for, ``reserve`` (0: main sample; 1 …: order of use).
    probabilities
        First-order inclusion probability of every unit of the frame, length N.
    method
        Name of the design.
    joint
        Joint inclusion probabilities of the drawn units in the order of ``units`` (main sample);
        None when not asked for.
    zero_pairs
        Pairs of drawn or undrawn units of the frame that can never be drawn together; None when
        joint probabilities were not asked for.
    """

    units: pd.DataFrame
    probabilities: FloatArray
    method: str
    joint: FloatArray | None = None
    zero_pairs: int | None = None

    @property
    def n(self) -> int:
        """Number of units in the main sample."""
        return (
            int((self.units["reserve"] == 0).sum()) if "reserve" in self.units else len(self.units)
        )

    def joint_for_variance(self) -> FloatArray:
        """Return the joint probabilities if an unbiased variance estimator rests on them.

        Raises
        ------
        DesignError
            When units were drawn with replacement; when they were not computed; or when some pair
            of units can never be drawn together, by which Yates–Grundy and Horvitz–Thompson
            variance estimators are biased.
        """
        if self.method == "pps_replacement":
            raise DesignError(
                "draw, method 'pps_replacement'",
                "units drawn with replacement",
                "a draw without replacement",
                "the Hansen–Hurwitz estimator needs no joint probabilities: SurveyDesign without "
                "joint",
            )
        if self.joint is None or self.zero_pairs is None:
            raise DesignError("draw, joint", "none", "joint=True when the sample is drawn")
        if self.zero_pairs:
            raise DesignError(
                f"draw, method {self.method!r}",
                f"{self.zero_pairs} pairs of units with joint probability zero",
                "positive joint probabilities of all pairs",
                "the Yates–Grundy estimator is not unbiased then: use joint='brewer' or "
                "'hartley-rao', or draw two or more units beside the certain ones in every "
                "stratum, by 'max_entropy' or 'sampford'",
            )
        return self.joint

    def __repr__(self) -> str:
        certain = int(self.units["certain"].sum())
        strata = self.units["stratum_"].nunique()
        return f"Draw: {self.n} units in {strata} strata by {self.method}, {certain} certain"


def draw(
    frame: SamplingFrame,
    n: int | Mapping[str, int] | pd.Series[int],
    *,
    method: SelectionMethod = "pps_systematic",
    rng: np.random.Generator,
    sort: str | Sequence[str] | None = None,
    coordinates: Sequence[str] | None = None,
    reserves: int = 0,
    joint: bool = False,
) -> Draw:
    """Draw a sample from a frame.

    Parameters
    ----------
    frame
        Units with stratum and measure of size.
    n
        Units to draw: in the whole frame (without strata), or by stratum.
    method
        Name of the design. ``"srs"`` and ``"systematic"`` give equal probabilities.
    rng
        Source of randomness.
    sort
        Columns to sort by before a sequential draw (implicit stratification).
    coordinates
        Columns of places, for ``"local_pivotal"``.
    reserves
        Replacement units per stratum, drawn after the main sample from the units left, with
        probability proportional to size and in the order in which they are to be used.
    joint
        Whether to compute joint inclusion probabilities (designs that have a formula).

    Returns
    -------
    Draw

    Raises
    ------
    OptionError
        Unknown method, stratum or column.
    DesignError
        More units asked for than a stratum has.

    Notes
    -----
    Sizes over the sampling interval of their stratum are taken with certainty, iteratively. A
    reserve's own probability of being drawn is not known in advance: it takes over the weight of
    the unit that it replaces.

    Examples
    --------
    >>> from attitudes.sampling.frame import read_frame
    >>> farms = pd.DataFrame({"farm": range(8), "area": [90, 5, 5, 10, 10, 20, 20, 10]})
    >>> frame = read_frame(farms, unit="farm", size="area")
    >>> drawn = draw(frame, 3, method="max_entropy", joint=True, rng=np.random.default_rng(7))
    >>> drawn
    Draw: 3 units in 1 strata by max_entropy, 1 certain
    >>> float(drawn.probabilities.sum()), drawn.joint_for_variance().shape
    (3.0, (3, 3))
    """
    if method not in METHODS:
        raise OptionError.unknown("draw, method", "selection method", method, METHODS)
    rng, reserves = generator("draw, rng", rng), whole("draw, reserves", reserves)
    codes, names = _strata(frame)
    counts = _counts(names, n)
    order = _order(frame, sort)
    places = None if coordinates is None else _places(frame, coordinates)
    sizes = frame.sizes
    probabilities = np.zeros(frame.n)
    drawn: list[pd.DataFrame] = []
    blocks: list[FloatArray] = []
    zeros = 0
    for code, (name, count) in enumerate(counts.items()):
        rows = order[codes[order] == code] if len(counts) > 1 else order
        where = None if places is None else places[rows]
        inside = sizes if sort is None and len(counts) == 1 else sizes[rows]
        chosen = select(inside, count, method=method, rng=rng, coordinates=where)
        probabilities[rows] = chosen.probabilities
        drawn.append(_drawn(frame, rows, chosen, name, 0))
        if joint:
            pairs = exact_joint(chosen.probabilities, method)
            zeros += zero_pairs(pairs)
            blocks.append(pairs[np.ix_(chosen.units, chosen.units)])
        if reserves:
            drawn.append(_reserves(frame, rows, chosen, name, reserves, rng))
    units = pd.concat(drawn, ignore_index=True)
    if not reserves:
        units = units.drop(columns="reserve")
    return Draw(
        units,
        probabilities,
        method,
        _join(blocks, units["probability"].to_numpy()) if joint else None,
        zeros if joint else None,
    )


def _strata(frame: SamplingFrame) -> tuple[NDArray[Any], list[str]]:
    """Return the code of each unit's stratum and the names, in order of appearance."""
    if not frame.strata:
        return np.zeros(frame.n, dtype=np.int64), ["all"]
    codes, names = pd.factorize(frame.stratum())
    return np.asarray(codes), [str(name) for name in names]


def _counts(known: list[str], n: int | Mapping[str, int] | pd.Series[int]) -> dict[str, int]:
    if not isinstance(n, Mapping | pd.Series):
        if len(known) > 1:
            raise OptionError(
                "draw, n",
                f"one number for {len(known)} strata",
                "a number a stratum",
                "allocate() divides a sample over strata",
            )
        return {known[0]: whole("draw, n", n)}
    given = {str(name): whole(f"draw, n, {name}", count) for name, count in n.items()}
    for name in given:
        if name not in known:
            raise OptionError.unknown("draw, n", "stratum", name, known)
    return {name: given.get(name, 0) for name in known}


def _order(frame: SamplingFrame, sort: str | Sequence[str] | None) -> NDArray[Any]:
    if sort is None:
        return np.arange(frame.n)
    names = [sort] if isinstance(sort, str) else list(sort)
    for name in names:
        if name not in frame.units.columns:
            raise OptionError.unknown("draw, sort", "column", name, frame.units.columns)
    ranked = frame.units.reset_index(drop=True).sort_values(names, kind="stable")
    return ranked.index.to_numpy()


def _places(frame: SamplingFrame, names: Sequence[str]) -> FloatArray:
    for name in names:
        if name not in frame.units.columns:
            raise OptionError.unknown("draw, coordinates", "column", name, frame.units.columns)
    try:
        return frame.units[list(names)].to_numpy(dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise OptionError(
            "draw, coordinates", f"columns {', '.join(names)} with text", "columns of numbers"
        ) from error


def _drawn(
    frame: SamplingFrame,
    rows: NDArray[Any],
    chosen: Selection,
    name: str,
    reserve: int,
) -> pd.DataFrame:
    part = frame.units.iloc[rows[chosen.units]]
    return part.assign(
        stratum_=name,
        probability=chosen.probabilities[chosen.units],
        certain=chosen.certain,
        base_weight=chosen.weights,
        reserve=reserve,
    )


def _reserves(
    frame: SamplingFrame,
    rows: NDArray[Any],
    chosen: Selection,
    name: str,
    reserves: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    left = np.setdiff1d(np.arange(len(rows)), chosen.units)
    count = min(reserves, len(left))
    part = frame.units.iloc[rows[left[:0]]]
    if count:
        sizes = frame.sizes[rows[left]]
        keys = rng.exponential(size=len(left)) / sizes
        part = frame.units.iloc[rows[left[np.argsort(keys)[:count]]]]
    return part.assign(
        stratum_=name,
        probability=np.nan,
        certain=False,
        base_weight=np.nan,
        reserve=np.arange(1, count + 1),
    )


def _join(blocks: list[FloatArray], probabilities: FloatArray) -> FloatArray:
    p = probabilities[np.isfinite(probabilities)]
    joint = np.outer(p, p)
    start = 0
    for block in blocks:
        stop = start + len(block)
        joint[start:stop, start:stop] = block
        start = stop
    return joint
