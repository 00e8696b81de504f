"""How many interviews are needed, and what a design gives."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from attitudes.errors import OptionError
from attitudes.numerics.design import FloatArray
from attitudes.numerics.planning.sample_size import (
    OptimalCluster,
    cluster_deff,
    cost_ratios,
    optimal_cluster,
    size_for_difference,
    size_for_margin,
)
from attitudes.sampling.checks import between, positive, whole

__all__ = [
    "KINDS",
    "SampleSize",
    "SizeKind",
    "cluster_size_curve",
    "optimal_cluster_size",
    "sample_size",
    "spread_of",
]

SizeKind = Literal["mean", "proportion", "mean_difference", "proportion_difference"]
KINDS: tuple[SizeKind, ...] = ("mean", "proportion", "mean_difference", "proportion_difference")


@dataclass(frozen=True, slots=True)
class SampleSize:
    """A sample size and how it was reached.

    Attributes
    ----------
    kind
        What is estimated.
    n
        Completed interviews, rounded up.
    contacts
        Households to approach, given the response rate.
    n_srs
        Interviews under simple random sampling from an endless population.
    deff
        Design effect used.
    clusters
        Number of clusters; None without a cluster size.
    by_domain
        Completed interviews needed in each domain and, from its share, in the whole sample.
    """

    kind: str
    n: int
    contacts: int
    n_srs: int
    deff: float
    clusters: int | None
    by_domain: Mapping[str, tuple[int, int]]


def sample_size(
    kind: SizeKind = "proportion",
    *,
    margin: float | None = None,
    difference: float | None = None,
    p: float | tuple[float, float] = 0.5,
    sd: float | tuple[float, float] | None = None,
    level: float = 0.95,
    power: float = 0.8,
    ratio: float = 1.0,
    deff: float | None = None,
    icc: float = 0.0,
    cluster_size: int | None = None,
    population: float = math.inf,
    response_rate: float = 1.0,
    domains: Mapping[str, float] | None = None,
) -> SampleSize:
    """Return the number of interviews that a margin or a difference asks for.

    Parameters
    ----------
    kind
        ``"mean"`` and ``"proportion"`` need ``margin``, the half-width of the interval;
        ``"mean_difference"`` and ``"proportion_difference"`` need ``difference``, which is to be
        found with ``power``; n counts both groups.
    margin, difference
        In the units of the variable (0.03 is three points).
    p
        Expected proportion, or those of the two groups.
    sd
        Standard deviation, or those of the two groups; for means.
    level
        Confidence level.
    power, ratio
        Of the test; second group over first.
    deff
        Design effect; default 1 + (b − 1)ρ from ``icc`` and ``cluster_size``.
    icc, cluster_size
        Intraclass correlation and interviews a cluster.
    population
        Population size.
    response_rate
        Expected completed interviews per household approached.
    domains
        Domain → its share of the population; each must reach the margin by itself under
        proportional allocation, and the sample is as large as the most demanding asks for.

    Returns
    -------
    SampleSize

    Raises
    ------
    OptionError
        An argument missing or out of range.

    Notes
    -----
    n = deff·n₀/(1 + deff·n₀/N) with n₀ = (z·S/margin)²; the approached are n/response rate.

    References
    ----------
    Cochran (1977), Sampling Techniques, chapter 4; Valliant, Dever and Kreuter (2018), Practical
    Tools for Designing and Weighting Survey Samples, chapters 3 and 4.

    Examples
    --------
    >>> found = sample_size("proportion", margin=0.03, icc=0.03, cluster_size=18,
    ...                     population=3_944_375, response_rate=0.7)
    >>> found.n_srs, round(found.deff, 2), found.n, found.contacts, found.clusters
    (1068, 1.51, 1611, 2302, 90)
    >>> sample_size("proportion", margin=0.1, domains={"north": 0.2, "south": 0.8}).n
    481
    """
    if kind not in KINDS:
        raise OptionError.unknown("sample_size, kind", "kind", kind, KINDS)
    if difference is not None and not kind.endswith("difference"):
        found = f"{difference:g} beside the kind {kind!r}"
        raise OptionError("sample_size, difference", found, f"kind {kind + '_difference'!r}")
    if not 0 < response_rate <= 1:
        raise OptionError("sample_size, response_rate", f"{response_rate:g}", "over 0, up to 1")
    between("sample_size, level", level)
    between("sample_size, power", power)
    positive("sample_size, population", population)
    if cluster_size is not None:
        cluster_size = whole("sample_size, cluster_size", cluster_size, least=1)
    effect = cluster_deff(cluster_size or 1, icc) if deff is None else deff
    spread = spread_of(kind, p, sd)
    if kind.endswith("difference"):
        size = _need(difference, "difference")
        first = size_for_difference(size, spread, level=level, power=power, ratio=ratio)
        srs, exact = first * (1 + ratio), first * (1 + ratio) * effect
        count = math.ceil(first * effect - 1e-9) + math.ceil(first * effect * ratio - 1e-9)
    else:
        width = _need(margin, "margin")
        srs = size_for_margin(spread[0], width, level=level)
        exact = size_for_margin(spread[0], width, level=level, deff=effect, population=population)
        count = math.ceil(exact - 1e-9)
    by_domain: dict[str, tuple[int, int]] = {}
    for name, share in (domains or {}).items():
        if not 0 < share <= 1:
            raise OptionError(f"sample_size, domains, {name}", f"{share:g}", "a share up to 1")
        inside = exact
        if not kind.endswith("difference"):
            inside = size_for_margin(
                spread[0], width, level=level, deff=effect, population=population * share
            )
        by_domain[name] = (math.ceil(inside - 1e-9), math.ceil(inside / share - 1e-9))
    count = max([count, *(whole for _, whole in by_domain.values())])
    clusters = None if cluster_size is None else math.ceil(count / cluster_size)
    contacts = math.ceil(count / response_rate - 1e-9)
    return SampleSize(kind, count, contacts, math.ceil(srs - 1e-9), effect, clusters, by_domain)


def _need(value: float | None, name: str) -> float:
    if value is None:
        raise OptionError(f"sample_size, {name}", "none", f"a {name} above 0")
    return value


def spread_of(
    kind: str, p: float | tuple[float, float], sd: float | tuple[float, float] | None
) -> tuple[float, float]:
    """Return the standard deviations of the two groups (the same one where there is one).

    Raises
    ------
    OptionError
        No standard deviation for means; proportions out of range.
    """
    given = p if kind.startswith("proportion") else sd
    if given is None:
        raise OptionError("sample_size, sd", "none", "a standard deviation, for means")
    pair = given if isinstance(given, tuple) else (given, given)
    if not kind.startswith("proportion"):
        return pair
    if not all(0 < v < 1 for v in pair):
        raise OptionError("sample_size, p", str(p), "proportions between 0 and 1")
    return math.sqrt(pair[0] * (1 - pair[0])), math.sqrt(pair[1] * (1 - pair[1]))


def optimal_cluster_size(cost_ratio: float, icc: float) -> OptimalCluster:
    """Return the number of interviews a cluster that is most precise for a budget.

    Parameters
    ----------
    cost_ratio
        Cost of one more cluster over the cost of one more interview.
    icc
        Intraclass correlation.

    Examples
    --------
    >>> found = optimal_cluster_size(10, 0.05)
    >>> found.whole, round(found.exact, 2)
    (14, 13.78)
    """
    return optimal_cluster(cost_ratio, icc)


def cluster_size_curve(cluster_size: int, *, iccs: FloatArray | None = None) -> pd.DataFrame:
    """Return the pairs of cost ratio and ICC under which a cluster size is optimal.

    Returns
    -------
    pandas.DataFrame
        ``icc``; ``cost_ratio`` at which the size is exactly optimal; ``lowest`` and ``highest``,
        between which it is the best whole number; ``deff`` that the size costs.

    Examples
    --------
    >>> cluster_size_curve(18, iccs=np.array([0.02, 0.05])).round(2).values.tolist()
    [[0.02, 6.61, 6.24, 6.98, 1.34], [0.05, 17.05, 16.11, 18.0, 1.85]]
    """
    whole("cluster_size_curve, cluster_size", cluster_size, least=1)
    for value in () if iccs is None else iccs.tolist():
        between("cluster_size_curve, iccs", value)
    rho = np.array([0.01, 0.02, 0.03, 0.05, 0.08, 0.1, 0.15, 0.2]) if iccs is None else iccs
    ratios = cost_ratios(cluster_size, rho)
    return pd.DataFrame(
        {
            "icc": rho,
            "cost_ratio": ratios[:, 1],
            "lowest": ratios[:, 0],
            "highest": ratios[:, 2],
            "deff": 1 + (cluster_size - 1) * rho,
        }
    )
