"""`attitudes sample`: what it prints, writes and refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from attitudes.cli.app import app

RUNNER = CliRunner()


def run(*arguments: str, code: int = 0) -> str:
    result = RUNNER.invoke(app, ["sample", *arguments])
    assert result.exit_code == code, result.output
    return result.output


def as_json(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*arguments, "--json", "-"))
    return found


@pytest.fixture
def strata(tmp_path: Path) -> str:
    path = tmp_path / "strata.csv"
    path.write_text("stratum,population,sd\na,3000,0.5\nb,7000,0.3\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def units(tmp_path: Path) -> str:
    path = tmp_path / "units.csv"
    rows = "".join(f"u{k},{'a' if k < 6 else 'b'},{10 + k}\n" for k in range(20))
    path.write_text("id,stratum,size\n" + rows, encoding="utf-8")
    return str(path)


def test_allocate_names_the_cells_that_differ() -> None:
    text = run("allocate", "--study", "kyrgyzstan-2023")
    for part in (
        "2,4 / 2 / 3",
        "2.1 / 2 / 3",
        "printed before rounding",
        "70,998.75",
        "55.4",
        "35.1",
    ):
        assert part in text
    assert "121 of 123 printed figures reproduced" in text
    run("allocate", "--study", "kyrgyzstan-2023", "--check", code=1)


def test_allocate_as_json() -> None:
    found = as_json("allocate")
    assert sum(s["clusters"] for s in found["strata"]) == 56
    off = [f for f in found["figures"] if f["status"] == "off"]
    assert [f["printed"] for f in off] == ["2,4", "2.1"]


def test_allocate_over_given_strata(strata: str, tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    run(
        "allocate",
        "--frame",
        strata,
        "--n",
        "100",
        "--method",
        "neyman",
        "--sd",
        "sd",
        "--json",
        str(target),
    )
    assert [s["n"] for s in json.loads(target.read_text(encoding="utf-8"))["strata"]] == [42, 58]


def test_size() -> None:
    found = as_json(
        "size", "--margin", "0.03", "--icc", "0.05", "--cluster-size", "18", "--cost-ratio", "17"
    )
    assert found["size"]["n"] == 1975
    assert found["optimal_cluster"]["whole"] == 18
    planned = as_json("size")
    assert len(planned["precision"]) == 10
    assert planned["optimal_for"]["cluster_size"] == 18


def test_draw_and_its_file(tmp_path: Path) -> None:
    out = tmp_path / "clusters.csv"
    run("draw", "--seed", "7", "--out", str(out))
    table = pd.read_csv(out)
    assert len(table) == 56
    assert set(table["seed"]) == {7}
    again = as_json("draw", "--seed", "7")
    assert [u["psu"] for u in again["units"]] == table["psu"].tolist()


def test_draw_from_any_frame(units: str) -> None:
    found = as_json(
        "draw", "--frame", units, "--n", "8", "--unit", "id", "--size", "size", "--stratum", "stratum",
        "--method", "pivotal_random", "--reserves", "1",
    )  # fmt: skip
    main = [u for u in found["units"] if u["reserve"] == 0]
    assert len(main) == 8
    assert len(found["units"]) == 10


def test_field_plan_and_outcomes(tmp_path: Path) -> None:
    folder = tmp_path / "field"
    run("fieldplan", "--seed", "4", "--out", str(folder))
    assert {f.name for f in folder.iterdir()} >= {"addresses.csv", "quotas.csv", "sheets.html"}
    addresses = pd.read_csv(folder / "addresses.csv", dtype={"code": str})
    addresses["code"] = addresses["role"].map({"main": "1.1", "reserve": "4.8"})
    addresses.to_csv(folder / "outcomes.csv", index=False)
    found = as_json("fieldplan", "--seed", "4", "--outcomes", str(folder / "outcomes.csv"))
    assert found["rates"][0]["rr1"] == 1
    assert all(c["shortfall"] == 0 for c in found["clusters"])


def test_given_quotas() -> None:
    found = as_json("fieldplan", "--quota", "gender=men:0.4,women:0.6")
    totals = pd.DataFrame(found["quotas"]).groupby("gender")["target"].sum()
    assert totals.to_dict() == {"men": 400, "women": 600}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["allocate", "--study", "nowhere"], "unknown study 'nowhere'"),
        (["allocate", "--frame", "nowhere.csv", "--n", "5"], "no such file"),
        (["draw", "--frame", "nowhere.csv", "--n", "5"], "no such file"),
        (["size", "--margin", "-1"], "a number above 0"),
        (["size", "--margin", "0.1", "--kind", "mediam"], "unknown kind"),
        (["fieldplan", "--quota", "gender"], "as gender=men:0.48,women:0.52"),
        (["fieldplan", "--respondent", "kisch"], "did you mean 'kish'"),
    ],
)
def test_bad_calls_end_with_one_line_and_status_2(arguments: list[str], message: str) -> None:
    result = RUNNER.invoke(app, ["sample", *arguments])
    assert result.exit_code == 2
    assert message in result.output
    assert "Traceback" not in result.output


def test_as_a_process(units: str) -> None:
    command = [sys.executable, "-m", "attitudes.cli.app", "sample", "draw", "--frame", units]
    done = subprocess.run(
        [*command, "--n", "3", "--json", "-"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["units"]) == 3
    failed = subprocess.run(command, capture_output=True, text=True, check=False)
    assert failed.returncode == 2
    assert failed.stdout == ""
    assert len(failed.stderr.splitlines()) == 1


def test_allocate_declares_what_the_plan_rests_on() -> None:
    text = run("allocate")
    for part in (
        "N·b/n = 3,944,375 × 18 / 1,000 = 70,998.75, rounded 70,999",
        "inhabitants",
        "half_up of each cell by itself gives 52 of the 54 printed whole numbers",
        "hamilton, the nearest of the methods that add up, 46",
        "Drawn together: naryn_city + naryn_settlement → naryn",
        "One stratum of variance estimation: batken_city + batken_settlement → batken",
    ):
        assert part in text
    said = as_json("allocate")["declarations"]
    assert said["interval"] == 70998.75
    assert set(said["self_representing"].values()) == {81832, 686271, 171803}
    assert {j["purpose"] for j in said["joined"]} == {"draw", "variance"}


def test_allocate_with_several_precisions_and_domains(tmp_path: Path) -> None:
    path = tmp_path / "strata.csv"
    path.write_text("stratum,zone,population,a,b\n1,n,3000,0.5,2\n2,n,7000,0.3,3\n3,s,900,0.4,1\n")
    call = ["allocate", "--frame", str(path), "--method", "precision", "--sd", "a", "--sd", "b"]
    found = as_json(*call, "--margin", "0.05", "--margin", "0.4", "--by", "zone")
    assert found["rounding"] == "up"
    assert set(found["se"]) == {"a", "b"}
    n = {s["stratum"]: s["n"] for s in found["strata"]}
    south = 1.959964 * 0.4 * (1 / n[3] - 1 / 900) ** 0.5
    assert south <= 0.05
    text = run(*call, "--margin", "0.05", code=2)
    assert "1 margins for 2 columns of --sd" in text


def test_allocate_adds_units_up_to_strata(units: str) -> None:
    call = ["allocate", "--frame", units, "--stratum", "stratum", "--size", "size", "--n", "50"]
    found = as_json(*call)
    assert {s["stratum"]: s["n"] for s in found["strata"]} == {"a": 10, "b": 40}
    assert "one row a stratum" in run(*call, "--sd", "size", code=2)


def test_size_of_given_interviews_differences_and_domains() -> None:
    given = as_json("size", "--n", "1000", "--icc", "0.05", "--cluster-size", "18")["precision"]
    assert given["margin"] == pytest.approx(0.04215, abs=1e-5)
    two = as_json(
        "size", "--kind", "proportion_difference", "--difference", "0.1", "--p", "0.4", "--p", "0.5"
    )["size"]
    assert two["n"] == 770
    power = as_json(
        "size", "--kind", "proportion_difference", "--difference", "0.1", "--p", "0.4", "--p", "0.5",
        "--n", "770",
    )["precision"]["power"]  # fmt: skip
    assert power == pytest.approx(0.8, abs=0.002)
    domains = as_json("size", "--margin", "0.1", "--domain", "n=0.2", "--domain", "s=0.8")["size"]
    assert domains["n"] == 481
    assert domains["by_domain"] == {"n": [97, 481], "s": [97, 121]}
    assert len(as_json("size", "--by", "design_type")["precision"]) >= 3


def test_draw_with_places_and_joint_probabilities(tmp_path: Path) -> None:
    path = tmp_path / "places.csv"
    rows = "".join(f"u{k},{1 + k % 5},{k % 4},{k // 4}\n" for k in range(16))
    path.write_text("id,size,x,y\n" + rows, encoding="utf-8")
    call = ["draw", "--frame", str(path), "--n", "4", "--unit", "id", "--size", "size"]
    spread = as_json(*call, "--method", "local_pivotal", "--coordinate", "x", "--coordinate", "y")
    assert len(spread["units"]) == 4
    entropy = as_json(*call, "--method", "max_entropy", "--joint")
    assert entropy["zero_pairs"] == 0
    assert len(entropy["joint"]) == 4
    systematic = run(*call, "--joint")
    assert "Draw: 4 units in 1 strata by pps_systematic, 0 certain" in systematic
    assert "can never be drawn together: the Yates–Grundy variance is not unbiased" in systematic


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["size", "--n", "100", "--margin", "0.1"], "one of the two"),
        (["size", "--margin", "0.1", "--domain", "0.2"], "as north=0.2"),
        (["size", "--margin", "0.1", "--p", "0.1", "--p", "0.2", "--p", "0.3"], "one or two"),
        (["size", "--margin", "0.1", "--response-rate", "0"], "over 0, up to 1"),
        (["size", "--difference", "0.1"], "kind 'proportion_difference'"),
        (["size", "--by", "regio"], "did you mean 'region'"),
        (["draw", "--frame", "UNITS"], "the number of units to draw"),
        (["draw", "--frame", "UNITS", "--n", "30"], "0 to 20"),
        (["draw", "--frame", "UNITS", "--n", "3", "--method", "brwer"], "did you mean 'brewer'"),
        (["draw", "--frame", "UNITS", "--n", "3", "--method", "brewer", "--joint", "--size", "id"],
         "not numbers"),
        (["draw", "--frame", "UNITS", "--n", "3", "--method", "local_pivotal"], "columns of places"),
        (["draw", "--seed", "-4"], "--seed"),
        (["fieldplan", "--outcomes", "nowhere.csv"], "no such file"),
        (["fieldplan", "--response-rate", "2"], "over 0, up to 1"),
        (["fieldplan", "--days", "1"], "the longest cluster"),
    ],
)  # fmt: skip
def test_more_bad_calls(arguments: list[str], message: str, units: str) -> None:
    result = RUNNER.invoke(app, ["sample", *(units if a == "UNITS" else a for a in arguments)])
    assert result.exit_code == 2, result.output
    assert message in result.output
    assert "Traceback" not in result.output
