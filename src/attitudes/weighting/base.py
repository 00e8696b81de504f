"""Base weights: the inverse of inclusion probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from attitudes.errors import AttitudesError, DataError, OptionError, raise_all
from attitudes.numerics.design import FloatArray
from attitudes.numerics.replicates.replicate_adjustment import scale_rows
from attitudes.numerics.weights.weight_diagnostics import summarise_weights
from attitudes.survey.ledger import Step
from attitudes.survey.survey import Survey
from attitudes.weighting.apply import COLUMN, as_names, finish, start

__all__ = ["base_weights"]


def base_weights(
    survey: Survey,
    *,
    probabilities: str | Sequence[str],
    multiply: str | Sequence[str] = (),
    divide: str | Sequence[str] = (),
    column: str = COLUMN,
) -> Survey:
    """Set weights to the inverse of the probability to be in the sample.

    Parameters
    ----------
    survey
        The respondents. Their present weights are replaced.
    probabilities
        Column of inclusion probabilities, or one a stage: their product counts.
    multiply
        Columns that multiply the weight, such as the number of adults in a household of which
        one was interviewed.
    divide
        Columns that divide it, such as the number of telephones or frames by which a respondent
        could be reached.
    column
        Column that takes the weights.

    Raises
    ------
    OptionError
        No column of probabilities.
    DataError
        Probabilities outside (0, 1], counts that are not positive: all together.

    Notes
    -----
    wᵢ = Π mᵢ / (Π πᵢ Π dᵢ).

    References
    ----------
    Horvitz and Thompson (1952), JASA 47, 663–685; Valliant, Dever and Kreuter (2018), 13.3.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"pi_psu": [0.5, 0.1], "pi_person": [0.1, 0.25], "adults": [2, 1]})
    >>> survey = Survey.from_frame(frame)
    >>> base_weights(survey, probabilities=["pi_psu", "pi_person"],
    ...              multiply="adults").weights.round(6).tolist()
    [40.0, 40.0]
    """
    verb = "base_weights"
    stages = as_names(probabilities)
    if not stages:
        raise OptionError(f"{verb}, probabilities", "no column", "a column, or one a stage")
    design = start(survey, verb)
    failures: list[AttitudesError] = []
    weights = np.ones(survey.n)
    for name in stages:
        weights /= _positive(survey, name, f"{verb}, probabilities", 1.0, failures)
    for name in as_names(multiply):
        weights *= _positive(survey, name, f"{verb}, multiply", np.inf, failures)
    for name in as_names(divide):
        weights /= _positive(survey, name, f"{verb}, divide", np.inf, failures)
    raise_all(failures)
    parameters: dict[str, Any] = {
        "probabilities": list(stages),
        "multiply": list(as_names(multiply)),
        "divide": list(as_names(divide)),
        "column": column,
    }
    replicates = None
    if design.replicates is not None:
        before = design.weights
        ratio = np.divide(weights, before, out=np.zeros_like(weights), where=before > 0)
        replicates = scale_rows(design.replicates, ratio)
    summary = summarise_weights(weights)
    words = (
        f"inverse of {' · '.join(stages)}; sum {summary.total:,.10g}, "
        f"deff of weights {summary.deff:.3f}"
    )
    step = Step(verb, parameters, words)
    return finish(survey, weights, step, column=column, replicates=replicates)


def _positive(
    survey: Survey, name: str, where: str, highest: float, failures: list[AttitudesError]
) -> FloatArray:
    series = survey.column(name)
    values = pd.to_numeric(series, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    bad = ~(np.isfinite(values) & (values > 0) & (values <= highest))
    if bad.any():
        rows = ", ".join(str(r + 1) for r in np.flatnonzero(bad)[:5])
        allowed = "above 0 and at most 1" if highest == 1 else "numbers above 0"
        found = f"{int(bad.sum())} values that are none (rows {rows})"
        failures.append(DataError(f"{where}, column {name}", found, allowed))
    return np.where(bad, 1.0, values)
