"""How many factors: parallel analysis, MAP, VSS, Kaiser's rule, fit by number, adequacy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from attitudes.errors import AttitudesError, ConvergenceError, DataError, OptionError, raise_all
from attitudes.numerics.design import FloatArray
from attitudes.numerics.factors.efa import ExtractionMethod, degrees_of_freedom, extract_factors
from attitudes.numerics.factors.factor_fit import FactorFit, factor_fit
from attitudes.numerics.factors.map_vss import minimum_average_partial, very_simple_structure
from attitudes.numerics.factors.parallel_analysis import (
    CorrelationKind,
    ParallelAnalysis,
    SimulatedBy,
    parallel_analysis,
)
from attitudes.numerics.factors.rotation import varimax
from attitudes.numerics.factors.sampling_adequacy import SamplingAdequacy, sampling_adequacy
from attitudes.psychometrics.correlation_result import Correlations, Missing
from attitudes.psychometrics.correlations import correlate
from attitudes.psychometrics.items import Items, resolve_items
from attitudes.psychometrics.threads import one_thread
from attitudes.survey.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FactorCount", "NumberOfFactors", "number_of_factors"]


@dataclass(frozen=True, slots=True)
class FactorCount:
    """What speaks for one number of factors.

    Attributes
    ----------
    n_factors
        The number.
    map
        Average squared partial correlation (smallest is best).
    vss1, vss2
        Very simple structure fit with one and two loadings an item (largest is best).
    fit
        Fit of the unrotated solution; None where extraction did not converge.
    heywood
        Whether an item has no unique variance left.
    """

    n_factors: int
    map: float
    vss1: float
    vss2: float
    fit: FactorFit | None
    heywood: bool


@dataclass(frozen=True, slots=True)
class NumberOfFactors:
    """Criteria for the number of factors behind items.

    Attributes
    ----------
    items
        Names.
    parallel
        Parallel analysis, with the scree.
    counts
        One entry a number of factors, from 1.
    kaiser
        Eigenvalues above 1: noted, not recommended (it finds too many).
    adequacy
        KMO and Bartlett's test.
    correlations
        What was analysed.
    warnings
        What a reader must know, one sentence each.
    """

    items: tuple[str, ...]
    parallel: ParallelAnalysis
    counts: tuple[FactorCount, ...]
    kaiser: int
    adequacy: SamplingAdequacy
    correlations: Correlations
    warnings: tuple[str, ...]

    @property
    def map(self) -> int:
        """Number of components with the smallest average partial correlation."""
        return self._best([-c.map for c in self.counts])

    @property
    def vss1(self) -> int:
        """Number of factors with the best very simple structure of complexity 1."""
        return self._best([c.vss1 for c in self.counts])

    @property
    def vss2(self) -> int:
        """Number of factors with the best very simple structure of complexity 2."""
        return self._best([c.vss2 for c in self.counts])

    @property
    def bic(self) -> int:
        """Number of factors with the smallest BIC."""
        return self._best([np.nan if c.fit is None else -c.fit.bic for c in self.counts])

    def _best(self, values: list[float]) -> int:
        array = np.array(values, dtype=np.float64)
        if not np.isfinite(array).any():
            return 0
        return self.counts[int(np.nanargmax(array))].n_factors

    @property
    def suggested(self) -> dict[str, int]:
        """Number that each criterion suggests."""
        return {
            "parallel_factors": self.parallel.n_factors,
            "parallel_components": self.parallel.n_components,
            "map": self.map,
            "vss1": self.vss1,
            "vss2": self.vss2,
            "bic": self.bic,
            "kaiser": self.kaiser,
        }

    def to_frame(self) -> pd.DataFrame:
        """Return one row a number of factors: map, vss, χ², df, RMSEA, TLI, BIC, rms."""
        import pandas as pd

        rows = []
        for count in self.counts:
            fit = count.fit
            rows.append(
                {
                    "n_factors": count.n_factors,
                    "map": count.map,
                    "vss1": count.vss1,
                    "vss2": count.vss2,
                    **{
                        name: np.nan if fit is None else getattr(fit, name)
                        for name in ("chisq", "df", "p", "rmsea", "tli", "bic", "rms", "crms")
                    },
                    "heywood": count.heywood,
                }
            )
        return pd.DataFrame(rows)

    def scree_frame(self) -> pd.DataFrame:
        """Return one row an eigenvalue, observed and simulated, of components and of factors."""
        import pandas as pd

        p = self.parallel
        return pd.DataFrame(
            {
                "number": np.arange(1, len(p.components) + 1),
                "components": p.components,
                "component_mean": p.component_mean,
                "component_quantile": p.component_quantile,
                "factors": p.factors,
                "factor_mean": p.factor_mean,
                "factor_quantile": p.factor_quantile,
            }
        )

    def __repr__(self) -> str:
        said = ", ".join(f"{name} {n}" for name, n in self.suggested.items())
        a = self.adequacy
        lines = [
            f"{len(self.items)} items, {self.correlations.kind} correlations: {said}",
            f"KMO {a.kmo:.3f}, Bartlett chi-square {a.chisq:.0f} on {a.df} df",
        ]
        return "\n".join([*lines, *self.warnings])


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
