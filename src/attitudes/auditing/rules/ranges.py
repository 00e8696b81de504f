"""Values outside what they can be: means off their scale, percentages, broken counts."""

from __future__ import annotations

from fractions import Fraction

from attitudes.auditing.conditions import Conditions
from attitudes.auditing.model import Assumptions, Case, Finding
from attitudes.auditing.proofs import group_cases, prove, rounding_words, text_of
from attitudes.auditing.readings import Reading, Report

__all__ = ["check_ranges"]


def check_ranges(report: Report, assumptions: Assumptions) -> list[Finding]:
    """Hold every mean against its scale, every percentage against 0 to 100."""
    means: dict[str, list[Case]] = {}
    shares: list[Case] = []
    counts: list[Case] = []
    for r in report.readings:
        if r.kind == "mean" and r.question:
            case = _mean(report, r, assumptions)
            if case:
                means.setdefault("mean", []).append(case)
        elif r.kind == "share":
            case = _bounded(report, r, Fraction(0), Fraction(100), "a percentage", assumptions)
            shares += [case] if case else []
        elif r.kind in ("count", "population") or r.figure.statistic == "clusters":
            counts += _count(report, r)
    words = [rounding_words(assumptions), "answers count with the numbers of the response scale"]
    findings: list[Finding] = []
    for cases in means.values():
        findings += group_cases("range", "mean_off_scale", "impossible", words, cases)
    findings += group_cases("range", "percentage", "impossible", words[:1], shares)
    return findings + group_cases("range", "broken_count", "consistent_if", (), counts)


def _mean(report: Report, reading: Reading, assumptions: Assumptions) -> Case | None:
    answers = report.answers[reading.question]
    if answers.low is None or answers.high is None:
        return None
    return _bounded(report, reading, answers.low, answers.high, "a mean of answers", assumptions)


def _bounded(
    report: Report, r: Reading, low: Fraction, high: Fraction, what: str, assumptions: Assumptions
) -> Case | None:
    if low <= r.printed.value <= high:
        return None
    conditions = Conditions()
    conditions.direct(r, {"value": Fraction(1)}, 0)
    conditions.at_least(f"{what} is at least {text_of(low)}", {"value": Fraction(1)}, low)
    conditions.at_most(f"{what} is at most {text_of(high)}", {"value": Fraction(1)}, high)
    proof = prove(conditions, assumptions.rounding)
    if proof.verdict != "impossible":
        return None
    outside = max(low - r.printed.value, r.printed.value - high)
    sentence = (
        f"{report.label(r.question or r.figure.row)}: {report.quote(r)} lies outside "
        f"{text_of(low)} to {text_of(high)}."
    )
    price = "answers were turned or coded in another way than the scale says"
    size = min(1.0, float(outside / (high - low)) * 5)
    return Case((r.index,), sentence, proof.certificate, price if r.kind == "mean" else None, size)


def _count(report: Report, r: Reading) -> list[Case]:
    if r.printed.value >= 0 and r.printed.decimals == 0:
        return []
    sentence = (
        f"{report.label(r.figure.row)}, {r.table}: {r.figure.printed} is no whole number of "
        f"{'people' if r.figure.statistic != 'clusters' else 'clusters'}."
    )
    return [Case((r.index,), sentence, None, "it is a quotient and not a count", 0.05)]
