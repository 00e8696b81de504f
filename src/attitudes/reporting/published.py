"""Figures as published: counts of answers, put through the conventions that the pack declares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from attitudes.errors import StudyError
from attitudes.numerics.printed.decimals import RoundingRule, print_fraction
from attitudes.study.figures import Figure
from attitudes.study.forms import (
    Domain,
    Form,
    NotComputable,
    RatioForm,
    form_of,
    ratios,
)
from attitudes.study.models import Study
from attitudes.study.responses import Code
from attitudes.survey.survey import Survey

__all__ = [
    "AnswerCounts",
    "Regenerated",
    "evaluate",
    "print_as_published",
    "published_figures",
    "table_decimals",
]


class AnswerCounts:
    """Counts of the answers in any group of respondents, each cross-count made once.

    Parameters
    ----------
    survey
        Respondents with their codebook. Weights play no part: published figures are unweighted.
    """

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._codes: dict[str, tuple[Any, list[Code]]] = {}
        self._tables: dict[tuple[str, str | None], Any] = {}

    def __call__(self, column: str, domain: Domain) -> dict[Code, int]:
        """Return code → count of ``column`` among the respondents of ``domain``."""
        if len(domain) > 1:
            return self._crossed(column, domain)
        variable = domain[0][0] if domain else None
        table = self._table(column, variable)
        _, answers = self._factor(column)
        if variable is None:
            totals = table[0]
        else:
            _, groups = self._factor(variable)
            rows = [groups.index(g) for g in domain[0][1] if g in groups]
            totals = table[rows].sum(axis=0)
        return {code: int(n) for code, n in zip(answers, totals, strict=True) if n}

    def size(self, domain: Domain) -> int:
        """Return the number of respondents of a domain."""
        inside = np.ones(self._survey.n, dtype=bool)
        for variable, groups in domain:
            inside &= self._survey.column(variable).isin(list(groups)).to_numpy()
        return int(inside.sum())

    def _crossed(self, column: str, domain: Domain) -> dict[Code, int]:
        codes, answers = self._factor(column)
        inside = np.ones(self._survey.n, dtype=bool)
        for variable, groups in domain:
            inside &= self._survey.column(variable).isin(list(groups)).to_numpy()
        counts = np.bincount(codes[inside & (codes >= 0)], minlength=len(answers))
        return {code: int(n) for code, n in zip(answers, counts, strict=True) if n}

    def _factor(self, column: str) -> tuple[Any, list[Code]]:
        if column not in self._codes:
            codes, values = pd.factorize(self._survey.column(column))
            known = [v.item() if hasattr(v, "item") else v for v in values]
            self._codes[column] = (np.asarray(codes), known)
        return self._codes[column]

    def _table(self, column: str, variable: str | None) -> Any:
        key = (column, variable)
        if key not in self._tables:
            codes, answers = self._factor(column)
            if variable is None:
                flat = np.bincount(codes[codes >= 0], minlength=len(answers))
                self._tables[key] = flat[None, :]
            else:
                rows, groups = self._factor(variable)
                both = (codes >= 0) & (rows >= 0)
                joint = rows[both] * len(answers) + codes[both]
                counts = np.bincount(joint, minlength=len(groups) * len(answers))
                self._tables[key] = counts.reshape(len(groups), len(answers))
        return self._tables[key]


def evaluate(form: Form, counts: AnswerCounts) -> Fraction | None:
    """Return the exact figure; None when a base is empty.

    Examples
    --------
    >>> survey = Survey.from_frame(pd.DataFrame({"q": [1, 4, 5]}))
    >>> form = RatioForm("q", (), {c: Fraction(c) for c in range(1, 6)},
    ...                  {c: 1 for c in range(1, 6)})
    >>> evaluate(form, AnswerCounts(survey))
    Fraction(10, 3)
    """
    if isinstance(form, RatioForm):
        return form.value(counts(form.column, form.domain))
    return _mean_of([evaluate(part, counts) for part in form.parts])


def _mean_of(values: Sequence[Fraction | None]) -> Fraction | None:
    known = [v for v in values if v is not None]
    return None if len(known) < len(values) or not known else sum(known) / Fraction(len(known))


def table_decimals(figures: Sequence[Figure]) -> dict[tuple[str, str], int]:
    """Return the decimals of each table: the most that a figure of its statistic prints."""
    decimals: dict[tuple[str, str], int] = {}
    for figure in figures:
        key = (figure.exhibit, figure.statistic)
        decimals[key] = max(decimals.get(key, 0), figure.decimals)
    return decimals


def print_as_published(
    study: Study, figure: Figure, value: Fraction, decimals: dict[tuple[str, str], int]
) -> tuple[str, bool]:
    """Return a regenerated value as the report would print it, and whether it did.

    Notes
    -----
    A figure with fewer decimals than its table's is read as the pack's convention says: cut of
    its zero, or rounded to fewer decimals. Figures in running text have decimals of their own.
    Where the rounding rule is unknown, either neighbour of a half reproduces the print.
    """
    convention = study.convention_for(figure.exhibit, figure.row, figure.column)
    in_exhibit = any(e.figures_id == figure.exhibit for e in study.exhibits)
    places = figure.decimals
    if in_exhibit and convention.short_figures == "trailing_zero_cut":
        places = decimals[(figure.exhibit, figure.statistic)]
    rules: list[RoundingRule] = (
        ["half_up", "half_even"] if convention.rounding == "unknown" else [convention.rounding]
    )
    target = f"{figure.value:.{places}f}"
    texts = [print_fraction(value, places, rule) for rule in rules]
    return (target, True) if target in texts else (texts[0], False)


@dataclass(frozen=True, slots=True)
class Regenerated:
    """A published figure, computed anew as published.

    Attributes
    ----------
    figure
        As printed in the report.
    value
        Exact value from the respondents; None when it cannot be computed.
    printed
        That value as the report would print it.
    matches
        Whether it prints the report's figure.
    base
        Respondents that it rests on (the smallest of a mean's parts); None when not computable.
    reason
        Why it cannot be computed.
    """

    figure: Figure
    value: Fraction | None
    printed: str | None
    matches: bool
    base: int | None
    reason: str | None = None


def published_figures(
    survey: Survey, figures: Sequence[Figure] | None = None
) -> tuple[Regenerated, ...]:
    """Compute published figures anew, as published.

    Parameters
    ----------
    survey
        Respondents with their study.
    figures
        Which figures; default: all of the pack.

    Raises
    ------
    StudyError
        When the survey has no study.
    """
    study = survey.study
    if study is None:
        raise StudyError("survey", "no study", "a survey read with its study pack")
    printed = study.figures() if figures is None else tuple(figures)
    decimals = table_decimals(study.figures() if figures is None else printed)
    counts = AnswerCounts(survey)
    return tuple(_regenerate(study, figure, counts, decimals) for figure in printed)


def _regenerate(
    study: Study, figure: Figure, counts: AnswerCounts, decimals: dict[tuple[str, str], int]
) -> Regenerated:
    if (count := _composition_count(study, figure, counts)) is not None:
        text = str(count)
        return Regenerated(figure, Fraction(count), text, figure.value == count, count)
    form = form_of(study, figure)
    if isinstance(form, NotComputable):
        return Regenerated(figure, None, None, False, None, form.reason)
    columns = survey_columns(counts)
    absent = sorted({r.column for r in ratios(form)} - columns)
    if absent:
        return Regenerated(figure, None, None, False, None, f"no column {absent[0]!r} in the data")
    value = evaluate(form, counts)
    if value is None:
        return Regenerated(figure, None, None, False, 0, "nobody answered")
    text, matches = print_as_published(study, figure, value, decimals)
    base = min(r.base(counts(r.column, r.domain)) for r in ratios(form))
    return Regenerated(figure, value, text, matches, base)


def survey_columns(counts: AnswerCounts) -> set[str]:
    """Return the columns of the respondents that are counted."""
    return set(counts._survey.columns)


def _composition_count(study: Study, figure: Figure, counts: AnswerCounts) -> int | None:
    exhibit = next((e for e in study.exhibits if e.figures_id == figure.exhibit), None)
    if exhibit is None or exhibit.kind != "composition" or figure.statistic != "count":
        return None
    for question in study.exhibit_questions(exhibit):
        groups = {str(c): c for c in study.response_of(question.id).codes}
        if figure.row in groups:
            return counts.size(((question.id, (groups[figure.row],)),))
    return None
