"""`attitudes scores`: scores of scales for every respondent."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from attitudes.cli.options import LevelOption
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
        str,
        typer.Option(
            help="mean, sum, pomp (percent of maximum) or eap (latent value); with --factors: "
            "regression, bartlett, tenberge, anderson or eap."
        ),
    ] = "mean",
    factors: Annotated[
        int | None,
        typer.Option(help="Score so many factors of all items together, instead of scales."),
    ] = None,
    rotation: Annotated[
        str | None, typer.Option(help="With --factors: the rotation; default oblimin.")
    ] = None,
    minimum: Annotated[
        float | None, typer.Option(help="Least number (or share below 1) of items answered.")
    ] = None,
    impute: Annotated[
        str | None, typer.Option(help="person_mean, item_mean, item_median or two_way.")
    ] = None,
    convention: Annotated[str, typer.Option(help="recomputed or as_published.")] = "recomputed",
    singleton: Annotated[
        str | None,
        typer.Option(
            help="Strata of one PSU: error, adjust, average, certainty or remove; default: what "
            "the study declares, else error."
        ),
    ] = None,
    level: LevelOption = 0.95,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="CSV file for the data with scores.")
    ] = None,
    json_file: Json = None,
) -> None:
    """Score scales or factors, show their means with design-based intervals, write the data.

    Notes say how many were scored, how many answers were filled in, how well factor scores
    stand for their factors, and which items go against their scale.

    Exit status 0: done; 2: input that cannot be used.
    """
    from attitudes.cli.output import wants_quiet, write_json, write_text
    from attitudes.cli.scale_options import frame_rows, named_items, read_survey, show_frame, source
    from attitudes.cli.scale_options import tell as tell_source
    from attitudes.errors import OptionError
    from attitudes.estimation.mean import mean
    from attitudes.psychometrics.scoring import score

    survey = read_survey(study, data, plain, weight, stratum, psu, fpc)
    wanted = named_items(survey, scales, items)
    extra: dict[str, Any] = {}
    if factors is not None:
        for name, value in (("--impute", impute), ("--minimum", minimum)):
            if value is not None:
                raise OptionError(name, f"{value} with --factors", "scales", "leave it out")
        scored, columns, extra = _factors(survey, wanted, factors, method, rotation)
    else:
        chosen: Any = {"method": method, "impute": impute, "convention": convention}
        scored = score(
            survey, wanted, minimum_answered=minimum, ends=ends, suffix="_score", **chosen
        )
        columns = [f"{label}_score" for label in wanted]
    declared = survey.study.design.singleton if survey.study is not None else "error"
    options: Any = {"by": by, "singleton": singleton or declared, "level": level}
    table = mean(scored, columns, **options).to_frame()
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
            **extra,
        },
    )
    if out is not None:
        write_text(out, scored.to_pandas().to_csv(index=False))
    if not wants_quiet(json_file):
        title = f"Scores of {factors} factors ({method})" if factors else f"Scores ({method}"
        title += "" if factors else f", {convention})"
        show_frame(table, f"{title}: weighted means")
        if factors:
            show_frame(_determinacy(extra), "\nHow well the scores stand for their factors")
        tell_source(survey, notes)


def _factors(
    survey: Any, wanted: dict[str, Any], factors: int, method: str, rotation: str | None
) -> tuple[Any, list[str], dict[str, Any]]:
    """Score factors of all items together; return columns and their determinacy."""
    from attitudes.cli.factors_explore import spelled_out
    from attitudes.psychometrics.exploratory import factor_analysis
    from attitudes.psychometrics.factor_scoring import factor_scores

    names = spelled_out(survey, wanted)
    rotating: Any = rotation
    how: Any = "regression" if method == "mean" else method
    found = factor_analysis(survey, names, factors, rotation=rotating)
    columns = [f"{factor}_score" for factor in found.factors]
    scored = factor_scores(survey, found, method=how, names=tuple(columns))
    determinacy = dict(zip(columns, found.determinacy.tolist(), strict=True))
    return scored, columns, {"method": how, "determinacy": determinacy}


def _determinacy(extra: dict[str, Any]) -> Any:
    """Return determinacy as a table."""
    import pandas as pd

    rows = [{"factor": name, "determinacy": value} for name, value in extra["determinacy"].items()]
    return pd.DataFrame(rows)
