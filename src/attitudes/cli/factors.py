"""`attitudes factors`: the structure behind items, explored, confirmed, compared over groups."""

from __future__ import annotations

import importlib
import importlib.util

import typer

__all__ = ["COMMANDS", "register"]

COMMANDS = ("explore", "confirm", "compare", "invariance")


def register(app: typer.Typer) -> None:
    """Add the command group: each command lives in a module ``factors_<command>``."""
    group = typer.Typer(
        help="Explore, confirm and compare the factors behind items.", no_args_is_help=True
    )
    for command in COMMANDS:
        module = f"attitudes.cli.factors_{command}"
        if importlib.util.find_spec(module):
            importlib.import_module(module).register(group)
    app.add_typer(group, name="factors")
