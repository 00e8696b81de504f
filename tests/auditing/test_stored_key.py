"""The key of a stored audit changes with what findings depend on, and with nothing else."""

import shutil
from pathlib import Path

import pytest

import attitudes as at
from attitudes.auditing.audit import figures_hash


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    shutil.copytree(at.load_study("kyrgyzstan-2023").root, tmp_path / "pack")
    return tmp_path / "pack"


def key_after(pack: Path, file: str, old: str, new: str) -> str:
    path = pack / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return figures_hash(at.load_study(str(pack)))


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("published/figures.csv", ",3.86,", ",3.87,"),
        ("study.yaml", 'keying: "-"', 'keying: "+"'),
        ("study.yaml", "reversal_constant: 5", "reversal_constant: 6"),
    ],
)
def test_figures_keying_and_conventions_change_it(pack, file, old, new):
    before = figures_hash(at.load_study(str(pack)))
    assert key_after(pack, file, old, new) != before


def test_a_wording_leaves_it(pack):
    before = figures_hash(at.load_study(str(pack)))
    assert key_after(pack, "study.yaml", "I could trust my life", "I might trust my life") == before
