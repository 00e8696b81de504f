"""Variance and intervals by linearisation over 2,000 samples of a generated population.

The population is known, so that bias of the variance and coverage of the intervals can be counted.
The standard deviation of a coverage of 95 % over 2,000 samples is 0.5 points. The variance that the
estimates have is taken over 20,000 samples, by plain weighted means: known to 1 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

import attitudes as at

RUNS = 2_000
MANY = 20_000
DESIGN = at.SurveyDesign(weight="w", stratum="h", psu="c", fpc="psus")


@dataclass(frozen=True)
class Population:
    """Clusters of 20 in strata of unlike size and level; an answer, a rarer one, a group."""

    frame: pd.DataFrame
    psus: tuple[int, ...]

    def rows(self, drawn: int, rng: np.random.Generator) -> Any:
        """Draw as many clusters in every stratum, whatever its size, so that weights differ."""
        first = np.concatenate([[0], np.cumsum(self.psus)])
        each = [first[h] + rng.choice(k, drawn, replace=False) for h, k in enumerate(self.psus)]
        return (np.concatenate(each)[:, None] * 20 + np.arange(20)).ravel()

    def sample(self, drawn: int, rng: np.random.Generator) -> at.Survey:
        """Draw a sample and say how it was drawn."""
        rows = self.rows(drawn, rng)
        taken = self.frame.iloc[rows].reset_index(drop=True)
        sizes = np.repeat(self.psus, drawn * 20)
        return at.Survey.from_frame(taken.assign(w=sizes / drawn, psus=sizes), DESIGN)


def population(psus: tuple[int, ...], *, spread: float = 1.0, seed: int = 3) -> Population:
    rng = np.random.default_rng(seed)
    count = sum(psus)
    h = np.repeat(np.arange(len(psus)), psus)
    level = rng.normal(0, 0.5, count) * np.where(h == 0, spread, 1.0) + h / len(psus)
    c = np.repeat(np.arange(count), 20)
    answer = np.clip(np.rint(2.6 + level[c] + rng.normal(0, 1, len(c))), 1, 5)
    frame = pd.DataFrame({"h": h[c], "c": c, "q": answer.astype(np.int8)})
    frame["top"] = (frame["q"] >= 4).astype(np.int8)
    frame["rare"] = (rng.random(len(c)) < 0.06 * np.exp(level[c])).astype(np.int8)
    frame["g"] = np.where(rng.random(len(c)) < 0.35 + 0.1 * level[c], "a", "b")
    return Population(frame, psus)


def simulate(people: Population, drawn: int, runs: int, seed: int) -> pd.DataFrame:
    """Return estimate, variance, whether the interval covers, by quantity and sample."""
    rng = np.random.default_rng(seed)
    frame = people.frame
    group = frame[frame["g"] == "a"]
    truth = {
        "mean": frame["q"].mean(),
        "mean of a domain": group["q"].mean(),
        "share": frame["top"].mean(),
        "share of a domain": group["top"].mean(),
        "rare share": frame["rare"].mean(),
    }
    found: list[dict[str, Any]] = []
    for _ in range(runs):
        survey = people.sample(drawn, rng)
        rows = {
            "mean": at.mean(survey, "q").rows[0],
            "mean of a domain": at.mean(survey, "q", by="g").rows[0],
            "share": at.proportion(survey, "top").rows[1],
            "share of a domain": at.proportion(survey, "top", by="g").row("top", 1, g="a"),
            "rare share": at.proportion(survey, "rare", ci_method="beta").rows[-1],
        }
        for name, row in rows.items():
            covers = row.ci_low <= truth[name] <= row.ci_high
            found.append({"what": name, "t": row.estimate, "v": row.se**2, "covers": covers})
    return pd.DataFrame(found)


def true_variances(people: Population, drawn: int, runs: int, seed: int) -> pd.Series[float]:
    """Return the variance of each estimate over many samples, without the package."""
    rng = np.random.default_rng(seed)
    frame = people.frame
    values = frame[["q", "top", "rare"]].to_numpy(dtype=float)
    member = (frame["g"] == "a").to_numpy(dtype=float)
    weights = np.repeat(np.array(people.psus) / drawn, drawn * 20)
    found = np.empty((runs, 5))
    for i in range(runs):
        rows = people.rows(drawn, rng)
        whole = weights @ values[rows] / weights.sum()
        own = weights * member[rows]
        part = own @ values[rows, :2] / own.sum()
        found[i] = [whole[0], part[0], whole[1], part[1], whole[2]]
    names = ["mean", "mean of a domain", "share", "share of a domain", "rare share"]
    return pd.Series(found.var(axis=0, ddof=1), index=names)


def summary(found: pd.DataFrame, variances: pd.Series[float] | None = None) -> pd.DataFrame:
    by = found.groupby("what")
    truth = by["t"].var() if variances is None else variances
    out = pd.DataFrame({"coverage": by["covers"].mean(), "ratio": by["v"].mean() / truth})
    return out.round(4)


@pytest.mark.simulation
def test_enough_units() -> None:
    """Ten clusters in each of ten strata: 90 degrees of freedom."""
    people = population((200, 150, 120, 100, 90, 80, 70, 60, 60, 50))
    found = simulate(people, 10, RUNS, seed=21)
    result = summary(found, true_variances(people, 10, MANY, seed=22))
    print(result)
    assert result["coverage"].between(0.935, 0.965).all(), result
    assert (result["ratio"] - 1).abs().max() < 0.05, result
    mean = found.loc[found["what"] == "mean", "v"].mean()
    # The standard deviation of an average of 2,000 variances, each with one of 21 %: 0.5 %.
    assert mean == pytest.approx(exact_variance(people, 10), rel=0.02)


def exact_variance(people: Population, drawn: int) -> float:
    """Return Σ Wₕ² (1 − fₕ) Sₕ²/nₕ of the mean of clusters of one size."""
    sizes = np.array(people.psus)
    clusters = people.frame.groupby(["h", "c"])["q"].mean()
    spread = clusters.groupby("h").var().to_numpy()
    share = sizes / sizes.sum()
    return float((share**2 * (1 - drawn / sizes) * spread / drawn).sum())


@pytest.mark.simulation
def test_few_units_cover_less() -> None:
    """Two clusters in each of three strata, one of which varies most: t has 3 df, needs 1."""
    people = population((100, 40, 30), spread=4.0, seed=4)
    variances = true_variances(people, 2, MANY, seed=25)
    result = summary(simulate(people, 2, RUNS, seed=23), variances)
    print(result)
    assert result.loc[["mean", "share"], "coverage"].max() < 0.92, result
    # The variance of a mean is right on average also then; of a ratio (a domain) it is too small.
    assert abs(result.loc["mean", "ratio"] - 1) < 0.1, result
    assert result.loc["mean of a domain", "ratio"] < 0.95, result


def test_coverage_of_a_small_run() -> None:
    people = population((60, 50, 40))
    result = summary(simulate(people, 12, 60, seed=24))
    # 57 of 60 in expectation; 50 or fewer once in a thousand runs.
    assert result["coverage"].min() > 50 / 60, result
