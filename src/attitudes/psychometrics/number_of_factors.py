"""How many factors: parallel analysis, MAP, VSS, Kaiser's rule, fit by number, adequacy."""

from __future__ import annotations

import numpy as np

from attitudes.errors import AttitudesError, ConvergenceError, DataError, OptionError, raise_all
from attitudes.numerics.design import FloatArray
from attitudes.numerics.factors.efa import ExtractionMethod, degrees_of_freedom, extract_factors
from attitudes.numerics.factors.factor_fit import factor_fit
from attitudes.numerics.factors.map_vss import minimum_average_partial, very_simple_structure
from attitudes.numerics.factors.parallel_analysis import (
    CorrelationKind,
    SimulatedBy,
    parallel_analysis,
)
from attitudes.numerics.factors.rotation import varimax
from attitudes.numerics.factors.sampling_adequacy import sampling_adequacy
from attitudes.psychometrics.correlation_result import Missing
from attitudes.psychometrics.correlations import correlate
from attitudes.psychometrics.factor_count import FactorCount, NumberOfFactors
from attitudes.psychometrics.items import Items, resolve_items
from attitudes.psychometrics.threads import one_thread
from attitudes.survey.survey import Survey

__all__ = ["number_of_factors"]


@one_thread
def number_of_factors(
    survey: Survey,
    items: Items,
    *,
    rng: np.random.Generator,
    correlation: CorrelationKind = "polychoric",
    method: ExtractionMethod = "minres",
    max_factors: int = 8,
    simulated: SimulatedBy = "resampled",
    iterations: int = 50,
    quantile: float = 0.95,
    weights: bool = True,
    missing: Missing = "pairwise",
) -> NumberOfFactors:
    """Ask several criteria how many factors there are.

    Parameters
    ----------
    survey
        Respondents.
    items
        Id of a scale, or names of items.
    rng
        Source of randomness of parallel analysis.
    correlation
        ``"polychoric"``, ``"pearson"`` or ``"spearman"``.
    method
        Extraction of the solutions that VSS and the fit statistics are of.
    max_factors
        Largest number looked at (fewer where the items cannot bear them).
    simulated
        ``"resampled"`` answers or ``"normal"`` numbers, for parallel analysis.
    iterations, quantile
        Simulated data sets; quantile of their eigenvalues to exceed.
    weights
        Whether the sampling weights count.
    missing
        ``"pairwise"`` or ``"listwise"``.

    Returns
    -------
    NumberOfFactors

    Raises
    ------
    DataError
        Constant items; not more respondents than items.
    OptionError
        Options that cannot be.

    Examples
    --------
    >>> import pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> f = rng.normal(size=(400, 1))
    >>> x = np.digitize(0.8 * f + 0.6 * rng.normal(size=(400, 6)), [-1, 0, 1])
    >>> survey = Survey.from_frame(pd.DataFrame(x, columns=list("abcdef")))
    >>> number_of_factors(survey, list("abcdef"), rng=rng, iterations=10).parallel.n_factors
    1
    """
    _check(max_factors, simulated, iterations, quantile)
    found = correlate(survey, items, method=correlation, weights=weights, missing=missing)
    k, n = len(found.items), found.n_obs
    if n <= k:
        raise DataError(
            "number_of_factors", f"{n} respondents for {k} items", f"more than {k} respondents"
        )
    chosen = resolve_items(survey, found.items)
    values, w = chosen.signed(), chosen.weights if weights else np.ones(survey.n)
    keep = w > 0
    if missing == "listwise":
        keep &= np.isfinite(values).all(axis=1)
    kept = None if np.ptp(w[keep]) == 0 else w[keep]
    parallel = parallel_analysis(
        values[keep],
        found.correlation,
        rng,
        kind=correlation,
        simulated=simulated,
        weights=kept,
        iterations=iterations,
        quantile=quantile,
    )
    counts, notes = _counts(found.correlation, n, method, max_factors)
    adequacy = sampling_adequacy(found.correlation, n)
    if adequacy.kmo < 0.5:
        notes.append(f"KMO {adequacy.kmo:.2f}: the items share too little to be factored")
    return NumberOfFactors(
        found.items,
        parallel,
        counts,
        int((parallel.components > 1).sum()),
        adequacy,
        found,
        (*found.warnings, *notes),
    )


def _check(max_factors: int, simulated: str, iterations: int, quantile: float) -> None:
    failures: list[AttitudesError] = []
    if max_factors < 1:
        failures.append(
            OptionError("number_of_factors, max_factors", f"{max_factors}", "at least 1")
        )
    if simulated not in ("resampled", "normal"):
        failures.append(
            OptionError.unknown(
                "number_of_factors, simulated", "option", simulated, ["resampled", "normal"]
            )
        )
    if iterations < 2:
        failures.append(OptionError("number_of_factors, iterations", f"{iterations}", "at least 2"))
    if not 0 < quantile < 1:
        failures.append(
            OptionError("number_of_factors, quantile", f"{quantile}", "between 0 and 1")
        )
    raise_all(failures)


def _counts(
    correlation: FloatArray, n: int, method: ExtractionMethod, most: int
) -> tuple[tuple[FactorCount, ...], list[str]]:
    k = len(correlation)
    numbers = [m for m in range(1, min(most, k - 1) + 1) if degrees_of_freedom(k, m) >= 0]
    partials = minimum_average_partial(correlation, max(numbers, default=1))
    counts, notes = [], []
    for m in numbers:
        try:
            extraction = extract_factors(correlation, m, method=method)
        except ConvergenceError:
            notes.append(f"{m} factors: extraction by {method} did not converge")
            counts.append(FactorCount(m, float(partials[m - 1]), np.nan, np.nan, None, False))
            continue
        rotated = extraction.loadings if m == 1 else varimax(extraction.loadings).loadings
        counts.append(
            FactorCount(
                m,
                float(partials[m - 1]),
                very_simple_structure(correlation, rotated, 1),
                very_simple_structure(correlation, rotated, min(2, m)) if m > 1 else np.nan,
                factor_fit(correlation, extraction.loadings, np.eye(m), n),
                bool(extraction.heywood.any()),
            )
        )
    return tuple(counts), notes
