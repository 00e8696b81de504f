"""Sample sizes, and the precision of a size, for clustered samples from finite populations."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from attitudes.errors import OptionError
from attitudes.numerics.design import FloatArray

__all__ = [
    "OptimalCluster",
    "cluster_deff",
    "cost_ratios",
    "margin_of",
    "optimal_cluster",
    "power_of_difference",
    "size_for_difference",
    "size_for_margin",
]


def cluster_deff(cluster_size: float, icc: float, weight_cv: float = 0.0) -> float:
    """Return the design effect 1 + (b − 1)ρ, times 1 + cv² of the weights.

    References
    ----------
    Kish (1965), Survey Sampling, 5.4 and 11.7.

    Examples
    --------
    >>> round(cluster_deff(18, 0.05), 3)
    1.85
    """
    if not -1 < icc <= 1 or cluster_size < 1:
        raise OptionError(
            "design effect",
            f"a cluster size of {cluster_size:g} and an ICC of {icc:g}",
            "a size of 1 or more and an ICC up to 1",
        )
    return (1 + (cluster_size - 1) * icc) * (1 + weight_cv**2)


def size_for_margin(
    sd: float,
    margin: float,
    *,
    level: float = 0.95,
    deff: float = 1.0,
    population: float = math.inf,
) -> float:
    """Return the exact number of interviews for a half-width of the confidence interval.

    Parameters
    ----------
    sd
        Standard deviation; √(p(1 − p)) for a proportion.
    margin
        Half-width, in the units of ``sd``.
    level
        Of the interval.
    deff
        Design effect against simple random sampling without replacement.
    population
        Population size.

    Notes
    -----
    V = deff·(1 − n/N)·S²/n set to (margin/z)² gives n = n₀/(1 + n₀/N) with
    n₀ = deff·(z·S/margin)².

    Examples
    --------
    >>> math.ceil(size_for_margin(0.5, 0.03))
    1068
    """
    _positive(sd=sd, margin=margin, deff=deff)
    z = float(stats.norm.ppf(0.5 + level / 2))
    first = deff * (z * sd / margin) ** 2
    return first / (1 + first / population)


def margin_of(
    n: float,
    sd: float,
    *,
    level: float = 0.95,
    deff: float = 1.0,
    population: float = math.inf,
    df: float = math.inf,
) -> float:
    """Return the half-width of the confidence interval that n interviews give.

    Examples
    --------
    >>> round(margin_of(1000, 0.5, deff=1.85), 4)
    0.0422
    """
    _positive(n=n, sd=sd, deff=deff)
    quantile = float(stats.t.ppf(0.5 + level / 2, df)) if df > 0 else math.inf
    return quantile * math.sqrt(deff * max(1 - n / population, 0.0)) * sd / math.sqrt(n)


def size_for_difference(
    difference: float,
    sds: tuple[float, float],
    *,
    level: float = 0.95,
    power: float = 0.8,
    ratio: float = 1.0,
    deff: float = 1.0,
) -> float:
    """Return the size of the first of two independent groups that shows a difference.

    Parameters
    ----------
    difference
        That is to be found, in the units of ``sds``.
    sds
        Standard deviations of the groups.
    level
        One minus the two-sided significance level.
    power
        Chance of finding it.
    ratio
        Size of the second group over that of the first.
    deff
        Design effect.

    Notes
    -----
    n₁ = deff (z₁₋α/₂ + z_power)² (S₁² + S₂²/ratio)/δ².

    Examples
    --------
    >>> math.ceil(size_for_difference(0.1, (0.5, 0.5)))
    393
    """
    _positive(difference=difference, ratio=ratio, deff=deff)
    z = float(stats.norm.ppf(0.5 + level / 2) + stats.norm.ppf(power))
    return deff * z**2 * (sds[0] ** 2 + sds[1] ** 2 / ratio) / difference**2


def power_of_difference(
    difference: float,
    sds: tuple[float, float],
    sizes: tuple[float, float],
    *,
    level: float = 0.95,
    deff: float = 1.0,
) -> float:
    """Return the chance that two groups of given sizes show a difference (two-sided test).

    Examples
    --------
    >>> round(power_of_difference(0.1, (0.5, 0.5), (393, 393)), 3)
    0.801
    """
    se = math.sqrt(deff * (sds[0] ** 2 / sizes[0] + sds[1] ** 2 / sizes[1]))
    z = float(stats.norm.ppf(0.5 + level / 2))
    return float(stats.norm.cdf(difference / se - z) + stats.norm.cdf(-difference / se - z))


@dataclass(frozen=True, slots=True)
class OptimalCluster:
    """The cluster size of least variance for a budget.

    Attributes
    ----------
    exact
        √(C(1 − ρ)/ρ).
    whole
        The best whole number.
    cost_ratio, icc
        Cost of a cluster in interviews, and intraclass correlation.
    efficiency
        Least variance × cost over that of ``whole``: 1 when the exact size is whole.
    """

    exact: float
    whole: int
    cost_ratio: float
    icc: float
    efficiency: float


def optimal_cluster(cost_ratio: float, icc: float) -> OptimalCluster:
    """Return the optimal number of interviews a cluster.

    Parameters
    ----------
    cost_ratio
        C: cost of adding a cluster over the cost of adding an interview.
    icc
        ρ, in (0, 1).

    Notes
    -----
    Variance times cost is proportional to (C/b + 1)(1 + (b − 1)ρ); its minimum is at
    √(C(1 − ρ)/ρ), and among whole numbers at the b with b(b − 1) ≤ C(1 − ρ)/ρ ≤ b(b + 1).

    References
    ----------
    Kish (1965), Survey Sampling, 8.3; Cochran (1977), Sampling Techniques, 10.6.

    Examples
    --------
    >>> optimal_cluster(17.05, 0.05).whole
    18
    """
    if not 0 < icc < 1 or not cost_ratio > 0:
        raise OptionError(
            "optimal cluster size",
            f"a cost ratio of {cost_ratio:g} and an ICC of {icc:g}",
            "a positive cost ratio and an ICC between 0 and 1",
        )
    ratio = cost_ratio * (1 - icc) / icc
    exact = math.sqrt(ratio)
    whole = max(math.ceil((math.sqrt(1 + 4 * ratio) - 1) / 2 - 1e-12), 1)

    def burden(b: float) -> float:
        return (cost_ratio / b + 1) * (1 + (b - 1) * icc)

    return OptimalCluster(exact, whole, cost_ratio, icc, burden(max(exact, 1.0)) / burden(whole))


def cost_ratios(cluster_size: int, iccs: FloatArray) -> FloatArray:
    """Return the cost ratios under which a cluster size is optimal, by ICC.

    Returns
    -------
    FloatArray
        Length R × 3: least, exact and greatest cost ratio; the best whole number is
        ``cluster_size`` between the first and the last.

    Examples
    --------
    >>> cost_ratios(18, np.array([0.05])).round(2).tolist()
    [[16.11, 17.05, 18.0]]
    """
    odds = np.asarray(iccs, dtype=np.float64) / (1 - np.asarray(iccs, dtype=np.float64))
    b = cluster_size
    return np.stack([b * (b - 1) * odds, b * b * odds, b * (b + 1) * odds], axis=1)


def _positive(**values: float) -> None:
    for name, value in values.items():
        if not value > 0:
            raise OptionError(f"sample size, {name}", f"{value:g}", "a number above 0")
