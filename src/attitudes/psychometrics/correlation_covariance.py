"""The covariance of thresholds and polychoric correlations under the survey's design."""

from __future__ import annotations

from typing import Literal

import numpy as np

from attitudes.errors import OptionError
from attitudes.numerics.correlation.contingency import encode_categories
from attitudes.numerics.correlation.polychoric_influence import (
    PolychoricInfluence,
    asymptotic_covariance,
    influence_blocks,
)
from attitudes.numerics.design import FloatArray
from attitudes.numerics.variance.taylor import design_covariance
from attitudes.psychometrics.items import ItemSet
from attitudes.survey.survey import Survey

__all__ = ["CovarianceOf", "statistics_covariance"]

CovarianceOf = Literal["independent", "design"]
_LARGEST = 400_000_000


def statistics_covariance(
    survey: Survey,
    items: ItemSet,
    influence: PolychoricInfluence,
    kind: CovarianceOf,
    weighted: bool,
    missing: str,
) -> FloatArray:
    """Return the covariance of thresholds and correlations.

    Parameters
    ----------
    survey
        Respondents, with their design.
    items
        The items of all respondents.
    influence
        Of one respondent of weight 1.
    kind
        ``"independent"`` respondents, or PSUs of the ``"design"`` by linearisation.
    weighted
        Whether the sampling weights count.
    missing
        ``"listwise"``: respondents who left an item out contribute nothing.

    Raises
    ------
    OptionError
        When the design-based matrix would not fit in memory.
    """
    weights = (items.weights if weighted else np.ones(survey.n)).copy()
    if missing == "listwise":
        weights[~np.isfinite(items.raw).all(axis=1)] = 0.0
    kept = items.signed().copy()
    kept[weights == 0] = np.nan
    codes = encode_categories(kept).codes
    if kind == "independent":
        return asymptotic_covariance(influence, codes, weights)
    if survey.n * influence.n_statistics > _LARGEST:
        raise OptionError(
            "polychoric, covariance",
            f"a design-based matrix of {influence.n_statistics} statistics × {survey.n} rows",
            f"at most {_LARGEST:,} numbers",
            'use fewer items, or covariance="independent"',
        )
    scores = np.empty((survey.n, influence.n_statistics))
    for rows, block in influence_blocks(influence, codes, weights):
        scores[rows] = block
    design = survey.design_arrays()
    return design_covariance(scores, design, "average", calibrations=survey.calibrations).matrix
