"""`attitudes init`: a draft study.yaml from a data file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from attitudes.cli.options import (
    DecimalOption,
    EncodingOption,
    JsonOption,
    SeparatorOption,
    SheetOption,
)

__all__ = ["register"]

EXAMPLE = "Example: attitudes init answers.sav --out mystudy"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=EXAMPLE)(init)


def init(
    file: Annotated[str, typer.Argument(help="Data file: .csv, .xlsx, .sav or .dta.")],
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of the new pack; default: named as the file."),
    ] = None,
    encoding: EncodingOption = None,
    separator: SeparatorOption = None,
    decimal: DecimalOption = None,
    sheet: SheetOption = None,
    json_file: JsonOption = None,
) -> None:
    """Draft a study pack from a data file; what a person must fill in is marked FILL IN."""
    from attitudes.cli.output import wants_quiet, write_json
    from attitudes.survey.draft import draft_study
    from attitudes.survey.draft_yaml import MARK, draft_yaml, write_draft

    draft = draft_study(file, encoding=encoding, separator=separator, decimal=decimal, sheet=sheet)
    path = write_draft(draft, Path(draft.id) if out is None else out)
    marks = draft_yaml(draft).count(MARK) - 1
    result = {
        "study": str(path),
        "questions": len(draft.questions),
        "responses": len(draft.responses),
        "left_out": dict(draft.left_out),
        "to_fill_in": marks,
    }
    write_json(json_file, result)
    if not wants_quiet(json_file):
        typer.echo(
            f"{path}: {len(draft.questions)} questions, {len(draft.responses)} response scales, "
            f"{marks} places to fill in (search for {MARK})"
        )
