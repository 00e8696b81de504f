"""The plain numpy pass that the estimator is held against."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.generated import ITEMS

__all__ = ["PlainPass", "prepare"]


@dataclass(frozen=True, slots=True)
class PlainPass:
    """Answers in float64, sorted by domain and PSU before the clock starts."""

    weights: NDArray[np.float64]
    starts: NDArray[np.int64]
    values: list[NDArray[np.float64]]
    present: list[NDArray[np.bool_]]

    def run(self) -> float:
        """Return the seconds of weights × values and weights × presence, summed by segment."""
        begin = time.perf_counter()
        for values, present in zip(self.values, self.present, strict=True):
            np.add.reduceat(self.weights * np.where(present, values, 0.0), self.starts)
            np.add.reduceat(self.weights * present, self.starts)
        return time.perf_counter() - begin


def prepare(frame: pd.DataFrame) -> PlainPass:
    """Sort the answers by segment."""
    key = frame["domain"].to_numpy().astype(np.int64) * (int(frame["psu"].max()) + 1)
    key += frame["psu"].to_numpy()
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.append(True, np.diff(key[order]) != 0))
    values = [frame[item].to_numpy(dtype=np.float64, na_value=np.nan)[order] for item in ITEMS]
    return PlainPass(
        frame["w"].to_numpy()[order],
        starts,
        [np.nan_to_num(v) for v in values],
        [~np.isnan(v) for v in values],
    )
