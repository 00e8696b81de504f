"""The command `attitudes report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

__all__ = ["register"]

EPILOG = (
    "Example: attitudes report --out reports/kyrgyzstan-2023. "
    "With another study: attitudes report --study data/ess10-norway --data answers.csv --out out."
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("report", epilog=EPILOG)(report)


def report(
    out: Annotated[Path, typer.Option(help="Folder to write into; made when absent.")],
    study: Annotated[
        str | None, typer.Option(help="Study pack: a bundled name, a folder, or a study.yaml.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Respondents; default: those of the pack.")
    ] = None,
    formats: Annotated[
        str, typer.Option(help="Comma-separated: html, csv, xlsx, svg, png.")
    ] = "html,csv,xlsx,svg,png",
    lang: Annotated[str, typer.Option(help="Language of the report: en, ru, ky.")] = "en",
    level: Annotated[float, typer.Option(help="Level of the intervals.")] = 0.95,
    json: Annotated[
        str | None, typer.Option(help="Write what was made as JSON to a file; - for stdout.")
    ] = None,
) -> None:
    """Regenerate a study's report: tables, charts, one page, one workbook."""
    from attitudes.cli.output import wants_quiet, write_json
    from attitudes.cli.progress import progress_bar
    from attitudes.cli.respondents import load
    from attitudes.workflows.report import report as make

    pack, survey = load(study, data)
    chosen: Any = [name.strip() for name in formats.split(",") if name.strip()]
    with progress_bar() as progress:
        result = make(pack, survey, out, chosen, lang, level=level, progress=progress)
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
