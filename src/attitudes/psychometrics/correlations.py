"""Correlations of items: Pearson, Spearman, polychoric; weighted."""

from __future__ import annotations

from attitudes.errors import raise_all
from attitudes.numerics.correlation.spearman import spearman_correlation
from attitudes.numerics.moments import correlation_errors, pairwise_moments, ranks
from attitudes.psychometrics.correlation_result import (
    Correlations,
    Kind,
    Missing,
    allowed_option,
    counted_rows,
    repaired_matrix,
)
from attitudes.psychometrics.items import Items, resolve_items
from attitudes.psychometrics.matrix_checks import check_correlations, check_pairs, check_variation
from attitudes.psychometrics.polychoric_correlations import polychoric
from attitudes.psychometrics.threads import one_thread
from attitudes.survey.survey import Survey

__all__ = ["correlate"]


@one_thread
def correlate(
    survey: Survey,
    items: Items,
    *,
    method: Kind = "pearson",
    weights: bool = True,
    missing: Missing = "pairwise",
    repair: bool = True,
) -> Correlations:
    """Correlate items.

    Parameters
    ----------
    survey
        Respondents.
    items
        Id of a scale, or names of items; a minus before a name turns the item round.
    method
        ``"pearson"``, ``"spearman"`` (Pearson of the mid-ranks of those who answered both) or
        ``"polychoric"`` (see :func:`polychoric`, with its defaults).
    weights
        Whether the sampling weights count.
    missing
        ``"pairwise"``: each pair over those who answered both; ``"listwise"``: all over those who
        answered everything.
    repair
        Whether a matrix that is not positive definite is repaired, and said so.

    Returns
    -------
    Correlations

    Raises
    ------
    DataError
        Constant items, items that nobody answered, pairs answered by fewer than 3.

    Examples
    --------
    >>> import pandas as pd
    >>> survey = Survey.from_frame(pd.DataFrame({"a": [1, 2, 3, 4], "b": [1, 3, 2, 4]}))
    >>> correlate(survey, ["a", "b"]).correlation.round(2).tolist()
    [[1.0, 0.8], [0.8, 1.0]]
    """
    raise_all(
        allowed_option("correlate, method", method, ("pearson", "spearman", "polychoric"))
        + allowed_option("correlate, missing", missing, ("pairwise", "listwise"))
    )
    if method == "polychoric":
        return polychoric(survey, items, weights=weights, missing=missing, repair=repair)
    chosen = counted_rows(
        resolve_items(survey, items, at_least=2, apply_keying=False), missing, weights
    )
    check_variation(chosen.raw, chosen.keyed_names, chosen.weights)
    values = chosen.signed()
    moments = pairwise_moments(values, chosen.weights)
    check_pairs(moments.n, chosen.keyed_names)
    raw = moments.correlation
    check_correlations(raw, values, chosen.keyed_names)
    if method == "spearman":
        raw, values = spearman_correlation(values, chosen.weights), ranks(values)
    matrix, repaired, smallest, notes = repaired_matrix(raw, repair)
    return Correlations(
        chosen.keyed_names,
        matrix,
        correlation_errors(values, chosen.weights),
        moments.n,
        (),
        (),
        None,
        method,
        missing,
        repaired,
        smallest,
        notes,
        None,
    )
