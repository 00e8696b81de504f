"""Covariance of the estimates: from the information, or robust."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from scipy import linalg

from attitudes.errors import EstimationError
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.sem.normal import NormalSample, casewise_scores
from attitudes.numerics.sem.ordinal import OrdinalSample, statistic_slopes
from attitudes.numerics.sem.problem import Problem, mean_of
from attitudes.numerics.sem.structure import implied_moments, moment_slopes

__all__ = [
    "Meat",
    "bread",
    "normal_meat",
    "ordinal_meat",
    "ordinal_slopes",
    "respondent_scores",
    "sandwich",
    "spread",
    "stacked_weights",
]

Meat: TypeAlias = FloatArray


def bread(information: FloatArray) -> FloatArray:
    """Invert an information matrix.

    Raises
    ------
    EstimationError
        When it is not positive definite.
    """
    try:
        inverse = linalg.cho_solve(linalg.cho_factor(information), np.eye(len(information)))
    except linalg.LinAlgError:
        raise EstimationError(
            "standard errors",
            "an information matrix that is not positive definite",
            "a proper minimum of an identified model",
            "look for negative variances; simplify the model",
        ) from None
    return np.asarray((inverse + inverse.T) / 2.0)


def spread(columns: FloatArray, free: IntArray, q: int) -> FloatArray:
    """Put columns of elements where their parameters are; columns of one parameter are summed."""
    out = np.zeros((len(columns), q))
    if len(np.unique(free)) == len(free):
        out[:, free] = columns
    else:
        for column, place in zip(columns.T, free, strict=True):
            out[:, place] += column
    return out


def respondent_scores(problem: Problem, theta: FloatArray) -> tuple[FloatArray, ...]:
    """Return each group's weighted casewise scores by the free parameters, n_g × q."""
    out = []
    for model, sample in zip(problem.models, problem.samples, strict=True):
        assert isinstance(sample, NormalSample)
        implied = implied_moments(model, theta)
        slopes = moment_slopes(model, implied, model.free >= 0)
        rows = casewise_scores(sample, implied.sigma, mean_of(model, implied), slopes)
        scores = spread(rows, model.free[slopes.elements], problem.n_free)
        out.append(scores * sample.weights[:, None])
    return tuple(out)


def normal_meat(problem: Problem, theta: FloatArray) -> Meat:
    """Return the mean over respondents of the scores' squares, q × q."""
    total = np.zeros((problem.n_free, problem.n_free))
    for scores in respondent_scores(problem, theta):
        total += scores.T @ scores
    return total / problem.n


def ordinal_slopes(problem: Problem, theta: FloatArray) -> tuple[FloatArray, ...]:
    """Return each group's derivatives of statistics by the free parameters, statistics × q."""
    out = []
    for model in problem.models:
        live = np.flatnonzero(model.free >= 0)
        by_element = statistic_slopes(model, implied_moments(model, theta), live)
        out.append(spread(by_element, model.free[live], problem.n_free))
    return tuple(out)


def stacked_weights(problem: Problem) -> FloatArray:
    """Return the weights of the statistics of all groups, each by its share."""
    return np.concatenate(
        [
            share * sample.weights
            for sample, share in zip(problem.samples, problem.shares, strict=True)
            if isinstance(sample, OrdinalSample)
        ]
    )


def ordinal_meat(problem: Problem, theta: FloatArray) -> Meat:
    """Return Δ'WΓWΔ over all groups, q × q."""
    slopes = ordinal_slopes(problem, theta)
    if problem.joint is not None:
        weighted = np.vstack(slopes) * stacked_weights(problem)[:, None]
        return np.asarray(weighted.T @ problem.joint @ weighted)
    total = np.zeros((problem.n_free, problem.n_free))
    for sample, share, delta in zip(problem.samples, problem.shares, slopes, strict=True):
        assert isinstance(sample, OrdinalSample)
        weighted = delta * sample.weights[:, None]
        total += share * (weighted.T @ sample.gamma @ weighted)
    return total


def sandwich(inverse: FloatArray, meat: Meat) -> FloatArray:
    """Return inverse × meat × inverse."""
    return np.asarray(inverse @ meat @ inverse)
