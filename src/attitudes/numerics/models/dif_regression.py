"""Differential item functioning of one item by ordinal logistic regression."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2, f

from attitudes.errors import EstimationError
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.models.ordinal_regression import OrdinalFit, fit_ordinal

__all__ = ["DifRegression", "DifTest", "dif_regression"]


@dataclass(frozen=True, slots=True)
class DifTest:
    """Test of some coefficients.

    Attributes
    ----------
    statistic
        Likelihood-ratio χ²; or Wald's F where the design counts.
    df
        Coefficients tested.
    p
        Upper tail.
    """

    statistic: float
    df: int
    p: float


@dataclass(frozen=True, slots=True)
class DifRegression:
    """Three nested regressions of an item on what is measured, the group, and their product.

    Attributes
    ----------
    uniform
        Group against the matching score alone.
    nonuniform
        Product against group and score.
    total
        Both together.
    nagelkerke, mcfadden
        R² of the three models, each by its definition.
    shifts
        Coefficient of each group but the first in the second model: log odds of a higher answer at
        the same score.
    """

    uniform: DifTest
    nonuniform: DifTest
    total: DifTest
    nagelkerke: tuple[float, float, float]
    mcfadden: tuple[float, float, float]
    shifts: FloatArray


def dif_regression(
    answer: IntArray,
    score: FloatArray,
    group: IntArray,
    weights: FloatArray,
    *,
    covariance: Callable[[FloatArray], FloatArray] | None = None,
    design_df: int = 0,
) -> DifRegression:
    """Regress an item on score, group and their product.

    Parameters
    ----------
    answer
        Category of each respondent, 0 … K − 1.
    score
        What respondents are matched by, length n.
    group
        0 … G − 1, length n.
    weights
        Length n, summing to n.
    covariance
        From the influence of each respondent on all coefficients, n × c, to their covariance under
        the design; None: independent respondents and likelihood ratios.
    design_df
        Degrees of freedom of the design, for the F test.

    Notes
    -----
    Proportional odds. The design-based test is Wald's F with df and design_df − df + 1 degrees of
    freedom.

    References
    ----------
    Zumbo, B. D. (1999). *A handbook on the theory and methods of differential item functioning*.
    Swaminathan, H. and Rogers, H. J. (1990). Detecting differential item functioning using
    logistic regression procedures. *Journal of Educational Measurement* 27, 361–370.
    """
    z = (score - weights @ score / weights.sum()) / max(float(np.std(score)), 1e-300)
    dummies = (group[:, None] == np.arange(1, group.max() + 1)).astype(np.float64)
    size = dummies.shape[1]
    count = int(answer.max()) + 1
    models = [
        fit_ordinal(X, answer, weights, n_categories=count)
        for X in (
            z[:, None],
            np.column_stack([z, dummies]),
            np.column_stack([z, dummies, dummies * z[:, None]]),
        )
    ]
    shares = np.bincount(answer, weights=weights, minlength=count) / weights.sum()
    null = float(weights.sum() * (shares[shares > 0] * np.log(shares[shares > 0])).sum())
    r2 = [_r_squared(null, m.log_likelihood, float(weights.sum())) for m in models]
    ratio = [m.log_likelihood for m in models]
    if covariance is None:
        tests = [
            _likelihood_ratio(ratio[1] - ratio[0], size),
            _likelihood_ratio(ratio[2] - ratio[1], size),
            _likelihood_ratio(ratio[2] - ratio[0], 2 * size),
        ]
    else:
        group_places = np.arange(1, size + 1)
        product = np.arange(size + 1, 2 * size + 1)
        both = np.concatenate([group_places, product])
        tests = [
            _wald(models[1], group_places, covariance, design_df),
            _wald(models[2], product, covariance, design_df),
            _wald(models[2], both, covariance, design_df),
        ]
    return DifRegression(
        tests[0],
        tests[1],
        tests[2],
        (r2[0][0], r2[1][0], r2[2][0]),
        (r2[0][1], r2[1][1], r2[2][1]),
        models[1].coefficients[1:],
    )


def _r_squared(null: float, value: float, n: float) -> tuple[float, float]:
    """Nagelkerke's and McFadden's."""
    cox_snell = -np.expm1(2.0 * (null - value) / n)
    most = -np.expm1(2.0 * null / n)
    return float(cox_snell / most), float(1.0 - value / null)


def _likelihood_ratio(gain: float, df: int) -> DifTest:
    statistic = max(2.0 * gain, 0.0)
    return DifTest(statistic, df, float(chi2.sf(statistic, df)))


def _wald(
    fit: OrdinalFit,
    places: IntArray,
    covariance: Callable[[FloatArray], FloatArray],
    design_df: int,
) -> DifTest:
    df = len(places)
    rest = design_df - df + 1
    if rest < 1:
        raise EstimationError(
            "dif, design",
            f"{design_df} degrees of freedom for {df} coefficients",
            "more PSUs than that",
            'merge groups, or test with covariance="independent"',
        )
    V = covariance(fit.scores)[np.ix_(places, places)]
    b = fit.coefficients[places]
    statistic = float(b @ np.linalg.solve(V, b)) / df * rest / design_df
    return DifTest(statistic, df, float(f.sf(statistic, df, rest)))
