"""One call of an estimator: plan, estimate, intervals, rows over all domains, table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from attitudes.aggregation.answers import CodedAnswers
from attitudes.aggregation.domains import TOTAL, selection
from attitudes.aggregation.grouped_totals import MakeColumns, grouped_totals
from attitudes.aggregation.placement import in_memory, is_query
from attitudes.errors import DataError, raise_all
from attitudes.estimation.assemble import assemble
from attitudes.estimation.linear import (
    Estimated,
    Linearize,
    MakeTotals,
    estimate_variables,
    flatten,
    joint_covariance,
)
from attitudes.estimation.options import Options
from attitudes.estimation.plan import Plan, make_grouped_plan, make_plan
from attitudes.estimation.table import NUMBERS, EstimateTable
from attitudes.numerics.design import DesignArrays
from attitudes.numerics.inference.intervals import Interval, t_interval
from attitudes.survey.survey import Survey

__all__ = [
    "T_METHODS",
    "Statistic",
    "estimate_table",
    "listwise",
    "margins",
    "stack_tables",
    "wald",
]

T_METHODS = ("t", "normal")


@dataclass(frozen=True, slots=True)
class Statistic:
    """How one statistic is made.

    Attributes
    ----------
    name
        Name of the statistic.
    read
        Gives the answers of a variable of a survey.
    totals
        Sums answers by segment.
    linearize
        Makes estimates and scores of the sums.
    interval
        Makes the intervals of all estimates, in the order of the rows.
    categorical
        Whether the rows have categories.
    grouped
        Sums to ask of a frame that is not in memory; None: its columns are fetched.
    columns
        Columns of the frame that a name stands for.
    replicates
        Whether the intervals need the replicate estimates, given the options.
    """

    name: str
    read: Callable[[Survey, str], Any]
    totals: MakeTotals
    linearize: Linearize
    interval: Callable[[Plan, Sequence[Estimated], Options], Interval]
    categorical: bool = False
    grouped: MakeColumns | None = None
    columns: Callable[[str], tuple[str, ...]] = lambda name: (name,)
    replicates: Callable[[Options], bool] = lambda options: False


def wald(plan: Plan, results: Sequence[Estimated], options: Options) -> Interval:
    """Return estimate ± quantile · se."""
    flat = flatten(plan, results)
    df = np.inf if options.ci_method == "normal" else flat.df
    return t_interval(flat.estimate, np.sqrt(flat.variance), df, options.level)


def estimate_table(
    survey: Survey, names: Sequence[str], kind: Statistic, options: Options
) -> EstimateTable:
    """Estimate a statistic of several variables, by domain and, on request, over all domains."""
    _check_columns(survey, names, kind, options)
    if is_query(survey) and groupable(survey, kind.grouped, options):
        return _estimate_grouped(survey, names, kind, options)
    wanted = [column for name in names for column in kind.columns(name)]
    survey = in_memory(survey, [*wanted, *options.by], options.where)
    design = survey.design_arrays()
    where, dropped = listwise(survey, names, kind.read, options)
    parts: list[tuple[Plan, list[Estimated]]] = []
    tables: list[EstimateTable] = []
    for by in margins(options):
        plan, results, table = _one(survey, names, kind, options, by, where, design, dropped)
        parts.append((plan, results))
        tables.append(table)
    stacked = stack_tables(tables, options.by)
    if not options.covariance:
        return stacked
    return replace(stacked, covariance=joint_covariance(parts))


def _estimate_grouped(
    survey: Survey, names: Sequence[str], kind: Statistic, options: Options
) -> EstimateTable:
    """Estimate from the sums of a group-by query; respondents stay where they are."""
    assert kind.grouped is not None
    parts: list[tuple[Plan, list[Estimated]]] = []
    tables: list[EstimateTable] = []
    for by in margins(options):
        sums = grouped_totals(survey, names, by, options.where, kind.grouped)
        plan = make_grouped_plan(survey, sums, options)
        results = estimate_variables(
            plan,
            names,
            lambda name: name,
            lambda _, name: sums.totals[name],  # noqa: B023 - used within this turn of the loop
            kind.linearize,
            lambda name: sums.categories[name],  # noqa: B023
            keep=options.covariance,
        )
        interval = kind.interval(plan, results, options)
        parts.append((plan, results))
        tables.append(
            assemble(
                plan, kind.name, results, interval, options, {}, with_categories=kind.categorical
            )
        )
    stacked = stack_tables(tables, options.by)
    if not options.covariance:
        return stacked
    return replace(stacked, covariance=joint_covariance(parts))


def groupable(survey: Survey, grouped: MakeColumns | None, options: Options) -> bool:
    """Whether the estimates can be had from sums by domain and sampling unit alone."""
    design = survey.design
    return (
        grouped is not None
        and bool(design.psu)
        and design.probabilities is None
        and design.replicates is None
        and not survey.calibrations
        and options.variance == "taylor"
        and options.missing == "available"
        and options.ci_method != "likelihood"
    )


def _check_columns(survey: Survey, names: Sequence[str], kind: Statistic, options: Options) -> None:
    known = survey.columns
    wanted = [*(column for name in names for column in kind.columns(name)), *options.by]
    raise_all([DataError.unknown("survey", "column", n, known) for n in wanted if n not in known])


def _one(
    survey: Survey,
    names: Sequence[str],
    kind: Statistic,
    options: Options,
    by: tuple[str, ...],
    where: Any,
    design: DesignArrays,
    dropped: dict[str, int],
) -> tuple[Plan, list[Estimated], EstimateTable]:
    plan = make_plan(
        survey,
        by,
        where,
        options.variance,
        options.singleton,
        options.singleton_domains,
        design,
    )
    results = estimate_variables(
        plan,
        names,
        lambda name: kind.read(survey, name),
        kind.totals,
        kind.linearize,
        _labels if kind.categorical else _no_labels,
        keep=options.covariance or (plan.replicate is not None and kind.replicates(options)),
    )
    interval = kind.interval(plan, results, options)
    table = assemble(
        plan, kind.name, results, interval, options, dropped, with_categories=kind.categorical
    )
    return plan, results, table


def _labels(answers: CodedAnswers) -> tuple[Any, ...] | None:
    return answers.categories


def _no_labels(answers: Any) -> tuple[Any, ...] | None:
    return None


def margins(options: Options) -> list[tuple[str, ...]]:
    """Return the crossings to estimate: all of ``by``, then with one or more of them summed."""
    if not options.totals or not options.by:
        return [options.by]
    sizes = range(len(options.by), -1, -1)
    return [kept for size in sizes for kept in combinations(options.by, size)]


def stack_tables(tables: Sequence[EstimateTable], by: tuple[str, ...]) -> EstimateTable:
    """Join tables of the same statistic; a ``by`` column that a table lacks reads ``total``."""
    if len(tables) == 1:
        return tables[0]
    first = tables[0]
    labels = tuple(
        tuple(dict(zip(table.by, label, strict=True)).get(name, TOTAL) for name in by)
        for table in tables
        for label in table.labels
    )
    categories = None
    if first.categories is not None:
        categories = tuple(c for table in tables for c in table.categories or ())
    dropped: dict[str, int] = {}
    for table in tables:
        dropped |= table.dropped
    return replace(
        first,
        by=by,
        labels=labels,
        variables=tuple(v for table in tables for v in table.variables),
        categories=categories,
        numbers={n: np.concatenate([table.numbers[n] for table in tables]) for n in NUMBERS},
        remarks=tuple(r for table in tables for r in table.remarks),
        dropped=dropped,
    )


def listwise(
    survey: Survey,
    names: Sequence[str],
    read: Callable[[Survey, str], Any],
    options: Options,
) -> tuple[Any, dict[str, int]]:
    """Return the selection of respondents, and under ``"listwise"`` how many it leaves out."""
    if options.missing != "listwise":
        return options.where, {}
    mask = selection(survey, options.where)
    complete = np.ones(survey.n, dtype=bool)
    for name in names:
        answers = read(survey, name)
        if isinstance(answers, CodedAnswers):
            complete &= answers.codes > 0
        elif answers.present is not None:
            complete &= answers.present
    chosen = complete if mask is None else complete & mask
    lost = int((~complete if mask is None else mask & ~complete).sum())
    return chosen, ({"without all answers": lost} if lost else {})
