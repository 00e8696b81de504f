"""Totals of first and second moments: for variances, standard deviations and correlations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from attitudes.aggregation.answers import MeasuredAnswers, numeric_answers
from attitudes.aggregation.segments import Segments
from attitudes.aggregation.totals import both, count_present, domain_sums, segment_sums
from attitudes.numerics.design import FloatArray
from attitudes.numerics.variance.psu_totals import VariableTotals
from attitudes.survey.survey import Survey

__all__ = ["AnswerPair", "measured_answers", "measured_pair", "moment_totals", "product_totals"]


@dataclass(frozen=True, slots=True)
class AnswerPair:
    """Two variables' answers, numerator and denominator of a ratio for instance.

    Attributes
    ----------
    first, second
        The answers.
    present
        Who answered both, length n; None: everyone.
    """

    first: MeasuredAnswers
    second: MeasuredAnswers
    present: NDArray[np.bool_] | None


def measured_answers(survey: Survey, name: str) -> MeasuredAnswers:
    """Return numeric answers as float64, zero where missing."""
    answers = numeric_answers(survey, name)
    if isinstance(answers, MeasuredAnswers):
        return answers
    table = np.concatenate([[0.0], answers.values])
    present = None if answers.complete else answers.codes > 0
    return MeasuredAnswers(table[answers.codes], present)


def measured_pair(survey: Survey, first: str, second: str) -> AnswerPair:
    """Return the answers to two variables."""
    a, b = measured_answers(survey, first), measured_answers(survey, second)
    return AnswerPair(a, b, both(a.present, b.present))


def moment_totals(
    segments: Segments, answers: MeasuredAnswers, *, members: bool = True
) -> VariableTotals:
    """Return Σw(y − c) and Σw(y − c)² by segment, around a constant c near the mean.

    ``spread`` holds Σw(z − z̄)² of z = (y − ȳ)². With ``members`` the factor n/(n − 1) counts all
    respondents of the domain.
    """
    y = _shifted(answers.values, answers.present)
    weights = _weights(segments, answers.present)
    means = _means(segments, weights, y)
    squared = (y - _at_rows(segments, means)) ** 2
    sums = _totals(segments, weights, answers.present, [y, y**2], squared)
    return replace(sums, members=segments.members[:, None]) if members else sums


def product_totals(segments: Segments, pair: AnswerPair) -> VariableTotals:
    """Return Σw of a, b, a², b² and ab by segment, of both variables less a constant."""
    a = _shifted(pair.first.values, pair.present)
    b = _shifted(pair.second.values, pair.present)
    weights = _weights(segments, pair.present)
    return _totals(segments, weights, pair.present, [a, b, a * a, b * b, a * b], None)


def _shifted(values: FloatArray, present: NDArray[np.bool_] | None) -> FloatArray:
    """Return values less their plain mean, zero where missing: squares then lose no digits."""
    if present is None:
        return values - (values.mean() if len(values) else 0.0)
    count = int(present.sum())
    centre = float(values[present].mean()) if count else 0.0
    return np.where(present, values - centre, 0.0)


def _weights(segments: Segments, present: NDArray[np.bool_] | None) -> FloatArray:
    return segments.weights if present is None else np.where(present, segments.weights, 0.0)


def _means(segments: Segments, weights: FloatArray, values: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return domain_sums(segments, weights * values) / domain_sums(segments, weights)


def _at_rows(segments: Segments, by_domain: FloatArray) -> FloatArray:
    return np.append(np.nan_to_num(by_domain), 0.0)[segments.row_domain]


def _totals(
    segments: Segments,
    weights: FloatArray,
    present: NDArray[np.bool_] | None,
    columns: Sequence[FloatArray],
    squared: FloatArray | None,
) -> VariableTotals:
    population = domain_sums(segments, weights)
    spread = np.full((segments.n_domains, 1), np.nan)
    if squared is not None:
        off = squared - _at_rows(segments, _means(segments, weights, squared))
        spread = domain_sums(segments, weights * off**2)[:, None]
    return VariableTotals(
        segment_sums(segments, weights)[:, None],
        np.stack([segment_sums(segments, weights * c) for c in columns], axis=1),
        count_present(segments, present)[:, None],
        spread,
        population[:, None],
    )
