"""Runs inside the environment of PyPI svy: times its table, writes its answers.

Arguments: Parquet file, kind (``table`` or ``bootstrap``), repetitions, replicates, output file.
"""

from __future__ import annotations

import json
import resource
import sys
import time

import polars as pl
import svy


def main() -> None:
    """Time svy on the file."""
    path, kind, repetitions, replicates, out = sys.argv[1:]
    frame = pl.read_parquet(path)
    items = [name for name in frame.columns if name.startswith("q")]
    method = "taylor" if kind == "table" else "replication"
    seconds, table = [], None
    for _ in range(int(repetitions)):
        begin = time.perf_counter()
        sample = svy.Sample(frame, svy.Design(wgt="w", stratum="stratum", psu="psu"))
        if kind == "bootstrap":
            sample = sample.weighting.create_bs_wgts(int(replicates), rstate=1)
        table = [
            sample.estimation.mean(
                item, by="domain", deff="wr", drop_nulls=True, method=method
            ).to_polars()
            for item in items
        ]
        seconds.append(time.perf_counter() - begin)
    assert table is not None
    rows = {
        item: {
            name: part.sort("domain")[name].cast(pl.Float64).to_list()
            for name in ("est", "se", "lci", "uci", "deff", "n")
            if name in part.columns
        }
        for item, part in zip(items, table, strict=True)
    }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    with open(out, "w", encoding="utf-8") as file:  # noqa: PTH123
        json.dump(
            {"seconds": seconds, "peak": peak, "version": svy.__version__, "rows": rows}, file
        )


if __name__ == "__main__":
    main()
