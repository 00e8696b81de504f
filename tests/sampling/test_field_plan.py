"""The field plan and what comes back from the field."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

import attitudes as at
from attitudes.errors import DataError, OptionError
from attitudes.numerics.planning.outcome_rates import OutcomeCounts, outcome_rates
from attitudes.sampling.fieldplan import FieldPlan, field_plan
from attitudes.sampling.respondents import KISH_TABLES, kish_tables
from attitudes.sampling.sheets import plan_files, plan_sheet

QUOTAS = {"gender": {"men": 0.48, "women": 0.52}, "age": {"young": 0.31, "old": 0.69}}


@pytest.fixture(scope="module")
def plan(clusters: pd.DataFrame) -> FieldPlan:
    return field_plan(clusters, seed=21, quotas=QUOTAS, team="region", respondent="kish")


def test_the_seed_makes_the_plan_again(plan: FieldPlan, clusters: pd.DataFrame) -> None:
    again = field_plan(clusters, seed=21, quotas=QUOTAS, team="region", respondent="kish")
    other = field_plan(clusters, seed=22, quotas=QUOTAS, team="region", respondent="kish")
    assert plan_files(again) == plan_files(plan)
    assert other.clusters["starts"].tolist() != plan.clusters["starts"].tolist()


def test_addresses(plan: FieldPlan) -> None:
    for record in plan.clusters.to_dict("records"):
        inside = plan.addresses[plan.addresses["cluster"] == record["cluster"]]
        assert (inside["role"] == "main").sum() == record["interviews"]
        assert (inside["role"] == "reserve").sum() == record["reserves"]
        assert inside["household"].is_unique
        assert inside["household"].between(1, record["households"]).all()
        assert inside["role"].iloc[0] == "main"
        steps = np.diff(inside["household"]) % record["households"]
        assert set(steps.tolist()) == {record["step"]}
        starts = [int(s) for s in record["starts"].split()]
        assert starts == inside.groupby("route")["household"].first().tolist()


def test_quotas_add_up_by_cluster_and_in_all(plan: FieldPlan) -> None:
    by_cluster = plan.quotas.groupby("cluster")["target"].sum()
    assert by_cluster.to_dict() == plan.clusters.set_index("cluster")["interviews"].to_dict()
    cells = plan.quotas.groupby(["gender", "age"])["target"].sum()
    assert cells.to_dict() == {
        ("men", "old"): 331, ("men", "young"): 149, ("women", "old"): 359, ("women", "young"): 161,
    }  # fmt: skip


def test_workload(plan: FieldPlan) -> None:
    assert plan.workload["interviews"].sum() == 1000
    assert plan.workload["days"].max() <= 14
    teams = plan.clusters.groupby("interviewer")["region"].nunique()
    assert teams.max() == 1


def test_kish_tables_give_adults_their_known_chances() -> None:
    names = kish_tables(1200, np.random.default_rng(1))
    shares = pd.Series(names).value_counts().to_dict()
    assert shares == {name: twelfths * 100 for name, (twelfths, _) in KISH_TABLES.items()}
    for adults in (1, 2, 3, 4, 6):
        chance = np.zeros(adults)
        for twelfths, picked in KISH_TABLES.values():
            chance[picked[adults - 1] - 1] += twelfths / 12
        np.testing.assert_allclose(chance, 1 / adults)


def test_sheet_stands_alone_and_prints_the_seed(plan: FieldPlan) -> None:
    page = plan_sheet(plan, title="Survey <2>")
    assert page.count("<section>") == 56
    assert page.count("Made from seed 21") == 56
    assert "Survey &lt;2&gt;" in page
    assert not re.search(r"https?://|<script|<link", page)


def test_plan_refusals(clusters: pd.DataFrame) -> None:
    with pytest.raises(DataError, match="households for"):
        field_plan(clusters.assign(households=20), seed=1)
    with pytest.raises(OptionError, match="longest cluster"):
        field_plan(clusters, seed=1, days=2)
    with pytest.raises(OptionError, match="did you mean 'last_birthday'"):
        field_plan(clusters, seed=1, respondent="lst_birthday")  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="positive shares"):
        field_plan(clusters, seed=1, quotas={"gender": {"men": -1.0, "women": 2.0}})


COUNTS = OutcomeCounts(500, 50, 200, 100, 40, 60, 30, 120)
#: Worked by hand from the definitions: K = 890, U = 90, e = 890/1010, eU = 79.30693….
RATES = {
    "rr1": 500 / 980, "rr2": 550 / 980, "rr3": 500 / (890 + 90 * 890 / 1010),
    "rr4": 550 / (890 + 90 * 890 / 1010), "rr5": 500 / 890, "rr6": 550 / 890,
    "coop1": 500 / 790, "coop2": 550 / 790, "coop3": 500 / 750, "coop4": 550 / 750,
    "ref1": 200 / 980, "ref2": 200 / (890 + 90 * 890 / 1010), "ref3": 200 / 890,
    "con1": 790 / 980, "con2": 790 / (890 + 90 * 890 / 1010), "con3": 790 / 890, "e": 890 / 1010,
}  # fmt: skip


def test_rates_by_hand() -> None:
    found = outcome_rates(COUNTS)
    for name, value in RATES.items():
        assert getattr(found, name) == pytest.approx(value, rel=1e-14), name
    all_eligible, none = outcome_rates(COUNTS, e=1.0), outcome_rates(COUNTS, e=0.0)
    assert all_eligible.rr3 == pytest.approx(found.rr1)
    assert none.rr3 == pytest.approx(found.rr5)
    with pytest.raises(DataError, match="share from 0 to 1"):
        outcome_rates(COUNTS, e=1.2)


def test_codes_are_read_back() -> None:
    codes = {
        "1.1": 500, "1.2": 50, "2.11": 150, "2.12": 50, "2.24": 100, "2.33": 40, "3.17": 60,
        "3.21": 20, "3.9": 10, "4.6": 70, "4.8": 50,
    }  # fmt: skip
    listed = [code for code, count in codes.items() for _ in range(count)]
    cases = at.read_outcomes(pd.DataFrame({"cluster": 1, "code": listed}))
    rates = at.response_rates(cases).iloc[0]
    for name, value in RATES.items():
        assert rates[name] == pytest.approx(value, rel=1e-14), name
    weighted = at.response_rates(cases.assign(w=3.0), weight="w").iloc[0]
    assert weighted["rr3"] == pytest.approx(rates["rr3"])


def test_unknown_codes_are_refused_with_their_rows() -> None:
    cases = pd.DataFrame({"cluster": 1, "code": ["1.1", "5.1", "9", "5.1"]})
    with pytest.raises(DataError, match=r"'5.1' in 2 rows \(rows 2, 4\)") as caught:
        at.read_outcomes(cases)
    assert "'9' in 1 rows" in str(caught.value)


def test_achieved_against_the_plan(plan: FieldPlan, clusters: pd.DataFrame) -> None:
    main = plan.addresses[plan.addresses["role"] == "main"]
    cases = main.assign(code=np.where(main["order"] % 5 == 1, "2.11", "1.1"), replaced_by=None)
    cases.loc[cases["cluster"] == 3, "replaced_by"] = "another"
    found = at.achieved(clusters, at.read_outcomes(cases))
    assert (found["planned"] - found["achieved"] == found["shortfall"]).all()
    assert (found["refusals"] == found["shortfall"]).all()
    assert found.loc[found["replaced_by"] != "", "cluster"].tolist() == [3]
    with pytest.raises(DataError, match="cluster 99"):
        at.achieved(clusters, at.read_outcomes(cases.assign(cluster=99)))
