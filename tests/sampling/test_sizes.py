"""Sample sizes by hand, and that precision turns them round."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import attitudes as at

Z = 1.959963984540054


def test_proportion_by_hand() -> None:
    """n₀ = 1.96²·¼/0.03² = 1067.07; deff 1 + 17·0.03; N = 10,000; four of five respond."""
    srs = Z**2 * 0.25 / 0.03**2
    found = at.sample_size(
        margin=0.03, icc=0.03, cluster_size=18, population=10_000, response_rate=0.8
    )
    exact = 1.51 * srs / (1 + 1.51 * srs / 10_000)
    assert found.n_srs == math.ceil(srs)
    assert found.deff == pytest.approx(1.51)
    assert found.n == math.ceil(exact)
    assert found.contacts == math.ceil(found.n / 0.8)
    assert found.clusters == math.ceil(found.n / 18)


def test_mean_and_differences_by_hand() -> None:
    assert at.sample_size("mean", margin=0.1, sd=1.2).n == math.ceil((Z * 1.2 / 0.1) ** 2)
    z = Z + 0.8416212335729143
    one = z**2 * (0.4 * 0.6 + 0.5 * 0.5) / 0.1**2
    two = at.sample_size("proportion_difference", difference=0.1, p=(0.4, 0.5))
    assert two.n == 2 * math.ceil(one)
    first = z**2 * (1.0 + 4.0 / 2) / 0.3**2
    uneven = at.sample_size("mean_difference", difference=0.3, sd=(1.0, 2.0), ratio=2.0, deff=1.4)
    assert uneven.n == math.ceil(1.4 * first) + math.ceil(2 * 1.4 * first)


def test_the_most_demanding_domain_decides() -> None:
    found = at.sample_size(margin=0.1, domains={"small": 0.05, "large": 0.95}, population=1_000_000)
    inside = Z**2 * 0.25 / 0.1**2
    inside /= 1 + inside / 50_000
    assert found.by_domain["small"] == (math.ceil(inside), math.ceil(inside / 0.05))
    assert found.n == found.by_domain["small"][1]


@settings(max_examples=50, deadline=None)
@given(
    st.floats(0.01, 0.2),
    st.floats(0.0, 0.2),
    st.integers(1, 40),
    st.integers(2_000, 10_000_000),
)
def test_the_interviews_give_the_margin(
    margin: float, icc: float, cluster: int, population: int
) -> None:
    design = {"icc": icc, "cluster_size": cluster, "population": population}
    n = at.sample_size(margin=margin, **design).n
    assert at.expected_precision(n=n, **design).margin <= margin * (1 + 1e-9)
    if n > 3:
        assert at.expected_precision(n=n - 1, **design).margin > margin * (1 - 1e-9)


@settings(max_examples=30, deadline=None)
@given(st.floats(0.05, 0.4), st.floats(0.6, 0.95), st.floats(1.0, 3.0))
def test_the_interviews_give_the_power(difference: float, power: float, deff: float) -> None:
    n = at.sample_size("proportion_difference", difference=difference, power=power, deff=deff).n
    found = at.expected_precision("proportion_difference", n=n, difference=difference, deff=deff)
    assert found.power is not None
    assert found.power >= power - 1e-9
    assert found.margin == pytest.approx(Z * found.se)


def test_eighteen_is_optimal_along_its_curve() -> None:
    curve = at.cluster_size_curve(18, iccs=np.array([0.01, 0.05, 0.2]))
    for row in curve.to_dict("records"):
        best = at.optimal_cluster_size(row["cost_ratio"], row["icc"])
        assert best.whole == 18
        assert best.exact == pytest.approx(18)
        assert at.optimal_cluster_size(row["lowest"] * 0.999, row["icc"]).whole == 17
        assert at.optimal_cluster_size(row["highest"] * 1.001, row["icc"]).whole == 19


def test_what_the_plan_rests_on() -> None:
    study = at.load_study("kyrgyzstan-2023")
    said = at.plan_declarations(study, at.compare_plan(study))
    assert said.interval == said.population * said.cluster_size / said.interviews
    text = " ".join(said.sentences())
    assert "70,998.75" in text
    assert "inhabitants" in text
    drawn = [j for j in said.joined if j.purpose == "draw"]
    assert {j.into for j in drawn} == {"naryn", "talas", "bishkek", "osh_city"}
    assert all(j.reason for j in said.joined)
    assert said.to_dict()["join_below"] == 0.5


def test_totals_of_the_study_by_name() -> None:
    study = at.load_study("kyrgyzstan-2023")
    survey = at.read_responses(study.path(study.data.file or ""), study)
    made = at.poststratify(survey, "region_by_type")
    assert made.weights.sum() == pytest.approx(3_944_375)
    with pytest.raises(at.AttitudesError, match="region_by_type"):
        at.poststratify(survey, "region_by_typ")
    with pytest.raises(at.AttitudesError, match="need a survey with a study"):
        at.poststratify(at.Survey.from_frame(survey.frame), "region_by_type")
