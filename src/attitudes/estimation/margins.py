"""Marginal means and average marginal effects of a regression."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from attitudes.errors import EstimationError, OptionError
from attitudes.estimation.comparison import Comparison, compare
from attitudes.estimation.model_result import RegressionResult
from attitudes.numerics.design import FloatArray
from attitudes.numerics.inference.multiplicity import Adjustment
from attitudes.numerics.models.families import make_family
from attitudes.numerics.models.ordinal_regression import OrdinalLink, cumulative, density

__all__ = ["marginal_effects", "marginal_means"]

Covariates = Literal["sampled", "fixed"]
_STEP = 1e-5


def marginal_means(
    result: RegressionResult,
    variable: str,
    *,
    covariates: Covariates = "sampled",
    level: float = 0.95,
) -> Comparison:
    """Return the mean predicted response with everybody put in each category in turn.

    Parameters
    ----------
    result
        A regression.
    variable
        A categorical predictor; or a numeric one of at most 20 values.
    covariates
        ``"sampled"``: the standard error covers the sampling of the other predictors as well;
        ``"fixed"``: only that of the coefficients.
    level
        Coverage of the intervals.

    Returns
    -------
    Comparison
        A row a category (for an ordinal model: a category and an answer, as a probability).

    Raises
    ------
    OptionError
        A variable that is not in the model.
    EstimationError
        A numeric predictor of many values; variances by replicates.

    Notes
    -----
    m_c = Σ wᵢ g⁻¹(x_i(c) β)/Σ w; linearised in β (by the influence of each respondent on it) and,
    when ``"sampled"``, in the predictors.

    Examples
    --------
    >>> from attitudes.survey.survey import Survey
    >>> from attitudes.estimation.regress import regress
    >>> frame = pd.DataFrame({"q": [1.0, 2, 4, 3, 5, 6], "g": ["a", "a", "a", "b", "b", "b"]})
    >>> fit = regress("q ~ g", Survey.from_frame(frame))
    >>> marginal_means(fit, "g").estimates.round(3).tolist()
    [2.333, 4.667]
    """
    column = _predictor(result, variable)
    if isinstance(column.dtype, pd.CategoricalDtype):
        values: list[Any] = column.cat.categories.tolist()
    else:
        values = np.unique(column.to_numpy()).tolist()
        if len(values) > 20:
            raise EstimationError(
                f"marginal_means of {variable}",
                f"{len(values)} values",
                "at most 20",
                "marginal_effects gives the slope of a numeric predictor",
            )
    labels: list[str] = []
    parts: list[_Predicted] = []
    for value in values:
        X = result.frame.design_matrix(_replaced(result.frame.frame, variable, value))
        for name, predicted in _predict(result, X):
            labels.append(f"{value}" if name is None else f"{value}: {name}")
            parts.append(predicted)
    return _linearised(result, labels, parts, covariates, level, None)


def marginal_effects(
    result: RegressionResult,
    variable: str,
    *,
    covariates: Covariates = "sampled",
    level: float = 0.95,
    adjust: Adjustment | None = None,
) -> Comparison:
    """Return the average effect of a predictor on the predicted response.

    Parameters
    ----------
    result
        A regression.
    variable
        A numeric predictor: the mean derivative. A categorical one: the mean difference of each
        category from the first.
    covariates, level
        See `marginal_means`.
    adjust
        Adjustment of the p-values.

    Returns
    -------
    Comparison

    Raises
    ------
    OptionError
        A variable that is not in the model.
    """
    column = _predictor(result, variable)
    labels: list[str] = []
    parts: list[_Predicted] = []
    if isinstance(column.dtype, pd.CategoricalDtype):
        values = column.cat.categories.tolist()
        base = _at(result, variable, values[0])
        for value in values[1:]:
            for (name, predicted), (_, reference) in zip(
                _at(result, variable, value), base, strict=True
            ):
                label = f"{value} − {values[0]}"
                labels.append(label if name is None else f"{label}: {name}")
                parts.append(predicted.minus(reference))
    else:
        numbers = column.to_numpy(dtype=np.float64)
        step = _STEP * max(float(numbers.std()), 1e-8)
        above = _at(result, variable, numbers + step)
        below = _at(result, variable, numbers - step)
        for (name, upper), (_, lower) in zip(above, below, strict=True):
            labels.append(variable if name is None else f"{variable}: {name}")
            parts.append(upper.minus(lower).scaled(1 / (2 * step)))
    return _linearised(result, labels, parts, covariates, level, adjust)


@dataclass(frozen=True, slots=True)
class _Predicted:
    """Predictions of each respondent (length m) and their mean's gradient in β."""

    values: FloatArray
    gradient: Callable[[FloatArray], FloatArray]

    def minus(self, other: _Predicted) -> _Predicted:
        return _Predicted(
            self.values - other.values, lambda w: self.gradient(w) - other.gradient(w)
        )

    def scaled(self, factor: float) -> _Predicted:
        return _Predicted(self.values * factor, lambda w: self.gradient(w) * factor)


