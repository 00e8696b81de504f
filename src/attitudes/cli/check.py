"""`attitudes check`: is a data file usable for its study."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from attitudes.cli.options import (
    DecimalOption,
    EncodingOption,
    JsonOption,
    SeparatorOption,
    SheetOption,
    StudyOption,
)

if TYPE_CHECKING:
    from attitudes.survey.profile import DataCheck

__all__ = ["register"]

EXAMPLE = "Example: attitudes check answers.csv --study mystudy --json check.json"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=EXAMPLE)(check)


def check(
    file: Annotated[str, typer.Argument(help="Data file: .csv, .xlsx, .sav or .dta.")],
    study: StudyOption = None,
    encoding: EncodingOption = None,
    separator: SeparatorOption = None,
    decimal: DecimalOption = None,
    sheet: SheetOption = None,
    json_file: JsonOption = None,
) -> None:
    """Check a data file: rows, missing answers, distributions, everything that is wrong.

    Exit status 0: usable; 1: the check found failures; 2: the file cannot be read at all.
    """
    from attitudes.cli.output import wants_quiet, write_json
    from attitudes.study.loading import DEFAULT_STUDY, load_study
    from attitudes.survey.profile import check_responses

    found = check_responses(
        file,
        load_study(study or DEFAULT_STUDY),
        encoding=encoding,
        separator=separator,
        decimal=cast("Any", decimal),  # read_csv says what it may be
        sheet=sheet,
    )
    write_json(json_file, found.to_dict())
    if not wants_quiet(json_file):
        _show(found)
    raise typer.Exit(0 if found.passed else 1)


def _show(found: DataCheck) -> None:
    from attitudes.cli.output import print_table

    if found.ledger is None:
        typer.echo(f"{found.source}: {found.n_read} rows read")
        for failure in found.failures:
            typer.echo(f"  {failure}")
        many = len(found.failures) != 1
        typer.echo(f"{len(found.failures)} {'failures' if many else 'failure'}")
        return
    typer.echo(f"{found.ledger}")
    typer.echo(f"  provenance: {found.provenance}")
    rows = [
        (
            v.name,
            v.answered,
            ", ".join(f"{kind} {count}" for kind, count in v.missing.items()),
            ", ".join(f"{code}: {count}" for code, count in v.distribution.items())
            or (f"{v.least:g} to {v.greatest:g}" if v.least is not None else ""),
        )
        for v in found.variables
    ]
    print_table(("variable", "answered", "missing", "answers"), rows, numeric=("answered",))
    for warning in found.warnings:
        typer.echo(f"warning: {warning}")
