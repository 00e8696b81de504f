"""What a comparison of estimates gives back."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd
from scipy import stats

from attitudes.numerics.design import FloatArray
from attitudes.numerics.inference.multiplicity import Adjustment, adjust_p_values

__all__ = ["Comparison", "compare"]


@dataclass(frozen=True, slots=True, repr=False)
class Comparison:
    """Contrasts of estimates with tests and intervals.

    Attributes
    ----------
    labels
        Name of each contrast, length m.
    estimates
        Their values, length m.
    covariance
        m × m.
    df
        Degrees of freedom of t.
    level
        Coverage of the intervals.
    null
        Value under the hypothesis, by contrast.
    adjustment
        How ``p_adjusted`` was adjusted; None: not.
    variance
        ``"taylor"`` or ``"replicate"``.
    left_out
        Means that nobody answered for, so that they are not compared.
    """

    labels: tuple[str, ...]
    estimates: FloatArray
    covariance: FloatArray
    df: float
    level: float
    null: FloatArray
    adjustment: Adjustment | None
    variance: str
    left_out: tuple[str, ...] = ()

    @property
    def se(self) -> FloatArray:
        """Standard errors, length m."""
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))

    @property
    def p_values(self) -> FloatArray:
        """Two-sided p-values, unadjusted; NaN where the standard error is zero."""
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.where(self.se > 0, (self.estimates - self.null) / self.se, np.nan)
        return np.asarray(2 * stats.t.sf(np.abs(t), self.df), dtype=np.float64)

    def to_frame(self) -> pd.DataFrame:
        """Return a row a contrast."""
        half = float(stats.t.ppf((1 + self.level) / 2, self.df)) * self.se
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.where(self.se > 0, (self.estimates - self.null) / self.se, np.nan)
        p = self.p_values
        return pd.DataFrame(
            {
                "contrast": list(self.labels),
                "estimate": self.estimates,
                "se": self.se,
                "ci_low": self.estimates - half,
                "ci_high": self.estimates + half,
                "df": self.df,
                "t": t,
                "p_value": p,
                "p_adjusted": adjust_p_values(p, self.adjustment),
            }
        )

    @property
    def title(self) -> str:
        """How the comparison was made, and what it leaves out."""
        head = f"Comparison by {self.variance}, adjusted by {self.adjustment or 'nothing'}"
        return head + (f"; no answers: {', '.join(self.left_out)}" if self.left_out else "")

    def __repr__(self) -> str:
        return f"{self.title}\n{self.to_frame().to_string(index=False)}"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.title)}</p>{self.to_frame().to_html(index=False, border=0)}"


def compare(
    labels: tuple[str, ...],
    estimates: FloatArray,
    covariance: FloatArray,
    *,
    df: float,
    level: float,
    adjustment: Adjustment | None,
    variance: str,
    left_out: tuple[str, ...] = (),
) -> Comparison:
    """Make a comparison whose hypotheses are all zero."""
    null = np.zeros(len(labels))
    return Comparison(
        labels, estimates, covariance, df, level, null, adjustment, variance, left_out
    )
