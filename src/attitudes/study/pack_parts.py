"""What a pack says beside the codebook: its source, its respondents, its files, its methods."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from attitudes.study.text import Frozen, Text

__all__ = ["DataSpec", "Disclosure", "Published", "Source"]


class Source(Frozen):
    """The document that a study is taken from.

    Attributes
    ----------
    citation
        Who published what, when.
    url
        Where it is.
    file
        Name of the text that was transcribed.
    rights
        What may be taken from it, and what was.
    """

    citation: Text
    url: str | None = None
    file: str | None = None
    rights: Text | None = None


class DataSpec(Frozen):
    """The respondents that belong to a pack.

    Attributes
    ----------
    file
        Data file of the pack; None: the pack has none, and the call must name one.
    respondent
        Column of the respondents' id.
    provenance
        Whose answers these are.
    note
        What every output made from them must say.
    """

    file: str | None = None
    respondent: str | None = None
    provenance: Literal["respondents", "reconstructed", "generated"] = "respondents"
    note: Text | None = None


class Published(Frozen):
    """Files of the pack that hold what the report prints.

    Attributes
    ----------
    figures, claims
        Numbers, and statements of order.
    expected
        Expected status of each figure when it is regenerated.
    indicators
        Administrative figures of other sources.
    sources
        Source file of an indicator → its title.
    """

    figures: str | None = None
    claims: str | None = None
    expected: str | None = None
    indicators: str | None = None
    sources: dict[str, Text] = Field(default_factory=dict)


class Disclosure(Frozen):
    """What readers are told of the methods, and when a cell is too small.

    Attributes
    ----------
    minimum_base
        Cells with fewer respondents are marked.
    minimum_df
        Intervals with fewer degrees of freedom (sampled clusters less strata) are marked.
    methods
        Heading → text of the methods statement, in order.
    """

    minimum_base: int = Field(default=30, ge=1)
    minimum_df: int = Field(default=8, ge=1)
    methods: dict[str, Text] = Field(default_factory=dict)
