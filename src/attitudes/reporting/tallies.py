"""Counts of answers by group: one pass over a question's column, kept for all that asks again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from attitudes.errors import DataError
from attitudes.study.models import Study
from attitudes.survey.survey import Survey

__all__ = ["TOTAL", "Tallies", "Tally", "study_of"]

TOTAL = "total"
_SUBSTITUTED = ("dont_know", "refused")


def study_of(survey: Survey, what: str) -> Study:
    """Return the study of a survey.

    Raises
    ------
    DataError
        When the survey has none.
    """
    if survey.study is None:
        raise DataError(what, "a survey without a study", "respondents read with a study pack")
    return survey.study


@dataclass(frozen=True, slots=True)
class Tally:
    """How often each answer was given in one group.

    Attributes
    ----------
    answers
        Answer code → count. Whole numbers, or sums of weights.
    missing
        Kind of missing answer → count.
    blank
        Rows that hold neither.
    size
        Rows of the group, unweighted.
    n_answers
        Answer code → unweighted count.
    """

    answers: Mapping[int | str, Fraction]
    missing: Mapping[str, Fraction]
    blank: Fraction
    size: int
    n_answers: Mapping[int | str, int]
    n_missing: Mapping[str, int]

    @property
    def answered(self) -> Fraction:
        """Weight of those who gave an answer."""
        return sum(self.answers.values(), Fraction(0))

    @property
    def n_answered(self) -> int:
        """Respondents who gave an answer."""
        return sum(self.n_answers.values())

    def base(self, rule: str) -> tuple[Fraction, int]:
        """Weight and number of those who count under a rule of bases."""
        total, count = self.answered, self.n_answered
        if rule in ("asked", "all"):
            for kind in self.missing:
                if rule == "all" or kind != "not_asked":
                    total += self.missing[kind]
                    count += self.n_missing[kind]
        if rule == "all":
            total += self.blank
            count = self.size
        return total, count

    def substituted(self) -> tuple[Fraction, int]:
        """Weight and number of don't-knows and refusals."""
        kinds = [k for k in _SUBSTITUTED if k in self.missing]
        weight = sum((self.missing[k] for k in kinds), Fraction(0))
        return weight, sum(self.n_missing[k] for k in kinds)


@dataclass(frozen=True, slots=True)
class _Coded:
    """A column as positions in its list of codes; −1 stands for neither answer nor missing."""

    codes: tuple[int | str, ...]
    kinds: tuple[str, ...]
    positions: NDArray[np.int64]


def positions(series: pd.Series[Any], codes: Sequence[Any]) -> NDArray[np.int64]:
    """Position of every value in ``codes``; −1 where it is not among them."""
    if isinstance(series.dtype, pd.CategoricalDtype):
        series = series.astype(series.cat.categories.dtype)
    found = pd.Index(list(codes), dtype=object).get_indexer(series.astype(object).to_numpy())
    return np.asarray(found, dtype=np.int64)


class Tallies:
    """Counts of answers of one survey, each column coded once.

    Parameters
    ----------
    survey
        Respondents with a study.
    weighted
        Whether sums of weights are taken in place of counts.
    """

    def __init__(self, survey: Survey, *, weighted: bool = False) -> None:
        self.survey = survey
        self.study = study_of(survey, "counts of answers")
        self._weights = survey.weights if weighted else None
        self._coded: dict[str, _Coded] = {}
        self._tables: dict[tuple[str, str | None], Mapping[str, Tally]] = {}

    def has(self, column: str) -> bool:
        """Whether the data holds a column."""
        return column in self.survey.frame.columns

    def coded(self, column: str) -> _Coded:
        """Return a column as positions in the codes of its response scale."""
        if column not in self._coded:
            response = self.study.response_of(column)
            codes = (0, 1) if response.kind == "multiple" else response.codes
            missing = self.study.missing_codes(column)
            listed = [*codes, *missing.values()]
            found = positions(self.survey.column(column), listed)
            self._coded[column] = _Coded(tuple(codes), tuple(missing), found)
        return self._coded[column]

    def groups(self, breakdown: str) -> tuple[tuple[str, ...], NDArray[np.int64]]:
        """Return the ids of a breakdown's groups, and each respondent's position among them."""
        codes = self.study.groups(breakdown)
        found = positions(self.survey.column(breakdown), codes)
        return tuple(str(c) for c in codes), found

    def tally(self, column: str, breakdown: str | None = None) -> Mapping[str, Tally]:
        """Return group id → counts; ``total`` holds all respondents."""
        key = (column, breakdown)
        if key not in self._tables:
            self._tables[key] = self._count(column, breakdown)
        return self._tables[key]

    def _count(self, column: str, breakdown: str | None) -> Mapping[str, Tally]:
        coded = self.coded(column)
        names: tuple[str, ...] = ()
        group = np.zeros(len(coded.positions), dtype=np.int64)
        if breakdown is not None:
            names, group = self.groups(breakdown)
        width = len(coded.codes) + len(coded.kinds) + 1
        index = (group + 1) * width + coded.positions + 1
        size = (len(names) + 2) * width
        counts = np.bincount(index, minlength=size).reshape(-1, width)
        sums: Any = counts
        if self._weights is not None:
            sums = np.bincount(index, self._weights, minlength=size).reshape(-1, width)
        tallies = {name: _tally(coded, counts[i + 1], sums[i + 1]) for i, name in enumerate(names)}
        tallies[TOTAL] = _tally(coded, counts.sum(axis=0), sums.sum(axis=0))
        return tallies


def _tally(coded: _Coded, counts: Any, sums: Any) -> Tally:
    k = len(coded.codes)
    whole = [Fraction(s) for s in sums.tolist()]
    number = counts.tolist()
    return Tally(
        dict(zip(coded.codes, whole[1 : k + 1], strict=True)),
        dict(zip(coded.kinds, whole[k + 1 :], strict=True)),
        whole[0],
        sum(number),
        dict(zip(coded.codes, number[1 : k + 1], strict=True)),
        dict(zip(coded.kinds, number[k + 1 :], strict=True)),
    )
