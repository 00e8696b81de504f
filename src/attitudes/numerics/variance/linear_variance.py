"""Variances and covariances of scores by segment, however the design gives them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from attitudes.numerics.design import DesignArrays, FloatArray, IntArray
from attitudes.numerics.variance.pps import pps_covariance
from attitudes.numerics.variance.residuals import CalibrationRecord, sweep
from attitudes.numerics.variance.singletons import SingletonPolicy
from attitudes.numerics.variance.stages import Stage, build_stages
from attitudes.numerics.variance.taylor import (
    has_unequal_probabilities,
    stage_covariance,
    stage_variances,
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
    """

    design: DesignArrays
    unit: IntArray
    domain: IntArray
    n_domains: int
    policy: SingletonPolicy
    singleton_domains: bool
    calibrations: tuple[CalibrationRecord, ...]
    stages: tuple[Stage, ...]

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
        whole = bool(len(calibrations)) or has_unequal_probabilities(design)
        stages = () if whole else build_stages(design, unit, domain)
        return cls(
            design, unit, domain, n_domains, policy, singleton_domains, tuple(calibrations), stages
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
        stages = self.stages or build_stages(self.design)
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
        """Return scores S × k as one column a domain × outcome, units × (D·k)."""
        k = scores.shape[1]
        wide = np.zeros((self.design.n, self.n_domains, k))
        wide[self.unit, self.domain] = scores
        return wide.reshape(self.design.n, self.n_domains * k)

    def matrix(self, wide: FloatArray) -> FloatArray:
        """Return the covariance of the column sums of units × p scores, in the whole design."""
        swept = sweep(wide, self.calibrations)
        if has_unequal_probabilities(self.design):
            return pps_covariance(swept, self.design)
        stages = build_stages(self.design)
        return stage_covariance(swept, stages, self.policy, self.singleton_domains)

    def _by_domain(self, scores: FloatArray) -> FloatArray:
        out = np.empty((self.n_domains, scores.shape[1]))
        for j in range(scores.shape[1]):
            out[:, j] = np.diag(self.matrix(self.spread(scores[:, j : j + 1])))
        return out
