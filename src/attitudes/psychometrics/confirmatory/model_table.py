"""From a model as written to the table of all its parameters, with the defaults of a CFA."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from attitudes.errors import AttitudesError, OptionError, raise_all
from attitudes.psychometrics.confirmatory.syntax import Formula, ModelSyntax

__all__ = ["Equal", "ModelOptions", "ModelTable", "Parameter", "build_table"]

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


def _defaults(syntax: ModelSyntax, options: ModelOptions) -> list[Formula]:
    """Formulas that a CFA adds: variances, covariances of factors, thresholds, means."""
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
    _check(syntax, n_groups, options)
    written = {(f.lhs, f.op, f.rhs): f for f in syntax.formulas}
    mirrored = {(f.rhs, f.op, f.lhs) for f in syntax.formulas if f.op == "~~"}
    formulas = [(f, True) for f in syntax.formulas]
    for f in _defaults(syntax, options):
        key = (f.lhs, f.op, f.rhs)
        if key not in written and key not in mirrored:
            formulas.append((f, False))
    complete = _Completer(syntax, options, n_groups)
    same = {e.lhs: e.rhs for e in syntax.equalities}
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


def _check(syntax: ModelSyntax, n_groups: int, options: ModelOptions) -> None:
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
    for equality in syntax.equalities:
        for name in (equality.lhs, equality.rhs):
            if name not in labels:
                failures.append(OptionError.unknown("model, ==", "label", name, labels))
    raise_all(failures)
