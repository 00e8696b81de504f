"""Timed tables of 36 items by domain: means, standard errors, intervals and design effects."""

from __future__ import annotations

import time
import tracemalloc
from dataclasses import dataclass

import numpy as np
import pandas as pd

import attitudes as at
from benchmarks.generated import DESIGN, ITEMS, column_bytes, survey_frame
from benchmarks.plain import prepare

__all__ = ["Timing", "against_plain", "by_domains", "by_rows", "memory", "small", "table"]

THIRD = 3


@dataclass(frozen=True, slots=True)
class Timing:
    """One measured figure against what it must reach."""

    work: str
    measured: str
    must_reach: str
    reached: bool


def table(frame: pd.DataFrame, **options: object) -> at.EstimateTable:
    """Estimate the table from a fresh Survey, so that nothing is kept from an earlier run."""
    survey = at.Survey.from_frame(frame, DESIGN)
    return at.mean(survey, ITEMS, by="domain", **options)  # type: ignore[arg-type]


def seconds(frame: pd.DataFrame) -> float:
    """Return the seconds of one table."""
    begin = time.perf_counter()
    table(frame)
    return time.perf_counter() - begin


def against_plain(frame: pd.DataFrame, repetitions: int = 7) -> tuple[Timing, float]:
    """Interleave the table with the plain pass; return the ratio of medians and our seconds."""
    plain = prepare(frame)
    plain.run(), seconds(frame)
    pairs = np.array([(plain.run(), seconds(frame)) for _ in range(repetitions)])
    base, ours = np.median(pairs, axis=0)
    ratio = ours / base
    return (
        Timing(
            f"{len(frame):,} rows: 36 items × 9 domains",
            f"{ours:.2f} s, {ratio:.2f} × the plain pass ({base:.2f} s)",
            "≤ 3 × the plain pass",
            ratio <= THIRD,
        ),
        float(ours),
    )


def memory(frame: pd.DataFrame) -> Timing:
    """Return the peak of what a table allocates, besides the columns and the PSU totals."""
    held = column_bytes(frame)
    groups = frame.groupby(["domain", "psu"]).ngroups
    totals = groups * 2 * len(ITEMS) * 8
    tracemalloc.start()
    table(frame)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return Timing(
        "the same, peak memory allocated",
        f"{peak / 1e6:.0f} MB (columns {held / 1e6:.0f} MB, PSU totals {totals / 1e6:.0f} MB)",
        "≤ 2 × columns + PSU totals",
        peak <= 2 * held + totals,
    )


def small(repetitions: int = 60) -> Timing:
    """Time 1,000 rows in 56 PSUs: the best of many, which other work on the machine moves least."""
    frame = survey_frame(1_000, 56, strata=7)
    seconds(frame)
    best = min(seconds(frame) for _ in range(repetitions))
    return Timing("1,000 rows, 56 PSUs", f"{best * 1e3:.1f} ms", "≤ 15 ms", best <= 0.015)


def by_rows() -> list[Timing]:
    """Time growth from 1e5 to 1e7 rows: seconds a row must not grow beyond 1.5 times."""
    timings, rates = [], []
    for n in (100_000, 1_000_000, 10_000_000):
        frame = survey_frame(n, 20_000)
        seconds(frame)
        best = min(seconds(frame) for _ in range(2))
        rates.append(best / n)
        growth = rates[-1] / rates[0]
        timings.append(
            Timing(
                f"growth: {n:,} rows",
                f"{best:.2f} s, {best / n * 1e9:.0f} ns a row",
                "no more a row than at 1e5",
                growth <= 1.5,
            )
        )
    return timings


def by_domains(repetitions: int = 7) -> list[Timing]:
    """Time 1 to 100 domains crossed with the clusters of a million rows: the best of rounds."""
    frames = {d: survey_frame(1_000_000, 20_000, domains=d) for d in (1, 9, 100)}
    for frame in frames.values():
        seconds(frame)
    rounds = np.array([[seconds(f) for f in frames.values()] for _ in range(repetitions)])
    best = rounds.min(axis=0)
    ratios = best / best[0]
    return [
        Timing(
            f"growth: {domains} domains",
            f"{took:.2f} s, {ratio:.2f} × one domain",
            "≤ 2 × one domain",
            bool(ratio <= 2),
        )
        for domains, took, ratio in zip(frames, best, ratios, strict=True)
    ]