def _predictor(result: RegressionResult, variable: str) -> pd.Series[Any]:
    frame = result.frame.frame
    if variable not in frame.columns or variable == result.response:
        known = [str(c) for c in frame.columns if c != result.response]
        raise OptionError.unknown(f"margins, {result.formula}", "predictor", variable, known)
    return frame[variable]


def _replaced(frame: pd.DataFrame, variable: str, value: Any) -> pd.DataFrame:
    column = frame[variable]
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes = np.full(len(frame), column.cat.categories.get_loc(value))
        return frame.assign(**{variable: pd.Categorical.from_codes(codes, dtype=column.dtype)})
    return frame.assign(**{variable: value})


def _at(result: RegressionResult, variable: str, value: Any) -> list[tuple[Any, _Predicted]]:
    return _predict(
        result, result.frame.design_matrix(_replaced(result.frame.frame, variable, value))
    )


def _predict(result: RegressionResult, X: FloatArray) -> list[tuple[Any, _Predicted]]:
    if result.family == "ordinal":
        return _predict_ordinal(result, X)
    link = make_family(result.family, result.link).link
    eta = X @ result.coefficients
    slope = link.slope(eta)
    return [(None, _Predicted(link.inverse(eta), lambda w: (w * slope) @ X))]


def _predict_ordinal(result: RegressionResult, X: FloatArray) -> list[tuple[Any, _Predicted]]:
    columns = [i for i, t in enumerate(result.frame.terms) if t != "(Intercept)"]
    X = X[:, columns]
    p = len(columns)
    link: OrdinalLink = result.link  # type: ignore[assignment]
    eta = X @ result.coefficients[:p]
    edges = np.concatenate([[-np.inf], result.coefficients[p:], [np.inf]])
    out: list[tuple[Any, _Predicted]] = []
    for k, level in enumerate(result.levels):
        upper, lower = edges[k + 1] - eta, edges[k] - eta
        values = cumulative(upper, link) - cumulative(lower, link)
        f_upper, f_lower = density(upper, link)[0], density(lower, link)[0]

        def gradient(
            w: FloatArray, k: int = k, a: FloatArray = f_upper, b: FloatArray = f_lower
        ) -> FloatArray:
            out = np.zeros(len(result.coefficients))
            out[:p] = -((w * (a - b)) @ X)
            if k < len(edges) - 2:
                out[p + k] += float(w @ a)
            if k > 0:
                out[p + k - 1] -= float(w @ b)
            return out

        out.append((level, _Predicted(values, gradient)))
    return out


def _linearised(
    result: RegressionResult,
    labels: list[str],
    parts: list[_Predicted],
    covariates: Covariates,
    level: float,
    adjust: Adjustment | None,
) -> Comparison:
    if covariates not in ("sampled", "fixed"):
        raise OptionError.unknown("margins", "covariates", covariates, ["sampled", "fixed"])
    frame, setting = result.frame, result.setting
    weights = setting.weights[frame.rows]
    share = weights / weights.sum()
    estimates = np.array([float(share @ part.values) for part in parts])
    jacobian = np.vstack([part.gradient(share) for part in parts])
    if covariates == "fixed":
        covariance = jacobian @ result.covariance @ jacobian.T
    elif setting.variance == "replicate":
        raise EstimationError(
            "margins, covariates='sampled'",
            "a variance by replicates",
            "covariates='fixed'",
            "or fit the regression with variance='taylor'",
        )
    else:
        scores = result.influence @ jacobian.T
        own = np.column_stack([part.values for part in parts]) - estimates
        scores[frame.rows] += own * share[:, None]
        covariance = setting.from_scores(scores, frame.rows).matrix
    return compare(
        tuple(labels),
        estimates,
        covariance,
        df=result.df_residual,
        level=level,
        adjustment=adjust,
        variance=setting.variance,
    )
