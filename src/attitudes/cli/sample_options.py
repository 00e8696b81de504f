"""What the commands of `attitudes sample` share: options, and how a table is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FrameOption", "JsonOption", "SeedOption", "StudyOption", "show"]

StudyOption = Annotated[
    str | None, typer.Option("--study", help="Study pack: a bundled name, a folder, a study.yaml.")
]
JsonOption = Annotated[
    str | None, typer.Option("--json", help="Write the result as JSON; - for standard output.")
]
SeedOption = Annotated[int, typer.Option("--seed", help="Seed of all random choices.")]
FrameOption = Annotated[
    str | None, typer.Option("--frame", help="CSV of strata or of sampling units.")
]


def show(table: pd.DataFrame, title: str) -> None:
    """Print a table with its title."""
    import pandas as pd

    from attitudes.cli.output import print_table

    numeric = [str(c) for c in table.columns if pd.api.types.is_numeric_dtype(table[c])]
    rows = [[_text(v) for v in row] for row in table.itertuples(index=False)]
    print_table([str(c) for c in table.columns], rows, title=title, numeric=numeric)


def _text(value: Any) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:.4g}"
    return str(value)
