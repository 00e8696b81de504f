"""Making replicates of a design: jackknife and balanced half-samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from attitudes.errors import DesignError, OptionError
from attitudes.numerics.design import DesignArrays, FloatArray, IntArray
from attitudes.numerics.replicates.hadamard import hadamard_matrix
from attitudes.numerics.variance.singletons import SingletonPolicy, refuse

__all__ = [
    "FirstStage",
    "Replication",
    "brr_replicates",
    "first_stage",
    "jackknife_replicates",
    "replicate_df",
]

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Replication:
    """Replicates of a design, as factors of its units.

    Attributes
    ----------
    units
        Code 0 … C−1 of each respondent's unit, length n.
    factors
        Multipliers of the sampling weight, C × R; None for a jackknife.
    jackknife
        Stratum of each unit, length C, where replicate r deletes unit r; None otherwise.
    scale, rscales
        Factors of the squared deviations: of all, and of each replicate (length R).
    df
        Degrees of freedom: rank of the replicate weights − 1.
    """

    units: IntArray
    factors: FloatArray | None
    jackknife: IntArray | None
    scale: float
    rscales: FloatArray
    df: float


@dataclass(frozen=True, slots=True)
class FirstStage:
    """First-stage units of a design.

    Attributes
    ----------
    units
        Code of each respondent's unit, length n.
    strata
        Stratum of each unit, length C.
    fractions
        Sampling fraction of each stratum, length H; zero where drawn with replacement.
    counts
        Units of each stratum, length H.
    """

    units: IntArray
    strata: IntArray
    fractions: FloatArray
    counts: IntArray

    @property
    def n_units(self) -> int:
        """Number of units."""
        return len(self.strata)


def first_stage(design: DesignArrays) -> FirstStage:
    """Return the first-stage units of a design."""
    strata = np.empty(design.n_psus, dtype=np.int64)
    strata[design.psus[0]] = design.strata[0]
    fractions = np.zeros(design.n_strata)
    if design.fractions[0] is not None:
        fractions[design.strata[0]] = design.fractions[0]
    counts = np.bincount(strata, minlength=design.n_strata)
    return FirstStage(design.psus[0], strata, fractions, counts)


def replicate_df(stage: FirstStage, factors: FloatArray) -> float:
    """Return rank − 1 of the factors; for large matrices the rank that their construction has."""
    n_units, n_replicates = factors.shape
    if n_units * n_replicates <= 2_000_000:
        return float(np.linalg.matrix_rank(factors, tol=1e-5 * np.sqrt(n_units)) - 1)
    free = n_units - len(stage.counts) + 1
    return float(min(n_replicates, free) - 1)


def jackknife_replicates(
    stage: FirstStage, *, stratified: bool, singleton: SingletonPolicy = "error"
) -> Replication:
    """Return the delete-one-unit jackknife, JK1 or JKn.

    Parameters
    ----------
    stage
        First-stage units.
    stratified
        True for JKn; False for JK1, which wants a single stratum.
    singleton
        For strata of one unit that is not certain (JKn), as R's survey.lonely.psu.

    Raises
    ------
    DesignError
        JK1 with strata; a single unit; strata with a single unit under ``"error"``.

    Notes
    -----
    Replicate i drops unit i and raises the others of its stratum by nₕ/(nₕ − 1); its rscale is
    (1 − fₕ)(nₕ − 1)/nₕ. Strata drawn completely (fₕ = 1) have no replicates.
    """
    if not stratified and len(stage.counts) > 1:
        raise DesignError(
            "replicate, method 'jk1'", f"{len(stage.counts)} strata", "one stratum", "use 'jkn'"
        )
    counts = stage.counts[stage.strata]
    certain = stage.fractions[stage.strata] >= 1
    lonely = (counts == 1) & ~certain
    if lonely.any() and (singleton == "error" or not stratified):
        refuse(stage.strata[lonely], 1)
    correction = 1 - stage.fractions[stage.strata]
    if not lonely.any() and not certain.any():
        rscales = correction * (counts - 1) / counts
        df = float(stage.n_units - len(stage.counts))
        if not stratified:
            return Replication(
                stage.units, None, stage.strata, float(rscales[0]), np.ones(stage.n_units), df
            )
        return Replication(stage.units, None, stage.strata, 1.0, rscales, df)
    return _jackknife_with_singletons(stage, lonely, certain, singleton)


def _jackknife_with_singletons(
    stage: FirstStage, lonely: BoolArray, certain: BoolArray, singleton: SingletonPolicy
) -> Replication:
    n_strata = len(stage.counts)
    deleted = np.flatnonzero(~certain if singleton == "adjust" else ~certain & ~lonely)
    if not len(deleted):
        raise DesignError("replicate", "no stratum with two units", "at least one")
    own = stage.strata[deleted]
    n = stage.counts[own].astype(np.float64)
    same = stage.strata[:, None] == own[None, :]
    factors = np.where(same, (n / np.maximum(n - 1, 1))[None, :], 1.0)
    rscales = (1 - stage.fractions[own]) * (n - 1) / n
    alone = np.flatnonzero(lonely[deleted])
    factors[:, alone] = n_strata / (n_strata - 1)
    rscales[alone] = (n_strata - 1) / n_strata
    factors[deleted, np.arange(len(deleted))] = 0.0
    scale = stage.n_units / len(deleted) if singleton == "average" else 1.0
    return Replication(stage.units, factors, None, scale, rscales, replicate_df(stage, factors))


def brr_replicates(
    stage: FirstStage, *, fay_rho: float = 0.0, order: IntArray | None = None
) -> Replication:
    """Return balanced half-samples (BRR), or Fay's variant of them.

    Parameters
    ----------
    stage
        First-stage units: two in each stratum, or an even number, which is then split in pairs.
    fay_rho
        Factor of the dropped half; 0 is BRR.
    order
        Rank of each stratum by which rows of the Hadamard matrix are given out; default: by code.

    Raises
    ------
    DesignError
        Strata with an odd number of units.
    OptionError
        ``fay_rho`` outside [0, 1).

    Notes
    -----
    The kept half carries 2 − ρ, the other ρ; scale 1/(R (1 − ρ)²). Finite population corrections
    do not enter.

    References
    ----------
    McCarthy (1969), Review of the International Statistical Institute 37; Judkins (1990), JOS 6.
    """
    if not 0 <= fay_rho < 1:
        raise OptionError("replicate, fay_rho", f"{fay_rho}", "0 or more and below 1")
    odd = np.flatnonzero(stage.counts % 2 == 1)
    if len(odd):
        raise DesignError(
            "replicate, method 'brr'",
            f"{len(odd)} strata with an odd number of PSUs",
            "two in each stratum, or an even number",
            "collapse strata, or use 'jkn' or 'bootstrap'",
        )
    rank = np.arange(len(stage.counts)) if order is None else np.asarray(order)
    # Strata of more than two units give out rows first, as in R's brrweights.
    large = stage.counts[stage.strata] > 2
    sorted_units = np.lexsort((np.arange(stage.n_units), rank[stage.strata], ~large))
    pair = np.empty(stage.n_units, dtype=np.int64)
    pair[sorted_units] = np.arange(stage.n_units) // 2
    second = np.empty(stage.n_units, dtype=bool)
    second[sorted_units] = np.arange(stage.n_units) % 2 == 1
    matrix = hadamard_matrix(stage.n_units // 2 + 1)
    sign = matrix[1 + pair] * np.where(second, -1.0, 1.0)[:, None]
    factors = 1.0 + sign * (1.0 - fay_rho)
    n_replicates = factors.shape[1]
    scale = 1.0 / (n_replicates * (1 - fay_rho) ** 2)
    df = float(stage.n_units // 2)
    return Replication(stage.units, factors, None, scale, np.ones(n_replicates), df)
