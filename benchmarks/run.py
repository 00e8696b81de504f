"""`make bench`: measure everything in one run and print a table with versions."""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import sys
import time

import numpy as np
import pandas as pd
import scipy
from rich.console import Console
from rich.table import Table

import attitudes as at
from benchmarks import sampling, weighting
from benchmarks.generated import DESIGN, ITEMS, survey_frame
from benchmarks.huge import huge
from benchmarks.peer import agreement, run_peer
from benchmarks.tables import Timing, against_plain, by_domains, by_rows, memory, small, table

AGREES = 1e-9
REPLICATES = 500


def main() -> None:
    """Run the benchmarks; exit 1 when a figure is not reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-peer", action="store_true", help="leave out the runs of svy")
    parser.add_argument("--no-growth", action="store_true", help="leave out 1e7 rows")
    parser.add_argument("--no-huge", action="store_true", help="leave out 1e8 rows of Parquet")
    chosen = parser.parse_args()
    frame = survey_frame(1_000_000, 20_000)
    first, ours = against_plain(frame)
    timings = [first, memory(frame), small()]
    versions = [f"attitudes {at.__version__}"]
    if not chosen.no_peer:
        peers, version = _peers(frame, ours)
        timings += peers
        versions.append(f"svy {version}")
    timings += [*sampling.timings(), *weighting.timings(peer=not chosen.no_peer)]
    if not chosen.no_growth:
        timings += [*by_domains(), *by_rows()]
    if not chosen.no_huge:
        timings += huge()
        versions.append(f"duckdb {importlib.metadata.version('duckdb')}")
    _print(timings, versions)
    sys.exit(0 if all(t.reached for t in timings) else 1)


def _peers(frame: pd.DataFrame, ours: float) -> tuple[list[Timing], str]:
    """Hold both tables against svy: answers first, then seconds."""
    peer = run_peer(frame, "table")
    worst = agreement(peer, table(frame), ("est", "se", "deff"))
    faster = min(peer.seconds) / ours
    seconds, replicated = _bootstrap(frame)
    boot = run_peer(frame, "bootstrap", repetitions=1, replicates=REPLICATES)
    off = agreement(boot, replicated, ("est",))
    gain = boot.seconds[0] / seconds
    return [
        Timing(
            "answers of svy: estimates, se, deff",
            f"largest relative difference {worst:.1e}",
            f"≤ {AGREES:g}",
            worst <= AGREES,
        ),
        Timing(
            "the same table by svy",
            f"{min(peer.seconds):.1f} s, {faster:.0f} × ours",
            "≥ 20 ×",
            faster >= 20,
        ),
        Timing(
            f"{REPLICATES} bootstrap replicates",
            f"{seconds:.2f} s; svy {boot.seconds[0]:.0f} s and {boot.peak / 1e9:.1f} GB, "
            f"{gain:.0f} × ours; estimates differ by {off:.0e}",
            "≥ 80 ×",
            gain >= 80 and off <= AGREES,
        ),
    ], peer.version


def _bootstrap(frame: pd.DataFrame) -> tuple[float, at.EstimateTable]:
    best, found = np.inf, None
    for _ in range(3):
        begin = time.perf_counter()
        survey = at.Survey.from_frame(frame, DESIGN)
        made = at.replicate(survey, method="bootstrap", n=REPLICATES, rng=np.random.default_rng(1))
        found = at.mean(made, ITEMS, by="domain", variance="replicate")
        best = min(best, time.perf_counter() - begin)
    assert found is not None
    return best, found


def _print(timings: list[Timing], versions: list[str]) -> None:
    threads = os.environ.get("OMP_NUM_THREADS", "unset")
    host = f"Python {platform.python_version()}, numpy {np.__version__}, scipy {scipy.__version__}"
    shown = Table(title=", ".join([*versions, host, f"OMP_NUM_THREADS {threads}"]), box=None)
    for name in ("work", "measured", "must reach", ""):
        shown.add_column(name)
    for t in timings:
        shown.add_row(t.work, t.measured, t.must_reach, "yes" if t.reached else "NO")
    Console(width=150).print(shown)


if __name__ == "__main__":
    main()
