"""What answers must be like for a correlation matrix to be had of them."""

from __future__ import annotations

import numpy as np

from attitudes.errors import AttitudesError, DataError, raise_all
from attitudes.numerics.correlation.contingency import OrdinalCodes
from attitudes.numerics.design import FloatArray, IntArray

__all__ = ["MAX_CATEGORIES", "check_categories", "check_pairs", "check_variation"]

MAX_CATEGORIES = 20


def check_variation(values: FloatArray, names: tuple[str, ...], weights: FloatArray) -> None:
    """Refuse items that nobody answered, or everybody in the same way.

    Raises
    ------
    DataError
        All such items together.
    """
    failures: list[AttitudesError] = []
    counted = weights > 0
    if not counted.all():
        values = values[counted]
    for j, name in enumerate(names):
        answers = values[:, j]
        if len(answers) and answers.min() < answers.max():
            continue
        answers = answers[np.isfinite(answers)]
        if not len(answers):
            failures.append(DataError(f"item {name}", "no answers", "two different answers"))
        elif answers.min() == answers.max():
            failures.append(
                DataError(
                    f"item {name}",
                    f"a constant: all {len(answers)} answers are {answers[0]:g}",
                    "two different answers",
                    "leave the item out",
                )
            )
    raise_all(failures)


def check_categories(codes: OrdinalCodes, names: tuple[str, ...]) -> None:
    """Refuse items with too many different answers for an ordinal model.

    Raises
    ------
    DataError
        All such items together.
    """
    failures: list[AttitudesError] = [
        DataError(
            f"item {name}",
            f"{len(found)} different answers",
            f"at most {MAX_CATEGORIES} for a polychoric correlation",
            "use Pearson, or polyserial() for a continuous variable",
        )
        for name, found in zip(names, codes.categories, strict=True)
        if len(found) > MAX_CATEGORIES
    ]
    raise_all(failures)


def check_pairs(n: IntArray, names: tuple[str, ...]) -> None:
    """Refuse pairs of items that hardly anybody answered both.

    Raises
    ------
    DataError
        All such pairs together.
    """
    first, second = np.nonzero(np.triu(n < 3, 1))
    raise_all(
        [
            DataError(
                f"items {names[i]} and {names[j]}",
                f"{n[i, j]} respondents who answered both",
                "at least 3",
            )
            for i, j in zip(first, second, strict=True)
        ]
    )
