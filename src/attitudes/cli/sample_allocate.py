"""`attitudes sample allocate`: a sample divided over strata; a study's plan beside its table."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from attitudes.cli.options import JsonOption, LevelOption, StudyOption
from attitudes.cli.sample_options import FrameOption, StratumOption
from attitudes.cli.sample_options import show as show_table

if TYPE_CHECKING:
    import pandas as pd

    from attitudes.sampling.published_plan import PlanComparison

__all__ = ["allocate"]


def allocate(
    study: StudyOption = None,
    frame: FrameOption = None,
    n: Annotated[
        int | None, typer.Option("--n", metavar="NUMBER", help="Interviews to divide.")
    ] = None,
    method: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="proportional, equal, square_root, power, neyman, cost_optimal or precision.",
        ),
    ] = "proportional",
    stratum: StratumOption = None,
    size_column: Annotated[
        str, typer.Option("--size", metavar="COLUMN", help="Column of sizes.")
    ] = "population",
    sd: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="Column of standard deviations; repeat for several."),
    ] = None,
    cost: Annotated[str | None, typer.Option(metavar="COLUMN", help="Column of costs.")] = None,
    margin: Annotated[
        list[float] | None,
        typer.Option(metavar="NUMBER", help="For precision: largest half-width of each --sd."),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="For precision: domains that each reach the margin."),
    ] = None,
    level: LevelOption = 0.95,
    power: Annotated[
        float, typer.Option(metavar="NUMBER", help="Exponent of the size for --method power.")
    ] = 0.5,
    minimum: Annotated[int, typer.Option(metavar="NUMBER", help="Least interviews a stratum.")] = 0,
    maximum: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="Most interviews a stratum.")
    ] = None,
    rounding: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="hamilton, webster, jefferson, adams, huntington-hill, half_up or half_even.",
        ),
    ] = "hamilton",
    check: Annotated[
        bool, typer.Option("--check", help="Exit status 1 when a printed cell is not reproduced.")
    ] = False,
    json_file: JsonOption = None,
) -> None:
    """Divide a sample over strata; with a study, beside the table it prints.

    With --frame: a CSV of strata, or of units with --stratum. Otherwise the plan of the study,
    held against its published table: each cell that differs is named with the reason.
    """
    if frame is None:
        off = _compared(study, json_file)
        raise typer.Exit(1 if check and off else 0)
    options: dict[str, Any] = {
        "method": method,
        "size": size_column,
        "sd": sd,
        "cost": cost,
        "power": power,
        "minimum": minimum,
        "maximum": maximum,
        "margins": _margins(sd, margin),
        "by": by,
        "level": level,
        "rounding": rounding,
    }
    _divided(_strata(frame, stratum, size_column, sd, cost), n, options, json_file)


def _margins(sd: list[str] | None, margin: list[float] | None) -> dict[str, float] | None:
    from attitudes.errors import OptionError

    if not margin:
        return None
    if len(margin) != len(sd or ()):
        raise OptionError(
            "sample allocate, --margin",
            f"{len(margin)} margins for {len(sd or ())} columns of --sd",
            "a margin for each --sd, in their order",
        )
    return dict(zip(sd or (), margin, strict=True))


def _strata(
    file: str, stratum: str | None, size: str, sd: list[str] | None, cost: str | None
) -> pd.DataFrame:
    """Read strata; units are added up to theirs."""
    from attitudes.errors import OptionError
    from attitudes.sampling.frame import read_csv_frame, read_frame

    table = read_csv_frame(Path(file))
    if stratum is None or not table.get(stratum, table.index.to_series()).duplicated().any():
        return table
    if sd or cost:
        raise OptionError(
            "sample allocate, --sd and --cost",
            f"units of {file}, several a stratum",
            "a CSV with one row a stratum",
        )
    summary = read_frame(table, size=size, stratum=stratum).summary()
    names = {"size": size, "largest": "largest_unit"}
    return summary.rename_axis(stratum).reset_index().rename(columns=names)


def _divided(
    strata: pd.DataFrame, n: int | None, options: dict[str, Any], json_file: str | None
) -> None:
    from attitudes.cli.output import wants_quiet, write_json
    from attitudes.sampling import allocation

    found = allocation.allocate(strata, n, **options)
    payload = {
        "method": found.method,
        "rounding": found.rounding,
        "total": found.total,
        "cost": found.cost,
        "se": dict(found.se),
        "strata": found.strata.to_dict("records"),
    }
    write_json(json_file, payload)
    if wants_quiet(json_file):
        return
    cost = "" if found.cost is None else f", cost {found.cost:,.0f}"
    title = f"{found.total:,} interviews, {found.method} ({found.rounding}){cost}"
    show_table(found.strata, title)
    for name, se in found.se.items():
        typer.echo(f"Standard error of the overall mean of {name}: {se:.4g}")


def _compared(study: str | None, json_file: str | None) -> int:
    from attitudes.cli.output import wants_quiet, write_json
    from attitudes.sampling.declarations import plan_declarations
    from attitudes.sampling.published_plan import compare_plan
    from attitudes.study.loading import DEFAULT_STUDY, load_study

    pack = load_study(study or DEFAULT_STUDY)
    found = compare_plan(pack)
    said = plan_declarations(pack, found)
    plan = found.plan
    payload = {
        "interval": plan.interval,
        "interviews": plan.n_interviews,
        "clusters": plan.n_clusters,
        "declarations": said.to_dict(),
        "figures": found.figures.to_dict("records"),
        "roundings": found.roundings.to_dict("records"),
        "sums": found.sums.to_dict("records"),
        "strata": plan.strata.to_dict("records"),
        "cells": plan.cells.to_dict("records"),
    }
    write_json(json_file, payload)
    if not wants_quiet(json_file):
        _print_comparison(found)
        typer.echo("\nWhat the plan rests on")
        for sentence in said.sentences():
            typer.echo(f"- {sentence}")
        typer.echo(repr(found))
    return len(found.off)


_TITLES = {
    "population": "Population: printed (totals of the pack where they differ)",
    "share": "Share, in percent: printed / computed where they differ",
    "count": "Interviews: printed / plain rounding of the exact quota / plan that adds up",
    "clusters": "Clusters: printed / plain rounding of the exact quota / plan that adds up",
}


def _print_comparison(found: PlanComparison) -> None:
    from attitudes.cli.output import print_table

    figures, plan = found.figures, found.plan
    typer.echo("One number where all agree.")
    for statistic, part in figures.groupby("statistic", sort=False):
        columns = list(dict.fromkeys(part["column"]))
        rows = []
        for row, line in part.groupby("row", sort=False):
            cells = {r["column"]: r for r in line.to_dict("records")}
            rows.append([row, *(_cell(cells.get(c)) for c in columns)])
        title = _TITLES.get(str(statistic), str(statistic))
        typer.echo(f"\n{title}")
        print_table([str(statistic), *columns], rows, numeric=columns)
    differing = figures[figures["reason"] != ""]
    show_table(differing.drop(columns=["status"]), "Cells that differ, and why")
    show_table(found.roundings, "Cells of each printed column that a rounding method reproduces")
    show_table(found.sums, "Printed parts that do not add up to the printed total")
    show_table(plan.strata, "Strata as drawn")


def _cell(record: Mapping[Hashable, Any] | None) -> str:
    if record is None:
        return ""
    planned = record["planned"]
    values = [record["printed"], record["rounded"]]
    values += [] if planned is None or planned != planned else [f"{planned:g}"]
    same = {value.replace(",", "") if len(value) > 4 else value for value in values}
    return str(values[0]) if len(same) == 1 else " / ".join(values)
