"""What answers must be like for a correlation matrix to be had of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from attitudes.errors import AttitudesError, DataError, raise_all
from attitudes.numerics.correlation.contingency import OrdinalCodes, PairTables
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.psychometrics.items import ItemSet

__all__ = [
    "MAX_CATEGORIES",
    "check_categories",
    "check_correlations",
    "check_pair_tables",
    "check_pairs",
    "check_variation",
    "still_pairs",
    "unused_answers",
]

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


def still_pairs(correlation: FloatArray, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the pairs without a correlation: an item does not vary among those with both."""
    first, second = np.nonzero(np.triu(~np.isfinite(correlation), 1))
    return tuple(f"{names[i]} and {names[j]}" for i, j in zip(first, second, strict=True))


def check_pair_tables(tables: PairTables, names: tuple[str, ...]) -> None:
    """Refuse pairs in which an item does not vary among those who answered both.

    Raises
    ------
    DataError
        All such pairs together.
    """
    failures: list[AttitudesError] = []
    for counts, own in ((tables.counts.sum(axis=2), 0), (tables.counts.sum(axis=1), 1)):
        for p in np.flatnonzero((counts > 0).sum(axis=1) < 2):
            pair = names[tables.first[p]], names[tables.second[p]]
            failures.append(_still(pair, pair[own]))
    raise_all(failures)


def _still(pair: tuple[str, str], name: str) -> DataError:
    return DataError(
        f"items {pair[0]} and {pair[1]}",
        f"one and the same answer to {name} among those who answered both",
        "two different answers",
        "leave one of them out",
    )


def check_correlations(correlation: FloatArray, values: FloatArray, names: tuple[str, ...]) -> None:
    """Refuse pairs without a correlation, naming the item that does not vary.

    Raises
    ------
    DataError
        All such pairs together.
    """
    failures: list[AttitudesError] = []
    first, second = np.nonzero(np.triu(~np.isfinite(correlation), 1))
    for i, j in zip(first, second, strict=True):
        both = np.isfinite(values[:, i]) & np.isfinite(values[:, j])
        still = i if np.ptp(values[both, i]) == 0 else j
        failures.append(_still((names[i], names[j]), names[still]))
    raise_all(failures)


def unused_answers(
    items: ItemSet, everybody: NDArray[np.bool_], group: NDArray[np.bool_]
) -> tuple[str, ...]:
    """Return one sentence on answers that others give and a group never does.

    Items with more than 20 different answers are not looked at.
    """
    missed = []
    for j, name in enumerate(items.names):
        column = items.raw[:, j]
        known = np.isfinite(column)
        used = np.unique(column[known & everybody])
        if len(used) <= MAX_CATEGORIES:
            lost = np.setdiff1d(used, np.unique(column[known & group]))
            if len(lost):
                missed.append(f"{name} {', '.join(f'{v:g}' for v in lost)}")
    if not missed:
        return ()
    more = f" and of {len(missed) - 6} other items" if len(missed) > 6 else ""
    return (f"answers that nobody gives here: {'; '.join(missed[:6])}{more}",)
