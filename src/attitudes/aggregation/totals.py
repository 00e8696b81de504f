"""PSU totals of one variable: the sums that its estimates need, by segment and by domain."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from attitudes.aggregation.answers import CodedAnswers, MeasuredAnswers
from attitudes.aggregation.segments import Segments
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.variance.psu_totals import VariableTotals

__all__ = [
    "both",
    "category_totals",
    "count_answers",
    "count_present",
    "domain_sums",
    "numeric_totals",
    "ratio_totals",
    "segment_sums",
]

FEW_SEGMENTS = 10_000
EPSILON = float(np.finfo(np.float64).eps)


def numeric_totals(segments: Segments, answers: CodedAnswers | MeasuredAnswers) -> VariableTotals:
    """Return Σw and Σwy of the respondents who answered, by segment."""
    if isinstance(answers, MeasuredAnswers):
        return _measured(segments, answers)
    counts, n = _weighted_counts(segments, answers)
    numbers = answers.values
    by_domain = _sorted_sums(segments, counts)[:, 1:]
    population = by_domain.sum(axis=1)
    means = by_domain @ numbers / np.where(population > 0, population, 1.0)
    deviations = numbers[None, :] - means[:, None]
    spread = (by_domain * deviations**2).sum(axis=1)
    one, value = np.zeros((2, len(numbers) + 1))
    one[1:], value[1:] = 1.0, numbers
    return VariableTotals(
        (counts @ one)[:, None],
        (counts @ value)[:, None],
        n[:, None],
        no_rounding(spread, means, population)[:, None],
        population[:, None],
    )


def category_totals(segments: Segments, answers: CodedAnswers) -> VariableTotals:
    """Return Σw of those who answered, and of those who chose each category, by segment."""
    counts, n = _weighted_counts(segments, answers)
    by_domain = _sorted_sums(segments, counts)[:, 1:]
    population = by_domain.sum(axis=1)
    with np.errstate(invalid="ignore"):
        shares = by_domain / population[:, None]
    return VariableTotals(
        counts[:, 1:].sum(axis=1, keepdims=True),
        np.ascontiguousarray(counts[:, 1:]),
        n[:, None],
        population[:, None] * shares * (1 - shares),
        population[:, None],
    )


def ratio_totals(
    segments: Segments, numerator: MeasuredAnswers, denominator: MeasuredAnswers
) -> VariableTotals:
    """Return Σw·denominator and Σw·numerator where both were answered, by segment."""
    present = both(numerator.present, denominator.present)
    weights = segments.weights if present is None else np.where(present, segments.weights, 0.0)
    top = segment_sums(segments, weights * numerator.values)
    bottom = segment_sums(segments, weights * denominator.values)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = _by_domain(segments, top) / _by_domain(segments, bottom)
    residual = numerator.values - _at_rows(segments, ratio) * denominator.values
    population = domain_sums(segments, weights)
    return VariableTotals(
        bottom[:, None],
        top[:, None],
        count_present(segments, present)[:, None],
        _spread(segments, weights, residual, population),
        population[:, None],
    )


def _weighted_counts(segments: Segments, answers: CodedAnswers) -> tuple[FloatArray, IntArray]:
    """Return the weighted number of each code by segment, and the respondents by domain.

    Returns
    -------
    counts
        S × (1 + K); code 0 is missing.
    n
        Respondents of positive weight who answered, length D.
    """
    width = len(answers.values) + 1
    size = segments.size * width
    if width > 256 or size > 24 * segments.n + 65_536:
        return _sparse_counts(segments, answers, width), count_answers(segments, answers)
    codes = answers.codes if segments.order is None else answers.codes[segments.order]
    key = segments.scaled(width) + codes
    counts = np.bincount(key, weights=segments.sorted_weights, minlength=size)[:size]
    n = count_answers(segments, answers, codes)
    return np.asarray(counts.reshape(segments.size, width), dtype=np.float64), n


def _sorted_sums(segments: Segments, values: FloatArray) -> FloatArray:
    """Return sums by domain of segments' values, which stand in the order of the domains."""
    starts = segments.domain_starts
    out = np.zeros((segments.n_domains, values.shape[1]))
    if segments.size < FEW_SEGMENTS:
        occupied = np.flatnonzero(starts[1:] > starts[:-1])
        if len(occupied):
            out[occupied] = np.add.reduceat(values, starts[occupied], axis=0)
        return out
    for d in range(segments.n_domains):
        part = values[starts[d] : starts[d + 1]]
        out[d] = np.ones(len(part)) @ part
    return out


