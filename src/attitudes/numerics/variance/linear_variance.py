"""Variances and covariances of scores by segment, however the design gives them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from attitudes.numerics.design import DesignArrays, FloatArray, IntArray
from attitudes.numerics.variance.calibration_totals import CalibrationTotals, deepest_units
from attitudes.numerics.variance.pps import pps_covariance
from attitudes.numerics.variance.residuals import CalibrationRecord, require_records, sweep
from attitudes.numerics.variance.singletons import SingletonPolicy
from attitudes.numerics.variance.stages import Stage, build_stages
from attitudes.numerics.variance.taylor import (
    has_unequal_probabilities,
    stage_covariance,
    stage_variances,
    take,
)

__all__ = ["LinearVariance"]


@dataclass(frozen=True, slots=True)
class LinearVariance:
    """Taylor variance of sums over segments.

    Attributes
    ----------
    design
        The design, one entry a unit.
    unit, domain
        Unit and domain of each segment, length S.
    n_domains
        Number of domains.
    policy
        What to do with strata of a single PSU.
    singleton_domains
        Whether to do it also where a single PSU has members of the domain.
    calibrations
        Calibration records; the segments are respondents then.
    stages
        The stages, each domain apart; empty where the whole design stays (calibrated, PPS).
    residuals
        Totals of calibration residuals by unit; None without calibration, and where they are
        taken respondent by respondent (PPS).
    whole
        The stages of a calibrated design, whose rows are units; empty otherwise.
    """

    design: DesignArrays
    unit: IntArray
    domain: IntArray
    n_domains: int
    policy: SingletonPolicy
    singleton_domains: bool
    calibrations: tuple[CalibrationRecord, ...]
    stages: tuple[Stage, ...]
    residuals: CalibrationTotals | None
    whole: tuple[Stage, ...]

    @classmethod
    def of(
        cls,
        design: DesignArrays,
        unit: IntArray,
        domain: IntArray,
        n_domains: int,
        policy: SingletonPolicy = "error",
        singleton_domains: bool = False,
        calibrations: Sequence[CalibrationRecord] = (),
    ) -> LinearVariance:
        """Prepare the stages of a design for segments."""
        unequal = has_unequal_probabilities(design)
        if unequal or not len(calibrations):
            stages = () if unequal else build_stages(design, unit, domain)
            whole: tuple[Stage, ...] = ()
            residuals = None
        else:
            records = require_records(calibrations, design.n)
            residuals = CalibrationTotals.of(design, records)
            stages, whole = (), build_stages(_of_units(design) if residuals else design)
        return cls(
            design,
            unit,
            domain,
            n_domains,
            policy,
            singleton_domains,
            tuple(calibrations),
            stages,
            residuals,
            whole,
        )

    @property
    def whole_design(self) -> bool:
        """Whether respondents outside a domain stay in the design with weight zero."""
        return bool(self.calibrations) or has_unequal_probabilities(self.design)

    @property
    def singletons(self) -> IntArray:
        """Codes of the first-stage strata with a single PSU that was not certain."""
        if has_unequal_probabilities(self.design):
            return np.zeros(0, dtype=np.int64)
        stages = self.stages or self.whole or build_stages(self.design)
        return np.unique(stages[0].code[stages[0].singletons])

    def variances(self, scores: FloatArray, present: FloatArray | None = None) -> FloatArray:
        """Return the variance of each domain's column sums, D × k.

        Parameters
        ----------
        scores
            S × k.
        present
            Σw of those who answered, by segment; where a policy depends on which strata have
            answers, segments without any are left out, as R leaves out rows with missing values.
        """
        if self.whole_design:
            return self._by_domain(scores)
        stages = self.stages
        if present is not None and self.depends_on_presence() and (present <= 0).any():
            keep = np.flatnonzero(present > 0)
            stages = build_stages(self.design, self.unit[keep], self.domain[keep])
            scores = scores[keep]
        return stage_variances(scores, stages, self.n_domains, self.policy, self.singleton_domains)

    def depends_on_presence(self) -> bool:
        """Whether it matters for the variance which strata have answers at all."""
        if self.singleton_domains or self.policy in ("adjust", "average"):
            return True
        return any(stage.singletons.any() for stage in self.stages)

    def spread(self, scores: FloatArray) -> FloatArray:
        """Return scores S × k as units × (D·k), one column a domain × outcome.

        Calibration residuals have taken the place of the scores.
        """
        k = scores.shape[1]
        if self.residuals is not None:
            each = [
                self.residuals.unit_totals(
                    np.ascontiguousarray(scores[:, j]), self.unit, self.domain, self.n_domains
                )
                for j in range(k)
            ]
            return np.stack(each, axis=2).reshape(-1, self.n_domains * k)
        wide = np.zeros((self.design.n, self.n_domains, k))
        wide[self.unit, self.domain] = scores
        return sweep(wide.reshape(self.design.n, self.n_domains * k), self.calibrations)

    def matrix(self, wide: FloatArray) -> FloatArray:
        """Return the covariance of the column sums of units × p scores, in the whole design."""
        if has_unequal_probabilities(self.design):
            return pps_covariance(wide, self.design)
        stages = self.whole or build_stages(self.design)
        return stage_covariance(wide, stages, self.policy, self.singleton_domains)

    def _by_domain(self, scores: FloatArray) -> FloatArray:
        out = np.empty((self.n_domains, scores.shape[1]))
        for j in range(scores.shape[1]):
            wide = self.spread(scores[:, j : j + 1])
            if self.whole:
                out[:, j] = stage_variances(
                    wide, self.whole, 1, self.policy, self.singleton_domains
                )[0]
            else:
                out[:, j] = np.diag(self.matrix(wide))
        return out


def _of_units(design: DesignArrays) -> DesignArrays:
    """Return the design with one entry a unit of the last stage that matters."""
    unit = deepest_units(design)
    first = np.zeros(int(unit.max(initial=-1)) + 1, dtype=np.int64)
    first[unit] = np.arange(design.n)
    return take(design, first)
