"""What is printed of one question, as bounds on the counts of its answers by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from attitudes.numerics.design import FloatArray
from attitudes.numerics.printed.group_counts import RatioBound
from attitudes.study.figures import Figure
from attitudes.study.forms import NotComputable, RatioForm, form_of
from attitudes.study.models import Study
from attitudes.study.responses import Code

__all__ = [
    "ColumnCodes",
    "Printed",
    "bounds_of",
    "place_of",
    "print_interval",
    "printed_of_columns",
    "table_decimals",
]


@dataclass(frozen=True, slots=True)
class Printed:
    """A figure that one column of answers decides.

    Attributes
    ----------
    figure
        As printed.
    form
        Which counts it is made of.
    lower, upper
        Ends of what prints so.
    """

    figure: Figure
    form: RatioForm
    lower: Fraction
    upper: Fraction


@dataclass(frozen=True, slots=True)
class ColumnCodes:
    """The codes that a column may hold.

    Attributes
    ----------
    codes
        Answers first, then don't know and refusal where they are declared.
    n_answers
        How many of them are answers.
    """

    codes: tuple[Code, ...]
    n_answers: int

    @classmethod
    def of(cls, study: Study, column: str) -> ColumnCodes:
        """Return the codes of a column, multiple-response columns included."""
        response = study.response_of(column)
        answers: tuple[Code, ...] = (0, 1) if response.kind == "multiple" else response.codes
        kinds = [response.missing[k] for k in ("dont_know", "refused") if k in response.missing]
        return cls((*answers, *kinds), len(answers))

    def vector(self, coefficients: Mapping[Code, Fraction] | Mapping[Code, int]) -> FloatArray:
        """Return coefficients in the order of the codes."""
        return np.array([float(coefficients.get(c, 0)) for c in self.codes])

    @property
    def substantive(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which codes are answers."""
        return np.arange(len(self.codes)) < self.n_answers


def table_decimals(figures: Sequence[Figure]) -> dict[tuple[str, str], int]:
    """Return the decimals of each table: the most that a figure of its statistic prints."""
    out: dict[tuple[str, str], int] = {}
    for f in figures:
        key = (f.exhibit, f.statistic)
        out[key] = max(out.get(key, 0), f.decimals)
    return out


def print_interval(
    study: Study, figure: Figure, decimals: Mapping[tuple[str, str], int]
) -> tuple[Fraction, Fraction]:
    """Return the ends between which a value prints as the figure.

    Parameters
    ----------
    study
        The pack, whose conventions say how figures were rounded and cut.
    figure
        As printed.
    decimals
        Decimals of each table, for figures cut of a zero.

    Notes
    -----
    The lower end belongs to it, the upper one does not. Halves to the even digit leave out the
    lower end of an odd figure, which is then raised by a millionth of a unit.
    """
    convention = study.convention_for(figure.exhibit, figure.row, figure.column)
    places = figure.decimals
    in_exhibit = any(e.figures_id == figure.exhibit for e in study.exhibits)
    if in_exhibit and convention.short_figures == "trailing_zero_cut":
        places = decimals[(figure.exhibit, figure.statistic)]
    value, unit = Fraction(figure.value), Fraction(1, 10**places)
    if convention.rounding == "truncate":
        return value, value + unit
    odd = convention.rounding == "half_even" and (value / unit) % 2 == 1
    return value - unit / 2 + (unit / 10**6 if odd else 0), value + unit / 2


def printed_of_columns(
    study: Study, decimals: Mapping[tuple[str, str], int]
) -> dict[str, list[Printed]]:
    """Return, by column of answers, the figures that one ratio of its counts makes.

    Parameters
    ----------
    study
        The pack.
    decimals
        Decimals of each table, for figures cut of a zero.
    """
    out: dict[str, list[Printed]] = {}
    for figure in study.figures():
        form = form_of(study, figure)
        if isinstance(form, NotComputable) or not isinstance(form, RatioForm):
            continue
        lower, upper = print_interval(study, figure, decimals)
        out.setdefault(form.column, []).append(Printed(figure, form, lower, upper))
    return out


def bounds_of(
    printed: Sequence[Printed],
    codes: ColumnCodes,
    groups: Mapping[str, Sequence[Code]],
    required: frozenset[str],
    exhibits: frozenset[str],
) -> tuple[list[RatioBound], list[Printed]]:
    """Return the bounds of the figures whose groups are known, and those figures.

    Parameters
    ----------
    printed
        Figures of one column.
    codes
        Its codes.
    groups
        Groups of each variable, in order.
    required
        Exhibits whose figures must be printed.
    exhibits
        Exhibits whose figures count more than those of running text.
    """
    bounds: list[RatioBound] = []
    kept: list[Printed] = []
    for p in printed:
        place = place_of(p.form, groups)
        if place is None:
            continue
        # A half goes up: the lower end prints, the upper does not.
        lower = float(p.lower)
        upper = float(p.upper) - 1e-3 * float(p.upper - p.lower)
        bounds.append(
            RatioBound(
                *place,
                codes.vector(p.form.numerator),
                codes.vector(p.form.denominator),
                lower,
                upper,
                p.figure.exhibit in required,
                4.0 if p.figure.exhibit in exhibits else 1.0,
            )
        )
        kept.append(p)
    return bounds, kept


def place_of(
    form: RatioForm, groups: Mapping[str, Sequence[Code]]
) -> tuple[int, tuple[int, ...]] | None:
    """Return the position of a ratio's variable and of its groups; None when it is not there."""
    if len(form.domain) > 1:
        return None
    variables = list(groups)
    variable = form.domain[0][0] if form.domain else variables[0]
    if variable not in groups:
        return None
    own = form.domain[0][1] if form.domain else tuple(groups[variable])
    return variables.index(variable), tuple(list(groups[variable]).index(g) for g in own)
