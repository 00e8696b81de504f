"""One variable's answers in the form that is fastest to sum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from attitudes.aggregation.levels import code_levels
from attitudes.errors import DataError
from attitudes.numerics.design import FloatArray
from attitudes.survey.survey import Answers, Survey

__all__ = ["CodedAnswers", "MeasuredAnswers", "coded_categories", "numeric_answers"]

MAX_CODES = 32
PROBED = 4_096
LARGEST = 1e145


@dataclass(frozen=True, slots=True)
class CodedAnswers:
    """Answers with few distinct values.

    Attributes
    ----------
    codes
        0 where missing, otherwise 1 + the position in ``values``; length n.
    values
        Number of each code, length K; positions 0 … K−1 where the answers are categories.
    categories
        Labels of the codes; None where the answers are numbers.
    complete
        Whether no answer is missing.
    """

    codes: NDArray[Any]
    values: FloatArray
    categories: tuple[Any, ...] | None
    complete: bool


@dataclass(frozen=True, slots=True)
class MeasuredAnswers:
    """Answers with many distinct values.

    Attributes
    ----------
    values
        float64, zero where missing; length n.
    present
        Who answered, length n; None: everyone.
    """

    values: FloatArray
    present: NDArray[np.bool_] | None


def numeric_answers(survey: Survey, name: str) -> CodedAnswers | MeasuredAnswers:
    """Return the numeric answers to ``name``: coded where they are whole numbers of small range.

    Raises
    ------
    DataError
        No numbers, infinite ones, or such that their squares overflow.
    """
    answers = survey.answers(name)
    whole = _whole(answers)
    if whole is not None and len(whole):
        low, high = int(whole.min()), int(whole.max())
        if high - low < MAX_CODES:
            return _coded(whole, answers.present, low, high)
    values = np.asarray(answers.values, dtype=np.float64)
    if answers.present is not None:
        values = np.where(answers.present, values, 0.0)
    if len(values) and max(-values.min(), values.max()) > LARGEST:
        raise DataError(
            f"survey, column {name}",
            f"numbers as large as {np.abs(values).max():g}",
            f"up to {LARGEST:g}, whose squares can be summed",
            "express the column in a larger unit",
        )
    return MeasuredAnswers(values, answers.present)


def coded_categories(survey: Survey, name: str) -> CodedAnswers:
    """Return the categories of ``name`` as codes."""
    levels = code_levels(survey, name)
    if not levels.values:
        # Nobody answered and no codebook says what could have been: one row, marked as such.
        return CodedAnswers(np.zeros(survey.n, np.int8), np.zeros(1), (None,), survey.n == 0)
    codes = levels.codes + np.int64(1) if len(levels.values) > 126 else _plus_one(levels.codes)
    complete = not len(codes) or bool(codes.min() > 0)
    return CodedAnswers(codes, np.arange(len(levels.values), dtype=float), levels.values, complete)


def _plus_one(codes: NDArray[Any]) -> NDArray[np.int8]:
    small = codes.astype(np.int8)
    small += 1
    return small


def _whole(answers: Answers) -> NDArray[Any] | None:
    """Return the answers as int8 where that loses nothing (what is missing becomes 0)."""
    values, present = answers.values, answers.present
    if values.dtype.kind == "b":
        return values.view(np.int8)
    if values.dtype.kind in "iu":
        return values if present is None else values * present
    if values.dtype.kind != "f":
        return None
    if len(values) > PROBED and not _looks_whole(values[:PROBED], present):
        return None
    filled = values if present is None else np.where(present, values, 0)
    if not len(filled) or filled.min() < -127 or filled.max() > 127:
        return None
    small = filled.astype(np.int8)
    return None if (small != filled).any() else small


def _looks_whole(values: NDArray[Any], present: NDArray[np.bool_] | None) -> bool:
    probe = values if present is None else values[present[: len(values)]]
    return not (probe != np.rint(probe)).any()


def _coded(
    whole: NDArray[Any], present: NDArray[np.bool_] | None, low: int, high: int
) -> CodedAnswers:
    if whole.dtype == np.int8 and low > -126 and high < 127:
        codes = whole - np.int8(low - 1)
    else:
        codes = (whole.astype(np.int64) - (low - 1)).astype(np.int8)
    if present is not None:
        codes = codes * present
    return CodedAnswers(codes, np.arange(low, high + 1, dtype=np.float64), None, present is None)
