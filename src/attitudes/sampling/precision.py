"""The precision that a design gives: of one estimate, and of a study's plan by domain."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from attitudes.errors import OptionError
from attitudes.numerics.planning.sample_size import (
    cluster_deff,
    margin_of,
    power_of_difference,
)
from attitudes.sampling.checks import between, positive, whole
from attitudes.sampling.planned import plan_sample
from attitudes.sampling.sizes import KINDS, SizeKind, spread_of
from attitudes.study.models import Study

__all__ = ["ExpectedPrecision", "design_precision", "expected_precision"]


@dataclass(frozen=True, slots=True)
class ExpectedPrecision:
    """What a number of interviews gives.

    Attributes
    ----------
    kind
        What is estimated.
    n, deff, n_eff
        Interviews, design effect, and n/deff.
    se
        Standard error of the estimate, or of the difference.
    margin
        Half-width of its confidence interval.
    power
        Chance to find ``difference``; None for means and proportions.
    """

    kind: str
    n: int
    deff: float
    n_eff: float
    se: float
    margin: float
    power: float | None


def expected_precision(
    kind: SizeKind = "proportion",
    *,
    n: int,
    difference: float | None = None,
    p: float | tuple[float, float] = 0.5,
    sd: float | tuple[float, float] | None = None,
    level: float = 0.95,
    ratio: float = 1.0,
    deff: float | None = None,
    icc: float = 0.0,
    cluster_size: int | None = None,
    population: float = math.inf,
) -> ExpectedPrecision:
    """Return the precision of n interviews, the reverse of `sample_size`.

    Parameters
    ----------
    kind
        As in `sample_size`; n counts both groups of a difference.
    n
        Completed interviews.
    difference
        Whose power is asked for, in the units of the variable.
    p, sd, level, ratio, deff, icc, cluster_size, population
        As in `sample_size`; the population counts for means and proportions.

    Raises
    ------
    OptionError
        An argument missing or out of range.

    Examples
    --------
    >>> found = expected_precision(n=1000, icc=0.05, cluster_size=18, population=3_944_375)
    >>> round(found.margin, 4), round(found.n_eff)
    (0.0421, 541)
    >>> round(expected_precision("proportion_difference", n=1000, difference=0.1).power, 3)
    0.885
    """
    if kind not in KINDS:
        raise OptionError.unknown("expected_precision, kind", "kind", kind, KINDS)
    n = whole("expected_precision, n", n, least=2)
    between("expected_precision, level", level)
    positive("expected_precision, population", population)
    positive("expected_precision, ratio", ratio)
    effect = cluster_deff(cluster_size or 1, icc) if deff is None else deff
    first, second = spread_of(kind, p, sd)
    z = margin_of(1, 1.0, level=level)
    if not kind.endswith("difference"):
        margin = margin_of(n, first, level=level, deff=effect, population=population)
        return ExpectedPrecision(kind, n, effect, n / effect, margin / z, margin, None)
    one = n / (1 + ratio)
    se = math.sqrt(effect * (first**2 / one + second**2 / (n - one)))
    power = None
    if difference is not None:
        power = power_of_difference(
            difference, (first, second), (one, n - one), level=level, deff=effect
        )
    return ExpectedPrecision(kind, n, effect, n / effect, se, z * se, power)


def design_precision(
    study: Study,
    *,
    by: str | None = None,
    p: float = 0.5,
    icc: float = 0.05,
    difference: float = 0.1,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return the precision that a study's planned sample gives, by domain and in all.

    Parameters
    ----------
    study
        A pack with a sample plan.
    by
        Column of the cells that defines domains; default the first.
    p
        Proportion for which the margin is given.
    icc
        Intraclass correlation within clusters.
    difference
        Whose power is given.
    level
        Confidence level.

    Returns
    -------
    pandas.DataFrame
        ``domain``, ``population``, ``n``, ``clusters``, ``deff``, ``n_eff``, ``df``, ``margin``
        (half-width, by the t distribution; infinite without degrees of freedom) and ``power``
        (chance to tell the domain from the rest when the two differ by ``difference``).

    Notes
    -----
    deff = 1 + (n/clusters − 1)ρ; df = clusters − strata within the domain. A margin near or
    above 1 says that the domain has too few clusters for an interval of its own.

    Examples
    --------
    >>> import attitudes as at
    >>> found = design_precision(at.load_study("kyrgyzstan-2023")).round(3).set_index("domain")
    >>> print(found.loc["total", ["n", "clusters", "df", "margin"]].to_dict())
    {'n': 1000.0, 'clusters': 56.0, 'df': 45.0, 'margin': 0.043}
    """
    between("design_precision, level", level)
    between("design_precision, p", p)
    plan = plan_sample(study)
    by = by or plan.by[0]
    if by not in plan.by:
        raise OptionError.unknown("design_precision, by", "column", by, plan.by)
    domain_of = plan.cells.groupby("draw_stratum")[by].agg(lambda v: "+".join(sorted(set(v))))
    strata = plan.strata.assign(domain=plan.strata["draw_stratum"].map(domain_of))
    rows = [
        _precision(str(d), part, p, icc, level) for d, part in strata.groupby("domain", sort=False)
    ]
    whole = _precision("total", strata, p, icc, level)
    table = pd.DataFrame([*rows, whole])
    n, total = table["n"].to_numpy(), float(whole["n"])
    sd = math.sqrt(p * (1 - p))
    table["power"] = [
        power_of_difference(difference, (sd, sd), (a, total - a), level=level, deff=d)
        if a < total
        else np.nan
        for a, d in zip(n, table["deff"], strict=True)
    ]
    return table


def _precision(
    name: str, part: pd.DataFrame, p: float, icc: float, level: float
) -> dict[str, float | int | str]:
    n, clusters = int(part["interviews"].sum()), int(part["clusters"].sum())
    deff = cluster_deff(max(n / clusters, 1), icc)
    df = clusters - int(part["stratum"].nunique())
    population = float(part["population"].sum())
    sd = math.sqrt(p * (1 - p))
    margin = margin_of(n, sd, level=level, deff=deff, population=population, df=df)
    return {
        "domain": name,
        "population": population,
        "n": n,
        "clusters": clusters,
        "deff": deff,
        "n_eff": n / deff,
        "df": df,
        "margin": margin,
    }
