"""Factor scores of respondents, added to the survey as columns."""

from __future__ import annotations

from typing import Literal

import numpy as np

from attitudes.errors import DataError, EstimationError, OptionError
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.factors.latent_scores import OrdinalModel, expected_factors
from attitudes.numerics.moments import pairwise_moments
from attitudes.psychometrics.exploratory import FactorAnalysis
from attitudes.psychometrics.items import ItemSet, resolve_items
from attitudes.psychometrics.threads import one_thread
from attitudes.survey.ledger import Step
from attitudes.survey.survey import Survey

__all__ = ["factor_scores"]

METHODS = ("regression", "bartlett", "tenberge", "anderson", "eap")


@one_thread
def factor_scores(
    survey: Survey,
    analysis: FactorAnalysis,
    *,
    method: Literal["regression", "bartlett", "tenberge", "anderson", "eap"] = "regression",
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
        ``"regression"`` (Thurstone), ``"bartlett"``, ``"tenberge"`` or ``"anderson"``: weighted
        sums of standardised answers; ``"eap"``: expected values under the ordinal model, which
        needs polychoric correlations, uses whatever was answered, and adds a column
        ``<name>_se`` of posterior standard deviations.
    names
        Columns to add; default: the names of the factors.

    Returns
    -------
    Survey
        With one column a factor: standardised answers (weighted mean, n − 1 standard deviation)
        × weights, NaN for respondents who left an item out; or expected values. The summary of
        its last step gives the determinacy of each factor's scores.

    Raises
    ------
    OptionError
        Unknown method; names that exist, or are not one a factor; ``"eap"`` of other than
        polychoric correlations, or of more than 6 factors.
    EstimationError
        ``"eap"`` with an item that has no unique variance (Heywood case).
    DataError
        ``"eap"`` of answers that the analysis did not see.

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
    _check_names(survey, analysis, names)
    items = resolve_items(survey, analysis.items)
    if method == "eap":
        columns, determinacy, scored = _expected(items, analysis, names)
    else:
        columns, scored = _weighted(items, analysis.weights(method).weights, names)
        determinacy = analysis.weights(method).validity
    how_well = ", ".join(f"{n} {d:.2f}" for n, d in zip(names, determinacy, strict=True))
    step = Step(
        "factor_scores",
        {"method": method, "items": list(analysis.items), "names": list(names)},
        f"{method} scores on {len(names)} factors, {scored} of {survey.n} scored; "
        f"correlation with the factor: {how_well}",
    )
    return survey.with_columns(columns, step)


def _check_names(survey: Survey, analysis: FactorAnalysis, names: tuple[str, ...]) -> None:
    if len(names) != len(analysis.factors):
        raise OptionError(
            "factor_scores, names", f"{len(names)} names", f"{len(analysis.factors)}, one a factor"
        )
    taken = [name for name in names if name in survey.columns]
    if taken:
        raise OptionError(
            "factor_scores, names", f"{', '.join(taken)}, in the survey already", "new names"
        )


def _weighted(
    items: ItemSet, weights: FloatArray, names: tuple[str, ...]
) -> tuple[dict[str, FloatArray], int]:
    """Return weighted sums of standardised answers, and how many have one."""
    values = items.signed()
    complete = np.isfinite(values).all(axis=1)
    moments = pairwise_moments(values[complete], items.weights[complete])
    deviation = np.sqrt(np.diag(moments.covariance))
    scores = ((values - moments.mean) / deviation) @ weights
    return {name: scores[:, i] for i, name in enumerate(names)}, int(complete.sum())


def _expected(
    items: ItemSet, analysis: FactorAnalysis, names: tuple[str, ...]
) -> tuple[dict[str, FloatArray], FloatArray, int]:
    """Return posterior means and deviations, the scores' determinacy, and how many have one."""
    found = analysis.correlations
    if found.kind != "polychoric":
        raise OptionError(
            "factor_scores, method", f"eap of {found.kind} correlations", "polychoric ones"
        )
    if analysis.heywood:
        raise EstimationError(
            "factor_scores, method eap",
            f"no unique variance in {', '.join(analysis.heywood)} (Heywood case)",
            "items with unique variance",
            "use fewer factors, or another method",
        )
    codes = _codes(items, found.categories)
    model = OrdinalModel(analysis.loadings, analysis.phi, found.thresholds)
    scores = expected_factors(codes, model, weights=items.weights)
    columns = {name: scores.scores[:, i] for i, name in enumerate(names)}
    columns |= {f"{name}_se": scores.se[:, i] for i, name in enumerate(names)}
    return columns, np.sqrt(scores.reliability), int((codes >= 0).any(axis=1).sum())


def _codes(items: ItemSet, categories: tuple[FloatArray, ...]) -> IntArray:
    """Return answers as numbers of the analysis' categories; −1 where missing."""
    values = items.signed()
    codes = np.full(values.shape, -1, dtype=np.int64)
    for j, known in enumerate(categories):
        answers = values[:, j]
        place = np.minimum(np.searchsorted(known, answers), len(known) - 1)
        seen = known[place] == answers
        strange = np.isfinite(answers) & ~seen
        if strange.any():
            raise DataError(
                f"factor_scores, item {items.names[j]}",
                f"{abs(answers[strange][0]):g}, an answer that the analysis did not see",
                ", ".join(f"{abs(c):g}" for c in known),
            )
        codes[seen, j] = place[seen]
    return codes
