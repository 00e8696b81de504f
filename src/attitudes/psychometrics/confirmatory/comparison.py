"""Models of the same items side by side, with tests of those that are nested."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from attitudes.errors import EstimationError, OptionError, raise_all
from attitudes.numerics.sem.difference import DifferenceTest, difference_test
from attitudes.psychometrics.confirmatory.as_html import as_html, said_of
from attitudes.psychometrics.confirmatory.estimating import estimate, model_options
from attitudes.psychometrics.confirmatory.estimators import CfaMissing, Estimator
from attitudes.psychometrics.confirmatory.groups import CovarianceKind
from attitudes.psychometrics.confirmatory.model_input import Model, measured_scales, read_model
from attitudes.psychometrics.confirmatory.preparation import CfaData, prepare
from attitudes.psychometrics.confirmatory.result import ConfirmatoryAnalysis
from attitudes.psychometrics.confirmatory.structures import (
    STRUCTURES,
    Structure,
    StructureName,
    structure_of,
)
from attitudes.psychometrics.threads import one_thread
from attitudes.survey.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Compared", "ModelComparison", "compare_models", "compare_structures", "measure_row"]

_MEASURES = ("cfi", "tli", "rmsea", "rmsea.ci.lower", "rmsea.ci.upper")


def measure_row(fit: ConfirmatoryAnalysis) -> dict[str, float]:
    """Return the headline measures, naive, scaled and robust, for one row of a table."""
    m = fit.fit_measures
    out = {name: m.get(name, np.nan) for name in ("chisq", "df", "pvalue")}
    kinds = ["", ".scaled", ".robust"] if fit.scaled else [""]
    if fit.scaled:
        out |= {name: m.get(name, np.nan) for name in ("chisq.scaled", "pvalue.scaled")}
    for kind in kinds:
        out |= {f"{name}{kind}": m.get(f"{name}{kind}", np.nan) for name in _MEASURES}
    out["srmr"] = m["srmr"]
    out |= {name: m[name] for name in ("aic", "bic") if name in m}
    return out


@dataclass(frozen=True, slots=True)
class Compared:
    """One model of a comparison.

    Attributes
    ----------
    name, title
        Which.
    fit
        Its estimates; None when it has none.
    problem
        Why it has none, or what is not proper about it; empty otherwise.
    against
        Name of the more general model that it is tested against; empty without one.
    difference
        The test; None without one.
    """

    name: str
    title: str
    fit: ConfirmatoryAnalysis | None
    problem: str = ""
    against: str = ""
    difference: DifferenceTest | None = None


@dataclass(frozen=True, slots=True)
class ModelComparison:
    """Models of the same items.

    Attributes
    ----------
    models
        In the order given.
    estimator
        Of all of them.
    n
        Respondents.
    warnings
        What a reader must know, one sentence each.
    provenance
        Whose answers these are.
    """

    models: tuple[Compared, ...]
    estimator: str
    n: int
    warnings: tuple[str, ...]
    provenance: str = "respondents"

    def __getitem__(self, name: str) -> ConfirmatoryAnalysis:
        """Return the estimates of a model.

        Raises
        ------
        OptionError
            An unknown model, or one without estimates.
        """
        for model in self.models:
            if model.name == name and model.fit is not None:
                return model.fit
        known = [m.name for m in self.models if m.fit is not None]
        raise OptionError.unknown("comparison", "model", name, known)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a model: model, title, npar, measures of fit, against, chisq_diff,
        df_diff, p_diff, problem."""
        import pandas as pd

        rows: list[dict[str, Any]] = []
        for m in self.models:
            row: dict[str, Any] = {"model": m.name, "title": m.title}
            if m.fit is not None:
                row |= {"npar": m.fit.table.n_free, **measure_row(m.fit)}
            row["against"] = m.against
            if m.difference is not None:
                d = m.difference
                row |= {"chisq_diff": d.chisq, "df_diff": d.df, "p_diff": d.p}
            rows.append(row | {"problem": m.problem})
        frame = pd.DataFrame(rows)
        last = [c for c in ("against", "chisq_diff", "df_diff", "p_diff", "problem") if c in frame]
        return frame[[c for c in frame.columns if c not in last] + last]

    def _repr_html_(self) -> str:
        title = repr(self).split("\n", 1)[0]
        return as_html(title, self.to_frame(), self.warnings)

    def __repr__(self) -> str:
        frame = self.to_frame().drop(columns="title").set_index("model")
        lines = [
            f"{len(self.models)} models, n = {self.n}, {self.estimator}{said_of(self.provenance)}"
        ]
        return "\n".join([*lines, frame.round(3).to_string(), *self.warnings])


