"""A sampling design as arrays: what variance estimation needs to know of the draw."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["DesignArrays", "FloatArray", "IntArray", "ReplicateArrays"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ReplicateArrays:
    """Given or derived replicate weights, as a matrix or as factors of the units.

    Attributes
    ----------
    weights
        Replicate analysis weights (the sampling weight is contained), n × R; without columns
        where ``factors`` stand instead.
    scale
        Overall factor of the sum of squared deviations.
    rscales
        Factor of each replicate, length R.
    mse
        Whether deviations are taken from the full-sample estimate (True) or from the
        replicates' mean (False).
    df
        Degrees of freedom.
    factors
        Multipliers of the sampling weight of each unit, C × R; None for a given matrix.
    units
        Code 0 … C−1 of each respondent's row of ``factors``, length n; None for a given matrix.
    jackknife
        Stratum of each unit, length C, where replicate r deletes unit r and raises the others of
        its stratum by n/(n − 1): the factors need not be stored then.
    """

    weights: FloatArray
    scale: float
    rscales: FloatArray
    mse: bool
    df: float
    factors: FloatArray | None = None
    units: IntArray | None = None
    jackknife: IntArray | None = None

    @property
    def n_replicates(self) -> int:
        """Number of replicates."""
        return len(self.rscales)


@dataclass(frozen=True, slots=True)
class DesignArrays:
    """Weights and clustering of n respondents.

    Attributes
    ----------
    weights
        Sampling weights, length n, finite and not negative.
    strata
        One array of codes 0 … H−1 a stage, each of length n.
    psus
        One array of codes 0 … C−1 a stage, each of length n. Units are numbered across strata:
        two units of different strata never share a code.
    fractions
        Sampling fraction of each respondent's stratum (stage 1) or unit (later stages), length n,
        one array a stage; None where the stage is taken as drawn with replacement.
    probabilities
        Inclusion probabilities of the units of stage 1 in a design with unequal probabilities,
        length n; None otherwise.
    joint
        Joint inclusion probabilities of the first-stage units, C × C, in order of their codes;
        None when they are not given.
    pps
        Name of the approximation of the joint probabilities; None otherwise.
    pps_variance
        ``"ht"`` (Horvitz–Thompson) or ``"yg"`` (Yates–Grundy).
    pps_sum_p2
        Σp²/n over the population, for Hartley–Rao; None: estimated from the sample.
    replicates
        Replicate weights; None where the variance is linearised.
    """

    weights: FloatArray
    strata: tuple[IntArray, ...]
    psus: tuple[IntArray, ...]
    fractions: tuple[FloatArray | None, ...]
    probabilities: FloatArray | None = None
    joint: FloatArray | None = None
    pps: str | None = None
    pps_variance: str = "ht"
    pps_sum_p2: float | None = None
    replicates: ReplicateArrays | None = field(default=None)

    @property
    def n(self) -> int:
        """Number of respondents."""
        return len(self.weights)

    @property
    def n_strata(self) -> int:
        """Number of first-stage strata."""
        return int(self.strata[0].max()) + 1 if self.n else 0

    @property
    def n_psus(self) -> int:
        """Number of first-stage units."""
        return int(self.psus[0].max()) + 1 if self.n else 0

    @property
    def df(self) -> int:
        """Design degrees of freedom: PSUs − strata."""
        return self.n_psus - self.n_strata
