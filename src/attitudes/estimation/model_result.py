"""What a regression gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from attitudes.estimation.inference import Setting
from attitudes.estimation.model_frame import ModelFrame
from attitudes.numerics.design import FloatArray

__all__ = ["RegressionResult"]


@dataclass(frozen=True, slots=True, repr=False)
class RegressionResult:
    """Coefficients of a regression with their design-based covariance.

    Attributes
    ----------
    formula, family, link, response
        The model.
    levels
        Categories of the response, in order; empty for numbers.
    terms
        Names of the coefficients, length p (with the thresholds of an ordinal model last).
    coefficients
        β, length p.
    covariance
        Design-based covariance, p × p.
    naive_covariance
        Inverse information with weights scaled to a mean of 1, p × p.
    df_design, df_residual
        Degrees of freedom of the design, and of t and F tests of coefficients.
    deviance
        Deviance with weights scaled to a mean of 1.
    n, n_missing
        Respondents used; left out for a missing answer.
    variance
        ``"taylor"`` or ``"replicate"``.
    thresholds
        Names of the thresholds of an ordinal model.
    """

    formula: str
    family: str
    link: str
    response: str
    levels: tuple[Any, ...]
    terms: tuple[str, ...]
    coefficients: FloatArray
    covariance: FloatArray
    naive_covariance: FloatArray
    df_design: float
    df_residual: float
    deviance: float
    n: int
    n_missing: int
    variance: str
    thresholds: tuple[str, ...]
    frame: ModelFrame = field(repr=False)
    setting: Setting = field(repr=False)
    influence: FloatArray = field(repr=False)

    @property
    def se(self) -> FloatArray:
        """Standard errors, length p."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def slopes(self) -> FloatArray:
        """Coefficients without the thresholds."""
        return self.coefficients[: len(self.terms) - len(self.thresholds)]

    def to_frame(self, level: float = 0.95) -> pd.DataFrame:
        """Return a row a coefficient: estimate, se, t, p_value, ci_low, ci_high, df."""
        se, df = self.se, self.df_residual
        t = np.divide(self.coefficients, se, out=np.full_like(se, np.nan), where=se > 0)
        usable = df > 0
        half = stats.t.ppf((1 + level) / 2, df) * se if usable else np.full_like(se, np.nan)
        p = 2 * stats.t.sf(np.abs(t), df) if usable else np.full_like(se, np.nan)
        return pd.DataFrame(
            {
                "term": self.terms,
                "estimate": self.coefficients,
                "se": se,
                "t": t,
                "p_value": p,
                "ci_low": self.coefficients - half,
                "ci_high": self.coefficients + half,
                "df": df,
            }
        )

    @property
    def title(self) -> str:
        """The model, its respondents and its variance, in one line."""
        return (
            f"Regression, {self.family} ({self.link}): {self.formula}; n = {self.n}, "
            f"{self.n_missing} left out for missing answers; variance: {self.variance}"
        )

    def summary(self) -> dict[str, Any]:
        """Return what the model is and how it was fitted, as plain values."""
        names = ("formula", "family", "link", "response", "n", "n_missing", "variance")
        numbers = ("df_design", "df_residual", "deviance")
        levels = [str(level) for level in self.levels]
        return {name: getattr(self, name) for name in (*names, *numbers)} | {"levels": levels}

    def __repr__(self) -> str:
        return f"{self.title}\n{self.to_frame().to_string(index=False)}"

    def _repr_html_(self) -> str:
        shown = self.to_frame().to_html(index=False, border=0)
        return f"<p>{escape(self.title)}</p>{shown}"
