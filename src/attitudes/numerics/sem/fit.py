"""Estimate a model: parameters, their covariance, test statistics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import chi2

from attitudes.numerics.design import FloatArray
from attitudes.numerics.sem.baseline import baseline_problem
from attitudes.numerics.sem.normal import Information, NormalSample
from attitudes.numerics.sem.optimise import minimise
from attitudes.numerics.sem.problem import Problem, information, objective
from attitudes.numerics.sem.saturated import Saturated, saturated_moments
from attitudes.numerics.sem.scaling import (
    ScoreCovariance,
    Traces,
    independent_covariance,
    ordinal_traces,
    satorra_bentler_meat,
    satorra_bentler_trace,
    saturated_trace,
)
from attitudes.numerics.sem.vcov import bread, ordinal_meat, respondent_scores, sandwich

__all__ = ["Errors", "ScaledTest", "SemFit", "TestStatistic", "fit_sem", "test_statistic"]

Errors = Literal["standard", "robust"]
ScaledTest = Literal["none", "satorra-bentler", "yuan-bentler", "mean-adjusted", "scaled-shifted"]


@dataclass(frozen=True, slots=True)
class TestStatistic:
    """A chi-square statistic.

    Attributes
    ----------
    chisq, df, p
        Statistic, degrees of freedom, upper tail (NaN without degrees of freedom).
    factor, shift
        The naive statistic divided by ``factor``, plus ``shift``.
    """

    chisq: float
    df: int
    p: float
    factor: float = 1.0
    shift: float = 0.0


@dataclass(frozen=True, slots=True)
class SemFit:
    """An estimated model.

    Attributes
    ----------
    problem
        What was estimated.
    theta
        Free parameters, length q.
    discrepancy
        At the estimates.
    vcov
        Covariance of the free parameters, q × q.
    inverse
        Inverse information of one respondent that tests are made with, q × q.
    meat
        Covariance of the scores of one respondent; None for standard errors of the information.
    naive, scaled
        Tests of the model; ``scaled`` is None when not asked for.
    baseline_naive, baseline_scaled
        Tests of the baseline model.
    baseline
        The baseline model and its estimates.
    saturated
        Unrestricted moments of each group of normal samples; empty otherwise.
    scaled_test
        How ``scaled`` was scaled.
    iterations
        Steps of the optimiser.
    """

    problem: Problem
    theta: FloatArray
    discrepancy: float
    vcov: FloatArray
    inverse: FloatArray
    meat: FloatArray | None
    naive: TestStatistic
    scaled: TestStatistic | None
    baseline_naive: TestStatistic
    baseline_scaled: TestStatistic | None
    baseline: tuple[Problem, FloatArray]
    saturated: tuple[Saturated, ...]
    scaled_test: ScaledTest
    iterations: int


def test_statistic(chisq: float, df: int, factor: float = 1.0, shift: float = 0.0) -> TestStatistic:
    """Return a statistic with its p-value.

    Examples
    --------
    >>> round(test_statistic(3.841459, 1).p, 6)
    0.05
    """
    p = float(chi2.sf(chisq, df)) if df > 0 else np.nan
    return TestStatistic(chisq, df, p, factor, shift)


def _naive(problem: Problem, theta: FloatArray, saturated: tuple[Saturated, ...]) -> TestStatistic:
    value = objective(problem, theta)
    floor = 0.0
    if saturated:
        floor = float(problem.loss_shares @ np.array([s.discrepancy for s in saturated]))
    return test_statistic(max(2.0 * problem.count * (value - floor), 0.0), problem.df)


def _robust_pieces(
    problem: Problem,
    theta: FloatArray,
    test: ScaledTest,
    covariance: ScoreCovariance | None,
) -> FloatArray:
    if problem.ordinal:
        return ordinal_meat(problem, theta)
    if test == "satorra-bentler":
        return satorra_bentler_meat(problem, theta, covariance)
    scores = respondent_scores(problem, theta)
    return (covariance or independent_covariance)(scores) / problem.n


def _scaled(
    problem: Problem,
    theta: FloatArray,
    inverse: FloatArray,
    meat: FloatArray,
    naive: TestStatistic,
    test: ScaledTest,
    saturated_part: float,
) -> TestStatistic | None:
    df = naive.df
    if test == "none":
        return None
    if df <= 0:
        return test_statistic(naive.chisq, df)
    if test == "scaled-shifted":
        traces: Traces = ordinal_traces(problem, theta, inverse)
        slope = float(np.sqrt(df / traces.second))
        shift = df - slope * traces.first
        return test_statistic(naive.chisq * slope + shift, df, 1.0 / slope, shift)
    if test == "mean-adjusted":
        factor = ordinal_traces(problem, theta, inverse).first / df
    elif test == "satorra-bentler":
        factor = satorra_bentler_trace(problem, theta, inverse, meat) / df
    else:
        factor = (saturated_part - float((inverse * meat).sum())) / df
    return test_statistic(naive.chisq / factor, df, factor)


def fit_sem(
    problem: Problem,
    start: FloatArray,
    *,
    errors: Errors = "standard",
    test: ScaledTest = "none",
    kind: Information = "expected",
    covariance: ScoreCovariance | None = None,
    maximum: int = 150,
) -> SemFit:
    """Estimate a model.

    Parameters
    ----------
    problem, start
        Model, samples, and where to begin.
    errors
        Standard errors from the information, or robust ones.
    test
        How the test statistic is scaled.
    kind
        Information of normal samples.
    covariance
        Of the sums of weighted scores under the design; None for independent respondents.
    maximum
        Steps of the optimiser.

    Raises
    ------
    EstimationError
        A model that is not identified.
    ConvergenceError
        No minimum.

    References
    ----------
    Satorra, A. and Bentler, P. M. (1994). Corrections to test statistics and standard errors in
    covariance structure analysis. Yuan, K.-H. and Bentler, P. M. (2000). *Sociological
    Methodology* 30, 165–200. Asparouhov, T. and Muthén, B. (2010). *Simple second order chi-square
    correction*.
    """
    found = minimise(problem, start, maximum=maximum)
    theta = found.theta
    saturated = tuple(saturated_moments(s) for s in problem.samples if isinstance(s, NormalSample))
    inverse = bread(information(problem, theta, kind))
    naive = _naive(problem, theta, saturated)
    base, base_theta = baseline_problem(problem)
    base_naive = _naive(base, base_theta, saturated)
    meat, scaled, base_scaled = None, None, None
    vcov = inverse
    if errors == "robust" or test != "none":
        meat = _robust_pieces(problem, theta, test, covariance)
        vcov = sandwich(inverse, meat) if errors == "robust" else inverse
    if test != "none" and meat is not None:
        part = saturated_trace(problem, covariance) if test == "yuan-bentler" else 0.0
        scaled = _scaled(problem, theta, inverse, meat, naive, test, part)
        base_inverse = bread(information(base, base_theta, kind))
        base_meat = _robust_pieces(base, base_theta, test, covariance)
        base_scaled = _scaled(base, base_theta, base_inverse, base_meat, base_naive, test, part)
    return SemFit(
        problem,
        theta,
        found.value,
        vcov / problem.count,
        inverse,
        meat,
        naive,
        scaled,
        base_naive,
        base_scaled,
        (base, base_theta),
        saturated,
        test,
        found.iterations,
    )
