"""How the sample of a study is planned, so that the plan can be computed and drawn again."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from attitudes.study.responses import Code
from attitudes.study.text import Frozen, Text

__all__ = ["JoinRule", "SampleSpec"]

Rounding = Literal[
    "hamilton", "webster", "jefferson", "adams", "huntington-hill", "half_up", "half_even"
]
Selection = Literal[
    "pps_systematic",
    "pps_systematic_random",
    "brewer",
    "sampford",
    "max_entropy",
    "tille",
    "pivotal",
    "pivotal_random",
    "chromy",
]


class JoinRule(Frozen):
    """Which cells are drawn together because one alone would get no cluster.

    Attributes
    ----------
    within
        Column whose cells are joined: a small cell joins all others of its group.
    below
        Exact number of clusters under which a cell is small.
    reason
        Why.
    """

    within: str
    below: float = Field(default=0.5, gt=0)
    reason: Text


class SampleSpec(Frozen):
    """The planned sample.

    Attributes
    ----------
    interviews
        Planned number of interviews.
    cluster_size
        Interviews a cluster.
    population
        Totals table with the population of each cell; its ``by`` columns define the cells.
    rounding
        How interviews and clusters are made whole.
    join
        Which cells are drawn together.
    unit, size, households
        Columns of the frame: id of the unit, its measure of size, its households.
    measure
        What the measure of size counts, and where the published description says otherwise.
    selection
        How units are drawn within strata.
    segment_size
        Persons a segment; self-representing units are parted into segments, which are drawn.
    quotas
        Variable → group → share, for quotas of respondents; empty: none.
    exhibit, published_rounding
        Published table of the plan, and the rounding that its whole numbers show.
    reason
        What rests on assumption.
    """

    interviews: int = Field(ge=1)
    cluster_size: int = Field(ge=1)
    population: str
    rounding: Rounding = "hamilton"
    join: JoinRule | None = None
    unit: str = "psu"
    size: str = "size"
    households: str | None = None
    measure: Text | None = None
    selection: Selection = "pps_systematic_random"
    segment_size: int = Field(default=2500, ge=1)
    quotas: dict[str, dict[Code, float]] = Field(default_factory=dict)
    exhibit: str | None = None
    published_rounding: Rounding = "half_up"
    reason: Text | None = None
