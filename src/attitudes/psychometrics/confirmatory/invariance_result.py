"""Results of tests of measurement invariance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from attitudes.errors import OptionError
from attitudes.numerics.sem.difference import DifferenceTest
from attitudes.psychometrics.confirmatory.as_html import as_html, said_of
from attitudes.psychometrics.confirmatory.comparison import measure_row
from attitudes.psychometrics.confirmatory.release import Release
from attitudes.psychometrics.confirmatory.result import ConfirmatoryAnalysis

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LEVELS", "Index", "Invariance", "Level", "LevelFit"]

Level = Literal["configural", "metric", "scalar", "strict"]
Index = Literal["naive", "scaled", "robust"]
LEVELS: tuple[Level, ...] = get_args(Level)


@dataclass(frozen=True, slots=True)
class LevelFit:
    """One level of invariance.

    Attributes
    ----------
    level
        Which.
    fit
        Its model; None when it could not be estimated.
    cfi_change, rmsea_change, srmr_change
        Against the level before it; NaN for the first.
    difference
        χ² difference to the level before it; None for the first.
    holds
        Whether CFI falls by no more than 0.010 and RMSEA rises by no more than 0.015; True for
        the first, whose fit is for the reader to judge.
    released
        Parameters that were left free at this level (partial invariance).
    problem
        Why there is no fit.
    """

    level: Level
    fit: ConfirmatoryAnalysis | None
    cfi_change: float = np.nan
    rmsea_change: float = np.nan
    srmr_change: float = np.nan
    difference: DifferenceTest | None = None
    holds: bool = True
    released: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Invariance:
    """Levels of measurement invariance across groups.

    Attributes
    ----------
    by, groups, n
        Column, groups and their respondents.
    factors
        What is measured.
    levels
        From the weakest to the strongest.
    index
        Which CFI and RMSEA are compared: ``"naive"``, ``"scaled"`` or ``"robust"``.
    suggestions
        Score tests of the equalities at the first level that does not hold, the worst first.
    estimator
        Of all models.
    warnings
        What a reader must know, one sentence each.
    provenance
        Whose answers these are.
    """

    by: str
    groups: tuple[str, ...]
    n: tuple[int, ...]
    factors: tuple[str, ...]
    levels: tuple[LevelFit, ...]
    index: Index
    suggestions: tuple[Release, ...]
    estimator: str
    warnings: tuple[str, ...]
    provenance: str

    def __getitem__(self, level: str) -> ConfirmatoryAnalysis:
        """Return the model of a level.

        Raises
        ------
        OptionError
            An unknown level, or one that could not be estimated.
        """
        for one in self.levels:
            if one.level == level and one.fit is not None:
                return one.fit
        known = [one.level for one in self.levels if one.fit is not None]
        raise OptionError.unknown("invariance", "level", level, known)

    @property
    def level_reached(self) -> str:
        """The strongest level that holds together with all before it; ``"none"`` without one."""
        reached = "none"
        for one in self.levels:
            if one.fit is None or not one.holds:
                break
            reached = one.level
        return reached

    @property
    def partial(self) -> bool:
        """Whether some parameter had to be left free."""
        return any(one.released for one in self.levels)

    @property
    def warning(self) -> str | None:
        """The sentence that goes with tables of the factors' scores by these groups, or None."""
        order = ["none", *LEVELS]
        reached = self.level_reached
        if order.index(reached) >= order.index("scalar"):
            return None
        what = " and ".join(self.factors) if len(self.factors) < 3 else "The scales"
        failed = self.levels[order.index(reached)] if reached != "none" else self.levels[0]
        if failed.fit is None:
            why = f"the {failed.level} model could not be estimated"
        else:
            why = f"{failed.level} invariance fails, CFI {failed.cfi_change:+.3f}"
        return (
            f"{what}: not measured alike across {self.by} ({why}); "
            "differences between these groups may be differences in how the items are understood"
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row a level: level, npar, measures of fit, changes, the difference test,
        holds, released."""
        import pandas as pd

        rows: list[dict[str, Any]] = []
        for one in self.levels:
            row: dict[str, Any] = {"level": one.level}
            if one.fit is not None:
                row |= {"npar": one.fit.table.n_free, **measure_row(one.fit)}
            row |= {
                "cfi_change": one.cfi_change,
                "rmsea_change": one.rmsea_change,
                "srmr_change": one.srmr_change,
            }
            if one.difference is not None:
                d = one.difference
                row |= {"chisq_diff": d.chisq, "df_diff": d.df, "p_diff": d.p}
            rows.append(
                row
                | {"holds": one.holds, "released": ", ".join(one.released), "problem": one.problem}
            )
        frame = pd.DataFrame(rows)
        last = ["cfi_change", "rmsea_change", "srmr_change", "chisq_diff", "df_diff", "p_diff"]
        last = [c for c in (*last, "holds", "released", "problem") if c in frame]
        return frame[[c for c in frame.columns if c not in last] + last]

    def suggestions_frame(self) -> pd.DataFrame:
        """Return one row an equality that might be released: parameter, group, chisq, p, change."""
        import pandas as pd

        columns = ["parameter", "group", "chisq", "df", "p", "change"]
        rows = [[getattr(s, c) for c in columns] for s in self.suggestions]
        return pd.DataFrame(rows, columns=columns)

    def _repr_html_(self) -> str:
        title = repr(self).split("\n", 1)[0]
        notes = [f"Reached: {self.level_reached}", *([self.warning] if self.warning else [])]
        return as_html(title, self.to_frame(), [*notes, *self.warnings])

    def __repr__(self) -> str:
        sizes = ", ".join(f"{g} ({n})" for g, n in zip(self.groups, self.n, strict=True))
        kept = ["level", "chisq", "df", "cfi", "rmsea", "srmr", "cfi_change", "rmsea_change"]
        frame = self.to_frame()
        more = [c for c in ("chisq_diff", "df_diff", "p_diff", "holds", "released") if c in frame]
        lines = [
            f"Invariance across {self.by}: {sizes}; {self.estimator}{said_of(self.provenance)}",
            frame[kept + more].set_index("level").round(4).to_string(),
            f"Reached: {self.level_reached}; changes are of the {self.index} indices",
        ]
        return "\n".join([*lines, *([self.warning] if self.warning else []), *self.warnings])
