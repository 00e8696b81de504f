"""Polychoric correlations of items: weighted, with missing answers and empty cells."""

from __future__ import annotations

from typing import Literal

import numpy as np

from attitudes.errors import OptionError, raise_all
from attitudes.numerics.correlation.contingency import OrdinalCodes, encode_categories, pair_tables
from attitudes.numerics.correlation.polychoric import (
    PolychoricFit,
    ThresholdsOf,
    fit_polychoric,
    square,
)
from attitudes.numerics.correlation.polychoric_influence import (
    polychoric_influence,
    standard_errors,
)
from attitudes.numerics.correlation.polychoric_ml import fit_polychoric_ml
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.psychometrics.correlation_covariance import CovarianceOf, statistics_covariance
from attitudes.psychometrics.correlation_result import (
    Correlations,
    Missing,
    allowed_option,
    counted_rows,
    repaired_matrix,
)
from attitudes.psychometrics.items import Items, ItemSet, resolve_items
from attitudes.psychometrics.matrix_checks import (
    check_categories,
    check_pair_tables,
    check_pairs,
    check_variation,
)
from attitudes.psychometrics.threads import one_thread
from attitudes.survey.survey import Survey

__all__ = ["polychoric"]


@one_thread
def polychoric(
    survey: Survey,
    items: Items,
    *,
    weights: bool = True,
    missing: Missing = "pairwise",
    correct: float = 0.0,
    method: Literal["two-step", "ml"] = "two-step",
    thresholds: ThresholdsOf = "pair",
    covariance: CovarianceOf | None = None,
    repair: bool = True,
) -> Correlations:
    """Correlate the normal variables that ordinal items are taken to cut into categories.

    Parameters
    ----------
    survey
        Respondents.
    items
        Id of a scale, or names of items; a minus before a name turns the item round.
    weights
        Whether the sampling weights count.
    missing
        ``"pairwise"``: each pair over those who answered both; ``"listwise"``: all over those who
        answered everything.
    correct
        What stands in place of an empty cell of a pair's table; 0: it stays empty.
    method
        ``"two-step"``: thresholds from the margins, then the correlation; ``"ml"``: together.
    thresholds
        Margins of the two-step method: of the ``"pair"``'s own table (psych's
        ``global = FALSE``) or of all who answered the ``"item"`` (psych's default and lavaan's,
        and what weighted least squares needs). They differ only where answers are missing.
    covariance
        ``"independent"`` or ``"design"``: also the covariance matrix of all thresholds and
        correlations, of respondents as independent or as PSUs of the design; standard errors
        come from it. Two-step with item thresholds only.
    repair
        Whether a matrix that is not positive definite is repaired, and said so.

    Returns
    -------
    Correlations
        ``.correlation`` is k × k in the order of the items.

    Raises
    ------
    DataError
        Constant items, items with more than 20 different answers, pairs answered by fewer than 3.
    OptionError
        Options that do not go together.

    Notes
    -----
    Standard errors take account of the estimated thresholds, and of weights; with
    ``method="ml"`` they come from the observed information.

    References
    ----------
    Olsson, U. (1979). Maximum likelihood estimation of the polychoric correlation coefficient.
    *Psychometrika* 44, 443–460.

    Examples
    --------
    >>> import pandas as pd
    >>> second = [1] * 30 + [2] * 10 + [1] * 10 + [2] * 30
    >>> frame = pd.DataFrame({"a": [1] * 40 + [2] * 40, "b": second})
    >>> result = polychoric(Survey.from_frame(frame), ["a", "b"])
    >>> result.correlation.round(4).tolist()
    [[1.0, 0.7071], [0.7071, 1.0]]
    """
    _check_options(missing, correct, method, thresholds, covariance)
    whole = resolve_items(survey, items, at_least=2, apply_keying=False)
    chosen = counted_rows(whole, missing, weights)
    check_variation(chosen.raw, chosen.keyed_names, chosen.weights)
    codes = encode_categories(chosen.signed())
    check_categories(codes, chosen.keyed_names)
    w = None if np.ptp(chosen.weights) == 0 else chosen.weights
    tables = pair_tables(codes.codes, codes.n_categories, w)
    counted = tables if w is None else pair_tables(codes.codes, codes.n_categories)
    n = square(counted.total, whole.k, 0.0).astype(np.int64)
    np.fill_diagonal(n, counted.margins.sum(axis=1).astype(np.int64))
    check_pairs(n, chosen.keyed_names)
    check_pair_tables(counted, chosen.keyed_names)
    acov: FloatArray | None = None
    if method == "ml":
        joint = fit_polychoric_ml(tables, correct=correct)
        fit, errors = joint.fit, joint.se
    else:
        fit = fit_polychoric(tables, correct=correct, thresholds_of=thresholds)
        influence = polychoric_influence(fit, thresholds_of=thresholds)
        if covariance is None:
            squares = tables if w is None else pair_tables(codes.codes, codes.n_categories, w**2)
            errors = standard_errors(influence, squares)
        else:
            acov = statistics_covariance(survey, whole, influence, covariance, weights, missing)
            errors = np.sqrt(np.diag(acov)[influence.n_thresholds :])
    return _collect(chosen, codes, fit, errors, n, acov, missing, repair)


def _check_options(
    missing: str, correct: float, method: str, thresholds: str, covariance: str | None
) -> None:
    failures = [
        *allowed_option("polychoric, missing", missing, ("pairwise", "listwise")),
        *allowed_option("polychoric, method", method, ("two-step", "ml")),
        *allowed_option("polychoric, thresholds", thresholds, ("pair", "item")),
    ]
    if covariance is not None:
        failures += allowed_option("polychoric, covariance", covariance, ("independent", "design"))
        if method == "ml" or (thresholds == "pair" and missing == "pairwise"):
            failures.append(
                OptionError(
                    "polychoric, covariance",
                    f"{covariance} with method={method!r} and thresholds={thresholds!r}",
                    'method="two-step", and thresholds="item" or missing="listwise"',
                )
            )
    if not correct >= 0:
        failures.append(OptionError("polychoric, correct", f"{correct}", "0 or more"))
    raise_all(failures)


def _collect(
    chosen: ItemSet,
    codes: OrdinalCodes,
    fit: PolychoricFit,
    errors: FloatArray,
    n: IntArray,
    acov: FloatArray | None,
    missing: str,
    repair: bool,
) -> Correlations:
    names = chosen.keyed_names
    matrix, repaired, smallest, notes = repaired_matrix(fit.correlation, repair)
    warnings = [*notes]
    edge = np.flatnonzero(fit.boundary)
    for p in edge:
        a, b = names[fit.tables.first[p]], names[fit.tables.second[p]]
        warnings.append(f"{a} and {b}: the table allows |ρ| = 1; too few answers to tell")
    if fit.empty.any():
        warnings.append(
            f"{int(fit.empty.sum())} empty cells in the tables of "
            f"{int((fit.empty > 0).sum())} of {len(fit.rho)} pairs"
        )
    return Correlations(
        names,
        matrix,
        square(errors, len(names), 0.0),
        n,
        fit.thresholds,
        codes.categories,
        acov,
        "polychoric",
        missing,
        repaired,
        smallest,
        tuple(warnings),
        fit,
    )
