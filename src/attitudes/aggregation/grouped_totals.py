"""From grouped sums to the segments and totals that the estimators take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from attitudes.aggregation.domains import code_domains
from attitudes.aggregation.grouped import (
    GroupedColumn,
    GroupedFrame,
    group_frame,
    infinite_values,
    number_column,
    unit_columns,
)
from attitudes.aggregation.levels import code_levels
from attitudes.aggregation.segments import Segments, make_segments
from attitudes.numerics.design import DesignArrays, FloatArray
from attitudes.numerics.segments import group_sums
from attitudes.numerics.variance.psu_totals import VariableTotals
from attitudes.survey.arrays import build_design_arrays
from attitudes.survey.design import SurveyDesign, stages
from attitudes.survey.survey import Survey

__all__ = ["GroupedKind", "GroupedTotals", "category_columns", "grouped_totals", "mean_columns"]


@dataclass(frozen=True, slots=True)
class GroupedTotals:
    """Segments of a query and each variable's totals.

    Attributes
    ----------
    design
        The design with one entry a unit.
    segments
        Segments; a row is a group of the query.
    totals
        Totals by variable.
    categories
        Category labels by variable; None where it has none.
    respondents
        Respondents of each domain, also those of weight zero.
    """

    design: DesignArrays
    segments: Segments
    totals: dict[str, VariableTotals]
    categories: dict[str, tuple[Any, ...] | None]
    respondents: FloatArray


@dataclass(frozen=True, slots=True)
class GroupedKind:
    """One variable as a query: what to sum, its categories, the constant its squares lose."""

    column: GroupedColumn
    categories: tuple[Any, ...] | None
    shift: float


MakeColumns = Callable[[Survey, Sequence[str]], list[GroupedKind]]


def mean_columns(survey: Survey, names: Sequence[str]) -> list[GroupedKind]:
    """Return the sums for means and totals: Σwy and, for the spread, Σw(y − c)²."""
    frame = nw.from_native(survey.frame).lazy()
    schema = frame.collect_schema()
    pairs = [number_column(survey, name, schema) for name in names]
    shifts = [0.0] * len(names)
    wide = [i for i, name in enumerate(names) if schema[name] not in (nw.Int8, nw.Boolean)]
    if wide:
        asked = [nw.when(pairs[i][0]).then(pairs[i][1]).mean().alias(f"m{i}") for i in wide]
        found = frame.select(*asked).collect().to_pandas()
        for i in wide:
            shifts[i] = float(np.nan_to_num(float(found[f"m{i}"].iloc[0] or 0.0)))
    out = []
    for name, (present, value), c in zip(names, pairs, shifts, strict=True):
        off = value - c
        infinite = infinite_values(name, schema)
        column = GroupedColumn(present, nw.lit(1.0), (value, off * off), infinite)
        out.append(GroupedKind(column, None, c))
    return out


def category_columns(survey: Survey, names: Sequence[str]) -> list[GroupedKind]:
    """Return the sums for proportions: Σw of each category that occurs or is declared."""
    frame = nw.from_native(survey.frame).lazy()
    out = []
    for name in names:
        asked = frame.select(name).filter(~nw.col(name).is_null()).unique()
        distinct = asked.collect().to_pandas()
        levels = code_levels(replace(survey, frame=distinct), name).values
        column = nw.col(name)
        chosen = [column == value for value in levels]
        indicators = tuple(nw.when(test).then(1.0).otherwise(0.0) for test in chosen)
        present = ~column.is_null() & reduce(or_, chosen, nw.lit(False))
        out.append(GroupedKind(GroupedColumn(present, nw.lit(1.0), indicators), levels, 0.0))
    return out


def grouped_totals(
    survey: Survey,
    names: Sequence[str],
    by: Sequence[str],
    where: Any,
    make_columns: MakeColumns,
) -> GroupedTotals:
    """Aggregate by a query and return segments and totals.

    Raises
    ------
    DataError, DesignError, OptionError
        As for the estimators in memory.
    """
    kinds = make_columns(survey, names)
    grouped = group_frame(survey, by, where, [kind.column for kind in kinds])
    small = replace(survey, frame=grouped.frame, calibrations=())
    design = _unit_design(survey.design, grouped)
    domains = code_domains(small, by, grouped.inside)
    dropped = {
        name: int(grouped.rows[code_levels(small, name).codes < 0].sum())
        for name in domains.dropped
    }
    segments = make_segments(design, replace(domains, dropped=dropped))
    segments = replace(segments, members=_by_domain(segments, grouped.positive).astype(np.int64))
    factor = design.weights / np.where(grouped.weight > 0, grouped.weight, 1.0)
    totals = {
        name: _totals(segments, grouped, i, kind, factor)
        for i, (name, kind) in enumerate(zip(names, kinds, strict=True))
    }
    categories = {n: kind.categories for n, kind in zip(names, kinds, strict=True)}
    return GroupedTotals(design, segments, totals, categories, _by_domain(segments, grouped.rows))


def _unit_design(design: SurveyDesign, grouped: GroupedFrame) -> DesignArrays:
    """Return the design of the groups: their Σw, and the codes and fractions of their units."""
    kept = unit_columns(design)
    depth = len([name for name in stages(design.psu) if name in kept])
    frame = grouped.frame[kept]
    weighted = frame.assign(attitudes_w=grouped.weight)
    plain = SurveyDesign(
        weight=None if design.weight is None else "attitudes_w",
        stratum=stages(design.stratum)[:depth],
        psu=stages(design.psu)[:depth],
        fpc=stages(design.fpc)[:depth],
        nest=design.nest,
    )
    arrays = build_design_arrays(pd.DataFrame(weighted), plain)
    if design.weight is None:
        return replace(arrays, weights=arrays.weights * grouped.weight)
    return arrays


def _totals(
    segments: Segments, grouped: GroupedFrame, i: int, kind: GroupedKind, factor: FloatArray
) -> VariableTotals:
    """Return one variable's totals; ``factor`` makes weights of counts where there are none."""
    base = _by_segment(segments, (grouped.base[i] * factor)[:, None])
    values = _by_segment(segments, grouped.values[i] * factor[:, None])
    n = _by_domain(segments, grouped.n[i]).astype(np.int64)[:, None]
    population = group_sums(base, segments.domain, segments.n_domains)
    if kind.categories is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            share = group_sums(values, segments.domain, segments.n_domains) / population
        return VariableTotals(base, values, n, population * share * (1 - share), population)
    sums = group_sums(values, segments.domain, segments.n_domains)
    with np.errstate(divide="ignore", invalid="ignore"):
        off = sums[:, :1] / population - kind.shift
    spread = np.maximum(sums[:, 1:] - population * np.nan_to_num(off) ** 2, 0.0)
    return VariableTotals(base, np.ascontiguousarray(values[:, :1]), n, spread, population)


def _by_segment(segments: Segments, values: FloatArray) -> FloatArray:
    return group_sums(values, segments.of_row, segments.size + 1)[: segments.size]


def _by_domain(segments: Segments, values: np.ndarray[Any, Any]) -> FloatArray:
    column = values.astype(np.float64)[:, None]
    return group_sums(column, segments.row_domain, segments.n_domains + 1)[: segments.n_domains, 0]
