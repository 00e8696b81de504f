"""`attitudes test regression`: models with design-based covariance, tests, margins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from attitudes.cli.compare import Singleton, VarianceOption, Where
from attitudes.cli.design_options import Source
from attitudes.cli.estimate import CsvTarget
from attitudes.cli.options import JsonOption, LevelOption

if TYPE_CHECKING:
    import pandas as pd

    from attitudes.estimation.model_result import RegressionResult

__all__ = ["regression"]


def regression(
    *,
    source: Source,
    formula: Annotated[str, typer.Argument(help='Such as "q1 ~ age + C(region)".')],
    family: Annotated[
        str, typer.Option(help="gaussian, binomial, poisson, gamma or ordinal.")
    ] = "gaussian",
    link: Annotated[
        str | None, typer.Option(help="Link function; default: the family's own.")
    ] = None,
    term: Annotated[
        list[str] | None,
        typer.Option(help="Term to test as a whole, such as C(region); default: every term."),
    ] = None,
    means: Annotated[
        list[str] | None, typer.Option(help="Predictor whose marginal means are wanted.")
    ] = None,
    effects: Annotated[
        list[str] | None, typer.Option(help="Predictor whose average marginal effect is wanted.")
    ] = None,
    where: Where = None,
    variance: VarianceOption = None,
    level: LevelOption = 0.95,
    singleton: Singleton = "error",
    json_file: JsonOption = None,
    csv_file: CsvTarget = None,
) -> None:
    """Regress an answer on predictors: coefficients, tests of terms, marginal means and effects."""
    from attitudes.cli.result_output import show_frame, write_results
    from attitudes.estimation.regress import regress

    survey = source.survey()
    chosen: Any = family
    options: dict[str, Any] = {
        "where": where,
        "singleton": singleton,
        "variance": variance or source.variance,
        "link": link,
    }
    fit = regress(formula, survey, family=chosen, **options)
    coefficients = fit.to_frame(level)
    tests = _tests(fit, term)
    margins = _margins(fit, means or [], effects or [], level)
    payload = {
        **fit.summary(),
        "level": level,
        "provenance": survey.provenance,
        "coefficients": coefficients.to_dict("records"),
        "covariance": fit.covariance.tolist(),
        "terms": tests.to_dict("records"),
        "margins": {name: frame.to_dict("records") for name, frame in margins.items()},
    }
    if not write_results(coefficients, payload, json_file, csv_file):
        return
    show_frame(coefficients, f"{fit.title}; data: {survey.provenance}")
    if len(tests):
        show_frame(tests, "Wald tests of terms")
    for name, frame in margins.items():
        show_frame(frame, name)


def _tests(fit: RegressionResult, terms: list[str] | None) -> pd.DataFrame:
    import pandas as pd

    from attitudes.estimation.term_test import term_test

    chosen = terms or [t for t in fit.frame.term_columns if t != "1"]
    if fit.df_residual <= 0 and not terms:
        chosen = []
    found = [(name, term_test(fit, name)) for name in chosen]
    return pd.DataFrame(
        {
            "term": [name for name, _ in found],
            "F": [test.statistic for _, test in found],
            "df": [test.df[0] for _, test in found],
            "df_residual": [test.df[1] for _, test in found],
            "p_value": [test.p_value for _, test in found],
        }
    )


def _margins(
    fit: RegressionResult, means: list[str], effects: list[str], level: float
) -> dict[str, pd.DataFrame]:
    from attitudes.estimation.margins import marginal_effects, marginal_means

    covariates: Any = "fixed" if fit.variance == "replicate" else "sampled"
    found = {}
    for name in means:
        table = marginal_means(fit, name, covariates=covariates, level=level).to_frame()
        dropped = ["t", "p_value", "p_adjusted"]
        found[f"marginal means of {name}"] = table.drop(columns=dropped).rename(
            columns={"contrast": "value"}
        )
    for name in effects:
        table = marginal_effects(fit, name, covariates=covariates, level=level).to_frame()
        found[f"average marginal effects of {name}"] = table.drop(columns=["p_adjusted"]).rename(
            columns={"contrast": "effect"}
        )
    return found
