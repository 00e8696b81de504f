"""Normalising: weights multiplied by a constant."""

from __future__ import annotations

from typing import Any

import numpy as np

from attitudes.numerics.design import FloatArray
from attitudes.numerics.replicates.replicate_adjustment import scale_rows
from attitudes.survey.ledger import Step
from attitudes.survey.survey import Survey
from attitudes.weighting.apply import (
    COLUMN,
    as_names,
    check_number,
    finish,
    group_codes,
    group_sums,
    spread,
    start,
)

__all__ = ["rescale_weights"]


def rescale_weights(
    survey: Survey,
    *,
    to: float | str = "n",
    by: str | tuple[str, ...] = (),
    column: str = COLUMN,
) -> Survey:
    """Rescale weights to a sum; shares and means do not change, totals do.

    Parameters
    ----------
    survey
        The respondents and their weights.
    to
        The sum: a number, ``"n"`` (respondents of positive weight: mean weight 1), or
        ``"n_eff"`` (Kish's effective number).
    by
        Variables within whose groups ``"n"`` and ``"n_eff"`` hold, or the number is reached.
    column
        Column that takes the new weights.

    Returns
    -------
    Survey
        With the same constants in the replicate weights.

    Raises
    ------
    OptionError
        A sum that is not positive.

    Examples
    --------
    >>> import pandas as pd
    >>> from attitudes.survey.design import SurveyDesign
    >>> frame = pd.DataFrame({"w": [30.0, 10.0]})
    >>> rescale_weights(Survey.from_frame(frame, SurveyDesign(weight="w"))).weights.tolist()
    [1.5, 0.5]
    """
    verb = "rescale_weights"
    if to not in ("n", "n_eff"):
        allowed = "'n', 'n_eff' or a positive number"
        check_number(f"{verb}, to", to, least=0, strict=True, allowed=allowed)
    design = start(survey, verb)
    codes, groups = group_codes(survey, as_names(by))
    w = design.weights
    sums = group_sums(codes, len(groups), w)
    goal = _goal(to, codes, len(groups), w)
    factors = np.divide(goal, sums, out=np.ones_like(sums), where=sums > 0)
    weights = w * factors[codes]
    replicates = None
    if design.replicates is not None:
        replicates = scale_rows(design.replicates, factors[codes])
    parameters: dict[str, Any] = {
        "to": to if isinstance(to, str) else float(to),
        "by": list(as_names(by)),
        "column": column,
    }
    step = Step(verb, parameters, f"to {to}; {spread(weights, w)}")
    return finish(survey, weights, step, column=column, replicates=replicates)


def _goal(to: float | str, codes: np.ndarray[Any, Any], size: int, w: FloatArray) -> FloatArray:
    if not isinstance(to, str):
        return np.full(size, float(to))
    if to == "n":
        return group_sums(codes, size, (w > 0).astype(np.float64))
    squares = group_sums(codes, size, w**2)
    sums = group_sums(codes, size, w)
    return np.divide(sums**2, squares, out=np.zeros_like(sums), where=squares > 0)
