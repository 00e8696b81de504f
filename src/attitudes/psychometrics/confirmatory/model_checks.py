"""Whether a model as written can be completed: numbers of values, labels, thresholds."""

from __future__ import annotations

from attitudes.errors import AttitudesError, OptionError, raise_all
from attitudes.psychometrics.confirmatory.model_defaults import (
    ModelOptions,
    default_formulas,
    variables,
)
from attitudes.psychometrics.confirmatory.syntax import ModelSyntax

__all__ = ["check_model"]


def check_model(syntax: ModelSyntax, n_groups: int, options: ModelOptions) -> None:
    """Refuse a model that cannot be completed.

    Raises
    ------
    OptionError
        All failures together: modifiers with a number of values that is not the number of groups;
        equalities of unknown labels; ordinal variables that predict others; thresholds and
        released parameters that are not there.
    """
    failures: list[AttitudesError] = []
    labels = {label for f in syntax.formulas for label in f.modifier.label}
    observed, _ = variables(syntax)
    for f in syntax.formulas:
        for values in (f.modifier.fixed, f.modifier.start, f.modifier.label):
            if len(values) not in (0, 1, n_groups):
                failures.append(
                    OptionError(
                        f"model, {f.lhs} {f.op} {f.rhs}",
                        f"{len(values)} values for {n_groups} groups",
                        "one value, or one a group",
                    )
                )
        if options.thresholds and f.op == "~" and f.rhs in observed:
            failures.append(
                OptionError(
                    f"model, {f.lhs} ~ {f.rhs}",
                    "an ordinal variable that predicts another",
                    "latent predictors where variables are ordinal",
                )
            )
    failures += _unknown_parameters(syntax, options)
    for equality in syntax.equalities:
        for name in (equality.lhs, equality.rhs):
            if name not in labels:
                failures.append(OptionError.unknown("model, ==", "label", name, labels))
    raise_all(failures)


def _unknown_parameters(syntax: ModelSyntax, options: ModelOptions) -> list[AttitudesError]:
    """Thresholds and released parameters that the model does not have."""
    defaults = default_formulas(syntax, options)
    known = {(f.lhs, f.op, f.rhs) for f in (*syntax.formulas, *defaults)}
    known |= {(b, op, a) for a, op, b in known if op == "~~"}
    thresholds = {(f.lhs, f.op, f.rhs) for f in defaults if f.op == "|"}
    failures: list[AttitudesError] = [
        OptionError(
            f"model, {f.lhs} | {f.rhs}",
            "a threshold that the item does not have",
            ", ".join(rhs for lhs, _, rhs in sorted(thresholds) if lhs == f.lhs) or "none",
        )
        for f in syntax.formulas
        if f.op == "|" and (f.lhs, f.op, f.rhs) not in thresholds
    ]
    failures += [
        OptionError.unknown(
            "cfa, release", "parameter", "".join(key), ["".join(k) for k in sorted(known)]
        )
        for key in options.release
        if key not in known
    ]
    return failures
