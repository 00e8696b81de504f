"""McDonald's omega: total, hierarchical, and of group factors, by Schmid and Leiman."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attitudes.errors import EstimationError
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.factors.efa import ExtractionMethod, extract_factors
from attitudes.numerics.factors.rotation import order_factors, rotate

__all__ = ["Omega", "SchmidLeiman", "omega_coefficients", "omega_total", "schmid_leiman"]


@dataclass(frozen=True, slots=True)
class SchmidLeiman:
    """A general factor and uncorrelated group factors.

    Attributes
    ----------
    general
        Loadings on the general factor, length k.
    group
        Loadings on the group factors, k × m.
    uniqueness
        Length k.
    phi
        Correlations of the oblique factors, m × m.
    """

    general: FloatArray
    group: FloatArray
    uniqueness: FloatArray
    phi: FloatArray


@dataclass(frozen=True, slots=True)
class Omega:
    """Omega coefficients.

    Attributes
    ----------
    total
        Share of the sum score's variance that common factors explain.
    hierarchical
        Share that the general factor explains.
    limit
        hierarchical / total.
    explained_common
        Share of the common variance that the general factor explains (ECV).
    group_total, group_general, group_specific
        Of each group factor's own items: share explained by all, the general, the group factor.
    membership
        Group factor of each item, 0 … m − 1.
    signs
        +1 or −1 an item: turned so that it loads positively on the general factor.
    solution
        The loadings, as signed.
    """

    total: float
    hierarchical: float
    limit: float
    explained_common: float
    group_total: FloatArray
    group_general: FloatArray
    group_specific: FloatArray
    membership: IntArray
    signs: FloatArray
    solution: SchmidLeiman


def omega_total(correlation: FloatArray, *, method: ExtractionMethod = "minres") -> float:
    """Return omega total of one factor: 1 − Σψ / ΣR.

    Examples
    --------
    >>> load = np.array([0.8, 0.7, 0.6, 0.5])
    >>> r = np.outer(load, load)
    >>> np.fill_diagonal(r, 1.0)
    >>> round(omega_total(r), 4)
    0.7494
    """
    extraction = extract_factors(correlation, 1, method=method)
    return 1.0 - float(extraction.uniqueness.sum()) / float(correlation.sum())


def schmid_leiman(
    correlation: FloatArray, n_groups: int, *, method: ExtractionMethod = "minres"
) -> SchmidLeiman:
    """Return a general and group factors of an oblimin solution.

    Raises
    ------
    EstimationError
        Fewer than three group factors: the general factor is not identified.

    References
    ----------
    Schmid, J. and Leiman, J. M. (1957). The development of hierarchical factor solutions.
    *Psychometrika* 22, 53–61.
    """
    if n_groups < 3:
        raise EstimationError(
            "omega hierarchical",
            f"{n_groups} group factors",
            "at least 3, to identify the general one",
        )
    extraction = extract_factors(correlation, n_groups, method=method)
    first = order_factors(rotate(extraction.loadings, "varimax"))
    oblique = rotate(first.loadings, "oblimin")
    higher = extract_factors(oblique.phi, 1, method=method)
    on_general = higher.loadings[:, 0]
    general = oblique.loadings @ on_general
    residual = np.sqrt(np.maximum(1.0 - on_general**2, 0.0))
    return SchmidLeiman(general, oblique.loadings * residual, extraction.uniqueness, oblique.phi)


def omega_coefficients(
    correlation: FloatArray, n_groups: int, *, method: ExtractionMethod = "minres"
) -> Omega:
    """Return omega total, hierarchical and of the group factors.

    Parameters
    ----------
    correlation
        k × k.
    n_groups
        Number of group factors, at least 3.
    method
        Extraction.

    Notes
    -----
    Items with a negative loading on the general factor are turned first, as R's psych does
    (``flip = TRUE``).

    References
    ----------
    Zinbarg, R. E., Revelle, W., Yovel, I. and Li, W. (2005). Cronbach's α, Revelle's β, and
    McDonald's ω_H. *Psychometrika* 70, 123–133.
    """
    solution = schmid_leiman(correlation, n_groups, method=method)
    signs = np.where(solution.general < 0, -1.0, 1.0)
    general, group = solution.general * signs, solution.group * signs[:, None]
    r = correlation * np.outer(signs, signs)
    whole = float(r.sum())
    total = (whole - float(solution.uniqueness.sum())) / whole
    hierarchical = float(general.sum()) ** 2 / whole
    member = np.abs(group).argmax(axis=1)
    shares = np.full((3, n_groups), np.nan)
    for g in range(n_groups):
        own = np.flatnonzero(member == g)
        if len(own):
            variance = float(r[np.ix_(own, own)].sum())
            by_general = float(general[own].sum()) ** 2 / variance
            by_group = float(group[own, g].sum()) ** 2 / variance
            shares[:, g] = by_general + by_group, by_general, by_group
    common = float((general**2).sum() + (group**2).sum())
    return Omega(
        total,
        hierarchical,
        hierarchical / total,
        float((general**2).sum()) / common,
        shares[0],
        shares[1],
        shares[2],
        member.astype(np.int64),
        signs,
        SchmidLeiman(general, group, solution.uniqueness, solution.phi),
    )
