"""`attitudes factors invariance`: are scales measured alike in all groups?"""

from __future__ import annotations

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

EXAMPLE = "Example: attitudes factors invariance trust --by gender --by region --partial --dif"


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("invariance", epilog=EXAMPLE)(invariance)


def invariance(
    scales: Scales = None,
    by: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="Groups; default: all breakdowns. Repeatable."),
    ] = None,
    model: ModelOption = None,
    items: ItemList = None,
    together: Annotated[
        bool, typer.Option("--together", help="All scales in one model, not each by itself.")
    ] = False,
    estimator: Estimator = "WLSMV",
    missing: Missing = None,
    partial: Annotated[
        bool, typer.Option("--partial", help="Release the worst equalities one by one.")
    ] = False,
    release: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Free from the start, such as 'f=~x3'. Repeatable."),
    ] = None,
    align: Annotated[
        bool, typer.Option("--align", help="Factor means of many groups by alignment as well.")
    ] = False,
    dif: Annotated[
        bool,
        typer.Option("--dif", help="Items that groups answer differently at the same score."),
    ] = False,
    strict_answers: Annotated[
        bool,
        typer.Option(
            "--refuse-empty", help="Refuse answers that some group never gave; default: join them."
        ),
    ] = False,
    least: Annotated[
        int, typer.Option(help="Respondents that a group needs; smaller ones are left out.")
    ] = 50,
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
    """Test configural, metric (loadings), scalar (intercepts or thresholds) and strict invariance.

    Each scale by itself unless --together or --model. A scale that cannot be tested is named with
    the reason.

    Exit status 0: done; 2: input that cannot be used.
    """
    from attitudes.cli.factor_model_options import estimate_options
    from attitudes.cli.output import wants_quiet, write_json
    from attitudes.cli.scale_options import read_survey, source

    survey = read_survey(study, data, plain, weight, stratum, psu, fpc)
    options = estimate_options(estimator, missing, covariance) | {
        "empty": "refuse" if strict_answers else "collapse"
    }
    asked = _asked(survey, model, scales, items, together)
    wanted = [(name, one, column) for column in _columns(survey, by) for name, one in asked.items()]
    extra = {"release": tuple(release or ()), "partial": partial}
    results = [_one(survey, *each, least, options, extra, align, dif) for each in wanted]
    if len(results) == 1 and "error" in results[0]:
        raise results[0]["error"]
    payload = [{k: v for k, v in r.items() if k not in _OBJECTS} for r in results]
    write_json(json_file, {**source(survey), "results": payload})
    if not wants_quiet(json_file):
        _show(survey, results)


_OBJECTS = ("found", "error", "aligned", "items")


def _columns(survey: Any, by: list[str] | None) -> list[str]:
    from attitudes.errors import OptionError

    if by:
        return by
    if survey.study is None or not survey.study.breakdowns:
        raise OptionError(
            "--by", "no groups, and no codebook that declares breakdowns", "a column", "add --by"
        )
    return [b.id for b in survey.study.breakdowns]


def _asked(
    survey: Any,
    model: str | None,
    scales: list[str] | None,
    items: list[str] | None,
    together: bool,
) -> dict[str, Any]:
    """Models by name."""
    from attitudes.cli.factor_model_options import chosen_model

    chosen = chosen_model(survey, model, scales, items)
    if isinstance(chosen, str):
        return {"model": chosen}
    if together:
        return {", ".join(chosen): chosen}
    return {name: {name: members} for name, members in chosen.items()}


def _one(
    survey: Any,
    name: str,
    model: Any,
    by: str,
    least: int,
    options: dict[str, Any],
    extra: dict[str, Any],
    align: bool,
    dif: bool,
) -> dict[str, Any]:
    """Test one model over one breakdown; what cannot be tested carries the reason."""
    from attitudes.cli.scale_options import frame_rows
    from attitudes.errors import AttitudesError
    from attitudes.psychometrics.confirmatory.invariance import invariance as test
    from attitudes.psychometrics.confirmatory.model_input import read_model
    from attitudes.psychometrics.confirmatory.small_groups import large_groups

    try:
        large = large_groups(survey, read_model(survey, model).items, by, least)
        survey = large.survey
        found = test(survey, model, by=by, **options, **extra)
    except AttitudesError as error:
        return {"scale": name, "by": by, "problem": str(error), "error": error}
    out: dict[str, Any] = {
        "scale": name,
        "by": by,
        "groups": dict(zip(found.groups, found.n, strict=True)),
        "estimator": found.estimator,
        "reached": found.level_reached,
        "warning": found.warning,
        "index": found.index,
        "levels": frame_rows(found.to_frame()),
        "suggestions": frame_rows(found.suggestions_frame()),
        "left_out": list(large.left_out),
        "warnings": [*([large.note] if large.note else []), *found.warnings],
        "found": found,
    }
    if align:
        out |= _aligned(survey, model, by, options)
    if dif:
        out |= _items(survey, model, by, options["covariance"])
    return out


