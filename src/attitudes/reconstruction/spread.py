"""How much reconstructions from different seeds differ: what the print does not determine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from attitudes.errors import OptionError
from attitudes.numerics.design import FloatArray
from attitudes.study.models import Study
from attitudes.survey.survey import Survey

__all__ = ["Spread", "SpreadLine", "spread"]


@dataclass(frozen=True, slots=True)
class SpreadLine:
    """How much one kind of statistic differs between reconstructions.

    Attributes
    ----------
    kind
        What was computed.
    statistics
        How many of them.
    typical
        Median over the statistics of their range over the seeds.
    largest
        The largest range.
    where
        The statistic with the largest range.
    """

    kind: str
    statistics: int
    typical: float
    largest: float
    where: str


@dataclass(frozen=True, slots=True)
class Spread:
    """How much reconstructions differ.

    Attributes
    ----------
    seeds
        Their seeds.
    lines
        One a kind of statistic, from what is printed to what is invented.
    moved
        Share of the answers of each cell of all crossed groups that would have to change to turn
        one reconstruction into another: 0 the same, 1 nothing in common; mean over pairs.
    """

    seeds: tuple[int, ...]
    lines: tuple[SpreadLine, ...]
    moved: float

    def to_dict(self) -> dict[str, Any]:
        """Return the result for JSON."""
        return {
            "seeds": list(self.seeds),
            "moved": round(self.moved, 4),
            "lines": [
                {
                    "kind": line.kind,
                    "statistics": line.statistics,
                    "typical": round(line.typical, 6),
                    "largest": round(line.largest, 6),
                    "where": line.where,
                }
                for line in self.lines
            ],
        }


def spread(surveys: Sequence[Survey], study: Study, seeds: Sequence[int]) -> Spread:
    """Compare reconstructions of one study.

    Parameters
    ----------
    surveys
        Reconstructed respondents, one a seed.
    study
        Their study.
    seeds
        Their seeds.

    Raises
    ------
    OptionError
        When there are fewer than two.

    Notes
    -----
    Where seeds agree, the print (with the conventions) determines a statistic; where they do not,
    it was invented, and no conclusion may rest on it.
    """
    if len(surveys) < 2:
        raise OptionError("seeds", str(len(surveys)), "at least two reconstructions to compare")
    items = [q.id for q in study.questions if q.scale is not None]
    frames = [_numbers(s, study, items) for s in surveys]
    named = {f.column for f in study.figures()}
    breakdowns = [b.id for b in study.breakdowns]
    printed = [b for b in breakdowns if {str(g) for g in study.groups(b)} & named]
    other = [b for b in breakdowns if b not in printed]
    lines = []
    for b in printed:
        lines.append(
            _line(
                f"mean of an item by {b} (printed breakdown)", [_means(f, b, items) for f in frames]
            )
        )
    for b in other:
        lines.append(
            _line(f"mean of an item by {b} (not printed)", [_means(f, b, items) for f in frames])
        )
    for one, two in combinations(printed[:2], 2):
        crossed = [_means(f, [one, two], items) for f in frames]
        lines.append(_line(f"mean of an item by {one} and {two} (not printed)", crossed))
    lines.append(
        _line("standard deviation of an item", [dict(f[items].std().items()) for f in frames])
    )
    lines.append(_line("correlation of two items", [_correlations(f[items]) for f in frames]))
    moved = float(np.mean([_moved(a, b, breakdowns, items) for a, b in combinations(frames, 2)]))
    return Spread(tuple(seeds), tuple(line for line in lines if line is not None), moved)


def _numbers(survey: Survey, study: Study, items: Sequence[str]) -> pd.DataFrame:
    """Return the answers as numbers, missing kinds as NaN, with the groups."""
    frame: pd.DataFrame = survey.frame.copy()
    for item in items:
        missing = list(study.missing_codes(item).values())
        values = frame[item]
        frame[item] = pd.to_numeric(values.where(~values.isin(missing)), errors="coerce")
    return frame


def _means(frame: pd.DataFrame, by: str | list[str], items: Sequence[str]) -> dict[Any, float]:
    means = frame.groupby(by, observed=True)[list(items)].mean()
    return {(item, group): float(v) for item in items for group, v in means[item].items()}


def _correlations(frame: pd.DataFrame) -> dict[Any, float]:
    table = frame.corr().to_numpy()
    names = list(frame.columns)
    return {(names[i], names[j]): float(table[i, j]) for i, j in combinations(range(len(names)), 2)}


def _line(kind: str, values: Sequence[Mapping[Any, float]]) -> SpreadLine | None:
    shared = [k for k in values[0] if all(k in v and np.isfinite(v[k]) for v in values)]
    if not shared:
        return None
    table: FloatArray = np.array([[v[k] for k in shared] for v in values])
    ranges = np.ptp(table, axis=0)
    worst = int(np.argmax(ranges))
    return SpreadLine(
        kind, len(shared), float(np.median(ranges)), float(ranges[worst]), _words(shared[worst])
    )


def _words(key: Any) -> str:
    parts: list[str] = []
    for part in key if isinstance(key, tuple) else (key,):
        parts += [str(p) for p in part] if isinstance(part, tuple) else [str(part)]
    return ", ".join(parts)


def _moved(
    one: pd.DataFrame, two: pd.DataFrame, breakdowns: Sequence[str], items: Sequence[str]
) -> float:
    """Return the total variation distance of the answers by all groups crossed, over items."""
    by = [b for b in breakdowns if b in one.columns and b in two.columns]
    shares = []
    for item in items:
        counts = [
            f.assign(**{item: f[item].fillna(-1)}).groupby([*by, item], observed=True).size()
            for f in (one, two)
        ]
        both = pd.concat(counts, axis=1).fillna(0.0).to_numpy()
        shares.append(np.abs(both[:, 0] - both[:, 1]).sum() / both.sum())
    return float(np.mean(shares)) if shares else 0.0
