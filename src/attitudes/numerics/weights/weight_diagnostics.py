"""What unequal weights cost, and how far margins are from their targets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from attitudes.errors import EstimationError
from attitudes.numerics.design import FloatArray

__all__ = ["WeightSummary", "standardised_differences", "summarise_weights"]

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class WeightSummary:
    """The distribution of weights.

    Attributes
    ----------
    n
        Weights above zero.
    zero
        Weights of zero.
    total, mean, least, greatest
        Of the weights above zero.
    quantiles
        At 1, 5, 25, 50, 75, 95 and 99 percent.
    cv
        Coefficient of variation.
    deff
        Kish's design effect of unequal weights, 1 + cv².
    n_eff
        (Σw)²/Σw², the effective number of respondents.
    top_1, top_5, top_10
        Share of the total weight that the largest 1, 5 and 10 percent of the weights carry.
    gini
        Gini coefficient.
    """

    n: int
    zero: int
    total: float
    mean: float
    least: float
    greatest: float
    quantiles: FloatArray
    cv: float
    deff: float
    n_eff: float
    top_1: float
    top_5: float
    top_10: float
    gini: float


def summarise_weights(weights: FloatArray) -> WeightSummary:
    """Summarise weights.

    Notes
    -----
    deff = n Σw²/(Σw)² (Kish 1965, 11.7): the loss of precision where weights have nothing to do
    with the answers. The top shares count ⌈share · n⌉ weights.

    References
    ----------
    Kish (1965), Survey Sampling; Kish (1992), Journal of Official Statistics 8, 183–200.

    Examples
    --------
    >>> s = summarise_weights(np.array([1., 1., 1., 3.]))
    >>> s.n_eff, round(s.deff, 4)
    (3.0, 1.3333)
    """
    values = np.sort(np.asarray(weights, dtype=np.float64))
    positive = values[values > 0]
    n = len(positive)
    if not n:
        raise EstimationError("weights", "no weight above zero", "a positive weight")
    total = float(positive.sum())
    squares = float(positive @ positive)
    deff = n * squares / total**2
    rising = np.cumsum(positive)
    gini = float(n + 1 - 2 * rising.sum() / total) / n
    top = {s: float(positive[n - int(np.ceil(n * s)) :].sum()) / total for s in (0.01, 0.05, 0.1)}
    return WeightSummary(
        n,
        len(values) - n,
        total,
        total / n,
        float(positive[0]),
        float(positive[-1]),
        np.quantile(positive, QUANTILES),
        float(np.sqrt(max(deff - 1, 0.0))),
        deff,
        total**2 / squares,
        top[0.01],
        top[0.05],
        top[0.1],
        gini,
    )


def standardised_differences(shares: NDArray[np.float64], targets: FloatArray) -> FloatArray:
    """Return (share − target)/√(target (1 − target)), zero where the two are equal.

    Notes
    -----
    The difference of a margin from the population in standard deviations of the population;
    0.1 is the usual mark of imbalance.

    References
    ----------
    Austin (2009), Statistics in Medicine 28, 3083–3107.
    """
    spread = np.sqrt(targets * (1 - targets))
    difference = shares - targets
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(difference == 0, 0.0, difference / spread)
