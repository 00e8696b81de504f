"""What charts and tables of scales are framed by: words, labels, whose answers these are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from attitudes.reporting.charts.specs import Body, Chart
from attitudes.reporting.words import Words

__all__ = ["ScaleFrame"]


@dataclass(frozen=True, slots=True)
class ScaleFrame:
    """What every chart of scales is framed by.

    Attributes
    ----------
    words
        The report's words.
    label
        From the id of a scale, an item (without its minus) or a group to its label.
    provenance
        One sentence on whose answers these are.
    level
        Of the intervals.
    """

    words: Words
    label: Callable[[str], str]
    provenance: str
    level: float = 0.95

    def item(self, name: str) -> str:
        """Return the label of an item; a minus stays in front of it."""
        plain = self.label(name.removeprefix("-"))
        return f"(\u2212) {plain}" if name.startswith("-") else plain

    def chart(self, id_: str, title: str, alt: str, caption: str, label: str, body: Body) -> Chart:
        """Return a chart under the recomputed convention."""
        return Chart(id_, title, alt, caption, "recomputed", label, self.provenance, body)

    def correlations(self, kind: str) -> str:
        """Return the convention of what rests on a kind of correlations."""
        return self.words("scales.convention.factors", kind=self.words(f"scales.kind.{kind}"))
