"""Strata with a single PSU, every policy, against R's survey 4.5."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import attitudes as at

TOLERANCE = 1e-9  # sums of squares of a few hundred numbers
POLICIES = ["fail", "remove", "certainty", "adjust", "average"]


def options(policy: str, suffix: str) -> dict[str, Any]:
    return {
        "singleton": "error" if policy == "fail" else policy,
        "singleton_domains": suffix == "_adjdomain",
    }


def keys(kind: str) -> list[tuple[str, str]]:
    held = {
        "nofpc": [
            "remove",
            "average",
            "remove_adjdomain",
            "certainty_adjdomain",
            "adjust_adjdomain",
            "average_adjdomain",
        ],
        "fpc": ["fail", "remove", "certainty", "adjust", "remove_adjdomain"],
        "subset": [
            "fail",
            "remove",
            "certainty",
            "adjust",
            "remove_adjdomain",
            "certainty_adjdomain",
            "adjust_adjdomain",
        ],
        "toy": ["adjust", "certainty_adjdomain", "average_adjdomain"],
    }[kind]
    return [(name.partition("_")[0], "_adjdomain" * name.endswith("adjdomain")) for name in held]


@pytest.fixture(scope="module")
def clusters(oracle_data: Any) -> Any:
    frame = oracle_data("apiclus1")
    return frame.assign(one=np.where(frame["dnum"] == 413, 1, 1000))


@pytest.mark.parametrize(("policy", "suffix"), keys("nofpc"))
def test_stratum_of_one(policy: str, suffix: str, cases: dict[str, Any], clusters: Any) -> None:
    r = cases[f"lonely/nofpc/{policy}{suffix}"]["result"]
    survey = at.Survey.from_frame(clusters, at.SurveyDesign(weight="pw", stratum="dnum"))
    kept = options(policy, suffix)
    table = at.mean(survey, "api00", **kept)
    np.testing.assert_allclose(table.se, r["mean"]["se"], rtol=TOLERANCE)
    assert table.singletons == ("dnum 413",)
    np.testing.assert_allclose(
        at.total(survey, "api00", **kept).se, r["total"]["se"], rtol=TOLERANCE
    )
    by = at.mean(survey, "api00", by="stype", **kept)
    np.testing.assert_allclose(by.se, r["by"]["se"], rtol=TOLERANCE)


@pytest.mark.parametrize(("policy", "suffix"), keys("fpc"))
def test_certain_stratum_of_one(
    policy: str, suffix: str, cases: dict[str, Any], clusters: Any
) -> None:
    r = cases[f"lonely/fpc/{policy}{suffix}"]["result"]
    design = at.SurveyDesign(weight="pw", stratum="dnum", fpc="one")
    table = at.mean(at.Survey.from_frame(clusters, design), "api00", **options(policy, suffix))
    np.testing.assert_allclose(table.se, r["mean"]["se"], rtol=TOLERANCE)


@pytest.mark.parametrize(("policy", "suffix"), keys("subset"))
def test_alone_in_the_domain(
    policy: str, suffix: str, cases: dict[str, Any], clusters: Any
) -> None:
    r = cases[f"lonely/subset/{policy}{suffix}"]["result"]
    frame = clusters[clusters["dnum"] != 413]
    kept = np.arange(len(frame)) != 30
    survey = at.Survey.from_frame(frame, at.SurveyDesign(weight="pw", stratum="dnum"))
    table = at.mean(survey, "api00", where=kept, **options(policy, suffix))
    np.testing.assert_allclose(table.se, r["se"], rtol=TOLERANCE)


@pytest.mark.parametrize(("policy", "suffix"), keys("toy"))
def test_toy(policy: str, suffix: str, cases: dict[str, Any], oracle_data: Any) -> None:
    r = cases[f"lonely/toy/{policy}{suffix}"]["result"]
    design = at.SurveyDesign(weight="w", stratum="Stratum", psu="PSU")
    survey = at.Survey.from_frame(oracle_data("lonely_toy"), design)
    table = at.mean(survey, ["Age", "Height"], covariance=True, **options(policy, suffix))
    np.testing.assert_allclose(table.covariance, r["mean"]["vcov"], rtol=TOLERANCE)


def test_error_names_strata_and_remedies(cases: dict[str, Any], oracle_data: Any) -> None:
    assert "error" in cases["lonely/toy/fail"]["result"]
    design = at.SurveyDesign(weight="w", stratum="Stratum", psu="PSU")
    survey = at.Survey.from_frame(oracle_data("lonely_toy"), design)
    with pytest.raises(at.AttitudesError, match=r"Stratum 3.*singleton='adjust'"):
        at.mean(survey, "Age")
