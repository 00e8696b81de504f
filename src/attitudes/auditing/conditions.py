"""Linear conditions on unknown counts, each with its origin, and the proofs made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from attitudes.auditing.readings import Reading
from attitudes.numerics.printed.certificates import Certificate, LinearSystem, Row
from attitudes.numerics.printed.feasibility import Feasibility, feasible

__all__ = ["Conditions", "End"]

End = Literal["low", "high"]


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where a row comes from: a figure's end, or an assumption."""

    says: str
    figure: Reading | None = None
    end: End | None = None
    values: Mapping[str, Fraction] | None = None
    base: tuple[str, ...] = ()
    unit: Fraction = Fraction(1)


class Conditions:
    """A growing system of conditions on non-negative unknowns that have names.

    Rows of one member (a figure, a table row) are kept or left out together.
    """

    def __init__(self) -> None:
        self._names: dict[str, int] = {}
        self._rows: list[Row] = []
        self._origins: list[_Origin] = []

    def unknown(self, name: str) -> int:
        """Return the number of an unknown, new ones at the end."""
        return self._names.setdefault(name, len(self._names))

    def _add(
        self,
        terms: Mapping[str, Fraction],
        rhs: Fraction,
        strict: bool,
        member: int,
        origin: _Origin,
    ) -> None:
        coefficients = {self.unknown(n): a for n, a in terms.items() if a != 0}
        self._rows.append(Row(coefficients, rhs, strict, member, str(len(self._rows))))
        self._origins.append(origin)

    def at_most(
        self,
        says: str,
        terms: Mapping[str, Fraction],
        rhs: Fraction,
        *,
        strict: bool = False,
        member: int = -1,
    ) -> None:
        """Add Σ terms ≤ rhs (< when strict)."""
        self._add(terms, rhs, strict, member, _Origin(says))

    def at_least(
        self,
        says: str,
        terms: Mapping[str, Fraction],
        rhs: Fraction,
        *,
        strict: bool = False,
        member: int = -1,
    ) -> None:
        """Add Σ terms ≥ rhs (> when strict)."""
        self._add({n: -a for n, a in terms.items()}, -rhs, strict, member, _Origin(says))

    def equal(self, says: str, terms: Mapping[str, Fraction], rhs: Fraction) -> None:
        """Add Σ terms = rhs."""
        self.at_most(says, terms, rhs)
        self.at_least(says, terms, rhs)

    def direct(self, reading: Reading, terms: Mapping[str, Fraction], member: int) -> None:
        """Add that Σ terms lies in the interval of a figure."""
        low, high = reading.interval.low, reading.interval.high
        assert low is not None
        assert high is not None
        printed = reading.figure.printed
        self._add(
            terms,
            high,
            not reading.interval.high_closed,
            member,
            _Origin(f"prints as {printed}", reading, "high", terms),
        )
        self._add(
            {n: -a for n, a in terms.items()},
            -low,
            not reading.interval.low_closed,
            member,
            _Origin(f"prints as {printed}", reading, "low", terms),
        )

    def ratio(
        self,
        reading: Reading,
        values: Mapping[str, Fraction],
        base: Sequence[str],
        member: int,
        *,
        unit: Fraction = Fraction(1),
        ends: Iterable[End] = ("low", "high"),
    ) -> None:
        """Add that Σ values·x / Σ base x lies in the figure's interval times ``unit``."""
        for end in ends:
            bound = reading.interval.high if end == "high" else reading.interval.low
            closed = reading.interval.high_closed if end == "high" else reading.interval.low_closed
            assert bound is not None
            sign = 1 if end == "high" else -1
            terms = {n: sign * v for n, v in values.items()}
            for name in base:
                terms[name] = terms.get(name, Fraction(0)) - sign * bound * unit
            origin = _Origin(
                f"prints as {reading.figure.printed}", reading, end, values, tuple(base), unit
            )
            self._add(terms, Fraction(0), not closed, member, origin)

    @property
    def system(self) -> LinearSystem:
        """The system of all rows."""
        return LinearSystem(len(self._names), tuple(self._rows))

    def solve(self, members: Iterable[int] | None = None) -> Feasibility:
        """Decide whether the conditions of these members (default: all) can hold."""
        system = self.system
        return feasible(system if members is None else system.keep(members))

    def figures(self, certificate: Certificate) -> tuple[int, ...]:
        """Return the positions of the figures that a proof uses."""
        found = (self._origins[int(r.name)].figure for r in certificate.rows)
        return tuple(dict.fromkeys(r.index for r in found if r is not None))

    def to_json(self, certificate: Certificate, rounding: str) -> dict[str, Any]:
        """Return a proof as the stand-alone checker reads it; numbers are exact fractions."""
        names = {i: n for n, i in self._names.items()}
        rows = []
        for row, multiplier in zip(certificate.rows, certificate.multipliers, strict=True):
            origin = self._origins[int(row.name)]
            entry: dict[str, Any] = {
                "says": origin.says,
                "terms": {names[j]: str(a) for j, a in row.coefficients.items()},
                "relation": "<" if row.strict else "<=",
                "bound": str(row.rhs),
                "multiplier": str(multiplier),
            }
            if origin.figure is not None:
                entry["figure"] = origin.figure.index
                entry["printed"] = origin.figure.figure.printed
                entry["whole"] = origin.figure.kind not in ("mean", "share")
                entry["end"] = origin.end
            if origin.values is not None:
                entry["values"] = {n: str(v) for n, v in origin.values.items()}
                entry["base"] = list(origin.base)
                entry["unit"] = str(origin.unit)
            rows.append(entry)
        return {
            "kind": "linear",
            "rounding": rounding,
            "rows": rows,
            "gap": str(certificate.gap),
        }
