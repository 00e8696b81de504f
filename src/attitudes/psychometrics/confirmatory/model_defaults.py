"""What a confirmatory model has besides what was written: variances, covariances, thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from attitudes.psychometrics.confirmatory.syntax import Formula, ModelSyntax

__all__ = ["Equal", "ModelOptions", "default_formulas", "variables"]

Equal = Literal[
    "loadings",
    "intercepts",
    "thresholds",
    "residuals",
    "residual_covariances",
    "means",
    "variances",
    "covariances",
    "regressions",
]


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """Defaults that complete a model.

    Attributes
    ----------
    std_lv
        Fix the variances of factors rather than their first loadings.
    orthogonal
        Fix covariances of factors at zero.
    means
        Whether means are modelled.
    thresholds
        Number of thresholds of each observed variable; empty for continuous ones.
    parameterization
        Of ordinal variables.
    equal
        Kinds of parameters that are equal in all groups.
    release
        Parameters that are left free although their kind is equal.
    """

    std_lv: bool = False
    orthogonal: bool = False
    means: bool = False
    thresholds: tuple[int, ...] = ()
    parameterization: Literal["delta", "theta"] = "delta"
    equal: tuple[Equal, ...] = ()
    release: tuple[tuple[str, str, str], ...] = ()


def variables(syntax: ModelSyntax) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return observed and latent variables in the order of the text."""
    latent = tuple(dict.fromkeys(f.lhs for f in syntax.formulas if f.op == "=~"))
    indicators = dict.fromkeys(
        f.rhs for f in syntax.formulas if f.op == "=~" and f.rhs not in latent
    )
    others: dict[str, None] = {}
    for f in syntax.formulas:
        if f.op != "=~":
            names = (f.lhs, f.rhs) if f.op in ("~", "~~") else (f.lhs,)
            others.update({name: None for name in names if name not in latent})
    return tuple({**indicators, **others}), latent


def _covariances(names: Sequence[str]) -> list[Formula]:
    return [Formula(a, "~~", b) for i, a in enumerate(names) for b in names[i + 1 :]]


def default_formulas(syntax: ModelSyntax, options: ModelOptions) -> list[Formula]:
    """Return what a CFA adds: variances, covariances of factors, thresholds, means."""
    observed, latent = variables(syntax)
    predicted = {f.lhs for f in syntax.formulas if f.op == "~"}
    measured = {f.rhs for f in syntax.formulas if f.op == "=~"}
    predictors = {f.rhs for f in syntax.formulas if f.op == "~"}
    out = [Formula(name, "~~", name) for name in (*observed, *latent)]
    exogenous = [n for n in latent if n not in predicted and n not in measured]
    exogenous += [n for n in observed if n in predictors and n not in predicted | measured]
    out += _covariances(exogenous)
    outcomes = [
        n for n in (*latent, *observed) if n in predicted and n not in predictors | measured
    ]
    out += _covariances([n for n in outcomes if n in latent])
    out += _covariances([n for n in outcomes if n in observed])
    for name, count in zip(observed, options.thresholds, strict=False):
        out += [Formula(name, "|", f"t{t + 1}") for t in range(count)]
    if options.thresholds:
        out += [Formula(name, "~*~", name) for name in observed]
    if options.means:
        out += [Formula(name, "~1", "") for name in (*observed, *latent)]
    return out
