"""`attitudes reliability`: how well the items of a scale measure one thing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from attitudes.cli.scale_options import (
    Bounds,
    Charts,
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
    replicates: Annotated[int, typer.Option(help="Replicates of the bootstrap.")] = 500,
    seed: Annotated[int, typer.Option(help="Seed of the bootstrap and of drawn splits.")] = 1,
    retest: Annotated[
        str | None,
        typer.Option(
            metavar="LIST",
            help="Columns of repeated measurements, such as score_1,score_2: intraclass "
            "correlations of these instead of scales.",
        ),
    ] = None,
    charts: Charts = None,
    json_file: Json = None,
) -> None:
    """Alpha, omega, Guttman's lambdas and item statistics of scales, weighted and by group.

    Intervals come from the sampling design. With --charts: reliability with intervals, and the
    characteristic curves of the items. With --retest: test-retest reliability.

    Exit status 0: done; 2: input that cannot be used.
    """
    import numpy as np

    from attitudes.cli.output import wants_quiet, write_json
    from attitudes.cli.scale_options import named_items, read_survey, source
    from attitudes.psychometrics.reliability import reliability

    survey = read_survey(study, data, plain, weight, stratum, psu, fpc)
    if retest is not None:
        _retest(survey, retest, json_file)
        return
    options: Any = {"missing": missing, "interval": None if interval == "none" else interval}
    found = {
        label: reliability(
            survey,
            members,
            by=by,
            ends=ends,
            level=level,
            n_groups=groups,
            replicates=replicates,
            rng=np.random.default_rng(seed),
            **options,
        )
        for label, members in named_items(survey, scales, items).items()
    }
    paths = _draw(survey, found, by, ends, level, charts)
    payload = {
        **source(survey),
        "interval": interval,
        "level": level,
        "seed": seed,
        "scales": {label: _plain(result) for label, result in found.items()},
        "charts": [str(path) for path in paths],
    }
    write_json(json_file, payload)
    if not wants_quiet(json_file):
        _show(survey, found, by)
        for path in paths:
            typer.echo(path)


def _draw(
    survey: Any,
    found: dict[str, Any],
    by: str | None,
    ends: tuple[float, float] | None,
    level: float,
    folder: Any,
) -> tuple[Path, ...]:
    """Draw reliability, and the items' curves of scales that an ordinal model fits."""
    if folder is None:
        return ()
    from attitudes.cli.scale_charts import frame_of, write_charts
    from attitudes.errors import AttitudesError
    from attitudes.psychometrics.graded import graded_model
    from attitudes.reporting.scale_charts import item_curves_chart, reliability_chart

    frame = frame_of(survey, level=level, by=by)
    many = by is not None
    charts = [reliability_chart(frame, found)] if not many or len(found) > 1 else []
    if many:
        charts += [
            reliability_chart(frame, {label: result}, id_=f"reliability_{label}_by_{by}")
            for label, result in found.items()
        ]
    for label, result in found.items():
        try:
            members = label if label in _known(survey) else result.items
            model = graded_model(survey, members, ends=ends)
        except AttitudesError as error:
            typer.echo(f"Note: no curves of {label}: {error}", err=True)
            continue
        charts.append(item_curves_chart(frame, model, id_=f"item_curves_{label}"))
    return write_charts(folder, charts)


def _known(survey: Any) -> tuple[str, ...]:
    from attitudes.psychometrics.items import scale_ids

    return scale_ids(survey)


def _retest(survey: Any, columns: str, json_file: str | None) -> None:
    from attitudes.cli.output import wants_quiet, write_json
    from attitudes.cli.scale_options import frame_rows, show_frame, source, tell
    from attitudes.psychometrics.retest import retest

    names = [name.strip() for name in columns.split(",") if name.strip()]
    found = retest(survey, names)
    payload = {"variables": list(found.variables), "n": found.n, "icc": frame_rows(found.table)}
    write_json(json_file, {**source(survey), "retest": payload})
    if not wants_quiet(json_file):
        show_frame(found.table, f"Test-retest: {', '.join(names)}, {found.n} respondents")
        tell(survey)


def _plain(result: Any) -> dict[str, Any]:
    from attitudes.cli.scale_options import frame_rows

    return {
        "items": list(result.items),
        "coefficients": frame_rows(result.to_frame()),
        "item_table": frame_rows(result.items_frame()),
        "omega_groups": frame_rows(result.groups_frame()),
        "warnings": list(result.warnings),
        "group_warnings": {g.group[1]: list(g.warnings) for g in result.groups if g.warnings},
    }


def _show(survey: Any, found: dict[str, Any], by: str | None) -> None:
    import pandas as pd

    from attitudes.cli.scale_options import show_frame, tell

    columns = ["scale", "group", "k", "n", "alpha", "se", "ci_low", "ci_high"]
    columns += ["alpha_ordinal", "omega_total", "omega_total_low", "omega_total_high"]
    columns += ["omega_hierarchical", "glb", "average_r"]
    tables = [result.to_frame().assign(scale=label)[columns] for label, result in found.items()]
    title = "Reliability" if by is None else f"Reliability by {by}"
    show_frame(pd.concat(tables, ignore_index=True), title)
    for label, result in found.items():
        table = result.items_frame()
        kept = ["item", "sign", "n", "mean", "sd", "r_rest", "alpha_dropped"]
        show_frame(table[kept], f"\nItems of {label} (keyed)")
        if result.omega is not None:
            show_frame(result.groups_frame(), f"\nOmega of the group factors of {label}")
    warnings = [w for result in found.values() for w in result.warnings]
    for result in found.values():
        warnings += [f"{g.group[1]}: {w}" for g in result.groups for w in g.warnings]
    tell(survey, warnings)
