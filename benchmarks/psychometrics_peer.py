"""Run by the peers' interpreter: time ordinalcorr, pingouin and semopy; print JSON."""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import pandas as pd

warnings.simplefilter("ignore")


def best(call: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    """Return the shortest time and the value of a call."""
    times, value = [], None
    for _ in range(repeats):
        start = time.perf_counter()
        value = call()
        times.append(time.perf_counter() - start)
    return min(times), value


def main() -> None:
    """Time every task that the peers have."""
    import pingouin
    import semopy
    from ordinalcorr import hetcor

    small, large = pd.read_parquet(sys.argv[1]), pd.read_parquet(sys.argv[2])
    names = list(small.columns)
    groups = [names[9 * g : 9 * g + 9] for g in range(4)]
    model = "\n".join(f"f{g} =~ {' + '.join(own)}" for g, own in enumerate(groups))

    def drops() -> list[float]:
        whole = pingouin.cronbach_alpha(large[names])[0]
        return [whole, *(pingouin.cronbach_alpha(large[names].drop(columns=n))[0] for n in names)]

    def confirm() -> list[float]:
        fitted = semopy.Model(model)
        fitted.fit(small.astype(float))
        return [float(semopy.calc_stats(fitted)["chi2"].iloc[0])]

    tasks: dict[str, tuple[Callable[[], list[float]], int]] = {
        "polychoric_small": (lambda: hetcor(small).to_numpy().ravel().tolist(), 2),
        "polychoric_large": (lambda: hetcor(large).to_numpy().ravel().tolist(), 1),
        "alpha_drops": (drops, 1),
        "cfa_ml": (confirm, 2),
    }
    out: dict[str, Any] = {
        "versions": {p: version(p) for p in ("ordinalcorr", "pingouin", "semopy")},
        "tasks": {},
    }
    for key, (call, repeats) in tasks.items():
        seconds, values = best(call, repeats)
        out["tasks"][key] = {"seconds": seconds, "values": [float(v) for v in values]}
    print(json.dumps(out))


if __name__ == "__main__":
    main()
