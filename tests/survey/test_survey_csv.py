"""Delimited text: what is read, and the one clear message for what is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from attitudes.errors import DataError, OptionError
from attitudes.study.models import Study
from attitudes.survey.read_csv import read_csv
from attitudes.survey.reading import read_responses


def written(folder: Path, data: str | bytes, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def message(path: Path, **options: str) -> str:
    with pytest.raises(DataError) as caught:
        read_csv(path, **options)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    raw = read_csv(written(tmp_path, b"\xef\xbb\xbfq1,q2\n1,2\n"))
    assert list(raw.frame.columns) == ["q1", "q2"]


def test_windows_line_ends_and_a_missing_last_one(tmp_path: Path) -> None:
    raw = read_csv(written(tmp_path, "q1,q2\r\n1,2\r\n3,4"))
    assert raw.frame.to_numpy().tolist() == [[1, 2], [3, 4]]
    assert raw.n_read == 2


@pytest.mark.parametrize("data", ["", "\n", "  \n\n"])
def test_an_empty_file_is_refused(tmp_path: Path, data: str) -> None:
    assert "found an empty file" in message(written(tmp_path, data))


def test_a_header_alone_is_refused(tmp_path: Path) -> None:
    assert "found a header and no row" in message(written(tmp_path, "q1,q2\n"))


def test_windows_cyrillic_names_the_line_and_the_option(tmp_path: Path) -> None:
    path = written(tmp_path, "q1,region\n1,x\n2,Север\n".encode("cp1251"))
    text = message(path)
    assert "line 3" in text
    assert 'pass encoding="cp1251"' in text
    assert read_csv(path, encoding="cp1251").frame["region"].tolist() == ["x", "Север"]


def test_utf_16_names_the_option(tmp_path: Path) -> None:
    path = written(tmp_path, "q1,q2\n1,2\n".encode("utf-16"))
    assert 'pass encoding="utf-16"' in message(path)
    assert read_csv(path, encoding="utf-16").frame["q2"].tolist() == [2]


def test_an_encoding_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "q1\nСевер\n".encode("cp1251"))
    assert "which is not utf-8" in message(path, encoding="utf-8")


def test_an_unknown_encoding_is_an_option_error(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="cp1251"):
        read_csv(written(tmp_path, "q1\n1\n"), encoding="cp9999")


@pytest.mark.parametrize(("sign", "name"), [(";", "semicolon"), ("\t", "tab"), ("|", "bar")])
def test_another_separator_is_refused_and_read_when_declared(
    tmp_path: Path, sign: str, name: str
) -> None:
    path = written(tmp_path, f"q1{sign}q2\n1{sign}2\n")
    text = message(path)
    assert name in text
    assert "pass separator=" in text
    assert read_csv(path, separator=sign).frame.to_numpy().tolist() == [[1, 2]]


def test_encoding_and_separator_are_told_together(tmp_path: Path) -> None:
    path = written(tmp_path, "q1;region\n1;Север\n".encode("cp1251"))
    first, second = message(path).splitlines()
    assert 'encoding="cp1251"' in first
    assert 'separator=";"' in second


def test_a_separator_inside_quotes_does_not_count(tmp_path: Path) -> None:
    raw = read_csv(written(tmp_path, '"a;b;c",q2\n"x, ""y""","line\n\nbreak"\n'))
    assert list(raw.frame.columns) == ["a;b;c", "q2"]
    assert raw.frame.iloc[0].tolist() == ['x, "y"', "line\n\nbreak"]
    assert raw.n_read == 1


def test_decimal_commas_are_refused_and_read_when_declared(tmp_path: Path) -> None:
    path = written(tmp_path, "q1;weight\n1;0,85\n2;1,15\n")
    text = message(path, separator=";")
    assert "column weight" in text
    assert 'pass decimal=","' in text
    frame = read_csv(path, separator=";", decimal=",").frame
    np.testing.assert_array_equal(frame["weight"], [0.85, 1.15])


def test_decimal_commas_in_quotes(tmp_path: Path) -> None:
    path = written(tmp_path, 'choices,weight\n"1,2","0,5"\n3,"1,5"\n')
    assert "column choices, weight" in message(path)
    assert read_csv(path, decimal=",").frame["weight"].tolist() == [0.5, 1.5]
    assert read_csv(path, decimal=".").frame["choices"].tolist() == ["1,2", "3"]


@pytest.mark.parametrize("options", [{"decimal": ";"}, {"separator": ",,"}, {"separator": "é"}])
def test_options_outside_what_they_may_be(tmp_path: Path, options: dict[str, str]) -> None:
    with pytest.raises(OptionError, match="allowed"):
        read_csv(written(tmp_path, "q1\n1\n"), **options)


def test_lines_of_other_lengths_are_listed_together(tmp_path: Path) -> None:
    text = message(written(tmp_path, "a,b,c\n1,2,3\n1,2\n1,2,3,4\n1,2\n"))
    assert "rows 2, 4: found 2 rows with 2 fields" in text
    assert "row 3: found 1 row with 4 fields" in text


def test_a_quote_never_closed_is_refused(tmp_path: Path) -> None:
    assert "line 2: found a quote" in message(written(tmp_path, 'a,b\n1,"2\n3,4\n'))


def test_a_column_name_twice_is_refused(tmp_path: Path) -> None:
    assert "column 'q1' 2 times (columns 1, 3)" in message(written(tmp_path, "q1,b,q1\n1,2,3\n"))


def test_blank_lines_and_blank_rows_stand_in_the_ledger(tmp_path: Path) -> None:
    raw = read_csv(written(tmp_path, "a,b\n1,2\n\n,\n3,4\n  \n"))
    assert raw.n_read == 5
    assert [(d.reason, d.rows) for d in raw.dropped] == [
        ("blank line", (2, 5)),
        ("every cell is blank", (3,)),
    ]
    assert raw.rows.tolist() == [1, 4]


def test_rows_in_messages_count_dropped_rows(
    tmp_path: Path, study: Study, cells: pd.DataFrame
) -> None:
    cells.loc[3, "q1"] = 6
    lines = cells.to_csv(index=False).splitlines()
    path = written(tmp_path, "\n".join([*lines[:2], "", *lines[2:]]) + "\n")
    with pytest.raises(DataError, match="column q1, row 5: found 6 once"):
        read_responses(path, study)


def test_bytes_of_a_workbook_under_the_wrong_ending(tmp_path: Path) -> None:
    assert "not text" in message(written(tmp_path, b"PK\x03\x04\x00\x00"))


def test_tsv_ending_means_tabs(tmp_path: Path, study: Study, cells: pd.DataFrame) -> None:
    path = written(tmp_path, cells.to_csv(index=False, sep="\t"), "a.tsv")
    assert read_responses(path, study).n == 6


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('a,"b"c,d\n1,2,3\n', "a quotation mark within a name"),
        ("\na,b\n1,2\n", "a blank line"),
    ],
)
def test_a_header_that_cannot_be_split_is_refused(tmp_path, text, said):
    path = tmp_path / "answers.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=said):
        read_csv(path)
