"""`attitudes weigh`: from design weights to analysis weights by a plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from attitudes.survey.survey import Survey
    from attitudes.weighting.report import WeightingReport

__all__ = ["register"]

EXAMPLE = (
    "Example: attitudes weigh --plan weights.yaml --data answers.csv --study mystudy "
    "--out weighted.csv --json weights.json"
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=EXAMPLE)(weigh)


def weigh(
    data: Annotated[str, typer.Option(help="Data file: .csv, .xlsx, .sav or .dta.")],
    plan: Annotated[
        str | None, typer.Option(help="YAML file with the steps; default: those of the study.")
    ] = None,
    study: Annotated[
        str | None, typer.Option(help="Study pack: a bundled name, a folder, or a study.yaml.")
    ] = None,
    codebook: Annotated[
        bool,
        typer.Option(help="Read the data by the study's codebook; --no-codebook: a plain CSV."),
    ] = True,
    out: Annotated[
        str | None, typer.Option(help="CSV file for the data with the column weight_.")
    ] = None,
    json_file: Annotated[
        str | None, typer.Option("--json", help="Write the report as JSON; - for standard output.")
    ] = None,
) -> None:
    """Weight a sample: base, non-response, post-stratification, raking, calibration, trimming.

    Exit status 0: done; 2: totals that cannot be met, or input that cannot be used.
    """
    from attitudes.cli.output import wants_quiet, write_json, write_text
    from attitudes.weighting.plan import load_plan
    from attitudes.weighting.plan import weigh as carry_out
    from attitudes.weighting.report import weighting_report

    steps = None if plan is None else load_plan(plan)
    survey = _read(data, study, codebook, steps)
    weighted = carry_out(survey, steps)
    report = weighting_report(weighted, before=survey)
    if out is not None:
        write_text(Path(out), weighted.to_pandas().to_csv(index=False))
    write_json(json_file, report.to_dict())
    if not wants_quiet(json_file):
        _show(report)


def _read(data: str, study: str | None, codebook: bool, plan: Any) -> Survey:
    from attitudes.errors import OptionError
    from attitudes.study.loading import DEFAULT_STUDY, load_study
    from attitudes.survey.reading import read_responses
    from attitudes.weighting.plan import read_plain

    if codebook:
        return read_responses(data, load_study(study or DEFAULT_STUDY))
    if study is not None:
        raise OptionError("--no-codebook", f"--study {study} beside it", "one of the two")
    if plan is None:
        raise OptionError("--no-codebook", "no plan", "--plan with totals, and design where needed")
    return read_plain(data, plan)


def _show(report: WeightingReport) -> None:
    from attitudes.cli.output import print_table

    typer.echo(f"{report.title} ({report.provenance})")
    for step in report.steps:
        typer.echo(f"  {step}")
    print_table(
        ("", "before", "after"),
        [(name, f"{before:,.6g}", f"{after:,.6g}") for name, before, after in report.facts],
        numeric=("before", "after"),
    )
    found = report.diagnostics
    if found.margins:
        columns = ("margin", "category", "n", "before", "after", "target", "diff before", "after ")
        rows = [
            (
                row.margin,
                row.category,
                row.n,
                f"{100 * row.before:.2f}%",
                f"{100 * row.after:.2f}%",
                f"{100 * row.target:.2f}%",
                f"{row.difference_before:+.3f}",
                f"{row.difference_after:+.3f}",
            )
            for row in found.margins
        ]
        print_table(columns, rows, title="Margins", numeric=columns[2:])
    if found.numbers:
        rows_ = [
            (r.variable, f"{r.before:,.6g}", f"{r.after:,.6g}", f"{r.known:,.6g}")
            for r in found.numbers
        ]
        columns_ = ("variable", "before", "after", "known")
        print_table(columns_, rows_, title="Totals of numbers", numeric=columns_[1:])
