"""Confirmatory factor analysis of the items of a survey."""

from __future__ import annotations

from collections.abc import Sequence

from attitudes.numerics.sem.structure import Parameterization
from attitudes.psychometrics.confirmatory.categories import Empty
from attitudes.psychometrics.confirmatory.estimating import estimate, model_options
from attitudes.psychometrics.confirmatory.estimators import CfaMissing, Estimator
from attitudes.psychometrics.confirmatory.groups import CovarianceKind
from attitudes.psychometrics.confirmatory.model_defaults import Equal
from attitudes.psychometrics.confirmatory.model_input import Model
from attitudes.psychometrics.confirmatory.preparation import prepare
from attitudes.psychometrics.confirmatory.result import ConfirmatoryAnalysis
from attitudes.psychometrics.threads import one_thread
from attitudes.survey.survey import Survey

__all__ = ["cfa"]


@one_thread
def cfa(
    survey: Survey,
    model: Model,
    *,
    estimator: Estimator = "WLSMV",
    by: str | None = None,
    equal: Sequence[Equal] = (),
    release: Sequence[str] = (),
    missing: CfaMissing = "listwise",
    weights: bool = True,
    covariance: CovarianceKind | None = None,
    std_lv: bool = False,
    orthogonal: bool = False,
    means: bool | None = None,
    parameterization: Parameterization = "delta",
    empty: Empty = "refuse",
    level: float = 0.95,
) -> ConfirmatoryAnalysis:
    """Fit a factor model that says which items measure what.

    Parameters
    ----------
    survey
        Respondents.
    model
        Text in lavaan's syntax (``"trust =~ q1 + q2 + q3"``, a line a factor; ``~~``, ``~``,
        ``:=``, ``==``, labels, fixed values and starts as there); or a mapping scale → items, a
        minus before those keyed negatively; or ids of scales of the study; None: all of them.
    estimator
        ``"WLSMV"`` (diagonally weighted least squares on polychoric correlations, robust errors,
        scaled and shifted test), ``"WLSM"`` (mean-adjusted test), ``"DWLS"`` (neither),
        ``"ULSMV"``, ``"ULS"``; for items taken as continuous ``"ML"``, ``"MLR"`` (sandwich errors,
        Yuan–Bentler test), ``"MLM"`` (Satorra–Bentler), ``"FIML"`` (ML with missing answers).
    by
        Column of groups: the model is estimated in all of them together.
    equal
        Kinds of parameters that are equal in all groups: ``"loadings"``, ``"intercepts"``,
        ``"thresholds"``, ``"residuals"``, ``"means"``, ….
    release
        Parameters that are free although their kind is equal: ``"f=~x3"``, ``"x3~1"``,
        ``"x3|t2"``.
    missing
        ``"listwise"``; ``"fiml"``: all answers, by full information (normal likelihood);
        ``"pairwise"``: all answers, pair by pair (ordinal).
    weights
        Whether the sampling weights count.
    covariance
        Standard errors and tests for ``"independent"`` respondents or for PSUs within strata of
        the ``"design"``; default: design where the survey has strata or PSUs.
    std_lv
        Fix the variances of factors rather than their first loadings.
    orthogonal
        Fix the covariances of factors at zero.
    means
        Whether means are modelled; default: where the estimator or several groups need them.
    parameterization
        Of ordinal items: ``"delta"`` or ``"theta"``.
    empty
        What to do with an answer that some group never gave: ``"refuse"``, or ``"collapse"``
        (joined with the next one in all groups, and said).
    level
        Of the intervals.

    Returns
    -------
    ConfirmatoryAnalysis

    Raises
    ------
    OptionError
        A model that cannot be read; options that do not go together.
    DataError
        Constant items; too few respondents; answers never given in a group.
    EstimationError
        A model that is not identified.
    ConvergenceError
        No minimum.

    Notes
    -----
    With weights or a design, ``"ML"`` and ``"FIML"`` become ``"MLR"`` and ``"DWLS"`` and ``"ULS"``
    robust, and the result says so: the plain errors would be wrong. Means and numbers agree with
    lavaan 0.6-14's ``cfa()``.

    References
    ----------
    Rosseel, Y. (2012). lavaan: an R package for structural equation modeling. *Journal of
    Statistical Software* 48(2). Muthén, B., du Toit, S. and Spisic, D. (1997). *Robust inference
    using weighted least squares and quadratic estimating equations in latent variable modeling
    with categorical and continuous outcomes*.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> f = rng.normal(size=(500, 1))
    >>> answers = np.digitize(0.8 * f + 0.6 * rng.normal(size=(500, 4)), [-1, 0, 1]) + 1
    >>> survey = Survey.from_frame(pd.DataFrame(answers, columns=list("abcd")))
    >>> result = cfa(survey, "trust =~ a + b + c + d")
    >>> int(result.fit_measures["df"]), bool(np.abs(result.loadings - 0.8).max() < 0.1)
    (2, True)
    """
    data = prepare(
        survey,
        model,
        estimator=estimator,
        by=by,
        missing=missing,
        weights=weights,
        covariance=covariance,
        empty=empty,
        level=level,
    )
    options = model_options(
        data,
        std_lv=std_lv,
        orthogonal=orthogonal,
        means=means,
        parameterization=parameterization,
        equal=equal,
        release=release,
    )
    return estimate(data, options)
