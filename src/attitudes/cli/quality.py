"""`attitudes quality`: doubtful answers, effects of fieldwork, estimates without the flagged."""

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

EXAMPLE = "Example: attitudes quality --unit psu --out flags.csv"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("quality", epilog=EXAMPLE)(quality_command)


def quality_command(
    scales: Annotated[
        list[str] | None, typer.Argument(help="Scales of the study; default: all of them.")
    ] = None,
    items: ItemList = None,
    contradictory: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PAIR",
            help="Two items that cannot both be agreed to, such as q1,q7. Repeatable. Default: "
            "items of a scale that are keyed in opposite ways.",
        ),
    ] = None,
    duration: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Length of the interview, for speeders.")
    ] = None,
    unit: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN",
            help="Interviewer, cluster or other unit whose effect is measured. Repeatable.",
        ),
    ] = None,
    headline: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN",
            help="Further variables shown with and without the flagged: a number, or "
            "column=answer for the share of an answer. Repeatable.",
        ),
    ] = None,
    study: Study = None,
    data: Data = None,
    plain: Plain = False,
    weight: Weight = None,
    stratum: Stratum = None,
    psu: Psu = None,
    fpc: Fpc = None,
    ends: Bounds = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="CSV file for indices and flags, a row a respondent."),
    ] = None,
    json_file: Json = None,
) -> None:
    """Flag careless answers, measure effects of fieldwork, show estimates without the flagged.

    Straight lines, long strings, variability, even-odd halves, synonyms, unusual combinations,
    person fit, agreement to contradictory statements, speed, missing answers. Nobody is deleted.

    Exit status 0: done; 2: input that cannot be used.
    """
    from attitudes.cli.output import wants_quiet, write_json, write_text
    from attitudes.cli.scale_options import frame_rows, named_items, read_survey, source
    from attitudes.psychometrics.fieldwork_quality import fieldwork_quality
    from attitudes.psychometrics.quality import response_quality
    from attitudes.psychometrics.scoring import score
    from attitudes.psychometrics.sensitivity import sensitivity

    survey = read_survey(study, data, plain, weight, stratum, psu, fpc)
    wanted: Any = named_items(survey, scales, items)
    pairs = [_pair(text) for text in contradictory or ()]
    found = response_quality(
        survey, scales=wanted, ends=ends, contradictory=pairs, duration=duration
    )
    scored = score(survey, wanted, ends=ends, suffix="_score")
    table = sensitivity(scored, found, [*(f"{label}_score" for label in wanted), *(headline or ())])
    effects = {name: fieldwork_quality(survey, list(found.items), name) for name in unit or ()}
    write_json(
        json_file,
        {
            **source(survey),
            "rules": {name: getattr(found.rules, name) for name in type(found.rules).__slots__},
            "flags": frame_rows(found.summary()),
            "pairs": {name: [list(pair) for pair in own] for name, own in found.pairs.items()},
            "sensitivity": frame_rows(table.to_frame()),
            "units": {
                name: {
                    "effects": frame_rows(e.to_frame()),
                    "units": frame_rows(e.units),
                }
                for name, e in effects.items()
            },
            "notes": list(found.notes),
        },
    )
    if out is not None:
        write_text(out, found.to_frame().to_csv(index=False))
    if not wants_quiet(json_file):
        _show(survey, found, table, effects)


def _pair(text: str) -> tuple[str, str]:
    from attitudes.errors import OptionError

    names = [name.strip() for name in text.split(",") if name.strip()]
    if len(names) != 2:
        raise OptionError("--contradictory", text, "two items, such as q1,q7")
    return names[0], names[1]


def _show(survey: Any, found: Any, table: Any, effects: dict[str, Any]) -> None:
    from attitudes.cli.scale_options import show_frame, tell

    frame = found.summary()
    frame[["share", "weighted_share"]] *= 100
    shown = frame.rename(columns={"share": "percent", "weighted_share": "weighted_percent"})
    show_frame(shown, f"Flags of {len(survey.frame)} respondents on {len(found.items)} items", 1)
    rows = table.to_frame()
    show_frame(
        rows[rows["rule"] == "any"].drop(columns="rule"), "\nWeighted means without the flagged"
    )
    for name, effect in effects.items():
        kept = ["item", "icc", "F", "p", "size", "design_effect"]
        show_frame(effect.to_frame()[kept], f"\nDifferences between units of {name}")
        units = effect.units.sort_values("item_nonresponse", ascending=False).head(10)
        show_frame(units, f"\nMost item nonresponse by {name}")
    tell(survey, found.notes)
