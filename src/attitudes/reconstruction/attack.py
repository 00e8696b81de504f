"""What printed figures give away about the answers of each group: publishing safety."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

import numpy as np
from scipy import sparse

from attitudes.errors import EstimationError
from attitudes.numerics.design import FloatArray
from attitudes.numerics.printed.pinned import LinearConditions, consistent_rows, ratio_bounds
from attitudes.reconstruction.attack_input import AttackQuestion, PrintedFigure
from attitudes.study.figures import Figure

__all__ = ["Attack", "PinnedAnswer", "attack_questions"]

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class PinnedAnswer:
    """Between which shares the print pins one answer of one group.

    Attributes
    ----------
    question, label
        Id and wording.
    breakdown, group
        The group; both ``total`` for all respondents.
    n
        Its respondents, as printed; None when not printed.
    answer
        The answer.
    low, high
        Share of the group's respondents who gave it, in percent.
    people_low, people_high
        The same in whole respondents; None when ``n`` is not known.
    small
        Whether the group has fewer respondents than is safe.
    """

    question: str
    label: str
    breakdown: str
    group: str
    n: int | None
    answer: str
    low: float
    high: float
    people_low: int | None
    people_high: int | None
    small: bool

    @property
    def width(self) -> float:
        """Percentage points that the print leaves open."""
        return self.high - self.low

    def to_dict(self) -> dict[str, Any]:
        """Return the row for JSON and CSV."""
        return {
            "question": self.question,
            "label": self.label,
            "breakdown": self.breakdown,
            "group": self.group,
            "n": self.n,
            "small": self.small,
            "answer": self.answer,
            "percent_low": round(self.low, 2),
            "percent_high": round(self.high, 2),
            "width": round(self.width, 2),
            "people_low": self.people_low,
            "people_high": self.people_high,
        }


@dataclass(frozen=True, slots=True)
class Attack:
    """What can be inferred from printed figures.

    Attributes
    ----------
    answers
        One row a question, group and answer: small groups first, the narrowest first.
    minimum_base
        Groups with fewer respondents are small.
    response
        Smallest share of each group that is taken to have answered a question.
    left_out
        Figures that contradict the others and were not used.
    """

    answers: tuple[PinnedAnswer, ...]
    minimum_base: int
    response: float
    left_out: tuple[Figure, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the result for JSON."""
        return {
            "minimum_base": self.minimum_base,
            "response": self.response,
            "answers": [a.to_dict() for a in self.answers],
            "left_out": [
                {
                    "exhibit": f.exhibit,
                    "row": f.row,
                    "column": f.column,
                    "statistic": f.statistic,
                    "printed": f.printed,
                }
                for f in self.left_out
            ],
        }

    def __repr__(self) -> str:
        small = [a for a in self.answers if a.small]
        narrow = sum(a.width <= 10 for a in small)
        return (
            f"Attack: {len(self.answers)} shares of answers bounded; {len(small)} of them of "
            f"groups under {self.minimum_base}, {narrow} of these within 10 percentage points; "
            f"{len(self.left_out)} contradicting figures not used"
        )


def attack_questions(
    questions: Sequence[AttackQuestion],
    *,
    minimum_base: int = 30,
    response: float = 0.8,
    progress: Progress | None = None,
) -> Attack:
    """Bound how many of each group gave each answer, from what is printed alone.

    Parameters
    ----------
    questions
        The printed figures, question by question.
    minimum_base
        Groups with fewer respondents are named first.
    response
        Smallest share of each group that answered, where the print does not say.
    progress
        Called with questions done, questions in all, and what is worked on.

    Notes
    -----
    Unknown are the counts of each answer in each group. Printed means and percentages, the
    printed sizes and that all breakdowns are of the same respondents are linear in them; the
    least and the greatest share of an answer is a linear programme each. Whole numbers can only
    narrow the bounds: what is pinned here is pinned.

    References
    ----------
    Dinur, I. and Nissim, K. (2003). Revealing information while preserving privacy. PODS, 202–210.
    """
    answers: list[PinnedAnswer] = []
    left_out: list[Figure] = []
    for done, question in enumerate(questions):
        if progress is not None:
            progress(done, len(questions), question.id)
        unknowns = _Unknowns(question)
        conditions = unknowns.conditions(response)
        left = consistent_rows(conditions, np.array([f.worth for f in question.figures]))
        left_out += [question.figures[i].figure for i in sorted(left)]
        kept = conditions.without(left)
        for breakdown, group in unknowns.targets():
            answers += _pinned(question, unknowns, kept, breakdown, group, minimum_base)
    if progress is not None:
        progress(len(questions), len(questions), "done")
    answers.sort(key=lambda a: (not a.small, round(a.width, 6), a.n or 0))
    return Attack(tuple(answers), minimum_base, response, tuple(left_out))


