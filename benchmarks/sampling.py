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
from benchmarks.tables import Timing

__all__ = ["timings"]

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


def timings() -> list[Timing]:
    """Measure the draw beside the plain pass."""
    rng = np.random.default_rng(1)
    sizes = rng.lognormal(5, 1, UNITS)
    frame = at.read_frame(
        pd.DataFrame({"unit": np.arange(UNITS), "size": sizes}), unit="unit", size="size"
    )
    base = best(lambda: plain(sizes, rng))
    runs = {
        "PPS systematic": lambda: select(sizes, DRAWN, rng=rng),
        "PPS systematic, order random": lambda: select(
            sizes, DRAWN, method="pps_systematic_random", rng=rng
        ),
        "PPS systematic from a checked frame": lambda: at.draw(frame, DRAWN, rng=rng),
    }
    made = []
    for name, call in runs.items():
        seconds = best(call)
        made.append(
            Timing(
                f"{name}: {DRAWN:,} of {UNITS:,}",
                f"{seconds:.3f} s, {seconds / base:.1f} × the plain pass",
                f"< {LIMIT} s",
                seconds < LIMIT,
            )
        )
    return made


def main() -> None:
    """Print what was measured; exit 1 when the limit is not kept."""
    made = timings()
    for t in made:
        print(f"{t.work:56} {t.measured:36} {t.must_reach:8} {'yes' if t.reached else 'NO'}")
    sys.exit(0 if all(t.reached for t in made) else 1)


if __name__ == "__main__":
    main()
