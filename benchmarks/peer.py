"""PyPI svy in an environment of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import attitudes as at
from benchmarks.generated import ITEMS

__all__ = ["PEER", "PeerRun", "agreement", "install", "run_peer"]

PEER = "svy==0.35.*"
HOME = Path(__file__).parents[1] / ".bench-venv" / "svy"


@dataclass(frozen=True, slots=True)
class PeerRun:
    """Seconds of each repetition, peak resident bytes, version, answers by item."""

    seconds: list[float]
    peak: int
    version: str
    rows: dict[str, dict[str, list[float]]]


def install() -> Path:
    """Return the interpreter of the peer's environment, made where it is not there."""
    python = HOME / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(HOME)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", PEER], check=True)
    return python


def run_peer(
    frame: pd.DataFrame, kind: str, *, repetitions: int = 2, replicates: int = 0
) -> PeerRun:
    """Time the peer on the frame in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        data, out = Path(folder) / "generated.parquet", Path(folder) / "out.json"
        frame.to_parquet(data)
        script = Path(__file__).with_name("peer_script.py")
        arguments = [str(data), kind, str(repetitions), str(replicates), str(out)]
        subprocess.run([str(install()), str(script), *arguments], check=True)
        found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return PeerRun(found["seconds"], found["peak"], found["version"], found["rows"])


def agreement(peer: PeerRun, table: at.EstimateTable, names: tuple[str, ...]) -> float:
    """Return the largest relative difference between the peer's answers and ours."""
    ours = {"est": "estimate", "se": "se", "lci": "ci_low", "uci": "ci_high", "deff": "deff"}
    worst = 0.0
    for name in names:
        mine = table.numbers[ours[name]].reshape(len(ITEMS), -1)
        theirs = np.array([peer.rows[item][name] for item in ITEMS])
        worst = max(worst, float(np.abs(theirs / mine - 1).max()))
    return worst
