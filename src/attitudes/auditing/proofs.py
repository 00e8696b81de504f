"""Small proofs that rules share, and how equal cases are told once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from attitudes.auditing.conditions import Conditions
from attitudes.auditing.model import Assumptions, Case, Finding, Rule, Verdict
from attitudes.auditing.readings import Reading
from attitudes.numerics.printed.exact import Interval, decimal_text

__all__ = [
    "Proof",
    "disjoint",
    "group_cases",
    "plural",
    "prove",
    "rounding_words",
    "sum_against",
    "text_of",
]


@dataclass(frozen=True, slots=True)
class Proof:
    """Answer of a small system: a verdict, the certificate, the figures used."""

    verdict: Verdict
    certificate: Mapping[str, Any] | None
    figures: tuple[int, ...]


def prove(conditions: Conditions, rounding: str, members: Iterable[int] | None = None) -> Proof:
    """Decide a system; ``impossible`` only with a verified certificate."""
    result = conditions.solve(members)
    if result.status == "impossible" and result.certificate is not None:
        proof = conditions.to_json(result.certificate, rounding)
        return Proof("impossible", proof, conditions.figures(result.certificate))
    return Proof("consistent" if result.status == "feasible" else "undecided", None, ())


def disjoint(first: Reading, second: Reading, rounding: str) -> Proof:
    """Decide whether two figures can print one value."""
    conditions = Conditions()
    for number, reading in enumerate((first, second)):
        conditions.direct(reading, {"value": Fraction(1)}, number)
    return prove(conditions, rounding)


def sum_against(
    parts: Sequence[Reading],
    whole: Reading | Fraction,
    rounding: str,
    *,
    at_most: bool = False,
    says: str = "the parts make the whole",
) -> Proof:
    """Decide whether figures can sum to a whole (or to no more than it)."""
    if _sum_meets(parts, whole, at_most=at_most):
        return Proof("consistent", None, ())
    conditions = Conditions()
    terms = {}
    for number, part in enumerate(parts):
        name = f"{part.figure.row}, {part.figure.column}, {part.figure.statistic}, {number}"
        conditions.direct(part, {name: Fraction(1)}, -1)
        terms[name] = Fraction(1)
    if isinstance(whole, Reading):
        conditions.direct(whole, {"whole": Fraction(1)}, -1)
        terms["whole"] = Fraction(-1)
        target = Fraction(0)
    else:
        target = whole
    if at_most:
        conditions.at_most(says, terms, target)
    else:
        conditions.equal(says, terms, target)
    return prove(conditions, rounding)


def _sum_meets(parts: Sequence[Reading], whole: Reading | Fraction, *, at_most: bool) -> bool:
    """Whether the intervals of the parts sum to an interval that meets the whole."""
    total = Interval(Fraction(0), Fraction(0))
    for part in parts:
        total = total.plus(part.interval)
    target = whole.interval if isinstance(whole, Reading) else Interval(whole, whole)
    return total.meets(Interval(None, target.high, True, target.high_closed) if at_most else target)


def text_of(value: Fraction, places: int = 2) -> str:
    """Return a number as text; whole numbers without decimals."""
    return decimal_text(value, places)


def box_words(box: str) -> str:
    """Return a box or a kind of non-answer in words.

    Examples
    --------
    >>> box_words("dont_know"), box_words("strongly_agree")
    ("don't know", 'strongly agree')
    """
    return box.replace("dont_know", "don't know").replace("_", " ")


def plural(number: int, noun: str) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> plural(1, "figure"), plural(2, "figure")
    ('1 figure', '2 figures')
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"


def rounding_words(assumptions: Assumptions) -> str:
    """Return the rounding assumption in words."""
    words = {
        "unknown": "figures rounded or cut off at the last printed digit",
        "half_up": "figures rounded, halves up",
        "half_even": "figures rounded, halves to the even digit",
        "truncate": "figures cut off at the last printed digit",
    }
    return words[assumptions.rounding]


def group_cases(
    rule: Rule,
    kind: str,
    verdict: Verdict,
    assumptions: Sequence[str],
    cases: Iterable[Case],
    explained_by: Iterable[str] = (),
) -> list[Finding]:
    """Return the one finding that tells these cases, the largest first; none for no case."""
    ordered = tuple(sorted(cases, key=lambda c: -c.size))
    if not ordered:
        return []
    return [Finding(rule, kind, verdict, tuple(assumptions), ordered, tuple(explained_by))]
