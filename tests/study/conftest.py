"""A small study pack that tests change and break."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from attitudes.study.loading import load_study
from attitudes.study.models import Study

SMALL = """\
id: small
title: {en: Small study, ru: Малое исследование}
languages: [en, ru]
unreviewed: [ru]
responses:
  agreement:
    kind: ordinal
    low: 1
    high: 5
    answers: {1: No, 5: {en: Very, ru: Очень}}
    boxes: {agree: [4, 5]}
    missing: {dont_know: 97, refused: 98}
  area: {kind: nominal, answers: {north: North, south: South}}
  money: {kind: numeric, low: 0}
  rich: {kind: nominal, answers: {poor: Poor, rich: Rich}}
  aids: {kind: multiple, answers: {food: Food, rent: Rent}}
scales:
  - {id: trust, label: Trust, minimum_answered: 1}
questions:
  - {id: q1, text: I trust, response: agreement, scale: trust, keying: "+"}
  - {id: q2, text: I doubt, response: agreement, scale: trust, keying: "-"}
  - {id: area, text: Area, response: area}
  - {id: income, text: Income, response: money}
  - {id: wealth, text: Wealth, response: rich, derive: {from: income, groups: {poor: [0, 9], rich: [10, 99]}}}
  - {id: aid, text: Aid, response: aids, asked_of: {area: [north]}}
breakdowns:
  - {id: area, label: Area, order: [south, north]}
conventions:
  rules:
    - {reversal_constant: 5, evidence: "all"}
sections:
  - {id: main, title: Main}
exhibits:
  - {id: trust_by_area, title: Trust, kind: means, section: main, scales: [trust], breakdown: area}
"""


@pytest.fixture
def small_text() -> str:
    return SMALL.replace("1: No,", '1: "No",')


@pytest.fixture
def make_study(tmp_path: Path, small_text: str) -> Callable[..., Study]:
    """Return a function that loads the small study with pieces of its text replaced."""

    def make(*changes: tuple[str, str]) -> Study:
        text = small_text
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
        return load_study(tmp_path)

    return make
