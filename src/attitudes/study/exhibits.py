"""Exhibits: the tables, charts and maps of a report, declared, not drawn."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from attitudes.study.responses import Code
from attitudes.study.text import Frozen, Text

__all__ = [
    "CHART_KINDS",
    "TABLE_KINDS",
    "ConventionMode",
    "Exhibit",
    "ExhibitKind",
    "Geometry",
    "Section",
    "Statistic",
]

ExhibitKind = Literal[
    "means",
    "frequencies",
    "text",
    "allocation",
    "composition",
    "indicators",
    "stacked",
    "bars",
    "pie",
    "diverging",
    "dots",
    "scatter",
    "map",
]
ConventionMode = Literal["as_published", "recomputed", "both"]
Statistic = Literal["mean", "percent", "count"]

TABLE_KINDS = ("means", "frequencies", "text", "allocation", "composition", "indicators")
CHART_KINDS = ("stacked", "bars", "pie", "diverging", "dots", "scatter", "map")

_NEEDS: dict[str, tuple[str, ...]] = {
    "means": ("items",),
    "frequencies": ("items",),
    "text": ("file",),
    "allocation": ("file",),
    "composition": ("questions",),
    "indicators": ("file",),
    "stacked": ("items", "breakdown"),
    "bars": ("items",),
    "pie": ("questions",),
    "diverging": ("items",),
    "dots": ("items",),
    "scatter": ("x", "y"),
    "map": ("items", "breakdown", "geometry"),
}


class Section(Frozen):
    """A part of the report, in the order in which parts are declared.

    Attributes
    ----------
    id, title
        Its name, and its heading.
    intro
        A paragraph that opens it.
    """

    id: str
    title: Text
    intro: Text | None = None


class Geometry(Frozen):
    """Shapes of a map and which group each one is.

    Attributes
    ----------
    file
        GeoJSON of the pack.
    key
        Property of a feature that names it.
    places
        Group id → value of that property.
    points
        Group id → (longitude, latitude), for groups drawn as a point.
    source
        Where the shapes come from.
    """

    file: str
    key: str
    places: dict[Code, str]
    points: dict[Code, tuple[float, float]] = Field(default_factory=dict)
    source: Text | None = None


class Exhibit(Frozen):
    """One table, chart or map.

    Attributes
    ----------
    id, title
        Its name (also of its files), and its heading.
    kind
        Tables: ``means`` (items × groups), ``frequencies`` (answers × groups), ``text`` (a CSV as
        it stands), ``allocation`` (the planned sample, a CSV), ``composition`` (unweighted counts
        and shares of the respondents), ``indicators`` (administrative figures, a CSV).
        Charts: ``stacked`` (shares of the answers, a bar a group), ``bars``, ``pie``,
        ``diverging`` (Likert bars about the middle), ``dots`` (estimates with intervals),
        ``scatter`` (two scales with their correlation), ``map``.
    section
        Id of the report's part.
    questions, scales
        What is shown: questions by id, then all items of the scales.
    scores
        Whether a scale is shown by its score alone (True) or by its items and their total.
    breakdown
        Variable of the groups; None: all respondents.
    statistic
        ``"mean"``, ``"percent"`` or ``"count"``.
    box
        For percentages: the named box of answers; None: each answer.
    answers
        For percentages: the answers shown; default: all.
    convention
        What is shown: as published, recomputed, or both side by side.
    published
        Whether the pack holds published figures of it.
    figures
        Exhibit id of those figures; default: the exhibit's own id.
    total_column, total_row
        Whether all respondents together, and all items together, are shown.
    total_label
        Label of the Total row.
    missing_shown
        Whether don't know and refusal are shown, apart from the answers.
    order
        Groups in their order; default: that of the breakdown.
    x, y
        Scales of a scatter chart; its points are respondents, or groups when there is a breakdown.
    file
        CSV of the pack, for ``text``, ``allocation`` and ``indicators``.
    geometry
        Shapes of a map.
    caption, alt, notes
        Text below, description for those who do not see it, remarks.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Text
    kind: ExhibitKind
    section: str
    questions: tuple[str, ...] = ()
    scales: tuple[str, ...] = ()
    scores: bool = False
    breakdown: str | None = None
    statistic: Statistic = "mean"
    box: str | None = None
    answers: tuple[Code, ...] = ()
    convention: ConventionMode = "recomputed"
    published: bool = False
    figures: str | None = None
    total_column: bool = True
    total_row: bool = True
    total_label: Text | None = None
    missing_shown: bool = True
    order: tuple[Code, ...] = ()
    x: str | None = None
    y: str | None = None
    file: str | None = None
    geometry: Geometry | None = None
    caption: Text | None = None
    alt: Text | None = None
    notes: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> Exhibit:
        for need in _NEEDS[self.kind]:
            if need == "items":
                if not self.questions and not self.scales:
                    raise ValueError(f"an exhibit of kind {self.kind!r} needs questions or scales")
            elif not getattr(self, need):
                raise ValueError(f"an exhibit of kind {self.kind!r} needs {need!r}")
        return self

    @property
    def is_table(self) -> bool:
        """Whether it is a table (a chart or a map otherwise)."""
        return self.kind in TABLE_KINDS

    @property
    def figures_id(self) -> str:
        """Exhibit id under which its published figures stand."""
        return self.figures or self.id
