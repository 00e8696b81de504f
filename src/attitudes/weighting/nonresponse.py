"""Adjustment for unknown eligibility and for non-response."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from attitudes.errors import AttitudesError, EstimationError, OptionError, raise_all
from attitudes.numerics.design import DesignArrays, FloatArray, IntArray, ReplicateArrays
from attitudes.numerics.models.propensity import fit_propensity, propensity_classes
from attitudes.numerics.replicates.replicate_adjustment import adjust_cells, adjust_rows
from attitudes.numerics.weights.cells import cell_totals
from attitudes.survey.ledger import Step
from attitudes.survey.survey import Survey
from attitudes.weighting.apply import (
    COLUMN,
    as_names,
    check_option,
    finish,
    group_codes,
    spread,
    start,
)
from attitudes.weighting.predictors import predictor_matrix
from attitudes.weighting.status import (
    INELIGIBLE,
    NONRESPONDENT,
    RESPONDENT,
    UNKNOWN,
    Outcomes,
    read_status,
)

__all__ = ["NonresponseMethod", "adjust_nonresponse"]

NonresponseMethod = Literal["classes", "propensity", "propensity_classes"]
_STATES = 4


def adjust_nonresponse(
    survey: Survey,
    *,
    status: str,
    respondent: Outcomes = None,
    nonrespondent: Outcomes = None,
    unknown: Outcomes = None,
    ineligible: Outcomes = None,
    by: str | Sequence[str] = (),
    method: NonresponseMethod = "classes",
    predictors: str | Sequence[str] = (),
    n_classes: int = 5,
    column: str = COLUMN,
) -> Survey:
    """Give the weight of those who did not respond to those who did.

    Parameters
    ----------
    survey
        All that were sampled, with their base weights.
    status
        Column with the outcome of each.
    respondent, nonrespondent, unknown, ineligible
        Values of ``status`` of each outcome, one or several. With none given, the words
        ``respondent``, ``nonrespondent``, ``unknown``, ``ineligible``, or AAPOR codes by their
        first digit: 1 interview, 2 eligible without interview, 3 unknown eligibility, 4 not
        eligible.
    by
        Variables of the adjustment classes, known of respondents and non-respondents. The weight
        of unknown eligibility is given in them under every method.
    method
        ``"classes"``: factor by class; ``"propensity"``: inverse of a response propensity
        modelled by ``predictors``; ``"propensity_classes"``: factor by class of like propensity.
    predictors
        Variables of the propensity model: numbers as they are, categories as indicators.
    n_classes
        Number of propensity classes of about equal weight.
    column
        Column that takes the new weights.

    Returns
    -------
    Survey
        With all rows, so that the design stays whole: non-respondents, unknown and ineligible
        persons have weight zero. Replicate weights repeat both adjustments, the model refitted.

    Raises
    ------
    OptionError
        Values of ``status`` without an outcome; predictors missing or not wanted.
    EstimationError
        Classes with eligible persons and no respondent.
    ConvergenceError
        Predictors that tell respondents apart without error.

    Notes
    -----
    First w′ = w · Σw / Σ_known w in each class for persons of known eligibility; then
    w″ = w′ · Σ_eligible w′ / Σ_respondents w′ in each class, or w′/p̂. Linearised variances take
    the factors as fixed; replicate weights account for them.

    References
    ----------
    Valliant, Dever and Kreuter (2018), Practical Tools for Designing and Weighting Survey
    Samples, 13.4 to 13.5; AAPOR (2023), Standard Definitions, 10th edition.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"status": [1.1, 2.1, 1.1, 1.1, 3.1, 4.5], "region": list("nnnsss")})
    >>> made = adjust_nonresponse(Survey.from_frame(frame), status="status", by="region")
    >>> made.weights.tolist()
    [1.5, 0.0, 1.5, 1.5, 0.0, 0.0]
    """
    verb = "adjust_nonresponse"
    check_option(verb, "method", method, get_args(NonresponseMethod))
    named = as_names(predictors)
    if (method == "classes") == bool(named):
        found = "predictors beside classes" if named else "no predictors"
        raise OptionError(f"{verb}, predictors", found, "variables, for the propensity methods")
    design = start(survey, verb)
    states = read_status(
        survey,
        status,
        {
            "respondent": respondent,
            "nonrespondent": nonrespondent,
            "unknown": unknown,
            "ineligible": ineligible,
        },
        verb,
    )
    groups, names = group_codes(survey, as_names(by))
    X = predictor_matrix(survey, named, states <= NONRESPONDENT, verb) if named else None
    rule = _Rule(states, groups, names, X, method, n_classes, verb)
    weights, replicates = rule.apply(design)
    parameters: dict[str, Any] = {
        "status": status,
        "respondent": _plain(respondent),
        "nonrespondent": _plain(nonrespondent),
        "unknown": _plain(unknown),
        "ineligible": _plain(ineligible),
        "by": list(as_names(by)),
        "method": method,
        "predictors": list(named),
        "n_classes": n_classes,
        "column": column,
    }
    summary = f"{_count(states, design.weights)}; {spread(weights, design.weights)}"
    step = Step(verb, parameters, summary)
    return finish(survey, weights, step, column=column, replicates=replicates)


@dataclass(frozen=True, slots=True)
class _Rule:
    """The adjustment, for the sample and for each replicate."""

    states: IntArray
    groups: IntArray
    names: tuple[str, ...]
    X: FloatArray | None
    method: NonresponseMethod
    n_classes: int
    verb: str

    def apply(self, design: DesignArrays) -> tuple[FloatArray, ReplicateArrays | None]:
        """Return adjusted weights and replicates."""
        if self.X is not None:
            weights = self.by_model(design.weights, self.verb)
            if design.replicates is None:
                return weights, None
            return weights, adjust_rows(design.replicates, design.weights, self.of_replicate)
        cells = self.groups * _STATES + self.states
        size = len(self.names) * _STATES
        factors = self.factors(cell_totals(cells, size, design.weights)[:, None], None)[:, 0]
        weights = design.weights * factors[cells]
        if design.replicates is None:
            return weights, None
        return weights, adjust_cells(
            design.replicates, design.weights, cells, factors, self.factors
        )

    def factors(self, sums: FloatArray, first: int | None) -> FloatArray:
        """Return factors of class × outcome from weighted sums, columns are replicates."""
        known = self.known_factors(sums.reshape(len(self.names), _STATES, -1), first)
        table = sums.reshape(len(self.names), _STATES, -1) * known[:, None, :]
        response = self.response_factors(table[:, RESPONDENT], table[:, NONRESPONDENT], first)
        out = np.zeros_like(table)
        out[:, RESPONDENT] = known * response
        return out.reshape(sums.shape)

    def known_factors(self, table: FloatArray, first: int | None) -> FloatArray:
        """Return what persons of known eligibility take over in each class."""
        known = table.sum(axis=1) - table[:, UNKNOWN]
        self.refuse_empty(
            (table[:, UNKNOWN] > 0) & (known <= 0), "person of known eligibility", first
        )
        return _ratio(table.sum(axis=1), known)

    def response_factors(self, yes: FloatArray, no: FloatArray, first: int | None) -> FloatArray:
        """Return what respondents take over in each class."""
        self.refuse_empty((no > 0) & (yes <= 0), "respondent", first)
        return _ratio(yes + no, yes)

    def refuse_empty(self, empty: np.ndarray[Any, Any], what: str, first: int | None) -> None:
        """Raise for the classes in which nobody can take the weight over."""
        failures: list[AttitudesError] = []
        for code, column in np.argwhere(empty)[:10]:
            where = "" if first is None else f", replicate {first + column + 1}"
            failures.append(
                EstimationError(
                    f"{self.verb}, class {self.names[code]}{where}",
                    f"no {what} to take over the weight of the others",
                    "at least one in each class",
                    "merge classes",
                )
            )
        raise_all(failures)

    def of_replicate(self, weights: FloatArray, replicate: int) -> FloatArray:
        """Return the adjusted weights of a replicate."""
        return self.by_model(weights, f"{self.verb}, replicate {replicate + 1}")

    def by_model(self, weights: FloatArray, where: str) -> FloatArray:
        """Return weights adjusted by modelled propensities."""
        assert self.X is not None
        cells = self.groups * _STATES + self.states
        sums = cell_totals(cells, len(self.names) * _STATES, weights)
        table = sums.reshape(len(self.names), _STATES, 1)
        w = weights * self.known_factors(table, None)[self.groups, 0]
        eligible = self.states <= NONRESPONDENT
        responded = self.states == RESPONDENT
        if not (responded & (w > 0)).any():
            raise EstimationError(where, "no respondent", "at least one")
        p = np.ones(len(w))
        if (eligible & ~responded & (w > 0)).any():
            fit = fit_propensity(self.X[eligible], responded[eligible], w[eligible])
            p[eligible] = fit.propensities
        if self.method == "propensity":
            return np.where(responded, w / p, 0.0)
        codes = np.zeros(len(w), dtype=np.int64)
        codes[eligible] = propensity_classes(p[eligible], w[eligible], self.n_classes)
        size = int(codes.max()) + 1
        yes = cell_totals(codes, size, np.where(responded, w, 0.0))
        no = cell_totals(codes, size, np.where(eligible & ~responded, w, 0.0))
        return np.where(responded, w * self._class_factors(yes, no, where)[codes], 0.0)

    def _class_factors(self, yes: FloatArray, no: FloatArray, where: str) -> FloatArray:
        empty = np.flatnonzero((no > 0) & (yes <= 0))
        if len(empty):
            raise EstimationError(
                f"{where}, propensity class {empty[0] + 1}",
                "no respondent",
                "at least one in each class",
                "use fewer classes",
            )
        return _ratio(yes + no, yes)


def _ratio(total: FloatArray, part: FloatArray) -> FloatArray:
    return np.divide(total, part, out=np.ones_like(total), where=part > 0)


def _plain(outcomes: Outcomes) -> list[Any] | None:
    if outcomes is None:
        return None
    values = [outcomes] if isinstance(outcomes, str | int | float) else list(outcomes)
    return [v.item() if isinstance(v, np.generic) else v for v in values]


def _count(states: IntArray, weights: FloatArray) -> str:
    words = ("respondents", "non-respondents", "of unknown eligibility", "ineligible")
    counts = np.bincount(states, minlength=_STATES)
    parts = [f"{counts[k]} {words[k]}" for k in (RESPONDENT, NONRESPONDENT, UNKNOWN, INELIGIBLE)]
    eligible = weights[states <= NONRESPONDENT].sum()
    rate = weights[states == RESPONDENT].sum() / eligible if eligible > 0 else float("nan")
    return ", ".join(parts) + f"; weighted response rate among the eligible {100 * rate:.1f}%"
