"""How scales go with one another and with every item, from the covariances of the items."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attitudes.numerics.design import FloatArray
from attitudes.numerics.factors.efa import squared_multiple_correlations
from attitudes.numerics.moments import scaled_covariance

__all__ = ["RelatedScales", "relate_scales"]


@dataclass(frozen=True, slots=True)
class RelatedScales:
    """Relations of s scales and k items.

    Attributes
    ----------
    alpha
        Raw alpha of each scale, length s; 1 for a scale of one item.
    correlation
        Of the sums of keyed items, s × s.
    disattenuated
        The same over the root of both alphas, s × s; alpha on the diagonal.
    item_scale
        Correlation of each item with each scale, k × s.
    item_scale_corrected
        The same with common variance only (by squared multiple correlations) in place of the
        items' own, so that an item is not correlated with itself, k × s.
    """

    alpha: FloatArray
    correlation: FloatArray
    disattenuated: FloatArray
    item_scale: FloatArray
    item_scale_corrected: FloatArray


def relate_scales(covariance: FloatArray, keys: FloatArray) -> RelatedScales:
    """Return the relations of scales and items.

    Parameters
    ----------
    covariance
        Of the items as answered, k × k.
    keys
        +1, −1 or 0: how each item counts in each scale, k × s.

    Notes
    -----
    As ``scoreItems(impute = "none")`` of R's psych.

    Examples
    --------
    >>> c = np.array([[1.0, 0.5, 0.2], [0.5, 1.0, 0.2], [0.2, 0.2, 1.0]])
    >>> relate_scales(c, np.array([[1.0, 0], [1, 0], [0, 1]])).correlation.round(3)
    array([[1.   , 0.231],
           [0.231, 1.   ]])
    """
    variance = np.diag(covariance)
    member = np.abs(keys)
    count = member.sum(axis=0)
    scales = keys.T @ covariance @ keys
    total = np.diag(scales)
    alpha = np.where(
        count > 1, (total - variance @ member) / total * count / np.maximum(count - 1, 1), 1.0
    )
    correlation = scaled_covariance(scales)
    with np.errstate(invalid="ignore"):
        disattenuated = correlation / np.sqrt(np.outer(alpha, alpha))
    np.fill_diagonal(disattenuated, alpha)
    common = covariance.copy()
    smc = squared_multiple_correlations(scaled_covariance(covariance))
    np.fill_diagonal(common, variance * smc)
    shared = np.diag(keys.T @ common @ keys)
    return RelatedScales(
        alpha,
        correlation,
        disattenuated,
        np.asarray(covariance @ keys / np.sqrt(np.outer(variance, total))),
        np.asarray(common @ keys / np.sqrt(np.outer(variance, np.maximum(shared, 1e-300)))),
    )
