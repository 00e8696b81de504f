"""Scores of scales from keyed answers: mean, sum, percent of maximum; what is imputed first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from attitudes.numerics.design import FloatArray, IntArray

__all__ = ["Impute", "ScaleScores", "ScoreMethod", "impute_items", "reverse_items", "score_items"]

ScoreMethod = Literal["mean", "sum", "pomp"]
Impute = Literal["person_mean", "item_mean", "item_median", "two_way"]


@dataclass(frozen=True, slots=True)
class ScaleScores:
    """One score a respondent.

    Attributes
    ----------
    scores
        Length n; NaN where fewer items than the minimum were answered.
    answered
        Number of items each respondent answered, length n.
    imputed
        Number of answers that were filled in, over all scored respondents.
    """

    scores: FloatArray
    answered: IntArray
    imputed: int


def reverse_items(values: FloatArray, signs: IntArray, constant: FloatArray) -> FloatArray:
    """Return ``values`` with the items of sign −1 turned round: constant − x.

    Parameters
    ----------
    values
        Answers, n × k, NaN where missing.
    signs
        +1 or −1 an item, length k.
    constant
        Lowest + highest answer of each item's response scale, length k.

    Examples
    --------
    >>> reverse_items(np.array([[1.0, 2.0]]), np.array([1, -1]), np.array([6.0, 6.0]))
    array([[1., 4.]])
    """
    flip = signs < 0
    out = values.copy()
    out[:, flip] = constant[flip] - values[:, flip]
    return out


def _weighted_median(values: FloatArray, weights: FloatArray) -> float:
    order = np.argsort(values, kind="stable")
    cumulative = np.cumsum(weights[order])
    half = cumulative[-1] / 2.0
    at = int(np.searchsorted(cumulative, half, side="left"))
    lower = values[order][at]
    if np.isclose(cumulative[at], half, rtol=1e-12) and at + 1 < len(values):
        return float((lower + values[order][at + 1]) / 2.0)
    return float(lower)


def impute_items(
    values: FloatArray,
    method: Impute,
    *,
    weights: FloatArray | None = None,
    rng: np.random.Generator | None = None,
) -> FloatArray:
    """Return keyed answers with the missing ones filled in.

    Parameters
    ----------
    values
        Keyed answers, n × k, NaN where missing. Respondents without any answer stay missing.
    method
        ``"person_mean"``: the respondent's own mean; ``"item_mean"``, ``"item_median"``: the
        item's; ``"two_way"``: person mean + item mean − overall mean.
    weights
        Weights of the item means and medians, length n; default: all 1.
    rng
        With ``"two_way"``: adds a normal error with the variance of the two-way residuals.

    References
    ----------
    Bernaards, C. A. and Sijtsma, K. (2000). Influence of imputation and EM methods on factor
    analysis when item nonresponse in questionnaire data is nonignorable.
    *Multivariate Behavioral Research* 35, 321–364.

    Examples
    --------
    >>> impute_items(np.array([[1.0, 3.0], [3.0, np.nan]]), "two_way").round(3)
    array([[1.   , 3.   ],
           [3.   , 3.667]])
    """
    present = np.isfinite(values)
    known = np.where(present, values, 0.0)
    count = present.sum(axis=1)
    some = count > 0
    person = np.full(len(values), np.nan)
    person[some] = known[some].sum(axis=1) / count[some]
    w = np.ones(len(values)) if weights is None else weights
    item = (w @ known) / np.maximum(w @ present, np.finfo(float).tiny)
    if method == "person_mean":
        fill = np.broadcast_to(person[:, None], values.shape)
    elif method == "item_median":
        medians = [
            _weighted_median(values[present[:, j], j], w[present[:, j]])
            for j in range(values.shape[1])
        ]
        fill = np.broadcast_to(np.array(medians), values.shape)
    elif method == "item_mean":
        fill = np.broadcast_to(item, values.shape)
    else:
        overall = float((w @ known).sum() / (w @ present).sum())
        fill = person[:, None] + item[None, :] - overall
        if rng is not None:
            residual = (values - fill)[present]
            wide = np.broadcast_to(w[:, None], values.shape)[present]
            spread = np.sqrt(np.average(residual**2, weights=wide))
            fill = fill + rng.normal(0.0, spread, size=values.shape)
    out = np.where(present, values, fill)
    out[~some] = np.nan
    return out


def score_items(
    values: FloatArray,
    *,
    method: ScoreMethod,
    minimum_answered: int,
    impute: Impute | None = None,
    low: float = np.nan,
    high: float = np.nan,
    weights: FloatArray | None = None,
    rng: np.random.Generator | None = None,
) -> ScaleScores:
    """Return the scores of one scale.

    Parameters
    ----------
    values
        Keyed answers, n × k, NaN where missing.
    method
        ``"mean"`` of the items, ``"sum"``, or ``"pomp"``: percent of the maximum possible,
        100 (mean − low) / (high − low).
    minimum_answered
        Respondents who answered fewer items get NaN.
    impute
        How the missing answers of the others are filled in. None: the mean is that of the
        items answered, and a sum needs them all.
    low, high
        Ends of the response scale; for ``"pomp"``.
    weights, rng
        See `impute_items`.

    Examples
    --------
    >>> x = np.array([[1.0, 3.0], [5.0, np.nan]])
    >>> score_items(x, method="pomp", minimum_answered=1, low=1, high=5).scores
    array([ 25., 100.])
    """
    present = np.isfinite(values)
    answered = present.sum(axis=1)
    enough = answered >= max(minimum_answered, 1)
    k = values.shape[1]
    imputed = 0
    if impute is not None:
        values = impute_items(values, impute, weights=weights, rng=rng)
        imputed = int((k - answered[enough]).sum())
        count = np.full(len(values), k)
    else:
        count = answered
        if method == "sum":
            enough = answered == k
    scores = np.full(len(values), np.nan)
    total = np.where(np.isfinite(values), values, 0.0)[enough].sum(axis=1)
    scores[enough] = total if method == "sum" else total / count[enough]
    if method == "pomp":
        scores = 100.0 * (scores - low) / (high - low)
    return ScaleScores(scores, answered.astype(np.int64), imputed)
