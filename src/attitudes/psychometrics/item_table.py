"""How each item of a scale goes with the rest, and the scale without it."""

from __future__ import annotations

import numpy as np

from attitudes.numerics.design import FloatArray
from attitudes.numerics.moments import Moments
from attitudes.numerics.scales.alpha import AlphaCoefficients, alpha_if_dropped, item_statistics
from attitudes.psychometrics.items import ItemSet
from attitudes.psychometrics.reliability_result import ItemReliability

__all__ = ["item_table"]

NAN = float("nan")


def item_table(
    items: ItemSet, values: FloatArray, moments: Moments, weights: FloatArray
) -> tuple[ItemReliability, ...]:
    """Return one entry an item.

    Parameters
    ----------
    items
        The scale.
    values
        Keyed answers, n × k, NaN where missing.
    moments
        Their moments.
    weights
        Length n.
    """
    statistics = item_statistics(moments.covariance)
    dropped: list[AlphaCoefficients | None] = [None] * items.k
    if items.k > 2:
        dropped = list(alpha_if_dropped(moments.covariance))
    with_score = _with_score(values, weights, moments.covariance)
    answered = np.isfinite(values).sum(axis=0)
    deviation = np.sqrt(np.diag(moments.covariance))
    return tuple(
        ItemReliability(
            name,
            int(sign),
            int(answered[j]),
            float(moments.mean[j]),
            float(deviation[j]),
            float(with_score[j]),
            float(statistics.r_total[j]),
            float(statistics.r_corrected[j]),
            float(statistics.r_rest[j]),
            NAN if without is None else without.raw,
            NAN if without is None else without.standardised,
            NAN if without is None else without.lambda6,
            NAN if without is None else without.average_r,
        )
        for j, (name, sign, without) in enumerate(
            zip(items.names, items.signs, dropped, strict=True)
        )
    )


def _with_score(values: FloatArray, weights: FloatArray, covariance: FloatArray) -> FloatArray:
    """Return each item's correlation with the mean of the answered items, length k."""
    present = np.isfinite(values)
    if present.all():
        return np.asarray(covariance.sum(axis=0) / np.sqrt(np.diag(covariance) * covariance.sum()))
    count = present.sum(axis=1)
    total = np.where(present, values, 0.0).sum(axis=1)
    score = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return np.array(
        [
            _against(values[own, j : j + 1], score[own], weights[own])[0]
            for j, own in enumerate(present.T)
        ]
    )


def _against(values: FloatArray, score: FloatArray, weights: FloatArray) -> FloatArray:
    """Return correlations of columns with a score, none missing."""
    total = float(weights.sum())
    centred = score - float(weights @ score) / total
    weighted = weights * centred
    mean = weights @ values / total
    cross = weighted @ values
    squares = weights @ values**2 - total * mean**2
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(cross / np.sqrt(squares * float(weighted @ centred)))
