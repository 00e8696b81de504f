"""`attitudes sample`: sample size, allocation, draw, field plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from attitudes.cli.sample_draw import draw, fieldplan
from attitudes.cli.sample_options import FrameOption, JsonOption, StudyOption
from attitudes.cli.sample_options import show as show_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the group and its commands."""
    group = typer.Typer(help="Plan and draw a sample.", no_args_is_help=True, rich_markup_mode=None)
    group.command(
        "size", epilog="Example: attitudes sample size --margin 0.03 --icc 0.05 --cluster-size 18"
    )(size)
    group.command("allocate", epilog="Example: attitudes sample allocate --study kyrgyzstan-2023")(
        allocate
    )
    group.command("draw", epilog="Example: attitudes sample draw --seed 7 --out clusters.csv")(draw)
    group.command("fieldplan", epilog="Example: attitudes sample fieldplan --seed 7 --out field/")(
        fieldplan
    )
    app.add_typer(group, name="sample")


def size(
    kind: Annotated[
        str, typer.Option(help="mean, proportion, mean_difference or proportion_difference.")
    ] = "proportion",
    margin: Annotated[float | None, typer.Option(help="Half-width of the interval.")] = None,
    difference: Annotated[float | None, typer.Option(help="Difference to be found.")] = None,
    p: Annotated[float, typer.Option("--p", help="Expected proportion.")] = 0.5,
    sd: Annotated[float | None, typer.Option(help="Standard deviation, for means.")] = None,
    level: Annotated[float, typer.Option(help="Confidence level.")] = 0.95,
    power: Annotated[float, typer.Option(help="Chance of finding the difference.")] = 0.8,
    deff: Annotated[float | None, typer.Option(help="Design effect.")] = None,
    icc: Annotated[float, typer.Option(help="Intraclass correlation.")] = 0.0,
    cluster_size: Annotated[int | None, typer.Option(help="Interviews a cluster.")] = None,
    cost_ratio: Annotated[
        float | None, typer.Option(help="Cost of a cluster over that of an interview.")
    ] = None,
    population: Annotated[float | None, typer.Option(help="Population size.")] = None,
    response_rate: Annotated[float, typer.Option(help="Interviews per household.")] = 1.0,
    study: StudyOption = None,
    json_file: JsonOption = None,
) -> None:
    """Interviews for a margin or a difference; or what the plan of a study gives, per region.

    Without --margin and --difference: the precision of the study's plan and the pairs of cost
    ratio and ICC under which its cluster size is optimal.
    """
    from attitudes.cli.output import wants_quiet, write_json

    if margin is None and difference is None:
        payload, show = _planned(study, p, icc, level)
    else:
        given = {"margin": margin, "difference": difference, "p": p, "sd": sd, "level": level}
        given |= {"power": power, "deff": deff, "icc": icc, "cluster_size": cluster_size}
        given |= {"response_rate": response_rate}
        if population is not None:
            given["population"] = population
        payload, show = _needed(kind, given, cost_ratio)
    write_json(json_file, payload)
    if not wants_quiet(json_file):
        for title, table in show:
            show_table(table, title)


Shown = tuple[dict[str, Any], list[tuple[str, "pd.DataFrame"]]]


def _needed(kind: str, given: dict[str, Any], cost_ratio: float | None) -> Shown:
    from dataclasses import asdict

    import pandas as pd

    from attitudes.sampling.sizes import optimal_cluster_size, sample_size

    found = sample_size(kind, **given)  # type: ignore[arg-type]
    payload: dict[str, Any] = {"size": asdict(found)}
    row = {k: v for k, v in payload["size"].items() if k != "by_domain"}
    show = [("Sample size", pd.DataFrame([row]))]
    if cost_ratio is not None:
        best = asdict(optimal_cluster_size(cost_ratio, given["icc"]))
        payload["optimal_cluster"] = best
        show.append(("Optimal cluster size", pd.DataFrame([best])))
    return payload, show


def _planned(study: str | None, p: float, icc: float, level: float) -> Shown:
    from attitudes.sampling.planned import sample_spec
    from attitudes.sampling.sizes import cluster_size_curve, design_precision
    from attitudes.study.loading import DEFAULT_STUDY, load_study

    pack = load_study(study or DEFAULT_STUDY)
    rho = icc or 0.05
    precision = design_precision(pack, p=p, icc=rho, level=level)
    b = sample_spec(pack).cluster_size
    curve = cluster_size_curve(b)
    payload = {
        "study": pack.id,
        "icc": rho,
        "precision": precision.to_dict("records"),
        "optimal_for": {"cluster_size": b, "curve": curve.to_dict("records")},
    }
    title = f"Precision of the plan of {pack.id} (p = {p:g}, ICC = {rho:g}, {level:.0%} intervals)"
    return payload, [
        (title, precision),
        (f"Cost ratios under which {b} interviews a cluster are optimal, by ICC", curve),
    ]


