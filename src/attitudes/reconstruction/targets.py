"""Printed means of means: which ratios a total is made of, and what it leaves to each question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from attitudes.reconstruction.printed import print_interval
from attitudes.study.figures import Figure
from attitudes.study.forms import Form, MeanForm, NotComputable, RatioForm, form_of
from attitudes.study.models import Study
from attitudes.study.responses import Code

__all__ = ["Part", "Remainder", "Target", "mean_targets", "part_of", "remainders", "unmet_targets"]

Part = tuple[
    str,
    tuple[tuple[str, tuple[Code, ...]], ...],
    tuple[tuple[Code, Fraction], ...],
    tuple[tuple[Code, int], ...],
]
"""A ratio that totals are made of: column, domain, numerator and denominator."""


@dataclass(frozen=True, slots=True)
class Target:
    """A printed plain mean of ratios.

    Attributes
    ----------
    figure
        As printed.
    lower, upper
        Ends of what prints so, the upper one left out.
    parts
        The ratios, each with its share of the mean.
    required
        Whether it must be printed.
    said
        Whether it stands in running text, not in a table.
    """

    figure: Figure
    lower: float
    upper: float
    parts: Mapping[Part, float]
    required: bool
    said: bool = False

    def value(self, values: Mapping[Part, float]) -> float:
        """Return the mean for given values of the ratios."""
        return sum(share * values[part] for part, share in self.parts.items())

    def distance(self, values: Mapping[Part, float]) -> float:
        """Return how far given values of the ratios are from the middle of what prints."""
        return abs(self.value(values) - (self.lower + self.upper) / 2)

    def printed_by(self, values: Mapping[Part, float]) -> bool:
        """Whether given values of the ratios print the figure."""
        return self.lower - 1e-9 <= self.value(values) < self.upper - 1e-9


@dataclass(frozen=True, slots=True)
class Remainder:
    """What a target leaves to the ratios of one column, those of the others being settled.

    Attributes
    ----------
    figure
        The target's figure.
    shares
        The column's ratios, each with its share of the mean.
    lower, upper
        Ends of the sum of shares times ratios.
    required
        Whether the target must be printed.
    """

    figure: Figure
    shares: Mapping[Part, float]
    lower: float
    upper: float
    required: bool

    def within(self, parts: Sequence[Part], values: Mapping[Part, float]) -> Remainder:
        """Return what is left to some of the ratios when the others keep their values."""
        kept = {p: s for p, s in self.shares.items() if p in parts}
        rest = sum(s * values[p] for p, s in self.shares.items() if p not in kept)
        ends = self.lower - rest, self.upper - rest
        return Remainder(self.figure, kept, *ends, self.required)


def part_of(form: RatioForm) -> Part:
    """Return a ratio as something that can be looked up."""
    numerator = tuple(sorted(form.numerator.items(), key=str))
    return form.column, form.domain, numerator, tuple(sorted(form.denominator.items(), key=str))


def mean_targets(
    study: Study, decimals: Mapping[tuple[str, str], int], exact: frozenset[str]
) -> list[Target]:
    """Return the printed figures that are plain means of ratios.

    Parameters
    ----------
    study
        The pack.
    decimals
        Decimals of each table, for figures cut of a zero.
    exact
        Exhibits whose figures must be printed.
    """
    out: list[Target] = []
    exhibits = {e.figures_id for e in study.exhibits}
    for figure in study.figures():
        form = form_of(study, figure)
        if isinstance(form, NotComputable | RatioForm):
            continue
        lower, upper = print_interval(study, figure, decimals)
        parts: dict[Part, float] = {}
        _gather(form, 1.0, parts)
        required, said = figure.exhibit in exact, figure.exhibit not in exhibits
        out.append(Target(figure, float(lower), float(upper), parts, required, said))
    return out


def _gather(form: Form, share: float, parts: dict[Part, float]) -> None:
    if isinstance(form, MeanForm):
        for part in form.parts:
            _gather(part, share / len(form.parts), parts)
    else:
        key = part_of(form)
        parts[key] = parts.get(key, 0.0) + share


def unmet_targets(targets: Iterable[Target], values: Mapping[Part, float]) -> list[Target]:
    """Return the targets whose ratios are all known and do not print them."""
    return [t for t in targets if t.parts.keys() <= values.keys() and not t.printed_by(values)]


def remainders(
    targets: Iterable[Target], values: Mapping[Part, float], column: str
) -> list[Remainder]:
    """Return what targets leave to a column, where all their other ratios are settled."""
    out: list[Remainder] = []
    for t in targets:
        own = {p: s for p, s in t.parts.items() if p[0] == column}
        others = {p: s for p, s in t.parts.items() if p[0] != column}
        if own and others.keys() <= values.keys():
            settled = sum(s * values[p] for p, s in others.items())
            ends = t.lower - settled + 1e-6, t.upper - settled - 1e-6
            out.append(Remainder(t.figure, own, *ends, t.required))
    return out
