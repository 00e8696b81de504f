"""Covariance of any estimate: from its scores by linearisation, or from its replicates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from attitudes.errors import EstimationError, OptionError
from attitudes.numerics.design import DesignArrays, FloatArray, ReplicateArrays
from attitudes.numerics.replicates.degrees import replicate_df
from attitudes.numerics.replicates.replicates import (
    replicate_covariance,
    replicate_estimates,
    replicate_totals,
)
from attitudes.numerics.variance.singletons import SingletonPolicy
from attitudes.numerics.variance.taylor import (
    design_covariance,
    design_df,
    has_unequal_probabilities,
)
from attitudes.survey.survey import Survey

__all__ = ["Inference", "Setting", "make_setting", "t_interval"]

Variance = Literal["taylor", "replicate"]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Inference:
    """Covariance of p estimates and its degrees of freedom.

    Attributes
    ----------
    matrix
        p × p.
    df
        Degrees of freedom of the design among the respondents used.
    variance
        ``"taylor"`` or ``"replicate"``.
    """

    matrix: FloatArray
    df: float
    variance: str

    @property
    def se(self) -> FloatArray:
        """Standard errors, length p."""
        return np.sqrt(np.diag(self.matrix))


@dataclass(frozen=True, slots=True)
class Setting:
    """A survey's design and how variances are taken from it.

    Attributes
    ----------
    survey
        The survey.
    arrays
        Its design.
    variance
        ``"taylor"`` or ``"replicate"``.
    singleton
        What is done with strata of a single PSU.
    """

    survey: Survey
    arrays: DesignArrays
    variance: str
    singleton: SingletonPolicy

    @property
    def weights(self) -> FloatArray:
        """Sampling weights, length n."""
        return self.arrays.weights

    def mean_weight(self, selected: BoolArray) -> float:
        """Return the mean weight that likelihoods are scaled by: of those selected.

        In a calibrated design, or one of unequal probabilities, those who are not selected stay,
        with weight zero.
        """
        stay = self.variance == "taylor" and (
            bool(self.survey.calibrations) or has_unequal_probabilities(self.arrays)
        )
        total = float(self.weights[selected].sum())
        return total / (len(selected) if stay else int(selected.sum()))

    def from_scores(self, scores: FloatArray, rows: BoolArray) -> Inference:
        """Return the linearised covariance of the column sums of weighted scores."""
        result = design_covariance(
            scores,
            self.arrays,
            self.singleton,
            None if rows.all() else rows,
            calibrations=self.survey.calibrations,
        )
        return Inference(result.matrix, float(result.df), "taylor")

    def infer(
        self,
        scores: FloatArray,
        rows: BoolArray,
        estimate: FloatArray,
        refit: Callable[[FloatArray], FloatArray],
    ) -> Inference:
        """Return the covariance of an estimate.

        Parameters
        ----------
        scores
            Weighted influence of each respondent on the estimate, n × p; zero outside ``rows``.
        rows
            Respondents used, length n.
        estimate
            The estimate, length p.
        refit
            The estimate under other weights (length n), for replicates.
        """
        if self.variance == "taylor":
            return self.from_scores(scores, rows)
        thetas = replicate_estimates(refit, self.weights, self._replicates())
        return self._from_thetas(thetas, estimate, rows)

    def infer_ratios(
        self,
        scores: FloatArray,
        rows: BoolArray,
        numerators: FloatArray,
        denominators: FloatArray,
    ) -> Inference:
        """Return the covariance of ratios of totals (means of domains among them).

        Parameters
        ----------
        numerators, denominators
            Values whose weighted totals are divided, n × p each.
        """
        if self.variance == "taylor":
            return self.from_scores(scores, rows)
        p = numerators.shape[1]
        both = np.hstack([numerators, denominators])
        full = self.weights @ both
        totals = replicate_totals(both, self.weights, self._replicates())
        with np.errstate(divide="ignore", invalid="ignore"):
            thetas = totals[:, :p] / totals[:, p:]
        return self._from_thetas(thetas, full[:p] / full[p:], rows)

    def infer_totals(self, values: FloatArray, rows: BoolArray) -> Inference:
        """Return the covariance of weighted totals of values, n × p (zero outside ``rows``)."""
        if self.variance == "taylor":
            return self.from_scores(values * self.weights[:, None], rows)
        totals = replicate_totals(values, self.weights, self._replicates())
        return self._from_thetas(totals, self.weights @ values, rows)

    def df(self, rows: BoolArray | None = None) -> float:
        """Return the degrees of freedom of the design, or of the replicates, among ``rows``."""
        if self.variance == "replicate":
            replicates = self._replicates()
            if rows is None or rows.all():
                return float(replicates.df)
            held = np.flatnonzero(rows) if replicates.units is None else replicates.units[rows]
            return replicate_df(replicates, np.unique(held))
        psus, strata = design_df(self.arrays, rows)
        return float(psus - strata)

    def _replicates(self) -> ReplicateArrays:
        assert self.arrays.replicates is not None
        return self.arrays.replicates

    def _from_thetas(self, thetas: FloatArray, estimate: FloatArray, rows: BoolArray) -> Inference:
        replicates = self._replicates()
        bad = ~np.isfinite(thetas).all(axis=1)
        if bad.any():
            raise EstimationError(
                "replicates",
                f"{int(bad.sum())} of {len(thetas)} in which the estimate does not exist",
                "an estimate in every replicate",
                "a domain or category is too small for these replicates; merge it, or use "
                "variance='taylor'",
            )
        matrix = replicate_covariance(thetas, estimate, replicates)
        return Inference(matrix, self.df(rows), "replicate")


def make_setting(
    survey: Survey, *, variance: Variance | None, singleton: SingletonPolicy
) -> Setting:
    """Return the design of a survey with the way its variance is taken.

    Parameters
    ----------
    survey
        The survey.
    variance
        None: by replicates where the survey has them, else by linearisation.
    singleton
        What to do with strata of a single PSU.

    Raises
    ------
    OptionError
        Unknown variance; replicates asked for where there are none.
    """
    arrays = survey.design_arrays()
    chosen = variance or ("taylor" if arrays.replicates is None else "replicate")
    if chosen not in ("taylor", "replicate"):
        raise OptionError.unknown("variance", "method", chosen, ["taylor", "replicate"])
    if chosen == "replicate" and arrays.replicates is None:
        raise OptionError(
            "variance",
            "'replicate' for a survey without replicate weights",
            "'taylor'",
            "make them first: attitudes.replicate(survey, …)",
        )
    return Setting(survey, arrays, chosen, singleton)


def t_interval(estimate: float, se: float, df: float, level: float) -> tuple[float, float]:
    """Return the t interval of an estimate."""
    half = float(stats.t.ppf((1 + level) / 2, df)) * se
    return estimate - half, estimate + half
