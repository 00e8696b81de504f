"""Whether a respondent's answers fit a scale: Guttman errors, l_z, even–odd halves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from attitudes.errors import AttitudesError
from attitudes.numerics.correlation.contingency import encode_categories, pair_tables
from attitudes.numerics.correlation.correlation_repair import repair_correlation
from attitudes.numerics.correlation.polychoric import fit_polychoric
from attitudes.numerics.design import FloatArray
from attitudes.numerics.factors.efa import extract_factors
from attitudes.numerics.scales.graded import category_probabilities, eap_scores
from attitudes.numerics.scales.response_patterns import (
    even_odd_consistency,
    guttman_errors,
    polytomous_fit,
)
from attitudes.psychometrics.items import ItemSet
from attitudes.psychometrics.matrix_checks import check_categories, check_variation

__all__ = ["PersonFit", "person_fit", "scale_halves"]

GRID = np.linspace(-4.0, 4.0, 161)


@dataclass(frozen=True, slots=True)
class PersonFit:
    """Fit of each respondent to one scale, length n.

    Attributes
    ----------
    guttman_errors
        Share of the possible Guttman errors.
    lz
        Standardised log-likelihood under the graded model; low is unlikely.
    """

    guttman_errors: FloatArray
    lz: FloatArray


def scale_halves(sets: Sequence[ItemSet]) -> FloatArray | None:
    """Return even–odd consistency over scales of two items or more; None with fewer than 3."""
    usable = [s for s in sets if s.k >= 2]
    if len(usable) < 3:
        return None
    odd, even = [], []
    for scale in usable:
        values = scale.keyed()
        odd.append(_mean(values[:, ::2]))
        even.append(_mean(values[:, 1::2]))
    return even_odd_consistency((np.column_stack(odd), np.column_stack(even)))


def _mean(values: FloatArray) -> FloatArray:
    count = np.isfinite(values).sum(axis=1)
    return np.where(count > 0, np.nansum(values, axis=1) / np.maximum(count, 1), np.nan)


def person_fit(items: ItemSet, notes: list[str]) -> PersonFit | None:
    """Return the fit of respondents to a scale; None, with a note, where there is no model."""
    if items.k < 3:
        notes.append(f"person fit of {items.label}: 3 items are needed")
        return None
    values = items.keyed()
    try:
        check_variation(values, items.names, items.weights)
        codes = encode_categories(values)
        check_categories(codes, items.names)
        tables = pair_tables(codes.codes, codes.n_categories, items.weights)
        fit = fit_polychoric(tables, thresholds_of="item")
        matrix = repair_correlation(fit.correlation).correlation
        loadings = np.clip(extract_factors(matrix, 1).loadings[:, 0], -0.98, 0.98)
    except AttitudesError as error:
        notes.append(f"person fit of {items.label}: {error}")
        return None
    numbers = codes.codes.astype(np.int64)
    scores = eap_scores(numbers, loadings, fit.thresholds, weights=items.weights)
    probabilities = tuple(
        category_probabilities(GRID, float(a), cuts)
        for a, cuts in zip(loadings, fit.thresholds, strict=True)
    )
    shares = tables.margins / tables.margins.sum(axis=1, keepdims=True)
    above = np.cumsum(shares[:, ::-1], axis=1)[:, ::-1][:, 1:]
    steps = np.arange(above.shape[1])[None, :] < (codes.n_categories - 1)[:, None]
    return PersonFit(
        guttman_errors(numbers, np.where(steps, above, np.nan)),
        polytomous_fit(numbers, scores.scores, probabilities, GRID),
    )
