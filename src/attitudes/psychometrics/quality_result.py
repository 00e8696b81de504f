"""Indices of careless answering, and the flags that they raise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from attitudes.numerics.design import FloatArray, IntArray
from attitudes.psychometrics.quality_rules import QualityRules

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ResponseQuality"]


@dataclass(frozen=True, slots=True)
class ResponseQuality:
    """Indices and flags of every respondent.

    Attributes
    ----------
    items
        The items looked at.
    indices
        Name → number a respondent, length n; NaN where there is none.
    flags
        Name → whether the respondent is flagged, length n.
    pairs
        Synonym and antonym pairs found: ``{"synonyms": (("a", "b"), …), …}``.
    rules
        The rules.
    weights
        Sampling weights.
    notes
        Indices that could not be computed, and why.
    """

    items: tuple[str, ...]
    indices: Mapping[str, FloatArray]
    flags: Mapping[str, NDArray[np.bool_]]
    pairs: Mapping[str, tuple[tuple[str, str], ...]]
    rules: QualityRules
    weights: FloatArray
    notes: tuple[str, ...] = field(default=())

    @property
    def flagged(self) -> NDArray[np.bool_]:
        """Respondents with any flag."""
        return np.asarray(np.any([*self.flags.values()], axis=0))

    @property
    def n_flags(self) -> IntArray:
        """Number of flags of each respondent."""
        return np.asarray(np.sum([*self.flags.values()], axis=0), dtype=np.int64)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a respondent: indices, and flags as ``flag_<name>``."""
        import pandas as pd

        flags = {f"flag_{name}": values for name, values in self.flags.items()}
        return pd.DataFrame({**self.indices, **flags, "n_flags": self.n_flags})

    def summary(self) -> pd.DataFrame:
        """Return one row a rule: rule, n, share, weighted share; the last row is any flag."""
        import pandas as pd

        rows: list[dict[str, Any]] = []
        for name, values in [*self.flags.items(), ("any", self.flagged)]:
            rows.append(
                {
                    "rule": name,
                    "n": int(values.sum()),
                    "share": float(values.mean()),
                    "weighted_share": float(np.average(values, weights=self.weights)),
                }
            )
        return pd.DataFrame(rows)

    def __repr__(self) -> str:
        lines = [f"Response quality of {len(self.items)} items, {len(self.weights)} respondents"]
        lines.append(self.summary().round(4).to_string(index=False))
        return "\n".join([*lines, *self.notes])
