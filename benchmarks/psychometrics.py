"""Polychoric correlations, alpha and confirmatory models against Python peers, in one run.

Run: ``python -m benchmarks.psychometrics`` (``--no-peer`` leaves the peers out). The peers live in
an environment of their own, ``.bench-venv/psychometrics``, made on the first run, so that their
dependencies do not meddle with the toolkit's. Each time is the best of several; the ratio is the
peer's over the toolkit's; numbers that both give are compared.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy
from rich.console import Console
from rich.table import Table

import attitudes as at

ENVIRONMENT = Path(__file__).parents[1] / ".bench-venv" / "psychometrics"
PEERS = ("ordinalcorr", "pingouin", "semopy", "pyarrow")
NAMES = [f"q{j}" for j in range(36)]
MODEL = {f"f{g}": NAMES[9 * g : 9 * g + 9] for g in range(4)}


@dataclass(frozen=True)
class Task:
    """What is timed: a call that gives numbers, its limit, and the peer's own task.

    ``agrees`` is the largest difference from the peer's numbers: its optimiser's tolerance.
    """

    name: str
    call: Callable[[], np.ndarray]
    limit: float
    repeats: int
    peer: str | None = None
    agrees: float = 0.0


def answers(n: int, seed: int) -> pd.DataFrame:
    """Generate n respondents' answers to 36 items of 5 points with four factors."""
    rng = np.random.default_rng(seed)
    factors = np.repeat(rng.normal(size=(n, 4)), 9, axis=1)
    y = 0.7 * factors + np.sqrt(0.51) * rng.normal(size=(n, 36))
    x = np.digitize(y, [-1.2, -0.4, 0.4, 1.2]) + 1
    return pd.DataFrame(x.astype(np.int8), columns=NAMES)


def tasks(small: pd.DataFrame, large: pd.DataFrame) -> tuple[Task, ...]:
    """Return the tasks on 1,000 and on 100,000 rows."""
    few, many = at.Survey.from_frame(small), at.Survey.from_frame(large)

    def alphas() -> np.ndarray:
        found = at.alpha(many, NAMES)
        return np.array([found.alpha, *found.items_frame()["alpha_dropped"]])

    def polychoric(survey: at.Survey) -> np.ndarray:
        return at.polychoric(survey, NAMES).correlation.ravel()

    def confirm(estimator: str) -> np.ndarray:
        found: Any = at.cfa(few, MODEL, estimator=estimator)
        return np.array([found.fit_measures["chisq"]])

    return (
        Task(
            "polychoric, 36 items x 1,000 rows",
            lambda: polychoric(few),
            0.15,
            9,
            "polychoric_small",
            5e-5,
        ),
        Task(
            "polychoric, 36 items x 100,000 rows",
            lambda: polychoric(many),
            1.0,
            5,
            "polychoric_large",
            5e-5,
        ),
        Task("alpha and all item-drops, 36 x 100,000", alphas, 0.15, 7, "alpha_drops", 1e-9),
        Task("CFA, ML, four factors x 36 items", lambda: confirm("ML"), 2.0, 3, "cfa_ml", 0.01),
        Task("CFA, WLSMV, four factors x 36 items", lambda: confirm("WLSMV"), 2.0, 3),
    )


def best(task: Task) -> tuple[float, np.ndarray]:
    """Return the shortest time and the numbers of a task."""
    times, value = [], np.empty(0)
    for _ in range(task.repeats):
        start = time.perf_counter()
        value = task.call()
        times.append(time.perf_counter() - start)
    return min(times), value


def peers(small: pd.DataFrame, large: pd.DataFrame) -> dict[str, Any]:
    """Time the peers in their own environment, made when it is absent."""
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", *PEERS]
        subprocess.run(install, check=True)
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / "small.parquet", Path(folder) / "large.parquet"]
        small.to_parquet(paths[0])
        large.to_parquet(paths[1])
        script = Path(__file__).with_name("psychometrics_peer.py")
        done = subprocess.run(
            [str(python), str(script), *map(str, paths)],
            check=True,
            capture_output=True,
            text=True,
        )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    """Print times, limits, ratios and differences; exit 1 when a limit or agreement is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-peer", action="store_true", help="leave the peers out")
    chosen = parser.parse_args()
    small, large = answers(1_000, 1), answers(100_000, 2)
    timed = [(task, *best(task)) for task in tasks(small, large)]
    theirs = {"versions": {}, "tasks": {}} if chosen.no_peer else peers(small, large)
    threads = os.environ.get("OMP_NUM_THREADS", "unset")
    versions = [f"attitudes {at.__version__}"]
    versions += [f"{name} {version}" for name, version in theirs["versions"].items()]
    host = f"Python {platform.python_version()}, numpy {np.__version__}, scipy {scipy.__version__}"
    shown = Table(title=", ".join([*versions, host, f"OMP_NUM_THREADS {threads}"]), box=None)
    for name in ("work", "seconds", "limit", "peer", "ratio", "largest difference", ""):
        shown.add_column(name, justify="left" if name == "work" else "right")
    reached = True
    for task, seconds, values in timed:
        other = theirs["tasks"].get(task.peer)
        good, peer, ratio, off = seconds <= task.limit, "", "", ""
        if other is not None:
            difference = float(np.abs(values - np.array(other["values"])).max())
            good &= difference <= task.agrees
            peer, ratio = f"{other['seconds']:.2f}", f"{other['seconds'] / seconds:.0f} x"
            off = f"{difference:.1e} (<= {task.agrees:g})"
        reached &= good
        said = "yes" if good else "NO"
        shown.add_row(task.name, f"{seconds:.3f}", f"{task.limit:g}", peer, ratio, off, said)
    Console(width=150).print(shown)
    sys.exit(0 if reached else 1)


if __name__ == "__main__":
    main()
