"""Alpha and omega of the normal variables under ordinal items."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attitudes.errors import ConvergenceError, EstimationError
from attitudes.numerics.correlation.contingency import encode_categories, pair_tables
from attitudes.numerics.correlation.correlation_repair import Repair, repair_correlation
from attitudes.numerics.correlation.polychoric import fit_polychoric
from attitudes.numerics.correlation.polychoric_influence import (
    polychoric_influence,
    projected_influence,
)
from attitudes.numerics.design import FloatArray
from attitudes.numerics.factors.efa import extract_factors
from attitudes.numerics.scales.alpha import alpha_coefficients
from attitudes.numerics.scales.reliability_gradients import alpha_slope, omega_slope, pair_slope
from attitudes.psychometrics.matrix_checks import MAX_CATEGORIES

__all__ = ["OrdinalReliability", "one_factor_omega", "ordinal_reliability"]

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class OrdinalReliability:
    """Reliability of the underlying normal variables.

    Attributes
    ----------
    alpha
        Standardised alpha of the polychoric correlations.
    omega
        Omega total of one factor of them; NaN where there is none.
    influence
        Name → each respondent's influence, length n; ``alpha`` and ``omega`` where they have one.
    warnings
        What a reader must know.
    """

    alpha: float
    omega: float
    influence: dict[str, FloatArray]
    warnings: tuple[str, ...]


def one_factor_omega(
    correlation: FloatArray, of: str
) -> tuple[float, FloatArray | None, tuple[str, ...]]:
    """Return omega total of one minres factor, its slope by the correlations, and warnings.

    The slope is None where there is no omega, or where a uniqueness is at its bound.
    """
    if len(correlation) < 3:
        return NAN, None, ()
    try:
        found = extract_factors(correlation, 1)
    except (EstimationError, ConvergenceError) as error:
        return NAN, None, (f"{of}: {error}",)
    omega = 1.0 - float(found.uniqueness.sum()) / float(correlation.sum())
    if found.heywood.any():
        return omega, None, (f"{of}: no unique variance in an item (Heywood case)",)
    return omega, omega_slope(correlation, found.loadings[:, 0]), ()


def ordinal_reliability(
    values: FloatArray, weights: FloatArray, *, influence: bool = False
) -> OrdinalReliability | None:
    """Return alpha and omega of the polychoric correlations; None with too many categories.

    Parameters
    ----------
    values
        Keyed answers, n × k, NaN where missing.
    weights
        Length n.
    influence
        Whether each respondent's influence is wanted.
    """
    codes = encode_categories(values)
    if (codes.n_categories > MAX_CATEGORIES).any():
        return None
    w = None if np.ptp(weights) == 0 else weights
    tables = pair_tables(codes.codes, codes.n_categories, w)
    varies = [(tables.counts.sum(axis=a) > 0).sum(axis=1) > 1 for a in (1, 2)]
    if not all(v.all() for v in varies):
        said = "no ordinal alpha: an item does not vary among those who answered it with another"
        return OrdinalReliability(NAN, NAN, {}, (said,))
    fit = fit_polychoric(tables)
    fixed = repair_correlation(fit.correlation)
    omega, slope, warnings = one_factor_omega(fixed.correlation, "ordinal omega")
    alpha = alpha_coefficients(fixed.correlation).raw
    slopes: dict[str, FloatArray] = {}
    if influence and not fixed.repaired and not fit.boundary.any():
        slopes["alpha"] = alpha_slope(fixed.correlation)
        if slope is not None:
            slopes["omega"] = slope
    found = polychoric_influence(fit, thresholds_of="pair") if slopes else None
    scale = 1.0 if w is not None or not len(weights) else 1.0 / float(weights[0])
    projected = {
        name: scale * projected_influence(found, codes.codes, pair_slope(s))
        for name, s in slopes.items()
        if found is not None
    }
    return OrdinalReliability(alpha, omega, projected, (*_said(fixed, influence), *warnings))


def _said(fixed: Repair, influence: bool) -> tuple[str, ...]:
    if not fixed.repaired:
        return ()
    return (
        f"polychoric correlations: smallest eigenvalue {fixed.smallest:.2g}, repaired by at most "
        f"{fixed.largest_change:.2g}"
        + ("; no design-based interval of ordinal coefficients" if influence else ""),
    )
