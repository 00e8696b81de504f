"""Estimates with and without flagged respondents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from attitudes.errors import DataError, EstimationError
from attitudes.numerics.design import FloatArray
from attitudes.numerics.variance.taylor import design_covariance
from attitudes.psychometrics.quality_result import ResponseQuality
from attitudes.survey.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Sensitivity", "SensitivityRow", "sensitivity"]


@dataclass(frozen=True, slots=True)
class SensitivityRow:
    """One headline with and without the respondents that one rule flags.

    Attributes
    ----------
    variable, rule
        What, and which flags (``"any"``: all).
    n_flagged
        Respondents flagged who answered.
    all, kept, difference
        Weighted mean of all, without the flagged, and the difference.
    se
        Design-based standard error of the mean of all.
    """

    variable: str
    rule: str
    n_flagged: int
    all: float
    kept: float
    difference: float
    se: float


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Headlines with and without flagged respondents.

    Attributes
    ----------
    rows
        One a variable and rule.
    """

    rows: tuple[SensitivityRow, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a variable and rule."""
        import pandas as pd

        return pd.DataFrame(
            [
                (r.variable, r.rule, r.n_flagged, r.all, r.kept, r.difference, r.se)
                for r in self.rows
            ],
            columns=["variable", "rule", "n_flagged", "all", "kept", "difference", "se"],
        )


def sensitivity(survey: Survey, quality: ResponseQuality, variables: Sequence[str]) -> Sensitivity:
    """Show weighted means with and without the respondents that each rule flags.

    Parameters
    ----------
    survey
        Respondents, the same as in ``quality``.
    quality
        Their flags.
    variables
        The headlines: items or scores, for their means; or ``"name=answer"``, for the share of an
        answer among those who gave one.

    Returns
    -------
    Sensitivity
        Nobody is deleted: the estimates without the flagged are there to be compared. A
        difference within about one standard error changes nothing that is said.

    Raises
    ------
    EstimationError
        When a rule flags everybody who answered.
    DataError
        A variable that is not there, an answer that nobody gave, nobody who answered.

    Examples
    --------
    >>> import pandas as pd
    >>> from attitudes.psychometrics.quality import response_quality
    >>> rng = np.random.default_rng(1)
    >>> x = rng.integers(1, 6, size=(50, 8)).astype(float)
    >>> x[0] = 3
    >>> survey = Survey.from_frame(pd.DataFrame(x, columns=list("abcdefgh")))
    >>> found = sensitivity(survey, response_quality(survey, list("abcdefgh")), ["a"])
    >>> int(found.to_frame().set_index("rule").loc["straight_line", "n_flagged"])
    1
    """
    design = survey.design_arrays()
    w = design.weights
    rows: list[SensitivityRow] = []
    rules = [*quality.flags.items(), ("any", quality.flagged)]
    for variable in variables:
        x = _headline(survey, variable)
        known = np.isfinite(x) & (w > 0)
        if not known.any():
            raise DataError(f"sensitivity of {variable}", "no answers", "some answers")
        mean = _mean(x, w, known)
        scores = np.where(known, w * (np.where(known, x, 0.0) - mean), 0.0) / w[known].sum()
        se = float(
            design_covariance(
                scores, design, "average", known, calibrations=survey.calibrations
            ).se[0]
        )
        for rule, flag in rules:
            kept = known & ~flag
            if not kept.any():
                raise EstimationError(
                    f"sensitivity of {variable}", f"rule {rule} flags everybody", "a milder rule"
                )
            without = _mean(x, w, kept)
            rows.append(
                SensitivityRow(
                    variable, rule, int((known & flag).sum()), mean, without, without - mean, se
                )
            )
    return Sensitivity(tuple(rows))


def _mean(x: FloatArray, w: FloatArray, keep: NDArray[np.bool_]) -> float:
    return float(w[keep] @ x[keep] / w[keep].sum())


def _headline(survey: Survey, variable: str) -> FloatArray:
    """Return a variable's numbers, or 1 and 0 for one of its answers; NaN where missing."""
    name, found, answer = variable.partition("=")
    if variable in survey.columns or not found:
        return survey.answers(variable).as_float()
    column = survey.column(name)
    missing = set(survey.missing_codes(name).values())
    known = (column.notna() & ~column.isin(list(missing))).to_numpy(dtype=bool)
    given = (column.astype(str) == answer).to_numpy(dtype=bool, na_value=False)
    if not given.any():
        answers = sorted({str(value) for value in column[known].unique().tolist()})
        raise DataError.unknown(f"sensitivity of {variable}", "answer", answer, answers)
    return np.where(known, given.astype(np.float64), np.nan)
