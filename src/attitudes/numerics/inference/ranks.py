"""Ranks estimated for the population, and their scores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from attitudes.errors import OptionError
from attitudes.numerics.design import FloatArray, IntArray

__all__ = [
    "RANK_SCORES",
    "GroupRegression",
    "Ties",
    "group_regression",
    "population_ranks",
    "rank_scores",
]

Ties = Literal["rows", "weights"]

RANK_SCORES: dict[str, Callable[[FloatArray], FloatArray]] = {
    "wilcoxon": lambda r: r,
    "kruskal": lambda r: r,
    "vanderwaerden": special.ndtri,
    "median": lambda r: (r > 0.5).astype(np.float64),
}


def population_ranks(values: FloatArray, weights: FloatArray, ties: Ties = "rows") -> FloatArray:
    """Return estimated mid-ranks as shares of the population, between 0 and 1.

    Parameters
    ----------
    values
        Answers, length n.
    weights
        Weights, length n.
    ties
        ``"rows"``: the plain mean over the rows of a tie of their own mid-ranks in the order of
        the rows, as R's svyranktest has it (it moves a little with the order when weights
        differ). ``"weights"``: the weight below plus half the weight of the tie, whatever the
        order.
    """
    order = np.argsort(values, kind="stable")
    w = weights[order]
    _, tie = np.unique(values[order], return_inverse=True)
    if ties == "rows":
        means = np.bincount(tie, weights=np.cumsum(w) - w / 2) / np.bincount(tie)
    elif ties == "weights":
        own = np.bincount(tie, weights=w)
        means = np.cumsum(own) - own / 2
    else:
        raise OptionError.unknown("rank_test", "ties", ties, ["rows", "weights"])
    ranks = np.empty(len(values))
    ranks[order] = means[tie]
    return np.asarray(ranks / weights.sum(), dtype=np.float64)


def rank_scores(
    values: FloatArray, weights: FloatArray, test: str, ties: Ties = "rows"
) -> FloatArray:
    """Return the rank scores of a test.

    Raises
    ------
    OptionError
        Unknown test or treatment of ties.
    """
    if test not in RANK_SCORES:
        raise OptionError.unknown("rank_test", "test", test, RANK_SCORES)
    return RANK_SCORES[test](population_ranks(values, weights, ties))


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
