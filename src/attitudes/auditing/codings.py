"""How items were turned: reversal constant, published keying, rows and blocks turned apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from attitudes.auditing.model import Assumptions, ConventionFinding
from attitudes.auditing.questions import Coding, coding_of, members_of
from attitudes.auditing.readings import Answers, Report
from attitudes.auditing.turning_search import Choice, Search
from attitudes.auditing.turning_words import constant_statements, keying_statements

__all__ = ["Turning", "declared_codings", "infer_turnings"]


@dataclass(frozen=True, slots=True)
class Turning:
    """The smallest set of statements about turning that the print allows.

    Attributes
    ----------
    shift
        Reversal constant minus (lowest + highest); 0 is the right one.
    turned
        (question, table) → whether it was published turned.
    conventions
        The statements, with what they explain.
    """

    shift: int
    turned: Mapping[tuple[str, str], bool]
    conventions: tuple[ConventionFinding, ...]

    def coding(self, answers: Answers, question: str, table: str) -> Coding:
        """Return the coding of a question in a table."""
        return coding_of(answers, constant=self.constant(answers), turned=self._is(question, table))

    def constant(self, answers: Answers) -> Fraction | None:
        """Return the reversal constant on the scale of a question."""
        if answers.low is None or answers.high is None:
            return None
        return answers.low + answers.high + self.shift

    def _is(self, question: str, table: str) -> bool | None:
        return self.turned.get((question, table))


def declared_codings(report: Report, question: str, shift: int = 0) -> dict[str, Coding]:
    """Return exhibit → coding by the codebook's keying, with a constant moved by ``shift``."""
    answers = report.answers[question]
    constant = None
    if answers.low is not None and answers.high is not None:
        constant = answers.low + answers.high + shift
    coding = coding_of(answers, constant=constant)
    return {m.table: coding for m in members_of(report, question)}


def infer_turnings(report: Report, assumptions: Assumptions, *, plain: bool) -> tuple[Turning, ...]:
    """Infer the reversal constant and the published keying from ranges and printed shares.

    Constants that explain as much are all returned, the one nearest to lowest + highest first.

    Parameters
    ----------
    plain
        Whether Total columns are plain means of groups.
    """
    search = Search(report, assumptions, plain=plain)
    keyed = any(report.answers[q].keying == "-" for q in search.questions)
    shifts = (0, -1, 1) if keyed else (0,)
    choices = {s: {q: search.best(q, s) for q in search.questions} for s in shifts}
    score = {
        s: (sum(len(c.conflicts) for c in by.values()), sum(c.cost for c in by.values()))
        for s, by in choices.items()
    }
    # A departure from the codebook costs as much as a figure that stays out of reach.
    best = min(sum(score[s]) for s in shifts)
    tied = sorted((s for s in shifts if sum(score[s]) == best), key=abs)
    return tuple(_turning(report, search, choices, score, s, keyed=keyed) for s in tied)


def _turning(
    report: Report,
    search: Search,
    choices: Mapping[int, Mapping[str, Choice]],
    score: Mapping[int, tuple[int, int]],
    shift: int,
    *,
    keyed: bool,
) -> Turning:
    """Return the statements about turning under one constant."""
    chosen = choices[shift]
    turned = {(q, t): o for q, c in chosen.items() for t, o in c.turned.items()}
    found = constant_statements(report, search, choices, score, shift) if keyed else []
    for question, choice in chosen.items():
        found += keying_statements(report, search, question, choice, shift)
    return Turning(shift, turned, tuple(found))
