"""What charts of weights show: how they are spread, and how much the largest carry."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["WeightCurve", "WeightPanel", "Weights"]


@dataclass(frozen=True, slots=True)
class WeightCurve:
    """One line: points, or a histogram whose x are edges, one more than y."""

    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class WeightPanel:
    """One panel: the weights before and after.

    Attributes
    ----------
    title, x_label, y_label
        What the panel says.
    before, after
        The two lines.
    shares
        Whether both axes are shares from 0 to 1; else a histogram.
    """

    title: str
    x_label: str
    y_label: str
    before: WeightCurve
    after: WeightCurve
    shares: bool


@dataclass(frozen=True, slots=True)
class Weights:
    """Panels side by side; ``names`` are those of before and after."""

    panels: tuple[WeightPanel, ...]
    names: tuple[str, str]
