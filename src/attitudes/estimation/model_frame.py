"""From a formula and a survey to a response and a model matrix."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from attitudes.errors import DataError, OptionError
from attitudes.estimation.inference import BoolArray
from attitudes.numerics.design import FloatArray
from attitudes.survey.survey import Survey

__all__ = ["ModelFrame", "build_model_frame", "substantive_frame"]


@dataclass(frozen=True, slots=True)
class ModelFrame:
    """A formula evaluated on the respondents with all its variables.

    Attributes
    ----------
    formula
        The formula.
    response
        Name of the response.
    y
        Response as it stands in the frame (numbers, or a categorical), length m.
    X
        Model matrix, m × p.
    terms
        Names of the columns of X.
    term_columns
        Columns of X that belong to each term of the formula.
    rows
        Respondents used, boolean of length n.
    selected
        Respondents to be used where they have all answers, boolean of length n.
    frame
        Their data, m rows, missing answers being NaN.
    spec
        Formulaic's specification of the right-hand side, to evaluate it on other data.
    n_missing
        Respondents left out for a missing answer.
    """

    formula: str
    response: str
    y: pd.Series[Any]
    X: FloatArray
    terms: tuple[str, ...]
    term_columns: Mapping[str, tuple[int, ...]]
    rows: BoolArray
    selected: BoolArray
    frame: pd.DataFrame
    spec: Any
    n_missing: int

    def design_matrix(self, frame: pd.DataFrame) -> FloatArray:
        """Return the model matrix on other data with the same columns."""
        with _quiet():
            matrix = self.spec.get_model_matrix(frame, context=_CONTEXT)
        return np.asarray(matrix, dtype=np.float64)


_CONTEXT: dict[str, Any] = {"np": np, "log": np.log, "exp": np.exp, "sqrt": np.sqrt}


def substantive_frame(survey: Survey, names: list[str]) -> pd.DataFrame:
    """Return columns of the survey with NaN for every kind of missing answer."""
    columns: dict[str, Any] = {}
    for name in names:
        series = survey.column(name)
        codes = list(survey.missing_codes(name).values())
        if codes:
            series = series.where(~series.isin(codes))
        if pd.api.types.is_extension_array_dtype(series.dtype) and pd.api.types.is_numeric_dtype(
            series.dtype
        ):
            series = series.astype("float64")
        elif not isinstance(series.dtype, pd.CategoricalDtype) and not (
            pd.api.types.is_numeric_dtype(series.dtype)
        ):
            series = series.astype(object).where(series.notna(), None)
            levels = sorted(series.dropna().unique(), key=str)
            series = series.astype(pd.CategoricalDtype(levels))
        columns[name] = series.to_numpy() if not hasattr(series, "cat") else series.array
    return pd.DataFrame(columns)


def build_model_frame(survey: Survey, formula: str, selected: BoolArray) -> ModelFrame:
    """Evaluate a formula on a survey.

    Parameters
    ----------
    survey
        The survey.
    formula
        ``"response ~ predictors"`` in formulaic's (R's) notation; names that are not plain words
        stand in back quotes.
    selected
        Respondents to be used where they have all answers.

    Raises
    ------
    OptionError
        A formula that cannot be read.
    DataError
        A variable that is not in the survey; nobody with all answers.
    """
    from formulaic import Formula
    from formulaic.errors import FormulaicError

    try:
        parsed = Formula(formula)
        left, right = parsed.lhs, parsed.rhs
    except (FormulaicError, AttributeError) as error:
        raise OptionError("regress, formula", repr(formula), "'response ~ predictors'") from error
    names = _variables(formula)
    for name in names:
        if name not in survey.columns:
            raise DataError.unknown("regress, formula", "variable", name, survey.columns)
    frame = substantive_frame(survey, names)
    complete = frame.notna().all(axis=1).to_numpy()
    for number in frame.select_dtypes("number"):
        complete = complete & np.isfinite(frame[number].to_numpy(dtype=np.float64))
    rows = complete & selected
    if not rows.any():
        raise DataError("regress", "no respondent with all answers", "at least one")
    used = frame.loc[rows].reset_index(drop=True)
    for category in used.select_dtypes("category"):
        used[category] = used[category].cat.remove_unused_categories()
    try:
        with _quiet():
            response = left.get_model_matrix(used, context=_CONTEXT, ensure_full_rank=False)
            matrix = right.get_model_matrix(used, context=_CONTEXT)
    except (FormulaicError, ArithmeticError, TypeError, ValueError, SyntaxError) as error:
        raise OptionError("regress, formula", f"{formula!r} ({error})", "a formula") from error
    spec = matrix.model_spec
    terms = tuple("(Intercept)" if c == "Intercept" else str(c) for c in matrix.columns)
    term_columns = {str(t): tuple(int(i) for i in at) for t, at in spec.term_indices.items()}
    name, y = _response(str(left), used, response)
    X = np.asarray(matrix, dtype=np.float64)
    missing = int(selected.sum() - rows.sum())
    return ModelFrame(formula, name, y, X, terms, term_columns, rows, selected, used, spec, missing)


def _response(name: str, used: pd.DataFrame, matrix: pd.DataFrame) -> tuple[str, pd.Series[Any]]:
    if name in used.columns:
        return name, used[name]
    if matrix.shape[1] == 1:
        return name, matrix.iloc[:, 0]
    if matrix.shape[1] == 2 and all("[" in str(c) for c in matrix.columns):
        return name, matrix.iloc[:, 1]
    raise OptionError("regress, formula", f"{matrix.shape[1]} responses", "one")


def _variables(formula: str) -> list[str]:
    """Return the variables of a formula, those in back quotes among them."""
    from formulaic import Formula

    quoted = re.findall(r"`([^`]+)`", formula)
    plain = formula
    for number, name in enumerate(quoted):
        plain = plain.replace(f"`{name}`", f"quoted_{number}_")
    parsed = Formula(plain)
    found = {str(v) for v in {*parsed.lhs.required_variables, *parsed.rhs.required_variables}}
    named = {f"quoted_{number}_": name for number, name in enumerate(quoted)}
    return sorted({named.get(v, v) for v in found if v not in _CONTEXT})


class _quiet(warnings.catch_warnings):  # noqa: N801
    """Silence the future warnings that formulaic draws from pandas."""

    def __enter__(self) -> None:
        super().__enter__()
        warnings.simplefilter("ignore", category=FutureWarning)
        warnings.simplefilter("ignore", category=DeprecationWarning)