def allocate(
    study: StudyOption = None,
    frame: FrameOption = None,
    n: Annotated[int | None, typer.Option("--n", help="Interviews to divide.")] = None,
    method: Annotated[
        str,
        typer.Option(
            help="proportional, equal, square_root, power, neyman, cost_optimal or precision."
        ),
    ] = "proportional",
    size_column: Annotated[str, typer.Option("--size", help="Column of sizes.")] = "population",
    sd: Annotated[str | None, typer.Option(help="Column of standard deviations.")] = None,
    cost: Annotated[str | None, typer.Option(help="Column of costs.")] = None,
    margin: Annotated[float | None, typer.Option(help="For precision: half-width.")] = None,
    minimum: Annotated[int, typer.Option(help="Least interviews a stratum.")] = 0,
    rounding: Annotated[
        str,
        typer.Option(
            help="hamilton, webster, jefferson, adams, huntington-hill, half_up or half_even."
        ),
    ] = "hamilton",
    check: Annotated[
        bool, typer.Option("--check", help="Exit status 1 when a printed cell is not reproduced.")
    ] = False,
    json_file: JsonOption = None,
) -> None:
    """Divide a sample over strata; with a study, beside the table it prints.

    With --frame: a CSV of strata. Otherwise the plan of the study, held against its published
    table: each cell that differs is named with the reason.
    """
    from attitudes.cli.output import wants_quiet, write_json

    if frame is not None:
        import pandas as pd

        from attitudes.sampling import allocation

        found = allocation.allocate(
            pd.read_csv(frame),
            n,
            method=method,  # type: ignore[arg-type]
            size=size_column,
            sd=sd,
            cost=cost,
            minimum=minimum,
            margins=None if margin is None or sd is None else {sd: margin},
            rounding=rounding,  # type: ignore[arg-type]
        )
        records = found.strata.to_dict("records")
        write_json(json_file, {"method": method, "rounding": rounding, "strata": records})
        if not wants_quiet(json_file):
            show_table(found.strata, f"{found.total} interviews, {method}, {found.rounding}")
        return
    off = _compared(study, json_file)
    raise typer.Exit(1 if check and off else 0)


def _compared(study: str | None, json_file: str | None) -> int:
    from attitudes.cli.output import wants_quiet, write_json
    from attitudes.sampling.published_plan import compare_plan
    from attitudes.study.loading import DEFAULT_STUDY, load_study

    found = compare_plan(load_study(study or DEFAULT_STUDY))
    plan = found.plan
    payload = {
        "interval": plan.interval,
        "interviews": plan.n_interviews,
        "clusters": plan.n_clusters,
        "figures": found.figures.to_dict("records"),
        "roundings": found.roundings.to_dict("records"),
        "sums": found.sums.to_dict("records"),
        "strata": plan.strata.to_dict("records"),
        "cells": plan.cells.to_dict("records"),
    }
    write_json(json_file, payload)
    if not wants_quiet(json_file):
        _print_comparison(found)
    return len(found.off)


def _print_comparison(found: Any) -> None:
    from attitudes.cli.output import print_table

    figures, plan = found.figures, found.plan
    wide = figures[figures["statistic"].isin(["count", "clusters"])]
    columns = list(dict.fromkeys(wide["column"]))
    heads = [f"{s} {c}" for s in ("count", "clusters") for c in columns]
    rows = []
    for row, part in wide.groupby("row", sort=False):
        cells = {(r["statistic"], r["column"]): r for r in part.to_dict("records")}
        line = [_cell(cells.get((s, c))) for s in ("count", "clusters") for c in columns]
        rows.append([row, *line])
    title = "printed / plain rounding of the exact quota / plan that adds up (one where all agree)"
    print_table(["row", *heads], rows, title=title, numeric=heads)
    differing = figures[figures["reason"] != ""]
    show_table(differing.drop(columns=["status"]), "Cells that differ, and why")
    show_table(found.roundings, "Cells of each printed column that a rounding method reproduces")
    show_table(found.sums, "Printed parts that do not add up to the printed total")
    show_table(plan.strata, f"Strata as drawn; sampling interval {plan.interval:,.2f}")
    typer.echo(repr(found))


def _cell(record: dict[str, Any] | None) -> str:
    if record is None:
        return ""
    planned = record["planned"]
    values = [record["printed"], record["rounded"]]
    values += [] if planned is None or planned != planned else [f"{planned:g}"]
    return str(values[0]) if len(set(values)) == 1 else " / ".join(values)
