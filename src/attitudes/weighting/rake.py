"""Raking: weights brought to several margins in turn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from attitudes.errors import ConvergenceError, EstimationError
from attitudes.numerics.design import FloatArray
from attitudes.numerics.weights.cells import Cells, cell_totals
from attitudes.numerics.weights.raking import (
    RakingFit,
    empty_categories,
    nearest_margins,
    rake_cells,
)
from attitudes.survey.ledger import Step
from attitudes.survey.survey import Calibration, Survey
from attitudes.weighting.apply import (
    COLUMN,
    check_iteration,
    check_option,
    finish,
    repeat_cells,
    spread_of_cells,
    start,
)
from attitudes.weighting.coding import CodedMargin, Untargeted, code_margins
from attitudes.weighting.margins import Totals, read_margins
from attitudes.weighting.shares import to_counts

__all__ = ["rake"]


def rake(
    survey: Survey,
    totals: Totals,
    *,
    shares: bool = False,
    population: float | None = None,
    untargeted: Untargeted = "error",
    tolerance: float = 1e-10,
    max_iterations: int = 2000,
    column: str = COLUMN,
) -> Survey:
    """Rake: multiply weights until all margins have their known totals.

    Parameters
    ----------
    survey
        The respondents and their weights.
    totals
        Margins: ``{"sex": {"f": 52, "m": 48}, "age": {…}}``; keys may be tuples of crossed
        variables; or Series, or names of the study's totals tables, or a list of these.
    shares, population
        The totals are shares of ``population`` (default: of the present sum of weights).
    untargeted
        Respondents without an answer or a total: ``"error"``, or ``"keep"`` their weighted share.
    tolerance
        Largest relative miss of a total.
    max_iterations
        Sweeps over the margins before the raking is given up.
    column
        Column that takes the new weights.

    Returns
    -------
    Survey
        With the new weights, replicate weights raked each for itself, and a record for the
        linearised variance.

    Raises
    ------
    EstimationError
        Totals that cannot be met (categories without respondents, margins with different sums,
        margins that contradict each other): margin, category and number are named.
    ConvergenceError
        Totals that are only approached.

    Notes
    -----
    Respondents with the same categories share one factor: the iteration runs over the distinct
    combinations of categories, not over respondents.

    References
    ----------
    Deming and Stephan (1940), Ann. Math. Statist. 11, 427–444; Deville, Särndal and Sautory
    (1993), JASA 88, 1013–1020.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"sex": ["f", "f", "m", "m"], "age": ["y", "o", "y", "o"]})
    >>> raked = rake(Survey.from_frame(frame), {"sex": {"f": 60, "m": 40},
    ...                                         "age": {"y": 30, "o": 70}})
    >>> raked.weights.round(6).tolist()
    [18.0, 42.0, 12.0, 28.0]
    """
    verb = "rake"
    check_option(verb, "untargeted", untargeted, ("error", "keep"))
    check_iteration(verb, tolerance, max_iterations)
    design = start(survey, verb)
    margins = to_counts(
        read_margins(survey, totals, verb), design.weights, shares, population, verb
    )
    coded = code_margins(survey, margins, design.weights, verb=verb, untargeted=untargeted)
    cells = Cells(coded[0].cells, tuple(c.of_cell for c in coded))
    mass = cell_totals(cells.rows, cells.size, design.weights)
    settings = {"tolerance": tolerance, "max_iterations": max_iterations}
    fit = _solve(mass, cells, coded, settings, verb)
    weights = design.weights * fit.factors[cells.rows]

    def adjust(block: FloatArray, first: int) -> FloatArray:
        _check_replicates(block, cells, coded, first, verb)
        return _solve(block, cells, coded, settings, f"{verb}, replicates from {first + 1}").factors

    replicates = repeat_cells(design, cells.rows, fit.factors, adjust)
    record = Calibration(
        np.empty((survey.n, 0)), weights, "raked", design.weights, tuple(c.codes for c in coded)
    )
    parameters: dict[str, Any] = {
        "totals": [m.plain() for m in margins],
        "untargeted": untargeted,
        **settings,
        "column": column,
    }
    summary = (
        f"{', '.join(m.name for m in margins)}; {fit.iterations} sweeps; "
        f"{spread_of_cells(fit.factors, mass, weights)}"
    )
    return finish(
        survey,
        weights,
        Step(verb, parameters, summary),
        column=column,
        replicates=replicates,
        calibration=record,
    )


def _solve(
    mass: FloatArray,
    cells: Cells,
    coded: Sequence[CodedMargin],
    settings: dict[str, Any],
    where: str,
) -> RakingFit:
    targets = [c.targets for c in coded]
    fit = rake_cells(mass, cells.categories, targets, **settings)
    if fit.converged:
        return fit
    possible = (mass.reshape(len(mass), -1) > 0).all(axis=1)
    nearest = nearest_margins([c[possible] for c in cells.categories], targets)
    worst = max(range(len(coded)), key=lambda j: float(np.abs(nearest[j]).max()))
    if np.abs(nearest[worst]).max() > 0:
        code = int(np.argmax(np.abs(nearest[worst])))
        near = targets[worst][code] + nearest[worst][code]
        raise EstimationError(
            f"{where}, totals of {coded[worst].margin.name}, {coded[worst].label(code)}",
            f"a total of {targets[worst][code]:,.10g} that contradicts the other margins: with the "
            f"respondents there are, the nearest is {near:,.10g}",
            "margins that some weights meet",
            "merge categories, or leave a margin out",
        )
    raise _not_converged(fit, coded, where)


def _not_converged(fit: RakingFit, coded: Sequence[CodedMargin], where: str) -> ConvergenceError:
    relative = [
        np.abs(miss) / np.where(c.targets > 0, c.targets, 1.0)
        for miss, c in zip(fit.misses, coded, strict=True)
    ]
    worst = max(range(len(coded)), key=lambda j: float(relative[j].max()))
    code = int(np.argmax(relative[worst]))
    return ConvergenceError(
        f"{where}, totals of {coded[worst].margin.name}, {coded[worst].label(code)}",
        f"a total missed by {fit.misses[worst][code]:.4g} after {fit.iterations} sweeps",
        "margins that positive weights meet",
        "some combination of categories would need weight zero: merge categories or allow more "
        "sweeps",
    )


def _check_replicates(
    block: FloatArray, cells: Cells, coded: Sequence[CodedMargin], first: int, verb: str
) -> None:
    empty = empty_categories(block, cells.categories, [c.targets for c in coded])
    if empty:
        one = coded[empty[0].margin]
        raise EstimationError(
            f"{verb}, totals of {one.margin.name}, {one.label(empty[0].category)}",
            f"no respondent with weight in replicate {first + empty[0].column + 1}",
            "respondents in every replicate",
            "merge the category with another",
        )
