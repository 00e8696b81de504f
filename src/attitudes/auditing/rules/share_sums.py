"""Shares of one question in one group: no more than 100, and 100 when every answer is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations

from attitudes.auditing.model import Assumptions, Case, Finding
from attitudes.auditing.proofs import group_cases, rounding_words, sum_against, text_of
from attitudes.auditing.readings import Reading, Report

__all__ = ["share_sums", "share_words", "unnamed_shares"]

_BESIDE = 2


def _by_place(report: Report) -> dict[tuple[str, str, tuple[str, ...]], list[Reading]]:
    found: dict[tuple[str, str, tuple[str, ...]], list[Reading]] = {}
    for r in report.readings:
        answers = report.answers.get(r.question)
        if r.kind == "share" and r.known and answers is not None and answers.exclusive:
            found.setdefault((r.question, *r.place), []).append(r)
    return found


def _inside(report: Report, reading: Reading) -> frozenset[str]:
    answers = report.answers[reading.question]
    return answers.boxes.get(reading.box, frozenset({reading.box} if reading.box else ()))


def share_sums(report: Report, assumptions: Assumptions) -> list[Case]:
    """Shares of exclusive answers in one group: no more than 100, and 100 when all are there."""
    cases = []
    for (question, _, _), readings in _by_place(report).items():
        answers = report.answers[question]
        everything = {*answers.values, *answers.missing}
        summed: set[str] = set()
        for table in dict.fromkeys(r.table for r in readings):
            here = [r for r in readings if r.table == table and _inside(report, r)]
            covered = [a for r in here for a in _inside(report, r)]
            if len(here) < 2 or len(covered) != len(set(covered)):
                continue
            summed.add(table)
            whole = set(covered) >= set(answers.values) and (
                set(covered) == everything or not table.startswith("text")
            )
            proof = sum_against(
                here, Fraction(100), assumptions.rounding, at_most=not whole, says="one answer each"
            )
            if proof.verdict == "impossible":
                cases.append(_share_case(report, here, proof.certificate, whole))
        cases += _exclusive_pairs(report, readings, summed, assumptions)
    return cases


def _exclusive_pairs(
    report: Report, readings: Sequence[Reading], summed: set[str], assumptions: Assumptions
) -> list[Case]:
    """Hold shares of different exhibits, or of one whose shares overlap, two by two."""
    cases = []
    for first, second in combinations(readings, 2):
        if first.table == second.table and first.table in summed:
            continue
        inside = _inside(report, first), _inside(report, second)
        if not inside[0] or not inside[1] or inside[0] & inside[1]:
            continue
        proof = sum_against(
            [first, second],
            Fraction(100),
            assumptions.rounding,
            at_most=True,
            says="one answer each",
        )
        if proof.verdict == "impossible":
            cases.append(_share_case(report, [first, second], proof.certificate, False))
    return cases


def _share_case(
    report: Report,
    readings: Sequence[Reading],
    certificate: Mapping[str, object] | None,
    whole: bool,
) -> Case:
    total = sum((r.printed.value for r in readings), Fraction(0))
    listed = " + ".join(f"{r.figure.printed.strip()} ({r.box})" for r in readings)
    what = "every answer is there, so that the shares must make 100" if whole else "more than 100"
    sentence = (
        f"{report.label(readings[0].question)}, {report.place(readings[0])}, "
        f"{readings[0].table}: {listed} = {text_of(total)} %; {what}."
    )
    size = float(abs(total - 100)) / 20
    return Case(tuple(r.index for r in readings), sentence, certificate, None, min(1.0, size))


def unnamed_shares(report: Report, assumptions: Assumptions) -> list[Finding]:
    """A share whose group the report does not name, read as the group named beside it."""
    cases = []
    named = _by_place(report)
    for r in report.readings:
        answers = report.answers.get(r.question)
        if r.kind != "share" or r.known or answers is None or not answers.exclusive:
            continue
        for (question, breakdown, groups), readings in named.items():
            beside = [
                s for s in readings if s.table == r.table and s.figure.section == r.figure.section
            ]
            if question != r.question or not breakdown or not beside:
                continue
            if not beside or min(abs(s.index - r.index) for s in beside) > _BESIDE:
                continue
            for other in beside:
                inside = _inside(report, r), _inside(report, other)
                if inside[0] & inside[1] or other.printed.value + r.printed.value <= 100:
                    continue
                proof = sum_against(
                    [r, other],
                    Fraction(100),
                    assumptions.rounding,
                    at_most=True,
                    says="one answer each",
                )
                if proof.verdict != "impossible":
                    continue
                case = _share_case(report, [other, r], proof.certificate, False)
                place = " and ".join(map(report.label, groups))
                price = f"the {r.figure.printed} speak of another group than {place}"
                cases.append(Case(case.figures, case.sentence, case.certificate, price, case.size))
    words = [*share_words(assumptions), "the group not named is the one named beside it"]
    return group_cases("sums", "shares_of_one_group", "consistent_if", words, cases)


def share_words(assumptions: Assumptions) -> list[str]:
    return [
        rounding_words(assumptions),
        "every respondent of the group gives one answer",
        "the shares have one base",
    ]
