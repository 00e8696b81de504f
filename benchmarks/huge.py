"""A hundred million generated respondents in a Parquet file, aggregated by DuckDB.

Run as a script it estimates from a file and prints seconds and peak memory of its own process.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

import attitudes as at
from attitudes.aggregation.engines import open_frame
from benchmarks.generated import DESIGN, ITEMS
from benchmarks.tables import Timing

__all__ = ["huge", "write_parquet"]

ROWS = 100_000_000
SUBSET = 1_000_000
MOST_BYTES = 4e9
AGREES = 1e-9


def write_parquet(path: Path, rows: int) -> None:
    """Write generated respondents with DuckDB: the columns of `benchmarks.generated`."""
    import duckdb

    answers = ", ".join(
        f"CASE WHEN random() < 0.05 THEN NULL ELSE (1 + floor(5 * random()))::TINYINT END AS {item}"
        for item in ITEMS
    )
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute("SET preserve_insertion_order = false")
        connection.execute("SELECT setseed(0.1)")
        connection.execute(
            f"COPY (SELECT psu, (psu % 100)::SMALLINT AS stratum,"
            f" floor(9 * random())::TINYINT AS domain, 0.5 + 1.5 * random() AS w, {answers}"
            f" FROM (SELECT (i % 20000)::INTEGER AS psu FROM range({rows}) AS rows(i)))"
            f" TO '{path}' (FORMAT parquet, COMPRESSION zstd)"
        )


def estimate(path: Path, engine: Any) -> at.EstimateTable:
    """Estimate 36 means by domain from a file."""
    survey = at.Survey.from_frame(open_frame(path, engine), DESIGN)
    return at.mean(survey, ITEMS, by="domain")


def huge(rows: int = ROWS) -> list[Timing]:
    """Write the file, estimate from it in a process of its own, delete it."""
    with tempfile.TemporaryDirectory() as folder:
        part, whole = Path(folder) / "part.parquet", Path(folder) / "whole.parquet"
        write_parquet(part, SUBSET)
        here, there = estimate(part, "memory"), estimate(part, "duckdb")
        off = max(
            float(np.abs(there.numbers[name] / here.numbers[name] - 1).max())
            for name in ("estimate", "se", "ci_low", "ci_high", "deff")
        )
        write_parquet(whole, rows)
        size = whole.stat().st_size
        command = [sys.executable, "-m", "benchmarks.huge", str(whole)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    return [
        Timing(
            f"{SUBSET:,} rows of Parquet: DuckDB and memory",
            f"largest relative difference {off:.1e}",
            f"≤ {AGREES:g}",
            off <= AGREES,
        ),
        Timing(
            f"{rows:,} rows of Parquet by DuckDB",
            f"{found['seconds']:.0f} s, {found['peak'] / 1e9:.2f} GB resident "
            f"(file {size / 1e9:.1f} GB, respondents {found['n']:,})",
            f"< {MOST_BYTES / 1e9:.0f} GB",
            found["peak"] < MOST_BYTES and found["n"] > 0.9 * rows,
        ),
    ]


def main() -> None:
    """Estimate from the file named on the command line."""
    begin = time.perf_counter()
    table = estimate(Path(sys.argv[1]), "duckdb")
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    n = int(table.numbers["n"][: len(table) // len(ITEMS)].sum())
    json.dump({"seconds": seconds, "peak": peak, "n": n}, sys.stdout)


if __name__ == "__main__":
    main()
