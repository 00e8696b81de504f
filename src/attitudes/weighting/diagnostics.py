"""Diagnostics of weights: what they cost and what they bring."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from attitudes.errors import DataError
from attitudes.numerics.design import FloatArray
from attitudes.numerics.weights.cells import cell_totals
from attitudes.numerics.weights.weight_diagnostics import (
    WeightSummary,
    standardised_differences,
    summarise_weights,
)
from attitudes.survey.ledger import Step
from attitudes.survey.survey import Survey
from attitudes.weighting.auxiliaries import split_numbers
from attitudes.weighting.coding import code_margin
from attitudes.weighting.margins import Margin, read_margins
from attitudes.weighting.replay import weighting_steps
from attitudes.weighting.traces import Trace, calibrating_steps, convergence_traces

__all__ = ["MarginRow", "NumberRow", "WeightDiagnostics", "weight_diagnostics"]


@dataclass(frozen=True, slots=True)
class MarginRow:
    """One category of a margin before and after.

    Attributes
    ----------
    margin, category
        Variables and category.
    n
        Respondents in it with positive weight.
    before, after, target
        Shares of the weighted sample before and after, and of the population.
    difference_before, difference_after
        Standardised differences from the target: (share − target)/√(target(1 − target)).
    total, known
        Weighted total after, and the known total.
    """

    margin: str
    category: str
    n: int
    before: float
    after: float
    target: float
    difference_before: float
    difference_after: float
    total: float
    known: float


@dataclass(frozen=True, slots=True)
class NumberRow:
    """A number whose total is known.

    Attributes
    ----------
    variable
        Its name.
    before, after, known
        Weighted totals before and after, and the known total.
    mean_before, mean_after, mean_known
        The same per person, which a later rescaling does not change.
    """

    variable: str
    before: float
    after: float
    known: float
    mean_before: float
    mean_after: float
    mean_known: float


@dataclass(frozen=True, slots=True)
class WeightDiagnostics:
    """What a chain of weighting did.

    Attributes
    ----------
    before, after
        Distributions of the weights.
    factors
        Distribution of after/before among weights above zero.
    steps
        What was done.
    margins
        Categories whose totals were matched.
    numbers
        Numbers whose totals were matched.
    traces
        Convergence of each raking and calibration.
    weights_before, weights_after
        Length n.
    """

    before: WeightSummary
    after: WeightSummary
    factors: WeightSummary
    steps: tuple[Step, ...]
    margins: tuple[MarginRow, ...]
    numbers: tuple[NumberRow, ...]
    traces: tuple[Trace, ...]
    weights_before: FloatArray
    weights_after: FloatArray

    def to_frame(self) -> pd.DataFrame:
        """Return the margins before and after as a frame, a row a category."""
        names = list(MarginRow.__slots__)
        return pd.DataFrame(
            [[getattr(row, name) for name in names] for row in self.margins], columns=names
        )

    def __repr__(self) -> str:
        largest = max((abs(r.difference_after) for r in self.margins), default=0.0)
        return (
            f"WeightDiagnostics: {self.after.n} respondents, deff of weights "
            f"{self.after.deff:.3f}, effective n {self.after.n_eff:.1f}, weights "
            f"{self.after.least:.4g} to {self.after.greatest:.4g}, largest 1% carry "
            f"{100 * self.after.top_1:.1f}%, largest difference of a margin {largest:.2g}"
        )


def weight_diagnostics(survey: Survey, *, before: Survey | None = None) -> WeightDiagnostics:
    """Diagnose weights: design effect, distribution, margins before and after, convergence.

    Parameters
    ----------
    survey
        The weighted survey.
    before
        The survey before weighting, of the same rows; default: the weights before the first
        calibration, or the present ones.

    Raises
    ------
    DataError
        ``before`` of other rows; records of calibration that the history does not explain.

    Notes
    -----
    Margins and totals are those of the steps in the survey's history; where a margin was matched
    twice the last totals count.

    References
    ----------
    Kish (1992), Journal of Official Statistics 8, 183–200; Austin (2009), Statistics in Medicine
    28, 3083–3107.

    Examples
    --------
    >>> from attitudes.weighting.rake import rake
    >>> survey = Survey.from_frame(pd.DataFrame({"sex": list("ffm")}))
    >>> found = weight_diagnostics(rake(survey, {"sex": {"f": 50, "m": 50}}))
    >>> round(found.after.deff, 4), found.to_frame()[["before", "after"]].round(3).values.tolist()
    (1.125, [[0.667, 0.5], [0.333, 0.5]])
    """
    weights = survey.weights
    start = _start(survey, before, weights)
    steps = weighting_steps(survey)
    margins: dict[str, Margin] = {}
    numbers: dict[str, tuple[float, float]] = {}
    for step, record in calibrating_steps(survey, steps):
        given, found = split_numbers(step.parameters["totals"])
        people = float(record.regression_weights.sum())
        numbers |= {name: (total, people) for name, total in found.items()}
        if given:
            margins |= {m.name: m for m in read_margins(survey, given, step.verb)}
    both = (start > 0) & (weights > 0)
    factors = np.divide(weights, start, out=np.zeros_like(weights), where=both)
    return WeightDiagnostics(
        summarise_weights(start),
        summarise_weights(weights),
        summarise_weights(factors),
        steps,
        tuple(r for m in margins.values() for r in _margin_rows(survey, m, start, weights)),
        tuple(_number_row(survey, name, *known, start, weights) for name, known in numbers.items()),
        convergence_traces(survey, steps),
        start,
        weights,
    )


def _start(survey: Survey, before: Survey | None, weights: FloatArray) -> FloatArray:
    if before is not None:
        start = before.weights
        if len(start) != len(weights):
            raise DataError(
                "weight_diagnostics, before", f"{len(start)} rows", f"{len(weights)}, the survey's"
            )
        return start
    if survey.calibrations and survey.calibrations[0].aggregate_stage is None:
        return survey.calibrations[0].base_weights
    return weights


def _margin_rows(
    survey: Survey, margin: Margin, start: FloatArray, weights: FloatArray
) -> list[MarginRow]:
    known = len(margin.cells)
    coded, _ = code_margin(
        survey, margin, weights, verb="weight_diagnostics", untargeted="keep", partial=True
    )
    sums = cell_totals(coded.codes, max(coded.size, known + 2), weights)[:known]
    first, _ = code_margin(
        survey, margin, start, verb="weight_diagnostics", untargeted="keep", partial=True
    )
    firsts = cell_totals(first.codes, max(first.size, known + 2), start)[:known]
    counts = np.bincount(coded.codes[weights > 0], minlength=known)[:known]
    target = margin.array() / margin.sum
    share_before, share_after = firsts / firsts.sum(), sums / sums.sum()
    off_before = standardised_differences(share_before, target)
    off_after = standardised_differences(share_after, target)
    return [
        MarginRow(
            margin.name,
            margin.label(k),
            int(counts[k]),
            float(share_before[k]),
            float(share_after[k]),
            float(target[k]),
            float(off_before[k]),
            float(off_after[k]),
            float(sums[k]),
            margin.totals[k],
        )
        for k in range(known)
    ]


def _number_row(
    survey: Survey, name: str, known: float, people: float, start: FloatArray, weights: FloatArray
) -> NumberRow:
    values = survey.answers(name).as_float()
    present = np.isfinite(values)
    values = np.where(present, values, 0.0)
    before, after = float(start @ values), float(weights @ values)
    return NumberRow(
        name,
        before,
        after,
        known,
        before / float(start[present].sum()),
        after / float(weights[present].sum()),
        known / people,
    )
