"""The Survey: answers and missing, immutability, history, ledger."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from attitudes import Survey, SurveyDesign
from attitudes.errors import DataError
from attitudes.study.models import Study
from attitudes.survey.ledger import Ledger, LedgerEntry, Step
from attitudes.survey.reading import read_responses


def test_without_a_codebook_nan_is_missing() -> None:
    survey = Survey.from_frame(pd.DataFrame({"y": [1.0, np.nan, 97.0], "z": [1, 2, 3]}))
    answers = survey.answers("y")
    np.testing.assert_array_equal(answers.present, [True, False, True])
    np.testing.assert_array_equal(answers.as_float(), [1.0, np.nan, 97.0])
    assert survey.answers("z").present is None
    assert survey.missing_codes("y") == {}


def test_nullable_columns_keep_their_integers() -> None:
    survey = Survey.from_frame(pd.DataFrame({"y": pd.array([1, None, 3], dtype="Int8")}))
    answers = survey.answers("y")
    assert answers.values.dtype == np.int8
    np.testing.assert_array_equal(answers.as_float(), [1.0, np.nan, 3.0])


def test_no_missing_code_is_ever_a_number_in_a_mean(study: Study, cells: pd.DataFrame) -> None:
    survey = read_responses(cells, study)
    assert np.nanmean(survey.answers("q1").as_float()) == np.mean([1, 5, 3, 4])
    assert np.nanmean(survey.answers("q2").as_float()) == np.mean([2, 2, 3])


def test_infinities_are_refused_with_their_rows() -> None:
    survey = Survey.from_frame(pd.DataFrame({"y": [1.0, np.inf]}))
    with pytest.raises(DataError, match=r"column y: found 1 infinite values \(rows 2\)"):
        survey.answers("y")


def test_categories_are_no_numbers(study: Study, cells: pd.DataFrame) -> None:
    with pytest.raises(DataError, match="use proportion"):
        read_responses(cells, study).answers("region")


def test_a_column_that_is_not_there_is_suggested() -> None:
    survey = Survey.from_frame(pd.DataFrame({"trust": [1]}))
    with pytest.raises(DataError, match="did you mean 'trust'"):
        survey.column("trsut")


def test_each_step_gives_a_new_survey_and_a_line_of_history() -> None:
    frame = pd.DataFrame({"y": [1, 2], "w": [1.0, 3.0]})
    survey = Survey.from_frame(frame, SurveyDesign(weight="w"))
    step = Step("rescale", {"by": 2}, "weights doubled")
    weighted = survey.with_weights(np.array([2.0, 6.0]), step)
    assert weighted.weights.tolist() == [2.0, 6.0]
    assert survey.weights.tolist() == [1.0, 3.0]
    assert list(frame.columns) == ["y", "w"]
    assert survey.history == ()
    assert weighted.history == (step,)
    assert "rescale: weights doubled" in repr(weighted)
    wider = weighted.with_columns({"z": [0, 1]})
    assert wider.columns == ("y", "w", "weight_", "z")
    assert "z" not in weighted.columns
    with pytest.raises(dataclasses.FrozenInstanceError):
        survey.provenance = "generated"  # type: ignore[misc]


def test_the_history_says_what_was_read(study: Study, cells: pd.DataFrame) -> None:
    (step,) = read_responses(cells, study).history
    assert str(step) == "read_responses: 6 rows of frame"


def test_to_pandas_takes_columns() -> None:
    survey = Survey.from_frame(pd.DataFrame({"y": [1], "z": [2]}))
    assert list(survey.to_pandas(["z"]).columns) == ["z"]
    assert survey.to_pandas() is survey.frame


def test_a_ledger_balances_or_says_so() -> None:
    dropped = (LedgerEntry("dropped", "every cell is blank", (2, 5)),)
    assert Ledger("a.csv", 5, 3, dropped).balanced
    assert not Ledger("a.csv", 5, 4, dropped).balanced
    assert str(Ledger("a.csv", 5, 3, dropped, notes=("sheet 'x' read",))) == (
        "a.csv: 5 rows read, 3 kept\n  dropped 2: every cell is blank\n  sheet 'x' read"
    )
