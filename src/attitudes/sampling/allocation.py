"""Allocation of a sample over strata."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from attitudes.errors import AttitudesError, DataError, OptionError, raise_all
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.planning.allocation import (
    bounded_shares,
    precision_allocation,
    whole_allocation,
)
from attitudes.numerics.rounding import Rounding
from attitudes.sampling.checks import between, positive, whole

__all__ = ["Allocation", "AllocationMethod", "allocate"]

AllocationMethod = Literal[
    "proportional", "equal", "square_root", "power", "neyman", "cost_optimal", "precision"
]
METHODS: tuple[AllocationMethod, ...] = (
    "proportional",
    "equal",
    "square_root",
    "power",
    "neyman",
    "cost_optimal",
    "precision",
)


@dataclass(frozen=True, slots=True)
class Allocation:
    """A sample divided over strata.

    Attributes
    ----------
    strata
        The given strata with ``exact`` (allocation before rounding), ``n``, ``fraction``.
    method, rounding
        How it was divided and made whole.
    total
        Σ n.
    cost
        Σ c n; None without costs.
    se
        Standard error of the overall mean of each variable whose sd is given, under ``n``.
    """

    strata: pd.DataFrame
    method: str
    rounding: str
    total: int
    cost: float | None
    se: Mapping[str, float]

    def by_stratum(self, stratum: str = "stratum") -> dict[str, int]:
        """Return stratum → n, as `draw` takes it."""
        names, counts = self.strata[stratum].astype(str), self.strata["n"]
        return {name: int(count) for name, count in zip(names, counts, strict=True)}

    def __repr__(self) -> str:
        counts = ", ".join(str(v) for v in self.strata["n"].tolist()[:12])
        return f"Allocation: {self.total} by {self.method} ({self.rounding}): {counts}"


def allocate(
    strata: pd.DataFrame,
    n: int | None = None,
    *,
    method: AllocationMethod = "proportional",
    size: str = "population",
    sd: str | list[str] | None = None,
    cost: str | None = None,
    power: float = 0.5,
    minimum: int | ArrayLike = 0,
    maximum: ArrayLike | None = None,
    margins: Mapping[str, float] | None = None,
    by: str | None = None,
    level: float = 0.95,
    rounding: Rounding = "hamilton",
) -> Allocation:
    """Divide a sample over strata.

    Parameters
    ----------
    strata
        One stratum a row.
    n
        Interviews to divide; not for ``"precision"``, which finds their number.
    method
        ``"proportional"`` to size; ``"equal"``; ``"square_root"`` and ``"power"`` to sizeᑫ;
        ``"neyman"`` to size × sd; ``"cost_optimal"`` to size × sd/√cost; ``"precision"``: the
        least cost at which each variable reaches its margin.
    size, sd, cost
        Columns: population of the stratum; standard deviation (a list for several variables);
        cost of an interview.
    power
        q of ``"power"``.
    minimum, maximum
        Bounds of n in a stratum, one for all or a row each; never above the population.
    margins
        For ``"precision"``: column of sd → largest half-width of the interval of the mean.
    by
        For ``"precision"``: column of domains, each of which must reach the margins.
    level
        Level of those intervals.
    rounding
        How the exact allocation is made whole.

    Returns
    -------
    Allocation

    Raises
    ------
    AttitudesError
        Unknown columns and methods, numbers missing or negative, bounds that cannot be met.

    Notes
    -----
    Neyman minimises the variance of the overall mean for a given n, the cost-optimal allocation
    for a given cost. Under ``"precision"`` the exact numbers are rounded up.

    References
    ----------
    Cochran (1977), Sampling Techniques, 5.5 and 5A; Bankier (1988), The American Statistician 42.

    Examples
    --------
    >>> strata = pd.DataFrame({"stratum": ["town", "village"], "population": [3000, 7000],
    ...                        "sd": [0.5, 0.3], "cost": [1.0, 4.0]})
    >>> allocate(strata, 100)
    Allocation: 100 by proportional (hamilton): 30, 70
    >>> allocate(strata, 100, method="neyman", sd="sd").by_stratum()
    {'town': 42, 'village': 58}
    >>> allocate(strata, method="precision", sd="sd", margins={"sd": 0.05}).total
    196
    """
    if method not in METHODS:
        raise OptionError.unknown("allocate, method", "method", method, METHODS)
    sds = [sd] if isinstance(sd, str) else list(sd or ())
    _check(strata, [size, *sds, *([cost] if cost else [])], method, sds, cost, n)
    if n is not None:
        n = whole("allocate, n", n, least=1)
    for name, width in (margins or {}).items():
        positive(f"allocate, margins, {name}", width)
    between("allocate, level", level)
    population = strata[size].to_numpy(dtype=np.float64)
    costs = strata[cost].to_numpy(dtype=np.float64) if cost else None
    low = np.minimum(
        np.broadcast_to(np.asarray(minimum, dtype=np.float64), population.shape), population
    )
    high = population if maximum is None else np.minimum(np.asarray(maximum, float), population)
    if method == "precision":
        exact = _precise(strata, population, sds, costs, margins or {}, by, level, low, high)
        counts = np.minimum(np.ceil(exact - 1e-9), high).astype(np.int64)
    else:
        shares = _shares(method, population, strata, sds, costs, power)
        exact = bounded_shares(shares, float(n or 0), minimum=low, maximum=np.floor(high))
        counts = whole_allocation(exact, minimum=np.ceil(low), maximum=high, rounding=rounding)
    out = strata.assign(exact=exact, n=counts, fraction=counts / population)
    total_cost = None if costs is None else float(costs @ counts)
    rule = "up" if method == "precision" else rounding
    se = {name: _se(population, strata[name].to_numpy(dtype=np.float64), counts) for name in sds}
    return Allocation(out, method, rule, int(counts.sum()), total_cost, se)


def _check(
    strata: pd.DataFrame,
    columns: list[str],
    method: str,
    sds: list[str],
    cost: str | None,
    n: int | None,
) -> None:
    failures: list[AttitudesError] = []
    if not len(strata):
        failures.append(DataError("allocate, strata", "no rows", "a row a stratum"))
    for name in columns:
        if name not in strata.columns:
            failures.append(DataError.unknown("allocate, strata", "column", name, strata.columns))
            continue
        values = pd.to_numeric(strata[name], errors="coerce").to_numpy(dtype=np.float64)
        paid = name == cost
        bad = ~np.isfinite(values) | ((values <= 0) if paid else (values < 0))
        if bad.any():
            rows = ", ".join(str(r + 1) for r in np.flatnonzero(bad)[:5])
            found = f"{int(bad.sum())} missing{', zero' if paid else ''} or negative (rows {rows})"
            allowed = "numbers above 0" if paid else "numbers of 0 or more"
            failures.append(DataError(f"allocate, column {name}", found, allowed))
    needs_sd = method in ("neyman", "cost_optimal", "precision")
    if needs_sd and not sds:
        failures.append(OptionError(f"allocate, method {method!r}", "no sd", "a column of sds"))
    if method == "cost_optimal" and cost is None:
        failures.append(OptionError("allocate, cost", "none", "a column of costs"))
    if (n is None) != (method == "precision"):
        allowed = "no n (it is found)" if method == "precision" else "the size of the sample"
        failures.append(OptionError("allocate, n", str(n), allowed))
    raise_all(failures)


def _shares(
    method: str,
    population: FloatArray,
    strata: pd.DataFrame,
    sds: list[str],
    costs: FloatArray | None,
    power: float,
) -> FloatArray:
    if method == "equal":
        return np.ones(len(population))
    if method in ("square_root", "power"):
        return np.asarray(population ** (0.5 if method == "square_root" else power))
    if method == "proportional":
        return population
    spread = strata[sds[0]].to_numpy(dtype=np.float64)
    if costs is None or method == "neyman":
        return np.asarray(population * spread)
    return np.asarray(population * spread / np.sqrt(costs))


def _precise(
    strata: pd.DataFrame,
    population: FloatArray,
    sds: list[str],
    costs: FloatArray | None,
    margins: Mapping[str, float],
    by: str | None,
    level: float,
    low: FloatArray,
    high: FloatArray,
) -> FloatArray:
    for name in sds:
        if name not in margins:
            raise OptionError("allocate, margins", f"none for {name!r}", "a margin for each sd")
    z = float(stats.norm.ppf(0.5 + level / 2))
    domains = [np.ones(len(strata), dtype=bool)]
    if by is not None:
        if by not in strata.columns:
            raise DataError.unknown("allocate, by", "column", by, strata.columns)
        domains = [(strata[by] == d).to_numpy() for d in strata[by].unique()]
    spread, weights, bounds = [], [], []
    for name in sds:
        for inside in domains:
            spread.append(strata[name].to_numpy(dtype=np.float64))
            weights.append(np.where(inside, population / population[inside].sum(), 0.0))
            bounds.append((margins[name] / z) ** 2)
    found = precision_allocation(
        population,
        np.stack(spread, axis=1),
        np.array(bounds),
        costs=1.0 if costs is None else costs,
        weights=np.stack(weights, axis=1),
        minimum=np.maximum(low, 2),
        maximum=high,
    )
    return found.n


def _se(population: FloatArray, sd: FloatArray, n: IntArray) -> float:
    if (n == 0).any():
        return float("nan")
    weight = population / population.sum()
    return float(np.sqrt((weight**2 * sd**2 * (1 / n - 1 / population)).sum()))
