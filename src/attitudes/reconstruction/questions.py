"""One question after another: counts that print its figures, and who gives which answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from attitudes.errors import EstimationError
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.printed.group_counts import (
    CrossedCells,
    GroupCounts,
    RatioBound,
    solve_group_counts,
)
from attitudes.reconstruction.answers import cell_counts
from attitudes.reconstruction.exact import ExactCell
from attitudes.reconstruction.printed import ColumnCodes, Printed, bounds_of
from attitudes.reconstruction.wishes import missing_shares, wished_counts
from attitudes.study.models import Study
from attitudes.study.reconstruction_spec import ReconstructionSpec
from attitudes.study.responses import Code

__all__ = ["ColumnPlan", "asked", "group_variables", "plan_column", "wanted_bases"]


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """Counts of one column's codes, decided before people get them.

    Attributes
    ----------
    column
        Name of the column.
    codes
        Its codes.
    asked
        Which people were asked.
    place
        Cell of each person asked.
    table
        Counts of the codes by cell.
    unreached
        Figures that the counts do not print.
    unreached_bound
        Proven lower bound on the number of figures that any counts miss.
    """

    column: str
    codes: ColumnCodes
    asked: np.ndarray[tuple[int], np.dtype[np.bool_]]
    place: IntArray
    table: IntArray
    unreached: tuple[Printed, ...]
    unreached_bound: int


def asked(
    study: Study, spec: ReconstructionSpec, people: pd.DataFrame, question: str
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which people were asked a question: filters first, then those declared not asked."""
    inside = np.ones(len(people), dtype=bool)
    for variable, answers in study.question(question).asked_of.items():
        inside &= people[variable].isin(list(answers)).to_numpy()
    for rule in spec.not_asked:
        if question in rule.questions:
            group = np.flatnonzero((people[rule.variable] == rule.group).to_numpy() & inside)
            inside[group[: rule.count]] = False
    return inside


@dataclass(frozen=True, slots=True)
class _Problem:
    """The counts sought for one column."""

    column: str
    codes: ColumnCodes
    inside: np.ndarray[tuple[int], np.dtype[np.bool_]]
    places: tuple[IntArray, ...]
    sizes: tuple[IntArray, ...]
    wished: tuple[FloatArray, ...]
    groups: Mapping[str, list[Code]]


def _problem(
    study: Study,
    spec: ReconstructionSpec,
    people: pd.DataFrame,
    column: str,
    printed: list[Printed],
) -> _Problem:
    codes = ColumnCodes.of(study, column)
    inside = asked(study, spec, people, study.question(column).id)
    groups: dict[str, list[Code]] = {v: list(spec.sizes[v]) for v in group_variables(spec, printed)}
    places = {v: _numbers(people.loc[inside, v], groups[v]) for v in groups}
    sizes = {
        v: dict(zip(g, np.bincount(places[v], minlength=len(g)).tolist(), strict=True))
        for v, g in groups.items()
    }
    missing = missing_shares(printed, codes, sizes, spec)
    wished = wished_counts(printed, codes, sizes, missing)
    return _Problem(
        column,
        codes,
        inside,
        tuple(places.values()),
        tuple(np.array(list(s.values())) for s in sizes.values()),
        tuple(wished),
        groups,
    )


def wanted_bases(
    study: Study,
    spec: ReconstructionSpec,
    people: pd.DataFrame,
    column: str,
    printed: list[Printed],
    exhibit: str,
) -> dict[str, int]:
    """Return, for each column of an exhibit, the answers counted where most figures are printed.

    The exhibit's own cells must be printed, its totals not yet.
    """
    problem = _problem(study, spec, people, column, printed)
    own = {
        (p.figure.exhibit, p.figure.column): None
        for p in printed
        if p.figure.exhibit == exhibit and p.form.domain
    }
    bounds, _ = bounds_of(printed, problem.codes, problem.groups, own, _exhibits(study))
    found = _solve(problem, bounds)
    variables = list(problem.groups)
    out: dict[str, int] = {}
    for p in printed:
        if (p.figure.exhibit, p.figure.column) in own:
            variable, (group, *_) = p.form.domain[0]
            row = found.counts[variables.index(variable)][problem.groups[variable].index(group)]
            out[p.figure.column] = int(row @ problem.codes.vector(p.form.denominator))
    return out


def plan_column(
    study: Study,
    spec: ReconstructionSpec,
    people: pd.DataFrame,
    column: str,
    printed: list[Printed],
    exact: Mapping[tuple[str, str], ExactCell],
    filters: list[RatioBound],
    rng: np.random.Generator,
) -> ColumnPlan:
    """Decide the counts of a column's codes in every cell of the groups.

    Parameters
    ----------
    study, spec
        The pack and what it declares about reconstruction.
    people
        Respondents with their groups and the answers to earlier questions.
    column
        The column.
    printed
        Its figures.
    exact
        (Exhibit, column) → the base and the sum that a figure must have.
    filters
        Bounds that later questions put on it, whose bases its answers are.
    rng
        Source of chance.

    Raises
    ------
    EstimationError
        When the required figures cannot be had together.
    """
    problem = _problem(study, spec, people, column, printed)
    needed = {key: (cell.base, cell.total) for key, cell in exact.items()}
    bounds, kept = bounds_of(printed, problem.codes, problem.groups, needed, _exhibits(study))
    found = _solve(problem, [*bounds, *filters])
    place, table = cell_counts(list(problem.places), found.counts, rng)
    unreached = tuple(p for p, ok in zip(kept, found.reached[: len(kept)], strict=True) if not ok)
    return ColumnPlan(
        column, problem.codes, problem.inside, place, table, unreached, found.unreached_bound
    )


def _exhibits(study: Study) -> frozenset[str]:
    return frozenset(e.figures_id for e in study.exhibits)


def _solve(problem: _Problem, bounds: list[RatioBound]) -> GroupCounts:
    try:
        return solve_group_counts(
            problem.sizes,
            bounds,
            problem.wished,
            problem.codes.substantive,
            cells=_crossed(problem.places),
        )
    except EstimationError as error:
        raise EstimationError(
            f"reconstruction, {problem.column}", error.found, error.allowed, error.remedy
        ) from error


def _crossed(places: tuple[IntArray, ...]) -> CrossedCells:
    """Return the cells of the crossed groups that have people."""
    joint = np.stack(places)
    cells, sizes = np.unique(joint, axis=1, return_counts=True)
    return CrossedCells(sizes.astype(np.int64), tuple(cells))


def group_variables(spec: ReconstructionSpec, printed: list[Printed]) -> list[str]:
    """Return the variables whose groups have figures; the first declared one where none has."""
    named = {p.form.domain[0][0] for p in printed if len(p.form.domain) == 1}
    used = [v for v in spec.sizes if v in named]
    return used or [next(iter(spec.sizes))]


def _numbers(values: Any, groups: list[Code]) -> IntArray:
    return np.asarray(pd.Categorical(values, categories=groups).codes, dtype=np.int64)
