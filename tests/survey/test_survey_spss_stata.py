"""SPSS and Stata files: value labels, declared and tagged missing values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from attitudes.errors import DataError
from attitudes.study.models import Study
from attitudes.survey.read_spss_stata import read_spss_stata
from attitudes.survey.reading import read_responses

AGREEMENT = {1: "Strongly disagree", 2: "Disagree", 3: "Neither", 4: "Agree", 5: "Strongly agree"}


@pytest.fixture
def coded(cells: pd.DataFrame) -> pd.DataFrame:
    """The respondents as SPSS holds them: numbers with labels."""
    return cells.assign(region=[1.0, 1, 2, 1, 2, 2])


def spss(folder: Path, frame: pd.DataFrame, **options: Any) -> Path:
    path = folder / "a.sav"
    labels = {"q1": AGREEMENT, "region": {1: "The North", 2: "The South"}}
    options.setdefault("variable_value_labels", labels)
    pyreadstat.write_sav(frame, str(path), **options)
    return path


def test_value_labels_stand_for_ids(
    tmp_path: Path, study: Study, coded: pd.DataFrame, cells: pd.DataFrame
) -> None:
    path = spss(tmp_path, coded, missing_ranges={"q1": [97, 98, 99], "AGE": [999]})
    survey = read_responses(path, study)
    expected = read_responses(cells, study)
    for name in ("q1", "q2", "region", "age", "age_group", "trouble.money"):
        assert (
            survey.frame[name].astype(object).tolist()[:3]
            == expected.frame[name].astype(object).tolist()[:3]
        )
    assert survey.frame["q1"].tolist() == cells["q1"].tolist()
    assert survey.frame["q1"].dtype == np.int8
    assert survey.ledger.missing["q1"] == {"dont_know": 1, "refused": 1}


def test_a_declared_range_without_a_kind_is_refused_until_said(
    tmp_path: Path, study: Study, coded: pd.DataFrame
) -> None:
    coded["q1"] = [1, 2, -3, -1, -3, 5]
    path = spss(tmp_path, coded, missing_ranges={"q1": [{"lo": -9, "hi": -1}]})
    with pytest.raises(DataError) as caught:
        read_responses(path, study)
    lines = str(caught.value).splitlines()
    assert len(lines) == 2
    assert (
        "rows 3, 5: found -3 2 times, which the file declares missing and the codebook gives no kind"
        in lines[0]
    )
    assert 'missing={-1: "refused"}' in lines[1]
    survey = read_responses(path, study, missing={-3: "dont_know", -1: "refused"})
    assert survey.frame["q1"].tolist() == [1, 2, 97, 98, 97, 5]


def test_labels_that_contradict_the_codebook_are_refused(
    tmp_path: Path, study: Study, coded: pd.DataFrame
) -> None:
    turned = {6 - code: label for code, label in AGREEMENT.items()}
    path = spss(
        tmp_path, coded, variable_value_labels={"q1": turned, "region": {1: "north", 2: "south"}}
    )
    with pytest.raises(DataError) as caught:
        read_responses(path, study)
    text = str(caught.value)
    assert "found 1 once, which the file labels 'Strongly agree', the codebook's 5" in text
    assert "found 3" not in text


def test_a_value_declared_missing_that_the_codebook_takes_is_noted(
    tmp_path: Path, study: Study, coded: pd.DataFrame
) -> None:
    survey = read_responses(spss(tmp_path, coded, missing_ranges={"q1": [3]}), study)
    assert survey.frame["q1"].tolist() == [1, 5, 97, 98, 3, 4]
    assert (
        "q1: 3 is declared missing in the file and an answer in the codebook; 1 taken as answers"
        in survey.ledger.notes
    )


def test_system_missing_is_a_blank(tmp_path: Path, study: Study, coded: pd.DataFrame) -> None:
    coded["q1"] = [1, np.nan, 97, 98, 3, 4]
    survey = read_responses(spss(tmp_path, coded), study)
    assert survey.frame["q1"].tolist() == [1, 99, 97, 98, 3, 4]


def test_texts_of_spss_are_stripped_and_blank_ones_missing(tmp_path: Path) -> None:
    frame = pd.DataFrame({"region": ["north  ", " "], "q1": [1.0, 2.0]})
    raw = read_spss_stata(spss(tmp_path, frame, variable_value_labels={}))
    assert raw.frame["region"].isna().tolist() == [False, True]
    assert raw.frame["region"].iloc[0] == "north"


def test_wordings_come_along(tmp_path: Path, coded: pd.DataFrame) -> None:
    raw = read_spss_stata(spss(tmp_path, coded, column_labels={"q1": "Trust in all"}))
    assert raw.texts["q1"] == "Trust in all"
    assert raw.value_labels["q1"][5.0] == "Strongly agree"


def test_tagged_missing_of_stata_keep_apart(
    tmp_path: Path, study: Study, coded: pd.DataFrame
) -> None:
    coded["q1"] = pd.Series([1, 5, "a", "b", 3, "z"], dtype=object)
    coded.columns = coded.columns.str.replace(".", "_")
    path = tmp_path / "a.dta"
    pyreadstat.write_dta(
        coded,
        str(path),
        version=15,
        missing_user_values={"q1": ["a", "b", "z"]},
        variable_value_labels={"region": {1: "north", 2: "south"}},
    )
    raw = read_spss_stata(path)
    assert raw.frame["q1"].tolist() == [1, 5, ".a", ".b", 3, ".z"]
    with pytest.raises(DataError, match=r"found '\.a' once, which the file declares missing"):
        read_responses(path, study)
    kinds = {".a": "dont_know", ".b": "refused", ".z": "not_asked"}
    survey = read_responses(path, study, missing=kinds)  # type: ignore[arg-type]
    assert survey.frame["q1"].tolist() == [1, 5, 97, 98, 3, 99]
    assert survey.ledger.missing["q1"] == {"dont_know": 1, "refused": 1, "not_asked": 1}


def test_stata_labels(
    tmp_path: Path, study: Study, coded: pd.DataFrame, cells: pd.DataFrame
) -> None:
    path = tmp_path / "a.dta"
    labels = {"region": {1: "THE NORTH", 2: "the  south"}}
    coded.columns = coded.columns.str.replace(".", "_")
    pyreadstat.write_dta(coded, str(path), version=15, variable_value_labels=labels)
    assert read_responses(path, study).frame["region"].tolist() == cells["region"].tolist()


@pytest.mark.parametrize("name", ["a.sav", "a.dta", "a.zsav"])
@pytest.mark.parametrize("data", [b"", b"not a statistics file at all"])
def test_files_that_are_none(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(DataError, match="an SPSS or Stata file"):
        read_spss_stata(path)


def test_a_file_without_rows(tmp_path: Path, coded: pd.DataFrame) -> None:
    with pytest.raises(DataError, match="no row"):
        read_spss_stata(spss(tmp_path, coded.iloc[:0]))
