"""Options and output that the commands on scales share."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from attitudes.cli.options import DataOption, JsonOption, StudyOption

if TYPE_CHECKING:
    import pandas as pd

    from attitudes.psychometrics.items import Items
    from attitudes.survey.survey import Survey

__all__ = [
    "RECONSTRUCTED",
    "Bounds",
    "Charts",
    "Data",
    "Fpc",
    "ItemList",
    "Json",
    "Plain",
    "Psu",
    "Stratum",
    "Study",
    "Weight",
    "frame_rows",
    "named_items",
    "read_survey",
    "show_frame",
    "source",
    "tell",
]

RECONSTRUCTED = (
    "These respondents are reconstructed: the correlations between their answers were put in by "
    "the reconstruction and show nothing about the public."
)

Study = StudyOption
Data = DataOption
Json = JsonOption
Plain = Annotated[
    bool, typer.Option("--plain", help="Take --data (.csv) as it stands, without a codebook.")
]
Weight = Annotated[
    str | None, typer.Option(metavar="COLUMN", help="With --plain: column of weights.")
]
Stratum = Annotated[
    str | None, typer.Option(metavar="COLUMN", help="With --plain: column of strata.")
]
Psu = Annotated[str | None, typer.Option(metavar="COLUMN", help="With --plain: column of PSUs.")]
Fpc = Annotated[
    str | None, typer.Option(metavar="COLUMN", help="With --plain: column of population sizes.")
]
ItemList = Annotated[
    list[str] | None,
    typer.Option(
        "--items",
        metavar="LIST",
        help="Items of one scale, such as trust=q1,-q2,q3; a minus turns an item. Repeatable.",
    ),
]
Bounds = Annotated[
    tuple[float, float] | None,
    typer.Option(
        "--ends",
        metavar="LOW HIGH",
        help="Lowest and highest answer, where no codebook declares them.",
    ),
]
Charts = Annotated[
    Path | None,
    typer.Option(
        "--charts", metavar="DIR", help="Folder to write charts into, SVG and PNG; made if absent."
    ),
]


def read_survey(
    study: str | None,
    data: Path | None,
    plain: bool,
    weight: str | None,
    stratum: str | None,
    psu: str | None,
    fpc: str | None,
) -> Survey:
    """Return the respondents of a study, or of a plain CSV file with a design given by columns.

    Raises
    ------
    OptionError
        Options that do not go together.
    DataError
        A plain file that cannot be read.
    """
    import pandas as pd

    from attitudes.cli.respondents import load
    from attitudes.errors import DataError, OptionError
    from attitudes.survey.design import SurveyDesign
    from attitudes.survey.survey import Survey

    design = {"--weight": weight, "--stratum": stratum, "--psu": psu, "--fpc": fpc}
    if not plain:
        given = [name for name, value in design.items() if value is not None]
        if given:
            raise OptionError(
                ", ".join(given),
                "a column of the design without --plain",
                "--plain with --data",
                "the design of a study stands in its study.yaml",
            )
        return load(study, data)[1]
    if data is None or study is not None:
        raise OptionError("--plain", "no --data, or a --study beside it", "--data alone")
    try:
        frame = pd.read_csv(data)
    except (ValueError, UnicodeDecodeError) as error:
        raise DataError(
            str(data), str(error).splitlines()[0], "a CSV file with a header"
        ) from error
    chosen = SurveyDesign(weight=weight, stratum=stratum, psu=psu, fpc=fpc)
    return Survey.from_frame(frame, chosen)


def named_items(
    survey: Survey, scales: list[str] | None, items: list[str] | None
) -> dict[str, Items]:
    """Return scales by name: those named, those spelled out, or all of the study.

    Raises
    ------
    AttitudesError
        Unknown scales; nothing to analyse.
    """
    from attitudes.psychometrics.items import named_scales

    chosen: dict[str, Items] = {}
    for entry in items or ():
        label, found, members = entry.partition("=")
        if not found:
            label, members = f"items_{len(chosen) + 1}", entry
        chosen[label.strip()] = [m.strip() for m in members.split(",") if m.strip()]
    if scales or not chosen:
        chosen = {**named_scales(survey, scales or None), **chosen}
    return chosen


def source(survey: Survey) -> dict[str, Any]:
    """Return what a reader must know of the respondents, for JSON."""
    said = {"provenance": survey.provenance, "respondents": survey.n}
    return said | ({"caution": RECONSTRUCTED} if survey.provenance == "reconstructed" else {})


def tell(survey: Survey, warnings: tuple[str, ...] | list[str] = ()) -> None:
    """Print the caution that goes with reconstructed respondents, and warnings."""
    if survey.provenance == "reconstructed":
        typer.echo(RECONSTRUCTED)
    for warning in warnings:
        typer.echo(f"Note: {warning}")


def frame_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a frame's rows as plain dictionaries."""
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]


def show_frame(frame: pd.DataFrame, title: str, digits: int = 3) -> None:
    """Print a frame, numbers to the right; columns without a single value are left out."""
    from attitudes.cli.output import print_table

    shown = frame.dropna(axis=1, how="all")
    numeric = [str(c) for c in shown.columns if shown[c].dtype.kind in "fi"]
    rows = [[_cell(value, digits) for value in row] for row in shown.itertuples(index=False)]
    typer.echo(title)
    print_table([str(c) for c in shown.columns], rows, numeric=numeric)


def _cell(value: Any, digits: int) -> str:
    if isinstance(value, float):
        return f"{value:.{digits}f}" if math.isfinite(value) else ""
    return str(value)
