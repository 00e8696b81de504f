"""Random respondents and the tables that a report would print of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from attitudes.auditing.inputs import report_of_figures
from attitudes.auditing.readings import Answers, Report
from attitudes.numerics.printed.exact import Rounding, round_exact
from attitudes.study.claims import Claim
from attitudes.study.figures import Figure

GROUPS = {"place": ("north", "south", "east"), "origin": ("old", "new")}
LIKERT = {str(c): Fraction(c) for c in range(1, 6)}
BOXES = {c: frozenset({c}) for c in LIKERT} | {
    "agree": frozenset("45"),
    "disagree": frozenset("12"),
}
KEYING = {"q1": "+", "q2": "-", "q3": "-"}


@dataclass(frozen=True)
class Practice:
    """How the invented report computes its figures."""

    rounding: Rounding = "half_up"
    constant: int = 6
    unturned: frozenset[str] = frozenset()
    none_as: int | None = None
    none_tables: frozenset[str] = frozenset()
    pooled_totals: bool = True
    decimals: int = 2


@dataclass(frozen=True)
class Respondents:
    """Answers (0: none), and the group of each respondent."""

    answers: Mapping[str, np.ndarray]
    groups: Mapping[str, np.ndarray]

    @property
    def n(self) -> int:
        return len(next(iter(self.answers.values())))


def draw(seed: int, n: int = 240, missing: float = 0.1) -> Respondents:
    rng = np.random.default_rng(seed)
    groups = {b: rng.integers(0, len(names), n) for b, names in GROUPS.items()}
    answers = {}
    for q in KEYING:
        level = rng.normal(0, 1, n) + 0.7 * (groups["place"] == 0) - 0.5 * groups["origin"]
        coded = np.clip(np.round(3 + level), 1, 5).astype(int)
        answers[q] = np.where(rng.random(n) < missing, 0, coded)
    return Respondents(answers, groups)


def _text(value: Fraction, decimals: int, rounding: Rounding) -> str:
    return f"{float(round_exact(value, decimals, rounding)):.{decimals}f}"


def _mean(coded: np.ndarray, q: str, table: str, practice: Practice) -> Fraction:
    turned = KEYING[q] == "-" and q not in practice.unturned
    values = []
    for a in coded:
        x = int(a)
        if x == 0:
            if practice.none_as is None or table not in practice.none_tables:
                continue
            x = practice.none_as
        values.append(practice.constant - x if turned else x)
    return Fraction(sum(values), len(values))


def print_tables(people: Respondents, practice: Practice) -> list[Figure]:
    figures = []
    for breakdown, names in GROUPS.items():
        for code, name in enumerate(names):
            size = int((people.groups[breakdown] == code).sum())
            figures.append(Figure("sample", name, "total", "count", str(size), ""))
    figures.append(Figure("sample", "total", "total", "count", str(people.n), ""))
    for q, coded in people.answers.items():
        for breakdown, names in GROUPS.items():
            table = f"by_{breakdown}"
            means = [
                _mean(coded[people.groups[breakdown] == g], q, table, practice)
                for g in range(len(names))
            ]
            for name, mean in zip(names, means, strict=True):
                printed = _text(mean, practice.decimals, practice.rounding)
                figures.append(Figure(table, q, name, "mean", printed, ""))
            total = sum(means, Fraction(0)) / len(means)
            if practice.pooled_totals:
                total = _mean(coded, q, table, practice)
            printed = _text(total, practice.decimals, practice.rounding)
            figures.append(Figure(table, q, "total", "mean", printed, ""))
        answered = coded[coded > 0]
        for box, inside in (("agree", (4, 5)), ("disagree", (1, 2))):
            share = Fraction(int(np.isin(answered, inside).sum()) * 100, len(answered))
            printed = _text(share, 1, practice.rounding)
            figures.append(Figure("text", q, "total", f"percent:{box}", printed, ""))
    return figures


def read(figures: Sequence[Figure], rounding: Rounding = "unknown") -> Report:
    answers = {
        q: Answers(LIKERT, BOXES, ("dont_know",), True, keying, None)
        for q, keying in KEYING.items()
    }
    return report_of_figures(figures, answers=answers, groups=GROUPS, rounding=rounding)


@pytest.fixture
def respondents() -> Callable[..., Respondents]:
    return draw


@pytest.fixture
def tables() -> Callable[[Respondents, Practice], list[Figure]]:
    return print_tables


@pytest.fixture
def reader() -> Callable[..., Report]:
    return read


@pytest.fixture
def practice() -> type[Practice]:
    return Practice


def small_report(
    rows: Sequence[tuple[str, ...]],
    *,
    keying: Mapping[str, str] | None = None,
    rounding: Rounding = "unknown",
    groups: Mapping[str, tuple[str, ...]] | None = None,
    claims: Sequence[Claim] = (),
    answers: Mapping[str, Answers] | None = None,
    extras: Sequence[tuple[int | None, str | None]] = (),
) -> Report:
    """Return a report of a few figures: rows are exhibit, row, column, statistic, printed."""
    figures = [Figure(*row, *[""] * (6 - len(row))) for row in rows]
    known = {
        q: Answers(LIKERT, BOXES, (), True, (keying or {}).get(q), None)
        for q in dict.fromkeys(f.row for f in figures)
        if q.startswith("q")
    }
    return report_of_figures(
        figures,
        answers={**known, **(answers or {})},
        groups=GROUPS if groups is None else groups,
        rounding=rounding,
        claims=tuple(claims),
        extras=extras,
    )


def claim(
    question: str,
    statistic: str,
    group: str,
    relation: str,
    other: str = "",
    *,
    exhibit: str = "t",
    breakdown: str = "place",
) -> Claim:
    return Claim("c", "s", exhibit, question, statistic, breakdown, group, relation, other, "")


@pytest.fixture
def lab() -> SimpleNamespace:
    """What tests of single rules build their tiny reports with."""
    return SimpleNamespace(small_report=small_report, claim=claim, BOXES=BOXES, LIKERT=LIKERT)
