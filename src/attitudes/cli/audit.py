"""`attitudes audit`: what a report's figures can and cannot mean together."""

from __future__ import annotations

import shutil
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from attitudes.cli.options import JsonOption, StudyOption

if TYPE_CHECKING:
    from attitudes.auditing.model import Audit

__all__ = ["register"]

_EXAMPLE = """Examples: attitudes audit; attitudes audit --json audit.json --html audit.html;
attitudes audit figures.csv --scale 1-5"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("audit", epilog=_EXAMPLE)(audit_command)


def audit_command(
    figures: Annotated[
        Path | None,
        typer.Argument(
            metavar="FIGURES.csv",
            help="A CSV of figures without a pack; default: the figures of the pack.",
            show_default=False,
        ),
    ] = None,
    study: StudyOption = None,
    scale: Annotated[
        str | None,
        typer.Option(
            metavar="LOW-HIGH", help="Response scale of the means of a CSV of figures, as 1-5."
        ),
    ] = None,
    exclusive: Annotated[
        bool,
        typer.Option(
            "--exclusive",
            help="In a CSV, the shares of one row are answers that exclude each other.",
        ),
    ] = False,
    rounding: Annotated[
        str, typer.Option(metavar="RULE", help="half_up, half_even, truncate or unknown.")
    ] = "unknown",
    response: Annotated[
        float, typer.Option(help="Smallest share of each group that answered an item.")
    ] = 0.8,
    base_slack: Annotated[
        float, typer.Option(help="How far bases may be from the printed ones, as a share.")
    ] = 0.1,
    weight_ratio: Annotated[
        float, typer.Option(help="Largest ratio of two respondents' weights.")
    ] = 1.0,
    seconds: Annotated[
        float, typer.Option(help="Time for the contradicting sets of one question.")
    ] = 5.0,
    question: Annotated[
        str | None,
        typer.Option(
            "--question",
            metavar="NAME",
            help="Print the smallest sets of figures of one question that contradict, instead.",
        ),
    ] = None,
    json_file: JsonOption = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write the tables and findings as a page."),
    ] = None,
    store: Annotated[
        bool, typer.Option("--store", help="Keep the result in the pack, for its report.")
    ] = False,
    details: Annotated[
        bool, typer.Option("--details", help="Print every case of each finding.")
    ] = False,
) -> None:
    """Say which published figures cannot all be true, with proofs and the conventions behind.

    Exit status 1: something is impossible under the assumptions that are printed with it.
    """
    from attitudes.auditing.store import audit_to_json
    from attitudes.cli.output import wants_quiet, write_json

    _check_call(figures, study, scale, exclusive, store)
    for target in (html, None if json_file in (None, "-") else Path(str(json_file))):
        _check_folder(target)
    options: dict[str, Any] = {
        "rounding": rounding,
        "response": response,
        "base_slack": base_slack,
        "weight_ratio": weight_ratio,
        "seconds": seconds,
    }
    if question is not None:
        _question(figures, study, question, options, json_file)
    result = _run(figures, study, scale, exclusive, store, options)
    write_json(json_file, audit_to_json(result))
    if html is not None:
        from attitudes.reporting.audit_page import write_audit_page

        write_audit_page(result, html)
    if not wants_quiet(json_file):
        _print(result, details)
    raise typer.Exit(1 if result.impossible else 0)


def _check_call(
    figures: Path | None, study: str | None, scale: str | None, exclusive: bool, store: bool
) -> None:
    from attitudes.errors import OptionError

    if figures is None:
        for name, given in (("--scale", scale is not None), ("--exclusive", exclusive)):
            if given:
                allowed = "with a CSV of figures; a pack says these things itself"
                raise OptionError(name, "no CSV of figures", allowed)
        return
    if study is not None:
        raise OptionError("--study", f"a CSV of figures ({figures}) beside it", "one of the two")
    if store:
        raise OptionError("--store", "a CSV of figures", "a study pack to keep it in")


def _question(
    figures: Path | None,
    study: str | None,
    question: str,
    options: dict[str, Any],
    json_file: str | None,
) -> None:
    """Print the minimal contradicting figures of one question and leave."""
    from attitudes.auditing.audit import contradicting_figures
    from attitudes.cli.output import wants_quiet, write_json
    from attitudes.errors import OptionError
    from attitudes.study.loading import DEFAULT_STUDY, load_study

    if figures is not None:
        raise OptionError("--question", "a CSV of figures", "a study pack")
    sets = contradicting_figures(load_study(study or DEFAULT_STUDY), question, **options)
    keys = ("exhibit", "row", "column", "statistic", "printed")
    payload = [{"figures": [{k: getattr(f, k) for k in keys} for f in chosen]} for chosen in sets]
    write_json(json_file, {"question": question, "sets": payload})
    if not wants_quiet(json_file):
        typer.echo(f"{question}: {len(sets)} smallest sets of figures that cannot all be true")
        for number, chosen in enumerate(sets, 1):
            typer.echo(f"\n{number}.")
            for f in chosen:
                typer.echo(f"   {f.exhibit}, {f.row}, {f.column}, {f.statistic}: {f.printed}")
    raise typer.Exit(1 if sets else 0)


def _check_folder(target: Path | None) -> None:
    from attitudes.errors import OptionError

    if target is not None and not target.parent.is_dir():
        raise OptionError(str(target), f"no folder {target.parent}", "a folder that exists")


def _run(
    figures: Path | None,
    study: str | None,
    scale: str | None,
    exclusive: bool,
    store: bool,
    options: dict[str, Any],
) -> Audit:
    from attitudes.auditing.audit import audit, audit_figures
    from attitudes.auditing.store import save_audit
    from attitudes.cli.progress import progress_bar
    from attitudes.study.loading import DEFAULT_STUDY, load_study

    with progress_bar() as tell:

        def told(_step: str, done: int, of: int) -> None:
            tell("audit", done, of)

        if figures is not None:
            ends = _scale(scale)
            return audit_figures(figures, scale=ends, exclusive=exclusive, progress=told, **options)
        pack = load_study(study or DEFAULT_STUDY)
        result = audit(pack, progress=told, **options)
    if store:
        save_audit(pack, result)
    return result


def _scale(text: str | None) -> tuple[int, int] | None:
    from attitudes.errors import OptionError

    if text is None:
        return None
    low, dash, high = text.strip().rpartition("-")
    try:
        ends = int(low), int(high)
    except ValueError:
        ends = (0, 0)
    if not dash or ends[0] >= ends[1]:
        raise OptionError("--scale", repr(text), "LOW-HIGH, such as 1-5")
    return ends


def _wrapped(text: str, indent: int = 3) -> str:
    width = min(110, max(60, shutil.get_terminal_size((100, 24)).columns))
    blank = " " * indent
    return textwrap.fill(
        text,
        width,
        initial_indent=blank,
        subsequent_indent=blank,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _print(result: Audit, details: bool) -> None:
    from attitudes.auditing.model import RULES

    typer.echo(repr(result))
    for number, finding in enumerate(result.findings, 1):
        verdict = finding.verdict.replace("_", " ")
        typer.echo(f"\n{number}. {RULES[finding.rule]}: {verdict}")
        cases = finding.cases if details else finding.cases[:1]
        for case in cases:
            typer.echo(_wrapped(case.sentence))
            if case.price:
                typer.echo(_wrapped(f"Possible if {case.price}."))
        if len(finding.cases) > len(cases):
            typer.echo(_wrapped(f"{len(finding.cases) - len(cases)} more of the same kind."))
        if finding.assumptions:
            typer.echo(_wrapped(f"Assumed: {'; '.join(finding.assumptions)}."))
        if finding.explained_by:
            typer.echo(_wrapped(f"Explained by {', '.join(finding.explained_by)}."))
    _print_conventions(result)
    _print_corrected(result)
    _print_claims(result)
    if result.notes:
        typer.echo("\nNotes, no verdicts")
    for note in result.notes:
        typer.echo(_wrapped(f"{note}."))


def _print_conventions(result: Audit) -> None:
    if result.conventions:
        typer.echo("\nConventions that the figures point to")
    for c in result.conventions:
        against = f" Against: {'; '.join(c.against)}." if c.against else ""
        typer.echo(_wrapped(f"[{c.status}] {c.sentence}{against}"))


def _print_corrected(result: Audit) -> None:
    from attitudes.cli.output import print_table

    rows = [
        (
            c.scale,
            c.breakdown,
            c.group,
            c.printed or "",
            c.text,
            f"{c.rank_low}-{c.rank_high}" if c.rank_low else "",
        )
        for c in result.corrected
    ]
    if rows:
        typer.echo("")
        columns = ("scale", "breakdown", "group", "printed", "proper scale", "rank")
        print_table(
            columns,
            rows,
            title="Levels on the proper scale",
            numeric=("printed", "proper scale", "rank"),
        )


def _print_claims(result: Audit) -> None:
    """Print the sentences that do not survive."""
    if not result.claims:
        return
    counts = {s: sum(c.status == s for c in result.claims) for s in ("survives", "fails", "open")}
    typer.echo(
        f"\nSentences about order: {counts['survives']} survive, {counts['fails']} fail, "
        f"{counts['open']} open"
    )
    for c in result.claims:
        if c.status == "fails":
            typer.echo(_wrapped(f"[fails] {c.claim}: {c.reason}"))
