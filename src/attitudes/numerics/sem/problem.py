"""The discrepancy of a model over all groups, with gradient and second derivatives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy import linalg

from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.sem.curvature import moment_curvature
from attitudes.numerics.sem.normal import (
    Information,
    NormalSample,
    as_complete,
    discrepancy,
    elementwise_gradient,
    elementwise_information,
    moment_gradient,
)
from attitudes.numerics.sem.ordinal import (
    OrdinalSample,
    correlation_gradient,
    implied_statistics,
    mean_gradient,
    scale_curvature,
    statistic_slopes,
)
from attitudes.numerics.sem.structure import (
    MEAN,
    GroupModel,
    Implied,
    gather,
    gather_square,
    implied_moments,
    moment_slopes,
)

__all__ = ["Derivatives", "Problem", "Sample", "derivatives", "information", "objective"]

Sample: TypeAlias = NormalSample | OrdinalSample


@dataclass(frozen=True, slots=True)
class Problem:
    """A model of one or more groups, and their samples.

    Attributes
    ----------
    models, samples
        One a group; samples all normal, or all ordinal.
    n_free
        Number of free parameters, q.
    joint
        Of ordinal samples whose groups are not independent (PSUs that reach over groups): n ×
        covariance of the statistics of all groups, group by group. None: groups are independent.
    """

    models: tuple[GroupModel, ...]
    samples: tuple[Sample, ...]
    n_free: int
    joint: FloatArray | None = None

    @property
    def n(self) -> float:
        """Respondents of all groups."""
        return sum(sample.n for sample in self.samples)

    @property
    def count(self) -> float:
        """What the discrepancy is multiplied by: n, less one a group for least squares."""
        return sum(sample.count for sample in self.samples)

    @property
    def shares(self) -> FloatArray:
        """Share of each group in the respondents."""
        return np.array([sample.n for sample in self.samples]) / self.n

    @property
    def loss_shares(self) -> FloatArray:
        """Share of each group in the discrepancy."""
        return np.array([sample.count for sample in self.samples]) / self.count

    @property
    def ordinal(self) -> bool:
        """Whether the samples are ordinal."""
        return isinstance(self.samples[0], OrdinalSample)

    @property
    def has_means(self) -> bool:
        """Whether the means are modelled."""
        return any(model.has_means for model in self.models)

    @property
    def n_moments(self) -> int:
        """Sample moments of all groups that the model is held against."""
        count = 0
        for model in self.models:
            p = model.n_observed
            if model.ordinal:
                count += len(model.item_of_threshold) + p * (p - 1) // 2
            else:
                count += p * (p + 1) // 2 + (p if model.has_means else 0)
        return count

    @property
    def df(self) -> int:
        """Degrees of freedom."""
        return self.n_moments - self.n_free


@dataclass(frozen=True, slots=True)
class Derivatives:
    """First and second derivatives of the discrepancy by the free parameters.

    Attributes
    ----------
    gradient
        Length q.
    scoring
        Never negative: the expectation under the model with complete answers (normal), or Δ'WΔ
        (ordinal).
    hessian
        Exact second derivatives; under ``"theta"`` those of the statistics are left out. None when
        not asked for.
    """

    gradient: FloatArray
    scoring: FloatArray
    hessian: FloatArray | None


def mean_of(model: GroupModel, implied: Implied) -> FloatArray | None:
    """Return the implied means, None where the means are not modelled."""
    return implied.mu if model.has_means else None


def objective(problem: Problem, theta: FloatArray) -> float:
    """Return the discrepancy; infinite where the parameters are not admissible."""
    total = 0.0
    parts = zip(problem.models, problem.samples, problem.loss_shares, strict=True)
    for model, sample, share in parts:
        try:
            implied = implied_moments(model, theta)
        except linalg.LinAlgError:
            return np.inf
        if isinstance(sample, OrdinalSample):
            residual = sample.statistics - implied_statistics(model, implied)
            value = 0.5 * float(residual**2 @ sample.weights)
        else:
            value = discrepancy(sample, implied.sigma, mean_of(model, implied))
        total += share * value
    return total if np.isfinite(total) else np.inf


def _normal_parts(
    model: GroupModel, sample: NormalSample, implied: Implied, live: IntArray, exact: bool
) -> tuple[FloatArray, FloatArray, FloatArray | None]:
    which = np.zeros(len(model.kind), dtype=bool)
    which[live] = True
    slopes = moment_slopes(model, implied, which)
    mu = mean_of(model, implied)
    G, h = moment_gradient(sample, implied.sigma, mu)
    gradient = elementwise_gradient(slopes, G, h)
    scoring = elementwise_information(as_complete(sample), implied.sigma, mu, slopes, "expected")
    if not exact:
        return gradient, scoring, None
    hessian = elementwise_information(sample, implied.sigma, mu, slopes, "observed")
    return gradient, scoring, hessian + moment_curvature(model, implied, slopes, G, h)


def _ordinal_parts(
    model: GroupModel, sample: OrdinalSample, implied: Implied, live: IntArray, exact: bool
) -> tuple[FloatArray, FloatArray, FloatArray | None]:
    slopes = statistic_slopes(model, implied, live)
    by_statistic = -sample.weights * (sample.statistics - implied_statistics(model, implied))
    scoring = slopes.T @ (slopes * sample.weights[:, None])
    if not exact:
        return by_statistic @ slopes, scoring, None
    hessian = scoring.copy()
    if model.parameterization == "delta":
        which = np.zeros(len(model.kind), dtype=bool)
        which[live] = True
        moment = moment_slopes(model, implied, which)
        G = correlation_gradient(model, implied, by_statistic)
        place = np.searchsorted(live, moment.elements)
        h = mean_gradient(model, implied, by_statistic)
        hessian[np.ix_(place, place)] += moment_curvature(model, implied, moment, G, h)
        hessian += scale_curvature(model, implied, by_statistic, live)
    return by_statistic @ slopes, scoring, hessian


def derivatives(
    problem: Problem, theta: FloatArray, *, exact: bool = True, shares: FloatArray | None = None
) -> Derivatives:
    """Return gradient and second derivatives of the discrepancy.

    Parameters
    ----------
    problem, theta
        Where.
    exact
        Whether the Hessian is wanted as well.
    shares
        Weight of each group; default: its share in the discrepancy.

    Examples
    --------
    >>> from attitudes.numerics.sem.normal import patterns_of
    >>> one, zero = np.ones(1, dtype=int), np.zeros(1, dtype=int)
    >>> model = GroupModel(1, 1, one, zero, zero, zero, np.ones(1), np.empty(0, dtype=int))
    >>> sample = patterns_of(np.array([[1.0], [3.0]]), np.ones(2))
    >>> derivatives(Problem((model,), (sample,), 1), np.array([1.0])).gradient.round(12) + 0
    array([0.])
    """
    q = problem.n_free
    gradient, scoring = np.zeros(q), np.zeros((q, q))
    hessian = np.zeros((q, q)) if exact else None
    weights = problem.loss_shares if shares is None else shares
    for model, sample, share in zip(problem.models, problem.samples, weights, strict=True):
        live = np.flatnonzero((model.free >= 0) & _used(model))
        implied = implied_moments(model, theta)
        if isinstance(sample, OrdinalSample):
            parts = _ordinal_parts(model, sample, implied, live, exact)
        else:
            parts = _normal_parts(model, sample, implied, live, exact)
        free = model.free[live]
        gradient += share * gather(parts[0], free, q)
        scoring += share * gather_square(parts[1], free, q)
        if hessian is not None and parts[2] is not None:
            hessian += share * gather_square(parts[2], free, q)
    return Derivatives(gradient, scoring, hessian)


def _used(model: GroupModel) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Elements that moments depend on: all, but thresholds and scales only of ordinal models."""
    return np.ones(len(model.kind), dtype=bool) if model.ordinal else model.kind <= MEAN


def information(problem: Problem, theta: FloatArray, kind: Information) -> FloatArray:
    """Return the information of one respondent about the free parameters, q × q.

    Parameters
    ----------
    problem, theta
        Where.
    kind
        ``"observed"``: the Hessian (normal samples only). ``"expected"``: its expectation with
        complete answers; Δ'WΔ for ordinal samples.
    """
    exact = kind == "observed" and not problem.ordinal
    found = derivatives(problem, theta, exact=exact, shares=problem.shares)
    return found.scoring if found.hessian is None else found.hessian
