"""Weights as columns of a frame, replicate weights beside them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from attitudes.errors import DataError
from attitudes.numerics.replicates.replicates import weight_blocks
from attitudes.survey.survey import Survey

__all__ = ["LARGEST", "weight_columns"]

LARGEST = 200_000_000
"""Replicate weights that are written out at most."""


def weight_columns(survey: Survey, *, name: str = "weight_") -> pd.DataFrame:
    """Return the weights of a survey and its replicate weights.

    Parameters
    ----------
    survey
        The weighted survey.
    name
        Name of the weight; replicates are ``name`` with their number.

    Returns
    -------
    pandas.DataFrame
        A row a respondent: ``weight_`` and, where there are replicates, ``weight_1``,
        ``weight_2``, … (the sampling weight is contained in them).

    Raises
    ------
    DataError
        More replicate weights than can be written out.

    Examples
    --------
    >>> import attitudes as at
    >>> frame = pd.DataFrame({"psu": [1, 2, 3], "sex": list("fmm")})
    >>> survey = at.Survey.from_frame(frame, at.SurveyDesign(psu="psu"))
    >>> survey = at.rescale_weights(at.replicate(survey, method="jk1"), to=6)
    >>> weight_columns(survey).values.tolist()
    [[2.0, 0.0, 3.0, 3.0], [2.0, 3.0, 0.0, 3.0], [2.0, 3.0, 3.0, 0.0]]
    """
    design = survey.design_arrays()
    columns = {name: design.weights}
    replicates = design.replicates
    if replicates is not None:
        if survey.n * replicates.n_replicates > LARGEST:
            raise DataError(
                "replicate weights",
                f"{survey.n:,} respondents × {replicates.n_replicates:,} replicates",
                f"at most {LARGEST:,} weights",
                "use fewer replicates",
            )
        matrix = np.concatenate(list(weight_blocks(design.weights, replicates)), axis=1)
        columns |= {f"{name}{k + 1}": matrix[:, k] for k in range(matrix.shape[1])}
    return pd.DataFrame(columns, index=survey.to_pandas().index)
