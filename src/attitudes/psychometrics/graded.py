"""Expected a posteriori scores of a scale under the normal-ogive graded model."""

from __future__ import annotations

import numpy as np

from attitudes.errors import EstimationError, OptionError
from attitudes.numerics.correlation.contingency import encode_categories, pair_tables
from attitudes.numerics.correlation.correlation_repair import repair_correlation
from attitudes.numerics.correlation.polychoric import fit_polychoric
from attitudes.numerics.design import FloatArray
from attitudes.numerics.factors.efa import extract_factors
from attitudes.numerics.scales.graded import LatentScores, eap_scores
from attitudes.psychometrics.items import ItemSet
from attitudes.psychometrics.matrix_checks import check_categories, check_variation

__all__ = ["graded_scores"]


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

    Notes
    -----
    The model is one factor on the polychoric correlations (minres), its thresholds those of all
    who answered the item: the limited-information estimates of Samejima's graded model with a
    normal ogive. Weights enter both.
    """
    if items.k < 3:
        raise OptionError(f"scale {items.label}, method eap", f"{items.k} items", "at least 3")
    check_variation(values, items.names, items.weights)
    codes = encode_categories(values)
    check_categories(codes, items.names)
    tables = pair_tables(codes.codes, codes.n_categories, items.weights)
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
    return eap_scores(
        codes.codes.astype(np.int64),
        extraction.loadings[:, 0],
        fit.thresholds,
        weights=items.weights,
    )
