"""Printed figures as an attacker reads them: of a pack, or of a bare CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from attitudes.auditing.bare import read_bare
from attitudes.auditing.inputs import report_of_figures, report_of_study
from attitudes.auditing.readings import Answers, Reading, Report
from attitudes.numerics.printed.exact import Rounding
from attitudes.reconstruction.printed import ColumnCodes, printed_of_columns, table_decimals
from attitudes.study.figures import Figure
from attitudes.study.models import Study

__all__ = ["AttackQuestion", "PrintedFigure", "questions_of_csv", "questions_of_study"]

_NONE = "no answer"
_OTHER = "another answer"


@dataclass(frozen=True, slots=True)
class PrintedFigure:
    """A figure as an interval of a ratio of counts.

    Attributes
    ----------
    figure
        As printed.
    breakdown, groups
        Of whom it is; empty for all respondents.
    numerator, denominator
        Coefficient of the count of each code.
    lower, upper
        Ends of what prints so.
    worth
        What it is worth where it contradicts others: cells of tables more than sentences.
    """

    figure: Figure
    breakdown: str
    groups: tuple[str, ...]
    numerator: Mapping[str, float]
    denominator: Mapping[str, float]
    lower: float
    upper: float
    worth: float = 1.0


@dataclass(frozen=True, slots=True)
class AttackQuestion:
    """What is printed of one question.

    Attributes
    ----------
    id, label
        Its id and wording.
    codes
        Its answers, then the kinds of missing answer.
    n_answers
        How many of the codes are answers.
    answers
        Code → words.
    groups
        Breakdown → groups.
    sizes
        (breakdown, group) → printed number of respondents, where it is printed.
    figures
        Its figures.
    complete
        Breakdowns whose groups make up all respondents.
    missing_printed
        Whether shares of missing answers are among the figures.
    """

    id: str
    label: str
    codes: tuple[str, ...]
    n_answers: int
    answers: Mapping[str, str]
    groups: Mapping[str, tuple[str, ...]]
    sizes: Mapping[tuple[str, str], int]
    figures: tuple[PrintedFigure, ...]
    complete: frozenset[str]
    missing_printed: bool

    def size(self, breakdown: str, group: str) -> int | None:
        """Return the printed number of respondents of a group."""
        return self.sizes.get((breakdown, group))


def questions_of_study(study: Study) -> list[AttackQuestion]:
    """Return the printed figures of a pack's questions, read under its conventions.

    Only printed numbers of respondents are used, not those that a reconstruction assumes.
    """
    report = report_of_study(study)
    printed = printed_of_columns(study, table_decimals(study.figures()))
    exhibits = {e.figures_id for e in study.exhibits}
    found: list[AttackQuestion] = []
    for column, own in printed.items():
        codes = ColumnCodes.of(study, column)
        question = study.question(column)
        own_codes = codes.codes[: codes.n_answers]
        if study.response_of(column).kind == "multiple":
            labels = {"0": "not named", "1": "named"}
        else:
            labels = {str(c): study.answer_label(question.id, c) for c in own_codes}
        figures = tuple(
            PrintedFigure(
                p.figure,
                p.form.domain[0][0] if p.form.domain else "",
                tuple(str(g) for g in p.form.domain[0][1]) if p.form.domain else (),
                {str(c): float(v) for c, v in p.form.numerator.items()},
                {str(c): float(v) for c, v in p.form.denominator.items()},
                float(p.lower),
                float(p.upper),
                4.0 if p.figure.exhibit in exhibits else 1.0,
            )
            for p in own
            if len(p.form.domain) <= 1
        )
        missing = {str(c) for c in codes.codes[codes.n_answers :]}
        used = dict.fromkeys(f.breakdown for f in figures if f.breakdown)
        groups = {b: tuple(str(g) for g in study.response_of(b).codes) for b in used}
        found.append(
            AttackQuestion(
                column,
                study.label(question.id),
                tuple(str(c) for c in codes.codes),
                codes.n_answers,
                labels,
                groups,
                {} if question.asked_of else _sizes(report, groups),
                figures,
                frozenset(groups),
                any(missing & set(f.numerator) and len(f.numerator) == 1 for f in figures),
            )
        )
    return found


def questions_of_csv(
    path: Path,
    *,
    scale: tuple[int, int] | None = None,
    exclusive: bool = False,
    rounding: Rounding = "half_up",
) -> list[AttackQuestion]:
    """Return the printed figures of a CSV that belongs to no pack.

    Parameters
    ----------
    path
        As ``attitudes audit`` reads it: ``exhibit,row,column,statistic,printed`` and, if any,
        ``section``, ``base`` (or ``n``) and ``sd``.
    scale
        Ends of the response scale of all means.
    exclusive
        Whether the named shares of one row exclude each other.
    rounding
        How figures were rounded.
    """
    figures, extras = read_bare(path)
    report = report_of_figures(
        figures, scale=scale, exclusive=exclusive, extras=extras, rounding=rounding
    )
    found: list[AttackQuestion] = []
    for question, answers in report.answers.items():
        readings = [
            r
            for r in report.readings
            if r.question == question and r.known and r.kind in ("mean", "share")
        ]
        for name, codes, own in _parts(question, answers, readings, exclusive):
            printed = [f for r in own if (f := _printed(r, answers, codes)) is not None]
            if printed:
                found.append(_bare_question(report, name, codes, printed))
    return found


def _parts(
    question: str, answers: Answers, readings: Sequence[Reading], exclusive: bool
) -> list[tuple[str, tuple[str, ...], list[Reading]]]:
    """Return id, answers and figures of what excludes each other."""
    known = {c for c, v in answers.values.items() if v is not None}
    named = set().union(*(answers.boxes.get(r.box, {r.box}) for r in readings if r.box))
    if known and (named <= known or any(r.kind == "mean" for r in readings)):
        return [(question, tuple(answers.values), list(readings))]
    boxes = list(dict.fromkeys(r.box for r in readings if r.kind == "share" and r.box))
    if exclusive:
        return [(question, (*boxes, _OTHER), list(readings))]
    return [
        (f"{question}: {b}", (b, f"not {b}"), [r for r in readings if r.box == b]) for b in boxes
    ]


def _printed(reading: Reading, answers: Answers, codes: tuple[str, ...]) -> PrintedFigure | None:
    low, high = reading.interval.low, reading.interval.high
    assert low is not None
    assert high is not None
    if reading.kind == "mean":
        numbers = {c: float(v) for c, v in answers.values.items() if v is not None}
        top, base = numbers, dict.fromkeys(numbers, 1.0)
    else:
        inside = answers.boxes.get(reading.box, frozenset())
        top = {c: 100.0 for c in codes if c in inside}
        base = dict.fromkeys(codes, 1.0)
    if not top:
        return None
    groups = reading.groups
    return PrintedFigure(
        reading.figure, reading.breakdown, groups, top, base, float(low), float(high)
    )


def _bare_question(
    report: Report, name: str, codes: tuple[str, ...], figures: Sequence[PrintedFigure]
) -> AttackQuestion:
    used = dict.fromkeys(f.breakdown for f in figures if f.breakdown)
    groups = {b: report.groups[b] for b in used}
    return AttackQuestion(
        name,
        report.label(name),
        (*codes, _NONE),
        len(codes),
        {},
        groups,
        _sizes(report, groups),
        tuple(figures),
        frozenset(groups),
        False,
    )


def _sizes(report: Report, groups: Mapping[str, Sequence[str]]) -> dict[tuple[str, str], int]:
    return {
        (b, g): report.bases[(b, g)].printed
        for b, members in groups.items()
        for g in members
        if (b, g) in report.bases
    }
