"""`attitudes check` and `attitudes init`, and what they call."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat
import pytest
import yaml
from typer.testing import CliRunner

from attitudes.cli.app import app
from attitudes.study.loading import load_study
from attitudes.study.models import Study
from attitudes.survey.draft import draft_of, draft_study
from attitudes.survey.draft_yaml import draft_yaml
from attitudes.survey.profile import check_responses
from attitudes.survey.reading import read_responses, read_table

RUN = CliRunner()


@pytest.fixture
def pack(tmp_path: Path, codebook: dict[str, Any]) -> Path:
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "study.yaml").write_text(
        yaml.safe_dump(codebook, allow_unicode=True), encoding="utf-8"
    )
    return folder


def test_a_good_file_passes_with_its_counts(
    pack: Path, cells: pd.DataFrame, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    cells.to_csv(path, index=False)
    done = RUN.invoke(app, ["check", str(path), "--study", str(pack), "--json", "-"])
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert found["passed"] is True
    assert found["rows"] == {"read": 6, "kept": 6, "dropped": []}
    by_name = {v["name"]: v for v in found["variables"]}
    assert by_name["q1"]["answered"] == 4
    assert by_name["q1"]["missing"] == {"dont_know": 1, "refused": 1}
    assert by_name["q1"]["distribution"] == {"1": 1, "2": 0, "3": 1, "4": 1, "5": 1}
    assert by_name["region"]["distribution"] == {"north": 3, "south": 3}
    assert (by_name["age"]["least"], by_name["age"]["greatest"]) == (18, 110)
    assert by_name["trouble.school"]["distribution"] == {"0": 2, "1": 3}


def test_people_read_the_same(pack: Path, cells: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    cells.to_csv(path, index=False)
    done = RUN.invoke(app, ["check", str(path), "--study", str(pack)])
    assert done.exit_code == 0
    assert "6 rows read, 6 kept" in done.stdout
    assert "dont_know 1, refused 1" in done.stdout
    assert "provenance: respondents" in done.stdout


def test_failures_are_findings(pack: Path, cells: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    cells.assign(q1=[1, 6, 1, 1, 1, 1], respondent=1).to_csv(path, index=False)
    done = RUN.invoke(app, ["check", str(path), "--study", str(pack)])
    assert done.exit_code == 1
    assert "column q1, row 2: found 6 once" in done.stdout
    assert "1 respondent id more than once" in done.stdout
    as_json = RUN.invoke(app, ["check", str(path), "--study", str(pack), "--json", "-"])
    assert as_json.exit_code == 1
    failures = json.loads(as_json.stdout)["failures"]
    assert failures[0]["found"] == "6 once"
    assert {*failures[0]} == {"where", "found", "allowed", "remedy"}


@pytest.mark.parametrize(
    ("data", "found"),
    [(b"", "an empty file"), (b"q1;q2\n1;2\n", 'separator=";"'), ("q1,q2\n1,Я\n".encode("cp1251"), "cp1251")],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_status_2(
    pack: Path, tmp_path: Path, data: bytes, found: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    done = RUN.invoke(app, ["check", str(path), "--study", str(pack)])
    assert done.exit_code == 2
    assert found in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_options_that_the_message_names_work(
    pack: Path, cells: pd.DataFrame, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    cells.to_csv(path, index=False, sep=";", decimal=",", encoding="cp1251")
    options = ["--separator", ";", "--decimal", ",", "--encoding", "cp1251"]
    done = RUN.invoke(app, ["check", str(path), "--study", str(pack), *options])
    assert done.exit_code == 0


def test_oddities_are_warnings(study: Study, cells: pd.DataFrame) -> None:
    odd = cells.assign(q1=[4, 4, 4, 4, 4, 97], q2=99, region="north")
    found = check_responses(odd, study)
    assert found.passed
    assert "q1: all 5 answers are 4" in found.warnings
    assert "q2: nobody answered" in found.warnings


def test_the_same_answers_to_all_items_are_a_warning() -> None:
    study = Study.model_validate(
        {
            "id": "twins",
            "title": "Twins",
            "responses": {"r": {"kind": "ordinal", "low": 1, "high": 5}},
            "questions": [
                {"id": f"q{i}", "text": "Q", "response": "r", "keying": "+", "scale": "s"}
                for i in range(5)
            ],
            "scales": [{"id": "s", "label": "S", "minimum_answered": 1}],
        }
    )
    frame = pd.DataFrame({f"q{i}": [1, 2, 2, 5 - i] for i in range(5)})
    (warning,) = check_responses(frame, study).warnings
    assert warning == "2 respondents share all 5 item answers with another respondent"


def test_a_draft_is_a_study_that_its_file_passes(cells: pd.DataFrame, tmp_path: Path) -> None:
    cells["q1"] = [1, 5, 4, 2, 3, 4]
    cells["q2"] = [1, 2, 5, 3, 4, 4]
    path = tmp_path / "my answers.csv"
    pd.concat([cells.assign(respondent=range(i, i + 6)) for i in (0, 10, 20)]).to_csv(
        path, index=False
    )
    done = RUN.invoke(app, ["init", str(path), "--out", str(tmp_path / "new"), "--json", "-"])
    assert done.exit_code == 0
    study = load_study(tmp_path / "new")
    assert study.id == "my-answers"
    assert study.data.respondent == "respondent"
    assert (study.design.weight, study.design.stratum, study.design.psu) == (
        "weight",
        ("stratum",),
        ("psu",),
    )
    assert study.question("q1").response == study.question("q2").response
    assert study.response_of("q1").codes == (1, 2, 3, 4, 5)
    assert study.response_of("region").codes == ("north", "south")
    assert study.response_of("AGE".lower()).kind == "numeric"
    marks = (tmp_path / "new" / "study.yaml").read_text().count("FILL IN")
    assert json.loads(done.stdout)["to_fill_in"] == marks - 1
    checked = RUN.invoke(app, ["check", str(path), "--study", str(tmp_path / "new")])
    assert checked.exit_code == 0


def test_a_draft_reports_at_once(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({f"item{i}": rng.integers(1, 6, 60) for i in range(3)})
    frame["hours"] = rng.integers(0, 90, 60)
    frame["sex"] = ["f", "m"] * 30
    frame["party"] = ["red", "blue", "green"] * 20
    path = tmp_path / "mine.csv"
    frame.to_csv(path, index=False)
    pack = tmp_path / "mine"
    assert RUN.invoke(app, ["init", str(path), "--out", str(pack)]).exit_code == 0
    study = load_study(pack)
    assert [b.id for b in study.breakdowns] == ["sex"]
    kinds = {e.id: (e.kind, e.breakdown) for e in study.exhibits}
    assert kinds["scale_1_5_answers"] == ("diverging", None)
    assert kinds["scale_1_5_by_sex"] == ("means", "sex")
    assert kinds["numbers_by_sex"] == ("means", "sex")
    assert kinds["party_shares"] == ("frequencies", "sex")
    call = ["report", "--study", str(pack), "--data", str(path), "--out", str(tmp_path / "out")]
    done = RUN.invoke(app, [*call, "--formats", "csv", "--json", "-"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["tables"] >= 6


def test_init_never_overwrites(cells: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    cells.to_csv(path, index=False)
    (tmp_path / "study.yaml").write_text("mine")
    done = RUN.invoke(app, ["init", str(path), "--out", str(tmp_path)])
    assert done.exit_code == 2
    assert "is there already" in done.stderr
    assert (tmp_path / "study.yaml").read_text() == "mine"


def test_options_of_a_multiple_response_question_come_together(cells: pd.DataFrame) -> None:
    cells["trouble.money"] = [1, 0, 1, 0, 1, 1]
    cells["trouble.school"] = [1, 0, 1, 0, 1, 0]
    draft = draft_of(read_table(cells))
    assert draft.responses["trouble_answers"].kind == "multiple"
    assert list(draft.responses["trouble_answers"].answers) == ["money", "school"]
    assert [q.id for q in draft.questions].count("trouble") == 1


def test_labels_and_declared_missing_of_spss(tmp_path: Path, cells: pd.DataFrame) -> None:
    path = tmp_path / "a.sav"
    labels = {1: "Never", 2: "Seldom", 3: "Often", 98: "Refused", 97: "Don't know", 96: "Odd"}
    pyreadstat.write_sav(
        cells.assign(q1=[1, 2, 3, 97, 98, 96]),
        str(path),
        variable_value_labels={"q1": labels},
        column_labels={"q1": "How often"},
        missing_ranges={"q1": [{"lo": 96, "hi": 98}]},
    )
    draft = draft_study(path)
    question = next(q for q in draft.questions if q.id == "q1")
    response = draft.responses[question.response]
    assert question.text == "How often"
    assert (response.kind, response.low, response.high) == ("ordinal", 1, 3)
    assert response.missing == {"dont_know": 97, "refused": 98}
    assert any("codes 96: which kind" in remark for remark in response.fill)


def test_likely_missing_codes_are_asked_about_not_taken(cells: pd.DataFrame) -> None:
    draft = draft_of(read_table(cells))
    response = draft.responses[next(q.response for q in draft.questions if q.id == "q1")]
    assert (response.low, response.high, response.missing) == (1, 5, {})
    assert any("codes 97, 98" in remark for remark in response.fill)


def test_a_draft_of_labels_codes_its_own_file(cells: pd.DataFrame, tmp_path: Path) -> None:
    words = ["Согласен", "Не согласен", "Don't know", "Согласен", "Не согласен", "Согласен"]
    frame = cells[["respondent", "weight"]].assign(view=words)
    (tmp_path / "study.yaml").write_text(draft_yaml(draft_of(read_table(frame))), encoding="utf-8")
    survey = read_responses(frame, load_study(tmp_path))
    assert survey.ledger.missing["view"] == {"dont_know": 1}
    assert survey.frame["view"].value_counts().tolist()[:2] == [3, 2]
