"""The command `attitudes`: its groups, its exit codes, its one-line errors."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from attitudes import __version__
from attitudes.errors import AttitudesError

__all__ = ["GROUPS", "app", "main"]

GROUPS = (
    "report",
    "validate",
    "audit",
    "reconstruct",
    "sample",
    "weigh",
    "estimate",
    "test",
    "reliability",
    "factors",
    "scores",
    "quality",
    "check",
    "init",
    "codebook",
)


class OneLineErrors(TyperGroup):
    """Bad input gives its message on standard error and exit status 2, never a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command chosen."""
        try:
            return super().invoke(ctx)
        except AttitudesError as error:
            for line in str(error).splitlines():
                typer.echo(f"attitudes: {line}", err=True)
        except FileNotFoundError as error:
            typer.echo(f"attitudes: {error.filename}: found no such file", err=True)
        except PermissionError as error:
            typer.echo(f"attitudes: {error.filename}: found no permission to use it", err=True)
        except IsADirectoryError as error:
            typer.echo(f"attitudes: {error.filename}: found a folder where a file is due", err=True)
        return ctx.exit(2)


app = typer.Typer(
    name="attitudes",
    cls=OneLineErrors,
    help="Likert answers from complex samples: estimates, scales, weights, reports, audits.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    epilog="Exit status: 0 all well; 1 done, and the check found something; "
    "2 the input or the call cannot be used.",
)


def _version(show: bool) -> None:
    if show:
        typer.echo(f"attitudes {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Likert answers from complex samples: estimates, scales, weights, reports, audits."""


for _group in GROUPS:
    importlib.import_module(f"attitudes.cli.{_group}").register(app)


def main() -> None:
    """Run the command; a reader that closed the pipe ends it quietly.

    Most matrices here are small: threads of the linear algebra would wait for each other longer
    than they compute, so there is one unless the environment asks for more.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    try:
        app(standalone_mode=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


if __name__ == "__main__":
    main()
