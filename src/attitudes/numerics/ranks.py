"""Ranks estimated for the population, and their scores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from attitudes.errors import OptionError
from attitudes.numerics.design import FloatArray, IntArray

__all__ = ["RANK_SCORES", "GroupRegression", "group_regression", "population_ranks", "rank_scores"]

RANK_SCORES: dict[str, Callable[[FloatArray], FloatArray]] = {
    "wilcoxon": lambda r: r,
    "kruskal": lambda r: r,
    "vanderwaerden": special.ndtri,
    "median": lambda r: (r > 0.5).astype(np.float64),
}


def population_ranks(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Return estimated mid-ranks as shares of the population, between 0 and 1.

    Notes
    -----
    (Σ_{y<yᵢ} w + half of the tie's weight)/Σw where weights within a tie are averaged in the
    order of rows, as in R's svyranktest.
    """
    order = np.argsort(values, kind="stable")
    w = weights[order]
    raw = np.cumsum(w) - w / 2
    _, tie = np.unique(values[order], return_inverse=True)
    means = np.bincount(tie, weights=raw) / np.bincount(tie)
    ranks = np.empty(len(values))
    ranks[order] = means[tie]
    return np.asarray(ranks / weights.sum(), dtype=np.float64)


def rank_scores(values: FloatArray, weights: FloatArray, test: str) -> FloatArray:
    """Return the rank scores of a test.

    Raises
    ------
    OptionError
        Unknown test.
    """
    if test not in RANK_SCORES:
        raise OptionError.unknown("rank_test", "test", test, RANK_SCORES)
    return RANK_SCORES[test](population_ranks(values, weights))


@dataclass(frozen=True, slots=True)
class GroupRegression:
    """Weighted regression of scores on group indicators.

    Attributes
    ----------
    differences
        Mean score of each group minus the first group's, length k − 1.
    influence
        Weighted influence of each row on them, n × (k − 1).
    """

    differences: FloatArray
    influence: FloatArray


def group_regression(
    scores: FloatArray, groups: IntArray, weights: FloatArray, n_groups: int
) -> GroupRegression:
    """Return the groups' mean scores against the first group's."""
    totals = np.bincount(groups, weights=weights, minlength=n_groups)
    means = np.bincount(groups, weights=weights * scores, minlength=n_groups) / totals
    residual = weights * (scores - means[groups]) / totals[groups]
    own = np.zeros((len(scores), n_groups))
    own[np.arange(len(scores)), groups] = residual
    return GroupRegression(means[1:] - means[0], own[:, 1:] - own[:, [0]])
