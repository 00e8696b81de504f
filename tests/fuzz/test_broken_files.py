"""Files broken at random: each is read, with every row accounted for, or refused in words."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import attitudes as at
from attitudes.cli.app import app
from attitudes.errors import AttitudesError

pytestmark = pytest.mark.fuzz

PACK = Path(at.load_study("kyrgyzstan-2023").root)
LONG = settings(
    max_examples=600,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
PIECES = [
    *(",", ";", "\t", '"', "'", "\n", "\r\n", "\x00", ":", "- ", "{", "}", "[", "]", "#", "&a"),
    *("0", "1", "5", "6", "97", "-1", "3.5", "1e400", "nan", "", " ", "ң", "ӨҮ", "\ufeff", "é"),
    *("trust_1", "region", "bishkek", "null", "true", "*", "%", "total"),
]
edits = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 12), st.sampled_from(PIECES)), min_size=1, max_size=5
)


def broken(text: str, changes: list[tuple[float, int, str]]) -> str:
    """Cut some characters out at random places, and put others in."""
    for where, cut, piece in changes:
        at_ = int(where * len(text))
        text = text[:at_] + piece + text[at_ + cut :]
    return text


def refused_in_words(call: Callable[[], object]) -> bool:
    """Whether a call was refused with a message; any other failure is one of the test."""
    try:
        call()
    except AttitudesError as error:
        message = str(error)
    else:
        return False
    assert message.strip()
    return True


@LONG
@given(changes=edits, encoding=st.sampled_from(["utf-8", "utf-16", "cp1251"]))
def test_responses(tmp_path, changes, encoding):
    lines = (PACK / "responses.csv").read_text(encoding="utf-8").splitlines(keepends=True)[:12]
    path = tmp_path / "answers.csv"
    path.write_bytes(broken("".join(lines), changes).encode(encoding, errors="replace"))
    study = at.load_study("kyrgyzstan-2023")

    def read() -> None:
        survey = at.read_responses(path, study)
        assert survey.ledger.balanced
        assert survey.ledger.n_kept == survey.n

    refused_in_words(read)


@LONG
@given(changes=edits)
def test_study_packs(tmp_path_factory, changes):
    folder = tmp_path_factory.mktemp("pack") / "pack"
    shutil.copytree(PACK, folder, ignore=shutil.ignore_patterns("responses.csv", "audit.json"))
    text = (PACK / "study.yaml").read_text(encoding="utf-8")
    (folder / "study.yaml").write_text(broken(text, changes), encoding="utf-8")
    refused_in_words(lambda: at.load_study(str(folder)).figures())
    shutil.rmtree(folder)


@LONG
@given(changes=edits)
def test_published_figures(tmp_path_factory, changes):
    folder = tmp_path_factory.mktemp("pack") / "pack"
    shutil.copytree(PACK, folder, ignore=shutil.ignore_patterns("responses.csv", "audit.json"))
    for name in ("figures.csv", "claims.csv", "expected.csv"):
        path = folder / "published" / name
        path.write_text(broken(path.read_text(encoding="utf-8"), changes), encoding="utf-8")
    study = at.load_study(str(folder))
    refused_in_words(study.figures)
    refused_in_words(study.claims)
    shutil.rmtree(folder)


@LONG
@given(changes=edits)
def test_figures_without_a_pack(tmp_path, changes):
    rows = ["exhibit,row,column,statistic,printed,n"]
    rows += [f"t,q{i},{g},mean,{i + 0.37:.2f},40" for i in (1, 2, 3) for g in ("a", "b", "total")]
    rows += [f"t,q{i},total,percent:agree,{10 * i + 20}%,80" for i in (1, 2, 3)]
    path = tmp_path / "figures.csv"
    path.write_text(broken("\n".join(rows) + "\n", changes), encoding="utf-8")
    result = CliRunner().invoke(app, ["audit", str(path), "--scale", "1-5", "--json", "-"])
    assert result.exit_code in (0, 1, 2)
    assert result.exception is None or isinstance(result.exception, SystemExit)
