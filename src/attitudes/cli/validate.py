"""The command `attitudes validate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from attitudes.cli.options import (
    DataOption,
    DecimalOption,
    EncodingOption,
    JsonOption,
    SeparatorOption,
    SheetOption,
    StudyOption,
)

if TYPE_CHECKING:
    from attitudes.workflows.validate import Validation

__all__ = ["register"]

EPILOG = (
    "Example: attitudes validate --json -. Exit status 1: a figure does worse than the pack "
    "expects, or a table that must come out does not."
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("validate", epilog=EPILOG)(validate_command)


def validate_command(
    study: StudyOption = None,
    data: DataOption = None,
    differences: Annotated[
        bool, typer.Option(help="List every figure that is not reproduced.")
    ] = True,
    json: JsonOption = None,
    expect: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write the statuses found, as the pack's expectations, to a file."
        ),
    ] = None,
    encoding: EncodingOption = None,
    separator: SeparatorOption = None,
    decimal: DecimalOption = None,
    sheet: SheetOption = None,
) -> None:
    """Regenerate every figure as published and hold it against the printed one."""
    from attitudes.cli.output import wants_quiet, write_json, write_text
    from attitudes.cli.respondents import load
    from attitudes.workflows.validate import expected_csv, validate

    pack, survey = load(
        study, data, encoding=encoding, separator=separator, decimal=decimal, sheet=sheet
    )
    result = validate(pack, survey)
    if not wants_quiet(json):
        _print(result, differences)
    write_json(json, result.to_dict())
    if expect is not None:
        write_text(expect, expected_csv(result.lines))
    raise typer.Exit(0 if result.passed else 1)


def _print(result: Validation, differences: bool) -> None:
    from attitudes.cli.output import print_table

    statuses = ["reproduced", "off", "excluded", "not_computable"]
    print_table(
        ["exhibit", "reproduced", "differs", "excluded", "cannot be computed"],
        [[name, *(c.get(s, 0) for s in statuses)] for name, c in result.counts().items()],
        title=f"{result.study} ({result.provenance} respondents), as published",
        numeric=["reproduced", "differs", "excluded", "cannot be computed"],
    )
    if differences:
        rows = [
            [*line.figure.key, line.figure.printed, line.printed, line.status, line.reason]
            for line in result.lines
            if line.status in ("off", "excluded")
        ]
        heads = ["exhibit", "row", "column", "statistic", "printed", "regenerated"]
        typer.echo()
        print_table([*heads, "status", "difference"], rows, title="Differences")
    if result.failures:
        typer.echo()
        print_table(
            ["exhibit", "row", "column", "statistic", "printed", "expected", "found", "why"],
            [
                [*f.line.figure.key, f.line.figure.printed, f.expected, f.line.status, f.reason]
                for f in result.failures
            ],
            title="Worse than expected",
        )
    typer.echo(str(result))
