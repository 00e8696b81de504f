"""Calibration to totals of categories and of numbers (GREG and its relatives)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

import numpy as np

from attitudes.errors import ConvergenceError, EstimationError, OptionError, raise_all
from attitudes.numerics.design import DesignArrays, FloatArray, IntArray
from attitudes.numerics.replicates.replicate_adjustment import adjust_rows
from attitudes.numerics.weights.calibration import (
    Bounds,
    CalibrationFit,
    Distance,
    calibrate_weights,
    check_bounds,
)
from attitudes.numerics.weights.calibration_reach import nearest_totals, single_reach
from attitudes.survey.ledger import Step
from attitudes.survey.survey import Calibration, Survey
from attitudes.weighting.apply import (
    COLUMN,
    check_iteration,
    check_option,
    finish,
    spread,
    start,
)
from attitudes.weighting.auxiliaries import Auxiliaries, aggregated, build_auxiliaries
from attitudes.weighting.coding import Untargeted
from attitudes.weighting.margins import Totals

__all__ = ["calibrate"]


def calibrate(
    survey: Survey,
    totals: Totals,
    *,
    distance: Distance = "linear",
    bounds: Bounds | None = None,
    aggregate_stage: int | None = None,
    variance: str | None = None,
    population: float | None = None,
    shares: bool = False,
    untargeted: Untargeted = "error",
    tolerance: float = 1e-10,
    max_iterations: int = 100,
    column: str = COLUMN,
) -> Survey:
    """Calibrate: change weights as little as possible so that they reproduce known totals.

    Parameters
    ----------
    survey
        The respondents and their weights.
    totals
        Totals of categories as for `rake`, and of numbers as ``{"income": 3914069}``, in one
        mapping or a list of them.
    distance
        ``"linear"`` (the GREG estimator), ``"raking"`` (multiplicative, weights stay positive) or
        ``"logit"`` (weights stay within ``bounds``).
    bounds
        Smallest and largest ratio of new to old weight, around 1; linear and raking distances
        are truncated at them.
    aggregate_stage
        1 for one ratio a PSU, 2 for one a second-stage unit; default: one a respondent.
    variance
        Column with the variance of the working model for each respondent.
    population
        Size of the population, where only totals of numbers are given; with ``shares`` the size
        they refer to.
    shares
        The totals of categories are shares.
    untargeted
        Respondents without a targeted category: ``"error"``, or ``"keep"`` their share.
    tolerance, max_iterations
        Largest relative miss of a total; Newton steps.
    column
        Column that takes the new weights.

    Returns
    -------
    Survey
        With the new weights, replicate weights calibrated each for itself, and a record by which
        linearised variances take residuals of the regression on the auxiliaries.

    Raises
    ------
    EstimationError
        Totals that cannot be met, with the total and what can be reached.
    ConvergenceError
        Totals that are only approached.

    References
    ----------
    Deville and Särndal (1992), JASA 87, 376–382; Särndal, Swensson and Wretman (1992), Model
    Assisted Survey Sampling, chapter 6; Lumley (2010), Complex Surveys, chapter 7.

    Examples
    --------
    >>> import pandas as pd
    >>> survey = Survey.from_frame(pd.DataFrame({"size": [1.0, 2.0, 3.0], "q1": [1, 2, 4]}))
    >>> calibrate(survey, {"size": 6.6}, population=3).weights.round(3).tolist()
    [0.7, 1.0, 1.3]
    """
    verb = "calibrate"
    check_option(verb, "distance", distance, get_args(Distance))
    check_option(verb, "untargeted", untargeted, ("error", "keep"))
    check_iteration(verb, tolerance, max_iterations)
    limits = check_bounds(distance, bounds)
    design = start(survey, verb)
    sigma = _sigma(survey, variance)
    auxiliaries = build_auxiliaries(
        survey, totals, design.weights, shares=shares, population=population, untargeted=untargeted
    )
    units = _units(design, aggregate_stage)
    solver = _Solver(auxiliaries, distance, bounds, limits, units, sigma, tolerance, max_iterations)
    X, base = solver.at_level(design.weights)
    fit = solver.solve(X, base, None, verb)
    g = np.where(design.weights > 0, fit.g, 0.0)
    weights = design.weights * g
    _refuse_negative(weights, g, verb)
    replicates = None
    if design.replicates is not None:
        replicates = adjust_rows(
            design.replicates, design.weights, lambda w, r: solver.reweigh(w, r, fit.multipliers)
        )
    scaled = base if sigma is None else base / sigma
    record = Calibration(X, base * g, "greg", scaled, (), aggregate_stage)
    parameters: dict[str, Any] = {
        "totals": [*(m.plain() for m in auxiliaries.margins), dict(auxiliaries.numbers)],
        "distance": distance,
        "bounds": None if bounds is None else [float(b) for b in bounds],
        "aggregate_stage": aggregate_stage,
        "variance": variance,
        "population": None if shares or population is None else float(population),
        "untargeted": untargeted,
        "tolerance": tolerance,
        "max_iterations": max_iterations,
        "column": column,
    }
    if not auxiliaries.numbers:
        parameters["totals"].pop()
    summary = (
        f"{distance}, {len(auxiliaries.names)} totals; {fit.iterations} steps; "
        f"{spread(weights, design.weights)}"
    )
    return finish(
        survey,
        weights,
        Step(verb, parameters, summary),
        column=column,
        replicates=replicates,
        calibration=record,
    )


@dataclass(frozen=True, slots=True)
class _Solver:
    """One calibration, for the sample and for each replicate."""

    auxiliaries: Auxiliaries
    distance: Distance
    bounds: Bounds | None
    limits: Bounds
    units: IntArray | None
    sigma: FloatArray | None
    tolerance: float
    max_iterations: int

    def at_level(self, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return auxiliaries and weights, at the units' level where g is constant in units."""
        if self.units is None:
            return self.auxiliaries.X, weights
        return aggregated(self.auxiliaries.X, weights, self.units)

    def solve(
        self, X: FloatArray, weights: FloatArray, first: FloatArray | None, where: str
    ) -> CalibrationFit:
        """Return g, or raise with the total that cannot be met."""
        fit = calibrate_weights(
            X,
            weights,
            self.auxiliaries.totals,
            distance=self.distance,
            bounds=self.bounds,
            variance=self.sigma,
            start=first,
            tolerance=self.tolerance,
            max_iterations=self.max_iterations,
        )
        if fit.converged:
            return fit
        if first is not None:
            return self.solve(X, weights, None, where)
        self._explain(X, weights, where)
        worst = int(np.argmax(np.abs(fit.misses) / (1 + np.abs(self.auxiliaries.totals))))
        raise ConvergenceError(
            f"{where}, total of {self.auxiliaries.names[worst]}",
            f"a miss of {fit.misses[worst]:.4g} after {fit.iterations} steps",
            "totals that weights inside the bounds reach",
            "widen the bounds, or use the linear distance",
        )

    def reweigh(self, weights: FloatArray, replicate: int, first: FloatArray) -> FloatArray:
        """Return the calibrated weights of a replicate."""
        X, base = self.at_level(weights)
        where = f"calibrate, replicate {replicate + 1}"
        return weights * self.solve(X, base, first, where).g

    def _explain(self, X: FloatArray, weights: FloatArray, where: str) -> None:
        aux, limits = self.auxiliaries, self.limits
        if self.distance == "raking" and self.bounds is None:
            limits = (0.0, np.inf)
        reach = single_reach(X, weights, limits)
        slack = 1e-12 * np.abs(aux.totals)
        outside = (aux.totals < reach.least - slack) | (aux.totals > reach.greatest + slack)
        raise_all(
            [
                EstimationError(
                    f"{where}, total of {aux.names[j]}",
                    f"{aux.totals[j]:,.10g}",
                    f"{reach.least[j]:,.10g} to {reach.greatest[j]:,.10g}, with g from "
                    f"{limits[0]:g} to {limits[1]:g}",
                    "widen the bounds, correct the total, or bring the sum of weights to the "
                    "population first (rescale_weights)",
                )
                for j in np.flatnonzero(outside)
            ]
        )
        nearest = nearest_totals(X, weights, aux.totals, limits)
        miss = np.abs(nearest - aux.totals) / (1 + np.abs(aux.totals))
        worst = int(np.argmax(miss))
        if miss[worst] > 0:
            raise EstimationError(
                f"{where}, total of {aux.names[worst]}",
                f"{aux.totals[worst]:,.10g}, which cannot be had together with the other totals: "
                f"the nearest is {nearest[worst]:,.10g}",
                f"totals that g from {limits[0]:g} to {limits[1]:g} reaches",
                "widen the bounds or correct the total",
            )


def _refuse_negative(weights: FloatArray, g: FloatArray, verb: str) -> None:
    negative = np.flatnonzero(weights < 0)
    if len(negative):
        rows = ", ".join(str(r + 1) for r in negative[:5]) + (", …" if len(negative) > 5 else "")
        raise EstimationError(
            f"{verb}, distance 'linear'",
            f"{len(negative)} negative weights (rows {rows}; least ratio {g.min():.4g})",
            "weights of 0 or more",
            "bounds=(0, 5) cuts the ratios, distance='raking' keeps weights positive",
        )


def _units(design: DesignArrays, stage: int | None) -> IntArray | None:
    if stage is None:
        return None
    if not 1 <= stage <= len(design.psus):
        raise OptionError(
            "calibrate, aggregate_stage",
            f"{stage}",
            f"1 to {len(design.psus)}, a stage of the design",
        )
    return design.psus[stage - 1]


def _sigma(survey: Survey, variance: str | None) -> FloatArray | None:
    if variance is None:
        return None
    values = survey.answers(variance).as_float()
    if not (np.isfinite(values) & (values > 0)).all():
        raise OptionError(
            f"calibrate, variance {variance}", "values missing or not positive", "positive numbers"
        )
    return values
