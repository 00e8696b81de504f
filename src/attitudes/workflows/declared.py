"""Published figures that come from the codebook or the plan of the sample, not from answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from attitudes.numerics.printed.exact import round_exact
from attitudes.sampling.published_plan import compare_plan
from attitudes.study.figures import Figure
from attitudes.study.models import Study

__all__ = ["DeclaredValue", "declared_value", "plan_values"]


@dataclass(frozen=True, slots=True)
class DeclaredValue:
    """A figure as the pack's declarations give it.

    Attributes
    ----------
    value
        The exact number.
    printed
        That number as the report would print it.
    matches
        Whether it prints the report's figure.
    source
        What it was computed from.
    """

    value: Fraction
    printed: str
    matches: bool
    source: str


def plan_values(study: Study) -> dict[tuple[str, str, str], Mapping[str, Any]]:
    """Return (row, column, statistic) → computed cell of the plan; nothing without a plan."""
    sample = study.design.sample
    if sample is None or sample.exhibit is None or study.published.figures is None:
        return {}
    if not any(f.exhibit == sample.exhibit for f in study.figures()):
        return {}
    out: dict[tuple[str, str, str], Mapping[str, Any]] = {}
    for record in compare_plan(study).figures.to_dict("records"):
        row = {str(k): v for k, v in record.items()}
        out[(str(row["row"]), str(row["column"]), str(row["statistic"]))] = row
    return out


def declared_value(
    study: Study, figure: Figure, plan: Mapping[tuple[str, str, str], Mapping[str, Any]]
) -> DeclaredValue | None:
    """Return a figure as the codebook or the plan of the sample gives it; None if neither does.

    Parameters
    ----------
    study
        The pack.
    figure
        A published figure.
    plan
        As :func:`plan_values` gives it.
    """
    cell = plan.get((figure.row, figure.column, figure.statistic))
    if cell is not None:
        rounded = str(cell["rounded"])
        exact = Fraction(float(cell["exact"])).limit_denominator(10**9)
        own = round_exact(exact, figure.decimals, "half_up")
        matches = figure.value in (Fraction(rounded), own)
        return DeclaredValue(exact, rounded, matches, "the plan of the sample")
    number = _of_codebook(study, figure)
    if number is None:
        return None
    return DeclaredValue(Fraction(number), str(number), number == figure.value, "the codebook")


def _of_codebook(study: Study, figure: Figure) -> int | None:
    scales = {s.id for s in study.scales}
    if figure.row in scales:
        items = [q.id for q in study.items(figure.row)]
        responses = [study.response_of(i) for i in items]
    elif figure.row in study.responses:
        items, responses = [], [study.responses[figure.row]]
    else:
        return None
    if figure.statistic == "items" and items:
        return len(items)
    numbers = [c for r in responses for c in r.codes if isinstance(c, int)]
    if not numbers or figure.statistic not in ("scale_low", "scale_high"):
        return None
    return min(numbers) if figure.statistic == "scale_low" else max(numbers)
