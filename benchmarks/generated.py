"""Generated Likert answers of a clustered sample."""

from __future__ import annotations

import numpy as np
import pandas as pd

import attitudes as at

ITEMS = tuple(f"q{i}" for i in range(36))
DESIGN = at.SurveyDesign(weight="w", stratum="stratum", psu="psu")


def survey_frame(
    n: int, psus: int, *, domains: int = 9, strata: int = 100, seed: int = 1
) -> pd.DataFrame:
    """Return n respondents in ``psus`` clusters: 36 answers from 1 to 5 (int8), 5 % missing.

    Rows are in random order; clusters are crossed with the domains.
    """
    rng = np.random.default_rng(seed)
    psu = np.concatenate([np.arange(psus), rng.integers(0, psus, n - psus)]).astype(np.int32)
    rng.shuffle(psu)
    columns: dict[str, object] = {
        "psu": psu,
        "stratum": (psu % strata).astype(np.int16),
        "domain": rng.integers(0, domains, n).astype(np.int8),
        "w": rng.uniform(0.5, 2.0, n),
    }
    for item in ITEMS:
        answers = rng.integers(1, 6, n, dtype=np.int8)
        columns[item] = pd.arrays.IntegerArray(answers, rng.random(n) < 0.05)
    return pd.DataFrame(columns)


def column_bytes(frame: pd.DataFrame) -> int:
    """Return the bytes of the columns, masks of missing answers included."""
    return int(frame.memory_usage(index=False, deep=True).sum())
