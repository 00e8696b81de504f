"""What a report is made of: tables, charts, paragraphs, chapters; no format, no computation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from attitudes.reporting.charts.specs import Chart

__all__ = [
    "Block",
    "Cell",
    "Chapter",
    "Convention",
    "Figure",
    "Group",
    "Head",
    "Mark",
    "Markup",
    "Paragraph",
    "Part",
    "Report",
    "ReportTable",
    "Statistic",
]

Convention = Literal["as_published", "recomputed", "declared"]
"""How numbers came about: as the report computed them, rightly, or stated in the pack."""

Mark = Literal["small_base", "few_clusters", "printed_differs", "not_estimable"]
Statistic = Literal["mean", "percent", "count", "number", "text"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One number (or text) of a table.

    Attributes
    ----------
    text
        As it is shown.
    value
        The number before it was rounded; None for a text or where there is no number.
    n
        Unweighted base: respondents whose answers the number rests on; None where none applies.
    se
        Standard error, in the unit of ``value``.
    low, high
        Ends of the interval.
    marks
        What a reader must know of this cell.
    """

    text: str
    value: float | None = None
    n: int | None = None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """Heading of a row or a column.

    Attributes
    ----------
    id
        Item, answer or domain.
    label
        As it is shown.
    n
        Unweighted base of the group; None where it differs by cell or does not apply.
    total
        Whether the row or column sums up the others.
    statistic
        What the numbers under a column are, where a table mixes them.
    """

    id: str
    label: str
    n: int | None = None
    total: bool = False
    statistic: Statistic | None = None


@dataclass(frozen=True, slots=True)
class ReportTable:
    """One table of a report, ready for any format.

    Attributes
    ----------
    id
        Identifier of the exhibit, the same under every convention.
    title
        Its title.
    convention
        How its numbers were computed.
    stub
        Heading of the column of row heads.
    columns, rows
        Headings.
    cells
        Rows of cells, ``cells[i][j]`` under ``columns[j]``.
    statistic
        What the numbers are.
    decimals
        Digits behind the point that are shown.
    notes
        Sentences under the table.
    provenance
        One sentence on whose answers these are.
    label
        The convention in words of the report's language.
    """

    id: str
    title: str
    convention: Convention
    stub: str
    columns: tuple[Head, ...]
    rows: tuple[Head, ...]
    cells: tuple[tuple[Cell, ...], ...]
    statistic: Statistic
    decimals: int
    notes: tuple[str, ...]
    provenance: str
    label: str

    def __post_init__(self) -> None:
        shape = [len(row) for row in self.cells]
        if shape != [len(self.columns)] * len(self.rows):
            raise ValueError(
                f"{self.id}: {len(self.rows)} × {len(self.columns)} heads, cells {shape}"
            )

    @property
    def name(self) -> str:
        """Name for files and sheets: the exhibit and its convention."""
        return self.id if self.convention == "declared" else f"{self.id}.{self.convention}"

    def cell(self, row: str, column: str) -> Cell:
        """Return the cell of a row and a column by their identifiers.

        Raises
        ------
        KeyError
            When there is no such row or column.
        """
        rows = {head.id: i for i, head in enumerate(self.rows)}
        columns = {head.id: j for j, head in enumerate(self.columns)}
        return self.cells[rows[row]][columns[column]]

    def __repr__(self) -> str:
        return f"ReportTable({self.name!r}, {len(self.rows)} × {len(self.columns)})"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Plain text; it is escaped where a format needs it."""

    text: str
    kind: Literal["text", "lead", "warning", "note"] = "text"


@dataclass(frozen=True, slots=True)
class Markup:
    """HTML that its author vouches for; other formats leave it out."""

    html: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart in the flow of a chapter."""

    chart: Chart


@dataclass(frozen=True, slots=True)
class Group:
    """What belongs together under one heading: the same exhibit under each convention.

    ``folded`` tables are shown on demand on the page; they are written to files all the same.
    """

    id: str
    title: str
    tables: tuple[ReportTable, ...] = ()
    charts: tuple[Chart, ...] = ()
    notes: tuple[str, ...] = ()
    folded: bool = False


Part = Literal["front", "results", "checks", "data"]
"""Parts of a report: summary, the study's sections, what the figures can bear, the data."""

Block = Paragraph | Markup | Figure | Group


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter: an identifier that is unique in the report, a title, blocks in order.

    ``part`` is where it stands in the contents; what assembles the report sets it.
    """

    id: str
    title: str
    blocks: tuple[Block, ...]
    part: Part = "results"


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report in one language.

    ``provenance`` is the sentence on whose answers it rests on, ``whose`` their kind:
    ``respondents``, ``reconstructed`` or ``generated``.
    """

    title: str
    subtitle: str
    lang: str
    provenance: str
    whose: str
    chapters: tuple[Chapter, ...]
    lines: tuple[str, ...] = ()

    def groups(self) -> Iterator[Group]:
        """Every group, in the order of the report."""
        for chapter in self.chapters:
            for block in chapter.blocks:
                if isinstance(block, Group):
                    yield block

    def tables(self) -> Iterator[ReportTable]:
        """Every table, in the order of the report."""
        for group in self.groups():
            yield from group.tables

    def charts(self) -> Iterator[Chart]:
        """Every chart, in the order of the report."""
        for chapter in self.chapters:
            for block in chapter.blocks:
                if isinstance(block, Figure):
                    yield block.chart
                elif isinstance(block, Group):
                    yield from block.charts
