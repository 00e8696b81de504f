"""Arguments that cannot be used: one clear line each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import attitudes as at
from attitudes.errors import AttitudesError
from attitudes.sampling.frame import read_frame

VILLAGES = pd.DataFrame(
    {"v": list("abcdef"), "r": list("nnnsss"), "m": [9, 3, 6, 5, 7, 4], "x": range(6)}
)
STRATA = pd.DataFrame({"population": [10, 20], "sd": [1.0, 2.0], "cost": [0.0, 1.0]})
CLUSTERS = pd.DataFrame({"cluster": [1], "psu": ["a"], "interviews": [5], "households": [90]})
RNG = np.random.default_rng(1)


def frame(**changes: Any) -> Any:
    return read_frame(VILLAGES, **{"unit": "v", "size": "m", "stratum": "r"} | changes)


def unstratified(**changes: Any) -> Any:
    return frame(stratum=None, **changes)


def cases(*codes: Any) -> pd.DataFrame:
    return pd.DataFrame({"cluster": 1, "code": list(codes)})


CALLS: list[tuple[Callable[[], object], str]] = [
    (lambda: at.draw(frame(), {"n": -1}, rng=RNG), "draw, n, n: found -1; allowed: a whole number"),
    (lambda: at.draw(frame(), {"n": 1.5}, rng=RNG), "found 1.5"),
    (lambda: at.draw(unstratified(), "3", rng=RNG), "found '3'"),
    (lambda: at.draw(unstratified(), 3, rng=5), "found int; allowed: a numpy.random.Generator"),
    (lambda: at.draw(unstratified(), 3, rng=RNG, reserves=-1), "draw, reserves: found -1"),
    (
        lambda: at.draw(
            unstratified(), 2, method="local_pivotal", coordinates=["v"], rng=RNG
        ),
        "columns of numbers",
    ),
    (lambda: at.allocate(STRATA, 0), "allocate, n: found 0"),
    (lambda: at.allocate(STRATA, 5.5), "allocate, n: found 5.5"),
    (lambda: at.allocate(STRATA.iloc[:0], 5), "no rows"),
    (
        lambda: at.allocate(STRATA, 5, method="cost_optimal", sd="sd", cost="cost"),
        "missing, zero or negative (rows 1)",
    ),
    (
        lambda: at.allocate(STRATA, method="precision", sd="sd", margins={"sd": -1}),
        "allocate, margins, sd: found -1",
    ),
    (lambda: at.allocate(STRATA, 5, level=1.0), "allocate, level: found 1"),
    (lambda: at.sample_size(margin=0.1, level=1.2), "sample_size, level: found 1.2"),
    (
        lambda: at.sample_size("proportion_difference", difference=0.1, power=1.0),
        "sample_size, power: found 1",
    ),
    (lambda: at.sample_size(margin=0.1, population=0), "sample_size, population: found 0"),
    (lambda: at.sample_size(margin=0.1, cluster_size=0), "cluster_size: found 0"),
    (lambda: at.sample_size(margin=0.1, domains={"a": 1.5}), "a share up to 1"),
    (lambda: at.expected_precision(n=1), "expected_precision, n: found 1"),
    (lambda: at.expected_precision("median", n=100), "unknown kind 'median'"),
    (lambda: at.cluster_size_curve(0), "cluster_size: found 0"),
    (lambda: at.cluster_size_curve(18, iccs=np.array([0.0])), "iccs: found 0"),
    (lambda: at.field_plan(CLUSTERS, seed=-1), "field plan, seed: found -1"),
    (lambda: at.field_plan(CLUSTERS.iloc[:0], seed=1), "no clusters"),
    (lambda: at.read_outcomes(cases(np.nan, "")), "no code at all"),
    (
        lambda: at.draw_coordinated(
            unstratified(), 9, at.permanent_numbers(VILLAGES["v"], rng=RNG)
        ),
        "found 9; allowed: 1 to 6",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("call", "message"), CALLS, ids=[m for _, m in CALLS])
def test_refused_with_where_what_and_allowed(call: Callable[[], object], message: str) -> None:
    with pytest.raises(AttitudesError) as caught:
        call()
    assert message in str(caught.value)
    assert "; allowed: " in str(caught.value)


def test_counts_of_strata_may_come_as_a_series() -> None:
    drawn = at.draw(frame(), pd.Series({"n": 1, "s": 2.0}), rng=np.random.default_rng(2))
    assert drawn.units["stratum_"].value_counts().to_dict() == {"n": 1, "s": 2}


def test_addresses_without_a_code_were_not_approached(tmp_path: Path) -> None:
    path = tmp_path / "outcomes.csv"
    path.write_text("cluster,code\n1,1.10\n1,\n1,2.11\n1,x\n", encoding="utf-8")
    with pytest.raises(AttitudesError, match=r"'x' in 1 rows \(rows 4\)"):
        at.read_outcomes(path)
    path.write_text("cluster,code\n1,1.10\n1,\n1,2.11\n", encoding="utf-8")
    found = at.read_outcomes(path)
    assert found["outcome"].tolist() == ["complete", "refusal"]
    assert at.response_rates(found)["rr1"].tolist() == [0.5]
