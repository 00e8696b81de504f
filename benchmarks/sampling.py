"""Draw 10,000 of 1,000,000 units by PPS systematic sampling, beside one plain numpy pass.

    python -m benchmarks.sampling

The plain pass cumulates the sizes and looks the ticks up; it knows no certain units, checks
nothing and gives no probabilities. Exit status 1 when the draw takes 0.2 s or more.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

import attitudes as at
from attitudes.numerics.selection.choose import select

UNITS, DRAWN, LIMIT = 1_000_000, 10_000, 0.2


def plain(sizes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Cumulate and look up."""
    cumulated = np.cumsum(sizes)
    step = cumulated[-1] / DRAWN
    return np.searchsorted(cumulated, (rng.random() + np.arange(DRAWN)) * step, side="right")


def best(call: Callable[[], object], repetitions: int = 7) -> float:
    """Return the shortest of several runs, in seconds."""
    taken = []
    for _ in range(repetitions):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return min(taken)


def main() -> None:
    """Measure and print; exit 1 when the limit is not kept."""
    rng = np.random.default_rng(1)
    sizes = rng.lognormal(5, 1, UNITS)
    frame = at.read_frame(
        pd.DataFrame({"unit": np.arange(UNITS), "size": sizes}), unit="unit", size="size"
    )
    runs = {
        "plain numpy pass": best(lambda: plain(sizes, rng)),
        "select, PPS systematic": best(lambda: select(sizes, DRAWN, rng=rng)),
        "select, randomised order": best(
            lambda: select(sizes, DRAWN, method="pps_systematic_random", rng=rng)
        ),
        "draw from a checked frame": best(lambda: at.draw(frame, DRAWN, rng=rng)),
    }
    base = runs["plain numpy pass"]
    for name, seconds in runs.items():
        print(f"{name:28} {seconds:8.4f} s  {seconds / base:6.1f} x plain")
    kept = runs["draw from a checked frame"] < LIMIT
    print(f"{DRAWN:,} of {UNITS:,} in under {LIMIT} s: {'yes' if kept else 'no'}")
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
