"""From cells to codes: labels, missing answers, checks, ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import attitudes as at
from attitudes.errors import DataError, OptionError, StudyError
from attitudes.study.models import Study
from attitudes.survey.reading import read_responses


def failures(cells: pd.DataFrame, study: Study, **options: Any) -> list[str]:
    with pytest.raises(DataError) as caught:
        read_responses(cells, study, **options)
    return str(caught.value).splitlines()


def test_the_public_name_is_this_function() -> None:
    assert at.read_responses is read_responses


def test_codes_come_back_as_codes_in_int8(study: Study, cells: pd.DataFrame) -> None:
    survey = read_responses(cells, study)
    assert survey.frame["q1"].tolist() == [1, 5, 97, 98, 3, 4]
    assert survey.frame["q1"].dtype == np.int8
    assert survey.answers("q1").as_float().tolist()[:2] == [1.0, 5.0]
    np.testing.assert_array_equal(
        survey.answers("q1").present, [True, True, False, False, True, True]
    )
    assert survey.frame["region"].astype(str).tolist() == cells["region"].tolist()
    assert list(survey.frame["region"].cat.categories) == ["north", "south"]
    assert survey.frame["trouble.money"].dtype == np.int8
    assert survey.n == 6
    assert survey.provenance == "respondents"


def test_the_frame_given_is_not_touched(study: Study, cells: pd.DataFrame) -> None:
    before = cells.copy()
    read_responses(cells, study)
    pd.testing.assert_frame_equal(cells, before)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("5", 5),
        ("5.0", 5),
        ("strongly  AGREE", 5),
        ("Совершенно согласен", 5),
        ("СОВЕРШЕННО НЕ СОГЛАСЕН", 1),
        ("Don’t know", 97),
        ("refused", 98),
        ("99", 99),
    ],
)
def test_labels_in_any_language_case_and_spacing(
    study: Study, cells: pd.DataFrame, cell: str, code: int
) -> None:
    cells["q1"] = [cell, "Agree", "Agree", "1", "2", "3"]
    assert read_responses(cells, study).frame["q1"].tolist() == [code, 4, 4, 1, 2, 3]


def test_a_label_nearly_right_is_suggested(study: Study, cells: pd.DataFrame) -> None:
    cells["q1"] = ["Strongly agre", "Agree", "Agree", "1", "2", "3"]
    assert failures(cells, study) == [
        "frame, column q1, row 1: found 'Strongly agre' once; allowed: 1 to 5; 97 (dont_know), "
        "98 (refused), 99 (not_asked); did you mean 5?"
    ]


def test_each_kind_of_missing_is_counted(study: Study, cells: pd.DataFrame) -> None:
    cells["q1"] = [97, 97, 98, np.nan, 3, 99]
    survey = read_responses(cells, study)
    assert survey.frame["q1"].tolist() == [97, 97, 98, 99, 3, 99]
    assert survey.frame["q1"].dtype == np.int8
    assert survey.ledger.missing["q1"] == {"dont_know": 2, "refused": 1, "not_asked": 2}
    assert survey.ledger.missing["age"] == {"refused": 1}


def test_a_blank_without_a_code_stays_blank_and_counted(study: Study, cells: pd.DataFrame) -> None:
    cells["region"] = ["north", None, "south", "north", "south", "south"]
    cells["AGE"] = [18.0, np.nan, 29, 999, 64, 110]
    survey = read_responses(cells, study)
    assert survey.frame["region"].isna().tolist() == [False, True, False, False, False, False]
    assert survey.ledger.missing["region"] == {"blank": 1}
    assert survey.ledger.missing["age"] == {"refused": 1, "blank": 1}
    np.testing.assert_array_equal(
        survey.answers("age").present, [True, False, True, False, True, True]
    )


def test_values_of_this_file_can_stand_for_a_kind(study: Study, cells: pd.DataFrame) -> None:
    cells["q1"] = [-9, -8, 1, 2, 3, 4]
    survey = read_responses(cells, study, missing={-9: "refused", -8: "dont_know"})
    assert survey.frame["q1"].tolist() == [98, 97, 1, 2, 3, 4]
    with pytest.raises(OptionError, match="did you mean 'refused'"):
        read_responses(cells, study, missing={-9: "refuse"})  # type: ignore[dict-item]


def test_groups_are_derived_with_both_ends_included(study: Study, cells: pd.DataFrame) -> None:
    survey = read_responses(cells, study)
    group = survey.frame["age_group"]
    assert group.astype(object).where(group.notna(), None).tolist() == [
        "young", "young", "old", None, "old", "old",
    ]  # fmt: skip
    assert survey.ledger.missing["age_group"] == {"refused": 1}


def test_a_value_in_no_group_is_counted_apart(
    codebook: dict[str, Any], cells: pd.DataFrame
) -> None:
    codebook["questions"] = [dict(q) for q in codebook["questions"]]
    codebook["questions"][4]["derive"] = {
        "from": "age",
        "groups": {"young": [18, 28], "old": [30, 99]},
    }
    survey = read_responses(cells, Study.model_validate(codebook))
    assert survey.ledger.missing["age_group"] == {"refused": 1, "in_no_group": 2}
    assert "age_group: 2 values of age in no group" in survey.ledger.notes


def test_a_derived_column_in_the_file_is_taken(study: Study, cells: pd.DataFrame) -> None:
    cells["age_group"] = ["old"] * 6
    assert read_responses(cells, study).frame["age_group"].tolist() == ["old"] * 6


def test_chosen_answers_in_one_column_are_split(study: Study, cells: pd.DataFrame) -> None:
    apart = read_responses(cells, study).frame[["trouble.money", "trouble.school"]]
    listed = cells.drop(columns=["trouble.money", "trouble.school"]).assign(
        trouble=["money", "none", "money school", "school", None, "School, MONEY"]
    )
    assert failures(listed, study) == [
        "frame, column trouble, row 2: found 'none' in 'none'; allowed: money, school"
    ]
    listed["trouble"] = ["money", " ", "money school", "school", None, "School, MONEY"]
    pd.testing.assert_frame_equal(
        read_responses(listed, study).frame[["trouble.money", "trouble.school"]], apart
    )


def test_kobo_names_and_truth_values_of_options(study: Study, cells: pd.DataFrame) -> None:
    kobo = cells.rename(columns=lambda name: name.replace("trouble.", "trouble/"))
    kobo["trouble/money"] = ["TRUE", "FALSE", "TRUE", "FALSE", None, "TRUE"]
    kobo["trouble/school"] = [False, False, True, True, True, True]
    frame = read_responses(kobo, study).frame
    assert frame["trouble.money"].tolist() == [1, 0, 1, 0, 9, 1]
    assert frame["trouble.school"].tolist() == [0, 0, 1, 1, 1, 1]


def test_all_failures_of_a_file_come_together(study: Study, cells: pd.DataFrame) -> None:
    bad = cells.drop(columns=["trouble.school"]).rename(columns={"region": "regoin"})
    bad["respondent"] = [11, 12, 12, 14, 11, 11]
    bad["q1"] = [1, 6, 6, 97, 3, 0]
    bad["AGE"] = ["18", "many", "29", "999", "17", "110"]
    bad["weight"] = [1.0, np.nan, -2.0, 1, 1, 1]
    bad["stratum"] = ["a", None, "a", "b", "b", "b"]
    assert sorted(failures(bad, study)) == sorted(
        [
            "frame, column q1, rows 2, 3: found 6 2 times; allowed: 1 to 5; 97 (dont_know), 98 (refused), 99 (not_asked)",
            "frame, column q1, row 6: found 0 once; allowed: 1 to 5; 97 (dont_know), 98 (refused), 99 (not_asked)",
            "frame, header: found no column 'region' (question region); allowed: the columns that the codebook names; the file has respondent, q1, q2, regoin, AGE, trouble.money, weight, stratum, psu; did you mean 'regoin'?",
            "frame, column AGE, row 2: found 'many'; allowed: a number",
            "frame, column AGE, row 5: found 17 in 1 row; allowed: numbers from 18 to 110; 999 (refused)",
            "frame, header: found no column 'trouble.school' (an answer to question trouble); allowed: the columns that the codebook names; the file has respondent, q1, q2, regoin, AGE, trouble.money, weight, stratum, psu",
            "frame, column respondent: found 2 respondent ids more than once: 11 (rows 1, 5, 6); 12 (rows 2, 3); allowed: each id once",
            "frame, column weight, row 2: found 1 blank cell; allowed: a value in every row",
            "frame, column weight, row 3: found 1 below zero (-2); allowed: 0 or more",
            "frame, column stratum, row 2: found 1 blank cell; allowed: a value in every row",
        ]
    )


def test_many_wrong_values_are_summed_up(study: Study, cells: pd.DataFrame) -> None:
    wide = pd.concat([cells] * 5, ignore_index=True)
    wide["respondent"] = range(30)
    wide["q1"] = range(100, 130)
    lines = failures(wide, study)
    assert len(lines) == 9
    assert "rows 9, 10, 11, 12, 13, …: found 22 further values in 22 rows" in lines[-1]


@pytest.mark.parametrize("column", ["weight", "stratum", "psu", "respondent"])
def test_a_design_column_that_is_not_there(study: Study, cells: pd.DataFrame, column: str) -> None:
    (line,) = failures(cells.drop(columns=[column]), study)
    assert f"found no column '{column}'" in line


def test_a_weight_that_is_text(study: Study, cells: pd.DataFrame) -> None:
    cells["weight"] = ["1", "heavy", "1", "1", "1", "1"]
    assert failures(cells, study) == [
        "frame, column weight, row 2: found 'heavy'; allowed: a finite number"
    ]


def test_units_in_two_strata_are_refused(study: Study, cells: pd.DataFrame) -> None:
    cells["psu"] = [1, 1, 2, 2, 3, 3]
    (line,) = failures(cells, study)
    assert "1 PSUs that occur in more than one stratum" in line


def test_blank_ids_are_refused(study: Study, cells: pd.DataFrame) -> None:
    cells["respondent"] = [11, np.nan, np.nan, 14, 15, 16]
    assert failures(cells, study) == [
        "frame, column respondent, rows 2, 3: found 2 blank ids; allowed: an id in every row"
    ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["respondents"] * 6, "respondents"),
        (["reconstructed from published figures"] * 5 + ["respondents"], "reconstructed"),
        (["generated"] + ["reconstructed"] * 5, "generated"),
    ],
)
def test_the_provenance_column_decides(
    study: Study, cells: pd.DataFrame, words: list[str], expected: str
) -> None:
    assert read_responses(cells.assign(provenance=words), study).provenance == expected


def test_an_unknown_provenance_is_refused(study: Study, cells: pd.DataFrame) -> None:
    (line,) = failures(cells.assign(provenance=["real"] * 6), study)
    assert "found 'real'; allowed: generated, reconstructed, respondents" in line


def test_the_packs_own_file_has_the_packs_provenance(
    codebook: dict[str, Any], cells: pd.DataFrame, tmp_path: Path
) -> None:
    codebook["data"] = {"respondent": "respondent", "file": "own.csv", "provenance": "generated"}
    study = Study.model_validate(codebook).at(tmp_path)
    for name in ("own.csv", "other.csv"):
        cells.to_csv(tmp_path / name, index=False)
    assert read_responses(tmp_path / "own.csv", study).provenance == "generated"
    assert read_responses(tmp_path / "other.csv", study).provenance == "respondents"


def test_strata_that_the_pack_merges(codebook: dict[str, Any], cells: pd.DataFrame) -> None:
    codebook["design"] = {
        **codebook["design"],
        "merge": [{"into": "ab", "strata": ["a", "b"], "reason": "one cluster each"}],
    }
    survey = read_responses(cells, Study.model_validate(codebook))
    assert survey.design.stratum == ("variance_stratum",)
    assert survey.design_arrays().n_strata == 1
    assert survey.frame["stratum"].tolist() == cells["stratum"].tolist()


def test_strata_that_the_file_has_merged_already(
    codebook: dict[str, Any], cells: pd.DataFrame
) -> None:
    merge = [{"into": "ab", "strata": ["a", "b"], "reason": "one cluster each"}]
    codebook["design"] = {**codebook["design"], "merge": merge}
    survey = read_responses(cells.assign(stratum="ab"), Study.model_validate(codebook))
    assert survey.design.stratum == ("stratum",)
    assert "variance_stratum" not in survey.columns


def test_answers_of_those_not_asked_are_noted(study: Study, cells: pd.DataFrame) -> None:
    cells["q2"] = [2, 2, 5, 3, 99, 99]
    notes = read_responses(cells, study).ledger.notes
    assert "q2: 1 answer of respondents who were not asked" in notes


def test_columns_outside_the_codebook_stay(study: Study, cells: pd.DataFrame) -> None:
    survey = read_responses(cells.assign(extra=list("abcdef")), study)
    assert survey.frame["extra"].tolist() == list("abcdef")
    assert any(
        "1 column outside the codebook kept as read: extra" in n for n in survey.ledger.notes
    )


def test_a_text_code_of_missing_for_numbers_is_a_fault_of_the_study(
    codebook: dict[str, Any], cells: pd.DataFrame
) -> None:
    codebook["responses"] = {
        **codebook["responses"],
        "years": {"kind": "numeric", "missing": {"refused": ".a"}},
    }
    with pytest.raises(StudyError, match="numbers, since the answers are numbers"):
        read_responses(cells, Study.model_validate(codebook))


@pytest.mark.parametrize(
    ("name", "found"), [("no.csv", "no such file"), ("a.pdf", "the ending '.pdf'")]
)
def test_files_that_are_none(tmp_path: Path, study: Study, name: str, found: str) -> None:
    if name == "a.pdf":
        (tmp_path / name).write_text("x")
    with pytest.raises(DataError, match=found):
        read_responses(tmp_path / name, study)


def test_a_frame_without_rows(study: Study, cells: pd.DataFrame) -> None:
    assert failures(cells.iloc[:0], study) == [
        "frame: found no row; allowed: a row for each respondent"
    ]


def test_a_frame_with_a_column_twice(study: Study, cells: pd.DataFrame) -> None:
    (line,) = failures(pd.concat([cells, cells[["q1"]]], axis=1), study)
    assert "columns ['q1'] more than once" in line


def test_the_order_of_rows_and_columns_does_not_matter(study: Study, cells: pd.DataFrame) -> None:
    plain = read_responses(cells, study).frame.set_index("respondent").sort_index()
    mixed = cells.iloc[[5, 3, 1, 0, 2, 4], ::-1]
    again = read_responses(mixed, study).frame.set_index("respondent").sort_index()
    pd.testing.assert_frame_equal(again[plain.columns], plain)


@pytest.mark.parametrize("cell", ["1_000", "nan", "true", "inf", "2023-01-01"])
def test_texts_that_python_would_take_for_numbers(
    study: Study, cells: pd.DataFrame, cell: str
) -> None:
    cells["AGE"] = ["18", cell, "29", "999", "64", "110"]
    (line,) = failures(cells, study)
    assert "column AGE, row 2" in line


def test_a_truth_value_is_no_number(study: Study, cells: pd.DataFrame) -> None:
    (line,) = failures(cells.assign(AGE=True), study)
    assert "found True; allowed: a number" in line


def test_a_label_of_two_codes_stands_for_neither(
    codebook: dict[str, Any], cells: pd.DataFrame
) -> None:
    codebook["responses"] = {
        **codebook["responses"],
        "places": {
            "kind": "nominal",
            "answers": {"north": "Here", "south": "here", "a_b": "x", "a b": "y"},
        },
    }
    study = Study.model_validate(codebook)
    cells["region"] = ["north", "a_b", "a b", "south", "X", "Y"]
    codes = read_responses(cells, study).frame["region"].astype(str).tolist()
    assert codes == ["north", "a_b", "a b", "south", "a_b", "a b"]
    cells["region"] = ["north", "HERE", "a b", "south", "X", "Y"]
    (line,) = failures(cells, study)
    assert "row 2: found 'HERE' once; allowed: north, south, a_b, a b" in line
