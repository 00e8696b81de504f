"""Numbers recomputed: right keying, design weights, intervals from the sampling design."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from attitudes.errors import StudyError
from attitudes.estimation.mean import mean
from attitudes.estimation.proportion import proportion
from attitudes.psychometrics.keying import keyed
from attitudes.psychometrics.scoring import score
from attitudes.reporting.pairs import (
    Pairs,
    correlation_influence,
    fisher_interval,
    pairs_of,
)
from attitudes.study.models import Study
from attitudes.study.responses import Response
from attitudes.survey.survey import Survey

__all__ = ["TOTAL", "Estimate", "Recomputed"]

TOTAL = "total"
_SCORE, _KEYED, _VALUE, _SHARE = "__score", "__keyed", "__value", "__share"
_INFLUENCE = "__influence"


@dataclass(frozen=True, slots=True)
class Estimate:
    """One estimate.

    Attributes
    ----------
    value
        The estimate; None when there is none.
    se, low, high
        Standard error and interval, None where they cannot be had.
    n
        Respondents that it rests on, unweighted.
    df
        Degrees of freedom of the interval: sampled clusters less strata, counted in the group.
    """

    value: float | None
    se: float | None
    low: float | None
    high: float | None
    n: int
    df: float | None = None

    def times(self, factor: float) -> Estimate:
        """Return the estimate in another unit."""

        def scaled(number: float | None) -> float | None:
            return None if number is None else number * factor

        return Estimate(
            scaled(self.value),
            scaled(self.se),
            scaled(self.low),
            scaled(self.high),
            self.n,
            self.df,
        )


_NONE = Estimate(None, None, None, None, 0)


def _number(value: Any) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


class Recomputed:
    """Weighted estimates of one survey, each breakdown estimated once.

    Parameters
    ----------
    survey
        Respondents with a study.
    level
        Level of the intervals.
    """

    def __init__(self, survey: Survey, *, level: float = 0.95) -> None:
        if survey.study is None:
            raise StudyError("survey", "no study", "a survey read with its study pack")
        self._survey = survey
        self._study: Study = survey.study
        self._options: dict[str, Any] = {"level": level, "singleton": self._study.design.singleton}
        self._means: dict[str | None, Mapping[tuple[str, str], Estimate]] = {}
        self._shares: dict[tuple[str, str | None, bool], Mapping[tuple[str, str], Estimate]] = {}

    @cached_property
    def scored(self) -> Survey:
        """The survey with keyed items, scores of scales and values of scored answers."""
        survey = self._survey
        here = set(survey.frame.columns)
        for scale in self._study.scales:
            items = self._study.items(scale.id)
            if items and all(item.id in here for item in items):
                survey = keyed(survey, scale.id, suffix=_KEYED)
                survey = score(survey, [scale.id], suffix=_SCORE)
        values = {
            f"{q.id}{_VALUE}": _values(survey, q.id, self._study.response_of(q.id))
            for q in self._study.questions
            if q.scale is None and q.id in here and _has_values(self._study.response_of(q.id))
        }
        return survey.with_columns(values) if values else survey

    def column(self, name: str) -> str | None:
        """Return the column of ``scored`` that holds a scale's or item's recomputed value."""
        return next((c for c, known in self._named.items() if known == name), None)

    @cached_property
    def _named(self) -> dict[str, str]:
        """Column that holds a recomputed value → its question or scale."""
        return {column: name for name, column in self._columns().items()}

    def _columns(self) -> dict[str, str]:
        """Question or scale → column that holds its recomputed value."""
        ends = (_SCORE, _KEYED, _VALUE)
        return {
            name.removesuffix(end): name
            for name in self.scored.columns
            for end in ends
            if name.endswith(end)
        }

    def mean(self, name: str, group: int | str = TOTAL, breakdown: str | None = None) -> Estimate:
        """Mean of an item (keyed), of a scale's score or of scored answers in a group."""
        by = None if str(group) == TOTAL else breakdown
        if by not in self._means:
            self._means[by] = self._estimate_means(by)
        return self._means[by].get((name, str(group)), _NONE)

    def _estimate_means(self, by: str | None) -> Mapping[tuple[str, str], Estimate]:
        columns = self._columns()
        if not columns:
            return {}
        names = {column: name for name, column in columns.items()}
        table = mean(self.scored, list(names), by=[by] if by else None, **self._options)
        return _index(table.to_frame(), by, lambda row: names[row["variable"]])

    def pairs(self, x: str, y: str, *, published_in: str | None = None) -> Pairs:
        """Respondents' scores of two scales and their correlation.

        Parameters
        ----------
        x, y
            Scales.
        published_in
            Exhibit whose conventions key the scores; then nothing is weighted. None: recomputed.
        """
        if published_in is not None:
            scored = score(
                self._survey,
                [x, y],
                convention="as_published",
                published_in=(published_in, TOTAL),
                suffix=_SCORE,
            )
            values = [scored.answers(f"{name}{_SCORE}").as_float() for name in (x, y)]
            return pairs_of(values[0], values[1])
        values = [self.scored.answers(f"{name}{_SCORE}").as_float() for name in (x, y)]
        found = pairs_of(values[0], values[1], self._survey.weights)
        influence = correlation_influence(values[0], values[1], self._survey.weights)
        if found.r is None or influence is None:
            return found
        survey = self._survey.with_columns({_INFLUENCE: influence})
        row = mean(survey, [_INFLUENCE], **self._options).to_frame().iloc[0]
        low, high = fisher_interval(found.r, row["se"], row["df"], self._options["level"])
        return replace(found, low=_number(low), high=_number(high))

    def share(
        self,
        column: str,
        answer: str,
        group: int | str = TOTAL,
        breakdown: str | None = None,
        *,
        with_missing: bool = False,
    ) -> Estimate:
        """Percentage of a group that gave an answer.

        Parameters
        ----------
        column
            Column of the data: a question, or ``question.answer``.
        answer
            The answer's code, or the kind of missing answer.
        group, breakdown
            The group and its variable.
        with_missing
            Whether don't know and refusal belong to the base; not asked never does.
        """
        by = None if str(group) == TOTAL else breakdown
        key = (column, by, with_missing)
        if key not in self._shares:
            self._shares[key] = self._estimate_shares(*key)
        found = self._shares[key]
        if (answer, str(group)) in found:
            return found[answer, str(group)].times(100.0)
        base = next((e.n for (_, g), e in found.items() if g == str(group)), 0)
        return Estimate(0.0, None, None, None, base) if base else _NONE

    def box(
        self, column: str, codes: Sequence[int | str], group: int | str, breakdown: str | None
    ) -> Estimate:
        """Percentage of those who answered that gave one of several answers."""
        by = None if str(group) == TOTAL else breakdown
        named = "+".join(str(c) for c in codes)
        key = (f"{column}:{named}", by, False)
        if key not in self._shares:
            labels = self._labels(column, with_missing=False)
            inside = {str(c) for c in codes}
            boxed = np.where(np.isin(labels, list(inside)), "1", "0").astype(object)
            boxed[pd.isna(labels)] = None
            self._shares[key] = self._proportions(boxed, by)
        found = self._shares[key]
        if ("1", str(group)) in found:
            return found["1", str(group)].times(100.0)
        base = found.get(("0", str(group)), _NONE).n
        return Estimate(0.0, None, None, None, base) if base else _NONE

    def _labels(self, column: str, *, with_missing: bool) -> Any:
        response = self._study.response_of(column)
        codes = (0, 1) if response.kind == "multiple" else response.codes
        names = {code: str(code) for code in codes}
        if with_missing:
            names |= {c: k for k, c in response.missing.items() if k != "not_asked"}
        series = self._survey.column(column).astype(object)
        return series.map(names).to_numpy(dtype=object)

    def _estimate_shares(
        self, column: str, by: str | None, with_missing: bool
    ) -> Mapping[tuple[str, str], Estimate]:
        if column not in self._survey.frame.columns:
            return {}
        return self._proportions(self._labels(column, with_missing=with_missing), by)

    def _proportions(self, labels: Any, by: str | None) -> Mapping[tuple[str, str], Estimate]:
        survey = self._survey.with_columns(
            {_SHARE: pd.Series(labels, index=self._survey.frame.index)}
        )
        table = proportion(survey, [_SHARE], by=[by] if by else None, **self._options)
        return _index(table.to_frame(), by, lambda row: str(row["category"]))


def _has_values(response: Response) -> bool:
    return response.kind in ("ordinal", "numeric") or bool(response.scores)


def _values(survey: Survey, name: str, response: Response) -> Any:
    if not response.scores:
        return survey.answers(name).as_float()
    scores: dict[Any, float] = dict(response.scores)
    return survey.column(name).astype(object).map(scores).to_numpy(dtype=np.float64)


def _index(frame: pd.DataFrame, by: str | None, name: Any) -> dict[tuple[str, str], Estimate]:
    found: dict[tuple[str, str], Estimate] = {}
    for row in frame.to_dict("records"):
        group = TOTAL if by is None else str(row[by])
        found[name(row), group] = Estimate(
            _number(row["estimate"]),
            _number(row["se"]),
            _number(row["ci_low"]),
            _number(row["ci_high"]),
            int(row["n"]),
            _number(row["df"]),
        )
    return found
