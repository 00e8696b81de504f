"""The sampling design as an analyst names it: columns of a frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from attitudes.errors import OptionError

__all__ = ["PpsMethod", "Replicates", "SurveyDesign", "stages"]

PpsMethod = Literal["brewer", "overton", "hartley-rao"]
Columns = str | Sequence[str] | None


def stages(columns: Columns) -> tuple[str, ...]:
    """Return the column names, one a stage.

    Examples
    --------
    >>> stages("psu"), stages(["psu", "household"]), stages(None)
    (('psu',), ('psu', 'household'), ())
    """
    if columns is None:
        return ()
    return (columns,) if isinstance(columns, str) else tuple(columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replicates:
    """Replicate weights that stand in the data, or are given as a matrix.

    Parameters
    ----------
    columns
        Names of the columns with replicate weights; or
    weights
        The matrix itself, n × R.
    scale
        Overall factor of the sum of squared deviations.
    rscales
        Factor of each replicate; one for all where it is a number.
    combined
        Whether the replicate weights contain the sampling weight (True), or multiply it.
    mse
        Deviations from the full-sample estimate rather than from the replicates' mean.
    df
        Degrees of freedom; default: rank of the replicate weights − 1.
    method
        Name of the method, for the record.
    factors
        Instead of a matrix of weights: multipliers of the sampling weight of each unit, C × R.
    units
        Code 0 … C−1 of each respondent's row of ``factors``, length n.
    jackknife
        Instead of factors: stratum of each unit, length C, where replicate r deletes unit r.
    """

    columns: tuple[str, ...] = ()
    weights: Any = None
    scale: float = 1.0
    rscales: ArrayLike = 1.0
    combined: bool = True
    mse: bool = False
    df: float | None = None
    method: str = "given"
    factors: Any = None
    units: Any = None
    jackknife: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyDesign:
    """How respondents were drawn. Every argument is optional.

    With none given: one stratum, every row a PSU, weight 1.

    Parameters
    ----------
    weight
        Column of sampling weights. When absent and sampling fractions are given, the weight is
        the inverse of their product.
    stratum, psu, fpc
        One column name, or a list of them, one a stage. ``fpc`` holds population sizes (of PSUs
        in the stratum, of elements in the PSU) or sampling fractions (all at most 1).
        A self-representing unit is a stratum whose clusters are the PSUs.
    probabilities
        Column with the inclusion probability of the first-stage unit, for designs with unequal
        probabilities without replacement; it stands in the place of the first ``fpc``.
    joint
        ``"brewer"``, ``"overton"`` or ``"hartley-rao"``, an approximation; or the matrix of joint
        inclusion probabilities of the sampled units in the order of the rows.
    joint_sum_p2
        Σp²/n over the population, for ``"hartley-rao"``; default: estimated from the sample.
    pps_variance
        ``"ht"`` (Horvitz–Thompson) or ``"yg"`` (Yates–Grundy), for joint probabilities.
    replicates
        Given replicate weights.
    nest
        Whether unit codes repeat between strata and are to be read within them.

    Examples
    --------
    >>> SurveyDesign(weight="w", stratum="region", psu=["village", "household"]).psu
    ('village', 'household')
    """

    weight: str | None = None
    stratum: Columns = None
    psu: Columns = None
    fpc: Columns = None
    probabilities: str | None = None
    joint: PpsMethod | Any = None
    joint_sum_p2: float | None = None
    pps_variance: Literal["ht", "yg"] = "ht"
    replicates: Replicates | None = None
    nest: bool = False

    def __post_init__(self) -> None:
        for name in ("stratum", "psu", "fpc"):
            object.__setattr__(self, name, stages(getattr(self, name)))
        if isinstance(self.joint, str) and self.joint not in ("brewer", "overton", "hartley-rao"):
            raise OptionError.unknown(
                "SurveyDesign, joint", "method", self.joint, ["brewer", "overton", "hartley-rao"]
            )
        if self.joint is not None and self.probabilities is None:
            raise OptionError(
                "SurveyDesign, joint", "no probabilities", "a column of inclusion probabilities"
            )
        if self.pps_variance not in ("ht", "yg"):
            raise OptionError.unknown(
                "SurveyDesign, pps_variance", "option", self.pps_variance, ["ht", "yg"]
            )

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column the design names."""
        named = [self.weight, *self._staged, self.probabilities]
        replicate = self.replicates.columns if self.replicates else ()
        return tuple(dict.fromkeys([c for c in named if c is not None] + list(replicate)))

    @property
    def _staged(self) -> list[str]:
        return [*stages(self.stratum), *stages(self.psu), *stages(self.fpc)]

    @property
    def joint_matrix(self) -> np.ndarray[Any, np.dtype[np.float64]] | None:
        """The given matrix of joint probabilities, or None."""
        if self.joint is None or isinstance(self.joint, str):
            return None
        return np.asarray(self.joint, dtype=np.float64)
