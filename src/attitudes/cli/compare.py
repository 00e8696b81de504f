"""Commands that compare groups: independence, t-test, rank test, contrasts."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from attitudes.cli.design_options import Source
from attitudes.cli.estimate import CsvTarget
from attitudes.cli.options import JsonOption, LevelOption

__all__ = ["contrast", "independence", "rank", "ttest"]

Variable = Annotated[str, typer.Argument(help="Variable whose answers are compared.")]
By = Annotated[str, typer.Option("--by", help="Variable whose groups are compared.")]
Where = Annotated[
    str | None, typer.Option(help="Respondents to take, such as \"region == 'north'\".")
]
Singleton = Annotated[
    str, typer.Option(help="Strata of one PSU: error, adjust, average, certainty or remove.")
]
VarianceOption = Annotated[
    str | None, typer.Option(help="taylor or replicate; default: replicates where there are any.")
]


def independence(
    *,
    source: Source,
    row: Annotated[str, typer.Argument(help="First variable.")],
    column: Annotated[str, typer.Argument(help="Second variable.")],
    statistic: Annotated[
        str, typer.Option(help="F, Chisq, Wald, adjWald, lincom or saddlepoint.")
    ] = "F",
    where: Where = None,
    variance: VarianceOption = None,
    level: LevelOption = 0.95,
    singleton: Singleton = "error",
    json_file: JsonOption = None,
    csv_file: CsvTarget = None,
) -> None:
    """Test whether two categorical answers are independent; effect size Cramér's V."""
    from attitudes.cli.result_output import show_test
    from attitudes.estimation.effects import effect_size
    from attitudes.estimation.independence import independence_test

    survey = source.survey()
    options: dict[str, Any] = {
        "where": where,
        "singleton": singleton,
        "variance": variance or source.variance,
    }
    test = independence_test(survey, row, column, statistic=statistic, **options)  # type: ignore[arg-type]
    effect = effect_size(survey, row, by=column, categorical=True, level=level, **options)
    more = {"effect": effect.to_dict(), "row": row, "column": column}
    show_test(test, more, json_file, csv_file, survey.provenance)


def ttest(
    *,
    source: Source,
    variable: Variable,
    by: Annotated[str | None, typer.Option("--by", help="Variable with two groups.")] = None,
    mean: Annotated[float, typer.Option(help="Mean under the hypothesis.")] = 0.0,
    minus: Annotated[
        str | None, typer.Option(help="Second variable of the same respondents: paired test.")
    ] = None,
    where: Where = None,
    variance: VarianceOption = None,
    level: LevelOption = 0.95,
    singleton: Singleton = "error",
    json_file: JsonOption = None,
    csv_file: CsvTarget = None,
) -> None:
    """Test a mean, or the difference of two groups' means; effect size Cohen's d of groups."""
    from attitudes.cli.result_output import show_test
    from attitudes.estimation.effects import effect_size
    from attitudes.estimation.ttest import t_test

    survey = source.survey()
    options: dict[str, Any] = {
        "where": where,
        "singleton": singleton,
        "variance": variance or source.variance,
        "level": level,
    }
    test = t_test(survey, variable, by=by, minus=minus, mean=mean, **options)
    more: dict[str, Any] = {"variable": variable, "by": by}
    if by is not None and minus is None:
        more["effect"] = effect_size(survey, variable, by=by, **options).to_dict()
    show_test(test, more, json_file, csv_file, survey.provenance)


def rank(
    *,
    source: Source,
    variable: Variable,
    by: By,
    test: Annotated[
        str, typer.Option(help="wilcoxon, kruskal, vanderwaerden or median.")
    ] = "wilcoxon",
    where: Where = None,
    variance: VarianceOption = None,
    level: LevelOption = 0.95,
    singleton: Singleton = "error",
    json_file: JsonOption = None,
    csv_file: CsvTarget = None,
) -> None:
    """Test whether groups differ in the ranks of their answers."""
    from attitudes.cli.result_output import show_test
    from attitudes.estimation.ranktest import rank_test

    survey = source.survey()
    options: dict[str, Any] = {
        "where": where,
        "singleton": singleton,
        "variance": variance or source.variance,
        "level": level,
    }
    found = rank_test(survey, variable, by=by, test=test, **options)  # type: ignore[arg-type]
    show_test(found, {"variable": variable, "by": by}, json_file, csv_file, survey.provenance)


def contrast(
    *,
    source: Source,
    variables: Annotated[list[str], typer.Argument(help="Variables whose means are compared.")],
    by: Annotated[
        list[str] | None, typer.Option("--by", help="Variable of the groups; repeat to cross.")
    ] = None,
    pair: Annotated[
        list[str] | None, typer.Option(help="Pair of groups as A,B; default: all pairs.")
    ] = None,
    expression: Annotated[
        list[str] | None,
        typer.Option(help='Contrast of means by name, such as "north / south"; repeatable.'),
    ] = None,
    adjust: Annotated[str, typer.Option(help="holm, bonferroni, bh or none.")] = "holm",
    where: Where = None,
    missing: Annotated[str, typer.Option(help="available or listwise.")] = "available",
    variance: VarianceOption = None,
    level: LevelOption = 0.95,
    singleton: Singleton = "error",
    json_file: JsonOption = None,
    csv_file: CsvTarget = None,
) -> None:
    """Compare means of groups or of variables, with adjusted p-values."""
    from attitudes.cli.result_output import show_frame, write_results
    from attitudes.estimation.contrast import contrast as compare

    survey = source.survey()
    options: dict[str, Any] = {
        "where": where,
        "singleton": singleton,
        "variance": variance or source.variance,
        "missing": missing,
        "level": level,
        "adjust": None if adjust == "none" else adjust,
    }
    if expression:
        options["expression"] = {text: text for text in expression}
    if pair:
        options["pairs"] = [_pair(text) for text in pair]
    result = compare(survey, variables, by=by, **options)
    frame = result.to_frame()
    payload = {
        "variable": variables[0] if len(variables) == 1 else variables,
        "by": by[0] if by and len(by) == 1 else by,
        "adjust": adjust,
        "level": result.level,
        "variance": result.variance,
        "provenance": survey.provenance,
        "contrasts": frame.to_dict("records"),
        "covariance": result.covariance.tolist(),
        "left_out": list(result.left_out),
    }
    if write_results(frame, payload, json_file, csv_file):
        groups = f" by {' × '.join(by)}" if by else ""
        title = f"{', '.join(variables)}{groups}; p adjusted by {adjust}"
        show_frame(frame, f"{title}; variance: {result.variance}; data: {survey.provenance}")
        for name in result.left_out:
            typer.echo(f"left out: {name}, for which nobody answered")


def _pair(text: str) -> tuple[str, str]:
    from attitudes.errors import OptionError

    first, comma, second = text.partition(",")
    if not comma or not first or not second:
        raise OptionError("--pair", repr(text), "two groups with a comma between, as A,B")
    return first, second