def _aligned(survey: Any, model: Any, by: str, options: dict[str, Any]) -> dict[str, Any]:
    from attitudes.cli.scale_options import frame_rows
    from attitudes.errors import AttitudesError
    from attitudes.psychometrics.confirmatory.alignment import alignment

    try:
        found = alignment(survey, model, by=by, **options)
    except AttitudesError as error:
        return {"alignment": {"problem": str(error)}}
    said = {
        "means": frame_rows(found.to_frame()),
        "parameters": frame_rows(found.parameters_frame()),
        "warnings": list(found.warnings),
    }
    return {"alignment": said, "aligned": found}


def _items(survey: Any, model: Any, by: str, covariance: str | None) -> dict[str, Any]:
    from attitudes.cli.scale_options import frame_rows
    from attitudes.errors import AttitudesError
    from attitudes.psychometrics.dif import dif

    if isinstance(model, str):
        return {"dif": {"problem": "it is found of scales, not of a model's text"}}
    kind: Any = covariance
    tables: dict[str, Any] = {}
    results = []
    for name, members in model.items():
        try:
            found = dif(survey, members, by=by, covariance=kind)
        except AttitudesError as error:
            tables[name] = {"problem": str(error)}
            continue
        tables[name] = {
            "covariance": found.covariance,
            "items": frame_rows(found.to_frame()),
            "flagged": list(found.flagged),
        }
        results.append((name, found))
    return {"dif": tables, "items": results}


def _show(survey: Any, results: list[dict[str, Any]]) -> None:
    import pandas as pd

    from attitudes.cli.scale_options import show_frame, tell

    for result in results:
        if "found" in result:
            _show_one(result)
        else:
            typer.echo(f"{result['scale']} by {result['by']}: not tested: {result['problem']}\n")
    if len(results) > 1:
        rows = [
            {"scale": r["scale"], "by": r["by"], "reached": r.get("reached", "not tested")}
            for r in results
        ]
        show_frame(pd.DataFrame(rows), "Level reached")
    tell(survey)


def _show_one(result: dict[str, Any]) -> None:
    from attitudes.cli.scale_options import show_frame

    found = result["found"]
    sizes = ", ".join(f"{g} {n}" for g, n in zip(found.groups, found.n, strict=True))
    frame = found.to_frame()
    kind = {"naive": "", "scaled": ".scaled", "robust": ".robust"}[found.index]
    test = ".scaled" if "chisq.scaled" in frame else ""
    columns = ["level", f"chisq{test}", "df", f"cfi{kind}", f"rmsea{kind}", "srmr"]
    columns += ["cfi_change", "rmsea_change", "chisq_diff", "df_diff", "p_diff", "holds"]
    columns += ["released"] if found.partial else []
    shown = frame[[c for c in columns if c in frame]].copy()
    for name in ("df", "df_diff"):
        if name in shown:
            shown[name] = shown[name].astype("Int64").astype(str).replace("<NA>", "")
    shown["holds"] = shown["holds"].map({True: "yes", False: "no"})
    show_frame(shown, f"{result['scale']} by {result['by']} ({sizes}); {found.estimator}")
    typer.echo(f"Reached: {found.level_reached}")
    if found.suggestions:
        show_frame(found.suggestions_frame().head(5), "Equalities that the data object to most")
    if "aligned" in result:
        show_frame(result["aligned"].to_frame(), "Aligned means and variances of factors")
    for name, items in result.get("items", []):
        kept = ["item", "p_uniform", "p_nonuniform", "p_adjusted", "nagelkerke", "size"]
        show_frame(items.to_frame()[kept], f"Differential functioning of items, {name}")
    for problem in _problems(result):
        typer.echo(f"Note: {problem}")
    for warning in [found.warning, *result["warnings"]]:
        if warning:
            typer.echo(f"Note: {warning}")
    typer.echo("")


def _problems(result: dict[str, Any]) -> list[str]:
    """What was asked for and could not be had."""
    out = []
    aligned = result.get("alignment", {})
    if "problem" in aligned:
        out.append(f"no alignment: {aligned['problem']}")
    out += [str(w) for w in aligned.get("warnings", []) if "not to be trusted" in str(w)]
    tables = result.get("dif", {})
    if "problem" in tables:
        out.append(f"no differential functioning of items: {tables['problem']}")
    out += [
        f"{name}: no differential functioning of items: {table['problem']}"
        for name, table in tables.items()
        if isinstance(table, dict) and "problem" in table
    ]
    return out
