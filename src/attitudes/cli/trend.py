"""`attitudes test trend`: the change of a mean between waves of a survey."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from attitudes.cli.compare import Singleton, Variable, VarianceOption, Where
from attitudes.cli.design_options import Source
from attitudes.cli.estimate import CsvTarget
from attitudes.cli.options import JsonOption, LevelOption

__all__ = ["trend"]


def trend(
    *,
    source: Source,
    variable: Variable,
    wave: Annotated[
        list[Path], typer.Option(metavar="FILE", help="Respondents of a wave; repeat in order.")
    ],
    time: Annotated[
        list[float] | None, typer.Option(help="Time of each wave; repeat in order.")
    ] = None,
    label: Annotated[
        list[str] | None, typer.Option(help="Name of each wave; repeat in order.")
    ] = None,
    adjust: Annotated[str, typer.Option(help="holm, bonferroni, bh or none.")] = "holm",
    where: Where = None,
    variance: VarianceOption = None,
    level: LevelOption = 0.95,
    singleton: Singleton = "error",
    json_file: JsonOption = None,
    csv_file: CsvTarget = None,
) -> None:
    """Test the change of a mean from wave to wave, from first to last, and its slope."""
    from attitudes.cli.result_output import show_frame, write_results
    from attitudes.errors import OptionError
    from attitudes.estimation.trend import trend as change

    if source.data is not None:
        raise OptionError("--data", str(source.data), "--wave, once for each wave")
    options: dict[str, Any] = {
        "where": where,
        "singleton": singleton,
        "variance": variance or source.variance,
        "level": level,
        "adjust": None if adjust == "none" else adjust,
    }
    names = label or ([path.stem for path in wave] if time is None else None)
    waves = [source.survey(path) for path in wave]
    result = change(waves, variable, times=time, labels=names, **options)
    frame = result.to_frame()
    payload = {
        "variable": variable,
        "waves": [str(path) for path in wave],
        "adjust": adjust,
        "level": level,
        "variance": result.variance,
        "changes": frame.to_dict("records"),
    }
    if write_results(frame, payload, json_file, csv_file):
        show_frame(frame, f"{variable}, change between waves; p adjusted by {adjust}")