def _sparse_counts(segments: Segments, answers: CodedAnswers, width: int) -> FloatArray:
    counts = np.zeros((segments.size, width))
    for code in range(1, width):
        chosen = np.flatnonzero(answers.codes == code)
        counts[:, code] = np.bincount(
            segments.of_row[chosen],
            weights=segments.weights[chosen],
            minlength=segments.size + 1,
        )[: segments.size]
    return counts


def _measured(segments: Segments, answers: MeasuredAnswers) -> VariableTotals:
    weights = segments.weights
    if answers.present is not None:
        weights = np.where(answers.present, weights, 0.0)
    population = domain_sums(segments, weights)
    return VariableTotals(
        segment_sums(segments, weights)[:, None],
        segment_sums(segments, weights * answers.values)[:, None],
        count_present(segments, answers.present)[:, None],
        _spread(segments, weights, answers.values, population),
        population[:, None],
    )


def _spread(
    segments: Segments, weights: FloatArray, values: FloatArray, population: FloatArray
) -> FloatArray:
    """Return Σw(y − ȳ)² by domain, D × 1, without cancellation."""
    with np.errstate(divide="ignore", invalid="ignore"):
        means = domain_sums(segments, weights * values) / population
    deviations = values - _at_rows(segments, means)
    spread = domain_sums(segments, weights * deviations**2)
    return no_rounding(spread, means, population)[:, None]


def no_rounding(spread: FloatArray, means: FloatArray, population: FloatArray) -> FloatArray:
    """Return Σw(y − ȳ)² with zero where no answer is further from ȳ than rounding takes it."""
    with np.errstate(invalid="ignore"):
        return np.where(spread <= population * (4 * EPSILON * means) ** 2, 0.0, spread)


def _at_rows(segments: Segments, by_domain: FloatArray) -> FloatArray:
    table = np.append(np.nan_to_num(by_domain, posinf=0.0, neginf=0.0), 0.0)
    return table[segments.row_domain]


def _by_domain(segments: Segments, by_segment: FloatArray) -> FloatArray:
    sums = np.bincount(segments.domain, weights=by_segment, minlength=segments.n_domains)
    return np.asarray(sums, dtype=np.float64)


def count_answers(
    segments: Segments, answers: CodedAnswers, sorted_codes: NDArray[Any] | None = None
) -> IntArray:
    """Return the respondents of positive weight who answered, by domain.

    ``sorted_codes`` are the codes in the order of the segments, where they are at hand.
    """
    if answers.complete:
        return segments.members
    if sorted_codes is None or not segments.sorted_rows or not segments.all_positive:
        return _less_missing(segments, np.flatnonzero(answers.codes == 0))
    starts = segments.row_starts
    return np.array([np.count_nonzero(sorted_codes[a:b]) for a, b in pairwise(starts)])


def count_present(segments: Segments, present: NDArray[np.bool_] | None) -> IntArray:
    """Return the respondents of positive weight who answered, by domain."""
    if present is None:
        return segments.members
    return _less_missing(segments, np.flatnonzero(~present))


def _less_missing(segments: Segments, rows: IntArray) -> IntArray:
    if not segments.all_positive:
        rows = rows[segments.weights[rows] > 0]
    gone = np.bincount(segments.row_domain[rows], minlength=segments.n_domains + 1)
    return segments.members - gone[: segments.n_domains]


def segment_sums(segments: Segments, values: FloatArray) -> FloatArray:
    """Return sums of respondents' values by segment, length S."""
    sums = np.bincount(segments.of_row, weights=values, minlength=segments.size + 1)
    return np.asarray(sums[: segments.size], dtype=np.float64)


def domain_sums(segments: Segments, values: FloatArray) -> FloatArray:
    """Return sums of respondents' values by domain, length D."""
    sums = np.bincount(segments.row_domain, weights=values, minlength=segments.n_domains + 1)
    return np.asarray(sums[: segments.n_domains], dtype=np.float64)


def both(a: NDArray[np.bool_] | None, b: NDArray[np.bool_] | None) -> NDArray[np.bool_] | None:
    """Return who answered both of two variables; None: everyone."""
    if a is None or b is None:
        return b if a is None else a
    return a & b
