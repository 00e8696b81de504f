"""Excel workbooks."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from attitudes.errors import DataError, OptionError
from attitudes.study.models import Study
from attitudes.survey.read_excel import read_excel
from attitudes.survey.reading import read_responses


def workbook(folder: Path, **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    path = folder / "a.xlsx"
    book.save(path)
    return path


def table(cells: pd.DataFrame) -> list[list[Any]]:
    return [list(cells.columns), *cells.astype(object).to_numpy().tolist()]


def test_a_workbook_gives_the_same_answers_as_the_frame(
    tmp_path: Path, study: Study, cells: pd.DataFrame
) -> None:
    survey = read_responses(workbook(tmp_path, data=table(cells)), study)
    pd.testing.assert_frame_equal(
        survey.frame, read_responses(cells, study).frame, check_dtype=False
    )
    assert survey.frame["q1"].dtype == "int8"
    assert survey.ledger.balanced


def test_the_first_sheet_is_read_and_the_others_named(tmp_path: Path) -> None:
    path = workbook(tmp_path, data=[["q1"], [1]], frame=[["x"], [2]])
    raw = read_excel(path)
    assert list(raw.frame.columns) == ["q1"]
    assert raw.notes == ("sheet 'data' read, the first of 'data', 'frame'",)
    assert list(read_excel(path, sheet="frame").frame.columns) == ["x"]


def test_a_sheet_that_is_not_there(tmp_path: Path) -> None:
    path = workbook(tmp_path, data=[["q1"], [1]])
    with pytest.raises(DataError, match="unknown sheet 'date'; allowed: data; did you mean 'data'"):
        read_excel(path, sheet="date")


def test_a_sheet_of_a_text_file_is_an_option_error(tmp_path: Path, study: Study) -> None:
    (tmp_path / "a.csv").write_text("q1\n1\n")
    with pytest.raises(OptionError, match="an Excel workbook"):
        read_responses(tmp_path / "a.csv", study, sheet="data")


@pytest.mark.parametrize(
    ("rows", "found"),
    [([], "an empty sheet"), ([["q1", "q2"]], "a header and no row"), ([[None]], "an empty sheet")],
)
def test_sheets_without_respondents(tmp_path: Path, rows: list[list[Any]], found: str) -> None:
    with pytest.raises(DataError, match=found):
        read_excel(workbook(tmp_path, data=rows))


def test_a_file_that_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_text("q1\n1\n")
    with pytest.raises(DataError, match="no Excel workbook"):
        read_excel(path)


def test_blank_rows_inside_stand_in_the_ledger_and_those_at_the_end_are_none(
    tmp_path: Path,
) -> None:
    raw = read_excel(
        workbook(tmp_path, data=[["a", "b"], [1, 2], [None, " "], [3, "NA"], [None, None]])
    )
    assert raw.n_read == 3
    assert raw.rows.tolist() == [1, 3]
    assert raw.dropped[0].rows == (2,)
    assert raw.frame["b"].isna().tolist() == [False, True]


def test_columns_of_numbers_are_numbers_and_others_stay(tmp_path: Path) -> None:
    day = datetime.datetime(2023, 4, 1)
    raw = read_excel(
        workbook(tmp_path, data=[["a", "b", "c", None], [1, 1.5, day, "x"], [2, None, "5", 1]])
    )
    assert list(raw.frame.columns) == ["a", "b", "c", "unnamed_4"]
    assert raw.frame["a"].dtype == "int64"
    assert raw.frame["b"].dtype == "float64"
    assert raw.frame["c"].tolist() == [day, "5"]


def test_a_name_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="column 'a' 2 times"):
        read_excel(workbook(tmp_path, data=[["a", "a"], [1, 2]]))


def test_rows_longer_than_the_header_get_a_named_column(tmp_path: Path) -> None:
    raw = read_excel(workbook(tmp_path, data=[["a"], [1, 7], [2]]))
    assert list(raw.frame.columns) == ["a", "unnamed_2"]
