"""How results of estimation are shown and written: a table, JSON, CSV."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    import pandas as pd

    from attitudes.estimation.hypothesis import HypothesisTest

__all__ = ["number", "p_value", "show_frame", "show_test", "write_results"]

SMALLEST = 1e-4


def number(value: Any) -> str:
    """Return a number with four digits, a dash where there is none, other values as text."""
    if not isinstance(value, float):
        return "" if value is None else str(value)
    if value != value:
        return "–"
    if value.is_integer() and 10 < abs(value) < 1e15:
        return f"{value:.0f}"
    return f"{value:.4g}"


def p_value(value: Any) -> str:
    """Return a p-value as tables print it."""
    if isinstance(value, float) and 0 <= value < SMALLEST:
        return f"< {SMALLEST:g}"
    return number(value)


def write_results(
    frame: pd.DataFrame, payload: Mapping[str, Any], json_file: str | None, csv_file: str | None
) -> bool:
    """Write JSON and CSV where they are asked for; return whether to print a table as well.

    Raises
    ------
    OptionError
        When both are to go to standard output.
    """
    from attitudes.cli.output import write_json, write_text
    from attitudes.errors import OptionError

    if json_file == "-" and csv_file == "-":
        raise OptionError("--json, --csv", "- for both", "standard output for one of them")
    write_json(json_file, dict(payload))
    if csv_file is not None:
        text = frame.to_csv(index=False)
        if csv_file == "-":
            sys.stdout.write(text)
        else:
            write_text(Path(csv_file), text)
    return "-" not in (json_file, csv_file)


def show_frame(frame: pd.DataFrame, title: str | None = None) -> None:
    """Print a frame under its title, numbers to the right."""
    from attitudes.cli.output import print_table

    if title is not None:
        typer.echo(title)

    names = [str(name) for name in frame.columns]
    forms = [p_value if name.startswith("p_") else number for name in names]
    rows = [
        [form(value) for form, value in zip(forms, line, strict=True)]
        for line in frame.astype(object).itertuples(index=False)
    ]
    numeric = [name for name in names if frame[name].dtype.kind in "fi"]
    print_table(names, rows, numeric=numeric)


def show_test(
    test: HypothesisTest,
    more: Mapping[str, Any],
    json_file: str | None,
    csv_file: str | None,
    provenance: str,
) -> None:
    """Write and print a test, with the effect size in ``more`` where there is one."""
    import pandas as pd

    from attitudes.cli.output import print_table

    plain = {**more, **test.to_dict(), "provenance": provenance}
    flat = {k: v for k, v in plain.items() if not isinstance(v, dict | tuple)}
    for i, df in enumerate(test.df):
        flat[f"df_{i + 1}"] = df
    for name, value in (more.get("effect") or {}).items():
        flat[f"effect_{name}"] = value
    if not write_results(pd.DataFrame([flat]), plain, json_file, csv_file):
        return
    rows = test.lines()
    effect = more.get("effect")
    if effect:
        low, high = number(effect["ci_low"]), number(effect["ci_high"])
        value = f"{number(effect['estimate'])} ({low} to {high})"
        rows = [*rows[:-2], (effect["name"], value), *rows[-2:]]
    typer.echo(test.title + (f"; data: {provenance}" if provenance != "respondents" else ""))
    print_table(["", "value"], rows, numeric=["value"])
