"""The command `attitudes reconstruct`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["register"]

EPILOG = (
    "Example: attitudes reconstruct --out respondents.csv --ledger ledger.csv --seed 7. "
    "The respondents are marked as reconstructed in every row."
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("reconstruct", epilog=EPILOG)(reconstruct_command)


def reconstruct_command(
    study: Annotated[
        str | None, typer.Option(help="Study pack: a bundled name, a folder, or a study.yaml.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="CSV of respondents to write.")] = None,
    ledger: Annotated[Path | None, typer.Option(help="CSV ledger of the figures to write.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed; default: the pack's.")] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Allow --out to be the pack's own respondents.")
    ] = False,
    json: Annotated[
        str | None, typer.Option(help="Write the result as JSON to a file; - for stdout.")
    ] = None,
) -> None:
    """Make respondents whose tables, as published, print the report's figures."""
    from attitudes.cli.output import print_table, wants_quiet, write_json, write_text
    from attitudes.cli.progress import progress_bar
    from attitudes.study.loading import DEFAULT_STUDY, load_study
    from attitudes.workflows.reconstruct import (
        check_out,
        ledger_text,
        reconstruct_study,
        respondents_csv,
    )

    pack = load_study(study or DEFAULT_STUDY)
    if out is not None and not replace:
        check_out(pack, out)
    with progress_bar() as bar:
        result = reconstruct_study(
            pack, seed=seed, progress=lambda done, total, what: bar("questions", done, total)
        )
    if out is not None:
        write_text(out, respondents_csv(result))
    if ledger is not None:
        write_text(ledger, ledger_text(result))
    if not wants_quiet(json):
        typer.echo(str(result.reconstruction))
        payload = result.to_dict()
        print_table(["status", "figures"], sorted(payload["statuses"].items()), numeric=["figures"])
        typer.echo("Reconstructed from published figures; what they do not print is invented.")
    write_json(json, result.to_dict())
