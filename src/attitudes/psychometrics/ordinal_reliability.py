"""Alpha and omega of the normal variables under ordinal items."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attitudes.errors import EstimationError
from attitudes.numerics.correlation.contingency import encode_categories, pair_tables
from attitudes.numerics.correlation.correlation_repair import repair_correlation
from attitudes.numerics.correlation.polychoric import fit_polychoric
from attitudes.numerics.design import FloatArray
from attitudes.numerics.factors.omega import omega_total
from attitudes.numerics.scales.alpha import alpha_coefficients
from attitudes.psychometrics.matrix_checks import MAX_CATEGORIES

__all__ = ["OrdinalReliability", "ordinal_reliability"]


@dataclass(frozen=True, slots=True)
class OrdinalReliability:
    """Reliability of the underlying normal variables.

    Attributes
    ----------
    alpha
        Standardised alpha of the polychoric correlations.
    omega
        Omega total of one factor of them; NaN where there is none.
    """

    alpha: float
    omega: float


def ordinal_reliability(values: FloatArray, weights: FloatArray) -> OrdinalReliability | None:
    """Return alpha and omega of the polychoric correlations; None with too many categories.

    Parameters
    ----------
    values
        Keyed answers, n × k, NaN where missing.
    weights
        Length n.
    """
    codes = encode_categories(values)
    if (codes.n_categories > MAX_CATEGORIES).any():
        return None
    w = None if np.ptp(weights) == 0 else weights
    fit = fit_polychoric(pair_tables(codes.codes, codes.n_categories, w))
    correlation = repair_correlation(fit.correlation).correlation
    try:
        omega = omega_total(correlation) if len(correlation) > 2 else float("nan")
    except EstimationError:
        omega = float("nan")
    return OrdinalReliability(alpha_coefficients(correlation).raw, omega)
