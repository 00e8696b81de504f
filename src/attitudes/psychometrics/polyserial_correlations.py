"""Polyserial correlations: a continuous variable with the normal variables under items."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attitudes.numerics.correlation.contingency import encode_categories
from attitudes.numerics.correlation.polyserial import fit_polyserial
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.psychometrics.correlation_result import counted_rows
from attitudes.psychometrics.items import Items, resolve_items
from attitudes.psychometrics.matrix_checks import check_categories, check_variation
from attitudes.survey.survey import Survey

__all__ = ["Polyserial", "polyserial"]


@dataclass(frozen=True, slots=True)
class Polyserial:
    """Correlations of one continuous variable with ordinal items.

    Attributes
    ----------
    variable, items
        Their names.
    correlation, se
        One number an item.
    thresholds
        Thresholds of each item.
    n
        Respondents with both.
    """

    variable: str
    items: tuple[str, ...]
    correlation: FloatArray
    se: FloatArray
    thresholds: tuple[FloatArray, ...]
    n: IntArray


def polyserial(survey: Survey, variable: str, items: Items, *, weights: bool = True) -> Polyserial:
    """Correlate a continuous variable with the normal variables under ordinal items.

    Parameters
    ----------
    survey
        Respondents.
    variable
        Name of the continuous variable.
    items
        Id of a scale, or names of items; a minus before a name turns the item round.
    weights
        Whether the sampling weights count.

    Returns
    -------
    Polyserial

    Raises
    ------
    DataError
        Constant items or variable; items with more than 20 different answers.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"age": range(20, 40), "q": [1] * 8 + [2, 1, 2, 1] + [2] * 8})
    >>> bool(polyserial(Survey.from_frame(frame), "age", ["q"]).correlation[0] > 0.8)
    True
    """
    chosen = counted_rows(resolve_items(survey, items, apply_keying=False), "pairwise", False)
    x = survey.answers(variable).as_float()
    w = survey.weights if weights else np.ones(survey.n)
    check_variation(chosen.raw, chosen.keyed_names, w)
    check_variation(x[:, None], (variable,), w)
    codes = encode_categories(chosen.signed())
    check_categories(codes, chosen.keyed_names)
    fits = [fit_polyserial(x, codes.codes[:, j].astype(np.int64), w) for j in range(chosen.k)]
    return Polyserial(
        variable,
        chosen.keyed_names,
        np.array([f.rho for f in fits]),
        np.array([f.se for f in fits]),
        tuple(f.thresholds for f in fits),
        np.array([f.n for f in fits], dtype=np.int64),
    )
