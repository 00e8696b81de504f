"""From answers to the sample moments that a model is fitted to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from attitudes.errors import AttitudesError, DataError, raise_all
from attitudes.numerics.design import FloatArray
from attitudes.numerics.sem.normal import NormalSample, patterns_of
from attitudes.numerics.sem.ordinal import OrdinalSample
from attitudes.numerics.variance.taylor import design_covariance
from attitudes.psychometrics.confirmatory.groups import Answered, CovarianceKind
from attitudes.survey.survey import Survey

__all__ = ["Samples", "normal_samples"]


@dataclass(frozen=True, slots=True)
class Samples:
    """Sample moments of each group.

    Attributes
    ----------
    groups
        One sample a group: all normal, or all ordinal.
    thresholds
        Number of thresholds of each item; empty for normal samples.
    moments
        Covariance or correlation matrix of each group, for starting values.
    means
        Mean of each item of each group (zeros for ordinal samples).
    covariance
        Covariance of sums of weighted scores under the design; None for independent respondents.
    warnings
        What a reader must know.
    joint
        Of ordinal samples under a design that reaches over groups: n × covariance of the
        statistics of all groups; None for independent groups.
    """

    groups: tuple[NormalSample, ...] | tuple[OrdinalSample, ...]
    thresholds: tuple[int, ...]
    moments: tuple[FloatArray, ...]
    means: tuple[FloatArray, ...]
    covariance: Callable[[tuple[FloatArray, ...]], FloatArray] | None
    warnings: tuple[str, ...] = ()
    joint: FloatArray | None = None


def _design_of_sums(
    survey: Survey, answered: Answered
) -> Callable[[tuple[FloatArray, ...]], FloatArray]:
    """Return the function that gives the covariance of sums of scores of all groups' rows."""
    design = survey.design_arrays()
    domain = np.zeros(survey.n, dtype=bool)
    domain[answered.rows] = True
    places = [answered.rows[answered.group == g] for g in range(len(answered.labels))]

    def covariance(scores: tuple[FloatArray, ...]) -> FloatArray:
        whole = np.zeros((survey.n, scores[0].shape[1]))
        for rows, part in zip(places, scores, strict=True):
            whole[rows] = part
        found = design_covariance(
            whole, design, "average", domain, calibrations=survey.calibrations
        )
        return found.matrix

    return covariance


def normal_samples(survey: Survey, answered: Answered, kind: CovarianceKind) -> Samples:
    """Return the samples of a normal likelihood.

    Parameters
    ----------
    survey, answered
        Respondents, and those of them that count.
    kind
        Independent respondents, or those of the survey's design.

    Raises
    ------
    DataError
        A group with no more respondents than items.
    """
    samples, moments, means = [], [], []
    failures: list[AttitudesError] = []
    for g in range(len(answered.labels)):
        mine = answered.group == g
        sample = patterns_of(answered.values[mine], answered.weights[mine])
        covered = sample.coverage
        i, j = np.nonzero(np.triu(covered <= 0, 1))
        failures += [
            DataError(
                f"items {answered.names[a]} and {answered.names[b]}{answered.named(g)}",
                "no respondent who answered both",
                "some",
                "leave one of them out",
            )
            for a, b in zip(i, j, strict=True)
        ]
        samples.append(sample)
        mean, cov = _available(sample)
        means.append(mean)
        moments.append(cov)
        if sample.complete and np.linalg.eigvalsh(_scaled(cov))[0] < 1e-10:
            failures.append(
                DataError(
                    f"cfa{answered.named(g)}",
                    "a covariance matrix that is singular",
                    "items none of which is a sum of others",
                    "leave out items that repeat others",
                )
            )
    raise_all(failures)
    covariance = _design_of_sums(survey, answered) if kind == "design" else None
    return Samples(tuple(samples), (), tuple(moments), tuple(means), covariance)


def _scaled(cov: FloatArray) -> FloatArray:
    sd = np.sqrt(np.diag(cov))
    return np.asarray(cov / np.outer(sd, sd))


def _available(sample: NormalSample) -> tuple[FloatArray, FloatArray]:
    """Means of who answered, covariances with the mean in place of what is missing."""
    if sample.complete:
        return sample.patterns[0].mean, sample.patterns[0].cov
    seen = np.isfinite(sample.data)
    w = sample.weights[:, None] * seen
    filled = np.where(seen, sample.data, 0.0)
    mean = (w * filled).sum(axis=0) / w.sum(axis=0)
    centred = np.where(seen, sample.data - mean, 0.0)
    pairs = seen.T.astype(np.float64) * sample.weights @ seen
    return mean, (centred * sample.weights[:, None]).T @ centred / np.maximum(pairs, 1e-300)
