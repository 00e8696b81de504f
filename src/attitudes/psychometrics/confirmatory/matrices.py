"""From a table of parameters to the matrices of each group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.sem.structure import (
    DIRECTED,
    MEAN,
    SCALE,
    SYMMETRIC,
    THRESHOLD,
    GroupModel,
)
from attitudes.psychometrics.confirmatory.model_table import ModelTable, Parameter

__all__ = ["Placed", "place_parameters"]


@dataclass(frozen=True, slots=True)
class Placed:
    """The matrices of all groups, and where each parameter stands in them.

    Attributes
    ----------
    models
        One a group.
    element
        Element of its group's model that each parameter of the table is; −1 for those that are
        no element (scales under ``"theta"``).
    """

    models: tuple[GroupModel, ...]
    element: IntArray


def place_parameters(table: ModelTable, starts: FloatArray) -> Placed:
    """Return matrices of each group.

    Parameters
    ----------
    table
        All parameters.
    starts
        Value of each parameter of the table: fixed, or to start from.
    """
    variables = (*table.observed, *table.latent)
    number = {name: k for k, name in enumerate(variables)}
    counts = table.options.thresholds
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    item_of = np.repeat(np.arange(len(counts)), counts).astype(np.int64)
    element = np.full(len(table.parameters), -1, dtype=np.int64)
    models = []
    for g in range(table.n_groups):
        rows: list[tuple[int, int, int, int, float]] = []
        for k, p in enumerate(table.parameters):
            if p.group != g:
                continue
            if p.op == "~*~" and table.options.parameterization == "theta":
                continue
            element[k] = len(rows)
            rows.append((*_place(p, number, first), p.free, float(starts[k])))
        kind, row, column, free = (np.array([r[i] for r in rows], dtype=np.int64) for i in range(4))
        models.append(
            GroupModel(
                len(table.observed),
                len(variables),
                kind,
                row,
                column,
                free,
                np.array([r[4] for r in rows]),
                item_of,
                table.options.parameterization,
            )
        )
    return Placed(tuple(models), element)


def _place(p: Parameter, number: dict[str, int], first: IntArray) -> tuple[int, int, int]:
    """Kind, row and column of a parameter."""
    a = number[p.lhs]
    if p.op == "=~":
        return DIRECTED, number[p.rhs], a
    if p.op == "~":
        return DIRECTED, a, number[p.rhs]
    if p.op == "~~":
        return SYMMETRIC, a, number[p.rhs]
    if p.op == "~1":
        return MEAN, a, 0
    if p.op == "|":
        return THRESHOLD, int(first[a]) + int(p.rhs[1:]) - 1, 0
    return SCALE, a, 0
