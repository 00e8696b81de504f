"""`at.report`: files whole or not at all, the same bytes again, all wrong options at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import attitudes as at
from attitudes.errors import AttitudesError, OptionError, StudyError
from attitudes.study.models import Study
from attitudes.survey.survey import Survey

NOTE = "Generated answers of nobody."


@pytest.fixture(scope="module")
def study() -> Study:
    return Study.model_validate(
        {
            "id": "mini",
            "title": "Mini",
            "data": {"provenance": "generated", "note": NOTE},
            "responses": {
                "scale": {"kind": "ordinal", "low": 0, "high": 10, "missing": {"refused": 77}},
                "sex": {"kind": "nominal", "answers": {"f": "Women", "m": "Men"}},
            },
            "questions": [
                {"id": "a", "text": "First", "response": "scale", "keying": "+", "scale": "s"},
                {"id": "b", "text": "Second", "response": "scale", "keying": "-", "scale": "s"},
                {"id": "sex", "text": "Sex", "response": "sex"},
            ],
            "scales": [{"id": "s", "label": "Scale", "minimum_answered": 1}],
            "breakdowns": [{"id": "sex", "label": "Sex"}],
            "sections": [{"id": "one", "title": "One"}],
            "exhibits": [
                {
                    "id": "means",
                    "kind": "means",
                    "title": "Means",
                    "section": "one",
                    "scales": ["s"],
                    "breakdown": "sex",
                },
                {
                    "id": "dots",
                    "kind": "dots",
                    "title": "Dots",
                    "section": "one",
                    "scales": ["s"],
                    "scores": True,
                    "breakdown": "sex",
                },
            ],
        }
    )


@pytest.fixture(scope="module")
def survey(study: Study) -> Survey:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"a": rng.integers(0, 11, 60), "b": rng.integers(0, 11, 60)})
    frame.loc[3, "a"] = 77
    frame["sex"] = ["f", "m"] * 30
    return Survey.from_frame(frame, study=study, provenance="generated")


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_every_format_is_written_and_nothing_else(
    study: Study, survey: Survey, tmp_path: Path
) -> None:
    result = at.report(study, survey, tmp_path / "out")
    made = result.report
    tables = [f"tables/{table.name}.csv" for table in made.tables()]
    charts = [f"charts/{chart.id}.{end}" for chart in made.charts() for end in ("svg", "png")]
    wanted = {"mini.xlsx", "report.html", *tables, *charts}
    assert set(files(tmp_path / "out")) == wanted
    assert {"tables/dots.recomputed.csv", "tables/missing_answers.recomputed.csv"} <= wanted
    assert {"charts/dots.svg", "charts/summary_levels.png"} <= wanted
    assert sorted(result.paths) == sorted(p for p in (tmp_path / "out").rglob("*") if p.is_file())
    assert (result.tables, result.charts) == (len(tables), len(charts) // 2)
    assert f"{len(tables)} tables and {len(charts) // 2} charts" in repr(result)


def test_every_text_file_says_whose_answers_these_are(
    study: Study, survey: Survey, tmp_path: Path
) -> None:
    at.report(study, survey, tmp_path, ["html", "csv", "svg"])
    for name, content in files(tmp_path).items():
        assert NOTE in content.decode(), name


def test_the_same_input_gives_the_same_bytes(study: Study, survey: Survey, tmp_path: Path) -> None:
    for name in ("one", "two"):
        at.report(study, survey, tmp_path / name, processes=1)
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_formats_are_only_those_asked_for(study: Study, survey: Survey, tmp_path: Path) -> None:
    at.report(study, survey, tmp_path, ["csv"])
    assert {Path(name).suffix for name in files(tmp_path)} == {".csv"}


def test_all_wrong_options_are_told_together_and_nothing_is_written(
    study: Study, survey: Survey, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    with pytest.raises(OptionError) as caught:
        at.report(study, survey, out, ["htm", "csv"], "xx", level=2)  # type: ignore[list-item]
    text = str(caught.value)
    assert "unknown format 'htm'" in text
    assert "did you mean 'html'?" in text
    assert "unknown language 'xx'" in text
    assert "level: found 2" in text
    assert not out.exists()


def test_an_exhibit_without_its_data_leaves_earlier_files_alone(
    study: Study, survey: Survey, tmp_path: Path
) -> None:
    at.report(study, survey, tmp_path, ["csv"])
    before = files(tmp_path)
    short = Survey.from_frame(survey.frame.drop(columns="b"), study=study)
    with pytest.raises(StudyError, match="no column b"):
        at.report(study, short, tmp_path)
    assert files(tmp_path) == before


def test_a_file_where_the_folder_should_be_is_one_clear_error(
    study: Study, survey: Survey, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("x", encoding="utf-8")
    with pytest.raises(AttitudesError, match="a folder that cannot be written"):
        at.report(study, survey, tmp_path / "taken", ["csv"])


def test_a_file_where_a_folder_is_due_is_named_and_nothing_is_written(
    study: Study, survey: Survey, tmp_path: Path
) -> None:
    (tmp_path / "tables").write_text("x", encoding="utf-8")
    with pytest.raises(AttitudesError, match=r"tables: found a file that cannot be written"):
        at.report(study, survey, tmp_path, ["html", "csv"])
    assert [p.name for p in tmp_path.iterdir()] == ["tables"]


def test_progress_is_told_from_start_to_end(study: Study, survey: Survey, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    made = at.report(study, survey, tmp_path, ["svg"], progress=lambda *step: told.append(step))
    assert told[0] == ("exhibits", 0, 2)
    assert ("exhibits", 2, 2) in told
    assert told[-1] == ("charts", made.charts, made.charts)
