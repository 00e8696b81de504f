"""Which equality over groups the data object to most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

from attitudes.numerics.sem.score_tests import score_tests
from attitudes.psychometrics.confirmatory.model_defaults import Equal
from attitudes.psychometrics.confirmatory.model_table import Parameter
from attitudes.psychometrics.confirmatory.result import ConfirmatoryAnalysis

__all__ = ["Release", "release_tests"]


@dataclass(frozen=True, slots=True)
class Release:
    """What freeing one parameter in one group would gain.

    Attributes
    ----------
    parameter
        Name such as ``"f=~x3"``, ``"x3~1"``, ``"x3|t2"``: what ``release`` takes.
    group
        The group that would leave the equality.
    chisq, df, p
        Score test of the equality, all others held.
    change
        How far the group's own value would move.
    """

    parameter: str
    group: str
    chisq: float
    df: int
    p: float
    change: float


def _name(p: Parameter) -> str:
    return f"{p.lhs}{p.op}{p.rhs}"


def release_tests(fit: ConfirmatoryAnalysis, kinds: Sequence[Equal] = ()) -> tuple[Release, ...]:
    """Test every equality over groups by itself, the worst first.

    Parameters
    ----------
    fit
        A model of several groups with equal parameters.
    kinds
        Kinds of parameters looked at; default: all that are equal.

    Notes
    -----
    Score tests, so nothing is estimated anew. In the first group nothing is tested: freeing it is
    freeing all others.

    References
    ----------
    Sörbom, D. (1989). Model modification. *Psychometrika* 54, 371–384.
    """
    table, placed = fit.table, fit.placed
    first: dict[int, int] = {}
    wanted: list[list[int]] = [[] for _ in fit.groups]
    chosen: list[list[Parameter]] = [[] for _ in fit.groups]
    operators = {op for kind in kinds for op in _OPERATORS.get(kind, ())}
    for k, p in enumerate(table.parameters):
        if p.free < 0 or placed.element[k] < 0:
            continue
        shared = first.setdefault(p.free, p.group)
        if p.group > shared and (not operators or p.op in operators):
            wanted[p.group].append(int(placed.element[k]))
            chosen[p.group].append(p)
    if not any(wanted):
        return ()
    extra = tuple(np.array(w, dtype=np.int64) for w in wanted)
    found = score_tests(fit.fit.problem, fit.fit.theta, extra)
    out: list[Release] = []
    for k, p in enumerate(p for group in chosen for p in group):
        value = float(found.statistic[k])
        if np.isfinite(value):
            name, group = _name(p), fit.groups[p.group]
            tail = float(chi2.sf(value, 1))
            out.append(Release(name, group, value, 1, tail, float(found.change[k])))
    return tuple(sorted(out, key=lambda r: -r.chisq))


_OPERATORS: dict[str, tuple[str, ...]] = {
    "loadings": ("=~",),
    "intercepts": ("~1",),
    "thresholds": ("|",),
    "residuals": ("~~",),
}
