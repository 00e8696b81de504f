"""`attitudes sample`: sample size, allocation, draw, field plan."""

from __future__ import annotations

import typer

from attitudes.cli.sample_allocate import allocate
from attitudes.cli.sample_draw import draw
from attitudes.cli.sample_fieldplan import fieldplan
from attitudes.cli.sample_size import size

__all__ = ["register"]

EXAMPLES = {
    "size": "attitudes sample size --margin 0.03 --icc 0.05 --cluster-size 18",
    "allocate": "attitudes sample allocate --study kyrgyzstan-2023",
    "draw": "attitudes sample draw --seed 7 --out clusters.csv",
    "fieldplan": "attitudes sample fieldplan --seed 7 --out field/",
}


def register(app: typer.Typer) -> None:
    """Add the group and its commands."""
    group = typer.Typer(help="Plan and draw a sample.", no_args_is_help=True, rich_markup_mode=None)
    for command in (size, allocate, draw, fieldplan):
        name = command.__name__
        group.command(name, epilog=f"Example: {EXAMPLES[name]}")(command)
    app.add_typer(group, name="sample")
