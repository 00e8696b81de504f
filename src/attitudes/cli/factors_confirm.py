"""`attitudes factors confirm`: a factor model that says which items measure what."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from attitudes.cli.factor_model_options import (
    Covariance,
    Estimator,
    Missing,
    ModelOption,
    Scales,
)
from attitudes.cli.scale_options import (
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

EXAMPLE = "Example: attitudes factors confirm trust traits similarity change --charts charts"


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("confirm", epilog=EXAMPLE)(confirm)


def confirm(
    scales: Scales = None,
    model: ModelOption = None,
    items: ItemList = None,
    estimator: Estimator = "WLSMV",
    missing: Missing = None,
    by: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Groups to estimate it in together.")
    ] = None,
    equal: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND",
            help="With --by: equal in all groups: loadings, intercepts, thresholds, residuals, "
            "means. Repeatable.",
        ),
    ] = None,
    release: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Free in spite of --equal, such as 'f=~x3'. Repeatable."),
    ] = None,
    std_lv: Annotated[
        bool, typer.Option("--std-lv", help="Fix variances of factors, not first loadings.")
    ] = False,
    orthogonal: Annotated[bool, typer.Option("--orthogonal", help="Uncorrelated factors.")] = False,
    collapse: Annotated[
        bool,
        typer.Option("--collapse", help="Join answers that some group never gave, and say so."),
    ] = False,
    covariance: Covariance = None,
    modifications: Annotated[int, typer.Option(help="Number of modification indices shown.")] = 10,
    study: Study = None,
    data: Data = None,
    plain: Plain = False,
    weight: Weight = None,
    stratum: Stratum = None,
    psu: Psu = None,
    fpc: Fpc = None,
    charts: Charts = None,
    json_file: Json = None,
) -> None:
    """Fit a factor model: loadings, fit (naive, scaled, robust), what might be freed.

    A factor a scale, or a --model. With --charts: residual correlations and path diagram.

    Exit status 0: done; 2: input that cannot be used.
    """
    from attitudes.cli.factor_model_options import chosen_model, estimate_options, fit_rows
    from attitudes.cli.output import wants_quiet, write_json
    from attitudes.cli.scale_options import frame_rows, read_survey, source
    from attitudes.psychometrics.confirmatory.cfa import cfa

    survey = read_survey(study, data, plain, weight, stratum, psu, fpc)
    wanted = chosen_model(survey, model, scales, items)
    kinds: Any = equal or ()
    found = cfa(
        survey,
        wanted,
        by=by,
        equal=kinds,
        release=release or (),
        std_lv=std_lv,
        orthogonal=orthogonal,
        empty="collapse" if collapse else "refuse",
        **estimate_options(estimator, missing, covariance),
    )
    changes = found.modification_frame().head(modifications)
    paths = _draw(survey, found, charts)
    payload = fit_rows(found) | {
        "modification_indices": frame_rows(changes),
        "charts": [str(path) for path in paths],
    }
    write_json(json_file, {**source(survey), **payload})
    if not wants_quiet(json_file):
        _show(survey, found, changes)
        for path in paths:
            typer.echo(path)


def _draw(survey: Any, found: Any, folder: Path | None) -> tuple[Path, ...]:
    if folder is None:
        return ()
    from attitudes.cli.scale_charts import frame_of, write_charts
    from attitudes.reporting.factor_charts import paths_chart, residuals_chart

    frame = frame_of(survey)
    kind = "polychoric" if found.table.options.thresholds else "pearson"
    drawn = []
    for k, group in enumerate(found.groups):
        suffix = f"_{k + 1}" if group else ""
        mine = [e for e in found.estimates if e.group == group]
        loads = [(e.lhs, e.rhs, e.std) for e in mine if e.op == "=~" and e.rhs in found.items]
        both = set(found.factors)
        phi = [
            (e.lhs, e.rhs, e.std)
            for e in mine
            if e.op == "~~" and e.lhs != e.rhs and {e.lhs, e.rhs} <= both and e.estimate != 0
        ]
        residuals = found.residuals("cor", group=group)
        drawn.append(
            residuals_chart(frame, found.items, residuals, kind=kind, id_=f"residuals{suffix}")
        )
        drawn.append(paths_chart(frame, loads, phi, kind=kind, id_=f"paths{suffix}"))
    return write_charts(folder, drawn)


def _show(survey: Any, found: Any, changes: Any) -> None:
    from attitudes.cli.scale_options import show_frame, tell

    dropped = f", {found.dropped} left out" if found.dropped else ""
    design = "the sampling design" if found.covariance == "design" else "independent respondents"
    several = "s" if len(found.factors) > 1 else ""
    typer.echo(
        f"{len(found.factors)} factor{several} of {len(found.items)} items, "
        f"n = {found.n_obs}{dropped}; "
        f"{found.estimator}, {found.missing}, errors of {design}"
    )
    if found.turned:
        typer.echo(f"Turned round, as keyed negatively: {', '.join(found.turned)}")
    _show_fit(found)
    show_frame(found.loadings_frame(), "\nLoadings (std: variances of items and factors 1)")
    if len(found.factors) > 1:
        for group in found.groups:
            title = "\nCorrelations of the factors" + (f", {group}" if group else "")
            show_frame(_phi(found, group), title)
    others = [e for e in found.estimates if e.op in ("~", ":=") or _residual(found, e)]
    if others:
        frame = found.to_frame()
        keep = [k for k, e in enumerate(found.estimates) if e in others]
        columns = ["lhs", "op", "rhs", "group", "estimate", "se", "z", "p", "std"]
        show_frame(frame.iloc[keep][columns], "\nOther parameters")
    if len(changes):
        show_frame(changes, "\nLargest modification indices (about what chi-square would fall by)")
    tell(survey, found.warnings)


_FIT = (
    ("chi-square", "chisq", 1),
    ("df", "df", 0),
    ("p", "pvalue", 3),
    ("CFI", "cfi", 3),
    ("TLI", "tli", 3),
    ("RMSEA", "rmsea", 3),
    ("  90 % interval, low", "rmsea.ci.lower", 3),
    ("  90 % interval, high", "rmsea.ci.upper", 3),
    ("  p of RMSEA <= 0.05", "rmsea.pvalue", 3),
    ("SRMR", "srmr", 3),
)


def _show_fit(found: Any) -> None:
    """Print measures of fit: naive, scaled and robust ones beside each other."""
    from attitudes.cli.output import print_table

    frame = found.fit_frame()
    rows = []
    for label, name, digits in _FIT:
        if name in frame.index:
            values = [frame.loc[name, kind] for kind in frame.columns]
            rows.append([label, *("" if v != v else f"{v:.{digits}f}" for v in values)])
    typer.echo("\nFit")
    columns = [str(c) for c in frame.columns]
    print_table(["measure", *columns], rows, numeric=columns)


def _residual(found: Any, e: Any) -> bool:
    """Whether a parameter is a covariance of residuals of items."""
    return bool(e.op == "~~" and e.lhs != e.rhs and e.lhs in found.items and e.free)


def _phi(found: Any, group: str) -> Any:
    import pandas as pd

    phi = pd.DataFrame(found.phi_of(group), columns=list(found.factors))
    phi.insert(0, "factor", list(found.factors))
    return phi
