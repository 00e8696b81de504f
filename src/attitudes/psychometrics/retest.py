"""Test–retest reliability: intraclass correlations of two measurements."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from attitudes.errors import DataError
from attitudes.survey.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Retest", "retest"]


@dataclass(frozen=True, slots=True)
class Retest:
    """Intraclass correlations of repeated measurements.

    Attributes
    ----------
    variables
        The measurements, in order.
    n
        Respondents with all of them.
    table
        One row a kind, ICC1 to ICC3k: type, icc, F, df1, df2, p, ci_low, ci_high.
    """

    variables: tuple[str, ...]
    n: int
    table: pd.DataFrame

    @property
    def icc(self) -> float:
        """ICC(A,1): two-way random effects, absolute agreement, single measurement."""
        row = self.table.loc[self.table["type"] == "ICC2", "icc"]
        return float(row.iloc[0])


def _unrounded(analyse: Callable[..., pd.DataFrame], long: pd.DataFrame) -> pd.DataFrame:
    """Call pingouin with its rounding of intervals switched off for the call."""
    from pingouin import options

    kept = options["round.column.CI95"]
    options["round.column.CI95"] = None
    try:
        return analyse(long, targets="respondent", raters="occasion", ratings="value")
    finally:
        options["round.column.CI95"] = kept


def retest(survey: Survey, variables: list[str] | tuple[str, ...]) -> Retest:
    """Return the intraclass correlations of measurements of the same respondents.

    Parameters
    ----------
    survey
        Respondents, with the measurements as columns (scores or items).
    variables
        Two or more columns, in the order of measurement.

    Returns
    -------
    Retest
        Unweighted, by pingouin, over respondents with every measurement.

    Raises
    ------
    DataError
        Fewer than two measurements, or than five respondents with all of them; measurements
        that do not differ.

    References
    ----------
    Shrout, P. E. and Fleiss, J. L. (1979). Intraclass correlations: uses in assessing rater
    reliability. *Psychological Bulletin* 86, 420–428.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"t1": [1.0, 2, 3, 4, 5, 6], "t2": [2.0, 2, 3, 4, 6, 6]})
    >>> round(retest(Survey.from_frame(frame), ["t1", "t2"]).icc, 3)
    0.952
    """
    import pandas as pd
    from pingouin import intraclass_corr

    if len(variables) < 2:
        raise DataError("retest", f"{len(variables)} measurements", "at least 2")
    values = np.column_stack([survey.answers(name).as_float() for name in variables])
    complete = values[np.isfinite(values).all(axis=1)]
    n, k = complete.shape
    if n < 5:
        raise DataError("retest", f"{n} respondents with all measurements", "at least 5")
    if (np.ptp(complete, axis=1) == 0).all() or np.ptp(complete) == 0:
        raise DataError(
            "retest",
            "measurements that are the same for every respondent",
            "measurements that differ for some",
            "name two different measurements",
        )
    long = pd.DataFrame(
        {
            "respondent": np.repeat(np.arange(n), k),
            "occasion": np.tile(np.arange(k), n),
            "value": complete.ravel(),
        }
    )
    with warnings.catch_warnings():
        # pingouin calls pandas with arguments that a later pandas will drop
        warnings.simplefilter("ignore", DeprecationWarning)
        found = _unrounded(intraclass_corr, long)
    limits = np.array([list(pair) for pair in found.filter(like="CI95").iloc[:, 0]], dtype=float)
    types = ["ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k"]
    table = pd.DataFrame(
        {
            "type": types,
            "icc": found["ICC"].to_numpy(dtype=float),
            "F": found["F"].to_numpy(dtype=float),
            "df1": found["df1"].to_numpy(dtype=float),
            "df2": found["df2"].to_numpy(dtype=float),
            "p": found["pval"].to_numpy(dtype=float),
            "ci_low": limits[:, 0],
            "ci_high": limits[:, 1],
        }
    )
    return Retest(tuple(variables), n, table)
