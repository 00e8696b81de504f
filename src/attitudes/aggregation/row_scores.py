"""Means of coded answers straight from the respondents, for domains of few respondents a unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from attitudes.aggregation.answers import CodedAnswers
from attitudes.aggregation.segments import Segments
from attitudes.aggregation.totals import count_answers
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.variance.psu_totals import LinearEstimates

__all__ = ["ScoredMeans", "from_rows", "scored_means"]

ROWS_A_SEGMENT = 4
MOST_CODES = 64


@dataclass(frozen=True, slots=True)
class ScoredMeans:
    """Means of one variable in D domains.

    Attributes
    ----------
    linear
        Means D × 1, scores by segment S × 1, variances under simple random sampling D × 1.
    n
        Respondents of positive weight who answered, length D.
    population
        Their Σw, length D.
    """

    linear: LinearEstimates
    n: IntArray
    population: FloatArray


def from_rows(segments: Segments, answers: Any) -> bool:
    """Whether segments are so many that one score a respondent is cheaper than counts by segment.

    Counting takes a number a segment and code; where a segment holds a respondent or two, as in
    100 domains crossed with 20,000 units, that is more than the respondents are.
    """
    return (
        isinstance(answers, CodedAnswers)
        and answers.categories is None
        and len(answers.values) < MOST_CODES
        and segments.order is not None
        and segments.size * ROWS_A_SEGMENT > segments.n
    )


def scored_means(segments: Segments, answers: CodedAnswers) -> ScoredMeans:
    """Return the means of every domain and their linearised scores by segment.

    Notes
    -----
    Σw by domain and code gives the means; wᵢ(yᵢ − ȳ)/Σw, looked up by domain and code, is summed by
    segment. ȳ is taken as the distance from the most frequent answer, so that a domain whose
    answers are all the same has scores of exactly zero.
    """
    assert segments.order is not None
    inside = int(segments.row_starts[-1])
    codes = np.take(answers.codes, segments.order[:inside])
    width, count = len(answers.values) + 1, segments.n_domains
    key = segments.scaled_domain(width)[:inside] + codes
    weights = segments.sorted_weights[:inside]
    by_code = np.bincount(key, weights=weights, minlength=count * width).reshape(count, width)
    by_code = by_code[:, 1:]
    population = by_code.sum(axis=1)
    n = count_answers(segments, answers, codes)
    usual = answers.values[by_code.argmax(axis=1)]
    off = answers.values[None, :] - usual[:, None]
    divisor = np.where((n > 0) & (population > 0), population, np.nan)
    shift = (by_code * off).sum(axis=1) / divisor
    deviations = off - shift[:, None]
    srs = (by_code * deviations**2).sum(axis=1) / divisor / np.where(n > 1, n - 1.0, np.nan)
    table = np.zeros((count, width))
    table[:, 1:] = np.nan_to_num(deviations / divisor[:, None])
    rows = np.take(table.ravel(), key)
    rows *= weights
    scores = np.bincount(
        segments.sorted_segment[:inside], weights=rows, minlength=segments.size
    ).astype(np.float64, copy=False)
    linear = LinearEstimates((usual + shift)[:, None], scores[:, None], srs[:, None])
    return ScoredMeans(linear, n, population)
