"""`attitudes test`: tests of association, means, ranks and contrasts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from attitudes.estimation.inference import HypothesisTest
    from attitudes.survey.survey import Survey

__all__ = ["register"]

Row = Annotated[str, typer.Argument(help="First variable.")]
Variable = Annotated[str, typer.Argument(help="Variable whose answers are compared.")]
By = Annotated[str, typer.Option("--by", help="Variable whose groups are compared.")]
Study = Annotated[
    str | None, typer.Option(help="Study pack: a bundled name, a folder, or a study.yaml.")
]
Data = Annotated[
    Path | None, typer.Option(help="File of respondents; default: the study pack's own.")
]
Plain = Annotated[
    bool, typer.Option("--plain", help="Take --data as it stands, without a codebook.")
]
Weight = Annotated[str | None, typer.Option(help="With --plain: column of weights.")]
Stratum = Annotated[str | None, typer.Option(help="With --plain: column of strata.")]
Psu = Annotated[str | None, typer.Option(help="With --plain: column of PSUs.")]
Fpc = Annotated[str | None, typer.Option(help="With --plain: column of population sizes.")]
Where = Annotated[
    str | None, typer.Option(help="Respondents to take, such as \"region == 'osh'\".")
]
Singleton = Annotated[
    str, typer.Option(help="Strata of one PSU: error, adjust, average, certainty or remove.")
]
Json = Annotated[
    str | None, typer.Option("--json", help="Write the result as JSON; - for standard output.")
]
EXAMPLE = "Example: attitudes test independence trust_1 region --json -"


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(
        help="Test differences and associations with the survey's design.", no_args_is_help=True
    )
    group.command("independence", epilog=EXAMPLE)(independence)
    group.command("ttest", epilog="Example: attitudes test ttest trust_1 --by gender")(ttest)
    group.command("rank", epilog="Example: attitudes test rank trust_1 --by region")(rank)
    group.command("contrast", epilog="Example: attitudes test contrast trust_1 --by region")(
        contrast
    )
    app.add_typer(group, name="test")


def independence(
    row: Row,
    column: Annotated[str, typer.Argument(help="Second variable.")],
    statistic: Annotated[
        str, typer.Option(help="F, Chisq, Wald, adjWald, lincom or saddlepoint.")
    ] = "F",
    study: Study = None,
    data: Data = None,
    plain: Plain = False,
    weight: Weight = None,
    stratum: Stratum = None,
    psu: Psu = None,
    fpc: Fpc = None,
    where: Where = None,
    singleton: Singleton = "error",
    json_file: Json = None,
) -> None:
    """Test whether two categorical answers are independent; effect size Cramér's V."""
    from attitudes.estimation.effects import effect_size
    from attitudes.estimation.independence import independence_test

    survey = _survey(study, data, plain, weight, stratum, psu, fpc)
    options: dict[str, Any] = {"where": where, "singleton": singleton}
    test = independence_test(survey, row, column, statistic=statistic, **options)  # type: ignore[arg-type]
    effect = effect_size(survey, row, by=column, categorical=True, **options)
    _show_test(test, json_file, {"effect": effect.to_dict(), "row": row, "column": column})


def ttest(
    variable: Variable,
    by: Annotated[str | None, typer.Option("--by", help="Variable with two groups.")] = None,
    mean: Annotated[float, typer.Option(help="Mean under the hypothesis.")] = 0.0,
    minus: Annotated[
        str | None, typer.Option(help="Second variable of the same respondents: paired test.")
    ] = None,
    study: Study = None,
    data: Data = None,
    plain: Plain = False,
    weight: Weight = None,
    stratum: Stratum = None,
    psu: Psu = None,
    fpc: Fpc = None,
    where: Where = None,
    singleton: Singleton = "error",
    json_file: Json = None,
) -> None:
    """Test a mean, or the difference of two groups' means."""
    from attitudes.estimation.ttest import t_test

    survey = _survey(study, data, plain, weight, stratum, psu, fpc)
    options: dict[str, Any] = {"where": where, "singleton": singleton}
    test = t_test(survey, variable, by=by, minus=minus, mean=mean, **options)
    _show_test(test, json_file, {"variable": variable, "by": by})


def rank(
    variable: Variable,
    by: By,
    test: Annotated[
        str, typer.Option(help="wilcoxon, kruskal, vanderwaerden or median.")
    ] = "wilcoxon",
    study: Study = None,
    data: Data = None,
    plain: Plain = False,
    weight: Weight = None,
    stratum: Stratum = None,
    psu: Psu = None,
    fpc: Fpc = None,
    where: Where = None,
    singleton: Singleton = "error",
    json_file: Json = None,
) -> None:
    """Test whether groups differ in the ranks of their answers."""
    from attitudes.estimation.ranktest import rank_test

    survey = _survey(study, data, plain, weight, stratum, psu, fpc)
    options: dict[str, Any] = {"where": where, "singleton": singleton}
    found = rank_test(survey, variable, by=by, test=test, **options)  # type: ignore[arg-type]
    _show_test(found, json_file, {"variable": variable, "by": by})


