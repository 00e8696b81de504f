"""Tests of terms of a regression."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import numpy as np
from scipy import linalg, stats

from attitudes.errors import EstimationError, OptionError
from attitudes.estimation.hypothesis import HypothesisTest
from attitudes.estimation.model_result import RegressionResult
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.inference.chisquare_mixtures import MixtureMethod, mixture_tail
from attitudes.numerics.models.families import make_family
from attitudes.numerics.models.glm import fit_glm
from attitudes.numerics.models.ordinal_regression import fit_ordinal

__all__ = ["TermTestMethod", "term_test"]

TermTestMethod = Literal["wald", "working-wald", "lrt"]


def term_test(
    result: RegressionResult,
    terms: str | Sequence[str],
    *,
    method: TermTestMethod = "wald",
    distribution: MixtureMethod = "saddlepoint",
) -> HypothesisTest:
    """Test whether terms of a regression are all zero.

    Parameters
    ----------
    result
        The regression.
    terms
        Terms of its formula, such as ``"C(region)"``.
    method
        ``"wald"``: F of the design-based covariance; ``"lrt"``: Rao–Scott likelihood ratio;
        ``"working-wald"``: Wald statistic of the naive covariance with the same correction.
    distribution
        How the linear combination of χ² is evaluated (not for ``"wald"``).

    Raises
    ------
    OptionError
        A term that is not in the model; unknown method.
    EstimationError
        No residual degrees of freedom.

    References
    ----------
    Rao and Scott (1984), Annals of Statistics 12; Lumley and Scott (2014), Australian and New
    Zealand Journal of Statistics 56.

    Examples
    --------
    >>> import pandas as pd
    >>> from attitudes.survey.survey import Survey
    >>> from attitudes.estimation.regress import regress
    >>> frame = pd.DataFrame({"q": [1.0, 2, 4, 3, 5, 5], "age": [20, 30, 40, 50, 60, 70]})
    >>> fit = regress("q ~ age", Survey.from_frame(frame))
    >>> round(term_test(fit, "age").statistic, 3)
    69.867
    """
    names = [terms] if isinstance(terms, str) else list(terms)
    index = _positions(result, names)
    if result.df_residual <= 0:
        raise EstimationError(
            "term_test", f"{result.df_residual:g} residual degrees of freedom", "more than 0"
        )
    beta = result.coefficients[index]
    covariance = result.covariance[np.ix_(index, index)]
    label = ", ".join(names)
    counts = (result.n, result.n_missing, result.variance)
    k = len(index)
    if method == "wald":
        value = float(beta @ linalg.solve(covariance, beta, assume_a="sym")) / k
        p = float(stats.f.sf(value, k, result.df_residual))
        return HypothesisTest(
            f"Wald test of {label}", "F", value, (float(k), result.df_residual), p, *counts
        )
    naive = result.naive_covariance[np.ix_(index, index)]
    if method == "working-wald":
        value = float(beta @ linalg.solve(naive, beta, assume_a="sym"))
    elif method == "lrt":
        value = _reduced_deviance(result, index) - result.deviance
    else:
        raise OptionError.unknown("term_test", "method", method, ["wald", "working-wald", "lrt"])
    values = np.linalg.eigvals(linalg.solve(naive, covariance)).real
    effects = np.asarray(values, dtype=np.float64)
    p = mixture_tail(value, effects, ddf=result.df_residual, method=distribution)
    kind = "likelihood ratio" if method == "lrt" else "working Wald"
    return HypothesisTest(
        f"Rao–Scott {kind} test of {label}",
        "X-squared",
        value,
        (float(k), result.df_residual),
        p,
        *counts,
    )


def _positions(result: RegressionResult, names: Sequence[str]) -> IntArray:
    known = {_canonical(t): at for t, at in result.frame.term_columns.items() if t != "1"}
    shift = 1 if result.family == "ordinal" else 0
    found: list[int] = []
    for name in names:
        if _canonical(name) not in known:
            raise OptionError.unknown(
                f"term_test, {result.formula}",
                "term",
                name,
                [t for t in result.frame.term_columns if t != "1"],
            )
        found += [at - shift for at in known[_canonical(name)]]
    return np.asarray(sorted(found), dtype=np.int64)


def _canonical(term: str) -> str:
    bare = re.sub(r"[`\s]", "", term)
    return ":".join(sorted(bare.split(":")))


def _reduced_deviance(result: RegressionResult, index: IntArray) -> float:
    frame, setting = result.frame, result.setting
    weights = setting.weights[frame.rows]
    scale = setting.mean_weight(frame.selected)
    if result.family == "ordinal":
        columns = [i for i, t in enumerate(frame.terms) if t != "(Intercept)"]
        X: FloatArray = np.delete(frame.X[:, columns], index, axis=1)
        codes = _codes(result)
        link: Literal["logit"] = result.link  # type: ignore[assignment]
        fit = fit_ordinal(X, codes, weights, n_categories=len(result.levels), link=link)
        return -2 * fit.log_likelihood / scale
    X = np.delete(frame.X, index, axis=1)
    y = _codes(result).astype(np.float64) if result.levels else frame.y.to_numpy(dtype=np.float64)
    return fit_glm(X, y, weights / scale, make_family(result.family, result.link)).deviance


def _codes(result: RegressionResult) -> IntArray:
    place = {level: i for i, level in enumerate(result.levels)}
    return np.asarray([place[v] for v in result.frame.y.tolist()], dtype=np.int64)
