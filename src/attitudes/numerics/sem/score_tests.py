"""What freeing one more element would gain: Lagrange multiplier (score) tests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg

from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.sem.normal import (
    elementwise_gradient,
    elementwise_information,
    moment_gradient,
)
from attitudes.numerics.sem.ordinal import OrdinalSample, implied_statistics, statistic_slopes
from attitudes.numerics.sem.problem import Problem, Sample, mean_of
from attitudes.numerics.sem.structure import GroupModel, Implied, implied_moments, moment_slopes

__all__ = ["ScoreTests", "score_tests"]


@dataclass(frozen=True, slots=True)
class ScoreTests:
    """One test an element.

    Attributes
    ----------
    statistic
        χ² on one degree of freedom; NaN where the element adds nothing that is identified.
    change
        Expected change of the element.
    """

    statistic: FloatArray
    change: FloatArray


def _parts(
    model: GroupModel, sample: Sample, implied: Implied, live: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Gradient of the discrepancy and expected information by elements."""
    if isinstance(sample, OrdinalSample):
        slopes = statistic_slopes(model, implied, live)
        left = sample.weights * (sample.statistics - implied_statistics(model, implied))
        return -left @ slopes, slopes.T @ (slopes * sample.weights[:, None])
    which = np.zeros(len(model.kind), dtype=bool)
    which[live] = True
    moment = moment_slopes(model, implied, which)
    mu = mean_of(model, implied)
    G, h = moment_gradient(sample, implied.sigma, mu)
    info = elementwise_information(sample, implied.sigma, mu, moment, "expected")
    return elementwise_gradient(moment, G, h), info


def score_tests(problem: Problem, theta: FloatArray, extra: tuple[IntArray, ...]) -> ScoreTests:
    """Test elements, each by itself, in the presence of all free parameters.

    Parameters
    ----------
    problem, theta
        Model and estimates.
    extra
        Elements of each group to be tested: fixed ones, or ones that an equality holds (freeing
        such a one releases its group from the equality).

    Notes
    -----
    s²/(I_ee − I_ef I_ff⁻¹ I_fe), s the score of the element, I the expected information. Scores of
    least squares are multiplied by (n − 1)/n, as in lavaan.

    References
    ----------
    Sörbom, D. (1989). Model modification. *Psychometrika* 54, 371–384.
    """
    q, count = problem.n_free, sum(len(e) for e in extra)
    gradient, cross = np.zeros(count), np.zeros((count, q))
    own, free_info = np.zeros(count), np.zeros((q, q))
    at = 0
    for model, sample, share, wanted in zip(
        problem.models, problem.samples, problem.shares, extra, strict=True
    ):
        mine = slice(at, at + len(wanted))
        at += len(wanted)
        live = np.union1d(np.flatnonzero(model.free >= 0), wanted).astype(np.int64)
        g, info = _parts(model, sample, implied_moments(model, theta), live)
        place = np.searchsorted(live, wanted)
        chosen = np.zeros((len(live), q))
        bound = np.flatnonzero(model.free[live] >= 0)
        chosen[bound, model.free[live[bound]]] = 1.0
        gradient[mine] = share * sample.count / sample.n * g[place]
        cross[mine] = share * (info[place] @ chosen)
        own[mine] = share * np.diag(info)[place]
        free_info += share * (chosen.T @ info @ chosen)
    factor = linalg.cho_factor(free_info)
    rest = own - (cross * linalg.cho_solve(factor, cross.T).T).sum(axis=1)
    known = rest > 1e-9 * np.maximum(own, 1e-300)
    safe = np.where(known, rest, 1.0)
    statistic = np.where(known, problem.n * gradient**2 / safe, np.nan)
    return ScoreTests(statistic, np.where(known, -gradient / safe, np.nan))
