"""From a model as written to the table of all its parameters, with the defaults of a CFA."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from attitudes.psychometrics.confirmatory.model_checks import check_model
from attitudes.psychometrics.confirmatory.model_defaults import (
    Equal,
    ModelOptions,
    default_formulas,
    variables,
)
from attitudes.psychometrics.confirmatory.syntax import Formula, ModelSyntax

__all__ = ["ModelTable", "Parameter", "build_table"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of one group.

    Attributes
    ----------
    lhs, op, rhs, group
        Which it is; groups count from 0.
    fixed
        Its value when it is not free.
    label
        Name; parameters of the same name are equal.
    start
        Where the estimation begins; None: chosen from the data.
    free
        Number of the free parameter, −1 when fixed.
    written
        Whether the model text has it (False: added by default).
    """

    lhs: str
    op: str
    rhs: str
    group: int
    fixed: float | None = None
    label: str = ""
    start: float | None = None
    free: int = -1
    written: bool = True

    @property
    def key(self) -> tuple[str, str, str]:
        """The parameter without its group."""
        return self.lhs, self.op, self.rhs


@dataclass(frozen=True, slots=True)
class ModelTable:
    """All parameters of all groups.

    Attributes
    ----------
    observed, latent
        Names of the variables.
    parameters
        Group by group.
    n_groups, n_free
        Numbers of groups and of free parameters.
    options
        How the table was completed.
    """

    observed: tuple[str, ...]
    latent: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    n_groups: int
    n_free: int
    options: ModelOptions


def _first_loadings(syntax: ModelSyntax) -> set[tuple[str, str, str]]:
    """The marker of each factor: its first loading, unless the text says otherwise."""
    seen: set[str] = set()
    out = set()
    for f in syntax.formulas:
        if f.op == "=~" and f.lhs not in seen:
            seen.add(f.lhs)
            out.add((f.lhs, f.op, f.rhs))
    return out


def _unscaled(
    loadings: Sequence[Formula], thresholds: dict[str, int], options: ModelOptions
) -> set[str]:
    """Ordinal items whose scale cannot differ over groups: loading and thresholds are released.

    A loading of one's own and a scale of one's own need two thresholds that are equal.
    """
    released = {key[2] for key in options.release if key[1] == "=~"}
    if "loadings" not in options.equal:
        released |= {f.rhs for f in loadings}
    out = set()
    for name in released & set(thresholds):
        gone = sum(1 for key in options.release if key[0] == name and key[1] == "|")
        if thresholds[name] - gone < 2:
            out.add(name)
    return out


class _Completer:
    """Values of the parameters that the text leaves open."""

    def __init__(self, syntax: ModelSyntax, options: ModelOptions, n_groups: int) -> None:
        self.options = options
        self.n_groups = n_groups
        self.observed, self.latent = variables(syntax)
        self.markers = set() if options.std_lv else _first_loadings(syntax)
        loadings = [f for f in syntax.formulas if f.op == "=~"]
        self.single = {
            f.rhs
            for f in loadings
            if sum(g.lhs == f.lhs for g in loadings) == 1 and f.rhs in self.observed
        }
        counts = dict(zip(self.observed, options.thresholds, strict=False))
        self.loose = _unscaled(loadings, counts, options)
        self.predicted = {f.lhs for f in syntax.formulas if f.op == "~"}
        self.measured = {f.rhs for f in loadings}

    def fixed(self, formula: Formula, group: int) -> float | None:
        """The value that the defaults fix a parameter at; None: free."""
        key = (formula.lhs, formula.op, formula.rhs)
        if formula.op == "=~":
            return 1.0 if key in self.markers else None
        if formula.op == "~*~":
            return self._scale(formula.lhs, group)
        if formula.op == "~1":
            return self._mean(formula.lhs, group)
        if formula.op == "~~":
            return self._covariance(formula, group)
        return None

    def _scale(self, name: str, group: int) -> float | None:
        later = group > 0 and "thresholds" in self.options.equal and name not in self.loose
        return None if later and self.options.parameterization == "delta" else 1.0

    def _mean(self, name: str, group: int) -> float | None:
        shared = "thresholds" if self.options.thresholds else "intercepts"
        if name in self.latent:
            later = group > 0 and shared in self.options.equal
            return None if later and "means" not in self.options.equal else 0.0
        return 0.0 if self.options.thresholds else None

    def _covariance(self, formula: Formula, group: int) -> float | None:
        options, name = self.options, formula.lhs
        if name != formula.rhs:
            pair = {name, formula.rhs}
            return 0.0 if options.orthogonal and pair <= set(self.latent) else None
        if name in self.latent:
            if not options.std_lv or name in self.predicted:
                return None
            later = group > 0 and "loadings" in options.equal
            return None if later and "variances" not in options.equal else 1.0
        if options.thresholds:
            if options.parameterization == "delta":
                return 0.0
            later = group > 0 and "thresholds" in options.equal and name not in self.loose
            return None if later and "residuals" not in options.equal else 1.0
        return 0.0 if name in self.single else None

    def kind(self, formula: Formula) -> Equal | None:
        """The kind of a parameter that equality over groups is asked by."""
        latent = formula.lhs in self.latent
        if formula.op == "~~":
            same = formula.lhs == formula.rhs
            if latent:
                return "variances" if same else "covariances"
            return "residuals" if same else "residual_covariances"
        kinds: dict[str, Equal] = {
            "=~": "loadings",
            "|": "thresholds",
            "~": "regressions",
            "~1": "means" if latent else "intercepts",
        }
        return kinds.get(formula.op)


