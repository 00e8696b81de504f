"""The sampling design as a pack declares it, population totals, and the steps of weighting."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator

from attitudes.study.sample_spec import SampleSpec
from attitudes.study.text import Frozen, Text

__all__ = ["DesignSpec", "MergeRule", "Singleton", "TotalsTable", "WeightingStep"]

Singleton = Literal["error", "adjust", "average", "certainty", "remove"]
WeightingMethod = Literal[
    "base", "nonresponse", "poststratify", "rake", "calibrate", "trim", "rescale"
]


class MergeRule(Frozen):
    """Design strata that are taken as one for variance estimation.

    Attributes
    ----------
    into
        Id of the merged stratum.
    strata
        Ids of the strata that are merged.
    reason
        Why.
    """

    into: str
    strata: tuple[str, ...] = Field(min_length=2)
    reason: Text


class DesignSpec(Frozen):
    """How respondents were drawn, in columns of the data.

    Attributes
    ----------
    weight, stratum, psu, fpc
        Column names; a list names one a stage.
    singleton
        What is done with a stratum of one PSU.
    self_representing
        Strata that are units taken with certainty: their clusters are the PSUs.
    merge
        Strata merged for variance estimation, each with its reason.
    allocation
        File of the planned sample, a row a stratum (columns: stratum, its variables, population,
        interviews, clusters).
    frame
        File of the sampling frame, a row a unit.
    sample
        How the sample is planned and drawn.
    description
        The design in words.
    """

    weight: str | None = None
    stratum: tuple[str, ...] = ()
    psu: tuple[str, ...] = ()
    fpc: tuple[str, ...] = ()
    singleton: Singleton = "error"
    self_representing: tuple[str, ...] = ()
    merge: tuple[MergeRule, ...] = ()
    allocation: str | None = None
    frame: str | None = None
    sample: SampleSpec | None = None
    description: Text | None = None

    @field_validator("stratum", "psu", "fpc", mode="before")
    @classmethod
    def _one_or_list(cls, value: Any) -> Any:
        if value is None:
            return ()
        return (value,) if isinstance(value, str) else value

    def analysis_stratum(self, stratum: str) -> str:
        """Return the stratum that variance estimation uses for a design stratum."""
        for rule in self.merge:
            if stratum in rule.strata:
                return rule.into
        return stratum


class TotalsTable(Frozen):
    """Known population totals, a file with a row a cell.

    Attributes
    ----------
    file
        CSV of the pack.
    by
        Its columns that define cells, named as the variables of the study (or of the design).
    count
        Its column of totals.
    label
        What is counted.
    source
        Where the totals come from.
    """

    file: str
    by: tuple[str, ...] = Field(min_length=1)
    count: str
    label: Text
    source: Text | None = None


class WeightingStep(Frozen):
    """One step from design weights to analysis weights.

    Attributes
    ----------
    method
        What is done.
    by
        Variables of the step: adjustment classes, poststrata, or margins.
    totals
        Names of the totals tables that are matched.
    parameters
        Further arguments of the step, by name.
    reason
        Why.
    """

    method: WeightingMethod
    by: tuple[str, ...] = ()
    totals: tuple[str, ...] = ()
    parameters: dict[str, Any] = Field(default_factory=dict)
    reason: Text | None = None
