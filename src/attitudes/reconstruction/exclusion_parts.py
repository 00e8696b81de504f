"""What proofs of exclusion are made of: intervals, bases and certificates of figures, and words."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from attitudes.auditing.readings import Reading
from attitudes.numerics.printed.exact import (
    Interval,
    Rounding,
    decimal_text,
    integers_in,
    printed_interval,
    read_printed,
)
from attitudes.reconstruction.printed import ColumnCodes, Printed
from attitudes.reconstruction.targets import Part, Target
from attitudes.study.figures import Figure
from attitudes.study.forms import Domain
from attitudes.study.models import Study
from attitudes.study.reconstruction_spec import ReconstructionSpec

__all__ = [
    "fixed_base",
    "has_whole",
    "interval_of",
    "is_percentage",
    "listed",
    "neighbours",
    "part_name",
    "reading_of",
    "rounding_of",
    "rounding_words",
    "shares_of",
    "size_of",
    "told",
    "whole_certificate",
]


def part_name(part: Part) -> str:
    """Return a name for a ratio's value as an unknown."""
    column, domain, numerator, _ = part
    where = "; ".join(f"{v}={'+'.join(str(g) for g in groups)}" for v, groups in domain)
    return f"mean of {column} in {where or 'all'} numbered {[str(v) for _, v in numerator]}"


def shares_of(target: Target) -> dict[Part, Fraction]:
    """Return the exact shares of a total's ratios."""
    return {p: Fraction(s).limit_denominator(10**6) for p, s in target.parts.items()}


def reading_of(study: Study, figure: Figure, index: int) -> Reading:
    """Return a figure as the audit's conditions take it."""
    kind = "mean" if figure.statistic == "mean" else "share"
    printed = read_printed(figure.printed)
    interval = interval_of(study, figure)
    return Reading(index, figure, kind, figure.row, "", "", (), True, printed, interval)  # type: ignore[arg-type]


def interval_of(study: Study, figure: Figure) -> Interval:
    """Return the values that print as a figure's string, under its declared rounding."""
    return printed_interval(read_printed(figure.printed), rounding_of(study, figure))


def rounding_of(study: Study, figure: Figure) -> Rounding:
    """Return how a figure was rounded, as declared."""
    return study.convention_for(figure.exhibit, figure.row, figure.column).rounding


def is_percentage(p: Printed) -> bool:
    """Return whether a figure is a share of counted people, in percent."""
    return set(p.form.numerator.values()) == {Fraction(100)} and set(
        p.form.denominator.values()
    ) == {1}


def size_of(spec: ReconstructionSpec, domain: Domain) -> int:
    """Return the declared number of respondents of a domain."""
    if not domain:
        return spec.respondents
    variable, groups = domain[0]
    return sum(spec.sizes[variable][g] for g in groups)


def fixed_base(study: Study, spec: ReconstructionSpec, p: Printed) -> int | None:
    """Return the base of a percentage of all those asked, None when it is not known."""
    question = study.question(p.form.column)
    if question.asked_of or not is_percentage(p) or len(p.form.domain) > 1:
        return None
    if set(p.form.denominator) != set(ColumnCodes.of(study, p.form.column).codes):
        return None
    if p.form.domain and p.form.domain[0][0] not in spec.sizes:
        return None
    away = 0
    for rule in spec.not_asked:
        if question.id in rule.questions:
            inside = not p.form.domain or p.form.domain[0] == (rule.variable, (rule.group,))
            away += rule.count if inside else 0
    return size_of(spec, p.form.domain) - away


def has_whole(study: Study, p: Printed, base: int) -> bool:
    """Return whether some whole number out of a base prints a percentage."""
    return len(integers_in(interval_of(study, p.figure).times(Fraction(base, 100)))) > 0


def neighbours(p: Printed, base: int) -> str:
    """Return the two whole numbers about a percentage, and what they are in percent."""
    middle = int(Fraction(p.figure.value) * base / 100)
    places = p.figure.decimals + 1
    return " and ".join(
        f"{n} of {base} is {decimal_text(Fraction(100 * n, base), places)} %"
        for n in (middle, middle + 1)
    )


def whole_certificate(study: Study, p: Printed, base: int) -> dict[str, Any]:
    """Return a certificate that no whole number out of a base prints a percentage."""
    return {
        "kind": "no_integer",
        "printed": p.figure.printed,
        "rounding": rounding_of(study, p.figure),
        "percent": True,
        "base": base,
    }


def rounding_words(rounding: Rounding) -> tuple[str, ...]:
    """Return the rounding assumption in words."""
    words = {
        "unknown": "figures rounded or cut off at the last printed digit",
        "half_up": "figures rounded, halves up",
        "half_even": "figures rounded, halves to the even digit",
        "truncate": "figures cut off at the last printed digit",
    }
    return (words[rounding],)


def told(figure: Figure) -> str:
    """Return a figure and where it stands."""
    return f"{figure.printed} ({figure.exhibit}, {figure.row}, {figure.column})"


def listed(figures: Iterable[Figure]) -> str:
    """Return figures and where they stand, one after the other."""
    return ", ".join(told(f) for f in figures)
