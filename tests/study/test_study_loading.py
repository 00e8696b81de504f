"""Finding packs, reading them, and what is said when one cannot be used."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import attitudes as at
from attitudes.errors import StudyError
from attitudes.study import loading
from attitudes.study.loading import DEFAULT_STUDY, bundled_studies, load_study, locate_study
from attitudes.study.models import Study

Make = Callable[..., Study]


def test_default_study_is_the_bundled_one() -> None:
    assert at.load_study().id == DEFAULT_STUDY
    assert at.load_study().root.name == DEFAULT_STUDY


def test_both_packs_are_bundled() -> None:
    assert {"kyrgyzstan-2023", "ess10-norway"} <= set(bundled_studies())


def test_package_data_comes_before_the_checkout(
    tmp_path: Path, small_text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "_packs", tmp_path / "data"
    for home, name in ((first, "one"), (second, "one"), (second, "two")):
        (home / name).mkdir(parents=True)
        (home / name / "study.yaml").write_text(small_text, encoding="utf-8")
    monkeypatch.setattr(loading, "_homes", lambda: (first, second))
    assert locate_study("one") == first / "one" / "study.yaml"
    assert locate_study("two") == second / "two" / "study.yaml"


def test_folder_and_file_name_the_same_pack(tmp_path: Path, make_study: Make) -> None:
    study = make_study()
    assert load_study(tmp_path) == load_study(tmp_path / "study.yaml") == study
    assert study.root == tmp_path


def test_byte_order_mark_is_read_over(tmp_path: Path, small_text: str) -> None:
    (tmp_path / "study.yaml").write_bytes(b"\xef\xbb\xbf" + small_text.encode())
    assert load_study(tmp_path).id == "small"


def test_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(StudyError, match="did you mean 'kyrgyzstan-2023'"):
        load_study("kyrgyzstan-2024")


def test_folder_without_a_study(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"a folder without study\.yaml"):
        load_study(tmp_path)


def test_encoding_error_names_the_line(tmp_path: Path, small_text: str) -> None:
    raw = small_text.replace("Малое исследование", "@@").encode()
    (tmp_path / "study.yaml").write_bytes(raw.replace(b"@@", "Малое".encode("cp1251")))
    with pytest.raises(StudyError, match=r"study\.yaml, line 2: .*not UTF-8"):
        load_study(tmp_path)


def test_broken_yaml_names_line_and_column(make_study: Make) -> None:
    with pytest.raises(StudyError, match=r"study\.yaml, line \d+, column \d+: found broken YAML"):
        make_study(("languages: [en, ru]", "languages: [en, ru"))


def test_empty_file_and_list_are_no_study(tmp_path: Path) -> None:
    for text in ("", "- a\n- b\n"):
        (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
        with pytest.raises(StudyError, match="no mapping of keys"):
            load_study(tmp_path)


def test_repeated_key_is_an_error(make_study: Make) -> None:
    with pytest.raises(StudyError, match=r"key languages: found the key of line 3 again"):
        make_study(("unreviewed:", "languages:"))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("response: agreement, scale", "response: agreemnt, scale", "did you mean 'agreement'"),
        ("scale: trust, keying", "scale: trsut, keying", "did you mean 'trust'"),
        (
            'keying: "-"',
            'keying: "x"',
            r"key questions\.1\.keying: found 'x'; allowed: '\+' or '-'",
        ),
        (', keying: "-"', "", "'\\+' or '-' for an item of a scale"),
        ("id: q2", "id: q1", "'q1' a second time"),
        (
            "scales: [trust], b",
            "questions: [incom], b",
            "unknown question 'incom'.*did you mean 'income'",
        ),
        ("section: main", "section: man", "did you mean 'main'"),
        ("breakdown: area", "breakdown: aera", "did you mean 'area'"),
        ("order: [south, north]", "order: [south, east]", "unknown answer to area 'east'"),
        ("{area: [north]}", "{area: [nort]}", "did you mean 'north'"),
        ("{from: income", "{from: incme", "did you mean 'income'"),
        ("poor: [0, 9], rich: [10, 99]", "poor: [0, 10], rich: [10, 99]", "overlap at 10"),
        ("poor: [0, 9], rich", "poor: [0, 9], richer", "did you mean 'rich'"),
        ("agree: [4, 5]", "agree: [4, 6]", "box 'agree' holds \\[6\\]"),
        ("dont_know: 97", "dont_know: 5", "missing codes \\[5\\] are answers as well"),
        ("refused: 98", "refused: 97", "share a code"),
        ("low: 1", "low: 7", "low 7 is not below high 5"),
        ("minimum_answered: 1", "minimum_answered: 3", "at most 2, its items"),
        ("Trust, kind", "{ru: Доверие}, kind", "the wording in 'en' is missing"),
        ("text: I trust, ", "", "nothing; allowed: a value for 'text'"),
        ("sections:", "secions: []\nsections:", "unknown key 'secions'.*did you mean 'sections'"),
        ("kind: means", "kind: table", "allowed: 'means'"),
        ("unreviewed: [ru]", "unreviewed: [ky]", "unknown language 'ky'"),
        ("{reversal_constant: 5, ", "{items: q9, reversal_constant: 5, ", "unknown item 'q9'"),
        ("{reversal_constant: 5, ", "{", "a rule that sets nothing"),
        ("kind: means", "kind: text", "needs 'file'"),
        ('1: "No",', "no: Never,", "is a truth value; quote the code"),
        ("scales: [trust], b", "questions: [aid], b", "answers without numbers"),
    ],
)
def test_each_mistake_has_its_sentence(make_study: Make, old: str, new: str, message: str) -> None:
    with pytest.raises(StudyError, match=message) as caught:
        make_study((old, new))
    assert re.search(r"study\.yaml, line \d+", str(caught.value))


def test_line_is_the_line_of_the_mistake(make_study: Make, small_text: str) -> None:
    line = next(i for i, t in enumerate(small_text.splitlines(), 1) if "id: q2" in t)
    with pytest.raises(StudyError, match=rf"line {line}, key questions\.1\.response"):
        make_study(("I doubt, response: agreement", "I doubt, response: nothing"))


def test_all_mistakes_are_told_together(make_study: Make) -> None:
    with pytest.raises(StudyError) as caught:
        make_study(
            ("scale: trust, keying", "scale: trsut, keying"), ("section: main", "section: man")
        )
    assert len(caught.value.failures) == 2
    assert str(caught.value).count("study.yaml, line") == 2


def test_missing_file_of_the_pack_is_named(make_study: Make) -> None:
    with pytest.raises(StudyError, match=r"key published\.figures: found no file 'f\.csv'"):
        make_study(("responses:", "published: {figures: f.csv}\nresponses:"))
