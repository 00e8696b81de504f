"""Estimates of a model's parameters, raw and standardised, with their uncertainty."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.inference.expressions import evaluate
from attitudes.numerics.sem.fit import SemFit
from attitudes.numerics.sem.standardised import Rows, Scaled, rescaled
from attitudes.numerics.sem.structure import implied_moments
from attitudes.psychometrics.confirmatory.matrices import Placed
from attitudes.psychometrics.confirmatory.model_table import ModelTable, Parameter

__all__ = ["Estimate", "parameter_estimates"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """One parameter.

    Attributes
    ----------
    lhs, op, rhs
        Which it is, in lavaan's notation; ``:=`` for a defined one.
    group
        Name of its group; empty without groups.
    label
        Its label, if any; parameters of one label are equal.
    free
        Whether it was estimated.
    estimate, se, z, p, low, high
        Value, standard error (0 when fixed), Wald test and normal interval.
    std, std_se
        Completely standardised value (variances of items and factors 1) and its standard error.
    std_lv
        Value with the variances of factors 1 and items as they are.
    """

    lhs: str
    op: str
    rhs: str
    group: str
    label: str
    free: bool
    estimate: float
    se: float
    z: float
    p: float
    low: float
    high: float
    std: float
    std_se: float
    std_lv: float


def parameter_estimates(
    table: ModelTable,
    placed: Placed,
    fit: SemFit,
    labels: tuple[str, ...],
    defined: dict[str, str],
    level: float,
) -> tuple[Estimate, ...]:
    """Return all parameters, and after them those that the model defines.

    Parameters
    ----------
    table, placed, fit
        The model, its matrices, what was estimated.
    labels
        Names of the groups.
    defined
        Name → expression of labels.
    level
        Of the intervals.
    """
    se = np.sqrt(np.maximum(np.diag(fit.vcov), 0.0))
    quantile = float(norm.ppf(0.5 + level / 2.0))
    three = _three(table, placed, fit)
    full = three.full
    spread = np.sqrt(np.maximum(((full.jacobian @ fit.vcov) * full.jacobian).sum(axis=1), 0.0))
    out: list[Estimate] = []
    for k, p in enumerate(table.parameters):
        value = three.raw.value[k]
        if placed.element[k] < 0:
            value = _scale_of(table, placed, fit, p)
            full.value[k] = three.latent.value[k] = 1.0
        error = float(se[p.free]) if p.free >= 0 else 0.0
        label = "" if p.label.startswith(f"{p.lhs}{p.op}") else p.label
        shown = (p.lhs, p.op, p.rhs, labels[p.group], label)
        std = (float(full.value[k]), float(spread[k]), float(three.latent.value[k]))
        out.append(_estimate(shown, p.free >= 0, float(value), error, quantile, std))
    return (*out, *_defined(table, fit, full, defined, quantile))


def _estimate(
    shown: tuple[str, str, str, str, str],
    free: bool,
    value: float,
    error: float,
    quantile: float,
    std: tuple[float, float, float],
) -> Estimate:
    z = value / error if error > 0 else np.nan
    p = float(2.0 * norm.sf(abs(z))) if error > 0 else np.nan
    low, high = value - quantile * error, value + quantile * error
    return Estimate(*shown, free, value, error, z, p, low, high, *std)


def _scale_of(table: ModelTable, placed: Placed, fit: SemFit, p: Parameter) -> float:
    implied = implied_moments(placed.models[p.group], fit.theta)
    return float(implied.scale[table.observed.index(p.lhs)])


def _defined(
    table: ModelTable, fit: SemFit, full: Scaled, defined: dict[str, str], quantile: float
) -> list[Estimate]:
    """Delta method: g'Vg, raw and with the standardised values in place of the raw ones."""
    named = {p.label: (k, p) for k, p in reversed(list(enumerate(table.parameters))) if p.label}
    values = {
        name: float(fit.theta[p.free] if p.free >= 0 else p.fixed or 0.0)
        for name, (_, p) in named.items()
    }
    slopes = {name: _unit(p.free, len(fit.theta)) for name, (_, p) in named.items()}
    std_values = {name: float(full.value[k]) for name, (k, _) in named.items()}
    std_slopes = {name: full.jacobian[k] for name, (k, _) in named.items()}
    out = []
    for name, expression in defined.items():
        value, slope = _delta(expression, values, slopes, len(fit.theta))
        std, std_slope = _delta(expression, std_values, std_slopes, len(fit.theta))
        values[name], slopes[name] = value, slope
        std_values[name], std_slopes[name] = std, std_slope
        error = float(np.sqrt(max(float(slope @ fit.vcov @ slope), 0.0)))
        std_error = float(np.sqrt(max(float(std_slope @ fit.vcov @ std_slope), 0.0)))
        shown = (name, ":=", expression, "", name)
        out.append(_estimate(shown, True, value, error, quantile, (std, std_error, std)))
    return out