def contrast(
    variable: Variable,
    by: By,
    pair: Annotated[
        list[str] | None, typer.Option(help="Pair of groups as A,B; default: all pairs.")
    ] = None,
    adjust: Annotated[str, typer.Option(help="holm, bonferroni, bh or none.")] = "holm",
    study: Study = None,
    data: Data = None,
    plain: Plain = False,
    weight: Weight = None,
    stratum: Stratum = None,
    psu: Psu = None,
    fpc: Fpc = None,
    where: Where = None,
    singleton: Singleton = "error",
    json_file: Json = None,
) -> None:
    """Compare the means of groups pair by pair, with adjusted p-values."""
    from attitudes.cli.output import print_table, wants_quiet, write_json
    from attitudes.estimation.contrast import contrast as compare

    survey = _survey(study, data, plain, weight, stratum, psu, fpc)
    options: dict[str, Any] = {"where": where, "singleton": singleton}
    options["adjust"] = None if adjust == "none" else adjust
    pairs = [_pair(text) for text in pair] if pair else "all"
    result = compare(survey, variable, by=by, pairs=pairs, **options)  # type: ignore[arg-type]
    frame = result.to_frame()
    payload = {"variable": variable, "by": by, "adjust": adjust, "level": result.level}
    write_json(json_file, {**payload, "contrasts": frame.to_dict("records")})
    if not wants_quiet(json_file):
        rows = [
            [line[0], *(_number(v) for v in line[1:])] for line in frame.itertuples(index=False)
        ]
        title = f"{variable} by {by}, p adjusted by {adjust}; data: {survey.provenance}"
        print_table(list(frame.columns), rows, title=title, numeric=list(frame.columns[1:]))


def _pair(text: str) -> tuple[str, str]:
    from attitudes.errors import OptionError

    first, comma, second = text.partition(",")
    if not comma or not first or not second:
        raise OptionError("--pair", repr(text), "two groups with a comma between, as A,B")
    return first, second


def _survey(
    study: str | None,
    data: Path | None,
    plain: bool,
    weight: str | None,
    stratum: str | None,
    psu: str | None,
    fpc: str | None,
) -> Survey:
    from attitudes.cli.respondents import load
    from attitudes.errors import OptionError
    from attitudes.survey.design import SurveyDesign
    from attitudes.survey.survey import Survey

    if not plain:
        if any(option is not None for option in (weight, stratum, psu, fpc)):
            raise OptionError(
                "attitudes test",
                "a column of the design without --plain",
                "--plain with --data",
                "the design of a study stands in its study.yaml",
            )
        return load(study, data)[1]
    if data is None or study is not None:
        raise OptionError("attitudes test, --plain", "no --data, or a --study", "--data alone")
    frame = _plain_frame(data)
    design = SurveyDesign(weight=weight, stratum=stratum, psu=psu, fpc=fpc)
    return Survey.from_frame(frame, design)


def _plain_frame(path: Path) -> Any:
    import pandas as pd

    from attitudes.errors import DataError

    readers: dict[str, Any] = {
        ".csv": pd.read_csv,
        ".parquet": pd.read_parquet,
        ".xlsx": pd.read_excel,
    }
    if path.suffix not in readers:
        raise DataError(str(path), f"a file ending in {path.suffix!r}", ", ".join(readers))
    try:
        return readers[path.suffix](path)
    except ValueError as error:
        raise DataError(str(path), str(error).splitlines()[0], "a table with a header") from error


def _show_test(test: HypothesisTest, json_file: str | None, more: dict[str, Any]) -> None:
    from attitudes.cli.output import print_table, wants_quiet, write_json

    write_json(json_file, {**more, **test.to_dict()})
    if wants_quiet(json_file):
        return
    rows = [[test.statistic_name, _number(test.statistic)]]
    if test.df:
        rows.append(["df", ", ".join(_number(d) for d in test.df)])
    rows.append(["p", _number(test.p_value)])
    if test.estimate is not None and test.se is not None:
        interval = f"{_number(test.ci_low)} to {_number(test.ci_high)}"
        rows += [["estimate", _number(test.estimate)], ["se", _number(test.se)]]
        rows.append(["interval", interval])
    effect = more.get("effect")
    if effect:
        low, high = _number(effect["ci_low"]), _number(effect["ci_high"])
        rows.append([effect["name"], f"{_number(effect['estimate'])} ({low} to {high})"])
    rows += [["respondents", str(test.n)], ["without an answer", str(test.n_missing)]]
    print_table(
        ["", "value"], rows, title=f"{test.method}; variance: {test.variance}", numeric=["value"]
    )


def _number(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, int | float) else str(value)
