"""Modification indices: which fixed parameter would be worth freeing."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.sem.fit import SemFit
from attitudes.numerics.sem.problem import Problem
from attitudes.numerics.sem.score_tests import score_tests
from attitudes.numerics.sem.structure import (
    DIRECTED,
    SYMMETRIC,
    GroupModel,
    implied_moments,
)
from attitudes.psychometrics.confirmatory.matrices import Placed
from attitudes.psychometrics.confirmatory.model_table import ModelTable

__all__ = ["Modification", "modifications", "residual_variances"]


@dataclass(frozen=True, slots=True)
class Modification:
    """A parameter that might be freed.

    Attributes
    ----------
    lhs, op, rhs, group
        Which it is.
    mi
        Score test on one degree of freedom: about what the (unscaled) χ² would fall by.
    epc
        Expected parameter change.
    sepc_lv, sepc_all
        The change with variances of factors 1, and with all variances 1.
    """

    lhs: str
    op: str
    rhs: str
    group: str
    mi: float
    epc: float
    sepc_lv: float
    sepc_all: float


def _candidates(table: ModelTable, group: int) -> list[tuple[str, str, str]]:
    """Cross-loadings and covariances that the group's model lacks or fixes."""
    free = {p.key for p in table.parameters if p.group == group and p.free >= 0}
    taken = free | {(b, op, a) for a, op, b in free if op == "~~"}
    loads: dict[str, set[str]] = {f: set() for f in table.latent}
    for p in table.parameters:
        if p.op == "=~" and p.group == group:
            loads[p.lhs].add(p.rhs)
    out = [
        (f, "=~", item)
        for f in table.latent
        for item in table.observed
        if item not in loads[f] and loads[f] & set(table.observed)
    ]
    for names in (table.observed, table.latent):
        out += [(a, "~~", b) for i, a in enumerate(names) for b in names[i + 1 :]]
    return [key for key in out if key not in taken]


def _extended(model: GroupModel, places: list[tuple[int, int, int]]) -> tuple[GroupModel, IntArray]:
    """A model with elements of value zero added."""
    added = np.array(places, dtype=np.int64).reshape(-1, 3)
    size = len(added)
    longer = replace(
        model,
        kind=np.concatenate([model.kind, added[:, 0]]),
        row=np.concatenate([model.row, added[:, 1]]),
        column=np.concatenate([model.column, added[:, 2]]),
        free=np.concatenate([model.free, np.full(size, -1)]),
        value=np.concatenate([model.value, np.zeros(size)]),
    )
    return longer, len(model.kind) + np.arange(size)


def modifications(
    table: ModelTable, placed: Placed, fit: SemFit, labels: tuple[str, ...], least: float
) -> tuple[Modification, ...]:
    """Return the modification indices of at least ``least``, largest first."""
    number = {name: k for k, name in enumerate((*table.observed, *table.latent))}
    models, extra, keys = [], [], []
    for g, model in enumerate(placed.models):
        mine = _candidates(table, g)
        places = [
            (DIRECTED, number[rhs], number[lhs])
            if op == "=~"
            else (SYMMETRIC, number[lhs], number[rhs])
            for lhs, op, rhs in mine
        ]
        longer, added = _extended(model, places)
        models.append(longer)
        extra.append(added)
        keys += [(key, g) for key in mine]
    problem = Problem(tuple(models), fit.problem.samples, fit.problem.n_free)
    found = score_tests(problem, fit.theta, tuple(extra))
    spread = [_spread(model, fit.theta) for model in placed.models]
    out = []
    for k, ((lhs, op, rhs), g) in enumerate(keys):
        mi, epc = float(found.statistic[k]), float(found.change[k])
        if not np.isfinite(mi) or mi < least:
            continue
        total, residual = spread[g]
        a, b = number[lhs], number[rhs]
        if op == "=~":
            lv = epc * total[a]
            both = lv / total[b]
        elif lhs in table.latent:
            lv = both = epc / (total[a] * total[b])
        else:
            lv, both = epc, epc / (residual[a] * residual[b])
        out.append(Modification(lhs, op, rhs, labels[g], mi, epc, float(lv), float(both)))
    return tuple(sorted(out, key=lambda m: -m.mi))


def _spread(model: GroupModel, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Standard deviations of all variables, and of the residuals of observed ones."""
    implied = implied_moments(model, theta)
    variance = np.diag(implied.total).copy()
    if model.ordinal and model.parameterization == "delta":
        variance[: model.n_observed] = 1.0 / implied.scale**2
    with np.errstate(invalid="ignore"):
        return np.sqrt(variance), np.sqrt(residual_variances(model, theta))


def residual_variances(model: GroupModel, theta: FloatArray) -> FloatArray:
    """Return the residual variance of each observed variable, length p."""
    p = model.n_observed
    if model.ordinal and model.parameterization == "delta":
        implied = implied_moments(model, theta)
        return np.asarray(1.0 / implied.scale**2 - np.diag(implied.total)[:p])
    out = np.zeros(p)
    own = (model.kind == SYMMETRIC) & (model.row == model.column) & (model.row < p)
    out[model.row[own]] = model.values(theta)[own]
    return out