def _unit(place: int, q: int) -> FloatArray:
    out = np.zeros(q)
    if place >= 0:
        out[place] = 1.0
    return out


def _delta(
    expression: str, values: dict[str, float], slopes: dict[str, FloatArray], q: int
) -> tuple[float, FloatArray]:
    """Value of an expression of labels, and its gradient by the free parameters."""
    found = evaluate(expression.replace("^", "**"), values)
    slope = np.zeros(q)
    for change, name in zip(found.gradient, values, strict=True):
        slope += change * slopes[name]
    return found.value, slope


@dataclass(frozen=True, slots=True)
class _Three:
    """Values as they are, with variances of factors 1, and with all variances 1."""

    raw: Scaled
    latent: Scaled
    full: Scaled


def _three(table: ModelTable, placed: Placed, fit: SemFit) -> _Three:
    q, size = len(fit.theta), len(table.parameters)
    out = [Scaled(np.zeros(size), np.zeros((size, q))) for _ in range(3)]
    group = np.array([p.group for p in table.parameters])
    for g, model in enumerate(placed.models):
        mine = np.flatnonzero((group == g) & (placed.element >= 0))
        rows = _rows(table, placed, mine, model.n_variables)
        p = model.n_observed
        for target, scaling in zip(out, ("raw", "latent", "full"), strict=True):
            total, own = rows.total.copy(), rows.own.copy()
            if scaling != "full":
                total[:, :p], own[:, :p] = 0.0, 0.0
            if scaling == "raw":
                total[:], own[:] = 0.0, 0.0
            found = rescaled(model, fit.theta, q, Rows(rows.element, total, own))
            target.value[mine] = found.value
            target.jacobian[mine] = found.jacobian
    return _Three(*out)


def _rows(table: ModelTable, placed: Placed, mine: IntArray, v: int) -> Rows:
    """Exponents of complete standardisation."""
    names = (*table.observed, *table.latent)
    number = {name: k for k, name in enumerate(names)}
    total, own = np.zeros((len(mine), v)), np.zeros((len(mine), v))
    element = placed.element[mine].copy()
    explained = {p.rhs for p in table.parameters if p.op == "=~"}
    explained |= {p.lhs for p in table.parameters if p.op == "~"}
    delta = bool(table.options.thresholds) and table.options.parameterization == "delta"
    for i, k in enumerate(mine):
        p = table.parameters[k]
        a, b = number[p.lhs], number.get(p.rhs, 0)
        if p.op == "=~":
            total[i, a] += 0.5
            total[i, b] -= 0.5
        elif p.op == "~":
            total[i, a] -= 0.5
            total[i, b] += 0.5
        elif p.op == "~~" and a == b:
            total[i, a] -= 1.0
            if delta and a < len(table.observed):
                element[i] = -1 - a
        elif p.op == "~~":
            for x in (a, b):
                (own if names[x] in explained else total)[i, x] -= 0.5
        elif p.op in ("~1", "|"):
            total[i, a] -= 0.5
        elif p.op == "~*~":
            total[i, a] += 0.5
    return Rows(element, total, own)
