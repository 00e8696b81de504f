"""Correlations of items with what they rest on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from attitudes.errors import AttitudesError, OptionError
from attitudes.numerics.correlation.correlation_repair import repair_correlation
from attitudes.numerics.correlation.polychoric import PolychoricFit
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.psychometrics.items import ItemSet

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Correlations",
    "Kind",
    "Missing",
    "allowed_option",
    "counted_rows",
    "repaired_matrix",
]

Missing = Literal["pairwise", "listwise"]
Kind = Literal["pearson", "spearman", "polychoric"]


@dataclass(frozen=True, slots=True)
class Correlations:
    """Correlations of k items.

    Attributes
    ----------
    items
        Names, length k.
    correlation
        k × k in the order of the items.
    se
        Standard errors, k × k, zero on the diagonal.
    n
        Respondents who answered both items, k × k.
    thresholds
        Of polychoric correlations: C_j − 1 numbers an item; empty otherwise.
    categories
        Of polychoric correlations: the distinct answers to each item, rising.
    acov
        Covariance of thresholds (item by item) and correlations (pairs (0,1), (0,2), …, (1,2), …)
        when asked for; None otherwise.
    kind, missing
        How they were computed.
    repaired
        Whether the matrix was not positive definite and was changed.
    smallest_eigenvalue
        Before any repair.
    warnings
        What a reader must know, one sentence each.
    fit
        The polychoric estimates as they came, before any repair; None for other kinds.
    """

    items: tuple[str, ...]
    correlation: FloatArray
    se: FloatArray
    n: IntArray
    thresholds: tuple[FloatArray, ...]
    categories: tuple[FloatArray, ...]
    acov: FloatArray | None
    kind: str
    missing: str
    repaired: bool
    smallest_eigenvalue: float
    warnings: tuple[str, ...]
    fit: PolychoricFit | None

    @property
    def n_obs(self) -> int:
        """Respondents that the matrix as a whole rests on: the fewest of any pair."""
        return int(self.n.min())

    @property
    def statistics(self) -> tuple[str, ...]:
        """Names of the rows of ``acov``: ``q1|t1``, …, ``q1~~q2``, …."""
        cuts = [
            f"{name}|t{t + 1}"
            for name, thresholds in zip(self.items, self.thresholds, strict=False)
            for t in range(len(thresholds))
        ]
        first, second = np.triu_indices(len(self.items), 1)
        pairs = [f"{self.items[i]}~~{self.items[j]}" for i, j in zip(first, second, strict=True)]
        return (*cuts, *pairs)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a pair: first, second, correlation, se, n."""
        import pandas as pd

        i, j = np.triu_indices(len(self.items), 1)
        names = np.array(self.items, dtype=object)
        return pd.DataFrame(
            {
                "first": names[i],
                "second": names[j],
                "correlation": self.correlation[i, j],
                "se": self.se[i, j],
                "n": self.n[i, j],
            }
        )

    def __repr__(self) -> str:
        n = self.n
        counted = f"{n.min()}" if n.min() == n.max() else f"{n.min()} to {n.max()}"
        lines = [f"{self.kind} correlations of {len(self.items)} items, n = {counted}"]
        return "\n".join([*lines, *self.warnings])


def counted_rows(items: ItemSet, missing: Missing, weighted: bool) -> ItemSet:
    """Keep complete rows for listwise; drop rows of weight zero; unit weights when unweighted."""
    weights = items.weights if weighted else np.ones(len(items.raw))
    keep = weights > 0
    if missing == "listwise":
        keep &= np.isfinite(items.raw).all(axis=1)
    if keep.all():
        return replace(items, weights=weights)
    return replace(items, raw=items.raw[keep], weights=weights[keep])


def allowed_option(where: str, value: str, allowed: tuple[str, ...]) -> list[AttitudesError]:
    """Return what is wrong with an option: nothing, or its message."""
    return [] if value in allowed else [OptionError.unknown(where, "option", value, allowed)]


def repaired_matrix(
    matrix: FloatArray, wanted: bool
) -> tuple[FloatArray, bool, float, tuple[str, ...]]:
    """Return the matrix, whether it was repaired, its smallest eigenvalue, and what to say."""
    fixed = repair_correlation(matrix)
    if not fixed.repaired:
        return matrix, False, fixed.smallest, ()
    said = f"smallest eigenvalue {fixed.smallest:.2g}: the matrix is not positive definite"
    if not wanted:
        return matrix, False, fixed.smallest, (said,)
    said += f"; repaired, no correlation changed by more than {fixed.largest_change:.2g}"
    return fixed.correlation, True, fixed.smallest, (said,)
