"""`attitudes scores`: scores of scales for every respondent."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from attitudes.cli.scale_options import (
    Bounds,
    Data,
    Fpc,
    ItemList,
    Json,
    Plain,
    Psu,
    Stratum,
    Study,
    Weight,
)

__all__ = ["register"]

EXAMPLE = "Example: attitudes scores trust --method pomp --by region --out scored.csv"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("scores", epilog=EXAMPLE)(scores_command)


def scores_command(
    scales: Annotated[
        list[str] | None, typer.Argument(help="Scales of the study; default: all of them.")
    ] = None,
    items: ItemList = None,
    by: Annotated[list[str] | None, typer.Option(help="Groups of the table of means.")] = None,
    study: Study = None,
    data: Data = None,
    plain: Plain = False,
    weight: Weight = None,
    stratum: Stratum = None,
    psu: Psu = None,
    fpc: Fpc = None,
    ends: Bounds = None,
    method: Annotated[
        str, typer.Option(help="mean, sum, pomp (percent of maximum) or eap (latent value).")
    ] = "mean",
    minimum: Annotated[
        float | None, typer.Option(help="Least number (or share below 1) of items answered.")
    ] = None,
    impute: Annotated[
        str | None, typer.Option(help="person_mean, item_mean, item_median or two_way.")
    ] = None,
    convention: Annotated[str, typer.Option(help="recomputed or as_published.")] = "recomputed",
    singleton: Annotated[
        str, typer.Option(help="Strata of one PSU: error, adjust, average, certainty or remove.")
    ] = "error",
    out: Annotated[Path | None, typer.Option(help="CSV file for the data with scores.")] = None,
    json_file: Json = None,
) -> None:
    """Score scales, show their means with design-based intervals, and write the scored data.

    Exit status 0: done; 2: input that cannot be used.
    """
    from attitudes.cli.output import wants_quiet, write_json, write_text
    from attitudes.cli.scale_options import frame_rows, named_items, read_survey, show_frame, source
    from attitudes.cli.scale_options import tell as tell_source
    from attitudes.estimation.mean import mean
    from attitudes.psychometrics.scoring import score

    survey = read_survey(study, data, plain, weight, stratum, psu, fpc)
    wanted = named_items(survey, scales, items)
    chosen: Any = {"method": method, "impute": impute, "convention": convention}
    scored = score(survey, wanted, minimum_answered=minimum, ends=ends, suffix="_score", **chosen)
    columns = [f"{label}_score" for label in wanted]
    estimator: Any = mean
    table = estimator(scored, columns, by=by, singleton=singleton).to_frame()
    notes = scored.history[-1].summary.split("; ")
    write_json(
        json_file,
        {
            **source(survey),
            "method": method,
            "convention": convention,
            "columns": columns,
            "notes": notes,
            "means": frame_rows(table),
        },
    )
    if out is not None:
        write_text(out, scored.to_pandas().to_csv(index=False))
    if not wants_quiet(json_file):
        show_frame(table, f"Scores ({method}, {convention}): weighted means")
        tell_source(survey, notes)
