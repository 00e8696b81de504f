"""`attitudes sample draw`: the clusters of a study, or units of any frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from attitudes.cli.options import JsonOption, OutFileOption, StudyOption
from attitudes.cli.sample_options import FrameOption, SeedOption, StratumOption, show

if TYPE_CHECKING:
    import pandas as pd

    from attitudes.sampling.drawing import Draw

__all__ = ["draw"]


def draw(
    study: StudyOption = None,
    frame: FrameOption = None,
    n: Annotated[
        int | None, typer.Option("--n", metavar="NUMBER", help="Units to draw from --frame.")
    ] = None,
    method: Annotated[
        str, typer.Option(metavar="NAME", help="Name of the design, as max_entropy or srs.")
    ] = "pps_systematic",
    unit: Annotated[str | None, typer.Option(metavar="COLUMN", help="Column of ids.")] = None,
    size_column: Annotated[
        str | None, typer.Option("--size", metavar="COLUMN", help="Column of sizes.")
    ] = None,
    stratum: StratumOption = None,
    sort: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="Column to sort by first; repeat for several."),
    ] = None,
    coordinate: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="Columns of places, for local_pivotal; repeat."),
    ] = None,
    reserves: Annotated[
        int, typer.Option(metavar="NUMBER", help="Replacement units a stratum.")
    ] = 0,
    joint: Annotated[
        bool, typer.Option("--joint", help="Joint inclusion probabilities of the units drawn.")
    ] = False,
    seed: SeedOption = 1,
    out: OutFileOption = None,
    json_file: JsonOption = None,
) -> None:
    """Draw the clusters of a study, or units from any frame, with probabilities and weights.

    With --stratum, --n is divided over strata in proportion to their size.
    """
    import numpy as np

    from attitudes.cli.output import wants_quiet, write_json, write_text

    rng = np.random.default_rng(seed)
    payload: dict[str, Any] = {"seed": seed}
    if frame is None:
        from attitudes.sampling.survey_design import draw_design
        from attitudes.study.loading import DEFAULT_STUDY, load_study

        units = draw_design(load_study(study or DEFAULT_STUDY), rng)
    else:
        options: dict[str, Any] = {"method": method, "reserves": reserves, "joint": joint}
        options |= {"sort": sort or None, "coordinates": coordinate or None}
        drawn = _drawn(frame, n, (unit, size_column, stratum), rng, options)
        units = drawn.units
        payload |= {"method": method, "n": drawn.n, "zero_pairs": drawn.zero_pairs}
        payload["joint"] = drawn.joint
    units = units.assign(seed=seed)
    if out is not None:
        write_text(out, units.to_csv(index=False, lineterminator="\n"))
    write_json(json_file, {**payload, "units": units.to_dict("records")})
    if not wants_quiet(json_file):
        show(_shown(units), f"{len(units)} units, seed {seed}")
        if frame is not None:
            typer.echo(f"{drawn}: units larger than the sampling interval are taken for certain.")
        if payload.get("joint") is not None:
            _say_joint(drawn)


def _shown(units: pd.DataFrame) -> pd.DataFrame:
    """Leave out what another column says or what a screen has no room for."""
    hidden = ["seed", "unit", "stratum", "draw_stratum", "within_probability"]
    hidden += ["latitude", "longitude"]
    if "draw_stratum" not in units:
        hidden = ["seed"]
    kept = units.drop(columns=[c for c in hidden if c in units])
    return kept.rename(columns={"self_representing": "certain", "stratum_": "stratum"})


def _say_joint(drawn: Draw) -> None:
    if drawn.zero_pairs:
        typer.echo(
            f"{drawn.zero_pairs} pairs of units can never be drawn together: the Yates–Grundy "
            f"variance is not unbiased under {drawn.method}."
        )
    else:
        typer.echo("All pairs of units can be drawn together; --json holds their probabilities.")


def _drawn(
    file: str,
    n: int | None,
    columns: tuple[str | None, str | None, str | None],
    rng: Any,
    options: dict[str, Any],
) -> Draw:
    from attitudes.errors import OptionError
    from attitudes.numerics.rounding import apportion
    from attitudes.sampling import drawing
    from attitudes.sampling.frame import read_frame

    if n is None:
        raise OptionError("sample draw, --n", "nothing", "the number of units to draw")
    unit, size, stratum = columns
    units = read_frame(file, unit=unit, size=size, stratum=stratum)
    wanted: Any = n
    if stratum is not None:
        summary = units.summary()
        counts = apportion(summary["size"], n).tolist()
        wanted = {str(name): count for name, count in zip(summary.index, counts, strict=True)}
    return drawing.draw(units, wanted, rng=rng, **options)
