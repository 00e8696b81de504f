"""Published figures: numbers as printed, and where."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from attitudes.errors import AttitudesError, FigureError, raise_all
from attitudes.study.tables import read_table

__all__ = ["FIGURE_COLUMNS", "Figure", "parse_printed", "read_figures"]

FIGURE_COLUMNS = ("exhibit", "row", "column", "statistic", "printed", "section")

_GROUPED = re.compile(r"^[+-]?\d{1,3}(?:[,\u00a0\u202f ]\d{3})+(?:\.\d+)?$", re.ASCII)
_PLAIN = re.compile(r"^[+-]?\d+(?:[.,]\d+)?$", re.ASCII)


def parse_printed(printed: str) -> Decimal:
    """Return the number that a printed string stands for, with its printed decimals.

    A percent sign is left off. A comma is a decimal comma, unless what follows it are groups of
    three digits: then it parts thousands.

    Raises
    ------
    ValueError
        When it is not a number.

    Examples
    --------
    >>> parse_printed("2.10"), parse_printed("15,9%"), parse_printed("5,045")
    (Decimal('2.10'), Decimal('15.9'), Decimal('5045'))
    """
    text = printed.strip().removesuffix("%").strip().replace("\u2212", "-")
    if _GROUPED.match(text) and not text.lstrip("+-").startswith("0"):
        return Decimal(re.sub(r"[,\u00a0\u202f ]", "", text))
    if _PLAIN.match(text):
        return Decimal(text.replace(",", "."))
    raise ValueError(f"{printed!r} is not a number")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that a report prints.

    Attributes
    ----------
    exhibit
        Table, chart or passage of text.
    row
        Item, answer or subject; ``total`` for all.
    column
        Group; ``total`` for all.
    statistic
        What the number is: ``mean``, ``percent``, ``percent:agree``, ``count`` …
    printed
        The number as printed: ``2.10`` is not ``2.1``.
    section
        Part of the report that prints it.
    value
        The printed number, with its printed decimals.
    """

    exhibit: str
    row: str
    column: str
    statistic: str
    printed: str
    section: str
    value: Decimal = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", parse_printed(self.printed))

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What identifies the figure: exhibit, row, column, statistic."""
        return (self.exhibit, self.row, self.column, self.statistic)

    @property
    def decimals(self) -> int:
        """Number of printed decimals.

        Examples
        --------
        >>> Figure("t", "q1", "total", "mean", "2,4", "III").decimals
        1
        """
        exponent = self.value.as_tuple().exponent
        return -exponent if isinstance(exponent, int) else 0


def read_figures(path: Path) -> tuple[Figure, ...]:
    """Read a file of published figures.

    Raises
    ------
    FigureError
        Empty cells, strings that are no numbers, figures that stand twice: all together.

    Notes
    -----
    The same exhibit, row, column and statistic may be printed in several sections, with the same
    number or another; within one section it stands once.
    """
    table = read_table(path, FIGURE_COLUMNS)
    figures: list[Figure] = []
    failures: list[AttitudesError] = []
    seen: dict[tuple[str, ...], int] = {}
    for cells, line in zip(table.rows, table.lines, strict=True):
        where = f"{path}, line {line}"
        if empty := [n for n, c in zip(FIGURE_COLUMNS, cells, strict=True) if not c]:
            failures.append(FigureError(f"{where}, column {empty[0]}", "nothing", "a value"))
            continue
        key = (*cells[:4], cells[5])
        if key in seen:
            failures.append(
                FigureError(where, f"the figure of line {seen[key]} again", "each figure once")
            )
            continue
        seen[key] = line
        try:
            figures.append(Figure(*cells))
        except ValueError:
            failures.append(
                FigureError(f"{where}, column printed", repr(cells[4]), "a number as printed")
            )
    raise_all(failures)
    return tuple(figures)
