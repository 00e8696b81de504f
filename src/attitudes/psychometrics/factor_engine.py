"""Factor extraction by factor-analyzer, brought to full convergence."""

from __future__ import annotations

import warnings
from typing import Literal

import numpy as np

from attitudes.numerics.design import FloatArray
from attitudes.numerics.factors.efa import Extraction, ExtractionMethod, extract_factors

__all__ = ["Engine", "extract"]

Engine = Literal["factor-analyzer", "numerics"]


def extract(
    correlation: FloatArray, n_factors: int, method: ExtractionMethod, engine: Engine
) -> Extraction:
    """Extract unrotated factors.

    Parameters
    ----------
    correlation
        k × k.
    n_factors
        Number of factors.
    method
        ``"minres"``, ``"ml"`` or ``"pa"``.
    engine
        ``"factor-analyzer"`` finds the uniquenesses of minres and ML, from which the toolkit's
        own minimiser goes on to full convergence; ``"numerics"`` starts from squared multiple
        correlations. Both end in the same minimum.

    Notes
    -----
    Only the unrotated extraction is taken from factor-analyzer. It leaves the correlations of the
    factors in another order and sign than the loadings, and computes communalities of oblique
    factors without them; rotation, order, communalities and uniquenesses are the toolkit's own.
    Principal axes are not implemented there for correlation matrices.
    """
    if engine == "numerics" or method == "pa":
        return extract_factors(correlation, n_factors, method=method)
    from factor_analyzer import FactorAnalyzer

    found = FactorAnalyzer(n_factors, rotation=None, method=method, is_corr_matrix=True)
    with warnings.catch_warnings():
        # scikit-learn 1.6 and 1.7 announce at every call that 1.8 drops an argument it uses
        warnings.simplefilter("ignore", FutureWarning)
        found.fit(correlation)
    loadings = np.asarray(found.loadings_, dtype=np.float64)
    start = 1.0 - (loadings**2).sum(axis=1)
    return extract_factors(correlation, n_factors, method=method, start=start)
