"""Runs inside the peers' environment: times one of them, writes seconds, version and weights.

Arguments: ipfn, weightipy or balance, and the folder with ``people.npz`` and ``shares.json``.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

MET = 1e-10
Shares = dict[str, dict[int, float]]


def by_ipfn(frame: pd.DataFrame, shares: Shares) -> Callable[[], Any]:
    """Return the call that rakes by ipfn."""
    from ipfn import ipfn

    total = float(frame["w"].sum())
    goals = [pd.Series(s).mul(total).rename_axis(m) for m, s in shares.items()]

    def call() -> Any:
        solver = ipfn.ipfn(
            frame.copy(), goals, [[m] for m in shares], weight_col="w", convergence_rate=MET,
            max_iteration=2000,
        )  # fmt: skip
        return solver.iteration()["w"]

    return call


def by_weightipy(frame: pd.DataFrame, shares: Shares) -> Callable[[], Any]:
    """Return the call that rakes by weightipy, which works in percent and from equal weights."""
    import weightipy

    percent = {m: {k: 100 * v for k, v in s.items()} for m, s in shares.items()}
    scheme = weightipy.scheme_from_dict(percent)
    return lambda: weightipy.weight_dataframe(frame, scheme, weight_column="raked")["raked"]


def by_balance(frame: pd.DataFrame, shares: Shares) -> Callable[[], Any]:
    """Return the call of balance's raking itself, which takes less time than its Sample."""
    from balance.weighting_methods.rake import prepare_marginal_dist_for_raking, rake

    names = list(shares)
    sample = frame[names].astype(str)
    target = prepare_marginal_dist_for_raking(
        {m: {str(k): v for k, v in s.items()} for m, s in shares.items()}
    ).astype(str)
    ones = pd.Series(1.0, index=target.index)
    return lambda: rake(
        sample, frame["w"], target[names], ones, variables=names, transformations=None,
        convergence_rate=MET, rate_tolerance=0.0, max_iteration=2000,
    )["weight"]  # fmt: skip


def main() -> None:
    """Time one peer."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    name, folder = sys.argv[1], Path(sys.argv[2])
    frame = pd.DataFrame(dict(np.load(folder / "people.npz")))
    given = json.loads((folder / "shares.json").read_text(encoding="utf-8"))
    shares = {m: {int(k): v for k, v in s.items()} for m, s in given.items()}
    builders = {"ipfn": by_ipfn, "weightipy": by_weightipy, "balance": by_balance}
    call = builders[name](frame, shares)
    taken, weights = [], None
    for _ in range(3 if name == "weightipy" else 2):
        begin = time.perf_counter()
        weights = call()
        taken.append(time.perf_counter() - begin)
    np.save(folder / f"{name}.npy", np.asarray(weights, dtype=np.float64))
    told = {"seconds": min(taken), "version": version(name)}
    (folder / f"{name}.json").write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main()
