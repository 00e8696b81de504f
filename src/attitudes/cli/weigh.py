"""`attitudes weigh`: from design weights to analysis weights by a plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from attitudes.cli.options import DataOption, JsonOption, OutFileOption, StudyOption

if TYPE_CHECKING:
    import pandas as pd

    from attitudes.survey.survey import Survey
    from attitudes.weighting.plan import WeightingPlan
    from attitudes.weighting.report import WeightingReport

__all__ = ["register"]

EXAMPLE = (
    "Example: attitudes weigh --plan weights.yaml --data answers.csv "
    "--out weighted.csv --report weights.html"
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=EXAMPLE)(weigh)


def weigh(
    plan: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="YAML file with the steps, totals and design; default: the study's weighting.",
        ),
    ] = None,
    data: DataOption = None,
    study: StudyOption = None,
    codebook: Annotated[
        bool | None,
        typer.Option(
            "--codebook/--plain",
            help="Read the data by the study's codebook, or as they stand. Default: plain where "
            "a plan and data come without a study.",
        ),
    ] = None,
    replicates: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Make replicate weights first and repeat each step in them: jk1, jkn, brr, fay, "
            "bootstrap, subbootstrap, mrb.",
        ),
    ] = None,
    n: Annotated[
        int, typer.Option("--n", metavar="NUMBER", min=2, help="Replicates of a bootstrap.")
    ] = 500,
    seed: Annotated[int, typer.Option(metavar="NUMBER", min=0, help="Seed of a bootstrap.")] = 1,
    out: OutFileOption = None,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="FILE", help="Write the one-page report (HTML)."),
    ] = None,
    json_file: JsonOption = None,
) -> None:
    """Weight a sample: base, non-response, post-stratification, raking, calibration, trimming.

    --out takes the data with the new column weight_, and weight_1, weight_2, … with --replicates.
    Exit status 0: done; 2: totals that cannot
    be met, or input that cannot be used.
    """
    from attitudes.cli.output import wants_quiet, write_json, write_text
    from attitudes.weighting.plan import load_plan
    from attitudes.weighting.plan import weigh as carry_out
    from attitudes.weighting.report import weighting_report

    steps = None if plan is None else load_plan(plan)
    plain = codebook is False
    if codebook is None:
        plain = plan is not None and data is not None and study is None
    survey = _plain(data, study, steps) if plain else _coded(data, study)
    if replicates is not None:
        survey = _replicated(survey, replicates, n, seed)
    weighted = carry_out(survey, steps)
    found = weighting_report(weighted, before=survey)
    if out is not None:
        write_text(out, _table(weighted).to_csv(index=False, lineterminator="\n"))
    if report is not None:
        from attitudes.reporting.chapters.weighting import weighting_page

        write_text(report, weighting_page(found))
    write_json(json_file, found.to_dict())
    if not wants_quiet(json_file):
        _show(found)


def _replicated(survey: Survey, method: str, n: int, seed: int) -> Survey:
    import numpy as np

    from attitudes.estimation.replicate import replicate

    rng = np.random.default_rng(seed)
    return replicate(survey, method=method, n=n, rng=rng)  # type: ignore[arg-type]


def _table(survey: Survey) -> pd.DataFrame:
    """Return the data with the new weights as its last columns."""
    import pandas as pd

    from attitudes.weighting.columns import weight_columns

    made = weight_columns(survey)
    data = survey.to_pandas()
    kept = data.drop(columns=[c for c in made.columns if c in data.columns])
    return pd.concat([kept, made], axis=1)


def _coded(data: Path | None, study: str | None) -> Survey:
    from attitudes.cli.respondents import load

    return load(study, data)[1]


def _plain(data: Path | None, study: str | None, plan: WeightingPlan | None) -> Survey:
    from attitudes.errors import OptionError
    from attitudes.weighting.plain_data import read_plain

    if study is not None:
        raise OptionError("weigh, --plain", f"--study {study} beside it", "one of the two")
    if plan is None or data is None:
        missing = "--plan" if plan is None else "--data"
        raise OptionError("weigh, --plain", f"no {missing}", "--plan and --data")
    return read_plain(data, plan)


def _show(report: WeightingReport) -> None:
    from attitudes.cli.output import print_table

    typer.echo(f"{report.title} ({report.provenance})")
    for count, step in enumerate(report.steps, 1):
        typer.echo(f"  {count}. {step}")
    print_table(
        ("", "before", "after"),
        [(name, _fact(name, before), _fact(name, after)) for name, before, after in report.facts],
        numeric=("before", "after"),
    )
    for title, columns, rows in (_margins(report), _numbers(report)):
        if rows:
            print_table(columns, rows, title=title, numeric=columns[1:])


def _fact(name: str, value: float) -> str:
    from attitudes.reporting.chapters.weighting import number

    return f"{100 * value:.1f}%" if name.startswith("share of") else number(value)


Shown = tuple[str, tuple[str, ...], list[tuple[Any, ...]]]


def _margins(report: WeightingReport) -> Shown:
    from attitudes.reporting.chapters.weighting import signed

    several = len({row.margin for row in report.diagnostics.margins}) > 1
    rows: list[tuple[Any, ...]] = [
        (
            f"{row.margin}: {row.category}" if several else row.category,
            f"{row.n:,}",
            f"{100 * row.before:.2f}%",
            f"{100 * row.after:.2f}%",
            f"{100 * row.target:.2f}%",
            signed(row.difference_before),
            signed(row.difference_after),
        )
        for row in report.diagnostics.margins
    ]
    columns = ("category", "n", "before", "after", "target", "off before", "off after")
    return (
        "Margins; off: difference from the target in standard deviations of the population",
        columns,
        rows,
    )


def _numbers(report: WeightingReport) -> Shown:
    from attitudes.reporting.chapters.weighting import number

    rows: list[tuple[Any, ...]] = [
        (r.variable, *(number(v) for v in (r.mean_before, r.mean_after, r.mean_known, r.known)))
        for r in report.diagnostics.numbers
    ]
    columns = ("number", "mean before", "mean after", "known mean", "known total")
    return "Numbers with a known total", columns, rows
