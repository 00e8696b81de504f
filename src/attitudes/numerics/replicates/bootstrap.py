"""Making replicates of a design: bootstraps of its units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from attitudes.errors import OptionError
from attitudes.numerics.design import DesignArrays, FloatArray, IntArray
from attitudes.numerics.replicates.replication import Replication, first_stage, replicate_df
from attitudes.numerics.variance.singletons import refuse

__all__ = ["BootstrapMethod", "bootstrap_replicates", "multistage_bootstrap"]

BoolArray = NDArray[np.bool_]
BootstrapMethod = Literal["bootstrap", "subbootstrap", "canty-davison"]


def bootstrap_replicates(
    design: DesignArrays,
    rng: np.random.Generator,
    *,
    method: BootstrapMethod = "bootstrap",
    n_replicates: int = 500,
) -> Replication:
    """Return bootstrap replicates of the first-stage units.

    Parameters
    ----------
    design
        The design.
    rng
        Source of randomness.
    method
        ``"bootstrap"``: Rao–Wu rescaled bootstrap, nₕ − 1 units drawn with replacement, deviations
        shrunk by √(1 − fₕ); ``"subbootstrap"``: the same without the finite population
        correction; ``"canty-davison"``: nₕ units drawn from the stratum's population (with
        replacement where it is not known), as R's ``type="bootstrap"``.
    n_replicates
        Number of replicates, at least 2.

    Raises
    ------
    OptionError
        Fewer than two replicates.
    DesignError
        Strata with a single unit that is not certain.

    References
    ----------
    Rao and Wu (1988), JASA 83; Rao, Wu and Yue (1992), Survey Methodology 18; Canty and Davison
    (1999), The Statistician 48.
    """
    if n_replicates < 2:
        raise OptionError("replicate, n", f"{n_replicates}", "2 or more")
    stage = first_stage(design)
    lonely = (stage.counts == 1) & (stage.fractions < 1)
    if lonely.any():
        refuse(np.flatnonzero(lonely), 1)
    factors = np.ones((stage.n_units, n_replicates))
    order = np.argsort(stage.strata, kind="stable")
    bounds = np.concatenate([[0], np.cumsum(stage.counts)])
    for h, n in enumerate(stage.counts):
        members = order[bounds[h] : bounds[h + 1]]
        if n > 1:
            factors[members] = _stratum(
                int(n), float(stage.fractions[h]), method, n_replicates, rng
            )
    scale = 1.0 / (n_replicates - 1)
    if method == "canty-davison":
        harmonic = 1.0 / float(np.mean(1.0 / stage.counts))
        scale *= harmonic / (harmonic - 1)
    rscales = np.ones(n_replicates)
    return Replication(stage.units, factors, None, scale, rscales, replicate_df(stage, factors))


def _stratum(
    n: int, fraction: float, method: BootstrapMethod, size: int, rng: np.random.Generator
) -> FloatArray:
    if method == "canty-davison":
        if fraction == 0:
            return _with_replacement(n, n, size, rng)
        return _from_population(n, round(n / fraction), size, rng)
    drawn = _with_replacement(n, n - 1, size, rng) * (n / (n - 1))
    if method == "subbootstrap" or fraction == 0:
        return drawn
    return np.asarray(1 + np.sqrt(1 - fraction) * (drawn - 1), dtype=np.float64)


def _with_replacement(n: int, drawn: int, size: int, rng: np.random.Generator) -> FloatArray:
    """Return how often each of n units is drawn, n × size."""
    unit = rng.integers(n, size=(drawn, size), dtype=np.int32)
    unit *= size
    unit += np.arange(size, dtype=np.int32)
    counts = np.bincount(unit.ravel(), minlength=n * size)
    return counts.reshape(n, size).astype(np.float64)


def _from_population(n: int, population: int, size: int, rng: np.random.Generator) -> FloatArray:
    whole, rest = divmod(population, n)
    copies = np.full(n, whole, dtype=np.int64)
    copies[rng.permutation(n)[:rest]] += 1
    return rng.multivariate_hypergeometric(copies, n, size=size).T.astype(np.float64)


def multistage_bootstrap(
    design: DesignArrays, rng: np.random.Generator, *, n_replicates: int = 500
) -> Replication:
    """Return Preston's multistage rescaled bootstrap.

    Parameters
    ----------
    design
        Design with sampling fractions at each stage that counts; without any, the first stage is
        taken as drawn with replacement and alone.
    rng
        Source of randomness.
    n_replicates
        Number of replicates, at least 2.

    Raises
    ------
    OptionError
        Fewer than two replicates.

    Notes
    -----
    At each stage ⌊n/2⌋ of the n units are drawn without replacement, within units drawn at the
    stage before; weights move by −λ + λ (n/n*) δ with λ = √(F n*(1 − f)/(n − n*)), F being the
    product of the earlier sampling fractions. A stratum with one unit adds nothing.

    References
    ----------
    Preston (2009), Survey Methodology 35, 227–234.
    """
    if n_replicates < 2:
        raise OptionError("replicate, n", f"{n_replicates}", "2 or more")
    n_stages = _stages_with_fractions(design)
    units = design.psus[n_stages - 1]
    n_units = int(units.max()) + 1
    row = np.empty(n_units, dtype=np.int64)
    row[units[::-1]] = np.arange(design.n - 1, -1, -1)
    total = np.ones((n_units, n_replicates))
    carried = np.ones((n_units, n_replicates))
    kept = np.ones((n_units, n_replicates), dtype=bool)
    cumulative = np.ones(n_units)
    for stage in range(n_stages):
        codes = design.psus[stage][row]
        strata = design.strata[stage][row]
        values = design.fractions[stage]
        fraction = np.zeros(n_units) if values is None else values[row]
        step = _draw_half(codes, strata, fraction, cumulative, kept, rng)
        total += carried * step.change
        carried *= step.carry
        kept = step.kept
        cumulative = cumulative * fraction
    rscales = np.full(n_replicates, 1.0 / (n_replicates - 1))
    df = replicate_df(first_stage(design), total)
    return Replication(units, total, None, 1.0, rscales, df)


def _stages_with_fractions(design: DesignArrays) -> int:
    with_fraction = [fraction is not None for fraction in design.fractions]
    return max(1, with_fraction.index(False) if False in with_fraction else len(with_fraction))


@dataclass(frozen=True, slots=True)
class _Step:
    """One stage's draw: change of weight, factor carried to later stages, units kept."""

    change: FloatArray
    carry: FloatArray
    kept: BoolArray


