"""The normal-ogive graded model of a scale: curves of its items, latent scores of respondents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from attitudes.errors import EstimationError, OptionError
from attitudes.numerics.correlation.contingency import OrdinalCodes, encode_categories, pair_tables
from attitudes.numerics.correlation.correlation_repair import repair_correlation
from attitudes.numerics.correlation.polychoric import fit_polychoric
from attitudes.numerics.design import FloatArray
from attitudes.numerics.factors.efa import extract_factors
from attitudes.numerics.scales.graded import LatentScores, category_probabilities, eap_scores
from attitudes.psychometrics.items import Items, ItemSet, resolve_items
from attitudes.psychometrics.matrix_checks import (
    check_categories,
    check_pair_tables,
    check_pairs,
    check_variation,
)
from attitudes.psychometrics.threads import one_thread
from attitudes.survey.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["GradedModel", "fit_graded", "graded_model", "graded_scores"]


@dataclass(frozen=True, slots=True)
class GradedModel:
    """One latent variable under the keyed items of a scale.

    Attributes
    ----------
    scale, items
        Name, and items with a minus before those turned round.
    loadings
        On the underlying normal responses, length k.
    thresholds
        Of each item: C_j − 1 numbers.
    categories
        The keyed answers of each item, rising.
    shares
        Weighted share of each answer, of each item.
    n
        Respondents who answered any item.
    codes
        Answers of every respondent as numbers of categories, n × k; −1 where missing.
    """

    scale: str
    items: tuple[str, ...]
    loadings: FloatArray
    thresholds: tuple[FloatArray, ...]
    categories: tuple[FloatArray, ...]
    shares: tuple[FloatArray, ...]
    n: int
    codes: OrdinalCodes

    def probabilities(self, theta: FloatArray) -> tuple[FloatArray, ...]:
        """Return, for each item, P(answer | θ), len(theta) × C_j: its characteristic curves."""
        pairs = zip(self.loadings, self.thresholds, strict=True)
        return tuple(category_probabilities(theta, float(a), cuts) for a, cuts in pairs)

    def to_frame(self) -> pd.DataFrame:
        """Return one row an item: loading, slope λ/√(1 − λ²), difficulties τ/λ."""
        import pandas as pd

        rows = []
        for name, a, cuts in zip(self.items, self.loadings, self.thresholds, strict=True):
            row = {"item": name, "loading": float(a), "slope": float(a / np.sqrt(1 - a * a))}
            rows.append(row | {f"b{c + 1}": float(cut / a) for c, cut in enumerate(cuts)})
        return pd.DataFrame(rows)


@one_thread
def graded_model(
    survey: Survey, items: Items, *, ends: tuple[float, float] | None = None
) -> GradedModel:
    """Fit the normal-ogive graded model to a scale.

    Parameters
    ----------
    survey
        Respondents.
    items
        Id of a scale; or names of items, with a minus before those keyed negatively.
    ends
        Lowest and highest answer, where no codebook declares them.

    Returns
    -------
    GradedModel
        Its ``probabilities`` are the items' characteristic curves.

    Raises
    ------
    DataError
        Items that nobody answered, or everybody in the same way.
    OptionError
        Fewer than three items.
    EstimationError
        An item that the factor explains wholly (Heywood case).

    Notes
    -----
    One factor on the polychoric correlations (minres), its thresholds those of all who answered
    the item: the limited-information estimates of Samejima's model. Weights enter both.

    References
    ----------
    Samejima, F. (1969). Estimation of latent ability using a response pattern of graded scores.
    *Psychometrika Monograph* 17. Takane, Y. and de Leeuw, J. (1987). On the relationship between
    item response theory and factor analysis of discretized variables. *Psychometrika* 52, 393–408.

    Examples
    --------
    >>> import pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> y = 0.8 * rng.normal(size=(900, 1)) + 0.6 * rng.normal(size=(900, 4))
    >>> frame = pd.DataFrame(np.digitize(y, [-1, 0, 1]), columns=list("abcd"))
    >>> bool(abs(graded_model(Survey.from_frame(frame), list("abcd")).loadings - 0.8).max() < 0.08)
    True
    """
    chosen = resolve_items(survey, items, ends=ends)
    return fit_graded(chosen, chosen.keyed())


def fit_graded(items: ItemSet, values: FloatArray) -> GradedModel:
    """Fit the model to keyed answers, n × k, NaN where missing."""
    if items.k < 3:
        raise OptionError(f"scale {items.label}, graded model", f"{items.k} items", "at least 3")
    check_variation(values, items.names, items.weights)
    codes = encode_categories(values)
    check_categories(codes, items.names)
    tables = pair_tables(codes.codes, codes.n_categories, items.weights)
    present = (codes.codes >= 0).astype(np.float64)
    check_pairs((present.T @ present).astype(np.int64), items.names)
    check_pair_tables(tables, items.names)
    fit = fit_polychoric(tables, thresholds_of="item")
    correlation = repair_correlation(fit.correlation).correlation
    extraction = extract_factors(correlation, 1)
    if extraction.heywood.any():
        names = ", ".join(items.names[j] for j in np.flatnonzero(extraction.heywood))
        raise EstimationError(
            f"scale {items.label}, graded model",
            f"no unique variance in {names} (Heywood case)",
            "uniquenesses above 0.005",
            'use method="mean"',
        )
    counts = [m[: len(c)] for m, c in zip(tables.margins, codes.categories, strict=True)]
    return GradedModel(
        items.label,
        items.keyed_names,
        extraction.loadings[:, 0],
        fit.thresholds,
        codes.categories,
        tuple(m / m.sum() for m in counts),
        int((codes.codes >= 0).any(axis=1).sum()),
        codes,
    )


def graded_scores(items: ItemSet, values: FloatArray) -> LatentScores:
    """Return expected latent values of respondents.

    Parameters
    ----------
    items
        The scale; for names and weights.
    values
        Keyed answers, n × k, NaN where missing; items left out carry no information.

    Raises
    ------
    OptionError
        Fewer than three items.
    EstimationError
        An item that the factor explains wholly (Heywood case).
    """
    model = fit_graded(items, values)
    return eap_scores(
        model.codes.codes.astype(np.int64),
        model.loadings,
        model.thresholds,
        weights=items.weights,
    )
