"""Sentences about order: highest, lowest, more, less, a majority."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from attitudes.auditing.model import Assumptions, Case, Finding
from attitudes.auditing.proofs import group_cases
from attitudes.auditing.readings import Report
from attitudes.auditing.rules.claim_readings import claim_readings, years_of
from attitudes.auditing.rules.order_checks import CHECKS, proof_against
from attitudes.auditing.rules.share_orders import against_means
from attitudes.study.claims import Claim

__all__ = ["YEARS", "check_orders", "claim_cases"]

YEARS = ("rising", "falling")

_FAMILIES = {
    "highest": "extreme",
    "lowest": "extreme",
    "higher_than": "comparison",
    "lower_than": "comparison",
    "equal_to": "comparison",
    "close_to": "comparison",
    "majority": "majority",
    "minority": "majority",
    "at_least": "limit",
    "at_most": "limit",
    "above_middle": "middle",
    "below_middle": "middle",
    "positive": "middle",
    "negative": "middle",
    "rising": "years",
    "falling": "years",
}


def check_orders(report: Report, assumptions: Assumptions) -> list[Finding]:
    """Hold each sentence about order against the figures that it speaks of."""
    found: dict[tuple[str, bool], list[Case]] = {}
    for claim in report.claims:
        for case in _cases(report, claim, assumptions):
            key = (_FAMILIES[claim.relation], case.certificate is not None and not case.price)
            found.setdefault(key, []).append(case)
        for own in claim_readings(report, claim)[:1]:
            found.setdefault(("against_means", False), []).extend(against_means(report, claim, own))
    words = ["the sentence speaks of the figures of its own exhibit"]
    return [
        finding
        for (family, proved), cases in found.items()
        for finding in group_cases(
            "order",
            f"sentence_{family}",
            "impossible" if proved else "consistent_if",
            words,
            cases,
        )
    ]


def claim_cases(report: Report, claim: Claim, assumptions: Assumptions | None = None) -> list[Case]:
    """Return where a sentence about order is wrong about its figures."""
    given = assumptions or Assumptions()
    return [*_cases(report, claim, given), *_beside_means(report, claim)]


def _beside_means(report: Report, claim: Claim) -> list[Case]:
    own = claim_readings(report, claim)
    return against_means(report, claim, own[0]) if own else []


def _cases(report: Report, claim: Claim, assumptions: Assumptions) -> list[Case]:
    if claim.relation in YEARS:
        return _years(report, claim, 1 if claim.relation == "rising" else -1, assumptions)
    own = claim_readings(report, claim)
    check = CHECKS.get(claim.relation)
    return check(report, claim, own[0], assumptions) if check is not None and own else []


def _years(report: Report, claim: Claim, sign: int, assumptions: Assumptions) -> list[Case]:
    """Numbers that are said to rise (fall) from year to year."""
    years = years_of(report, claim)
    for first, second in pairwise(years):
        if sign * (second.printed.value - first.printed.value) > 0:
            continue
        pair = (second, first) if sign > 0 else (first, second)
        certificate = proof_against(
            *pair, "numbers rise" if sign > 0 else "numbers fall", assumptions
        )
        listed = ", ".join(f"{r.figure.printed} in {r.figure.column}" for r in years)
        word = "rising" if sign > 0 else "falling"
        sentence = f"The text has {report.label(claim.question)} {word} every year: {listed}."
        gap = abs(second.printed.value - first.printed.value)
        size = float(gap / max(first.printed.value, Fraction(1)))
        price = None if certificate else "the two years have the same number"
        return [Case(tuple(r.index for r in years), sentence, certificate, price, size)]
    return []
