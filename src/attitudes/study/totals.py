"""Known population totals of a pack."""

from __future__ import annotations

import math
from pathlib import Path

from attitudes.errors import AttitudesError, FigureError, raise_all
from attitudes.study.design_spec import TotalsTable
from attitudes.study.tables import read_table

__all__ = ["read_totals"]


def read_totals(path: Path, spec: TotalsTable) -> dict[tuple[str, ...], float]:
    """Read known totals by cell.

    Raises
    ------
    FigureError
        Columns that are not there, totals that are not numbers of at least 0, cells that stand
        twice: all together.
    """
    table = read_table(path)
    for name in (*spec.by, spec.count):
        if name not in table.columns:
            raise FigureError.unknown(f"{path}, line 1", "column", name, table.columns)
    totals: dict[tuple[str, ...], float] = {}
    failures: list[AttitudesError] = []
    for record, line in zip(table.records(), table.lines, strict=True):
        cell = tuple(record[name] for name in spec.by)
        where = f"{path}, line {line}"
        try:
            value = float(record[spec.count])
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and value >= 0):
            found = repr(record[spec.count])
            failures.append(FigureError(f"{where}, column {spec.count}", found, "a number from 0"))
        elif cell in totals:
            failures.append(FigureError(where, f"the cell {cell} again", "each cell once"))
        else:
            totals[cell] = value
    raise_all(failures)
    return totals
