"""Intervals from replicates and tests cover as often as they say (generated populations)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import attitudes as at

N_STRATA, N_PSUS, DRAWN, SIZE = 10, 60, 6, 8


def population(rng: np.random.Generator) -> pd.DataFrame:
    psu = np.repeat(np.arange(N_STRATA * N_PSUS), SIZE)
    level = rng.normal(0, 0.6, N_STRATA * N_PSUS)[psu] + (psu // N_PSUS) / N_STRATA
    answer = np.clip(np.rint(3 + level + rng.normal(0, 1, len(psu))), 1, 5)
    return pd.DataFrame({"h": psu // N_PSUS, "c": psu, "q": answer, "x": rng.normal(size=len(psu))})


def sample(frame: pd.DataFrame, rng: np.random.Generator, fpc: str | None = "N") -> at.Survey:
    drawn = np.concatenate(
        [h * N_PSUS + rng.choice(N_PSUS, DRAWN, replace=False) for h in range(N_STRATA)]
    )
    taken = frame[frame["c"].isin(drawn)].reset_index(drop=True)
    taken = taken.assign(w=N_PSUS / DRAWN, N=N_PSUS)
    return at.Survey.from_frame(taken, at.SurveyDesign(weight="w", stratum="h", psu="c", fpc=fpc))


@pytest.mark.simulation
@pytest.mark.parametrize("method", ["jkn", "brr", "bootstrap"])
def test_coverage_of_replicate_intervals(method: Any) -> None:
    rng = np.random.default_rng(11)
    frame = population(rng)
    truth, hits, runs = frame["q"].mean(), 0, 1000
    for _ in range(runs):
        survey = at.replicate(sample(frame, rng), method=method, n=120, rng=rng)
        row = at.mean(survey, "q", variance="replicate").rows[0]
        hits += int(row.ci_low <= truth <= row.ci_high)
    # BRR takes no finite population correction (10 % here) and covers a little more.
    assert 0.93 <= hits / runs <= 0.975


def p_values(runs: int, seed: int) -> np.ndarray[Any, Any]:
    """p-values of three tests of a group that has nothing to do with the answer.

    The group is dealt out anew each time: independence holds where the population came from, not
    exactly in it, so that the finite population correction has no place.
    """
    rng = np.random.default_rng(seed)
    frame = population(rng)
    frame["g"] = rng.integers(0, 3, len(frame))
    found = []
    for _ in range(runs):
        survey = sample(frame.assign(g=rng.permutation(frame["g"])), rng, None)
        found.append(
            [
                at.independence_test(survey, "q", "g").p_value,
                at.rank_test(survey, "q", by="g").p_value,
                at.term_test(at.regress("q ~ x + C(g)", survey), "C(g)").p_value,
            ]
        )
    return np.array(found)


def test_p_values_under_independence_average_a_half() -> None:
    # Standard deviation of a mean of 40 uniform numbers: 0.046.
    means = p_values(40, 12).mean(axis=0)
    assert ((means > 0.34) & (means < 0.66)).all(), means


@pytest.mark.simulation
def test_size_of_tests_under_independence() -> None:
    # 5 % of 1,000 is 50, standard deviation 6.9.
    rejected = (p_values(1000, 13) < 0.05).mean(axis=0)
    assert ((rejected > 0.03) & (rejected < 0.075)).all(), rejected
