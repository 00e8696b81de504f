"""Estimate one model from respondents made ready."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import get_args

import numpy as np

from attitudes.errors import (
    AttitudesError,
    ConvergenceError,
    EstimationError,
    OptionError,
    raise_all,
)
from attitudes.numerics.design import FloatArray
from attitudes.numerics.sem.fit import SemFit, fit_sem
from attitudes.numerics.sem.measures import fit_measures
from attitudes.numerics.sem.optimise import NotIdentifiedError
from attitudes.numerics.sem.problem import Problem
from attitudes.numerics.sem.structure import Parameterization
from attitudes.psychometrics.confirmatory.admissibility import inadmissible
from attitudes.psychometrics.confirmatory.estimates import parameter_estimates
from attitudes.psychometrics.confirmatory.matrices import place_parameters
from attitudes.psychometrics.confirmatory.model_defaults import Equal, ModelOptions
from attitudes.psychometrics.confirmatory.model_table import ModelTable, build_table
from attitudes.psychometrics.confirmatory.preparation import CfaData
from attitudes.psychometrics.confirmatory.result import ConfirmatoryAnalysis
from attitudes.psychometrics.confirmatory.starts import other_starts, starting_values

__all__ = ["estimate", "model_options", "read_parameter"]

_PARAMETER = re.compile(r"\s*([\w.]+)\s*(=~|~\*~|~~|~|\|)\s*([\w.]+)\s*$")


def read_parameter(text: str) -> tuple[str, str, str]:
    """Return the parts of a parameter's name.

    Raises
    ------
    OptionError
        Anything but a name such as ``"f=~x3"``, ``"x3~1"``, ``"x3|t2"``, ``"x3~~x3"``.

    Examples
    --------
    >>> read_parameter("f =~ x3"), read_parameter("x3~1")
    (('f', '=~', 'x3'), ('x3', '~1', ''))
    """
    found = _PARAMETER.match(text)
    if not found:
        raise OptionError(
            "cfa, release", f"{text!r}", 'a parameter such as "f=~x3", "x3~1", "x3|t2", "x3~~x3"'
        )
    lhs, op, rhs = found.groups()
    return (lhs, "~1", "") if op == "~" and rhs == "1" else (lhs, op, rhs)


def model_options(
    data: CfaData,
    *,
    std_lv: bool = False,
    orthogonal: bool = False,
    means: bool | None = None,
    parameterization: Parameterization = "delta",
    equal: Sequence[Equal] = (),
    release: Sequence[str] = (),
) -> ModelOptions:
    """Return the defaults that complete a model; the arguments are those of :func:`attitudes.cfa`.

    Raises
    ------
    OptionError
        Unknown kinds of equalities, or equalities without groups.
    """
    known = get_args(Equal)
    failures: list[AttitudesError] = [
        OptionError.unknown("cfa, equal", "kind of parameter", kind, known)
        for kind in equal
        if kind not in known
    ]
    if parameterization not in get_args(Parameterization):
        allowed = get_args(Parameterization)
        failures.append(
            OptionError.unknown("cfa, parameterization", "option", parameterization, allowed)
        )
    grouped = data.answered.labels != ("",)
    if equal and not grouped:
        failures.append(OptionError("cfa, equal", ", ".join(equal), "groups", "name them with by"))
    raise_all(failures)
    settings = data.settings
    needed = settings.rules.ordinal or settings.missing == "fiml" or grouped
    modelled = needed or (settings.covariance == "design" if means is None else means)
    return ModelOptions(
        std_lv,
        orthogonal,
        modelled,
        data.samples.thresholds,
        parameterization,
        tuple(equal),
        tuple(read_parameter(text) for text in release),
    )


def estimate(data: CfaData, options: ModelOptions) -> ConfirmatoryAnalysis:
    """Estimate a model.

    Parameters
    ----------
    data
        Respondents and the model.
    options
        Defaults that complete the model.

    Raises
    ------
    EstimationError
        A model with more parameters than moments, or one that is not identified.
    ConvergenceError
        No minimum.
    """
    syntax, answered, settings = data.model.syntax, data.answered, data.settings
    table = build_table(syntax, len(answered.labels), options)
    assert table.observed == data.model.items, "samples are in the order of the model's items"
    placed = place_parameters(table, starting_values(table, data.samples))
    problem = Problem(placed.models, data.samples.groups, table.n_free, data.samples.joint)
    if problem.df < 0:
        raise EstimationError(
            "cfa, model",
            f"{table.n_free} parameters to be had from {problem.n_moments} moments of "
            f"{len(table.observed)} items",
            "no more parameters than moments",
            "fix parameters, make some equal, or add items",
        )
    try:
        fit = _fitted(data, table, problem)
    except NotIdentifiedError as error:
        raise _named(error, table) from None
    found = parameter_estimates(table, placed, fit, answered.labels, syntax.defined, settings.level)
    warnings = (*settings.warnings, *data.samples.warnings)
    return ConfirmatoryAnalysis(
        table.observed,
        table.latent,
        tuple(name for name in table.observed if name in data.model.turned),
        answered.labels,
        answered.counts,
        answered.dropped,
        settings.estimator,
        settings.missing,
        settings.covariance,
        found,
        fit_measures(fit, covariance=data.samples.covariance),
        (*warnings, *inadmissible(table, placed, fit, answered.labels)),
        settings.provenance,
        syntax,
        table,
        placed,
        fit,
    )


def _fitted(data: CfaData, table: ModelTable, problem: Problem) -> SemFit:
    """Fit from the usual start, or from others when that one leads nowhere."""
    rules = data.settings.rules

    def fitted(values: FloatArray, maximum: int) -> SemFit:
        return fit_sem(
            problem,
            _free_starts(table, values),
            errors=rules.errors,
            test=rules.test,
            kind=rules.information,
            covariance=data.samples.covariance,
            maximum=maximum,
        )

    try:
        return fitted(starting_values(table, data.samples), 150)
    except ConvergenceError as error:
        for values in other_starts(table, data.samples):
            try:
                return fitted(values, 50)
            except EstimationError:
                continue
        raise error from None


def _named(error: NotIdentifiedError, table: ModelTable) -> EstimationError:
    """Say which parameters the data do not determine."""
    moved = np.abs(error.direction)
    order = np.argsort(-moved)
    names = {p.free: f"{p.lhs} {p.op} {p.rhs}".strip() for p in reversed(table.parameters)}
    shown = [names[int(k)] for k in order[:4] if moved[k] > 0.3 * moved[order[0]]]
    return EstimationError(
        "cfa, model",
        f"parameters that the data do not determine, among them {', '.join(shown)}",
        "an identified model",
        "fix a loading or the variance of each factor; give each factor three items or more",
    )


def _free_starts(table: ModelTable, values: FloatArray) -> FloatArray:
    """Starting values of the free parameters from those of the table."""
    start = np.zeros(table.n_free)
    for p, value in zip(table.parameters, values, strict=True):
        if p.free >= 0:
            start[p.free] = value
    return start
