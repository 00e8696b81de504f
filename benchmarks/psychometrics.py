"""Polychoric correlations and alpha against ordinalcorr and pingouin, in one run.

Run: ``python -m benchmarks.psychometrics``. The peers live in an environment of their own,
``.bench-venv/psychometrics``, made on the first run, so that their dependencies do not meddle
with the toolkit's. Each time is the best of several; the ratio is the peer's over the toolkit's.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

import attitudes as at

ROOT = Path(__file__).parents[1]
ENVIRONMENT = ROOT / ".bench-venv" / "psychometrics"
PEERS = ("ordinalcorr", "pingouin")
LIMITS = {
    "polychoric, 36 items × 1,000 rows": 0.15,
    "polychoric, 36 items × 100,000 rows": 1.0,
    "alpha and all item-drops, 36 items × 100,000 rows": 0.15,
}

PEER_SCRIPT = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import pandas as pd, pingouin
from ordinalcorr import hetcor

def best(call, repeats):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        value = call()
        times.append(time.perf_counter() - start)
    return min(times), value

small, large = pd.read_parquet(sys.argv[1]), pd.read_parquet(sys.argv[2])
names = [c for c in small.columns if c.startswith("q")]
def drops():
    whole = pingouin.cronbach_alpha(large[names])[0]
    return whole, [pingouin.cronbach_alpha(large[names].drop(columns=n))[0] for n in names]
out = {}
for key, call, repeats in (
    ("polychoric, 36 items × 1,000 rows", lambda: hetcor(small[names]).iloc[1, 0], 2),
    ("polychoric, 36 items × 100,000 rows", lambda: hetcor(large[names]).iloc[1, 0], 1),
    ("alpha and all item-drops, 36 items × 100,000 rows", lambda: drops()[0], 1),
):
    seconds, value = best(call, repeats)
    out[key] = [seconds, float(value)]
print(json.dumps(out))
"""


def answers(n: int, seed: int) -> pd.DataFrame:
    """Generate n respondents' answers to 36 items of 5 points with four factors."""
    rng = np.random.default_rng(seed)
    factors = np.repeat(rng.normal(size=(n, 4)), 9, axis=1)
    y = 0.7 * factors + np.sqrt(0.51) * rng.normal(size=(n, 36))
    x = np.digitize(y, [-1.2, -0.4, 0.4, 1.2]) + 1
    return pd.DataFrame(x.astype(np.int8), columns=[f"q{j}" for j in range(36)])


def best(call: Callable[[], float], repeats: int = 5) -> tuple[float, float]:
    """Return the shortest time and the value of a call."""
    times, value = [], float("nan")
    for _ in range(repeats):
        start = time.perf_counter()
        value = call()
        times.append(time.perf_counter() - start)
    return min(times), value


def own(small: pd.DataFrame, large: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Time the toolkit."""
    names = list(small.columns)
    few, many = at.Survey.from_frame(small), at.Survey.from_frame(large)
    calls: dict[str, Callable[[], float]] = {
        "polychoric, 36 items × 1,000 rows": lambda: float(
            at.polychoric(few, names).correlation[1, 0]
        ),
        "polychoric, 36 items × 100,000 rows": lambda: float(
            at.polychoric(many, names).correlation[1, 0]
        ),
        "alpha and all item-drops, 36 items × 100,000 rows": lambda: at.alpha(many, names).alpha,
    }
    return {key: best(call) for key, call in calls.items()}


def peers(small: pd.DataFrame, large: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Time the peers in their own environment, made when it is absent."""
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "pyarrow", *PEERS]
    subprocess.run(install, check=True)
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / "small.parquet", Path(folder) / "large.parquet"]
        small.to_parquet(paths[0])
        large.to_parquet(paths[1])
        done = subprocess.run(
            [str(python), "-c", PEER_SCRIPT, *map(str, paths)],
            check=True,
            capture_output=True,
            text=True,
        )
    return {key: (t, v) for key, (t, v) in json.loads(done.stdout).items()}


def main() -> int:
    """Print times, limits, ratios and whether both give the same number."""
    small, large = answers(1_000, 1), answers(100_000, 2)
    mine, theirs = own(small, large), peers(small, large)
    missed = 0
    print(f"{'task':52} {'attitudes':>10} {'limit':>7} {'peer':>9} {'ratio':>8}  values")
    for key, limit in LIMITS.items():
        seconds, value = mine[key]
        other, other_value = theirs[key]
        missed += seconds > limit
        print(
            f"{key:52} {seconds:9.3f}s {limit:6.2f}s {other:8.2f}s {other / seconds:7.0f}×  "
            f"{value:.6f} {other_value:.6f}"
        )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
