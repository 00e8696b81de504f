"""`attitudes sample size`: interviews for a precision, precision for interviews, per region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from attitudes.cli.options import JsonOption, LevelOption, StudyOption
from attitudes.cli.sample_options import show as show_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["size"]

Shown = tuple[dict[str, Any], list[tuple[str, "pd.DataFrame"]]]


def size(
    kind: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="mean, proportion, mean_difference or proportion_difference."
        ),
    ] = "proportion",
    margin: Annotated[
        float | None, typer.Option(metavar="NUMBER", help="Half-width of the interval.")
    ] = None,
    difference: Annotated[
        float | None, typer.Option(metavar="NUMBER", help="Difference to be found.")
    ] = None,
    n: Annotated[
        int | None, typer.Option("--n", metavar="NUMBER", help="Precision of so many interviews.")
    ] = None,
    p: Annotated[
        list[float] | None,
        typer.Option("--p", metavar="NUMBER", help="Expected proportion; twice: of two groups."),
    ] = None,
    sd: Annotated[
        list[float] | None,
        typer.Option(metavar="NUMBER", help="Standard deviation, for means; twice: of two groups."),
    ] = None,
    level: LevelOption = 0.95,
    power: Annotated[
        float, typer.Option(metavar="NUMBER", help="Chance of finding the difference.")
    ] = 0.8,
    ratio: Annotated[
        float, typer.Option(metavar="NUMBER", help="Second group over the first.")
    ] = 1.0,
    deff: Annotated[float | None, typer.Option(metavar="NUMBER", help="Design effect.")] = None,
    icc: Annotated[float, typer.Option(metavar="NUMBER", help="Intraclass correlation.")] = 0.0,
    cluster_size: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="Interviews a cluster.")
    ] = None,
    cost_ratio: Annotated[
        float | None,
        typer.Option(metavar="NUMBER", help="Cost of a cluster over that of an interview."),
    ] = None,
    population: Annotated[
        float | None, typer.Option(metavar="NUMBER", help="Population size.")
    ] = None,
    response_rate: Annotated[
        float, typer.Option(metavar="NUMBER", help="Interviews per household approached.")
    ] = 1.0,
    domain: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=SHARE", help="Domain that must reach the margin by itself; repeat."
        ),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Domains of the study's plan; default the first."),
    ] = None,
    study: StudyOption = None,
    json_file: JsonOption = None,
) -> None:
    """Interviews for a margin or a difference, or the precision that interviews give.

    With --margin or --difference: how many interviews. With --n: what they give. With neither:
    the precision of the study's plan by region, and the pairs of cost ratio and ICC under which
    its cluster size is optimal.
    """
    from attitudes.cli.output import wants_quiet, write_json

    if margin is None and difference is None and n is None:
        payload, show = _planned(study, by, _pair(p, "--p") or 0.5, icc, level)
    else:
        given: dict[str, Any] = {"level": level, "ratio": ratio, "deff": deff, "icc": icc}
        given |= {"cluster_size": cluster_size, "difference": difference}
        given |= {"sd": _pair(sd, "--sd"), "p": _pair(p, "--p") or 0.5}
        if population is not None:
            given["population"] = population
        if n is None:
            given |= {"margin": margin, "power": power, "response_rate": response_rate}
            given["domains"] = _domains(domain)
            payload, show = _needed(kind, given)
        else:
            payload, show = _given(kind, n, margin, given)
    if cost_ratio is not None:
        _optimal(cost_ratio, icc, payload, show)
    write_json(json_file, payload)
    if not wants_quiet(json_file):
        for title, table in show:
            show_table(table, title)


def _pair(values: list[float] | None, option: str) -> float | tuple[float, float] | None:
    from attitudes.errors import OptionError

    if not values:
        return None
    if len(values) > 2:
        raise OptionError(f"sample size, {option}", f"{len(values)} numbers", "one or two")
    return values[0] if len(values) == 1 else (values[0], values[1])


def _domains(given: list[str] | None) -> dict[str, float] | None:
    from attitudes.errors import OptionError

    found: dict[str, float] = {}
    for text in given or ():
        name, _, share = text.rpartition("=")
        try:
            found[name] = float(share)
        except ValueError as error:
            raise OptionError("sample size, --domain", repr(text), "as north=0.2") from error
        if not name:
            raise OptionError("sample size, --domain", repr(text), "as north=0.2")
    return found or None


def _needed(kind: str, given: dict[str, Any]) -> Shown:
    from dataclasses import asdict

    import pandas as pd

    from attitudes.sampling.sizes import sample_size

    found = sample_size(kind, **given)  # type: ignore[arg-type]
    payload: dict[str, Any] = {"size": asdict(found)}
    row = {k: v for k, v in payload["size"].items() if k != "by_domain"}
    show = [("Sample size: completed interviews n, households to approach", pd.DataFrame([row]))]
    if found.by_domain:
        lines = [(d, inside, whole) for d, (inside, whole) in found.by_domain.items()]
        columns = ["domain", "interviews in it", "whole sample that gives them"]
        show.append(("Domains", pd.DataFrame(lines, columns=columns)))
    return payload, show


def _given(kind: str, n: int, margin: float | None, given: dict[str, Any]) -> Shown:
    from dataclasses import asdict

    import pandas as pd

    from attitudes.errors import OptionError
    from attitudes.sampling.precision import expected_precision

    if margin is not None:
        raise OptionError("sample size, --n", "--margin beside it", "one of the two")
    found = asdict(expected_precision(kind, n=n, **given))  # type: ignore[arg-type]
    return {"precision": found}, [(f"Precision of {n:,} interviews", pd.DataFrame([found]))]


def _optimal(
    cost_ratio: float, icc: float, payload: dict[str, Any], show: list[tuple[str, pd.DataFrame]]
) -> None:
    from dataclasses import asdict

    import pandas as pd

    from attitudes.sampling.sizes import optimal_cluster_size

    best = asdict(optimal_cluster_size(cost_ratio, icc))
    payload["optimal_cluster"] = best
    show.append(("Optimal cluster size", pd.DataFrame([best])))


def _planned(
    study: str | None, by: str | None, p: float | tuple[float, float], icc: float, level: float
) -> Shown:
    from attitudes.errors import OptionError
    from attitudes.sampling.planned import sample_spec
    from attitudes.sampling.precision import design_precision
    from attitudes.sampling.sizes import cluster_size_curve
    from attitudes.study.loading import DEFAULT_STUDY, load_study

    if isinstance(p, tuple):
        raise OptionError("sample size, --p", "two proportions", "one, for a plan's precision")
    pack = load_study(study or DEFAULT_STUDY)
    rho = icc or 0.05
    precision = design_precision(pack, by=by, p=p, icc=rho, level=level)
    b = sample_spec(pack).cluster_size
    curve = cluster_size_curve(b)
    payload = {
        "study": pack.id,
        "p": p,
        "icc": rho,
        "level": level,
        "precision": precision.to_dict("records"),
        "optimal_for": {"cluster_size": b, "curve": curve.to_dict("records")},
    }
    title = (
        f"Precision of the plan of {pack.id}: p = {p:g}, ICC = {rho:g}, {level:.0%} intervals (t)"
    )
    return payload, [
        (title, precision),
        (f"Cost ratios under which {b} interviews a cluster are optimal, by ICC", curve),
    ]
