"""The command `attitudes reconstruct`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from attitudes.cli.options import CsvOption, JsonOption, StudyOption

if TYPE_CHECKING:
    from attitudes.reconstruction.attack import Attack
    from attitudes.reconstruction.spread import Spread
    from attitudes.workflows.reconstruct import ReconstructionResult

__all__ = ["register"]

EPILOG = (
    "Examples: attitudes reconstruct --out respondents.reconstructed.csv --ledger ledger.csv "
    "--seed 7; attitudes reconstruct --seeds 3; attitudes reconstruct --attack; "
    "attitudes reconstruct figures.csv --attack --scale 1-5 --csv bounds.csv. "
    "Respondents are marked as reconstructed in every row and in a file beside theirs."
)
_SHOWN = 25


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("reconstruct", epilog=EPILOG)(reconstruct_command)


def reconstruct_command(
    figures: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FIGURES]", help="With --attack, a CSV of figures that belongs to no pack."
        ),
    ] = None,
    study: StudyOption = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="CSV of respondents to write; or a folder for it."),
    ] = None,
    ledger: Annotated[
        Path | None, typer.Option(metavar="FILE", help="CSV ledger of the figures to write.")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed; default: the pack's.")] = None,
    seeds: Annotated[
        int,
        typer.Option(
            min=1, help="Reconstruct with so many seeds and say how much the results differ."
        ),
    ] = 1,
    store: Annotated[
        bool,
        typer.Option(
            "--store",
            help="Keep respondents, proofs and the expected status of each figure in the pack.",
        ),
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Allow --out to be the pack's own respondents.")
    ] = False,
    attack: Annotated[
        bool,
        typer.Option(
            "--attack", help="Only tell how far the print pins down each group's answers."
        ),
    ] = False,
    scale: Annotated[
        str | None,
        typer.Option(metavar="LOW-HIGH", help="Response scale of a CSV's means, such as 1-5."),
    ] = None,
    exclusive: Annotated[
        bool,
        typer.Option(help="In a CSV, the shares of one row are answers that exclude each other."),
    ] = False,
    minimum_base: Annotated[
        int, typer.Option(help="Groups with fewer respondents are named first.")
    ] = 30,
    response: Annotated[
        float, typer.Option(help="Smallest share of each group that is taken to have answered.")
    ] = 0.8,
    csv: CsvOption = None,
    json: JsonOption = None,
) -> None:
    """Make respondents whose tables, as published, print the report's figures.

    With --attack no respondents are made: it tells how narrowly the printed figures pin down the
    answers of each group, small groups first.
    """
    from attitudes.errors import OptionError

    if attack:
        given = {"--out": out, "--ledger": ledger, "--seed": seed, "--store": store or None}
        if clash := [name for name, value in given.items() if value is not None]:
            raise OptionError(clash[0], "with --attack, which makes no respondents", "one of them")
        if figures is not None and study is not None:
            raise OptionError("--study", "beside a CSV of figures", "one of them")
        _attack(figures, study, scale, exclusive, minimum_base, response, csv, json)
        return
    if figures is not None or scale is not None or exclusive or csv is not None:
        raise OptionError(
            "attitudes reconstruct",
            "a CSV of figures, --scale, --exclusive or --csv without --attack",
            "respondents are made from a study pack; a CSV alone can be attacked",
        )
    _reconstruct(study, out, ledger, seed, seeds, store, replace, json)


def _reconstruct(
    study: str | None,
    out: Path | None,
    ledger: Path | None,
    seed: int | None,
    seeds: int,
    store: bool,
    replace: bool,
    json: str | None,
) -> None:
    from attitudes.cli.output import wants_quiet, write_json, write_text
    from attitudes.cli.progress import progress_bar
    from attitudes.errors import OptionError
    from attitudes.study.loading import DEFAULT_STUDY, load_study
    from attitudes.workflows import reconstruct as verb

    pack = load_study(study or DEFAULT_STUDY)
    spec = pack.reconstruction
    if store and seed is not None and spec is not None and seed != spec.seed:
        raise OptionError("--seed", str(seed), f"with --store the pack's own seed, {spec.seed}")
    chosen = seed if seed is not None or spec is None else spec.seed
    target = None if out is None else verb.marked_path(pack, out, chosen)
    for path in (target, ledger):
        if path is not None and not path.parent.is_dir():
            raise OptionError(f"{path}", "a folder that does not exist", "a folder that exists")
    if target is not None and not replace:
        verb.check_out(pack, target)
    compared = None
    with progress_bar() as bar:
        result = verb.reconstruct_study(
            pack, seed=seed, progress=lambda done, total, what: bar("questions", done, total)
        )
        if seeds > 1:
            compared = verb.compare_seeds(
                pack,
                seeds,
                first=result,
                progress=lambda done, total, what: bar("further seeds", done, total),
            )
    if target is not None:
        write_text(target, verb.respondents_csv(result))
        write_text(verb.metadata_path(target), verb.metadata_json(result, target.name))
    if ledger is not None:
        write_text(ledger, verb.ledger_text(result))
    if store:
        for path, text in verb.pack_files(result).items():
            write_text(path, text)
    payload = result.to_dict()
    if compared is not None:
        payload["spread"] = compared.to_dict()
    if not wants_quiet(json):
        _print(result, compared)
    write_json(json, payload)


def _print(result: ReconstructionResult, compared: Spread | None) -> None:
    from attitudes.cli.output import print_table

    payload = result.to_dict()
    typer.echo(str(result.reconstruction))
    print_table(["status", "figures"], sorted(payload["statuses"].items()), numeric=["figures"])
    reached, cells = result.cells
    typer.echo(f"Of {cells} cells of tables and charts {reached} are printed.")
    if compared is not None:
        _print_spread(compared)
    typer.echo("Reconstructed from published figures; what they do not print is invented.")


def _print_spread(compared: Spread) -> None:
    from attitudes.cli.output import print_table

    typer.echo()
    print_table(
        ["statistic", "number", "typical range", "largest range", "where"],
        [
            [line.kind, line.statistics, f"{line.typical:.3f}", f"{line.largest:.3f}", line.where]
            for line in compared.lines
        ],
        title=f"How much seeds {', '.join(map(str, compared.seeds))} differ",
        numeric=["number", "typical range", "largest range"],
    )
    typer.echo(
        f"Within the crossed groups {compared.moved:.0%} of the answers differ between two seeds: "
        "so much the print leaves open."
    )


def _attack(
    figures: Path | None,
    study: str | None,
    scale: str | None,
    exclusive: bool,
    minimum_base: int,
    response: float,
    csv: Path | None,
    json: str | None,
) -> None:
    from attitudes.cli.output import wants_quiet, write_json, write_text
    from attitudes.cli.progress import progress_bar
    from attitudes.errors import OptionError
    from attitudes.study.loading import DEFAULT_STUDY, load_study
    from attitudes.workflows.reconstruct import attack_csv, attack_figures

    if figures is None and (scale is not None or exclusive):
        raise OptionError("--scale, --exclusive", "without a CSV of figures", "a study says it")
    source = load_study(study or DEFAULT_STUDY) if figures is None else figures
    with progress_bar() as bar:
        result = attack_figures(
            source,
            scale=_ends(scale),
            exclusive=exclusive,
            minimum_base=minimum_base,
            response=response,
            progress=lambda done, total, what: bar("questions", done, total),
        )
    if csv is not None:
        write_text(csv, attack_csv(result))
    if not wants_quiet(json):
        _print_attack(result)
    write_json(json, result.to_dict())


def _ends(text: str | None) -> tuple[int, int] | None:
    from attitudes.errors import OptionError

    if text is None:
        return None
    low, dash, high = text.partition("-")
    if not dash or not low.strip().isdigit() or not high.strip().isdigit() or int(low) >= int(high):
        raise OptionError("--scale", repr(text), "LOW-HIGH, such as 1-5")
    return int(low), int(high)


def _print_attack(result: Attack) -> None:
    from attitudes.cli.output import print_table

    typer.echo(str(result))
    print_table(
        ["group", "n", "question", "answer", "at least %", "at most %", "people"],
        [
            [
                a.group if a.breakdown == "total" else f"{a.breakdown}: {a.group}",
                a.n,
                a.question,
                a.answer,
                f"{a.low:.1f}",
                f"{a.high:.1f}",
                "" if a.people_low is None else f"{a.people_low} to {a.people_high}",
            ]
            for a in result.answers[:_SHOWN]
        ],
        title="Answers that the print pins down, small groups first, the narrowest first",
        numeric=["n", "at least %", "at most %", "people"],
    )
    if len(result.answers) > _SHOWN:
        typer.echo(f"{len(result.answers) - _SHOWN} more: --csv FILE or --json FILE has all.")
