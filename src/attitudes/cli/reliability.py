"""`attitudes reliability`: how well the items of a scale measure one thing."""

from __future__ import annotations

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

EXAMPLE = "Example: attitudes reliability trust --by region --json reliability.json"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("reliability", epilog=EXAMPLE)(reliability_command)


def reliability_command(
    scales: Annotated[
        list[str] | None, typer.Argument(help="Scales of the study; default: all of them.")
    ] = None,
    items: ItemList = None,
    by: Annotated[str | None, typer.Option(help="Variable whose groups are analysed too.")] = None,
    study: Study = None,
    data: Data = None,
    plain: Plain = False,
    weight: Weight = None,
    stratum: Stratum = None,
    psu: Psu = None,
    fpc: Fpc = None,
    ends: Bounds = None,
    interval: Annotated[
        str, typer.Option(help="Interval of alpha: design, bootstrap, feldt or none.")
    ] = "design",
    level: Annotated[float, typer.Option(help="Confidence level.")] = 0.95,
    missing: Annotated[str, typer.Option(help="pairwise or listwise.")] = "pairwise",
    groups: Annotated[
        int | None, typer.Option(help="Group factors (3 or more) for omega hierarchical.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the bootstrap.")] = 1,
    json_file: Json = None,
) -> None:
    """Alpha, omega, Guttman's lambdas and item statistics of scales, weighted and by group.

    Exit status 0: done; 2: input that cannot be used.
    """
    import numpy as np

    from attitudes.cli.output import wants_quiet, write_json
    from attitudes.cli.scale_options import named_items, read_survey, source
    from attitudes.psychometrics.reliability import reliability

    survey = read_survey(study, data, plain, weight, stratum, psu, fpc)
    options: Any = {"missing": missing, "interval": None if interval == "none" else interval}
    found = {
        label: reliability(
            survey,
            members,
            by=by,
            ends=ends,
            level=level,
            n_groups=groups,
            rng=np.random.default_rng(seed),
            **options,
        )
        for label, members in named_items(survey, scales, items).items()
    }
    payload = {
        **source(survey),
        "interval": interval,
        "level": level,
        "seed": seed,
        "scales": {label: _plain(result) for label, result in found.items()},
    }
    write_json(json_file, payload)
    if not wants_quiet(json_file):
        _show(survey, found, by)


def _plain(result: Any) -> dict[str, Any]:
    from attitudes.cli.scale_options import frame_rows

    return {
        "items": list(result.items),
        "coefficients": frame_rows(result.to_frame()),
        "item_table": frame_rows(result.items_frame()),
        "warnings": list(result.warnings),
        "group_warnings": {g.group[1]: list(g.warnings) for g in result.groups if g.warnings},
    }


def _show(survey: Any, found: dict[str, Any], by: str | None) -> None:
    import pandas as pd

    from attitudes.cli.scale_options import show_frame, tell

    columns = ["scale", "group", "k", "n", "alpha", "se", "ci_low", "ci_high"]
    columns += ["alpha_ordinal", "omega_total", "omega_hierarchical", "glb", "average_r"]
    tables = [result.to_frame().assign(scale=label)[columns] for label, result in found.items()]
    title = "Reliability" if by is None else f"Reliability by {by}"
    show_frame(pd.concat(tables, ignore_index=True), title)
    for label, result in found.items():
        table = result.items_frame()
        kept = ["item", "sign", "n", "mean", "sd", "r_rest", "alpha_dropped"]
        show_frame(table[kept], f"\nItems of {label} (keyed)")
    warnings = [w for result in found.values() for w in result.warnings]
    for result in found.values():
        warnings += [f"{g.group[1]}: {w}" for g in result.groups for w in g.warnings]
    tell(survey, warnings)
