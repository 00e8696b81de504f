"""`attitudes estimate`: means, proportions and the rest, with their design's uncertainty."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from attitudes.cli.design_options import Source, with_source
from attitudes.cli.options import JsonOption, LevelOption

if TYPE_CHECKING:
    from attitudes.estimation.table import EstimateTable
    from attitudes.survey.survey import Survey

__all__ = ["CsvTarget", "register"]

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
CsvTarget = Annotated[
    str | None, typer.Option("--csv", metavar="FILE", help="Write CSV; - is standard output.")
]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("estimate", epilog="Example: attitudes estimate q1 q2 --by region --json -")(
        with_source(estimate)
    )


def estimate(
    *,
    source: Source,
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
    variance: Annotated[
        str | None, typer.Option(help="taylor or replicate; default: as the options imply.")
    ] = None,
    level: LevelOption = 0.95,
    ci: Annotated[
        str | None, typer.Option("--ci", help="Interval method; proportions: logit, beta, wilson …")
    ] = None,
    singleton: Annotated[
        str, typer.Option(help="Strata of one PSU: error, adjust, average, certainty or remove.")
    ] = "error",
    singleton_domains: Annotated[
        bool, typer.Option("--singleton-domains", help="Also strata with one PSU in the domain.")
    ] = False,
    deff: Annotated[str, typer.Option(help="Reference of deff: replace or srs.")] = "replace",
    missing: Annotated[str, typer.Option(help="available or listwise.")] = "available",
    totals: Annotated[bool, typer.Option("--totals", help="Add rows over all groups.")] = False,
    covariance: Annotated[
        bool, typer.Option("--covariance", help="Add the covariance of the rows to the JSON.")
    ] = False,
    imputation: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="Further imputation of --data; repeat: pooled by Rubin's rules."
        ),
    ] = None,
    json_file: JsonOption = None,
    csv_file: CsvTarget = None,
) -> None:
    """Estimate a statistic of one or more variables, by groups, with intervals and deff."""
    options: dict[str, Any] = {
        "by": by,
        "where": where,
        "variance": variance or source.variance,
        "level": level,
        "ci_method": ci,
        "singleton": singleton,
        "singleton_domains": singleton_domains,
        "missing": missing,
        "totals": totals,
    }
    if statistic == "quantile":
        options |= {"q": q or [0.5], "qrule": qrule}
    else:
        options |= {"deff": deff, "covariance": covariance}
    if statistic == "ratio":
        options["denominator"] = denominator
    if imputation:
        _pooled(source, variables, statistic, options, imputation, json_file, csv_file)
    else:
        _show(_estimate(source.survey(), variables, statistic, options), json_file, csv_file)


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


def _pooled(
    source: Source,
    variables: list[str],
    statistic: str,
    options: dict[str, Any],
    imputations: list[Path],
    json_file: str | None,
    csv_file: str | None,
) -> None:
    from attitudes.cli.result_output import show_frame, write_results
    from attitudes.errors import OptionError
    from attitudes.estimation.pool import pool

    if source.data is None:
        raise OptionError("--imputation", "no --data", "the first imputation in --data")
    tables = [
        _estimate(source.survey(path), variables, statistic, options)
        for path in (source.data, *imputations)
    ]
    df = float(tables[0].numbers["df"].min())
    pooled = pool(tables, df_complete=df, level=options["level"])
    frame = pooled.to_frame()
    payload = {
        "statistic": statistic,
        "imputations": len(tables),
        "df_complete": df,
        "level": options["level"],
        "rows": frame.to_dict("records"),
    }
    if write_results(frame, payload, json_file, csv_file):
        title = (
            f"{statistic}, {len(tables)} imputations pooled by Rubin's rules; {df:g} df complete"
        )
        show_frame(frame, title)


def _show(table: EstimateTable, json_file: str | None, csv_file: str | None) -> None:
    from attitudes.cli.result_output import show_frame, write_results

    frame = table.to_frame()
    if not write_results(frame, table.to_dict(), json_file, csv_file):
        return
    show_frame(frame.assign(remark=list(table.remarks)) if any(table.remarks) else frame)
    typer.echo(table.method)
    for reason, count in table.dropped.items():
        typer.echo(f"left out: {count} without a value of {reason}")
