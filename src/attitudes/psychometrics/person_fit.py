"""Whether a respondent's answers fit a scale: Guttman errors, l_z, even–odd halves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from attitudes.errors import AttitudesError
from attitudes.numerics.design import FloatArray
from attitudes.numerics.scales.graded import eap_scores
from attitudes.numerics.scales.response_patterns import (
    even_odd_consistency,
    guttman_errors,
    polytomous_fit,
)
from attitudes.psychometrics.graded import fit_graded
from attitudes.psychometrics.items import ItemSet

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
    try:
        model = fit_graded(items, items.keyed())
    except AttitudesError as error:
        notes.append(f"person fit of {items.label}: {error}")
        return None
    numbers = model.codes.codes.astype(np.int64)
    scores = eap_scores(numbers, model.loadings, model.thresholds, weights=items.weights)
    above = np.full((items.k, max(len(s) for s in model.shares) - 1), np.nan)
    for j, shares in enumerate(model.shares):
        above[j, : len(shares) - 1] = np.cumsum(shares[::-1])[::-1][1:]
    return PersonFit(
        guttman_errors(numbers, above),
        polytomous_fit(numbers, scores.scores, model.probabilities(GRID), GRID),
    )
