"""A small invented pack: its figures are those of generated respondents, one sentence apart."""

from __future__ import annotations

import csv
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import attitudes as at
from attitudes.numerics.printed.decimals import RoundingRule, print_fraction
from attitudes.study.models import Study

PACK = """\
id: mini
title: A small invented study
data:
  file: responses.csv
  respondent: respondent
  provenance: reconstructed
  note: Nobody gave these answers.
published: {figures: figures.csv, expected: expected.csv}
responses:
  agreement:
    kind: ordinal
    low: 1
    high: 5
    answers: {1: Never, 2: Seldom, 3: Sometimes, 4: Often, 5: Always}
    boxes: {agree: [4, 5]}
    missing: {dont_know: 97, refused: 98}
  area: {kind: nominal, answers: {north: North, south: South, isle: Isle}}
  shift: {kind: nominal, answers: {day: Day, night: Night}}
scales:
  - {id: calm, label: Calm, minimum_answered: 2}
questions:
  - {id: a, text: I am calm, response: agreement, scale: calm, keying: "+"}
  - {id: b, text: I am in a hurry, response: agreement, scale: calm, keying: "-"}
  - {id: c, text: I have time, response: agreement, scale: calm, keying: "+"}
  - {id: area, text: Area, response: area}
  - {id: shift, text: Shift, response: shift}
breakdowns:
  - {id: area, label: Area}
  - {id: shift, label: Shift}
conventions:
  rules:
    - {reversal_constant: 5, totals: mean_of_groups, rounding: half_up, evidence: all tables}
    - {tables: calm_by_shift, totals: pooled, evidence: no totals}
    - {tables: text, totals: pooled, base: asked, evidence: shares of all}
sections:
  - {id: main, title: Main}
exhibits:
  - {id: calm_by_area, title: Calm by area, kind: means, section: main, scales: [calm],
     breakdown: area, published: true}
  - {id: calm_by_shift, title: Calm by shift, kind: means, section: main, scales: [calm],
     breakdown: shift, published: true, total_column: false}
reconstruction:
  exact: [calm_by_area]
  sizes:
    area: {north: 60, south: 80, isle: 40}
    shift: {day: 110, night: 70}
  sizes_reason: invented
  reliability: 0.7
  icc: 0.1
  seed: 3
  reason: Everything but the printed figures is invented.
"""
ITEMS = {"a": 1, "b": -1, "c": 1}
AREAS = {"north": 60, "south": 80, "isle": 40}
SHIFTS = {"day": 110, "night": 70}
Row = tuple[str, str, str, str, str, str]


def respondents() -> pd.DataFrame:
    rng = np.random.default_rng(11)
    frame = pd.DataFrame(
        {
            "area": np.repeat(list(AREAS), list(AREAS.values())),
            "shift": rng.permutation(np.repeat(list(SHIFTS), list(SHIFTS.values()))),
        }
    )
    mood = rng.normal(size=len(frame)) + (frame["area"] == "isle") * 0.5
    for item, sign in ITEMS.items():
        noisy = sign * mood + rng.normal(size=len(frame))
        frame[item] = np.clip(np.rint(3 + noisy), 1, 5).astype(int)
        frame.loc[rng.random(len(frame)) < 0.06, item] = 97
    return frame


def mean(frame: pd.DataFrame, item: str) -> Fraction:
    answers = [int(v) for v in frame[item] if v < 97]
    turned = [5 - v if ITEMS[item] < 0 else v for v in answers]
    return Fraction(sum(turned), len(turned))


def table(
    frame: pd.DataFrame,
    exhibit: str,
    by: str,
    groups: list[str],
    total: bool,
    rounding: RoundingRule,
) -> list[Row]:
    cells = {(i, g): mean(frame[frame[by] == g], i) for i in ITEMS for g in groups}
    values = dict(cells)
    for g in groups:
        values["total", g] = sum((cells[i, g] for i in ITEMS), Fraction(0)) / len(ITEMS)
    if total:
        for i in (*ITEMS, "total"):
            values[i, "total"] = sum((values[i, g] for g in groups), Fraction(0)) / len(groups)
    return [
        (exhibit, i, g, "mean", print_fraction(v, 2, rounding), "I")
        for (i, g), v in sorted(values.items())
    ]


def figures(rounding: RoundingRule = "half_up") -> list[Row]:
    frame = respondents()
    agree = Fraction(100 * int(frame["a"].isin([4, 5]).sum()), len(frame))
    return [
        *table(frame, "calm_by_area", "area", list(AREAS), True, rounding),
        *table(frame, "calm_by_shift", "shift", list(SHIFTS), False, rounding),
        ("text", "a", "total", "percent:agree", print_fraction(agree, 1) + "%", "I"),
        ("text", "c", "total", "percent:agree", "97.2%", "I"),
        ("text", "c", "day", "percent:agree", "40.1%", "I"),
    ]


def write_pack(folder: Path, text: str = PACK, rows: list[Row] | None = None) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    with (folder / "figures.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["exhibit", "row", "column", "statistic", "printed", "section"])
        writer.writerows(figures() if rows is None else rows)
    return folder


@pytest.fixture(scope="session")
def mini(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return at.load_study(write_pack(tmp_path_factory.mktemp("packs") / "mini"))


@pytest.fixture(scope="session")
def make_pack(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Study]:
    """Return a function that loads the pack with pieces of its text or one figure replaced."""

    def make(
        *changes: tuple[str, str],
        changed: tuple[str, str, str, str] | None = None,
        rounding: RoundingRule = "half_up",
    ) -> Study:
        text = PACK
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        rows = figures(rounding)
        if changed is not None:
            exhibit, row, column, printed = changed
            rows = [(*r[:4], printed, r[5]) if r[:3] == (exhibit, row, column) else r for r in rows]
        return at.load_study(write_pack(tmp_path_factory.mktemp("pack") / "mini", text, rows))

    return make
