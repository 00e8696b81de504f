"""A published table of the plan, held against what its procedure yields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from attitudes.errors import StudyError
from attitudes.numerics.printed.exact import round_exact
from attitudes.numerics.rounding import ROUNDINGS, apportion
from attitudes.sampling.planned import SamplePlan, plan_sample, sample_spec
from attitudes.study.figures import Figure
from attitudes.study.models import Study

__all__ = ["PlanComparison", "compare_plan"]

TOTAL = "total"


@dataclass(frozen=True, slots=True)
class PlanComparison:
    """The published plan beside the computed one.

    Attributes
    ----------
    figures
        One printed figure a row: ``row``, ``column``, ``statistic``, ``printed``, ``exact``,
        ``rounded`` (the exact value as the published rounding gives it), ``planned`` (the whole
        number of the plan that adds up), ``status`` (``"reproduced"`` or ``"off"``: printed
        against rounded), ``reason`` (why it is off, or why the plan has another number).
    roundings
        One column of the table a row, and a column a rounding method: how many of its cells the
        method reproduces; and ``cells``, their number.
    sums
        Rows and columns whose printed parts do not add up to the printed total.
    plan
        The plan that adds up.
    """

    figures: pd.DataFrame
    roundings: pd.DataFrame
    sums: pd.DataFrame
    plan: SamplePlan

    @property
    def off(self) -> pd.DataFrame:
        """Figures that the procedure does not reproduce."""
        return self.figures[self.figures["status"] == "off"]

    def __repr__(self) -> str:
        count = len(self.figures)
        return (
            f"PlanComparison: {count - len(self.off)} of {count} printed figures reproduced, "
            f"{len(self.sums)} sums that do not add up"
        )


def compare_plan(study: Study) -> PlanComparison:
    """Hold the published table of a study's plan against what its procedure yields.

    Parameters
    ----------
    study
        A pack whose ``design: sample:`` names the exhibit; its figures have the statistics
        ``population``, ``share``, ``count`` and ``clusters``, rows and columns that are cells of
        the plan, and possibly the rows ``b_opt``, ``number_of_clusters`` and
        ``self_representing``.

    Returns
    -------
    PlanComparison

    Raises
    ------
    StudyError
        When the pack declares no such exhibit or prints figures of no known cell.

    Examples
    --------
    >>> import attitudes as at
    >>> found = compare_plan(at.load_study("kyrgyzstan-2023"))
    >>> found.off["printed"].tolist()
    ['2,4', '2.1']
    """
    spec, plan = sample_spec(study), plan_sample(study)
    figures = [f for f in study.figures() if f.exhibit == spec.exhibit]
    if not figures:
        raise StudyError(
            f"study {study.id}, design, sample, exhibit", repr(spec.exhibit), "a published table"
        )
    if len(plan.by) != 2:
        raise StudyError(
            f"study {study.id}, design, sample, population",
            f"cells by {len(plan.by)} columns",
            "two, the rows and columns of the table",
        )
    table = _Table(plan, spec.cluster_size)
    rows = [_row(figure, table, spec.published_rounding) for figure in figures]
    return PlanComparison(
        pd.DataFrame(rows),
        pd.DataFrame(list(_roundings(figures, table))),
        pd.DataFrame(list(_sums(figures, table)), columns=["part", "statistic", "parts", "total"]),
        plan,
    )


class _Table:
    """Exact and planned values of the cells, rows, columns and total of a plan."""

    def __init__(self, plan: SamplePlan, cluster_size: int) -> None:
        first, second = plan.by
        self.rows = list(dict.fromkeys(plan.cells[first]))
        self.columns = list(dict.fromkeys(plan.cells[second]))
        self.plan = plan
        self.cluster_size = cluster_size
        self._nominal = _nominal_clusters(plan)
        self._row = plan.cells[first].to_numpy()
        self._column = plan.cells[second].to_numpy()
        self._population = plan.cells["population"].to_numpy()

    def mask(self, row: str, column: str) -> np.ndarray[Any, Any]:
        inside = np.ones(len(self._row), dtype=bool)
        if row != TOTAL:
            inside &= self._row == row
        if column != TOTAL:
            inside &= self._column == column
        return inside

    def population(self, row: str, column: str) -> Fraction:
        return Fraction(round(float(self._population[self.mask(row, column)].sum())))

    def exact(self, row: str, column: str, statistic: str) -> Fraction:
        whole, here = self.population(TOTAL, TOTAL), self.population(row, column)
        if statistic == "population":
            return here
        if statistic == "share":
            base = whole if column == TOTAL else self.population(row, TOTAL)
            return 100 * here / base
        quota = here * self.plan.n_interviews / whole
        return quota / self.cluster_size if statistic == "clusters" else quota

    def planned(self, row: str, column: str, statistic: str) -> int | None:
        if statistic not in ("count", "clusters"):
            return None
        values = self._nominal
        if statistic == "count":
            values = self.plan.cells["interviews"].to_numpy()
        return int(values[self.mask(row, column)].sum())


def _nominal_clusters(plan: SamplePlan) -> np.ndarray[Any, Any]:
    """Clusters by cell; those of cells drawn together stand at the largest of them."""
    clusters = dict(zip(plan.strata["draw_stratum"], plan.strata["clusters"], strict=True))
    largest = plan.cells.groupby("draw_stratum")["population"].transform("max")
    at_largest = plan.cells["population"] == largest
    values: np.ndarray[Any, Any] = np.where(
        at_largest, plan.cells["draw_stratum"].map(clusters), 0
    ).astype(np.int64)
    return values


def _exact(figure: Figure, table: _Table) -> Fraction:
    plan = table.plan
    special = {
        "b_opt": Fraction(table.cluster_size),
        "number_of_clusters": Fraction(plan.n_interviews, table.cluster_size),
        "self_representing": table.population(TOTAL, TOTAL)
        * table.cluster_size
        / plan.n_interviews,
    }
    if figure.row in special:
        return special[figure.row]
    known = figure.row in (*table.rows, TOTAL) and figure.column in (*table.columns, TOTAL)
    if not known or figure.statistic not in ("population", "share", "count", "clusters"):
        raise StudyError(
            f"{figure.exhibit}, {figure.row}, {figure.column}",
            f"the statistic {figure.statistic!r} of no cell of the plan",
            "population, share, count or clusters of a row, a column or the total",
        )
    return table.exact(figure.row, figure.column, figure.statistic)


def _row(figure: Figure, table: _Table, rounding: str) -> dict[str, object]:
    exact = _exact(figure, table)
    special = figure.row not in (*table.rows, TOTAL)
    whole = figure.statistic in ("count", "clusters") and not special
    decimals = 0 if whole else figure.decimals
    rule: Any = "half_even" if rounding == "half_even" else "half_up"
    rounded = round_exact(exact, decimals, rule)
    same = Fraction(figure.value) == rounded
    planned = None if special else table.planned(figure.row, figure.column, figure.statistic)
    return {
        "row": figure.row,
        "column": figure.column,
        "statistic": figure.statistic,
        "printed": figure.printed,
        "exact": float(exact),
        "rounded": _plain(rounded, decimals),
        "planned": planned,
        "status": "reproduced" if same else "off",
        "reason": _reason(figure, exact, rounded, planned, table, rule),
    }


def _plain(value: Fraction, decimals: int) -> str:
    number = Decimal(value.numerator) / Decimal(value.denominator)
    return f"{number:.{decimals}f}"


def _reason(
    figure: Figure,
    exact: Fraction,
    rounded: Fraction,
    planned: int | None,
    table: _Table,
    rule: Any,
) -> str:
    said: list[str] = []
    printed = Fraction(figure.value)
    if printed != rounded:
        if printed == round_exact(exact, figure.decimals, rule):
            said.append(f"printed before rounding: exact {float(exact):.3f}")
        else:
            said.append(f"exact {float(exact):.3f} does not round to it")
    if planned is not None and planned != printed:
        said.append(_planned_reason(figure, float(exact), planned, table))
    return "; ".join(said)


def _planned_reason(figure: Figure, exact: float, planned: int, table: _Table) -> str:
    what = "interviews" if figure.statistic == "count" else "clusters"
    total = table.plan.n_interviews if what == "interviews" else table.plan.n_clusters
    cells = table.plan.cells[table.mask(figure.row, figure.column)]
    if what == "clusters" and figure.row != TOTAL:
        joined = cells[cells["cell"] != cells["draw_stratum"]]
        if len(joined):
            return (
                f"planned {planned}: cells of {joined['draw_stratum'].iloc[0]} are drawn together"
            )
    if len(cells) > 1:
        return f"planned {planned}: the sum of its cells, which add up to {total:,} {what}"
    return f"planned {planned}: exact {exact:.3f}, rounded so that all cells add up to {total:,}"


def _roundings(figures: list[Figure], table: _Table) -> Iterator[dict[str, object]]:
    """Yield, for each column of whole numbers, how many cells each rounding reproduces."""
    for statistic in ("count", "clusters"):
        for column in (TOTAL, *table.columns):
            printed = {
                f.row: Fraction(f.value)
                for f in figures
                if (f.column, f.statistic) == (column, statistic) and f.row in (*table.rows, TOTAL)
            }
            names = [row for row in table.rows if row in printed]
            if not names:
                continue
            weights = [float(table.exact(row, column, statistic)) for row in names]
            target = int(printed.get(TOTAL, Fraction(round(sum(weights)))))
            found: dict[str, object] = {"statistic": statistic, "column": column}
            for method in ROUNDINGS:
                plain = method in ("half_up", "half_even")
                total = sum(weights) if plain else target
                if method in ("adams", "huntington-hill") and target < len(names):
                    found[method] = None
                    continue
                given = _whole(weights, total, method)
                found[method] = sum(printed[r] == g for r, g in zip(names, given, strict=True))
            yield {**found, "cells": len(names)}


def _whole(weights: list[float], total: float, method: Any) -> list[int]:
    from attitudes.numerics.rounding import round_plain

    if method in ("half_up", "half_even"):
        return [int(v) for v in round_plain(weights, method)]
    return [int(v) for v in apportion(weights, int(total), method=method)]


def _sums(figures: list[Figure], table: _Table) -> Iterator[tuple[str, str, str, str]]:
    """Yield rows and columns whose printed parts do not add up to the printed total."""
    printed = {(f.row, f.column, f.statistic): f for f in figures}
    for statistic in ("population", "count", "clusters"):
        groups = [
            (f"column {c}", [(r, c) for r in table.rows], (TOTAL, c))
            for c in (TOTAL, *table.columns)
        ]
        groups += [
            (f"row {r}", [(r, c) for c in table.columns], (r, TOTAL)) for r in (*table.rows, TOTAL)
        ]
        for name, parts, whole in groups:
            keys = [(*part, statistic) for part in (*parts, whole)]
            if not all(key in printed for key in keys):
                continue
            total = sum(printed[key].value for key in keys[:-1])
            if total != printed[keys[-1]].value:
                yield name, statistic, str(total), printed[keys[-1]].printed
