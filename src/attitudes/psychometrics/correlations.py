"""Correlations of items: Pearson, Spearman, polychoric, polyserial; weighted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from attitudes.errors import AttitudesError, OptionError, raise_all
from attitudes.numerics.correlation.contingency import OrdinalCodes, encode_categories, pair_tables
from attitudes.numerics.correlation.correlation_repair import repair_correlation
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
from attitudes.numerics.correlation.polyserial import fit_polyserial
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.moments import correlation_errors, pairwise_moments, ranks
from attitudes.psychometrics.correlation_covariance import CovarianceOf, statistics_covariance
from attitudes.psychometrics.items import Items, ItemSet, resolve_items
from attitudes.psychometrics.matrix_checks import check_categories, check_pairs, check_variation
from attitudes.survey.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Correlations", "Missing", "Polyserial", "correlate", "polychoric", "polyserial"]

Missing = Literal["pairwise", "listwise"]
Kind = Literal["pearson", "spearman", "polychoric"]


@dataclass(frozen=True, slots=True)
class Correlations:
    """Correlations of k items.

    Attributes
    ----------
    items
        Names, length k.
    correlation
        k × k in the order of the items.
    se
        Standard errors, k × k, zero on the diagonal.
    n
        Respondents who answered both items, k × k.
    thresholds
        Of polychoric correlations: C_j − 1 numbers an item; empty otherwise.
    categories
        Of polychoric correlations: the distinct answers to each item, rising.
    acov
        Covariance of thresholds (item by item) and correlations (pairs (0,1), (0,2), …, (1,2), …)
        when asked for; None otherwise.
    kind, missing
        How they were computed.
    repaired
        Whether the matrix was not positive definite and was changed.
    smallest_eigenvalue
        Before any repair.
    warnings
        What a reader must know, one sentence each.
    fit
        The polychoric estimates as they came, before any repair; None for other kinds.
    """

    items: tuple[str, ...]
    correlation: FloatArray
    se: FloatArray
    n: IntArray
    thresholds: tuple[FloatArray, ...]
    categories: tuple[FloatArray, ...]
    acov: FloatArray | None
    kind: str
    missing: str
    repaired: bool
    smallest_eigenvalue: float
    warnings: tuple[str, ...]
    fit: PolychoricFit | None

    @property
    def n_obs(self) -> int:
        """Respondents that the matrix as a whole rests on: the fewest of any pair."""
        return int(self.n.min())

    @property
    def statistics(self) -> tuple[str, ...]:
        """Names of the rows of ``acov``: ``q1|t1``, …, ``q1~~q2``, …."""
        cuts = [
            f"{name}|t{t + 1}"
            for name, thresholds in zip(self.items, self.thresholds, strict=False)
            for t in range(len(thresholds))
        ]
        first, second = np.triu_indices(len(self.items), 1)
        pairs = [f"{self.items[i]}~~{self.items[j]}" for i, j in zip(first, second, strict=True)]
        return (*cuts, *pairs)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a pair: first, second, correlation, se, n."""
        import pandas as pd

        i, j = np.triu_indices(len(self.items), 1)
        names = np.array(self.items, dtype=object)
        return pd.DataFrame(
            {
                "first": names[i],
                "second": names[j],
                "correlation": self.correlation[i, j],
                "se": self.se[i, j],
                "n": self.n[i, j],
            }
        )

    def __repr__(self) -> str:
        n = self.n
        counted = f"{n.min()}" if n.min() == n.max() else f"{n.min()} to {n.max()}"
        lines = [f"{self.kind} correlations of {len(self.items)} items, n = {counted}"]
        return "\n".join([*lines, *self.warnings])


@dataclass(frozen=True, slots=True)
class Polyserial:
    """Correlations of one continuous variable with ordinal items.

    Attributes
    ----------
    variable, items
        Their names.
    correlation, se
        One number an item.
    thresholds
        Thresholds of each item.
    n
        Respondents with both.
    """

    variable: str
    items: tuple[str, ...]
    correlation: FloatArray
    se: FloatArray
    thresholds: tuple[FloatArray, ...]
    n: IntArray


def _rows(items: ItemSet, missing: Missing, weighted: bool) -> ItemSet:
    """Keep complete rows for listwise; drop rows of weight zero; unit weights when unweighted."""
    weights = items.weights if weighted else np.ones(len(items.raw))
    keep = weights > 0
    if missing == "listwise":
        keep &= np.isfinite(items.raw).all(axis=1)
    if keep.all():
        return replace(items, weights=weights)
    return replace(items, raw=items.raw[keep], weights=weights[keep])


