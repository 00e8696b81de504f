"""Covariance of totals by Taylor linearisation, over all stages of a design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from attitudes.numerics.design import DesignArrays, FloatArray, IntArray
from attitudes.numerics.segments import group_sums
from attitudes.numerics.variance.pps import pps_covariance
from attitudes.numerics.variance.residuals import CalibrationRecord, sweep
from attitudes.numerics.variance.singletons import SingletonPolicy, validate_policy
from attitudes.numerics.variance.stages import Stage, build_stages, center

__all__ = [
    "Covariance",
    "design_covariance",
    "design_df",
    "has_unequal_probabilities",
    "stage_covariance",
    "stage_variances",
    "take",
]


FEW_OUTCOMES = 64


@dataclass(frozen=True, slots=True)
class Covariance:
    """Covariance of p estimates.

    Attributes
    ----------
    matrix
        p × p.
    df
        Degrees of freedom: PSUs − strata, counted in the domain among positive weights.
    n_psus, n_strata
        First-stage units and strata with members of the domain.
    singletons
        Codes of the first-stage strata with a single PSU that was not certain.
    policy
        What was done with them.
    """

    matrix: FloatArray
    df: int
    n_psus: int
    n_strata: int
    singletons: tuple[int, ...]
    policy: SingletonPolicy

    @property
    def se(self) -> FloatArray:
        """Standard errors, length p."""
        return np.sqrt(np.diag(self.matrix))


def has_unequal_probabilities(design: DesignArrays) -> bool:
    """Whether the variance comes from inclusion probabilities rather than from strata."""
    return design.probabilities is not None and (design.pps is not None or design.joint is not None)


def design_df(design: DesignArrays, domain: NDArray[np.bool_] | None = None) -> tuple[int, int]:
    """Return the first-stage units and strata with positive weight in the domain."""
    rows = design.weights != 0
    if domain is not None:
        rows = rows & domain
    psus = np.bincount(design.psus[0][rows], minlength=1)
    strata = np.bincount(design.strata[0][rows], minlength=1)
    return int((psus > 0).sum()), int((strata > 0).sum())


def design_covariance(
    scores: FloatArray,
    design: DesignArrays,
    singleton: SingletonPolicy = "error",
    domain: NDArray[np.bool_] | None = None,
    *,
    calibrations: Sequence[CalibrationRecord] = (),
    singleton_domains: bool = False,
) -> Covariance:
    """Return the covariance of the column sums of weighted linearised values.

    Parameters
    ----------
    scores
        Weighted linearised values wᵢuᵢ, n × p; zero outside the domain.
    design
        The whole design of the n respondents.
    singleton
        What to do with strata of one PSU (R's survey.lonely.psu; ``"error"`` is its "fail").
    domain
        Members of the domain, length n; None: all. Rows outside it matter only for which strata
        are there (PSUs without members stay, with zero), unless the design is calibrated or PPS:
        then all rows stay with weight zero, as in R.
    calibrations
        Calibration records: residuals on the auxiliaries replace the values.
    singleton_domains
        Treat strata with a single PSU *in the domain* likewise (survey.adjust.domain.lonely).

    Returns
    -------
    Covariance
        The p × p matrix and how it came about.

    Raises
    ------
    DesignError
        Strata with a single PSU under ``"error"``; PPS designs that cannot be used.

    Notes
    -----
    V = Σₕ (1 − fₕ) nₕ/(nₕ − 1) Σᵢ (zₕᵢ − z̄ₕ)(zₕᵢ − z̄ₕ)ᵀ with zₕᵢ the totals of PSU i, and at each
    later stage the same within units, times the sampling fractions of the stages above. A stage
    without fractions is taken as drawn with replacement and ends the sum (ultimate clusters).

    References
    ----------
    Binder (1983), International Statistical Review 51; Särndal, Swensson and Wretman (1992), 4.3.
    """
    validate_policy(singleton)
    scores = np.asarray(scores, dtype=np.float64)
    scores = scores[:, None] if scores.ndim == 1 else scores
    swept = sweep(scores, calibrations)
    n_psus, n_strata = design_df(design, domain)
    singletons: tuple[int, ...] = ()
    if has_unequal_probabilities(design):
        matrix = pps_covariance(swept, design)
    else:
        keep = None if domain is None or len(calibrations) else np.flatnonzero(domain)
        stages = build_stages(design, slice(None) if keep is None else keep)
        rows = swept if keep is None else swept[keep]
        matrix = stage_covariance(rows, stages, singleton, singleton_domains)
        singletons = tuple(int(h) for h in np.unique(stages[0].code[stages[0].singletons]))
    return Covariance(matrix, n_psus - n_strata, n_psus, n_strata, singletons, singleton)


def stage_covariance(
    rows: FloatArray,
    stages: Sequence[Stage],
    policy: SingletonPolicy = "error",
    domains_too: bool = False,
) -> FloatArray:
    """Return the p × p covariance of the column sums of rows (one outcome)."""
    value = np.zeros((rows.shape[1], rows.shape[1]))
    for stage in stages:
        parts = center(_unit_totals(rows, stage), stage, policy, domains_too)
        value += parts.units.T @ parts.units + parts.absent.T @ parts.absent
    return value


def stage_variances(
    rows: FloatArray,
    stages: Sequence[Stage],
    n_outcomes: int,
    policy: SingletonPolicy = "error",
    domains_too: bool = False,
) -> FloatArray:
    """Return the variances of the column sums of rows within each outcome, n_outcomes × p."""
    value = np.zeros((n_outcomes, rows.shape[1]))
    for stage in stages:
        parts = center(_unit_totals(rows, stage), stage, policy, domains_too)
        value += _squares(parts.units, stage.unit_outcome, n_outcomes)
        value += _squares(parts.absent, stage.outcome, n_outcomes)
    return value


def _squares(values: FloatArray, codes: IntArray, size: int) -> FloatArray:
    """Return the sums of squares of each group of rows, size × p; the codes are sorted."""
    edges = np.searchsorted(codes, np.arange(size + 1))
    out = np.zeros((size, values.shape[1]))
    if size > FEW_OUTCOMES or values.shape[1] == 1:
        occupied = np.flatnonzero(edges[1:] > edges[:-1])
        if len(occupied):
            out[occupied] = np.add.reduceat(np.square(values), edges[occupied], axis=0)
        return out
    for d in range(size):
        part = values[edges[d] : edges[d + 1]]
        out[d] = np.einsum("ij,ij->j", part, part)
    return out


def _unit_totals(rows: FloatArray, stage: Stage) -> FloatArray:
    if stage.direct:
        return rows
    return group_sums(rows, stage.unit, len(stage.remaining))


def take(design: DesignArrays, rows: IntArray) -> DesignArrays:
    """Return the design with the given rows only (weights, codes and fractions of each)."""
    return replace(
        design,
        weights=design.weights[rows],
        strata=tuple(s[rows] for s in design.strata),
        psus=tuple(u[rows] for u in design.psus),
        fractions=tuple(None if f is None else f[rows] for f in design.fractions),
        probabilities=None if design.probabilities is None else design.probabilities[rows],
        replicates=None,
    )
