"""`attitudes estimate`: means, proportions and the rest, with their design's uncertainty."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from attitudes.estimation.table import EstimateTable
    from attitudes.survey.survey import Survey

__all__ = ["register"]

STATISTICS = (
    "mean",
    "total",
    "proportion",
    "ratio",
    "quantile",
    "variance",
    "sd",
    "correlation",
)


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(
        "estimate", epilog="Example: attitudes estimate trust_1 trust_2 --by region --json -"
    )(estimate)


def estimate(
    variables: Annotated[list[str], typer.Argument(help="Variables to estimate.")],
    statistic: Annotated[str, typer.Option(help=f"One of {', '.join(STATISTICS)}.")] = "mean",
    by: Annotated[
        list[str] | None, typer.Option("--by", help="Variable of the groups; repeat to cross.")
    ] = None,
    where: Annotated[
        str | None, typer.Option(help="Respondents to take, such as \"region == 'north'\".")
    ] = None,
    denominator: Annotated[str | None, typer.Option(help="Denominator of a ratio.")] = None,
    q: Annotated[
        list[float] | None, typer.Option("--q", help="Probability of a quantile; repeatable.")
    ] = None,
    qrule: Annotated[str, typer.Option(help="Quantile rule: math, school, hf1 to hf9.")] = "math",
    study: Annotated[
        str | None, typer.Option(help="Study pack: a bundled name, a folder, or a study.yaml.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="File of respondents; default: the study pack's own.")
    ] = None,
    plain: Annotated[
        bool,
        typer.Option(
            "--plain", help="Take --data as it stands, without a codebook (always for Parquet)."
        ),
    ] = False,
    weight: Annotated[str | None, typer.Option(help="Column of weights of plain data.")] = None,
    stratum: Annotated[
        list[str] | None, typer.Option(help="Column of strata of plain data; repeat by stage.")
    ] = None,
    psu: Annotated[
        list[str] | None, typer.Option(help="Column of units of plain data; repeat by stage.")
    ] = None,
    fpc: Annotated[
        list[str] | None, typer.Option(help="Population sizes of plain data; repeat by stage.")
    ] = None,
    nest: Annotated[bool, typer.Option("--nest", help="PSU codes repeat between strata.")] = False,
    engine: Annotated[
        str, typer.Option(help="Where plain data are aggregated: auto, memory, duckdb or spark.")
    ] = "auto",
    variance: Annotated[str, typer.Option(help="taylor or replicate.")] = "taylor",
    level: Annotated[float, typer.Option(help="Confidence level.")] = 0.95,
    ci: Annotated[
        str | None, typer.Option("--ci", help="Interval method; proportions: logit, beta, wilson …")
    ] = None,
    singleton: Annotated[
        str, typer.Option(help="Strata of one PSU: error, adjust, average, certainty or remove.")
    ] = "error",
    deff: Annotated[str, typer.Option(help="Reference of deff: replace or srs.")] = "replace",
    missing: Annotated[str, typer.Option(help="available or listwise.")] = "available",
    totals: Annotated[bool, typer.Option("--totals", help="Add rows over all groups.")] = False,
    json_file: Annotated[
        str | None, typer.Option("--json", metavar="FILE", help="Write JSON; - is standard output.")
    ] = None,
    csv_file: Annotated[
        str | None, typer.Option("--csv", metavar="FILE", help="Write CSV; - is standard output.")
    ] = None,
) -> None:
    """Estimate a statistic of one or more variables, by groups, with intervals and deff."""
    design = {"weight": weight, "stratum": stratum, "psu": psu, "fpc": fpc, "nest": nest}
    survey = _survey(study, data, plain, design, engine)
    options: dict[str, Any] = {
        "by": by,
        "where": where,
        "variance": variance,
        "level": level,
        "ci_method": ci,
        "singleton": singleton,
        "missing": missing,
        "totals": totals,
    }
    if statistic == "quantile":
        options |= {"q": q or [0.5], "qrule": qrule}
    else:
        options["deff"] = deff
    if statistic == "ratio":
        options["denominator"] = denominator
    _show(_estimate(survey, variables, statistic, options), json_file, csv_file)


def _estimate(
    survey: Survey, variables: list[str], statistic: str, options: dict[str, Any]
) -> EstimateTable:
    import attitudes as at
    from attitudes.errors import OptionError

    if statistic not in STATISTICS:
        raise OptionError.unknown("--statistic", "statistic", statistic, STATISTICS)
    if statistic == "ratio" and not options["denominator"]:
        raise OptionError("--denominator", "none", "a column, for --statistic ratio")
    table: EstimateTable = getattr(at, statistic)(survey, variables, **options)
    return table


def _survey(
    study: str | None, data: Path | None, plain: bool, design: dict[str, Any], engine: str
) -> Survey:
    from attitudes.errors import OptionError

    named = [f"--{name}" for name, value in design.items() if value]
    if data is not None and (plain or data.suffix.lower() == ".parquet" or (named and not study)):
        from attitudes.aggregation.engines import open_frame
        from attitudes.survey.design import SurveyDesign
        from attitudes.survey.survey import Survey

        given = {name: value for name, value in design.items() if value}
        return Survey.from_frame(open_frame(data, engine), SurveyDesign(**given))  # type: ignore[arg-type]
    if plain or named:
        raise OptionError(
            ", ".join(named) or "--plain",
            "a study pack, whose design is its own",
            "plain data, named by --data",
        )
    if engine not in ("auto", "memory"):
        raise OptionError("--engine", engine, "auto or memory with a codebook", "use --plain")
    from attitudes.cli.respondents import load

    return load(study, data)[1]


def _show(table: EstimateTable, json_file: str | None, csv_file: str | None) -> None:
    from attitudes.cli.output import print_table, write_json, write_text

    write_json(json_file, table.to_dict())
    if csv_file is not None:
        text = table.to_frame().to_csv(index=False)
        if csv_file == "-":
            sys.stdout.write(text)
        else:
            write_text(Path(csv_file), text)
    if "-" in (json_file, csv_file):
        return
    frame = table.to_frame()
    remarked = any(table.remarks)
    names = [*(str(name) for name in frame.columns), *(["remark"] if remarked else [])]
    numeric = ["estimate", "se", "ci_low", "ci_high", "df", "n", "n_eff", "deff", "cv"]
    rows = [
        [*(_cell(value) for value in row), *([remark] if remarked else [])]
        for row, remark in zip(frame.itertuples(index=False), table.remarks, strict=True)
    ]
    print_table(names, rows, numeric=numeric)
    typer.echo(table.method)
    for reason, count in table.dropped.items():
        typer.echo(f"left out: {count} without a value of {reason}")


def _cell(value: Any) -> str:
    if isinstance(value, float):
        if value != value:
            return "–"
        return f"{value:.0f}" if value.is_integer() and abs(value) > 10 else f"{value:.4g}"
    return str(value)
