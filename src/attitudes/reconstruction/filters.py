"""Bases that a later question's percentages need: how many people an earlier answer must name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil, floor

from attitudes.numerics.printed.group_counts import RatioBound
from attitudes.reconstruction.printed import ColumnCodes, Printed
from attitudes.study.models import Study
from attitudes.study.reconstruction_spec import ReconstructionSpec
from attitudes.study.responses import Code

__all__ = ["filter_bounds", "possible_bases"]

_ANSWERED = 0.85
"""Least share of those asked who are taken to have answered."""
_LOOSE = Fraction(1, 8)
"""How far a share that only running text prints may be off, as a part of it."""


def possible_bases(figures: Sequence[Printed], smallest: int, largest: int) -> list[int]:
    """Return the bases of which most printed percentages are whole numbers of people.

    Percentages of those who answered may have a smaller base than those of all who were asked.

    Examples
    --------
    >>> from attitudes.study.figures import Figure
    >>> from attitudes.study.forms import RatioForm
    >>> def share(printed, low, high):
    ...     return Printed(Figure("t", "a", "b", "percent", printed, "I"),
    ...                    RatioForm("q", (), {}, {}), Fraction(low), Fraction(high))
    >>> possible_bases([share("30,8", "30.75", "30.85"), share("15,4", "15.35", "15.45")], 1, 30)
    [13, 26]
    """
    largest_denominator = max((len(p.form.denominator) for p in figures), default=0)
    of_all = [p for p in figures if len(p.form.denominator) == largest_denominator]
    of_some = [p for p in figures if len(p.form.denominator) < largest_denominator]
    answered = {base: _whole(of_some, base) for base in range(1, largest + 1)}
    whole: dict[int, int] = {}
    for base in range(max(1, smallest), largest + 1):
        least = max(1, ceil(_ANSWERED * base))
        some = max(answered[a] for a in range(least, base + 1)) if of_some else 0
        whole[base] = _whole(of_all, base) + some
    most = max(whole.values(), default=0)
    return [base for base, count in whole.items() if count == most > 0]


def _whole(figures: Sequence[Printed], base: int) -> int:
    """Return how many percentages are whole numbers of people out of a base."""
    return sum(ceil(p.lower * base / 100) <= floor(p.upper * base / 100) for p in figures)


def filter_bounds(
    study: Study,
    spec: ReconstructionSpec,
    column: str,
    printed: Mapping[str, list[Printed]],
    variables: Sequence[str],
) -> list[RatioBound]:
    """Return bounds on a column's counts that give its follow-up questions a possible base.

    Parameters
    ----------
    study, spec
        The pack and what it declares about reconstruction.
    column
        Column whose answers decide who is asked later.
    printed
        Figures by column.
    variables
        Variables of the column's own groups, in order.
    """
    codes = ColumnCodes.of(study, column)
    bounds: list[RatioBound] = []
    for question in study.questions:
        chosen = question.asked_of.get(column)
        if chosen is None:
            continue
        for domain, figures in _by_domain(printed.get(question.id, [])).items():
            variable = domain[0][0] if domain else variables[0]
            if variable not in variables:
                continue
            groups = list(spec.sizes[variable])
            own = domain[0][1] if domain else tuple(groups)
            size = sum(spec.sizes[variable][g] for g in own) - _not_asked(
                spec, column, variable, own, whole=not domain
            )
            low, high = _share(printed.get(column, []), domain, chosen)
            possible = possible_bases(figures, ceil(low * size / 100), floor(high * size / 100))
            if not possible:
                continue
            middle = (low + high) / 200 * size
            base = min(possible, key=lambda b: abs(b - middle))
            numerator = codes.vector(dict.fromkeys(chosen, 1))
            bounds.append(
                RatioBound(
                    list(variables).index(variable),
                    tuple(groups.index(g) for g in own),
                    numerator,
                    codes.vector(dict.fromkeys(codes.codes, 1)),
                    (base - 0.25) / size,
                    (base + 0.25) / size,
                    False,
                    weight=float(4 * len(figures)),
                )
            )
    return bounds


def _by_domain(
    printed: Sequence[Printed],
) -> dict[tuple[tuple[str, tuple[Code, ...]], ...], list[Printed]]:
    """Return the percentages by the group that they are of, where a chart or table has some."""
    out: dict[tuple[tuple[str, tuple[Code, ...]], ...], list[Printed]] = {}
    for p in printed:
        if p.figure.statistic.startswith("percent"):
            out.setdefault(p.form.domain, []).append(p)
    return {
        domain: own
        for domain, own in out.items()
        if any(p.figure.statistic == "percent" for p in own)
    }


def _not_asked(
    spec: ReconstructionSpec, column: str, variable: str, groups: Sequence[Code], *, whole: bool
) -> int:
    """Return how many respondents of the groups were not asked the column's question."""
    return sum(
        r.count
        for r in spec.not_asked
        if column in r.questions and (whole or (r.variable == variable and r.group in groups))
    )


def _share(
    printed: Sequence[Printed],
    domain: tuple[tuple[str, tuple[Code, ...]], ...],
    chosen: Sequence[Code],
) -> tuple[Fraction, Fraction]:
    """Return what is printed of the share of the chosen answers in a group, in percent.

    Charts and tables decide; a share printed in running text only is let go by an eighth of it.
    """
    for p in printed:
        if p.form.domain == domain and list(p.form.numerator) == list(chosen):
            if p.figure.statistic == "percent":
                return p.lower, p.upper
            return p.lower * (1 - _LOOSE), p.upper * (1 + _LOOSE)
    return Fraction(0), Fraction(100)
