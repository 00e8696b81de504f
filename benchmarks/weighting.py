"""Rake 1,000,000 respondents to six margins, beside ipfn, weightipy and balance in one run.

    python -m benchmarks.weighting

The peers live in an environment of their own, ``.bench-venv/weighting``, made on the first run.
Each gets the same rows and the same margins, and is asked for misses of 1e-10; what it really
missed is measured in the same way for all. weightipy knows no starting weights: it starts from
equal ones. Each time is the shortest of several. Exit status 1 when a figure is not reached.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import attitudes as at
from benchmarks.tables import Timing

__all__ = ["people", "timings"]

ENVIRONMENT = Path(__file__).parents[1] / ".bench-venv" / "weighting"
PEERS = ("ipfn==1.4.*", "weightipy==0.4.*", "balance==0.23.*")
MARGINS = ("region", "settlement", "ethnicity", "gender", "age", "school")
Shares = Mapping[str, Mapping[Any, float]]
ROWS, FASTER, MET = 1_000_000, 5, 1e-10


def people(n: int, seed: int = 1) -> tuple[pd.DataFrame, dict[str, dict[int, float]]]:
    """Generate n respondents whose six categories hang together, and shares of another population.

    Settlement and ethnicity depend on region, school on age; the shares are those under other
    weights than the sample's, so that all margins are off at first.
    """
    rng = np.random.default_rng(seed)
    region = rng.choice(9, n, p=rng.dirichlet(np.full(9, 6.0)))
    age = rng.choice(6, n, p=[0.12, 0.2, 0.22, 0.18, 0.16, 0.12])

    def given(codes: np.ndarray, groups: int, categories: int) -> np.ndarray:
        chances = np.cumsum(rng.dirichlet(np.full(categories, 1.5), groups), axis=1)
        return (rng.random(n)[:, None] > chances[codes]).sum(axis=1).clip(max=categories - 1)

    frame = pd.DataFrame(
        {
            "region": region,
            "settlement": given(region, 9, 3),
            "ethnicity": given(region, 9, 5),
            "gender": rng.integers(0, 2, n),
            "age": age,
            "school": given(age, 6, 4),
            "w": rng.uniform(0.5, 2.0, n),
        }
    )
    pull = np.exp(0.25 * ((frame["school"] == 3) + (frame["gender"] == 1) - 0.2 * frame["age"]))
    other = frame["w"] * pull * rng.uniform(0.7, 1.3, 9)[region]
    shares = {m: (other.groupby(frame[m]).sum() / other.sum()).to_dict() for m in MARGINS}
    return frame, {m: {int(k): float(v) for k, v in s.items()} for m, s in shares.items()}


def missed(frame: pd.DataFrame, weights: np.ndarray, shares: Shares) -> float:
    """Return the largest relative miss of a share."""
    worst, made = 0.0, pd.Series(weights / weights.sum(), index=frame.index)
    for margin, goal in shares.items():
        sums = made.groupby(frame[margin]).sum()
        worst = max(worst, *(abs(sums[k] / share - 1) for k, share in goal.items()))
    return float(worst)


def own(frame: pd.DataFrame, shares: Shares) -> tuple[float, float]:
    """Return seconds from the frame to a weighted survey, and the largest miss."""
    taken, weights = [], np.empty(0)
    for _ in range(7):
        begin = time.perf_counter()
        survey = at.Survey.from_frame(frame, at.SurveyDesign(weight="w"))
        weights = at.rake(survey, shares, shares=True).weights
        taken.append(time.perf_counter() - begin)
    return min(taken), missed(frame, weights, shares)


def peers(frame: pd.DataFrame, shares: Shares) -> dict[str, tuple[float, float, str]]:
    """Return seconds, largest miss and version of each peer, each in a process of its own."""
    python = _install()
    script = Path(__file__).with_name("weighting_peers.py")
    found = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.savez(folder / "people.npz", **{str(c): frame[c].to_numpy() for c in frame})
        (folder / "shares.json").write_text(json.dumps(shares), encoding="utf-8")
        for peer in PEERS:
            what = peer.split("=")[0]
            subprocess.run(
                [str(python), "-P", str(script), what, name], check=True, stdout=subprocess.DEVNULL
            )
            weights = np.load(folder / f"{what}.npy")
            told = json.loads((folder / f"{what}.json").read_text(encoding="utf-8"))
            found[what] = (told["seconds"], missed(frame, weights, shares), told["version"])
    return found


def _install() -> Path:
    """Return the interpreter of the peers' environment, made where it is not whole."""
    python, whole = ENVIRONMENT / "bin" / "python", ENVIRONMENT / ".installed"
    if not whole.exists():
        subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", *PEERS]
        subprocess.run(install, check=True)
        whole.touch()
    return python


def timings(*, peer: bool = True) -> list[Timing]:
    """Measure the raking, and the peers' where ``peer``."""
    frame, shares = people(ROWS)
    seconds, miss = own(frame, shares)
    made = [
        Timing(
            f"raking {ROWS:,} respondents to {len(MARGINS)} margins",
            f"{seconds:.3f} s, largest relative miss {miss:.0e}",
            f"a miss of {MET:g}",
            miss <= MET,
        )
    ]
    words = frame.astype(dict.fromkeys(MARGINS, str))
    named = {m: {str(k): v for k, v in s.items()} for m, s in shares.items()}
    in_words = own(words, named)
    made.append(
        Timing(
            "the same, categories as text",
            f"{in_words[0]:.3f} s, largest relative miss {in_words[1]:.0e}",
            f"a miss of {MET:g}",
            in_words[1] <= MET,
        )
    )
    others = peers(frame, shares) if peer else {}
    fastest = min(others, key=lambda name: others[name][0], default=None)
    for name, (taken, off, version) in others.items():
        ratio = taken / seconds
        made.append(
            Timing(
                f"the same by {name} {version}",
                f"{taken:.2f} s, {ratio:.0f} × ours; largest relative miss {off:.0e}",
                f"≥ {FASTER} ×" if name == fastest else "",
                name != fastest or ratio >= FASTER,
            )
        )
    return made


def main() -> None:
    """Print what was measured."""
    made = timings()
    for t in made:
        print(f"{t.work:52} {t.measured:62} {t.must_reach:14} {'yes' if t.reached else 'NO'}")
    sys.exit(0 if all(t.reached for t in made) else 1)


if __name__ == "__main__":
    main()