def _pick(values: Sequence[float | None], group: int) -> float | None:
    return values[0] if len(values) == 1 else values[group]


def _parameter(formula: Formula, group: int, complete: _Completer, written: bool) -> Parameter:
    modifier = formula.modifier
    key = (formula.lhs, formula.op, formula.rhs)
    fixed = complete.fixed(formula, group)
    if modifier.fixed:
        fixed = _pick(modifier.fixed, group)
    elif modifier.label and formula.op == "=~" and key not in complete.markers:
        fixed = None
    label = ""
    if modifier.label:
        label = modifier.label[0 if len(modifier.label) == 1 else group]
    kind = complete.kind(formula)
    options = complete.options
    if not label and kind in options.equal and key not in options.release:
        label = f"{formula.lhs}{formula.op}{formula.rhs}"
    start = _pick(modifier.start, group) if modifier.start else None
    return Parameter(*key, group, fixed, label, start, -1, written)


def build_table(syntax: ModelSyntax, n_groups: int, options: ModelOptions) -> ModelTable:
    """Complete a model and number its free parameters.

    Parameters
    ----------
    syntax
        The model as written.
    n_groups
        Number of groups; every group has the same model.
    options
        Defaults.

    Raises
    ------
    OptionError
        Modifiers with a number of values that is not the number of groups; equalities of unknown
        labels; ordinal variables that predict others.

    Examples
    --------
    >>> from attitudes.psychometrics.confirmatory.syntax import parse_model
    >>> table = build_table(parse_model("f =~ a + b + c"), 1, ModelOptions())
    >>> [f"{p.lhs}{p.op}{p.rhs}" for p in table.parameters if p.free >= 0]
    ['f=~b', 'f=~c', 'a~~a', 'b~~b', 'c~~c', 'f~~f']
    """
    check_model(syntax, n_groups, options)
    written = {(f.lhs, f.op, f.rhs): f for f in syntax.formulas}
    mirrored = {(f.rhs, f.op, f.lhs) for f in syntax.formulas if f.op == "~~"}
    formulas = [(f, True) for f in syntax.formulas]
    for f in default_formulas(syntax, options):
        key = (f.lhs, f.op, f.rhs)
        if key not in written and key not in mirrored:
            formulas.append((f, False))
    complete = _Completer(syntax, options, n_groups)
    same = _equal_labels(syntax)
    rows: list[Parameter] = []
    numbers: dict[str, int] = {}
    n_free = 0
    for group in range(n_groups):
        for formula, mine in formulas:
            row = _parameter(formula, group, complete, mine)
            label = same.get(row.label, row.label)
            if row.fixed is not None:
                rows.append(row)
                continue
            number = numbers.get(label, n_free) if label else n_free
            if number == n_free:
                n_free += 1
                if label:
                    numbers[label] = number
            rows.append(replace(row, free=number))
    return ModelTable(complete.observed, complete.latent, tuple(rows), n_groups, n_free, options)


def _equal_labels(syntax: ModelSyntax) -> dict[str, str]:
    """The label that stands for each label; equalities may form chains."""
    stands: dict[str, str] = {}

    def last(name: str) -> str:
        while stands.get(name, name) != name:
            name = stands[name]
        return name

    for equality in syntax.equalities:
        stands[last(equality.lhs)] = last(equality.rhs)
    return {name: last(name) for name in stands}
