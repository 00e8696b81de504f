"""Proofs that linear conditions cannot all hold, in exact rationals.

A system has non-negative unknowns x and rows Σ aⱼxⱼ ≤ b (or <). By Farkas' lemma it has no
solution exactly when non-negative multipliers y exist with Σᵢ yᵢaᵢⱼ ≥ 0 for every j and
Σᵢ yᵢbᵢ < 0 (or = 0 with a strict row among those used): adding the rows so multiplied says that
a sum that cannot be negative is negative.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

__all__ = ["Certificate", "LinearSystem", "Row", "rationalise", "verify"]


@dataclass(frozen=True, slots=True)
class Row:
    """A condition Σ aⱼxⱼ ≤ b, or < b when it is strict.

    Attributes
    ----------
    coefficients
        Unknown → coefficient; unknowns are numbered from 0.
    rhs
        b.
    strict
        Whether equality is excluded.
    member
        The figure, table or assumption that the row belongs to: rows of one member are kept or
        left out together; −1 for what always holds.
    name
        What the row says, for people.
    """

    coefficients: Mapping[int, Fraction]
    rhs: Fraction
    strict: bool = False
    member: int = -1
    name: str = ""


@dataclass(frozen=True, slots=True)
class LinearSystem:
    """Rows over non-negative unknowns.

    Attributes
    ----------
    n_unknowns
        Number of unknowns.
    rows
        Conditions.
    """

    n_unknowns: int
    rows: tuple[Row, ...]

    def keep(self, members: Iterable[int]) -> LinearSystem:
        """Return the system with the rows of these members and those that always hold."""
        kept = {*members, -1}
        return LinearSystem(self.n_unknowns, tuple(r for r in self.rows if r.member in kept))

    @property
    def members(self) -> tuple[int, ...]:
        """Members that have rows."""
        return tuple(sorted({r.member for r in self.rows} - {-1}))


@dataclass(frozen=True, slots=True)
class Certificate:
    """Rows of a system and the multipliers that make their sum absurd.

    Attributes
    ----------
    rows
        The rows used.
    multipliers
        One positive multiplier a row.
    gap
        How far the sum is from being possible: −Σ yᵢbᵢ, at least 0.
    """

    rows: tuple[Row, ...]
    multipliers: tuple[Fraction, ...]
    gap: Fraction = field(default=Fraction(0))

    @property
    def members(self) -> tuple[int, ...]:
        """Members whose rows are used."""
        return tuple(sorted({r.member for r in self.rows} - {-1}))


def combine(rows: Sequence[Row], multipliers: Sequence[Fraction]) -> dict[int, Fraction]:
    """Return the coefficients of the sum of the multiplied rows."""
    total: dict[int, Fraction] = {}
    for row, y in zip(rows, multipliers, strict=True):
        for j, a in row.coefficients.items():
            total[j] = total.get(j, Fraction(0)) + y * a
    return total


def verify(rows: Sequence[Row], multipliers: Sequence[Fraction]) -> Certificate | None:
    """Return the certificate when the multipliers prove that the rows contradict each other.

    Examples
    --------
    >>> at_most = Row({0: Fraction(1)}, Fraction(2))
    >>> at_least = Row({0: Fraction(-1)}, Fraction(-3))
    >>> verify([at_most, at_least], [Fraction(1), Fraction(1)]).gap
    Fraction(1, 1)
    >>> verify([at_most, at_least], [Fraction(1), Fraction(2)]) is None
    True
    """
    used = [(r, y) for r, y in zip(rows, multipliers, strict=True) if y != 0]
    if not used or any(y < 0 for _, y in used):
        return None
    kept, factors = [r for r, _ in used], [y for _, y in used]
    if any(a < 0 for a in combine(kept, factors).values()):
        return None
    total = sum((y * r.rhs for r, y in used), Fraction(0))
    if total > 0 or (total == 0 and not any(r.strict for r in kept)):
        return None
    return Certificate(tuple(kept), tuple(factors), -total)


def rationalise(rows: Sequence[Row], approximate: Sequence[float]) -> Certificate | None:
    """Turn a solver's multipliers into an exact certificate, or return None.

    Parameters
    ----------
    rows
        All rows of the system.
    approximate
        One multiplier a row, in floating point.

    Notes
    -----
    First the multipliers are rounded to fractions of growing denominators; if no rounding is a
    proof, the equations Σ yᵢaᵢⱼ = 0 that hold approximately are solved exactly on the support.
    """
    largest = max(approximate, default=0.0)
    if largest <= 0:
        return None
    support = [i for i, y in enumerate(approximate) if y > 1e-9 * largest]
    kept = [rows[i] for i in support]
    values = [approximate[i] / largest for i in support]
    for limit in (1, 60, 1000, 10**6):
        rounded = [Fraction(v).limit_denominator(limit) for v in values]
        found = verify(kept, rounded)
        if found is not None:
            return found
    return _solved(kept, values)


def _solved(rows: Sequence[Row], values: Sequence[float]) -> Certificate | None:
    columns = sorted({j for r in rows for j in r.coefficients})
    equations: list[list[Fraction]] = []
    seen: set[tuple[Fraction, ...]] = set()
    for j in columns:
        entries = [r.coefficients.get(j, Fraction(0)) for r in rows]
        size = max(abs(float(a) * v) for a, v in zip(entries, values, strict=True))
        total = math.fsum(float(a) * v for a, v in zip(entries, values, strict=True))
        if abs(total) <= 1e-7 * max(size, 1e-12) and tuple(entries) not in seen:
            seen.add(tuple(entries))
            equations.append(entries)
    return verify(rows, _nullspace_point(equations, values))


def _nullspace_point(
    equations: list[list[Fraction]], values: Sequence[float]
) -> tuple[Fraction, ...]:
    """Return the exact solution of homogeneous equations that is nearest in its free entries.

    The entries with the smallest values become pivots last, so that the large ones stay free.
    """
    n = len(values)
    order = sorted(range(n), key=lambda i: values[i])
    pivots: list[tuple[int, list[Fraction]]] = []
    for equation in equations:
        row = list(equation)
        for column, pivot in pivots:
            if row[column] != 0:
                factor = row[column]
                row = [a - factor * b for a, b in zip(row, pivot, strict=True)]
        lead = next((i for i in order if row[i] != 0), None)
        if lead is None:
            continue
        scale = row[lead]
        row = [a / scale for a in row]
        pivots = [(c, [a - p[lead] * b for a, b in zip(p, row, strict=True)]) for c, p in pivots]
        pivots.append((lead, row))
    bound = {c for c, _ in pivots}
    point = [
        Fraction(0) if i in bound else Fraction(v).limit_denominator(10**6)
        for i, v in enumerate(values)
    ]
    for column, pivot in pivots:
        point[column] = -sum(
            (a * point[i] for i, a in enumerate(pivot) if i != column and a != 0), Fraction(0)
        )
    return tuple(point)