def _draw_half(
    codes: IntArray,
    strata: IntArray,
    fraction: FloatArray,
    cumulative: FloatArray,
    kept: BoolArray,
    rng: np.random.Generator,
) -> _Step:
    n_codes = int(codes.max()) + 1
    at = np.empty(n_codes, dtype=np.int64)
    at[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    present = np.unique(codes)
    stratum = strata[at[present]]
    size = kept.shape[1]
    eligible = kept[at[present]]
    # The lowest ⌊n/2⌋ of random numbers in each stratum: a draw without replacement.
    priority = np.where(eligible, rng.random((len(present), size)), 2.0)
    order = np.lexsort((priority.T, np.broadcast_to(stratum, (size, len(present)))), axis=-1)
    counts = np.bincount(stratum)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    n = np.zeros((len(counts), size))
    np.add.at(n, stratum, eligible)
    half = np.floor(n / 2)
    rank = np.empty_like(order)
    position = np.arange(len(present)) - starts[np.sort(stratum)]
    np.put_along_axis(rank, order, np.broadcast_to(position, order.shape), axis=-1)
    chosen = half[stratum] > rank.T
    back = np.searchsorted(present, codes)
    own, keep = strata, chosen[back]
    n_row, half_row = n[own], half[own]
    with np.errstate(divide="ignore", invalid="ignore"):
        lam = np.sqrt(cumulative[:, None] * half_row * (1 - fraction[:, None]) / (n_row - half_row))
        change = np.where(half_row > 0, lam * (n_row / half_row * keep - 1), 0.0)
        carry = np.where(half_row > 0, np.sqrt(n_row / half_row) * keep, 0.0)
    return _Step(change, carry, kept & keep)
