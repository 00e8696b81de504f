"""`attitudes sample fieldplan`: the field work of the drawn clusters, and what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from attitudes.cli.options import JsonOption, OutFolderOption, StudyOption
from attitudes.cli.sample_options import SeedOption, make_folder, show

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["fieldplan"]


def fieldplan(
    study: StudyOption = None,
    seed: SeedOption = 1,
    response_rate: Annotated[
        float, typer.Option(metavar="NUMBER", help="Interviews per household approached.")
    ] = 0.6,
    respondent: Annotated[
        str, typer.Option(metavar="NAME", help="kish, last_birthday or next_birthday.")
    ] = "last_birthday",
    quota: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LIST", help="As gender=men:0.48,women:0.52; repeat. Default: the study's."
        ),
    ] = None,
    reserves: Annotated[
        int, typer.Option(metavar="NUMBER", help="Replacement units a stratum.")
    ] = 1,
    days: Annotated[float, typer.Option(metavar="NUMBER", help="Days of field work.")] = 14.0,
    per_day: Annotated[
        float, typer.Option(metavar="NUMBER", help="Interviews an interviewer and day.")
    ] = 6.0,
    outcomes: Annotated[
        Path | None, typer.Option(metavar="FILE", help="CSV of outcome codes to read back.")
    ] = None,
    out: OutFolderOption = None,
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
        folder = make_folder(out)
        for name, text in plan_files(plan).items():
            write_text(folder / name, text)
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


def _read_back(clusters: pd.DataFrame, file: Path, json_file: str | None) -> None:
    from attitudes.cli.output import wants_quiet, write_json
    from attitudes.sampling.outcomes import achieved, read_outcomes, response_rates

    cases = read_outcomes(file)
    rates, reached = response_rates(cases), achieved(clusters, cases)
    payload = {"rates": rates.to_dict("records"), "clusters": reached.to_dict("records")}
    write_json(json_file, payload)
    if not wants_quiet(json_file):
        show(rates.T.rename(columns=str).reset_index(names="rate"), "Outcomes and AAPOR rates")
        show(reached, "Clusters against the plan")
