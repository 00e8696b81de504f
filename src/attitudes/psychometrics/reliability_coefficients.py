"""Coefficients of one group of respondents, with what each rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from attitudes.errors import ConvergenceError, EstimationError
from attitudes.numerics.correlation.correlation_repair import repair_correlation
from attitudes.numerics.design import FloatArray
from attitudes.numerics.factors.omega import Omega, omega_coefficients
from attitudes.numerics.moments import Moments, pairwise_moments
from attitudes.numerics.scales.alpha import (
    alpha_coefficients,
    alpha_gradient,
    covariance_influence,
)
from attitudes.numerics.scales.guttman import GuttmanLambdas, greatest_lower_bound, guttman_lambdas
from attitudes.numerics.scales.reliability_gradients import covariance_slope
from attitudes.psychometrics.matrix_checks import MAX_CATEGORIES
from attitudes.psychometrics.ordinal_reliability import (
    OrdinalReliability,
    one_factor_omega,
    ordinal_reliability,
)
from attitudes.psychometrics.reliability_intervals import (
    Interval,
    alpha_interval,
    bootstrap_intervals,
    design_intervals,
)
from attitudes.psychometrics.reliability_options import ReliabilityOptions
from attitudes.survey.survey import Survey

__all__ = ["Structure", "intervals", "latent_coefficients", "structure"]

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Structure:
    """Coefficients of the correlation matrix that need a factor model or an optimisation.

    Attributes
    ----------
    lambdas
        Guttman's.
    omega_total
        Of one factor, or of the group factors when asked for.
    omega
        Hierarchical and of group factors; None when not asked for.
    omega_slope
        dω/dR of omega total of one factor; None where it has none.
    glb
        Greatest lower bound.
    """

    lambdas: GuttmanLambdas
    omega_total: float
    omega: Omega | None
    omega_slope: FloatArray | None
    glb: float


def structure(
    correlation: FloatArray, options: ReliabilityOptions, warnings: list[str]
) -> Structure:
    """Return what is had from the correlations alone, and say what could not be had."""
    fixed = repair_correlation(correlation)
    if fixed.repaired:
        warnings.append(
            f"correlations not positive definite (smallest eigenvalue {fixed.smallest:.2g}): "
            "repaired for omega and the greatest lower bound, "
            f"by at most {fixed.largest_change:.2g}"
        )
    rng = options.rng if options.rng is not None else np.random.default_rng(1)
    lambdas = guttman_lambdas(correlation, rng=rng)
    if not lambdas.halves.exhaustive:
        warnings.append(
            f"split halves: {lambdas.halves.n_splits:,} splits looked at, not all; "
            "the best and the worst of them improved by exchanging items"
        )
    total, slope, said = one_factor_omega(fixed.correlation, "omega")
    warnings += said
    glb, omega = NAN, None
    try:
        glb = greatest_lower_bound(fixed.correlation)
    except (EstimationError, ConvergenceError) as error:
        warnings.append(f"greatest lower bound: {error}")
    if options.n_groups is not None:
        omega = omega_coefficients(fixed.correlation, options.n_groups)
        total, slope = omega.total, None
        if (omega.signs < 0).any():
            warnings.append("omega: items that load negatively on the general factor were turned")
    return Structure(lambdas, total, omega, slope, glb)


def latent_coefficients(
    values: FloatArray, weights: FloatArray, options: ReliabilityOptions, warnings: list[str]
) -> OrdinalReliability:
    """Return alpha and omega of the polychoric correlations, NaN where there are none."""
    if not options.ordinal:
        return OrdinalReliability(NAN, NAN, {}, ())
    found = ordinal_reliability(values, weights, influence=options.interval == "design")
    if found is None:
        warnings.append(f"no ordinal alpha: items with more than {MAX_CATEGORIES} answers")
        return OrdinalReliability(NAN, NAN, {}, ())
    warnings += found.warnings
    return found


def intervals(
    survey: Survey,
    values: FloatArray,
    weights: FloatArray,
    moments: Moments,
    of: Structure,
    ordinal: OrdinalReliability,
    options: ReliabilityOptions,
    warnings: list[str],
) -> dict[str, Interval]:
    """Return the intervals asked for, by coefficient."""
    if options.interval is None:
        return {}
    if options.interval == "feldt":
        return {
            "alpha": alpha_interval(
                survey,
                values,
                weights,
                moments,
                method="feldt",
                level=options.level,
                singleton=options.singleton,
            )
        }
    if options.interval == "design":
        return design_intervals(
            survey,
            weights,
            _influences(values, weights, moments, of, ordinal),
            level=options.level,
            singleton=options.singleton,
        )
    found, failed = bootstrap_intervals(
        survey,
        weights,
        lambda w: _replicate(values, w, options),
        level=options.level,
        replicates=options.replicates,
        rng=options.rng,
    )
    if failed:
        warnings.append(f"bootstrap: {failed} of {options.replicates} replicates had no solution")
    return found


def _influences(
    values: FloatArray,
    weights: FloatArray,
    moments: Moments,
    of: Structure,
    ordinal: OrdinalReliability,
) -> dict[str, tuple[float, FloatArray]]:
    """Coefficients below 1 with each respondent's influence, where it is known."""
    c = moments.covariance
    whole = alpha_coefficients(c)
    slopes: dict[str, tuple[float, FloatArray]] = {
        "alpha": (whole.raw, alpha_gradient(c)),
        "alpha_standardised": (whole.standardised, alpha_gradient(c, standardised=True)),
    }
    if of.omega_slope is not None:
        slopes["omega_total"] = (of.omega_total, covariance_slope(of.omega_slope, c))
    out = {
        name: (value, covariance_influence(values, moments, slope))
        for name, (value, slope) in slopes.items()
    }
    inside = weights > 0
    for name, value in (("alpha", ordinal.alpha), ("omega", ordinal.omega)):
        if name in ordinal.influence:
            spread = np.zeros(len(weights))
            spread[inside] = ordinal.influence[name]
            out[f"{name}_ordinal"] = (value, spread)
    return {name: pair for name, pair in out.items() if pair[0] < 1}


def _replicate(
    values: FloatArray, weights: FloatArray, options: ReliabilityOptions
) -> Mapping[str, float]:
    """Coefficients under the weights of one bootstrap replicate."""
    keep = weights > 0
    x, w = values[keep], weights[keep]
    moments = pairwise_moments(x, w)
    if not np.isfinite(moments.correlation).all():
        raise EstimationError("bootstrap", "an item without variation", "two different answers")
    alpha = alpha_coefficients(moments.covariance)
    fixed = repair_correlation(moments.correlation).correlation
    out = {"alpha": alpha.raw, "alpha_standardised": alpha.standardised}
    if options.n_groups is None:
        out["omega_total"] = one_factor_omega(fixed, "omega")[0]
    else:
        omega = omega_coefficients(fixed, options.n_groups)
        out |= {"omega_total": omega.total, "omega_hierarchical": omega.hierarchical}
    if options.ordinal:
        found = ordinal_reliability(x, w)
        if found is not None:
            out |= {"alpha_ordinal": found.alpha, "omega_ordinal": found.omega}
    return out
