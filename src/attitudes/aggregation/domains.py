"""Domains: the groups of respondents that estimates are wanted for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from attitudes.aggregation.levels import Levels, code_levels
from attitudes.errors import OptionError
from attitudes.numerics.design import IntArray
from attitudes.survey.survey import Survey

__all__ = ["TOTAL", "Domains", "code_domains", "selection"]

TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Domains:
    """Crossed groups of respondents.

    Attributes
    ----------
    by
        Columns that were crossed; empty: one domain, all respondents.
    labels
        Values of the ``by`` columns, one tuple a domain.
    codes
        Domain of each respondent, −1 for those in none; None: all in the one domain. Length n.
    dropped
        Respondents without a value, by column.
    """

    by: tuple[str, ...]
    labels: tuple[tuple[Any, ...], ...]
    codes: IntArray | None
    dropped: dict[str, int]

    @property
    def count(self) -> int:
        """Number of domains."""
        return len(self.labels)

    def mask(self, domain: int) -> NDArray[np.bool_] | None:
        """Return the members of a domain, length n; None: all respondents."""
        return None if self.codes is None else self.codes == domain


def selection(survey: Survey, where: Any) -> NDArray[np.bool_] | None:
    """Return the respondents that ``where`` selects.

    Parameters
    ----------
    where
        None; a boolean array or column of length n; the name of a 0/1 or boolean column; or an
        expression over columns such as ``"age >= 18"``.

    Raises
    ------
    OptionError
        When it is none of these, or has another length.
    """
    if where is None:
        return None
    if isinstance(where, str):
        if where in survey.columns:
            where = survey.column(where)
        else:
            try:
                where = survey.to_pandas().eval(where)
            except Exception as error:
                raise OptionError(
                    "where", repr(where), "a column, or an expression over columns", str(error)
                ) from error
    mask = pd.array(where).to_numpy(dtype=object) if isinstance(where, list) else np.asarray(where)
    if mask.dtype != np.bool_:
        mask = pd.Series(mask).fillna(0).to_numpy(dtype=np.float64) == 1
    if mask.shape != (survey.n,):
        raise OptionError("where", f"an array of shape {mask.shape}", f"length {survey.n}")
    return np.asarray(mask, dtype=bool)


def code_domains(survey: Survey, by: Sequence[str], where: Any = None) -> Domains:
    """Return the crossed domains of ``by`` among the respondents that ``where`` selects.

    Every crossing of the levels is a domain, also one without respondents.

    Raises
    ------
    DataError
        A column that is not there.
    OptionError
        A column named twice.
    """
    if len(set(by)) < len(by):
        raise OptionError("by", f"{list(by)}", "each column once")
    mask = selection(survey, where)
    codes: IntArray | None = None
    dropped: dict[str, int] = {}
    levels: list[Levels] = [code_levels(survey, name) for name in by]
    for level in levels:
        own = level.codes.astype(np.int64, copy=False)
        missing = own < 0
        if missing.any():
            dropped[level.name] = int((missing if mask is None else missing & mask).sum())
        if codes is None:
            codes = own
        else:
            outside = (codes < 0) | missing
            codes = codes * len(level.values) + own
            codes[outside] = -1
    if mask is not None:
        codes = np.where(mask, 0 if codes is None else codes, -1)
    labels = tuple(product(*(level.values for level in levels)))
    return Domains(tuple(by), labels, codes, dropped)
