"""Names of estimators, and what each stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from attitudes.numerics.sem.fit import Errors, ScaledTest
from attitudes.numerics.sem.normal import Information
from attitudes.numerics.sem.ordinal import Weighting

__all__ = ["ESTIMATORS", "CfaMissing", "Estimator", "EstimatorRules"]

Estimator = Literal["ML", "MLR", "MLM", "FIML", "WLSMV", "WLSM", "DWLS", "ULSMV", "ULS"]
CfaMissing = Literal["listwise", "fiml", "pairwise"]


@dataclass(frozen=True, slots=True)
class EstimatorRules:
    """What an estimator's name stands for.

    Attributes
    ----------
    ordinal
        Least squares on thresholds and polychoric correlations; otherwise normal likelihood.
    errors, test
        Standard errors, and how the test statistic is scaled.
    information
        Of normal samples with complete answers.
    weighting
        Of ordinal statistics.
    """

    ordinal: bool
    errors: Errors
    test: ScaledTest
    information: Information = "expected"
    weighting: Weighting = "diagonal"


ESTIMATORS: dict[str, EstimatorRules] = {
    "ML": EstimatorRules(False, "standard", "none"),
    "FIML": EstimatorRules(False, "standard", "none", "observed"),
    "MLR": EstimatorRules(False, "robust", "yuan-bentler", "observed"),
    "MLM": EstimatorRules(False, "robust", "satorra-bentler"),
    "WLSMV": EstimatorRules(True, "robust", "scaled-shifted"),
    "WLSM": EstimatorRules(True, "robust", "mean-adjusted"),
    "DWLS": EstimatorRules(True, "standard", "none"),
    "ULSMV": EstimatorRules(True, "robust", "scaled-shifted", weighting="unweighted"),
    "ULS": EstimatorRules(True, "standard", "none", weighting="unweighted"),
}