def compare_models(fits: Mapping[str, ConfirmatoryAnalysis]) -> ModelComparison:
    """Put models side by side, each tested against the next more general one.

    Parameters
    ----------
    fits
        Name → result of :func:`attitudes.cfa`; nested models of the same respondents, estimated
        alike. They are sorted by degrees of freedom, the most general first.

    Raises
    ------
    OptionError
        Fewer than two models; models of different respondents or estimators.

    Notes
    -----
    Whether a model is contained in the next is not checked beyond the degrees of freedom: that
    is for the caller to know.
    """
    if len(fits) < 2:
        raise OptionError("compare_models", f"{len(fits)} models", "two or more")
    first = next(iter(fits.values()))
    raise_all(
        [
            OptionError(
                f"compare_models, {name}",
                f"{fit.estimator}, n = {fit.n}, {len(fit.items)} items",
                f"as the first: {first.estimator}, n = {first.n}, {len(first.items)} items",
            )
            for name, fit in fits.items()
            if (fit.estimator, fit.n, set(fit.items))
            != (first.estimator, first.n, set(first.items))
        ]
    )
    order = sorted(fits, key=lambda name: fits[name].fit.naive.df)
    models: list[Compared] = []
    for k, name in enumerate(order):
        mine = Compared(name, name, fits[name])
        if k > 0:
            mine = _tested(mine, order[k - 1], fits[order[k - 1]])
        models.append(mine)
    return ModelComparison(
        tuple(models), first.estimator, first.n_obs, _said(models), first.provenance
    )


def _tested(model: Compared, name: str, general: ConfirmatoryAnalysis) -> Compared:
    """Add the test against a more general model."""
    assert model.fit is not None
    if model.fit.items != general.items:
        return model
    test = difference_test(model.fit.fit, general.fit)
    return replace(model, against=name, difference=test) if test.df > 0 else model


def _said(models: Sequence[Compared]) -> tuple[str, ...]:
    out: list[str] = []
    for m in models:
        out += [f"{m.title}: {m.problem}"] if m.fit is None else m.fit.warnings
        if m.difference is not None and not np.isfinite(m.difference.chisq):
            out.append(f"{m.title}: the scaling of the difference test is negative; no test")
    return tuple(dict.fromkeys(out))


@one_thread
def compare_structures(
    survey: Survey,
    scales: Model = None,
    *,
    structures: Sequence[StructureName] = STRUCTURES,
    estimator: Estimator = "WLSMV",
    missing: CfaMissing = "listwise",
    weights: bool = True,
    covariance: CovarianceKind | None = None,
) -> ModelComparison:
    """Ask whether items are one thing, several, or several and an artefact of their wording.

    Parameters
    ----------
    survey
        Respondents.
    scales
        Mapping scale → items, a minus before those keyed negatively; or ids of scales of the
        study; None: all of them.
    structures
        Which: ``"one"`` factor; correlated ``"factors"``, one a scale; a ``"second-order"``
        factor of four scales or more; ``"bifactor"``; ``"method"``: the factors, and one that the
        negatively keyed items share.
    estimator, missing, weights, covariance
        As of :func:`attitudes.cfa`.

    Returns
    -------
    ModelComparison
        One row a structure; those that are special cases of another are tested against it. A
        structure that the scales do not allow, or that does not converge, stands there with the
        reason.

    Raises
    ------
    OptionError
        A model's text instead of scales; an unknown structure.
    DataError
        Items that cannot be analysed.

    Notes
    -----
    Negatively keyed items are turned round first, so that loadings are positive; the method factor
    is what their turned answers share beyond their scales.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(2)
    >>> f = rng.multivariate_normal([0, 0], [[1, 0.3], [0.3, 1]], 600)
    >>> latent = 0.8 * f.repeat(3, axis=1) + 0.6 * rng.normal(size=(600, 6))
    >>> answers = np.digitize(latent, [-1, 0, 1])
    >>> survey = Survey.from_frame(pd.DataFrame(answers, columns=list("abcdef")))
    >>> found = compare_structures(survey, {"x": ["a", "b", "c"], "y": ["d", "e", "f"]},
    ...                            structures=["one", "factors"])
    >>> bool(found["one"].fit_measures["cfi"] < found["factors"].fit_measures["cfi"])
    True
    """
    raise_all(
        [
            OptionError.unknown("compare_structures", "structure", s, STRUCTURES)
            for s in structures
            if s not in STRUCTURES
        ]
    )
    chosen = measured_scales(survey, scales)
    if chosen is None:
        raise OptionError(
            "compare_structures, scales",
            "a model's text",
            "a mapping scale → items, or scales' ids",
        )
    data = prepare(
        survey,
        chosen,
        estimator=estimator,
        missing=missing,
        weights=weights,
        covariance=covariance,
    )
    made = [structure_of(name, chosen, survey.columns) for name in structures]
    models = {s.name: _estimated(survey, data, s) for s in made}
    for s in made:
        mine = models[s.name]
        for name in s.within:
            general = models.get(name)
            if mine.fit is not None and general is not None and general.fit is not None:
                models[s.name] = _tested(mine, name, general.fit)
                if models[s.name].difference is not None:
                    break
    rows = tuple(models.values())
    return ModelComparison(
        rows,
        data.settings.estimator,
        int(sum(data.answered.counts)),
        _said(rows),
        survey.provenance,
    )


def _estimated(survey: Survey, data: CfaData, structure: Structure) -> Compared:
    if structure.syntax is None:
        return Compared(structure.name, structure.title, None, structure.reason)
    read = replace(read_model(survey, structure.syntax), turned=data.model.turned)
    options = model_options(
        data, std_lv=structure.name in ("bifactor", "method"), orthogonal=structure.orthogonal
    )
    try:
        fit = estimate(data.of(read), options)
    except EstimationError as error:
        return Compared(structure.name, structure.title, None, str(error))
    improper = [w for w in fit.warnings if "Heywood" in w or "not positive definite" in w[-200:]]
    shown = [w for w in improper if "polychoric" not in w]
    return Compared(structure.name, structure.title, fit, "; ".join(shown))