def _option(where: str, value: str, allowed: tuple[str, ...]) -> list[AttitudesError]:
    return [] if value in allowed else [OptionError.unknown(where, "option", value, allowed)]


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
        ``"pearson"``, ``"spearman"`` (Pearson of mid-ranks) or ``"polychoric"`` (see
        :func:`polychoric`, with its defaults).
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
        _option("correlate, method", method, ("pearson", "spearman", "polychoric"))
        + _option("correlate, missing", missing, ("pairwise", "listwise"))
    )
    if method == "polychoric":
        return polychoric(survey, items, weights=weights, missing=missing, repair=repair)
    chosen = _rows(resolve_items(survey, items, at_least=2, apply_keying=False), missing, weights)
    check_variation(chosen.raw, chosen.keyed_names, chosen.weights)
    values = chosen.signed()
    values = ranks(values) if method == "spearman" else values
    moments = pairwise_moments(values, chosen.weights)
    check_pairs(moments.n, chosen.keyed_names)
    matrix, repaired, smallest, notes = _repair(moments.correlation, repair)
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


def _repair(matrix: FloatArray, wanted: bool) -> tuple[FloatArray, bool, float, tuple[str, ...]]:
    fixed = repair_correlation(matrix)
    if not fixed.repaired:
        return matrix, False, fixed.smallest, ()
    said = f"smallest eigenvalue {fixed.smallest:.2g}: the matrix is not positive definite"
    if not wanted:
        return matrix, False, fixed.smallest, (said,)
    said += f"; repaired, no correlation changed by more than {fixed.largest_change:.2g}"
    return fixed.correlation, True, fixed.smallest, (said,)


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
    chosen = _rows(whole, missing, weights)
    check_variation(chosen.raw, chosen.keyed_names, chosen.weights)
    codes = encode_categories(chosen.signed())
    check_categories(codes, chosen.keyed_names)
    w = None if np.ptp(chosen.weights) == 0 else chosen.weights
    tables = pair_tables(codes.codes, codes.n_categories, w)
    counted = tables if w is None else pair_tables(codes.codes, codes.n_categories)
    n = square(counted.total, whole.k, 0.0).astype(np.int64)
    np.fill_diagonal(n, counted.margins.sum(axis=1).astype(np.int64))
    check_pairs(n, chosen.keyed_names)
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
        *_option("polychoric, missing", missing, ("pairwise", "listwise")),
        *_option("polychoric, method", method, ("two-step", "ml")),
        *_option("polychoric, thresholds", thresholds, ("pair", "item")),
    ]
    if covariance is not None:
        failures += _option("polychoric, covariance", covariance, ("independent", "design"))
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
    matrix, repaired, smallest, notes = _repair(fit.correlation, repair)
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


def polyserial(survey: Survey, variable: str, items: Items, *, weights: bool = True) -> Polyserial:
    """Correlate a continuous variable with the normal variables under ordinal items.

    Parameters
    ----------
    survey
        Respondents.
    variable
        Name of the continuous variable.
    items
        Id of a scale, or names of items; a minus before a name turns the item round.
    weights
        Whether the sampling weights count.

    Returns
    -------
    Polyserial

    Raises
    ------
    DataError
        Constant items or variable; items with more than 20 different answers.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"age": range(20, 40), "q": [1] * 8 + [2, 1, 2, 1] + [2] * 8})
    >>> bool(polyserial(Survey.from_frame(frame), "age", ["q"]).correlation[0] > 0.8)
    True
    """
    chosen = _rows(resolve_items(survey, items, apply_keying=False), "pairwise", False)
    x = survey.answers(variable).as_float()
    w = survey.weights if weights else np.ones(survey.n)
    check_variation(chosen.raw, chosen.keyed_names, w)
    check_variation(x[:, None], (variable,), w)
    codes = encode_categories(chosen.signed())
    check_categories(codes, chosen.keyed_names)
    fits = [fit_polyserial(x, codes.codes[:, j].astype(np.int64), w) for j in range(chosen.k)]
    return Polyserial(
        variable,
        chosen.keyed_names,
        np.array([f.rho for f in fits]),
        np.array([f.se for f in fits]),
        tuple(f.thresholds for f in fits),
        np.array([f.n for f in fits], dtype=np.int64),
    )
