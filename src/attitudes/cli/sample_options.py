"""What the commands of `attitudes sample` share: options, and how a table is shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FrameOption", "SeedOption", "StratumOption", "make_folder", "show"]

SeedOption = Annotated[
    int, typer.Option("--seed", metavar="NUMBER", min=0, help="Seed of all random choices.")
]
FrameOption = Annotated[
    str | None,
    typer.Option("--frame", metavar="FILE", help="CSV of strata or of sampling units."),
]
StratumOption = Annotated[
    str | None, typer.Option("--stratum", metavar="COLUMN", help="Column of strata.")
]


def make_folder(path: Path) -> Path:
    """Make a folder that is absent and return it.

    Raises
    ------
    AttitudesError
        When it cannot be made.
    """
    from attitudes.errors import AttitudesError

    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AttitudesError(
            str(path), f"no folder that can be made ({error.strerror})", "a folder to write into"
        ) from error
    return path


def show(table: pd.DataFrame, title: str) -> None:
    """Print a table with its title."""
    import pandas as pd

    from attitudes.cli.output import print_table

    numeric = [str(c) for c in table.columns if pd.api.types.is_numeric_dtype(table[c])]
    rows = [[_text(v) for v in row] for row in table.itertuples(index=False)]
    typer.echo(f"\n{title}")
    print_table([str(c) for c in table.columns], rows, numeric=numeric)


def _text(value: Any) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:.4g}"
    return str(value)
