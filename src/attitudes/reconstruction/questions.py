"""One question: counts of its answers that print its figures, and who gives which answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from attitudes.errors import EstimationError
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.printed.group_counts import (
    CrossedCells,
    RatioBound,
    SumBound,
    solve_group_counts,
)
from attitudes.reconstruction.aims import Aim
from attitudes.reconstruction.answers import cell_counts
from attitudes.reconstruction.printed import ColumnCodes, Printed, bounds_of, place_of
from attitudes.reconstruction.targets import Part
from attitudes.reconstruction.wishes import missing_shares, vary, wished_counts
from attitudes.study.forms import RatioForm
from attitudes.study.models import Study
from attitudes.study.reconstruction_spec import ReconstructionSpec
from attitudes.study.responses import Code

__all__ = ["ColumnPlan", "asked", "group_variables", "plan_column"]

_AIM_WEIGHT = 0.25
_FEW = 0.12
"""Part of a group that may keep silent beyond what is wished for."""


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
    values, bases
        Values of the ratios that totals are made of, and the answers that they count.
    """

    column: str
    codes: ColumnCodes
    asked: np.ndarray[tuple[int], np.dtype[np.bool_]]
    place: IntArray
    table: IntArray
    unreached: tuple[Printed, ...]
    unreached_bound: int
    values: Mapping[Part, float]
    bases: Mapping[Part, int]


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


def plan_column(
    study: Study,
    spec: ReconstructionSpec,
    people: pd.DataFrame,
    column: str,
    printed: Sequence[Printed],
    parts: Sequence[Part],
    aims: Mapping[Part, Aim],
    filters: Sequence[RatioBound],
    rng: np.random.Generator,
    *,
    held: Mapping[Part, tuple[int, int]] | None = None,
    before: ColumnPlan | None = None,
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
    parts
        Ratios of its counts that totals are made of.
    aims
        Where some of them should lie.
    filters
        Bounds that later questions put on it, whose bases its answers are.
    rng
        Source of chance.
    held
        Ratio → the base and the sum that it must have.
    before
        An earlier plan of the column.

    Raises
    ------
    EstimationError
        When the required figures cannot be had together.
    """
    codes = ColumnCodes.of(study, column)
    inside = asked(study, spec, people, study.question(column).id)
    groups: dict[str, list[Code]] = {
        v: list(spec.sizes[v]) for v in group_variables(spec, printed, parts)
    }
    places = {v: _numbers(people.loc[inside, v], groups[v]) for v in groups}
    sizes = {
        v: dict(zip(g, np.bincount(places[v], minlength=len(g)).tolist(), strict=True))
        for v, g in groups.items()
    }
    missing = missing_shares(printed, codes, sizes, spec)
    required = frozenset(study.exhibit(name).figures_id for name in spec.exact)
    exhibits = frozenset(e.figures_id for e in study.exhibits)
    bounds, kept = bounds_of(printed, codes, groups, required, exhibits)
    wished = vary(wished_counts(printed, codes, sizes, missing), codes.n_answers, rng)
    try:
        found = solve_group_counts(
            [np.array(list(s.values())) for s in sizes.values()],
            bounds,
            wished,
            codes.substantive,
            conditions=[*filters, *_held_bounds(held or {}, codes, groups)],
            aims=_aim_bounds(aims, codes, groups),
            cells=_crossed(tuple(places.values())),
            caps=_caps(wished, codes.n_answers),
        )
    except EstimationError as error:
        raise EstimationError(
            f"reconstruction, {column}", error.found, error.allowed, error.remedy
        ) from error
    place, table = cell_counts(list(places.values()), found.counts, rng)
    unreached = tuple(p for p, ok in zip(kept, found.reached, strict=True) if not ok)
    values, bases = _values(parts, codes, groups, found.counts)
    bound = found.unreached_bound if before is None else before.unreached_bound
    return ColumnPlan(column, codes, inside, place, table, unreached, bound, values, bases)


def _caps(wished: Sequence[FloatArray], n_answers: int) -> list[FloatArray]:
    """Return how many of a group may give no answer: what is wished for and a half, and a few."""
    out: list[FloatArray] = []
    for table in wished:
        cap = np.repeat(table.sum(axis=1, keepdims=True), table.shape[1], axis=1)
        few = np.maximum(2.0, _FEW * cap[:, n_answers:])
        cap[:, n_answers:] = np.ceil(1.5 * table[:, n_answers:] + few)
        out.append(cap)
    return out


def group_variables(
    spec: ReconstructionSpec, printed: Sequence[Printed], parts: Sequence[Part] = ()
) -> list[str]:
    """Return the variables whose groups have figures; the first declared one where none has."""
    domains = [p.form.domain for p in printed] + [part[1] for part in parts]
    named = {d[0][0] for d in domains if len(d) == 1}
    return [v for v in spec.sizes if v in named] or [next(iter(spec.sizes))]


def _aim_bounds(
    aims: Mapping[Part, Aim], codes: ColumnCodes, groups: Mapping[str, Sequence[Code]]
) -> list[RatioBound]:
    bounds = []
    for part, aim in aims.items():
        form = _form(part)
        place = place_of(form, groups)
        if place is not None:
            top, base = codes.vector(form.numerator), codes.vector(form.denominator)
            ends = aim.lower, aim.upper
            bounds.append(RatioBound(*place, top, base, *ends, False, _AIM_WEIGHT))
    return bounds


def _held_bounds(
    held: Mapping[Part, tuple[int, int]], codes: ColumnCodes, groups: Mapping[str, Sequence[Code]]
) -> list[SumBound]:
    """Return the bases and sums that ratios must have, as bounds on sums of counts."""
    bounds: list[SumBound] = []
    for part, (base, total) in held.items():
        form = _form(part)
        place = place_of(form, groups)
        if place is None:
            continue
        breakdown, own = place
        shape = len(groups[list(groups)[breakdown]]), len(codes.codes)
        for values, number in ((form.denominator, base), (form.numerator, total)):
            rows = np.zeros(shape)
            rows[list(own)] = codes.vector(values)
            bounds.append(SumBound(breakdown, rows, float(number), float(number), True))
    return bounds


def _form(part: Part) -> RatioForm:
    column, domain, numerator, denominator = part
    return RatioForm(column, domain, dict(numerator), dict(denominator))


def _values(
    parts: Sequence[Part],
    codes: ColumnCodes,
    groups: Mapping[str, Sequence[Code]],
    counts: Sequence[IntArray],
) -> tuple[dict[Part, float], dict[Part, int]]:
    """Return the ratios' values and bases in the counts found."""
    out: dict[Part, float] = {}
    bases: dict[Part, int] = {}
    for part in parts:
        form = _form(part)
        place = place_of(form, groups)
        if place is None:
            continue
        breakdown, own = place
        total: FloatArray = counts[breakdown][list(own)].sum(axis=0).astype(np.float64)
        base = float(total @ codes.vector(form.denominator))
        if base > 0:
            out[part] = float(total @ codes.vector(form.numerator)) / base
            bases[part] = round(base)
    return out, bases


def _crossed(places: tuple[IntArray, ...]) -> CrossedCells:
    """Return the cells of the crossed groups that have people."""
    joint = np.stack(places)
    cells, sizes = np.unique(joint, axis=1, return_counts=True)
    return CrossedCells(sizes.astype(np.int64), tuple(cells))


def _numbers(values: Any, groups: list[Code]) -> IntArray:
    return np.asarray(pd.Categorical(values, categories=groups).codes, dtype=np.int64)
