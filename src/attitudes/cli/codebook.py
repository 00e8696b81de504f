"""`attitudes codebook`: what a study asks, or the schema that a pack must follow."""

from __future__ import annotations

from typing import Annotated

import typer

from attitudes.cli.options import JsonOption

__all__ = ["register"]


def codebook(
    study: Annotated[
        str, typer.Option("--study", metavar="PACK", help="Bundled name, folder, or study.yaml.")
    ] = "kyrgyzstan-2023",
    lang: Annotated[
        str, typer.Option("--lang", metavar="CODE", help="Language of the labels.")
    ] = "en",
    schema: Annotated[
        bool, typer.Option("--schema", help="Write the JSON schema of study packs and stop.")
    ] = False,
    json_file: JsonOption = None,
) -> None:
    """Print a study's codebook: each variable, its wording, answers, keying and scale.

    Example: attitudes codebook --study kyrgyzstan-2023 --json codebook.json
    """
    from attitudes.cli.output import print_table, wants_quiet, write_json
    from attitudes.study.codebook import codebook_entries, codebook_rows
    from attitudes.study.loading import load_study
    from attitudes.study.schema import study_schema
    from attitudes.study.text import text_in

    if schema:
        write_json(json_file or "-", study_schema())
        return
    loaded = load_study(study)
    write_json(json_file, codebook_entries(loaded, lang=lang))
    if not wants_quiet(json_file):
        columns, rows = codebook_rows(loaded, lang=lang)
        print_table(columns, rows, title=f"{text_in(loaded.title, lang)} ({loaded.id})")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("codebook")(codebook)
