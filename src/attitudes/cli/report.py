"""The command `attitudes report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from attitudes.cli.options import (
    DataOption,
    DecimalOption,
    EncodingOption,
    JsonOption,
    LevelOption,
    SeparatorOption,
    SheetOption,
    StudyOption,
)

__all__ = ["register"]

EPILOG = (
    "Example: attitudes report --out reports/kyrgyzstan-2023. "
    "With another study: attitudes report --study data/ess10-norway --data answers.csv --out out."
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("report", epilog=EPILOG)(report)


def report(
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Folder to write into; made if absent. Default: reports/STUDY."
        ),
    ] = None,
    study: StudyOption = None,
    data: DataOption = None,
    formats: Annotated[
        str, typer.Option(metavar="LIST", help="Comma-separated: html, csv, xlsx, svg, png.")
    ] = "html,csv,xlsx,svg,png",
    lang: Annotated[
        str, typer.Option(metavar="CODE", help="Language of the report: en, ru, ky.")
    ] = "en",
    level: LevelOption = 0.95,
    encoding: EncodingOption = None,
    separator: SeparatorOption = None,
    decimal: DecimalOption = None,
    sheet: SheetOption = None,
    json: JsonOption = None,
) -> None:
    """Regenerate a study's report: tables, charts, one page, one workbook."""
    from attitudes.cli.output import wants_quiet, write_json
    from attitudes.cli.progress import progress_bar
    from attitudes.cli.respondents import load
    from attitudes.workflows.report import report as make

    pack, survey = load(
        study, data, encoding=encoding, separator=separator, decimal=decimal, sheet=sheet
    )
    folder = Path("reports") / pack.id if out is None else out
    chosen: Any = [name.strip() for name in formats.split(",") if name.strip()]
    with progress_bar() as progress:
        result = make(pack, survey, folder, chosen, lang, level=level, progress=progress)
    for line in result.report.lines:
        typer.echo(f"note: {line}", err=True)
    if not wants_quiet(json):
        typer.echo(
            f"{result.tables} tables and {result.charts} charts in {len(result.paths)} files: "
            f"{result.folder}"
        )
        typer.echo(result.report.provenance)
    write_json(
        json,
        {
            "study": pack.id,
            "provenance": survey.provenance,
            "tables": result.tables,
            "charts": result.charts,
            "files": [str(path) for path in result.paths],
        },
    )
