"""`attitudes factors compare`: one factor, several, a hierarchy, a method factor."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from attitudes.cli.factor_model_options import Covariance, Estimator, Missing, Scales
from attitudes.cli.scale_options import (
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

EXAMPLE = "Example: attitudes factors compare trust traits similarity change --estimator MLR"


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("compare", epilog=EXAMPLE)(compare)


def compare(
    scales: Scales = None,
    items: ItemList = None,
    structure: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="one, factors, second-order, bifactor or method; default: all. Repeatable.",
        ),
    ] = None,
    estimator: Estimator = "WLSMV",
    missing: Missing = None,
    covariance: Covariance = None,
    study: Study = None,
    data: Data = None,
    plain: Plain = False,
    weight: Weight = None,
    stratum: Stratum = None,
    psu: Psu = None,
    fpc: Fpc = None,
    json_file: Json = None,
) -> None:
    """Compare structures of the same items: one factor, a factor a scale, a general factor above
    or beside them, and a method factor of the negatively keyed items.

    Exit status 0: done; 2: input that cannot be used.
    """
    from attitudes.cli.factor_model_options import chosen_scales, estimate_options, fit_rows
    from attitudes.cli.output import wants_quiet, write_json
    from attitudes.cli.scale_options import frame_rows, read_survey, source
    from attitudes.psychometrics.confirmatory.comparison import compare_structures
    from attitudes.psychometrics.confirmatory.structures import STRUCTURES

    survey = read_survey(study, data, plain, weight, stratum, psu, fpc)
    chosen = chosen_scales(survey, scales, items)
    wanted: Any = structure or STRUCTURES
    found = compare_structures(
        survey, chosen, structures=wanted, **estimate_options(estimator, missing, covariance)
    )
    payload = {
        "estimator": found.estimator,
        "n": found.n,
        "comparison": frame_rows(found.to_frame()),
        "models": {m.name: fit_rows(m.fit) for m in found.models if m.fit is not None},
        "warnings": list(found.warnings),
    }
    write_json(json_file, {**source(survey), **payload})
    if not wants_quiet(json_file):
        _show(survey, found)


def _show(survey: Any, found: Any) -> None:
    from attitudes.cli.scale_options import show_frame, tell

    frame = found.to_frame()
    typer.echo(f"n = {found.n}; {found.estimator}")
    kind = ".scaled" if "cfi.scaled" in frame else ""
    fit = ["model", "npar", f"chisq{kind}", "df", f"pvalue{kind}", "cfi", "rmsea"]
    fit += [c for c in ("cfi.scaled", "rmsea.scaled", "cfi.robust", "rmsea.robust") if c in frame]
    fit += [c for c in ("srmr", "aic", "bic") if c in frame]
    counts = {c: frame[c].astype("Int64").astype(str) for c in ("npar", "df") if c in frame}
    show_frame(frame.assign(**counts)[fit], "\nFit")
    tests = frame[frame["against"] != ""]
    if len(tests):
        columns = ["model", "against", "chisq_diff", "df_diff", "p_diff"]
        shown = tests[columns].assign(df_diff=tests["df_diff"].astype("Int64").astype(str))
        show_frame(shown, "\nEach against the more general one that contains it")
    titles = frame[["model", "title", "problem"]]
    show_frame(titles, "\nWhat they say")
    tell(survey, found.warnings)
