"""A number as the report's own conventions give it, exact until it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from attitudes.numerics.exact import round_exact
from attitudes.study.conventions import Convention

__all__ = ["Regenerated", "RegeneratedFigure", "average", "fixed"]


def fixed(value: Fraction, decimals: int, convention: Convention) -> str:
    """Write an exact number with a fixed number of decimals, rounded as declared.

    Where the rule is not known, halves go up.

    Examples
    --------
    >>> fixed(Fraction(9, 8), 2, Convention(rounding="half_up"))
    '1.13'
    >>> fixed(Fraction(9, 8), 2, Convention(rounding="half_even"))
    '1.12'
    """
    rule = "half_up" if convention.rounding == "unknown" else convention.rounding
    rounded = round_exact(value, decimals, rule)
    digits = f"{abs(rounded.numerator) * 10**decimals // rounded.denominator:0{decimals + 1}d}"
    whole = digits[: len(digits) - decimals]
    sign = "-" if rounded < 0 else ""
    return f"{sign}{whole}.{digits[-decimals:]}" if decimals else f"{sign}{whole}"


@dataclass(frozen=True, slots=True)
class Regenerated:
    """One number as the report's conventions give it.

    Attributes
    ----------
    exact
        The number before rounding, exact; None when it cannot be computed.
    base
        Respondents it rests on, unweighted; the smallest base for a mean of items' means.
    convention
        How it was computed.
    reason
        Why there is no number.
    """

    exact: Fraction | None
    base: int
    convention: Convention
    reason: str = ""

    @property
    def value(self) -> float | None:
        """The number before rounding."""
        return None if self.exact is None else float(self.exact)

    def printed(self, decimals: int) -> str:
        """Write the number as the report would print it; empty when there is none."""
        return "" if self.exact is None else fixed(self.exact, decimals, self.convention)


@dataclass(frozen=True, slots=True)
class RegeneratedFigure:
    """A published figure, regenerated.

    Attributes
    ----------
    exhibit, row, column, statistic, section
        Which figure.
    published
        The number as the report prints it.
    value
        The regenerated number before rounding; None when it cannot be computed.
    exact
        The same as an exact fraction.
    printed
        It written with the decimals of ``published`` under the declared rounding; empty when
        there is none.
    base
        Respondents it rests on, unweighted.
    convention
        How it was computed.
    reason
        Why it cannot be computed.
    """

    exhibit: str
    row: str
    column: str
    statistic: str
    section: str
    published: str
    value: float | None
    exact: Fraction | None
    printed: str
    base: int
    convention: Convention
    reason: str


def average(
    parts: Sequence[Regenerated], convention: Convention, *, base: int | None = None
) -> Regenerated:
    """Return the plain mean of unrounded numbers; none when one of them is missing.

    Parameters
    ----------
    parts
        The numbers.
    convention
        Of the mean.
    base
        Its base; default: the smallest base among the parts.

    Examples
    --------
    >>> rule = Convention()
    >>> parts = [Regenerated(Fraction(2), 10, rule), Regenerated(Fraction(3), 8, rule)]
    >>> average(parts, rule).value, average(parts, rule).base
    (2.5, 8)
    """
    lost = [p.reason for p in parts if p.exact is None]
    if lost or not parts:
        return Regenerated(None, 0, convention, lost[0] if lost else "nobody answered")
    mean = sum((p.exact for p in parts if p.exact is not None), Fraction(0)) / len(parts)
    least = min(p.base for p in parts) if base is None else base
    return Regenerated(mean, least, convention)