def _pinned(
    question: AttackQuestion,
    unknowns: _Unknowns,
    conditions: LinearConditions,
    breakdown: str,
    group: str,
    minimum_base: int,
) -> list[PinnedAnswer]:
    n = question.size(breakdown, group)
    everyone = unknowns.vector(breakdown, group, dict.fromkeys(question.codes, 1.0))
    found = []
    for code in question.codes[: question.n_answers]:
        ends = ratio_bounds(conditions, unknowns.vector(breakdown, group, {code: 1.0}), everyone)
        low, high = max(0.0, 100 * ends.low), min(100.0, 100 * ends.high)
        fewest = None if n is None else ceil(low * n / 100 - 1e-6)
        most = None if n is None else floor(high * n / 100 + 1e-6)
        small = n is not None and n < minimum_base
        found.append(
            PinnedAnswer(
                question.id,
                question.label,
                breakdown,
                group,
                n,
                question.answers.get(code, code),
                low,
                high,
                fewest,
                most,
                small,
            )
        )
    return found


class _Unknowns:
    """Counts of each code in each group of each breakdown, and of all respondents."""

    def __init__(self, question: AttackQuestion) -> None:
        self.question = question
        self.groups = {b: list(gs) for b, gs in question.groups.items()}
        places = [("total", "total"), *((b, g) for b, gs in self.groups.items() for g in gs)]
        self.place = {key: i * len(question.codes) for i, key in enumerate(places)}
        self.code = {c: k for k, c in enumerate(question.codes)}
        self.width = len(places) * len(question.codes)

    def targets(self) -> list[tuple[str, str]]:
        """Return the groups that figures speak of."""
        named = {(f.breakdown, g) for f in self.question.figures for g in f.groups if f.breakdown}
        whole = [("total", "total")] if any(not f.breakdown for f in self.question.figures) else []
        return whole + [key for key in self.place if key in named]

    def vector(self, breakdown: str, group: str, values: Mapping[str, float]) -> FloatArray:
        """Return coefficients of the unknowns of one group."""
        row = np.zeros(self.width)
        start = self.place[(breakdown, group)]
        for code, value in values.items():
            row[start + self.code[code]] = value
        return row

    def conditions(self, response: float) -> LinearConditions:
        """Return all that is known."""
        upper: list[FloatArray] = []
        limit: list[float] = []
        owner: list[int] = []
        for number, figure in enumerate(self.question.figures):
            for row in self._ends(figure):
                upper.append(row)
                limit.append(0.0)
                owner.append(number)
        silent = dict.fromkeys(self.question.codes[self.question.n_answers :], 1.0)
        if not self.question.missing_printed:
            for breakdown, group in self.place:
                row = self.vector(breakdown, group, silent) - (1 - response) * self.vector(
                    breakdown, group, dict.fromkeys(self.question.codes, 1.0)
                )
                upper.append(row)
                limit.append(0.0)
                owner.append(-1)
        equal, value = self._ties()
        return LinearConditions(
            sparse.csr_matrix(np.array(upper).reshape(-1, self.width)),
            np.array(limit),
            sparse.csr_matrix(np.array(equal).reshape(-1, self.width)),
            np.array(value),
            np.array(owner),
        )

    def _ends(self, figure: PrintedFigure) -> list[FloatArray]:
        top, base = np.zeros(self.width), np.zeros(self.width)
        for group in figure.groups or ("total",):
            top += self.vector(figure.breakdown or "total", group, figure.numerator)
            base += self.vector(figure.breakdown or "total", group, figure.denominator)
        return [top - figure.upper * base, figure.lower * base - top]

    def _ties(self) -> tuple[list[FloatArray], list[float]]:
        """Return that all respondents are 1, the groups' shares of them, and that groups add up.

        Printed sizes of different breakdowns seldom add up to one number, so their shares count.
        """
        everyone = dict.fromkeys(self.question.codes, 1.0)
        equal = [self.vector("total", "total", everyone)]
        value = [1.0]
        for breakdown, groups in self.groups.items():
            if breakdown not in self.question.complete:
                continue
            for code in self.question.codes:
                row = -self.vector("total", "total", {code: 1.0})
                for group in groups:
                    row += self.vector(breakdown, group, {code: 1.0})
                equal.append(row)
                value.append(0.0)
            sizes = [self.question.size(breakdown, g) for g in groups]
            if None not in sizes:
                whole = sum(n for n in sizes if n is not None)
                for group, n in zip(groups[:-1], sizes[:-1], strict=True):
                    equal.append(self.vector(breakdown, group, everyone))
                    value.append((n or 0) / whole)
        return equal, value


def require_figures(questions: Sequence[AttackQuestion], where: str) -> None:
    """Refuse figures among which no mean or percentage can be read.

    Raises
    ------
    EstimationError
        When there are none.
    """
    if not questions:
        raise EstimationError(
            where, "no mean or percentage", "figures of the statistics mean or percent:ANSWER"
        )
