"""Which sentences of a report survive on the proper scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Literal

from attitudes.auditing.model import Case, Corrected, CorrectedClaim, Finding
from attitudes.auditing.readings import TOTAL, Report
from attitudes.auditing.rules.claim_readings import claim_readings, years_of
from attitudes.auditing.rules.orders import YEARS, claim_cases
from attitudes.study.claims import Claim

__all__ = ["judge_claim"]

Level = tuple[Fraction, Fraction]
_BEARING = ("sums", "range", "means_and_shares", "printed_twice", "joint")


def judge_claim(
    report: Report, claim: Claim, corrected: Sequence[Corrected], findings: Sequence[Finding]
) -> CorrectedClaim:
    """Judge a sentence by the levels on the proper scale, or by the figures it speaks of."""
    answers = report.answers.get(claim.question)
    if answers is not None and answers.is_scale and claim.statistic == "mean":
        judged = _judge(report, claim, corrected)
        if judged is not None:
            return judged
    own = years_of(report, claim) if claim.relation in YEARS else claim_readings(report, claim)
    if not own:
        return CorrectedClaim(claim.id, "open", "its figures are not printed")
    used = {r.index for r in own}
    for finding in findings:
        cases = [c for c in finding.cases if finding.rule == "order" and c.figures[0] in used]
        case = next((c for c in cases if _tells(c, report, claim)), None)
        if case is not None and finding.verdict == "impossible":
            return CorrectedClaim(claim.id, "fails", case.sentence)
        if case is not None:
            return CorrectedClaim(claim.id, "open", f"{case.sentence} True if {case.price}.")
    others = [
        case
        for f in findings
        if f.rule in _BEARING and not f.explained_by
        for case in f.cases
        if used & set(case.figures)
    ]
    if others:
        reason = f"its figure is contradicted: {others[0].sentence}"
        return CorrectedClaim(claim.id, "open", reason)
    return CorrectedClaim(claim.id, "survives", "its figures are as the sentence says")


def _tells(case: Case, report: Report, claim: Claim) -> bool:
    """Whether a case is about a claim and not about another on the same figure."""
    return any(case.sentence == c.sentence for c in claim_cases(report, claim))


def _judge(report: Report, claim: Claim, corrected: Sequence[Corrected]) -> CorrectedClaim | None:
    levels = {
        c.group: (c.low, c.high)
        for c in corrected
        if c.scale == claim.question and c.breakdown == claim.breakdown
    }
    if not claim.breakdown:
        whole = [c for c in corrected if c.scale == claim.question and c.group == TOTAL]
        levels = {c.group: (c.low, c.high) for c in whole[:1]}
    own = levels.get(claim.group)
    if own is None:
        return None
    answers = report.answers[claim.question]
    assert answers.low is not None
    assert answers.high is not None
    middle = (answers.low + answers.high) / 2
    placed = _by_place(report, claim, corrected)
    if placed is not None:
        return placed
    sign = -1 if claim.relation in ("lowest", "lower_than", "below_middle", "negative") else 1
    if claim.relation in ("higher_than", "lower_than") and claim.other in levels:
        rivals = {claim.other: levels[claim.other]}
    elif claim.relation in ("higher_than", "lower_than") and claim.other in report.answers:
        whole = [c for c in corrected if c.scale == claim.other and c.group == TOTAL][:1]
        rivals = dict.fromkeys([claim.other], (whole[0].low, whole[0].high)) if whole else {}
    elif claim.relation in ("above_middle", "below_middle", "positive", "negative"):
        rivals = {"the middle of the scale": (middle, middle)}
    else:
        return None
    return _verdict(report, claim, own, rivals, sign) if rivals else None


def _verdict(
    report: Report, claim: Claim, own: Level, rivals: Mapping[str, Level], sign: int
) -> CorrectedClaim:
    beaten = all((own[0] > v[1]) if sign > 0 else (own[1] < v[0]) for v in rivals.values())
    losing = [g for g, v in rivals.items() if ((own[1] < v[0]) if sign > 0 else (own[0] > v[1]))]
    worst = losing[0] if losing else max(rivals, key=lambda g: sign * rivals[g][1])
    low, high = rivals[worst]
    reason = (
        f"on the proper scale {float(own[0]):.2f} to {float(own[1]):.2f} for "
        f"{_place(report, claim.group)}, {float(low):.2f} to {float(high):.2f} for "
        f"{_place(report, worst)}"
    )
    status = "survives" if beaten else "fails" if losing else "open"
    return CorrectedClaim(
        claim.id,
        "survives" if status == "survives" else "fails" if status == "fails" else "open",
        reason,
    )


def _place(report: Report, group: str) -> str:
    return "all respondents" if group == TOTAL else report.label(group)


def _by_place(
    report: Report, claim: Claim, corrected: Sequence[Corrected]
) -> CorrectedClaim | None:
    """Judge a highest or lowest by the places that a group can have."""
    if claim.relation not in ("highest", "lowest"):
        return None
    here = [
        c
        for c in corrected
        if c.scale == claim.question and c.breakdown == claim.breakdown and c.group != TOTAL
    ]
    own = next((c for c in here if c.group == claim.group), None)
    if own is None:
        return None
    wanted = 1 if claim.relation == "highest" else len(here)
    possible = [c for c in here if c.rank_low <= wanted <= c.rank_high]
    status: Literal["survives", "fails", "open"] = "open"
    if own not in possible:
        status = "fails"
    elif len(possible) == 1:
        status = "survives"
    named = ", ".join(f"{report.label(c.group)} ({c.text})" for c in possible)
    reason = f"on the proper scale the {claim.relation} can be {named}"
    if own not in possible:
        reason += f"; {report.label(own.group)} is {own.text}"
    return CorrectedClaim(claim.id, status, reason)
