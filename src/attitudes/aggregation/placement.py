"""Where a survey's respondents are: in memory, or behind a query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import narwhals as nw
import pandas as pd

from attitudes.survey.survey import Survey

__all__ = ["in_memory", "is_query"]


def is_query(survey: Survey) -> bool:
    """Whether the frame is a query to run (DuckDB relation, Spark or lazy polars frame)."""
    if isinstance(survey.frame, pd.DataFrame):
        return False
    return isinstance(nw.from_native(survey.frame), nw.LazyFrame)


def in_memory(survey: Survey, columns: Iterable[str], where: Any = None) -> Survey:
    """Return the survey with the columns that are needed as a pandas frame.

    Parameters
    ----------
    survey
        Survey of any library's frame; a pandas frame is returned as it is.
    columns
        Columns wanted besides those of the design.
    where
        Selection of the call: a column it names is taken along; for an expression all are.
    """
    if isinstance(survey.frame, pd.DataFrame):
        return survey
    known = survey.columns
    wanted = dict.fromkeys([*columns, *survey.design.columns])
    if isinstance(where, str):
        wanted.update(dict.fromkeys([where] if where in known else known))
    chosen = [name for name in wanted if name in known]
    return replace(survey, frame=survey.to_pandas(chosen or list(known[:1])))
