"""How raking and calibration came to their totals: fitted again from the survey's records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from attitudes.errors import DataError
from attitudes.numerics.design import FloatArray
from attitudes.numerics.weights.calibration import calibrate_weights
from attitudes.numerics.weights.cells import Cells, cell_totals
from attitudes.numerics.weights.raking import rake_cells
from attitudes.survey.ledger import Step
from attitudes.survey.survey import Calibration, Survey
from attitudes.weighting.auxiliaries import build_auxiliaries
from attitudes.weighting.coding import code_margins
from attitudes.weighting.margins import read_margins

__all__ = ["Trace", "calibrating_steps", "convergence_traces"]

CALIBRATING = ("poststratify", "rake", "calibrate", "standardize")


@dataclass(frozen=True, slots=True)
class Trace:
    """How a step came to its totals.

    Attributes
    ----------
    verb
        Name of the step.
    misses
        Largest relative miss of a total at each iteration.
    """

    verb: str
    misses: FloatArray


def calibrating_steps(survey: Survey, steps: Sequence[Step]) -> list[tuple[Step, Calibration]]:
    """Return the steps that matched totals, each with its record."""
    calibrating = [s for s in steps if s.verb in CALIBRATING]
    if len(calibrating) != len(survey.calibrations):
        raise DataError(
            "weight_diagnostics",
            f"{len(survey.calibrations)} records of calibration and {len(calibrating)} steps",
            "one record for each step of the history",
        )
    return list(zip(calibrating, survey.calibrations, strict=True))


def convergence_traces(survey: Survey, steps: Sequence[Step]) -> tuple[Trace, ...]:
    """Return the misses of each raking and calibration, iteration by iteration."""
    made = [_trace(survey, step, record) for step, record in calibrating_steps(survey, steps)]
    return tuple(trace for trace in made if trace is not None)


def _trace(survey: Survey, step: Step, record: Calibration) -> Trace | None:
    """Fit again from the record; post-stratification has nothing to converge."""
    options: dict[str, Any] = dict(step.parameters)
    if step.verb == "rake":
        margins = read_margins(survey, options["totals"], "rake")
        coded = code_margins(
            survey, margins, record.base_weights, verb="rake", untargeted=options["untargeted"]
        )
        cells = Cells(coded[0].cells, tuple(c.of_cell for c in coded))
        mass = cell_totals(cells.rows, cells.size, record.base_weights)
        raked = rake_cells(
            mass,
            cells.categories,
            [c.targets for c in coded],
            tolerance=options["tolerance"],
            max_iterations=options["max_iterations"],
        )
        return Trace("rake", raked.trace)
    if step.verb != "calibrate":
        return None
    sigma = None
    base = record.base_weights
    if options["variance"] is not None:
        sigma = survey.answers(options["variance"]).as_float()
        base = base * sigma
    auxiliaries = build_auxiliaries(
        survey,
        options["totals"],
        base,
        shares=False,
        population=options["population"],
        untargeted=options["untargeted"],
    )
    fit = calibrate_weights(
        record.auxiliaries,
        base,
        auxiliaries.totals,
        distance=options["distance"],
        bounds=options["bounds"],
        variance=sigma,
        tolerance=options["tolerance"],
        max_iterations=options["max_iterations"],
    )
    return Trace("calibrate", fit.trace)
