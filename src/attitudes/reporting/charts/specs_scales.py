"""What charts of scales show: matrices, eigenvalues, paths, curves; plain data."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "Arrow",
    "Curve",
    "CurvePanel",
    "HeatMap",
    "ItemCurves",
    "Node",
    "Paths",
    "Scree",
    "ScreePanel",
]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Numbers between −1 and 1 in rows and columns, coloured by sign and size.

    Attributes
    ----------
    rows, columns
        Labels.
    values
        ``values[i][j]``; None leaves a cell empty.
    limit
        The number at which the colour is full.
    salient
        Numbers at least so large are written bold, smaller ones faint.
    written
        Whether the numbers are written into the cells.
    extra
        Columns of plain numbers to the right, such as communalities: label → one a row.
    breaks
        Rows before which a thin gap stands.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    limit: float = 1.0
    salient: float = 0.3
    written: bool = True
    extra: tuple[tuple[str, tuple[float | None, ...]], ...] = ()
    breaks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ScreePanel:
    """Eigenvalues of one kind.

    Attributes
    ----------
    title
        What the panel says.
    observed, mean, upper
        Eigenvalues: of the answers, and mean and upper quantile of the simulated data.
    found
        How many stand out.
    """

    title: str
    observed: tuple[float, ...]
    mean: tuple[float, ...]
    upper: tuple[float, ...]
    found: int


@dataclass(frozen=True, slots=True)
class Scree:
    """Eigenvalues by number against those of data without common factors.

    ``names`` are those of the lines: observed, mean and upper quantile of the simulated data.
    """

    panels: tuple[ScreePanel, ...]
    names: tuple[str, str, str]
    axis: str


@dataclass(frozen=True, slots=True)
class Node:
    """One variable of a path diagram; ``column`` is 0 for the leftmost."""

    id: str
    label: str
    latent: bool
    column: int


@dataclass(frozen=True, slots=True)
class Arrow:
    """One path: from a cause to its effect, or a correlation without direction."""

    source: str
    target: str
    value: float
    both: bool = False
    faint: bool = False


@dataclass(frozen=True, slots=True)
class Paths:
    """A path diagram: variables in columns, arrows between them."""

    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """One answer's probability along the latent value."""

    answer: str
    y: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class CurvePanel:
    """One item's curves; ``note`` stands under its title."""

    title: str
    note: str
    curves: tuple[Curve, ...]


@dataclass(frozen=True, slots=True)
class ItemCurves:
    """Item characteristic curves, a panel an item."""

    x: tuple[float, ...]
    panels: tuple[CurvePanel, ...]
    answers: tuple[str, ...]
    x_label: str
    y_label: str
