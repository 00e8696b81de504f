"""`attitudes test`: tests of association, means, ranks, contrasts, trends and models."""

from __future__ import annotations

import typer

from attitudes.cli.compare import contrast, independence, rank, ttest
from attitudes.cli.design_options import with_source
from attitudes.cli.regression import regression
from attitudes.cli.trend import trend

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(
        help="Test differences and associations with the survey's design.", no_args_is_help=True
    )
    for command, example in (
        (independence, "independence q1 region --json -"),
        (ttest, "ttest q1 --by gender"),
        (rank, "rank q1 --by region"),
        (contrast, "contrast q1 --by region"),
        (regression, 'regression "q1 ~ C(region)" --family ordinal --means region'),
        (trend, "trend q1 --wave 2019.csv --wave 2023.csv"),
    ):
        group.command(command.__name__, epilog=f"Example: attitudes test {example}")(
            with_source(command)
        )
    app.add_typer(group, name="test")
