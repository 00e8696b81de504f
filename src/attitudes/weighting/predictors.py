"""Predictors of a response propensity as a matrix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from attitudes.errors import AttitudesError, DataError, raise_all
from attitudes.numerics.design import FloatArray
from attitudes.survey.survey import Survey
from attitudes.weighting.coding import joint_codes

__all__ = ["predictor_matrix"]


def predictor_matrix(
    survey: Survey, names: Sequence[str], used: np.ndarray[Any, np.dtype[np.bool_]], verb: str
) -> FloatArray:
    """Return a column of ones, numbers as they are, and indicators of all categories but one.

    A variable counts as numbers where its column holds numbers and, with a study, its response is
    numeric.

    Raises
    ------
    DataError
        Values missing among the rows used: all together.
    """
    columns: list[FloatArray] = [np.ones(survey.n)]
    failures: list[AttitudesError] = []
    for name in names:
        made = _numbers(survey, name) if _is_number(survey, name) else _indicators(survey, name)
        missing = int((~np.isfinite(made).all(axis=1) & used).sum())
        if missing:
            failures.append(
                DataError(
                    f"{verb}, predictor {name}",
                    f"{missing} eligible persons without a value",
                    "a value for respondents and non-respondents",
                )
            )
        kept = np.where(np.isfinite(made), made, 0.0)
        varies = np.ptp(kept[used], axis=0) > 0 if used.any() else np.zeros(kept.shape[1], bool)
        columns += [kept[:, j] for j in np.flatnonzero(varies)]
    raise_all(failures)
    return np.column_stack(columns)


def _is_number(survey: Survey, name: str) -> bool:
    if not pd.api.types.is_numeric_dtype(survey.column(name).dtype):
        return False
    if survey.study is None or name not in set(survey.study.ids()):
        return not pd.api.types.is_bool_dtype(survey.column(name).dtype)
    return survey.study.response_of(name).kind == "numeric"


def _numbers(survey: Survey, name: str) -> FloatArray:
    return survey.answers(name).as_float()[:, None]


def _indicators(survey: Survey, name: str) -> FloatArray:
    joint = joint_codes(survey, [name])
    order = sorted(
        (str(label[0]), k) for k, label in enumerate(joint.labels) if label[0] is not None
    )
    made = np.column_stack(
        [np.zeros(survey.n), *((joint.codes == k).astype(np.float64) for _, k in order[1:])]
    )
    missing = [k for k, label in enumerate(joint.labels) if label[0] is None]
    made[np.isin(joint.codes, missing)] = np.nan
    return made
