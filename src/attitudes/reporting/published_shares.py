"""Shares as the report computed them: of which answers, on which base."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from attitudes.reporting.regenerated import Regenerated
from attitudes.reporting.tallies import TOTAL, Tallies
from attitudes.study.conventions import Convention
from attitudes.study.exhibits import Exhibit
from attitudes.study.models import Study

__all__ = ["Counted", "counted_by_row", "share"]


@dataclass(frozen=True, slots=True)
class Counted:
    """What a share counts.

    Attributes
    ----------
    column
        Column of the data.
    codes
        Answers that count.
    kinds
        Kinds of missing answer that count.
    """

    column: str
    codes: tuple[int | str, ...]
    kinds: tuple[str, ...] = ()


def share(
    counted: Counted,
    column: str,
    breakdown: str | None,
    rule: Convention,
    tallies: Callable[[bool], Tallies],
) -> Regenerated:
    """Return the percentage of a group's base that gave one of the answers counted."""
    chosen = tallies(rule.weighted)
    if not chosen.has(counted.column):
        return Regenerated(None, 0, rule, f"these data have no column {counted.column}")
    tally = chosen.tally(counted.column, None if column == TOTAL else breakdown)[column]
    weight, base = tally.base(rule.base)
    if not weight:
        return Regenerated(None, 0, rule, "nobody was asked")
    hits = sum((tally.answers[c] for c in counted.codes), Fraction(0))
    hits += sum((tally.missing[k] for k in counted.kinds), Fraction(0))
    return Regenerated(100 * hits / weight, base, rule)


def counted_by_row(study: Study, row: str, box: str, exhibit: Exhibit | None) -> Counted | str:
    """Return what a row's share counts; a sentence when the row is no answer of respondents.

    Parameters
    ----------
    study
        The codebook.
    row
        A question (then ``box`` or the exhibit's box says which answers), or an answer, a kind
        of missing answer or a box of the exhibit's questions.
    box
        The part of the statistic behind the colon; may be empty.
    exhibit
        The exhibit the row stands in, None for running text.
    """
    stem = row.partition(".")[0]
    if study.has(row) or ("." in row and study.has(stem)):
        return _of_question(study, row, box or (exhibit.box if exhibit else None) or "")
    for question in study.exhibit_questions(exhibit) if exhibit is not None else ():
        found = _answer(study, question.id, row)
        if found is not None:
            return found
    return f"{row} is no answer of respondents"


def _answer(study: Study, question: str, name: str) -> Counted | None:
    """Find an answer, a kind of missing answer or a box of a question by its name."""
    response = study.response_of(question)
    if response.kind == "multiple":
        known = {str(code) for code in response.answers}
        return Counted(f"{question}.{name}", (1,)) if name in known else None
    for code in response.codes:
        if str(code) == name:
            return Counted(question, (code,))
    if name in response.boxes:
        return Counted(question, response.boxes[name])
    if name in response.missing:
        return Counted(question, (), (name,))
    return None


def _of_question(study: Study, row: str, box: str) -> Counted | str:
    stem, _, answer = row.partition(".")
    if study.has(row):
        stem, answer = row, box
    found = _answer(study, stem, answer)
    return found or f"{answer or 'nothing'} is neither an answer nor a box of {stem}"
