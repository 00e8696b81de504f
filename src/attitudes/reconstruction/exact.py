"""Tables that must come out in every cell: a base and a sum for each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from attitudes.errors import StudyError
from attitudes.numerics.design import FloatArray
from attitudes.numerics.printed.printed_tables import TableBounds, choose_sums
from attitudes.reconstruction.printed import ends_of
from attitudes.study.figures import Figure
from attitudes.study.forms import RatioForm, form_of
from attitudes.study.models import Study

__all__ = ["ExactCell", "exact_cells"]

_Cell = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ExactCell:
    """The base and the sum of published answers that a cell must have."""

    base: int
    total: int


def exact_cells(
    study: Study,
    exhibit_id: str,
    sizes: Mapping[str, int],
    wanted: Mapping[str, Mapping[str, int]],
    decimals: int,
    rng: np.random.Generator,
) -> dict[_Cell, ExactCell]:
    """Choose a base and a sum for every cell of a table, so that it prints with its totals.

    Parameters
    ----------
    study
        The pack.
    exhibit_id
        A table of means whose Total column is the plain mean of its groups.
    sizes
        Respondents of each of its columns.
    wanted
        Item → column → base wished for.
    decimals
        Decimals of the table.
    rng
        Breaks ties.

    Returns
    -------
    dict
        (item, column) → base and sum.

    Raises
    ------
    StudyError
        When the table is not printed whole, or its totals follow another rule.
    EstimationError
        When no whole numbers print it.
    """
    exhibit = study.exhibit(exhibit_id)
    figures = {(f.row, f.column): f for f in study.figures() if f.exhibit == exhibit.figures_id}
    items = [q.id for q in study.exhibit_questions(exhibit)]
    columns = [str(g) for g in exhibit.order or study.groups(str(exhibit.breakdown))]
    _check(study, exhibit_id, figures, items, columns)
    ends = {
        key: tuple(
            float(e) for e in ends_of(f, decimals, study.convention_for(f.exhibit, f.row, f.column))
        )
        for key, f in figures.items()
    }
    least, greatest = _range(figures, study, items, columns)
    cells = np.array([[ends[(i, c)] for c in columns] for i in items])
    rows = np.array([ends.get((i, "total"), (-np.inf, np.inf)) for i in items])
    total = np.array([ends.get(("total", c), (-np.inf, np.inf)) for c in columns])
    grand = ends.get(("total", "total"), (-np.inf, np.inf))
    bounds = TableBounds(
        cells[..., 0],
        cells[..., 1],
        rows[:, 0],
        rows[:, 1],
        total[:, 0],
        total[:, 1],
        grand[0],
        grand[1],
        least,
        greatest,
    )
    n = np.array([sizes[c] for c in columns])
    wish = np.clip([[wanted[i][c] for c in columns] for i in items], 1, n)
    found = choose_sums(bounds, wish, n, rng)
    return {
        (item, column): ExactCell(int(found.bases[i, g]), int(found.sums[i, g]))
        for i, item in enumerate(items)
        for g, column in enumerate(columns)
    }


def _check(
    study: Study,
    exhibit_id: str,
    figures: Mapping[_Cell, Figure],
    items: list[str],
    columns: list[str],
) -> None:
    absent = [f"{i}, {c}" for i in items for c in columns if (i, c) not in figures]
    if absent:
        raise StudyError(
            f"study {study.id}, reconstruction, exact, {exhibit_id}",
            f"{len(absent)} cells without a printed figure ({absent[0]})",
            "a table that is printed whole",
        )
    for item in items:
        rule = study.convention_for(exhibit_id, item, "total")
        if rule.totals != "mean_of_groups" and (item, "total") in figures:
            raise StudyError(
                f"study {study.id}, reconstruction, exact, {exhibit_id}",
                f"totals by the rule {rule.totals!r}",
                "totals that are the plain mean of the groups",
            )


def _range(
    figures: Mapping[_Cell, Figure], study: Study, items: list[str], columns: list[str]
) -> tuple[FloatArray, FloatArray]:
    """Return the smallest and largest published answer of each cell."""
    least = np.empty((len(items), len(columns)))
    greatest = np.empty_like(least)
    for i, item in enumerate(items):
        for g, column in enumerate(columns):
            form = form_of(study, figures[(item, column)])
            if not isinstance(form, RatioForm):
                raise StudyError(
                    f"study {study.id}, figure {item}, {column}", "no mean of answers", "a mean"
                )
            values = [float(v) for v in form.numerator.values()]
            least[i, g], greatest[i, g] = min(values), max(values)
    return least, greatest
