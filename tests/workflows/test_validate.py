"""`at.validate`: passes on the pack's respondents, fails on one changed answer or convention."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import attitudes as at
from attitudes.errors import StudyError
from attitudes.study.models import Study
from attitudes.survey.survey import Survey
from attitudes.workflows.reconstruct import pack_files, reconstruct_study
from attitudes.workflows.validate import validate

ROOT = Path(__file__).parents[2]
PACK = ROOT / "data" / "kyrgyzstan-2023"


@pytest.fixture(scope="module")
def study() -> Study:
    return at.load_study("kyrgyzstan-2023")


@pytest.fixture(scope="module")
def respondents(study: Study) -> Survey:
    assert study.data.file is not None
    return at.read_responses(study.path(study.data.file), study)


def changed_pack(folder: Path, *changes: tuple[str, str]) -> Study:
    shutil.copytree(PACK, folder / "pack")
    path = folder / "pack" / "study.yaml"
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return at.load_study(folder / "pack")


def with_answer(survey: Survey, study: Study, column: str, row: int, value: object) -> Survey:
    frame = survey.frame.copy()
    frame.loc[row, column] = value
    return Survey.from_frame(frame, survey.design, study=study, provenance=survey.provenance)


def test_the_packs_own_respondents_pass(study: Study, respondents: Survey) -> None:
    result = validate(study)
    assert result.passed
    assert result.expected
    regional = [
        line
        for line in result.lines
        if line.figure.exhibit.endswith("_by_region") and line.figure.statistic == "mean"
    ]
    assert len(regional) == 450
    assert {line.status for line in regional} == {"reproduced"}
    assert validate(study, respondents).counts() == result.counts()
    assert "0 worse than expected" in repr(result)


@pytest.mark.parametrize(
    "column",
    [
        "trust_1",
        "traits_9",
        "change_6",
        "extremist_3",
        "returnees",
        "children",
        "difficulties.other",
    ],
)
def test_one_changed_answer_fails(study: Study, respondents: Survey, column: str) -> None:
    silent = (97, 98, "dont_know", "refused", "not_asked")
    codes = [c for c in respondents.column(column).unique() if c not in silent]
    row = next(i for i, v in enumerate(respondents.column(column)) if v == codes[0])
    result = validate(study, with_answer(respondents, study, column, row, codes[1]))
    assert not result.passed
    assert all(
        "not the respondents of this seed" in f.reason or f.expected for f in result.failures
    )
    assert any(
        column.partition(".")[0] in (f.line.figure.row, f.line.figure.exhibit)
        or f.line.figure.row == "total"
        for f in result.failures
    )


def test_a_changed_group_fails(study: Study, respondents: Survey) -> None:
    value = "men" if respondents.column("gender")[0] == "women" else "women"
    assert not validate(study, with_answer(respondents, study, "gender", 0, value)).passed


def test_six_in_place_of_five_fails(tmp_path: Path) -> None:
    study = changed_pack(tmp_path, ("reversal_constant: 5", "reversal_constant: 6"))
    result = validate(study)
    assert not result.passed
    worse = {(f.line.figure.exhibit, f.line.status) for f in result.failures}
    assert ("trust_by_region", "off") in worse


def test_both_readings_of_a_short_figure(tmp_path: Path, study: Study, respondents: Survey) -> None:
    short = [
        f
        for f in study.figures()
        if f.exhibit == "trust_by_region" and f.decimals == 1 and f.statistic == "mean"
    ]
    assert short
    cut = {line.key: line for line in validate(study, respondents).lines}
    rounded = changed_pack(
        tmp_path, ("short_figures: trailing_zero_cut", "short_figures: one_decimal")
    )
    other = {line.key: line for line in validate(rounded, respondents).lines}
    for f in short:
        key = (*f.key, f.section)
        assert cut[key].printed == f"{f.value:.2f}"
        assert other[key].printed == f"{f.value:.1f}"
        assert {cut[key].status, other[key].status} == {"reproduced"}


def test_a_short_figure_is_wrong_under_one_reading_alone(make_pack: Callable[..., Study]) -> None:
    printed = next(
        f
        for f in make_pack().figures()
        if (f.exhibit, f.row, f.column) == ("calm_by_area", "a", "north")
    ).printed
    assert len(printed) == 4
    digit = printed[:3] if int(printed[3]) < 5 else f"{float(printed) + 0.05:.1f}"
    texts = {}
    for reading in ("trailing_zero_cut", "one_decimal"):
        pack = make_pack(
            ("rounding: half_up,", f"rounding: half_up, short_figures: {reading},"),
            ("  exact: [calm_by_area]\n", "  exact: []\n"),
            changed=("calm_by_area", "a", "north", digit),
        )
        frame = at.reconstruct(make_pack()).survey
        own = Survey.from_frame(frame.frame, frame.design, study=pack)
        line = next(
            x
            for x in validate(pack, own).lines
            if (x.figure.exhibit, x.figure.row, x.figure.column) == ("calm_by_area", "a", "north")
        )
        texts[reading] = line.status
    assert texts == {"trailing_zero_cut": "off", "one_decimal": "reproduced"}


def test_respondents_of_another_seed_are_held_against_statuses_alone(
    study: Study, respondents: Survey
) -> None:
    frame = respondents.frame.assign(seed=1)
    other = Survey.from_frame(frame, respondents.design, study=study, provenance="reconstructed")
    assert validate(study, other).passed
    row = next(i for i, v in enumerate(frame["trust_1"]) if v == 5)
    frame.loc[row, "trust_1"] = 1
    moved = Survey.from_frame(frame, respondents.design, study=study, provenance="reconstructed")
    for failure in validate(study, moved).failures:
        assert failure.line.status in ("off", "excluded")


@pytest.fixture(scope="module")
def stored(make_pack: Callable[..., Study]) -> Study:
    study = make_pack()
    for path, text in pack_files(reconstruct_study(study)).items():
        path.write_text(text, encoding="utf-8")
    return study


def test_what_a_pack_stores_passes_and_proofs_are_named(stored: Study) -> None:
    result = validate(stored)
    assert result.passed
    excluded = [line for line in result.lines if line.status == "excluded"]
    assert sorted(line.figure.printed for line in excluded) == ["40.1%", "97.2%"]
    assert {line.reason.split(":")[0] for line in excluded} == {"P1", "P2"}
    rows = pd.read_csv(stored.path("expected.csv"))
    assert list(rows) == ["exhibit", "row", "column", "statistic", "section", "status", "value"]
    assert len(rows) == len(stored.figures())


def test_proofs_of_other_figures_exclude_nothing(stored: Study) -> None:
    path = stored.path("figures.csv")
    text = path.read_text(encoding="utf-8")
    try:
        path.write_text(text.replace("97.2%", "97.1%"), encoding="utf-8")
        lines = validate(at.load_study(stored.root)).lines
        assert "excluded" not in {line.status for line in lines}
    finally:
        path.write_text(text, encoding="utf-8")


def test_a_figure_without_expectation_fails(stored: Study) -> None:
    path = stored.path("expected.csv")
    text = path.read_text(encoding="utf-8")
    try:
        path.write_text("\n".join(text.splitlines()[:-1]) + "\n", encoding="utf-8")
        failures = validate(at.load_study(stored.root)).failures
        assert [f.reason for f in failures] == ["the pack has no expectation of this figure"]
    finally:
        path.write_text(text, encoding="utf-8")


def test_an_unknown_status_is_refused_with_its_line(stored: Study) -> None:
    path = stored.path("expected.csv")
    text = path.read_text(encoding="utf-8")
    try:
        path.write_text(text.replace(",reproduced,", ",reproducd,", 1), encoding="utf-8")
        with pytest.raises(StudyError, match=r"line 2, column status.*did you mean 'reproduced'"):
            validate(at.load_study(stored.root))
    finally:
        path.write_text(text, encoding="utf-8")


def test_a_pack_without_figures_or_respondents_is_refused() -> None:
    with pytest.raises(StudyError, match="published figures"):
        validate(at.load_study(ROOT / "data" / "ess10-norway"))
