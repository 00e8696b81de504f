"""What a reliability analysis found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from attitudes.numerics.factors.omega import Omega
from attitudes.numerics.scales.alpha import AlphaCoefficients
from attitudes.numerics.scales.guttman import SplitHalves
from attitudes.psychometrics.reliability_intervals import Interval

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ItemReliability", "Reliability"]

INTERVALS = (
    "alpha_standardised",
    "alpha_ordinal",
    "omega_total",
    "omega_ordinal",
    "omega_hierarchical",
)


@dataclass(frozen=True, slots=True)
class ItemReliability:
    """One item of a scale.

    Attributes
    ----------
    item, sign
        Its name and keying.
    n, mean, sd
        Respondents who answered it; (weighted) mean and standard deviation of the keyed answers.
    r_raw, r_total, r_corrected, r_rest
        Correlation with the mean of the answered items, with the total of standardised items, the
        same corrected for overlap by squared multiple correlations, and with the sum of the other
        items.
    alpha_dropped, alpha_standardised_dropped, lambda6_dropped, average_r_dropped
        Coefficients of the scale without the item; NaN for scales of two items.
    """

    item: str
    sign: int
    n: int
    mean: float
    sd: float
    r_raw: float
    r_total: float
    r_corrected: float
    r_rest: float
    alpha_dropped: float
    alpha_standardised_dropped: float
    lambda6_dropped: float
    average_r_dropped: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """Reliability of one scale.

    Attributes
    ----------
    scale, items
        Name, and items with a minus before those turned round.
    group
        Variable and group, for a part of the respondents; None for all.
    n, n_complete
        Respondents who answered any item, and all.
    alpha, alpha_standardised, alpha_ordinal
        Of covariances, correlations, polychoric correlations.
    intervals
        Standard error and interval by coefficient (``"alpha"``, ``"alpha_standardised"``,
        ``"alpha_ordinal"``, ``"omega_total"``, ``"omega_ordinal"``, ``"omega_hierarchical"``),
        for those that have one.
    average_r, median_r
        Of the inter-item correlations.
    lambdas
        Guttman's λ₁ … λ₆.
    halves
        Best, worst and average split half.
    omega_total, omega_ordinal
        Omega total of Pearson correlations (of one factor, or of the group factors when asked
        for), and of one factor of the polychoric correlations.
    omega
        Omega hierarchical and of group factors; None when not asked for.
    glb
        Greatest lower bound.
    item_table
        One entry an item.
    coefficients
        Alpha's relatives in full.
    warnings
        What a reader must know, one sentence each.
    groups
        The same for each group of ``by``.
    """

    scale: str
    items: tuple[str, ...]
    group: tuple[str, str] | None
    n: int
    n_complete: int
    alpha: float
    alpha_standardised: float
    alpha_ordinal: float
    intervals: Mapping[str, Interval]
    average_r: float
    median_r: float
    lambdas: tuple[float, ...]
    halves: SplitHalves | None
    omega_total: float
    omega_ordinal: float
    omega: Omega | None
    glb: float
    item_table: tuple[ItemReliability, ...]
    coefficients: AlphaCoefficients | None
    warnings: tuple[str, ...]
    groups: tuple[Reliability, ...]

    @property
    def interval(self) -> Interval | None:
        """Standard error and interval of raw alpha; None when not asked for."""
        return self.intervals.get("alpha")

    @property
    def omega_hierarchical(self) -> float:
        """Omega hierarchical; NaN when group factors were not asked for."""
        return float("nan") if self.omega is None else self.omega.hierarchical

    @property
    def se(self) -> float:
        """Standard error of alpha."""
        return float("nan") if self.interval is None else self.interval.se

    @property
    def ci_low(self) -> float:
        """Lower limit of alpha."""
        return float("nan") if self.interval is None else self.interval.low

    @property
    def ci_high(self) -> float:
        """Upper limit of alpha."""
        return float("nan") if self.interval is None else self.interval.high

    def row(self) -> dict[str, object]:
        """Return the coefficients as one row of a table."""
        named = {f"lambda{i + 1}": value for i, value in enumerate(self.lambdas)}
        return {
            "scale": self.scale,
            "group": "total" if self.group is None else self.group[1],
            "k": len(self.items),
            "n": self.n,
            "n_complete": self.n_complete,
            "alpha": self.alpha,
            "se": self.se,
            "ci_low": self.ci_low,
            "ci_high": self.ci_high,
            "alpha_standardised": self.alpha_standardised,
            "alpha_ordinal": self.alpha_ordinal,
            "omega_total": self.omega_total,
            "omega_hierarchical": self.omega_hierarchical,
            "omega_ordinal": self.omega_ordinal,
            "glb": self.glb,
            "average_r": self.average_r,
            **named,
            "split_worst": float("nan") if self.halves is None else self.halves.worst,
            "split_average": float("nan") if self.halves is None else self.halves.average,
            **{
                f"{name}_{part}": getattr(self.intervals.get(name), part, float("nan"))
                for name in INTERVALS
                for part in ("se", "low", "high")
            },
        }

    def to_frame(self) -> pd.DataFrame:
        """Return one row for all respondents and one a group."""
        import pandas as pd

        return pd.DataFrame([self.row(), *(group.row() for group in self.groups)])

    def items_frame(self) -> pd.DataFrame:
        """Return one row an item."""
        import pandas as pd

        return pd.DataFrame([asdict(item) for item in self.item_table])

    def groups_frame(self) -> pd.DataFrame:
        """Return one row a group factor of omega: its items, total, general and own share."""
        import pandas as pd

        columns = ["factor", "items", "total", "general", "group"]
        if self.omega is None:
            return pd.DataFrame(columns=columns)
        o = self.omega
        rows = [
            (
                f"F{g + 1}",
                ", ".join(n for n, m in zip(self.items, o.membership, strict=True) if m == g),
                float(o.group_total[g]),
                float(o.group_general[g]),
                float(o.group_specific[g]),
            )
            for g in range(len(o.group_total))
        ]
        return pd.DataFrame(rows, columns=columns)

    def __repr__(self) -> str:
        lines = [f"{self.scale}: {len(self.items)} items, n = {self.n}"]
        shown = f"alpha {self.alpha:.3f}"
        if self.interval is not None:
            shown += f" [{self.ci_low:.3f}, {self.ci_high:.3f}] ({self.interval.method})"
        lines.append(f"{shown}, omega {self.omega_total:.3f}, average r {self.average_r:.3f}")
        for group in self.groups:
            label = group.group[1] if group.group else ""
            lines.append(f"  {label}: alpha {group.alpha:.3f}, n = {group.n}")
        return "\n".join([*lines, *self.warnings])
