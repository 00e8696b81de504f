"""Regression of answers on predictors, with design-based covariance."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Literal

import numpy as np
import pandas as pd

from attitudes.aggregation.domains import selection
from attitudes.aggregation.placement import in_memory
from attitudes.errors import EstimationError, OptionError
from attitudes.estimation.inference import Setting, Variance, make_setting
from attitudes.estimation.model_frame import ModelFrame, build_model_frame
from attitudes.estimation.model_result import RegressionResult
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.models.families import FamilyName, LinkName, make_family
from attitudes.numerics.models.glm import GlmFit, aliased_columns, fit_glm, fit_glm_coefficients
from attitudes.numerics.models.ordinal_bfgs import fit_ordinal_bfgs
from attitudes.numerics.models.ordinal_regression import OrdinalLink, fit_ordinal
from attitudes.numerics.variance.singletons import SingletonPolicy
from attitudes.survey.survey import Survey

__all__ = ["regress"]

ModelFamily = FamilyName | Literal["ordinal"]


def regress(
    formula: str,
    survey: Survey,
    *,
    family: ModelFamily = "gaussian",
    link: LinkName | OrdinalLink | None = None,
    solver: Literal["newton", "bfgs"] = "newton",
    where: Any = None,
    variance: Variance | None = None,
    singleton: SingletonPolicy = "error",
) -> RegressionResult:
    """Regress an answer on predictors.

    Parameters
    ----------
    formula
        ``"q1 ~ age + C(region)"`` in formulaic's (R's) notation; names with blanks or points stand
        in back quotes. Text columns are categories.
    survey
        The survey. Respondents with a missing answer take no part and are counted.
    family
        ``"gaussian"``, ``"binomial"`` (a two-valued answer: the second value is 1), ``"poisson"``,
        ``"gamma"``, or ``"ordinal"`` for a cumulative-link model of an ordered answer.
    link
        Default: the family's canonical link; for ``"ordinal"`` the logit (proportional odds).
    solver
        For ``"ordinal"``: ``"newton"`` finds the maximum; ``"bfgs"`` ends where R's svyolr ends,
        1e-5 to 1e-4 from it, with its Hessian by differences (to repeat R's numbers; variance by
        linearisation).
    where
        Respondents to whom the regression is confined.
    variance, singleton
        How the variance is taken; default: replicates where the survey has them (the model is
        fitted anew in each).

    Returns
    -------
    RegressionResult
        Coefficients, their design covariance, residual degrees of freedom.

    Raises
    ------
    ConvergenceError
        No convergence, or separation.
    EstimationError
        Predictors that depend on each other.

    Notes
    -----
    β maximises the weighted (pseudo-)likelihood; its covariance is A⁻¹ V A⁻¹, V being the design
    covariance of the total of the weighted scores. Residual degrees of freedom: those of the
    design + 1 − p; for ``"ordinal"`` those of the design − p, thresholds not counted, as in R.

    References
    ----------
    Binder (1983), International Statistical Review 51, 279–292; Lumley (2010), Complex Surveys.

    Examples
    --------
    >>> frame = pd.DataFrame({"q": [1.0, 2, 4, 3, 5, 5], "age": [20, 30, 40, 50, 60, 70]})
    >>> fit = regress("q ~ age", Survey.from_frame(frame))
    >>> fit.terms, fit.coefficients.round(4).tolist()
    (('(Intercept)', 'age'), [-0.2667, 0.08])
    """
    survey = in_memory(survey, survey.columns, where)
    setting = make_setting(survey, variance=variance, singleton=singleton)
    chosen = selection(survey, where)
    inside = setting.weights > 0 if chosen is None else chosen & (setting.weights > 0)
    frame = build_model_frame(survey, formula, inside)
    if family == "ordinal":
        return _ordinal(setting, frame, link, solver)
    return _glm(setting, frame, family, link)


def _glm(setting: Setting, frame: ModelFrame, family: str, link: str | None) -> RegressionResult:
    model = make_family(family, link)
    y, levels = _numeric_response(frame, family)
    _refuse_aliased(frame, frame.X)
    used = np.flatnonzero(frame.rows)
    mean_weight = setting.mean_weight(frame.selected)
    fit: GlmFit = fit_glm(frame.X, y, setting.weights[used] / mean_weight, model)
    scores = np.zeros((setting.survey.n, frame.X.shape[1]))
    scores[used] = fit.scores

    def refit(replicate: FloatArray) -> FloatArray:
        return fit_glm_coefficients(frame.X, y, replicate[used], model, start=fit.coefficients)

    inference = setting.infer(scores, frame.rows, fit.coefficients, refit)
    return RegressionResult(
        formula=frame.formula,
        family=model.name,
        link=model.link_name,
        response=frame.response,
        levels=levels,
        terms=frame.terms,
        coefficients=fit.coefficients,
        covariance=inference.matrix,
        naive_covariance=fit.bread,
        df_design=inference.df,
        df_residual=inference.df + 1 - frame.X.shape[1],
        deviance=fit.deviance,
        n=len(used),
        n_missing=frame.n_missing,
        variance=inference.variance,
        thresholds=(),
        frame=frame,
        setting=setting,
        influence=scores,
    )


def _ordinal(
    setting: Setting, frame: ModelFrame, link: str | None, solver: str
) -> RegressionResult:
    codes, levels = _ordered_response(frame)
    X = frame.X[:, [i for i, t in enumerate(frame.terms) if t != "(Intercept)"]]
    terms = tuple(t for t in frame.terms if t != "(Intercept)")
    if len(terms) == len(frame.terms):
        raise OptionError("regress, family 'ordinal'", "no intercept", "a formula with intercept")
    _refuse_aliased(frame, frame.X)
    used = np.flatnonzero(frame.rows)
    weights = setting.weights[used]
    chosen: Any = link or "logit"
    if solver not in ("newton", "bfgs"):
        raise OptionError.unknown("regress", "solver", solver, ["newton", "bfgs"])
    fitter = fit_ordinal if solver == "newton" else fit_ordinal_bfgs
    fit = fitter(X, codes, weights, n_categories=len(levels), link=chosen)
    theta = np.concatenate([fit.coefficients, fit.thresholds])
    scores = np.zeros((setting.survey.n, len(theta)))
    scores[used] = fit.scores

    def refit(replicate: FloatArray) -> FloatArray:
        kept = replicate[used] != 0
        again = fit_ordinal(
            X[kept],
            codes[kept],
            replicate[used][kept],
            n_categories=len(levels),
            link=chosen,
            start=theta,
        )
        return np.concatenate([again.coefficients, again.thresholds])

    inference = setting.infer(scores, frame.rows, theta, refit)
    thresholds = tuple(f"{a}|{b}" for a, b in pairwise(levels))
    mean_weight = setting.mean_weight(frame.selected)
    return RegressionResult(
        formula=frame.formula,
        family="ordinal",
        link=chosen,
        response=frame.response,
        levels=levels,
        terms=(*terms, *thresholds),
        coefficients=theta,
        covariance=inference.matrix,
        naive_covariance=np.asarray(np.linalg.inv(fit.information) * mean_weight, dtype=np.float64),
        df_design=inference.df,
        df_residual=inference.df - len(terms),
        deviance=-2 * fit.log_likelihood / mean_weight,
        n=len(used),
        n_missing=frame.n_missing,
        variance=inference.variance,
        thresholds=thresholds,
        frame=frame,
        setting=setting,
        influence=scores,
    )


def _refuse_aliased(frame: ModelFrame, X: FloatArray) -> None:
    aliased = aliased_columns(X, np.ones(len(X)))
    if len(aliased):
        raise EstimationError(
            f"regress, {frame.formula}",
            f"terms that depend on others: {', '.join(frame.terms[j] for j in aliased)}",
            "linearly independent terms",
            "leave them out, or merge categories without respondents",
        )


def _numeric_response(frame: ModelFrame, family: str) -> tuple[FloatArray, tuple[Any, ...]]:
    y = frame.y
    if isinstance(y.dtype, pd.CategoricalDtype):
        levels = tuple(y.cat.categories.tolist())
        if family != "binomial" or len(levels) != 2:
            raise EstimationError(
                f"regress, response {frame.response}",
                f"{len(levels)} categories",
                "numbers, or two categories with family='binomial'",
                "family='ordinal' is for ordered answers",
            )
        return (y.cat.codes.to_numpy() == 1).astype(np.float64), levels
    values = y.to_numpy(dtype=np.float64)
    if family == "binomial" and not ((values >= 0) & (values <= 1)).all():
        levels = _whole(np.unique(values).tolist())
        if len(levels) == 2:
            return (values == levels[1]).astype(np.float64), levels
    return values, ()


def _ordered_response(frame: ModelFrame) -> tuple[IntArray, tuple[Any, ...]]:
    y = frame.y
    if isinstance(y.dtype, pd.CategoricalDtype):
        levels = tuple(y.cat.categories.tolist())
        codes = y.cat.codes.to_numpy().astype(np.int64)
    else:
        found, inverse = np.unique(y.to_numpy(), return_inverse=True)
        levels, codes = _whole(found.tolist()), inverse.astype(np.int64)
    if not 3 <= len(levels) <= 50:
        raise EstimationError(
            f"regress, response {frame.response}",
            f"{len(levels)} answers",
            "3 to 50 ordered answers",
            "use family='binomial' for two, 'gaussian' for many",
        )
    return codes, levels


def _whole(values: list[Any]) -> tuple[Any, ...]:
    """Return numbers as whole ones where they all are."""
    if all(isinstance(v, float) and v.is_integer() for v in values):
        return tuple(int(v) for v in values)
    return tuple(values)
