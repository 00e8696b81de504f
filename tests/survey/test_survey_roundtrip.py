"""Whatever is written is read back, and every row stands in the ledger."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat
from hypothesis import given, settings
from hypothesis import strategies as st

from attitudes.study.models import Study
from attitudes.survey.reading import read_responses

LABELS = {1: "Low", 2: "Rather low", 3: "Middle", 4: "Rather high", 5: "High"}
PLACES = {"north": "The North", "south": "The, South", "east": 'The "East"'}
MISSING = {"dont_know": 97, "refused": 98, "not_asked": 99}
STUDY = Study.model_validate(
    {
        "id": "round",
        "title": "Round",
        "responses": {
            "scale": {
                "kind": "ordinal",
                "low": 1,
                "high": 5,
                "answers": LABELS,
                "missing": MISSING,
            },
            "place": {"kind": "nominal", "answers": PLACES},
        },
        "questions": [
            {"id": "q1", "text": "One", "response": "scale"},
            {"id": "place", "text": "Place", "response": "place"},
        ],
        "design": {"weight": "w"},
    }
)
PROFILE = settings(max_examples=25, deadline=None)

codes = st.sampled_from([*LABELS, *MISSING.values()])
respondents = st.lists(
    st.tuples(codes, st.sampled_from(list(PLACES)), st.integers(0, 1000)), min_size=1, max_size=30
)


def frame_of(rows: list[tuple[int, str, int]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "q1": [r[0] for r in rows],
            "place": [r[1] for r in rows],
            "w": [1 + r[2] / 8 for r in rows],
        }
    )


def read_back(path: Path, **options: Any) -> pd.DataFrame:
    survey = read_responses(path, STUDY, **options)
    assert survey.ledger.balanced
    kinds = {code: kind for kind, code in MISSING.items()}
    counts = survey.frame["q1"].map(kinds).value_counts().to_dict()
    assert dict(survey.ledger.missing.get("q1", {})) == counts
    return survey.frame


def assert_same(found: pd.DataFrame, written: pd.DataFrame) -> None:
    assert found["q1"].dtype == np.int8
    assert found["q1"].tolist() == written["q1"].tolist()
    assert found["place"].astype(str).tolist() == written["place"].tolist()
    assert found["w"].tolist() == written["w"].tolist()


@PROFILE
@given(
    respondents, st.sampled_from([(",", ".", None), (";", ",", "cp1251"), ("\t", ".", "utf-16")])
)
def test_csv(rows: list[tuple[int, str, int]], how: tuple[str, str, str | None]) -> None:
    separator, decimal, encoding = how
    frame = frame_of(rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        frame.to_csv(
            path, index=False, sep=separator, decimal=decimal, encoding=encoding or "utf-8"
        )
        options = {"separator": separator, "decimal": decimal, "encoding": encoding}
        assert_same(read_back(path, **options), frame)


@PROFILE
@given(respondents)
def test_csv_of_labels(rows: list[tuple[int, str, int]]) -> None:
    frame = frame_of(rows)
    words = {**LABELS, 97: "Dont know", 98: "REFUSED", 99: "not_asked"}
    labelled = frame.assign(q1=frame["q1"].map(words), place=frame["place"].map(PLACES).str.upper())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        labelled.to_csv(path, index=False)
        assert_same(read_back(path), frame)


@PROFILE
@given(respondents)
def test_spss_and_stata(rows: list[tuple[int, str, int]]) -> None:
    frame = frame_of(rows)
    with tempfile.TemporaryDirectory() as folder:
        for write, name in ((pyreadstat.write_sav, "a.sav"), (pyreadstat.write_dta, "a.dta")):
            path = Path(folder) / name
            write(frame, str(path), variable_value_labels={"q1": LABELS})
            assert_same(read_back(path), frame)


@settings(max_examples=10, deadline=None)
@given(respondents)
def test_workbooks(rows: list[tuple[int, str, int]]) -> None:
    frame = frame_of(rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        frame.to_excel(path, index=False, engine="openpyxl")
        assert_same(read_back(path), frame)


@PROFILE
@given(respondents, st.lists(st.integers(0, 30), max_size=6), st.sampled_from(["", "   ", ",,"]))
def test_blank_lines_anywhere_are_in_the_ledger(
    rows: list[tuple[int, str, int]], places: list[int], blank: str
) -> None:
    lines = frame_of(rows).to_csv(index=False).splitlines()
    body = lines[1:]
    for place in sorted(places, reverse=True):
        body.insert(min(place, len(body)), blank)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_text("\n".join([lines[0], *body]) + "\n")
        survey = read_responses(path, STUDY)
    dropped = sorted(row for entry in survey.ledger.dropped for row in entry.rows)
    assert survey.ledger.balanced
    assert survey.ledger.n_read == len(body)
    assert dropped == [i for i, line in enumerate(body, start=1) if line == blank]
    assert_same(survey.frame, frame_of(rows))
