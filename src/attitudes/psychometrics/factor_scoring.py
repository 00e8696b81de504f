"""Factor scores of respondents, added to the survey as columns."""

from __future__ import annotations

from typing import Literal

import numpy as np

from attitudes.errors import OptionError
from attitudes.numerics.moments import pairwise_moments
from attitudes.psychometrics.exploratory import FactorAnalysis
from attitudes.psychometrics.items import resolve_items
from attitudes.survey.ledger import Step
from attitudes.survey.survey import Survey

__all__ = ["factor_scores"]

METHODS = ("regression", "bartlett", "tenberge", "anderson")


def factor_scores(
    survey: Survey,
    analysis: FactorAnalysis,
    *,
    method: Literal["regression", "bartlett", "tenberge", "anderson"] = "regression",
    names: tuple[str, ...] | None = None,
) -> Survey:
    """Score respondents on the factors of an analysis.

    Parameters
    ----------
    survey
        Respondents with the items.
    analysis
        The factor solution.
    method
        ``"regression"`` (Thurstone), ``"bartlett"``, ``"tenberge"`` or ``"anderson"``.
    names
        Columns to add; default: the names of the factors.

    Returns
    -------
    Survey
        With one column a factor: standardised answers (weighted mean, n − 1 standard deviation)
        × weights; NaN for respondents who left an item out.

    Raises
    ------
    OptionError
        Unknown method; names that exist, or are not one a factor.

    Notes
    -----
    ``analysis.weights(method)`` has the weights, their validity and the factors' determinacy: the
    correlation of the best linear score with its factor. Below about 0.9 scores should not stand
    in for the factor (Grice 2001).

    Examples
    --------
    >>> import pandas as pd
    >>> from attitudes.psychometrics.exploratory import factor_analysis
    >>> rng = np.random.default_rng(1)
    >>> x = np.digitize(rng.normal(size=(500, 1)) + rng.normal(size=(500, 4)), [-1, 0, 1])
    >>> survey = Survey.from_frame(pd.DataFrame(x, columns=list("abcd")))
    >>> scored = factor_scores(survey, factor_analysis(survey, list("abcd"), 1))
    >>> bool(abs(scored.frame["F1"].mean()) < 1e-9)
    True
    """
    if method not in METHODS:
        raise OptionError.unknown("factor_scores, method", "method", method, METHODS)
    names = names or analysis.factors
    if len(names) != len(analysis.factors):
        raise OptionError(
            "factor_scores, names", f"{len(names)} names", f"{len(analysis.factors)}, one a factor"
        )
    taken = [name for name in names if name in survey.columns]
    if taken:
        raise OptionError(
            "factor_scores, names", f"{', '.join(taken)}, in the survey already", "new names"
        )
    items = resolve_items(survey, analysis.items)
    values = items.signed()
    complete = np.isfinite(values).all(axis=1)
    moments = pairwise_moments(values[complete], items.weights[complete])
    deviation = np.sqrt(np.diag(moments.covariance))
    scores = ((values - moments.mean) / deviation) @ analysis.weights(method).weights
    columns = {name: scores[:, i] for i, name in enumerate(names)}
    step = Step(
        "factor_scores",
        {"method": method, "items": list(analysis.items), "names": list(names)},
        f"{method} scores on {len(names)} factors, {int(complete.sum())} of {survey.n} scored",
    )
    return survey.with_columns(columns, step)
