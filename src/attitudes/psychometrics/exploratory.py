"""Exploratory factor analysis of items: extraction, rotation, fit, and what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from attitudes.errors import DataError, OptionError
from attitudes.numerics.design import FloatArray
from attitudes.numerics.factors.efa import Extraction, ExtractionMethod, degrees_of_freedom
from attitudes.numerics.factors.factor_fit import FactorFit, factor_fit
from attitudes.numerics.factors.factor_scores import ScoreWeights, score_weights
from attitudes.numerics.factors.rotation import Rotation, order_factors, rotate
from attitudes.psychometrics.correlation_result import Correlations, Missing
from attitudes.psychometrics.correlations import correlate
from attitudes.psychometrics.factor_engine import Engine, extract
from attitudes.psychometrics.items import Items
from attitudes.psychometrics.threads import one_thread
from attitudes.survey.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FactorAnalysis", "RotationName", "factor_analysis"]

RotationName = Literal[
    "none",
    "varimax",
    "quartimax",
    "geomin_t",
    "bifactor",
    "target_t",
    "promax",
    "oblimin",
    "quartimin",
    "geomin",
    "bifactor_q",
    "target",
]


@dataclass(frozen=True, slots=True)
class FactorAnalysis:
    """An exploratory factor solution, factors by falling explained variance.

    Attributes
    ----------
    items, factors
        Names.
    loadings
        Pattern loadings, k × m.
    phi
        Correlations of the factors, m × m, in the order and sign of the loadings.
    structure
        Correlations of items with factors, loadings × phi.
    communality, uniqueness
        Length k, with the correlations of the factors taken into account.
    complexity
        Hofmann's index of how many factors an item needs, length k.
    explained
        Sum of squared loadings of each factor (with phi), length m.
    eigenvalues
        Of the correlation matrix.
    fit
        Fit statistics and residuals.
    determinacy
        Correlation of the best linear score with its factor, length m.
    correlations
        What was analysed.
    method, rotation
        How.
    heywood
        Items without unique variance.
    warnings
        What a reader must know, one sentence each.
    """

    items: tuple[str, ...]
    factors: tuple[str, ...]
    loadings: FloatArray
    phi: FloatArray
    structure: FloatArray
    communality: FloatArray
    uniqueness: FloatArray
    complexity: FloatArray
    explained: FloatArray
    eigenvalues: FloatArray
    fit: FactorFit
    determinacy: FloatArray
    correlations: Correlations
    method: str
    rotation: str
    heywood: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def n(self) -> int:
        """Respondents that fit statistics were computed for."""
        return self.fit.n

    def to_frame(self) -> pd.DataFrame:
        """Return one row an item: loadings, communality, uniqueness, complexity."""
        import pandas as pd

        frame = pd.DataFrame(self.loadings, index=list(self.items), columns=list(self.factors))
        return frame.assign(
            communality=self.communality, uniqueness=self.uniqueness, complexity=self.complexity
        ).rename_axis("item")

    def variance_frame(self) -> pd.DataFrame:
        """Return one row a factor: sum of squares, shares of the total and explained variance."""
        import pandas as pd

        share = self.explained / len(self.items)
        inner = self.explained / self.explained.sum()
        columns = {
            "ss_loadings": self.explained,
            "proportion": share,
            "cumulative": share.cumsum(),
            "proportion_explained": inner,
            "cumulative_explained": inner.cumsum(),
        }
        return pd.DataFrame(columns, index=list(self.factors)).rename_axis("factor")

    def weights(
        self, method: Literal["regression", "bartlett", "tenberge", "anderson"] = "regression"
    ) -> ScoreWeights:
        """Return factor score weights (see :func:`attitudes.factor_scores`)."""
        matrix = self.correlations.correlation
        return score_weights(matrix, self.loadings, self.phi, method=method)

    def __repr__(self) -> str:
        fit = self.fit
        lines = [
            f"{len(self.factors)} factors of {len(self.items)} items, n = {self.n}, "
            f"{self.method}, {self.rotation}, {self.correlations.kind} correlations",
            f"chi-square {fit.chisq:.1f} on {fit.df} df, RMSEA {fit.rmsea:.3f} "
            f"[{fit.rmsea_low:.3f}, {fit.rmsea_high:.3f}], TLI {fit.tli:.3f}, rms {fit.rms:.3f}",
            self.to_frame().round(2).to_string(),
        ]
        return "\n".join([*lines, *self.warnings])


@one_thread
def factor_analysis(
    survey: Survey,
    items: Items,
    n_factors: int,
    *,
    method: ExtractionMethod = "minres",
    rotation: RotationName | None = None,
    correlation: Literal["polychoric", "pearson", "spearman"] = "polychoric",
    weights: bool = True,
    missing: Missing = "pairwise",
    target: FloatArray | None = None,
    gamma: float = 0.0,
    delta: float = 0.01,
    starts: int = 1,
    rng: np.random.Generator | None = None,
    engine: Engine = "factor-analyzer",
) -> FactorAnalysis:
    """Explore the factors behind items.

    Parameters
    ----------
    survey
        Respondents.
    items
        Id of a scale, or names of items.
    n_factors
        Number of factors (see :func:`attitudes.number_of_factors`).
    method
        ``"minres"``, ``"ml"`` (maximum likelihood) or ``"pa"`` (principal axes).
    rotation
        Orthogonal: ``"none"``, ``"varimax"``, ``"quartimax"``, ``"geomin_t"``, ``"bifactor"``,
        ``"target_t"``. Oblique: ``"promax"``, ``"oblimin"``, ``"quartimin"``, ``"geomin"``,
        ``"bifactor_q"``, ``"target"``. Default: oblimin; none for one factor.
    correlation
        ``"polychoric"``, ``"pearson"`` or ``"spearman"``.
    weights
        Whether the sampling weights count.
    missing
        ``"pairwise"`` or ``"listwise"``.
    target
        For target rotations: k × m, NaN where a loading is left free.
    gamma, delta
        Of oblimin and geomin.
    starts, rng
        Random starting positions of the rotation beside the first.
    engine
        Who finds the minimum of minres and ML first; both end in the same one.

    Returns
    -------
    FactorAnalysis

    Raises
    ------
    DataError
        Constant items; not more respondents than items.
    EstimationError
        More factors than the items can bear.
    ConvergenceError
        Extraction or rotation that does not converge.

    Notes
    -----
    n of the fit statistics is the smallest number of respondents of any pair. Communalities are
    diag(ΛΦΛ'). Fit statistics are those of R's psych.

    Examples
    --------
    >>> import pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> f = rng.normal(size=(500, 1))
    >>> x = np.digitize(0.8 * f + 0.6 * rng.normal(size=(500, 4)), [-1, 0, 1])
    >>> survey = Survey.from_frame(pd.DataFrame(x, columns=list("abcd")))
    >>> bool(factor_analysis(survey, list("abcd"), 1).loadings.min() > 0.7)
    True
    """
    if engine not in ("factor-analyzer", "numerics"):
        raise OptionError.unknown(
            "factor_analysis, engine", "engine", engine, ["factor-analyzer", "numerics"]
        )
    if method not in ("minres", "ml", "pa"):
        raise OptionError.unknown(
            "factor_analysis, method", "method", method, ["minres", "ml", "pa"]
        )
    found = correlate(survey, items, method=correlation, weights=weights, missing=missing)
    n, k = found.n_obs, len(found.items)
    if n <= k:
        raise DataError(
            "factor_analysis", f"{n} respondents for {k} items", f"more than {k} respondents"
        )
    name = rotation or ("none" if n_factors == 1 else "oblimin")
    extraction = extract(found.correlation, n_factors, method, engine)
    rotated = order_factors(
        rotate(
            extraction.loadings,
            name,
            target=None if target is None else np.asarray(target, dtype=np.float64),
            gamma=gamma,
            delta=delta,
            starts=starts,
            rng=rng,
        )
    )
    return _collect(found, extraction, rotated, method, name)


def _collect(
    found: Correlations, extraction: Extraction, rotated: Rotation, method: str, rotation: str
) -> FactorAnalysis:
    loadings, phi = rotated.loadings, rotated.phi
    structure = loadings @ phi
    communality = (structure * loadings).sum(axis=1)
    squares = loadings**2
    m = loadings.shape[1]
    heywood = tuple(found.items[j] for j in np.flatnonzero(extraction.heywood))
    fit = factor_fit(found.correlation, loadings, phi, found.n_obs)
    determinacy = score_weights(found.correlation, loadings, phi).determinacy
    return FactorAnalysis(
        found.items,
        tuple(f"F{i + 1}" for i in range(m)),
        loadings,
        phi,
        structure,
        communality,
        1.0 - communality,
        squares.sum(axis=1) ** 2 / np.maximum((squares**2).sum(axis=1), 1e-300),
        np.diag(phi @ loadings.T @ loadings).copy(),
        extraction.eigenvalues,
        fit,
        determinacy,
        found,
        method,
        rotation,
        heywood,
        _warnings(found, extraction, heywood, m),
    )


def _warnings(
    found: Correlations, extraction: Extraction, heywood: tuple[str, ...], m: int
) -> tuple[str, ...]:
    said = list(found.warnings)
    n, k = found.n_obs, len(found.items)
    if heywood:
        said.append(
            f"Heywood case: no unique variance is left in {', '.join(heywood)}; "
            "fewer factors, or the item left out, may be right"
        )
    if not extraction.converged:
        said.append(f"principal axes stopped after {extraction.iterations} steps, not converged")
    if n < max(100, 5 * k):
        said.append(f"{n} respondents for {k} items: too few for loadings to be stable")
    if degrees_of_freedom(k, m) == 0:
        said.append("no degrees of freedom: the model cannot be tested")
    return tuple(said)
