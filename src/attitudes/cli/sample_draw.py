"""`attitudes sample draw` and `fieldplan`: the units drawn and the field work."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from attitudes.cli.sample_options import FrameOption, JsonOption, SeedOption, StudyOption, show

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["draw", "fieldplan"]


def draw(
    study: StudyOption = None,
    frame: FrameOption = None,
    n: Annotated[int | None, typer.Option("--n", help="Units to draw from --frame.")] = None,
    method: Annotated[
        str, typer.Option(help="Name of the design, as pps_systematic or max_entropy.")
    ] = "pps_systematic",
    unit: Annotated[str | None, typer.Option(help="Column of ids.")] = None,
    size_column: Annotated[str | None, typer.Option("--size", help="Column of sizes.")] = None,
    stratum: Annotated[str | None, typer.Option(help="Column of strata.")] = None,
    sort: Annotated[str | None, typer.Option(help="Column to sort by first.")] = None,
    reserves: Annotated[int, typer.Option(help="Replacement units a stratum.")] = 0,
    seed: SeedOption = 1,
    out: Annotated[str | None, typer.Option("--out", help="CSV of the units drawn.")] = None,
    json_file: JsonOption = None,
) -> None:
    """Draw the clusters of a study, or units from any frame, with probabilities and weights.

    With --stratum, --n is divided over strata in proportion to their size.
    """
    import numpy as np

    from attitudes.cli.output import wants_quiet, write_json, write_text

    rng = np.random.default_rng(seed)
    if frame is None:
        from attitudes.sampling.survey_design import draw_design
        from attitudes.study.loading import DEFAULT_STUDY, load_study

        units = draw_design(load_study(study or DEFAULT_STUDY), rng)
    else:
        units = _drawn(frame, n, method, (unit, size_column, stratum, sort), reserves, rng)
    units = units.assign(seed=seed)
    if out is not None:
        write_text(Path(out), units.to_csv(index=False, lineterminator="\n"))
    write_json(json_file, {"seed": seed, "units": units.to_dict("records")})
    if not wants_quiet(json_file):
        hidden = ["seed", "unit", "draw_stratum", "within_probability", "latitude", "longitude"]
        shown = units.drop(columns=[c for c in hidden if c in units])
        show(shown, f"{len(units)} units, seed {seed}")


def _drawn(
    file: str,
    n: int | None,
    method: str,
    columns: tuple[str | None, str | None, str | None, str | None],
    reserves: int,
    rng: Any,
) -> pd.DataFrame:
    from attitudes.errors import OptionError
    from attitudes.numerics.rounding import apportion
    from attitudes.sampling import drawing
    from attitudes.sampling.frame import read_frame

    if n is None:
        raise OptionError("sample draw, --n", "nothing", "the number of units to draw")
    unit, size_column, stratum, sort = columns
    units = read_frame(file, unit=unit, size=size_column, stratum=stratum)
    wanted: Any = n
    if stratum is not None:
        summary = units.summary()
        counts = apportion(summary["size"], n).tolist()
        wanted = {str(name): count for name, count in zip(summary.index, counts, strict=True)}
    drawn = drawing.draw(
        units,
        wanted,
        method=method,  # type: ignore[arg-type]
        rng=rng,
        sort=sort,
        reserves=reserves,
    )
    return drawn.units


def fieldplan(
    study: StudyOption = None,
    seed: SeedOption = 1,
    response_rate: Annotated[float, typer.Option(help="Interviews per household.")] = 0.6,
    respondent: Annotated[
        str, typer.Option(help="kish, last_birthday or next_birthday.")
    ] = "last_birthday",
    quota: Annotated[
        list[str] | None,
        typer.Option(help="As gender=men:0.48,women:0.52; repeat. Default: the study's."),
    ] = None,
    reserves: Annotated[int, typer.Option(help="Replacement units a stratum.")] = 1,
    days: Annotated[float, typer.Option(help="Days of field work.")] = 14.0,
    per_day: Annotated[float, typer.Option(help="Interviews an interviewer and day.")] = 6.0,
    outcomes: Annotated[str | None, typer.Option(help="CSV of outcome codes to read back.")] = None,
    out: Annotated[
        str | None, typer.Option("--out", help="Folder for the tables and printable sheets.")
    ] = None,
    json_file: JsonOption = None,
) -> None:
    """Draw the clusters and plan their field work; or read back what was achieved.

    With --outcomes (columns cluster and code): AAPOR rates, and each cluster against the plan
    made from the same seed.
    """
    import numpy as np

    from attitudes.cli.output import wants_quiet, write_json, write_text
    from attitudes.sampling import fieldplan as planning
    from attitudes.sampling.planned import plan_sample, sample_spec
    from attitudes.sampling.reserves import draw_reserves
    from attitudes.sampling.sheets import plan_files
    from attitudes.sampling.survey_design import draw_design
    from attitudes.study.loading import DEFAULT_STUDY, load_study

    pack = load_study(study or DEFAULT_STUDY)
    rng = np.random.default_rng(seed)
    clusters = draw_design(pack, rng)
    if outcomes is not None:
        _read_back(clusters, outcomes, json_file)
        return
    spare = draw_reserves(pack, clusters, per_stratum=reserves, rng=rng)
    plan = planning.field_plan(
        clusters,
        seed=seed,
        response_rate=response_rate,
        respondent=respondent,  # type: ignore[arg-type]
        quotas=_quotas(quota) or sample_spec(pack).quotas,
        team=plan_sample(pack).by[0],
        interviews_per_day=per_day,
        days=days,
        replacements=spare,
    )
    if out is not None:
        Path(out).mkdir(parents=True, exist_ok=True)
        for name, text in plan_files(plan).items():
            write_text(Path(out) / name, text)
    tables = ("clusters", "addresses", "quotas", "workload", "replacements")
    payload = {name: getattr(plan, name).to_dict("records") for name in tables}
    write_json(json_file, {"seed": seed, **payload})
    if not wants_quiet(json_file):
        shown = ["cluster", "psu", "interviews", "households", "step", "starts", "reserves"]
        show(plan.clusters[[*shown, "interviewer", "days"]], repr(plan))
        show(plan.workload, "Interviewers")
        show(plan.replacements, "Replacement units, in their order of use")


def _quotas(given: list[str] | None) -> dict[str, dict[str, float]]:
    from attitudes.errors import OptionError

    quotas: dict[str, dict[str, float]] = {}
    for text in given or ():
        name, _, groups = text.partition("=")
        try:
            pairs = [group.rsplit(":", 1) for group in groups.split(",")]
            quotas[name] = {group: float(share) for group, share in pairs}
        except ValueError as error:
            raise OptionError(
                "sample fieldplan, --quota", repr(text), "as gender=men:0.48,women:0.52"
            ) from error
    return quotas


def _read_back(clusters: pd.DataFrame, file: str, json_file: str | None) -> None:
    from attitudes.cli.output import wants_quiet, write_json
    from attitudes.sampling.outcomes import achieved, read_outcomes, response_rates

    cases = read_outcomes(file)
    rates, reached = response_rates(cases), achieved(clusters, cases)
    payload = {"rates": rates.to_dict("records"), "clusters": reached.to_dict("records")}
    write_json(json_file, payload)
    if not wants_quiet(json_file):
        show(rates.T.rename(columns=str).reset_index(names="rate"), "Outcomes and AAPOR rates")
        show(reached, "Clusters against the plan")
