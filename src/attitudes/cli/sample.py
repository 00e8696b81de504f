"""`attitudes sample`: sample size, allocation, draw, field plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["register"]

StudyOption = Annotated[
    str | None, typer.Option("--study", help="Study pack: a bundled name, a folder, a study.yaml.")
]
JsonOption = Annotated[
    str | None, typer.Option("--json", help="Write the result as JSON; - for standard output.")
]
SeedOption = Annotated[int, typer.Option("--seed", help="Seed of all random choices.")]
FrameOption = Annotated[
    str | None, typer.Option("--frame", help="CSV of strata or of sampling units.")
]


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
            _print(table, title)


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
            _print(found.strata, f"{found.total} interviews, {method}, {found.rounding}")
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
    _print(differing.drop(columns=["status"]), "Cells that differ, and why")
    _print(found.roundings, "Cells of each printed column that a rounding method reproduces")
    _print(found.sums, "Printed parts that do not add up to the printed total")
    _print(plan.strata, f"Strata as drawn; sampling interval {plan.interval:,.2f}")
    typer.echo(repr(found))


def _cell(record: dict[str, Any] | None) -> str:
    if record is None:
        return ""
    planned = record["planned"]
    values = [record["printed"], record["rounded"]]
    values += [] if planned is None or planned != planned else [f"{planned:g}"]
    return str(values[0]) if len(set(values)) == 1 else " / ".join(values)


def draw(
    study: StudyOption = None,
    frame: FrameOption = None,
    n: Annotated[int | None, typer.Option("--n", help="Units to draw from --frame.")] = None,
    method: Annotated[
        str, typer.Option(help="Name of the design, as pps_systematic or max_entropy.")
    ] = "pps_systematic",
    unit: Annotated[str | None, typer.Option(help="Column of ids.")] = None,
    size_column: Annotated[str | None, typer.Option("--size", help="Column of sizes.")] = None,
    stratum: Annotated[str | None, typer.Option(help="Column of strata.")] = None,
    sort: Annotated[str | None, typer.Option(help="Column to sort by first.")] = None,
    reserves: Annotated[int, typer.Option(help="Replacement units a stratum.")] = 0,
    seed: SeedOption = 1,
    out: Annotated[str | None, typer.Option("--out", help="CSV of the units drawn.")] = None,
    json_file: JsonOption = None,
) -> None:
    """Draw the clusters of a study, or units from any frame, with probabilities and weights.

    With --stratum, --n is divided over strata in proportion to their size.
    """
    import numpy as np

    from attitudes.cli.output import wants_quiet, write_json, write_text

    rng = np.random.default_rng(seed)
    if frame is None:
        from attitudes.sampling.survey_design import draw_design
        from attitudes.study.loading import DEFAULT_STUDY, load_study

        units = draw_design(load_study(study or DEFAULT_STUDY), rng)
    else:
        units = _drawn(frame, n, method, (unit, size_column, stratum, sort), reserves, rng)
    units = units.assign(seed=seed)
    if out is not None:
        write_text(Path(out), units.to_csv(index=False, lineterminator="\n"))
    write_json(json_file, {"seed": seed, "units": units.to_dict("records")})
    if not wants_quiet(json_file):
        _print(units.drop(columns="seed"), f"{len(units)} units, seed {seed}")


def _drawn(
    file: str,
    n: int | None,
    method: str,
    columns: tuple[str | None, str | None, str | None, str | None],
    reserves: int,
    rng: Any,
) -> pd.DataFrame:
    from attitudes.errors import OptionError
    from attitudes.numerics.rounding import apportion
    from attitudes.sampling import drawing
    from attitudes.sampling.frame import read_frame

    if n is None:
        raise OptionError("sample draw, --n", "nothing", "the number of units to draw")
    unit, size_column, stratum, sort = columns
    units = read_frame(file, unit=unit, size=size_column, stratum=stratum)
    wanted: Any = n
    if stratum is not None:
        summary = units.summary()
        counts = apportion(summary["size"], n).tolist()
        wanted = {str(name): count for name, count in zip(summary.index, counts, strict=True)}
    drawn = drawing.draw(
        units,
        wanted,
        method=method,  # type: ignore[arg-type]
        rng=rng,
        sort=sort,
        reserves=reserves,
    )
    return drawn.units


def fieldplan(
    study: StudyOption = None,
    seed: SeedOption = 1,
    response_rate: Annotated[float, typer.Option(help="Interviews per household.")] = 0.6,
    respondent: Annotated[
        str, typer.Option(help="kish, last_birthday or next_birthday.")
    ] = "last_birthday",
    men: Annotated[float, typer.Option(help="Share of men in the gender quota.")] = 0.48,
    young: Annotated[float, typer.Option(help="Share of the younger age group.")] = 0.31,
    no_quotas: Annotated[bool, typer.Option("--no-quotas", help="Without quotas.")] = False,
    days: Annotated[float, typer.Option(help="Days of field work.")] = 14.0,
    per_day: Annotated[float, typer.Option(help="Interviews an interviewer and day.")] = 6.0,
    outcomes: Annotated[str | None, typer.Option(help="CSV of outcome codes to read back.")] = None,
    out: Annotated[
        str | None, typer.Option("--out", help="Folder for the tables and printable sheets.")
    ] = None,
    json_file: JsonOption = None,
) -> None:
    """Draw the clusters and plan their field work; or read back what was achieved.

    With --outcomes (columns cluster and code): AAPOR rates, and each cluster against the plan
    made from the same seed.
    """
    from attitudes.cli.output import wants_quiet, write_json, write_text
    from attitudes.sampling import fieldplan as planning
    from attitudes.sampling.sheets import plan_files

    clusters = _clusters(study, seed)
    if outcomes is not None:
        _read_back(clusters, outcomes, json_file)
        return
    groups = {
        "gender": {"men": men, "women": 1 - men},
        "age_group": {"younger": young, "older": 1 - young},
    }
    plan = planning.field_plan(
        clusters,
        seed=seed,
        response_rate=response_rate,
        respondent=respondent,  # type: ignore[arg-type]
        quotas=None if no_quotas else groups,
        team=_team(study),
        interviews_per_day=per_day,
        days=days,
    )
    if out is not None:
        Path(out).mkdir(parents=True, exist_ok=True)
        for name, text in plan_files(plan).items():
            write_text(Path(out) / name, text)
    tables = ("clusters", "addresses", "quotas", "workload")
    payload = {name: getattr(plan, name).to_dict("records") for name in tables}
    write_json(json_file, {"seed": seed, **payload})
    if not wants_quiet(json_file):
        shown = ["cluster", "psu", "interviews", "households", "step", "starts", "reserves"]
        _print(plan.clusters[[*shown, "interviewer", "days"]], repr(plan))
        _print(plan.workload, "Interviewers")


def _clusters(study: str | None, seed: int) -> pd.DataFrame:
    import numpy as np

    from attitudes.sampling.survey_design import draw_design
    from attitudes.study.loading import DEFAULT_STUDY, load_study

    return draw_design(load_study(study or DEFAULT_STUDY), np.random.default_rng(seed))


def _team(study: str | None) -> str:
    from attitudes.sampling.planned import plan_sample
    from attitudes.study.loading import DEFAULT_STUDY, load_study

    return plan_sample(load_study(study or DEFAULT_STUDY)).by[0]


def _read_back(clusters: pd.DataFrame, file: str, json_file: str | None) -> None:
    from attitudes.cli.output import wants_quiet, write_json
    from attitudes.sampling.outcomes import achieved, read_outcomes, response_rates

    cases = read_outcomes(file)
    rates, reached = response_rates(cases), achieved(clusters, cases)
    payload = {"rates": rates.to_dict("records"), "clusters": reached.to_dict("records")}
    write_json(json_file, payload)
    if not wants_quiet(json_file):
        _print(rates.T.rename(columns=str).reset_index(names="rate"), "Outcomes and AAPOR rates")
        _print(reached, "Clusters against the plan")


def _print(table: pd.DataFrame, title: str) -> None:
    import pandas as pd

    from attitudes.cli.output import print_table

    numeric = [str(c) for c in table.columns if pd.api.types.is_numeric_dtype(table[c])]
    rows = [[_text(v) for v in row] for row in table.itertuples(index=False)]
    print_table([str(c) for c in table.columns], rows, title=title, numeric=numeric)


def _text(value: Any) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:.4g}"
    return str(value)
