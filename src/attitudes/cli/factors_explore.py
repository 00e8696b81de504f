"""`attitudes factors explore`: how many factors, and their loadings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from attitudes.cli.scale_options import (
    Charts,
    Data,
    Fpc,
    Json,
    Plain,
    Psu,
    Stratum,
    Study,
    Weight,
)

__all__ = ["register", "spelled_out"]

EXAMPLE = "Example: attitudes factors explore trust traits --factors 2 --rotation oblimin"


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("explore", epilog=EXAMPLE)(explore)


def explore(
    items: Annotated[
        list[str] | None,
        typer.Argument(help="Scales or items, taken together; default: all scales of the study."),
    ] = None,
    factors: Annotated[
        int | None,
        typer.Option(help="Number of factors; default: what parallel analysis finds."),
    ] = None,
    method: Annotated[str, typer.Option(help="minres, ml or pa.")] = "minres",
    rotation: Annotated[
        str | None,
        typer.Option(
            help="none, varimax, quartimax, geomin_t, bifactor, promax, oblimin, quartimin, "
            "geomin, bifactor_q, target or target_t (towards one factor a scale); default: "
            "oblimin."
        ),
    ] = None,
    correlation: Annotated[
        str, typer.Option(help="polychoric, pearson or spearman.")
    ] = "polychoric",
    missing: Annotated[str, typer.Option(help="pairwise or listwise.")] = "pairwise",
    most: Annotated[int, typer.Option(help="Largest number of factors looked at.")] = 8,
    iterations: Annotated[int, typer.Option(help="Data sets of parallel analysis.")] = 50,
    simulated: Annotated[
        str, typer.Option(help="Parallel analysis by resampled answers or normal numbers.")
    ] = "resampled",
    starts: Annotated[int, typer.Option(help="Starting positions of the rotation.")] = 1,
    seed: Annotated[int, typer.Option(help="Seed of parallel analysis and of the starts.")] = 1,
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
    """Ask how many factors there are, and show the loadings, communalities and fit.

    Items that the codebook keys negatively are turned. With --charts: scree with parallel
    analysis, loadings, residual correlations, path diagram.

    Exit status 0: done; 2: input that cannot be used.
    """
    import numpy as np

    from attitudes.cli.output import wants_quiet, write_json
    from attitudes.cli.scale_options import read_survey, source
    from attitudes.errors import EstimationError
    from attitudes.psychometrics.exploratory import factor_analysis
    from attitudes.psychometrics.number_of_factors import number_of_factors

    survey = read_survey(study, data, plain, weight, stratum, psu, fpc)
    names = _members(survey, items)
    kind: Any = simulated
    shared: Any = {"correlation": correlation, "missing": missing, "method": method}
    count = number_of_factors(
        survey,
        names,
        rng=np.random.default_rng(seed),
        max_factors=most,
        iterations=iterations,
        simulated=kind,
        **shared,
    )
    target = _target(survey, items, names) if rotation in ("target", "target_t") else None
    if target is not None and factors is None:
        factors = target.shape[1]
    chosen = factors or min(count.parallel.n_factors, most)
    if chosen < 1:
        raise EstimationError(
            "factors explore",
            "no factor above chance in parallel analysis",
            "one or more",
            "name a number with --factors",
        )
    rotating: Any = rotation
    found = factor_analysis(
        survey,
        names,
        chosen,
        rotation=rotating,
        target=target,
        starts=starts,
        rng=np.random.default_rng(seed),
        **shared,
    )
    paths = _draw(survey, count, found, charts)
    payload = {"seed": seed, **_plain(count, found), "charts": [str(path) for path in paths]}
    write_json(json_file, {**source(survey), **payload})
    if not wants_quiet(json_file):
        _show(survey, count, found)
        for path in paths:
            typer.echo(path)


def _draw(survey: Any, count: Any, found: Any, folder: Any) -> tuple[Path, ...]:
    if folder is None:
        return ()
    from attitudes.cli.scale_charts import frame_of, write_charts
    from attitudes.psychometrics.items import scale_ids
    from attitudes.reporting.factor_charts import (
        loadings_chart,
        paths_chart,
        residuals_chart,
        scree_chart,
    )

    frame = frame_of(survey)
    scales = {s: [q.id for q in survey.study.items(s)] for s in scale_ids(survey)}
    kind = found.correlations.kind
    loads = [
        (factor, item, float(found.loadings[i, j]))
        for i, item in enumerate(found.items)
        for j, factor in enumerate(found.factors)
        if abs(found.loadings[i, j]) >= 0.3
    ]
    m = range(len(found.factors))
    phi = [
        (found.factors[i], found.factors[j], float(found.phi[i, j]))
        for i in m
        for j in m
        if i < j and found.phi[i, j] != 0
    ]
    drawn = [
        scree_chart(frame, count, id_="scree"),
        loadings_chart(frame, found, scales=scales, id_="loadings"),
        residuals_chart(frame, found.items, found.fit.residuals, kind=kind, id_="residuals"),
    ]
    if loads:
        drawn.append(paths_chart(frame, loads, phi, kind=kind, id_="paths"))
    return write_charts(folder, drawn)


def _members(survey: Any, items: list[str] | None) -> list[str]:
    """Spell out scales with their keying; keep other names as they are."""
    from attitudes.psychometrics.items import named_scales

    wanted = items or list(named_scales(survey, None))
    return spelled_out(survey, {entry: entry.split(",") for entry in wanted})


def _target(survey: Any, items: list[str] | None, names: list[str]) -> Any:
    """Return the target of one factor a scale: free for its own items, zero for the others."""
    import numpy as np

    from attitudes.errors import OptionError
    from attitudes.psychometrics.items import named_scales, scale_ids

    wanted = items or list(named_scales(survey, None))
    strangers = [w for w in wanted if w not in scale_ids(survey)]
    if strangers or len(wanted) < 2:
        raise OptionError(
            "--rotation target",
            f"{', '.join(strangers) or f'{len(wanted)} scale'}",
            "two or more scales of the study",
        )
    target = np.zeros((len(names), len(wanted)))
    for j, scale in enumerate(wanted):
        own = {q.id for q in survey.study.items(scale)}
        target[[i for i, name in enumerate(names) if name.removeprefix("-") in own], j] = np.nan
    return target


def spelled_out(survey: Any, wanted: dict[str, Any]) -> list[str]:
    """Return all items once, scales by their items with a minus before those keyed negatively."""
    from attitudes.psychometrics.items import scale_ids

    known = scale_ids(survey)
    out: list[str] = []
    for label, members in wanted.items():
        if label in known:
            questions = survey.study.items(label)
            names = [f"-{q.id}" if q.keying == "-" else q.id for q in questions]
        else:
            names = [m.strip() for m in members if m.strip()]
        out += [name for name in names if name not in out]
    return out


def _plain(count: Any, found: Any) -> dict[str, Any]:
    from attitudes.cli.scale_options import frame_rows

    fit = found.fit
    return {
        "number_of_factors": {
            "suggested": count.suggested,
            "criteria": frame_rows(count.to_frame()),
            "scree": frame_rows(count.scree_frame()),
            "kmo": count.adequacy.kmo,
            "kmo_items": dict(zip(count.items, count.adequacy.kmo_items, strict=True)),
            "bartlett": {
                "chisq": count.adequacy.chisq,
                "df": count.adequacy.df,
                "p": count.adequacy.p,
            },
        },
        "solution": {
            "method": found.method,
            "rotation": found.rotation,
            "correlation": found.correlations.kind,
            "n": found.n,
            "loadings": frame_rows(found.to_frame().reset_index()),
            "phi": found.phi,
            "variance": frame_rows(found.variance_frame().reset_index()),
            "determinacy": found.determinacy,
            "heywood": list(found.heywood),
            "fit": {
                name: getattr(fit, name)
                for name in (
                    "chisq",
                    "df",
                    "p",
                    "rmsea",
                    "rmsea_low",
                    "rmsea_high",
                    "tli",
                    "bic",
                    "rms",
                    "crms",
                )
            },
        },
        "correlations": {
            "items": list(found.correlations.items),
            "matrix": found.correlations.correlation,
            "se": found.correlations.se,
            "n": found.correlations.n,
        },
        "warnings": list(dict.fromkeys([*count.warnings, *found.warnings])),
    }


def _show(survey: Any, count: Any, found: Any) -> None:
    import pandas as pd

    from attitudes.cli.scale_options import show_frame, tell

    suggested = pd.DataFrame([count.suggested])
    show_frame(suggested, "Number of factors suggested (Kaiser's rule finds too many)")
    kept = ["n_factors", "map", "vss1", "vss2", "chisq", "df", "rmsea", "tli", "bic", "rms"]
    show_frame(count.to_frame()[kept], "\nBy number of factors")
    a = count.adequacy
    typer.echo(f"KMO {a.kmo:.3f}; Bartlett chi-square {a.chisq:.1f} on {a.df} df")
    title = f"\nLoadings: {found.method}, {found.rotation}, {found.correlations.kind}"
    show_frame(found.to_frame().reset_index(), title)
    show_frame(found.variance_frame().reset_index(), "\nVariance")
    if len(found.factors) > 1 and found.rotation not in ("none", "varimax"):
        phi = pd.DataFrame(found.phi, columns=list(found.factors))
        phi.insert(0, "factor", list(found.factors))
        show_frame(phi, "\nCorrelations of the factors")
    fit = found.fit
    typer.echo(
        f"chi-square {fit.chisq:.1f} on {fit.df} df, RMSEA {fit.rmsea:.3f} "
        f"({fit.rmsea_low:.3f} to {fit.rmsea_high:.3f}), TLI {fit.tli:.3f}, rms {fit.rms:.3f}"
    )
    tell(survey, list(dict.fromkeys([*count.warnings, *found.warnings])))
