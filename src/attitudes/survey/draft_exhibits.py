"""Breakdowns and exhibits for a draft: enough for a first report, to be cut down by a person."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from attitudes.survey.draft import Draft, DraftQuestion, DraftResponse

__all__ = ["DraftExhibit", "Outline", "outline_of"]

MOST_BREAKDOWNS = 4
MOST_GROUPS = 12
MOST_SINGLE = 24
"""Nominal and multiple-response questions that get a table or chart of their own."""
_WHO = re.compile(
    r"region|province|oblast|sex|gender|female|\bage|edu|ethni|nation|settle|urban|rural|employ",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class DraftExhibit:
    """A table or chart: kind, title, questions, and the variable that breaks it down."""

    id: str
    kind: str
    title: str
    questions: tuple[str, ...]
    breakdown: str | None = None
    statistic: str = "mean"
    total_row: bool = True


@dataclass(frozen=True, slots=True)
class Outline:
    """What a first report shows.

    Attributes
    ----------
    breakdowns
        Variable → label.
    exhibits
        In the order of the report.
    left_out
        Questions that no exhibit shows.
    """

    breakdowns: Mapping[str, str]
    exhibits: tuple[DraftExhibit, ...]
    left_out: tuple[str, ...] = ()


def outline_of(draft: Draft) -> Outline:
    """Return breakdowns and exhibits for a drafted codebook.

    Notes
    -----
    Questions on one ordinal scale share a chart of their answers and tables of their means;
    single nominal questions get a table each.
    """
    breakdowns = _breakdowns(draft)
    made = [*_respondents(breakdowns), *_scales(draft, breakdowns), *_numbers(draft, breakdowns)]
    singles = _singles(draft, breakdowns)
    made += singles[:MOST_SINGLE]
    left_out = tuple(e.questions[0] for e in singles[MOST_SINGLE:])
    return Outline(breakdowns, tuple(made), left_out)


def _groups(response: DraftResponse) -> int:
    if response.kind == "ordinal" and response.low is not None and response.high is not None:
        return response.high - response.low + 1
    return len(response.answers)


def _label(question: DraftQuestion) -> str:
    return question.text or question.column or question.id


def _breakdowns(draft: Draft) -> dict[str, str]:
    """Choose variables with few groups: those that tell who answered first."""
    able = [
        q
        for q in draft.questions
        if draft.responses[q.response].kind == "nominal"
        and 2 <= _groups(draft.responses[q.response]) <= MOST_GROUPS
    ]
    who = [q for q in able if _WHO.search(q.id) or _WHO.search(q.text or "")]
    chosen = (who or able)[:MOST_BREAKDOWNS]
    return {q.id: _label(q) for q in chosen}


def _respondents(breakdowns: Mapping[str, str]) -> list[DraftExhibit]:
    if not breakdowns:
        return []
    return [
        DraftExhibit("respondents", "composition", "Respondents", tuple(breakdowns), None, "count")
    ]


def _by_response(draft: Draft, kind: str, taken: Mapping[str, str]) -> dict[str, list[str]]:
    """Return response scale → its questions."""
    found: dict[str, list[str]] = {}
    for question in draft.questions:
        if draft.responses[question.response].kind == kind and question.id not in taken:
            found.setdefault(question.response, []).append(question.id)
    return found


def _scales(draft: Draft, breakdowns: Mapping[str, str]) -> list[DraftExhibit]:
    made = []
    labels = {q.id: _label(q) for q in draft.questions}
    for response, questions in _by_response(draft, "ordinal", breakdowns).items():
        title = labels[questions[0]] if len(questions) == 1 else response.replace("_", " ")
        name = response.removesuffix("_answers")
        made.append(
            DraftExhibit(
                f"{name}_answers",
                "diverging",
                f"{title}: answers",
                tuple(questions),
                None,
                "percent",
            )
        )
        made += _means(name, title, questions, breakdowns)
    return made


def _numbers(draft: Draft, breakdowns: Mapping[str, str]) -> list[DraftExhibit]:
    questions = [
        name for own in _by_response(draft, "numeric", breakdowns).values() for name in own
    ]
    return _means("numbers", "Numbers", questions, breakdowns) if questions else []


def _means(
    name: str, title: str, questions: Sequence[str], breakdowns: Mapping[str, str]
) -> list[DraftExhibit]:
    if not breakdowns:
        return [
            DraftExhibit(
                f"{name}_means", "means", f"{title}: means", tuple(questions), None, total_row=False
            )
        ]
    return [
        DraftExhibit(
            f"{name}_by_{variable}",
            "means",
            f"{title}: means by {label}",
            tuple(questions),
            variable,
            total_row=False,
        )
        for variable, label in breakdowns.items()
    ]


def _singles(draft: Draft, breakdowns: Mapping[str, str]) -> list[DraftExhibit]:
    first = next(iter(breakdowns), None)
    made = []
    for question in draft.questions:
        kind = draft.responses[question.response].kind
        if question.id in breakdowns or kind not in ("nominal", "multiple"):
            continue
        shown = "bars" if kind == "multiple" else "frequencies"
        made.append(
            DraftExhibit(
                f"{question.id}_shares",
                shown,
                _label(question),
                (question.id,),
                first if shown == "frequencies" else None,
                "percent",
            )
        )
    return made
