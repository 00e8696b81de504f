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


def item_table(items: ItemSet, values: FloatArray, moments: Moments) -> tuple[ItemReliability, ...]:
    """Return one entry an item.

    Parameters
    ----------
    items
        The scale.
    values
        Keyed answers, n × k, NaN where missing.
    moments
        Their moments.
    """
    statistics = item_statistics(moments.covariance)
    dropped: list[AlphaCoefficients | None] = [None] * items.k
    if items.k > 2:
        dropped = list(alpha_if_dropped(moments.covariance))
    answered = np.isfinite(values).sum(axis=0)
    deviation = np.sqrt(np.diag(moments.covariance))
    return tuple(
        ItemReliability(
            name,
            int(sign),
            int(answered[j]),
            float(moments.mean[j]),
            float(deviation[j]),
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
