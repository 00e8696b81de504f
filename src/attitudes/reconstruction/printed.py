"""What is printed of one question, as bounds on the counts of its answers by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from attitudes.numerics.design import FloatArray
from attitudes.numerics.printed.group_counts import RatioBound
from attitudes.study.conventions import Convention
from attitudes.study.figures import Figure
from attitudes.study.forms import NotComputable, RatioForm, form_of
from attitudes.study.models import Study
from attitudes.study.responses import Code

__all__ = ["ColumnCodes", "Printed", "bounds_of", "ends_of", "printed_of_columns"]


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


def ends_of(figure: Figure, decimals: int, convention: Convention) -> tuple[Fraction, Fraction]:
    """Return the ends between which a value prints as the figure.

    A value strictly between them does so under every rounding rule but truncation.
    """
    value, unit = Fraction(figure.value), Fraction(1, 10**decimals)
    if convention.rounding == "truncate":
        return value, value + unit
    return value - unit / 2, value + unit / 2


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
    in_exhibits = {e.figures_id for e in study.exhibits}
    out: dict[str, list[Printed]] = {}
    for figure in study.figures():
        form = form_of(study, figure)
        if isinstance(form, NotComputable) or not isinstance(form, RatioForm):
            continue
        convention = study.convention_for(figure.exhibit, figure.row, figure.column)
        places = figure.decimals
        if figure.exhibit in in_exhibits and convention.short_figures == "trailing_zero_cut":
            places = decimals[(figure.exhibit, figure.statistic)]
        lower, upper = ends_of(figure, places, convention)
        out.setdefault(form.column, []).append(Printed(figure, form, lower, upper))
    return out


def bounds_of(
    printed: Sequence[Printed],
    codes: ColumnCodes,
    groups: Mapping[str, Sequence[Code]],
    exact: Mapping[tuple[str, str], tuple[int, int] | None],
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
    exact
        (Exhibit, column) → base and sum that a figure must have; None: any that print it.
    exhibits
        Exhibits whose figures count more than those of running text.
    """
    variables = list(groups)
    bounds: list[RatioBound] = []
    kept: list[Printed] = []
    for p in printed:
        if len(p.form.domain) > 1:
            continue
        variable = p.form.domain[0][0] if p.form.domain else variables[0]
        if variable not in groups:
            continue
        own = p.form.domain[0][1] if p.form.domain else groups[variable]
        places = tuple(list(groups[variable]).index(g) for g in own)
        key = (p.figure.exhibit, p.figure.column)
        required = exact.get(key)
        # A half goes up: the lower end prints, the upper does not.
        lower = float(p.lower)
        upper = float(p.upper) - 1e-3 * float(p.upper - p.lower)
        bounds.append(
            RatioBound(
                variables.index(variable),
                places,
                codes.vector(p.form.numerator),
                codes.vector(p.form.denominator),
                lower,
                upper,
                key in exact,
                None if required is None else (float(required[0]), float(required[1])),
                4.0 if p.figure.exhibit in exhibits else 1.0,
            )
        )
        kept.append(p)
    return bounds, kept
