"""What speaks for one number of factors or another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from attitudes.numerics.factors.factor_fit import FactorFit
from attitudes.numerics.factors.parallel_analysis import ParallelAnalysis
from attitudes.numerics.factors.sampling_adequacy import SamplingAdequacy
from attitudes.psychometrics.correlation_result import Correlations

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FactorCount", "NumberOfFactors"]


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
