"""Result of a test of differential item functioning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from attitudes.psychometrics.confirmatory.as_html import as_html, said_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DifItem", "DifResult"]


@dataclass(frozen=True, slots=True)
class DifItem:
    """How one item works across the groups.

    Attributes
    ----------
    item
        Name, with a minus when it was turned round.
    uniform, nonuniform, total
        p-values: of a shift between groups, of different slopes, of both together.
    statistic_uniform, statistic_nonuniform, statistic_total
        Likelihood-ratio χ² or design-based F.
    df
        Groups less one; twice that for both together.
    p_adjusted
        ``total`` adjusted over the items (Holm).
    nagelkerke, mcfadden
        What group and product add to R².
    nagelkerke_uniform, mcfadden_uniform
        What the group alone adds.
    shifts
        Log odds of a higher keyed answer in each group against the first, at the same score.
    size
        ``"negligible"``, ``"moderate"`` or ``"large"`` by the added R² (Nagelkerke; Jodoin and
        Gierl's limits 0.035 and 0.070); negligible without significance.
    problem
        Why the item could not be tested; empty otherwise.
    """

    item: str
    uniform: float
    nonuniform: float
    total: float
    statistic_uniform: float
    statistic_nonuniform: float
    statistic_total: float
    df: int
    p_adjusted: float
    nagelkerke: float
    mcfadden: float
    nagelkerke_uniform: float
    mcfadden_uniform: float
    shifts: tuple[float, ...]
    size: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class DifResult:
    """Differential item functioning of a scale across groups.

    Attributes
    ----------
    scale, by, groups, n
        What was tested, and on how many respondents of each group.
    items
        One entry an item.
    covariance
        ``"independent"``: likelihood-ratio tests; ``"design"``: Wald's F.
    purified
        Items left out of the matching score, as they work differently themselves.
    warnings
        What a reader must know, one sentence each.
    provenance
        Whose answers these are.
    """

    scale: str
    by: str
    groups: tuple[str, ...]
    n: tuple[int, ...]
    items: tuple[DifItem, ...]
    covariance: str
    purified: tuple[str, ...]
    warnings: tuple[str, ...]
    provenance: str

    @property
    def flagged(self) -> tuple[str, ...]:
        """Items whose difference is moderate or large."""
        return tuple(i.item for i in self.items if i.size in ("moderate", "large"))

    def to_frame(self) -> pd.DataFrame:
        """Return one row an item: item, p_uniform, p_nonuniform, p_total, p_adjusted,
        statistics, df, R² added, size, a column of shifts for each group but the first."""
        import pandas as pd

        rows = []
        for i in self.items:
            row = {
                "item": i.item,
                "statistic_uniform": i.statistic_uniform,
                "p_uniform": i.uniform,
                "statistic_nonuniform": i.statistic_nonuniform,
                "p_nonuniform": i.nonuniform,
                "statistic_total": i.statistic_total,
                "p_total": i.total,
                "df": i.df,
                "p_adjusted": i.p_adjusted,
                "nagelkerke": i.nagelkerke,
                "mcfadden": i.mcfadden,
                "nagelkerke_uniform": i.nagelkerke_uniform,
                "mcfadden_uniform": i.mcfadden_uniform,
                "size": i.size,
            }
            row |= {f"shift_{g}": v for g, v in zip(self.groups[1:], i.shifts, strict=False)}
            rows.append(row | {"problem": i.problem})
        return pd.DataFrame(rows)

    def _repr_html_(self) -> str:
        title = repr(self).split("\n", 1)[0]
        return as_html(title, self.to_frame(), self.warnings)

    def __repr__(self) -> str:
        sizes = ", ".join(f"{g} ({n})" for g, n in zip(self.groups, self.n, strict=True))
        kept = ["item", "p_uniform", "p_nonuniform", "p_adjusted", "nagelkerke", "size"]
        lines = [
            f"Differential item functioning of {self.scale} across {self.by}: {sizes}"
            f"{said_of(self.provenance)}",
            self.to_frame()[kept].set_index("item").round(4).to_string(),
        ]
        return "\n".join([*lines, *self.warnings])
