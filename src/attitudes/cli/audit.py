"""`attitudes audit`: what a report's figures can and cannot mean together."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

__all__ = ["register"]

_EXAMPLE = """Examples: attitudes audit; attitudes audit --json audit.json;
attitudes audit figures.csv --scale 1-5"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("audit", epilog=_EXAMPLE)(audit_command)


def audit_command(
    figures: Annotated[
        Path | None,
        typer.Argument(help="A CSV of figures without a pack; default: the figures of the pack."),
    ] = None,
    study: Annotated[
        str, typer.Option("--study", help="Study pack: a bundled name, a folder or a study.yaml.")
    ] = "kyrgyzstan-2023",
    scale: Annotated[
        str | None, typer.Option(help="Response scale of a CSV's means, as LOW-HIGH: 1-5.")
    ] = None,
    exclusive: Annotated[
        bool,
        typer.Option(help="In a CSV, the shares of one row are answers that exclude each other."),
    ] = False,
    rounding: Annotated[
        str, typer.Option(help="half_up, half_even, truncate or unknown.")
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
    json_file: Annotated[
        str | None, typer.Option("--json", help="Write the result as JSON; - for standard output.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page of the findings.")] = None,
    store: Annotated[
        bool, typer.Option("--store", help="Keep the result in the pack, for its report.")
    ] = False,
    details: Annotated[bool, typer.Option(help="Print every case of each finding.")] = False,
) -> None:
    """Say which published figures cannot all be true, with proofs and the conventions behind."""
    from attitudes.auditing.audit import audit, audit_figures
    from attitudes.auditing.store import audit_to_json, save_audit
    from attitudes.cli.output import wants_quiet, write_json
    from attitudes.errors import OptionError
    from attitudes.study.loading import load_study

    options: dict[str, Any] = {
        "rounding": rounding,
        "response": response,
        "base_slack": base_slack,
        "weight_ratio": weight_ratio,
    }
    quiet = wants_quiet(json_file)
    with _Progress() as progress:
        if figures is not None:
            if store:
                raise OptionError("--store", "a CSV of figures", "a study pack to keep it in")
            result = audit_figures(
                figures, scale=_scale(scale), exclusive=exclusive, progress=progress, **options
            )
        else:
            pack = load_study(study)
            result = audit(pack, progress=progress, **options)
            if store:
                save_audit(pack, result)
    write_json(json_file, audit_to_json(result))
    if html is not None:
        from attitudes.reporting.audit_page import write_audit_page

        write_audit_page(result, html)
    if not quiet:
        _print(result, details)
    raise typer.Exit(1 if result.impossible else 0)


def _scale(text: str | None) -> tuple[int, int] | None:
    from attitudes.errors import OptionError

    if text is None:
        return None
    low, dash, high = text.partition("-")
    if not dash or not low.strip().isdigit() or not high.strip().isdigit() or int(low) >= int(high):
        raise OptionError("--scale", repr(text), "LOW-HIGH, such as 1-5")
    return int(low), int(high)


class _Progress:
    """A progress bar on standard error, when that is a terminal."""

    def __enter__(self) -> _Progress:
        from rich.console import Console
        from rich.progress import Progress

        self.bar = Progress(
            console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()
        )
        self.bar.start()
        self.task = self.bar.add_task("audit", total=None)
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.stop()

    def __call__(self, step: str, done: int, of: int) -> None:
        self.bar.update(self.task, description=step, completed=done, total=of)


def _print(result: Any, details: bool) -> None:
    from attitudes.auditing.model import RULES

    typer.echo(repr(result))
    for number, finding in enumerate(result.findings, 1):
        typer.echo(f"\n{number}. {RULES[finding.rule]}: {finding.verdict.replace('_', ' ')}")
        cases = finding.cases if details else finding.cases[:1]
        for case in cases:
            typer.echo(f"   {case.sentence}")
            if case.price:
                typer.echo(f"   Possible if {case.price}.")
        if len(finding.cases) > len(cases):
            typer.echo(f"   {len(finding.cases) - len(cases)} more of the same kind.")
        if finding.assumptions:
            typer.echo(f"   Assumed: {'; '.join(finding.assumptions)}.")
        if finding.explained_by:
            typer.echo(f"   Explained by {', '.join(finding.explained_by)}.")
    _print_conventions(result)
    _print_corrected(result)


def _print_conventions(result: Any) -> None:
    if result.conventions:
        typer.echo("\nConventions that the figures point to")
    for c in result.conventions:
        against = f" Against: {'; '.join(c.against)}." if c.against else ""
        typer.echo(f"   [{c.status}] {c.sentence}{against}")


def _print_corrected(result: Any) -> None:
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
