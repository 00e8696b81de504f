"""Comparing factor means of many groups where exact invariance cannot be had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from attitudes.errors import OptionError
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.sem.alignment import Aligned, align, invariant_groups
from attitudes.psychometrics.confirmatory.as_html import as_html, said_of
from attitudes.psychometrics.confirmatory.categories import Empty
from attitudes.psychometrics.confirmatory.estimating import estimate, model_options
from attitudes.psychometrics.confirmatory.estimators import CfaMissing, Estimator
from attitudes.psychometrics.confirmatory.groups import CovarianceKind
from attitudes.psychometrics.confirmatory.model_input import Model
from attitudes.psychometrics.confirmatory.preparation import prepare
from attitudes.psychometrics.confirmatory.result import ConfirmatoryAnalysis
from attitudes.psychometrics.threads import one_thread
from attitudes.survey.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["AlignedFactor", "Alignment", "alignment"]


@dataclass(frozen=True, slots=True)
class AlignedFactor:
    """One factor, aligned over groups.

    Attributes
    ----------
    factor
        Its name.
    mean, variance
        In each group; 0 and 1 in the first.
    parameters
        Names of its loadings and intercepts or thresholds, length P.
    values
        Aligned parameters, G × P.
    r2
        Share of each parameter's variation over groups that factor means and variances explain.
    invariant
        Whether the parameter is shared by a group, G × P, as 0 and 1.
    """

    factor: str
    mean: FloatArray
    variance: FloatArray
    parameters: tuple[str, ...]
    values: FloatArray
    r2: FloatArray
    invariant: IntArray

    @property
    def not_invariant(self) -> float:
        """Share of parameters × groups that are not invariant."""
        return float(1.0 - self.invariant.mean())


@dataclass(frozen=True, slots=True)
class Alignment:
    """Aligned factors of several groups.

    Attributes
    ----------
    by, groups, n
        Column, groups, respondents.
    factors
        One entry a factor.
    configural
        The model that was aligned.
    warnings
        What a reader must know, one sentence each.
    provenance
        Whose answers these are.
    """

    by: str
    groups: tuple[str, ...]
    n: tuple[int, ...]
    factors: tuple[AlignedFactor, ...]
    configural: ConfirmatoryAnalysis
    warnings: tuple[str, ...]
    provenance: str

    def to_frame(self) -> pd.DataFrame:
        """Return one row a factor and group: factor, group, n, mean, variance, not_invariant."""
        import pandas as pd

        rows = [
            (f.factor, group, n, mean, variance, int((f.invariant[g] == 0).sum()))
            for f in self.factors
            for g, (group, n, mean, variance) in enumerate(
                zip(self.groups, self.n, f.mean, f.variance, strict=True)
            )
        ]
        columns = ["factor", "group", "n", "mean", "variance", "not_invariant"]
        return pd.DataFrame(rows, columns=columns)

    def parameters_frame(self) -> pd.DataFrame:
        """Return one row a parameter: factor, parameter, r2, and the groups that differ."""
        import pandas as pd

        rows = [
            (
                f.factor,
                name,
                f.r2[k],
                ", ".join(
                    g for g, one in zip(self.groups, f.invariant[:, k], strict=True) if not one
                ),
            )
            for f in self.factors
            for k, name in enumerate(f.parameters)
        ]
        return pd.DataFrame(rows, columns=["factor", "parameter", "r2", "differs_in"])

    def _repr_html_(self) -> str:
        title = repr(self).split("\n", 1)[0]
        return as_html(title, self.to_frame(), self.warnings)

    def __repr__(self) -> str:
        lines = [f"Alignment of {len(self.groups)} groups by {self.by}{said_of(self.provenance)}"]
        lines.append(self.to_frame().round(3).to_string(index=False))
        return "\n".join([*lines, *self.warnings])


@one_thread
def alignment(
    survey: Survey,
    model: Model,
    *,
    by: str,
    method: Literal["fixed", "free"] = "fixed",
    estimator: Estimator = "WLSMV",
    missing: CfaMissing = "listwise",
    weights: bool = True,
    covariance: CovarianceKind | None = None,
    empty: Empty = "refuse",
) -> Alignment:
    """Compare factor means of many groups by approximate invariance.

    Parameters
    ----------
    survey, model
        As of :func:`attitudes.cfa`; each item measures one factor.
    by
        Column of groups.
    method
        Whether the first group's mean is ``"fixed"`` while differences are minimised, or
        ``"free"`` (better with many non-invariant parameters, poor with two groups).
    estimator, missing, weights, covariance, empty
        As of :func:`attitudes.cfa`.

    Returns
    -------
    Alignment

    Raises
    ------
    OptionError
        Items that measure two factors; factors that measure factors.

    Notes
    -----
    The configural model is rotated to the factor means and variances that leave few large
    differences. A parameter is called not invariant in a group by the procedure of Asparouhov and
    Muthén; standard errors in it take the alignment as known. When a quarter or more of all
    parameters are not invariant, the means are not to be trusted.

    References
    ----------
    Asparouhov, T. and Muthén, B. (2014). Multiple-group factor analysis alignment. *Structural
    Equation Modeling* 21, 495–508. Muthén, B. and Asparouhov, T. (2014). IRT studies of many
    groups: the alignment method. *Frontiers in Psychology* 5, 978.

    Examples
    --------
    >>> import pandas as pd
    >>> rng = np.random.default_rng(5)
    >>> g = np.arange(3000) % 3
    >>> f = rng.normal(size=(3000, 1)) + 0.5 * g[:, None]
    >>> frame = pd.DataFrame(0.8 * f + 0.6 * rng.normal(size=(3000, 4)), columns=list("abcd"))
    >>> survey = Survey.from_frame(frame.assign(g=g))
    >>> found = alignment(survey, "f =~ a + b + c + d", by="g", estimator="ML")
    >>> bool(np.abs(found.factors[0].mean - [0, 0.5, 1.0]).max() < 0.1)
    True
    """
    if method not in ("fixed", "free"):
        raise OptionError.unknown("alignment, method", "method", method, ["fixed", "free"])
    data = prepare(
        survey,
        model,
        estimator=estimator,
        by=by,
        missing=missing,
        weights=weights,
        covariance=covariance,
        empty=empty,
    )
    ordinal = data.settings.rules.ordinal
    options = model_options(data, std_lv=True, parameterization="theta" if ordinal else "delta")
    fit = estimate(data, options)
    _check_simple(fit)
    n = np.array(data.answered.counts, dtype=np.float64)
    factors = tuple(_factor(fit, name, n, method == "free") for name in fit.factors)
    warnings = [*fit.warnings]
    for f in factors:
        if f.not_invariant >= 0.25:
            warnings.append(
                f"{f.factor}: {f.not_invariant:.0%} of its parameters are not invariant; its means "
                "are not to be trusted (limit: 25 %)"
            )
    return Alignment(by, fit.groups, fit.n, factors, fit, tuple(warnings), survey.provenance)


def _check_simple(fit: ConfirmatoryAnalysis) -> None:
    seen: dict[str, str] = {}
    for p in fit.table.parameters:
        if p.op == "=~" and p.group == 0:
            if p.rhs in fit.factors or p.rhs in seen:
                raise OptionError(
                    f"alignment, {p.lhs} =~ {p.rhs}",
                    "a factor of factors" if p.rhs in fit.factors else "an item of two factors",
                    "items that measure one factor each",
                )
            seen[p.rhs] = p.lhs


def _factor(fit: ConfirmatoryAnalysis, factor: str, n: FloatArray, free: bool) -> AlignedFactor:
    """Align one factor and judge its parameters."""
    first = [p for p in fit.table.parameters if p.group == 0]
    items = [p.rhs for p in first if p.op == "=~" and p.lhs == factor]
    operator = "|" if fit.table.options.thresholds else "~1"
    cuts = [p for p in first if p.op == operator and p.lhs in items]
    loading_keys = [(factor, "=~", item) for item in items]
    cut_keys = [p.key for p in cuts]
    sign = -1.0 if operator == "|" else 1.0
    loadings, var_loadings = _values(fit, loading_keys)
    levels, var_levels = _values(fit, cut_keys)
    of_item = np.array([items.index(p.lhs) for p in cuts], dtype=np.int64)
    found = align(loadings, sign * levels, of_item, n, free=free)
    values = np.hstack([found.loadings, sign * found.cuts])
    spread = _variances(fit, found, loading_keys, cut_keys, of_item, sign, var_loadings, var_levels)
    invariant = np.column_stack(
        [invariant_groups(values[:, k], spread[:, k], n) for k in range(values.shape[1])]
    )
    names = tuple("".join(key) for key in (*loading_keys, *cut_keys))
    r2 = np.concatenate([found.r2_loadings, found.r2_cuts])
    return AlignedFactor(factor, found.mean, found.sd**2, names, values, r2, invariant)


_Key = tuple[str, str, str]


def _free_numbers(fit: ConfirmatoryAnalysis, keys: list[_Key]) -> IntArray:
    """Free parameter of each key in each group, G × keys."""
    place = {(p.key, p.group): p.free for p in fit.table.parameters}
    return np.array([[place[key, g] for key in keys] for g in range(len(fit.groups))])


def _values(fit: ConfirmatoryAnalysis, keys: list[_Key]) -> tuple[FloatArray, FloatArray]:
    at = _free_numbers(fit, keys)
    return fit.fit.theta[at], np.diag(fit.fit.vcov)[at]


def _variances(
    fit: ConfirmatoryAnalysis,
    found: Aligned,
    loading_keys: list[_Key],
    cut_keys: list[_Key],
    of_item: IntArray,
    sign: float,
    var_loadings: FloatArray,
    var_levels: FloatArray,
) -> FloatArray:
    """Variances of the aligned parameters, the alignment taken as known."""
    ratio = sign * (found.mean / found.sd)[:, None]
    at_l = _free_numbers(fit, loading_keys)[:, of_item]
    at_c = _free_numbers(fit, cut_keys)
    covariance = fit.fit.vcov[at_l, at_c]
    moved = var_levels + ratio**2 * var_loadings[:, of_item] - 2.0 * ratio * covariance
    return np.hstack([var_loadings / (found.sd**2)[:, None], moved])
