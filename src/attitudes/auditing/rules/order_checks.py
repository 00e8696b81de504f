"""One check for each relation that a sentence about order can state."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from attitudes.auditing.conditions import Conditions
from attitudes.auditing.model import Assumptions, Case
from attitudes.auditing.proofs import prove, text_of
from attitudes.auditing.readings import TOTAL, Reading, Report
from attitudes.auditing.rules.claim_readings import claim_readings, compared_with
from attitudes.study.claims import Claim

__all__ = ["CHECKS", "proof_against"]

_FAR = {"mean": Fraction(1, 4), "share": Fraction(5)}


def proof_against(
    lower: Reading, upper: Reading, says: str, assumptions: Assumptions
) -> dict[str, object] | None:
    """Return the proof that ``lower`` cannot be at least ``upper``."""
    conditions = Conditions()
    conditions.direct(lower, {"named": Fraction(1)}, -1)
    conditions.direct(upper, {"other": Fraction(1)}, -1)
    conditions.at_most(says, {"other": Fraction(1), "named": Fraction(-1)}, Fraction(0))
    proof = prove(conditions, assumptions.rounding)
    return dict(proof.certificate) if proof.certificate else None


def _extreme(sign: int) -> Callable[[Report, Claim, Reading, Assumptions], list[Case]]:
    word = "highest" if sign > 0 else "lowest"

    def check(report: Report, claim: Claim, own: Reading, assumptions: Assumptions) -> list[Case]:
        rivals = [
            here[0]
            for found in _rival_readings(report, claim)
            if (here := [r for r in found if r.table == own.table])
        ]
        return _beaten(report, claim, own, rivals, assumptions)

    def _beaten(
        report: Report, claim: Claim, own: Reading, rivals: list[Reading], assumptions: Assumptions
    ) -> list[Case]:
        beating = [r for r in rivals if sign * (r.printed.value - own.printed.value) > 0]
        if not beating:
            return []
        rival = max(beating, key=lambda r: sign * r.printed.value)
        pair = (own, rival) if sign > 0 else (rival, own)
        certificate = proof_against(*pair, f"{report.place(own)} is the {word}", assumptions)
        sentence = (
            f"The text names {report.place(own)} as {word} in {_subject(report, claim)}; "
            f"{own.table} prints {own.figure.printed} for it and {rival.figure.printed} for "
            f"{report.place(rival)}."
        )
        price = None if certificate else "the two differ in digits that were not printed"
        figures = tuple(r.index for r in (own, *beating))
        size = float(abs(rival.printed.value - own.printed.value))
        return [Case(figures, sentence, certificate, price, _size(own, size))]

    return check


def _rival_readings(report: Report, claim: Claim) -> list[list[Reading]]:
    """Return the figures of the other groups, or of the other items of the scale named."""
    scale = report.answers.get(claim.other)
    if scale is not None and scale.is_scale:
        others = [i for i in scale.items if i != claim.question]
        return [claim_readings(report, claim, question=item) for item in others]
    named = set(claim.group.split("+"))
    groups = [g for g in report.groups.get(claim.breakdown, ()) if g not in named]
    return [claim_readings(report, claim, group=g) for g in groups]


def _size(reading: Reading, gap: float) -> float:
    return min(1.0, gap / (20 if reading.kind == "share" else 1))


def _subject(report: Report, claim: Claim) -> str:
    box = claim.statistic.partition(":")[2]
    return f"“{report.label(claim.question)}”" + (f" ({box})" if box else "")


def _than(sign: int) -> Callable[[Report, Claim, Reading, Assumptions], list[Case]]:
    word = "higher" if sign > 0 else "lower"

    def check(report: Report, claim: Claim, own: Reading, assumptions: Assumptions) -> list[Case]:
        other = compared_with(report, claim, own)
        if other is None or isinstance(other, tuple):
            return []
        if isinstance(other, Fraction):
            return _limit(report, claim, own, other, sign, word, assumptions)
        if sign * (own.printed.value - other.printed.value) > 0:
            return []
        pair = (own, other) if sign > 0 else (other, own)
        certificate = proof_against(*pair, f"the first is the {word}", assumptions)
        price = None if certificate else "the two differ in digits that were not printed"
        sentence = (
            f"The text has {_subject(report, claim)} {word} for {report.quote(own)} than for "
            f"{report.quote(other)}."
        )
        gap = float(abs(other.printed.value - own.printed.value))
        return [Case((own.index, other.index), sentence, certificate, price, _size(own, gap))]

    return check


def _limit(
    report: Report,
    claim: Claim,
    own: Reading,
    limit: Fraction,
    sign: int,
    word: str,
    assumptions: Assumptions,
    price: str | None = None,
) -> list[Case]:
    """A figure that must lie above (below) a number."""
    if sign * (own.printed.value - limit) > 0:
        return []
    conditions = Conditions()
    conditions.direct(own, {"named": Fraction(1)}, -1)
    says = f"{report.place(own)} is {word} {text_of(limit)}"
    if sign > 0:
        conditions.at_least(says, {"named": Fraction(1)}, limit, strict=True)
    else:
        conditions.at_most(says, {"named": Fraction(1)}, limit, strict=True)
    proof = prove(conditions, assumptions.rounding)
    sentence = (
        f"The text has {_subject(report, claim)}, {report.place(own)}, {word} {text_of(limit)}; "
        f"{own.table} prints {own.figure.printed}."
    )
    if proof.certificate is None:
        return []
    gap = float(abs(limit - own.printed.value))
    return [Case((own.index,), sentence, proof.certificate, price, _size(own, gap))]


def _majority(report: Report, claim: Claim, own: Reading, assumptions: Assumptions) -> list[Case]:
    if own.kind != "share":
        return []
    beside = [
        r
        for r in report.readings
        if r.question == own.question and r.kind == "share" and r.table == own.table
        if r.place == own.place
    ]
    price = "“most” stands for the largest part and not for more than half"
    if any(r.printed.value > own.printed.value for r in beside):
        price = "the sentence speaks of several answers together"
    return _limit(report, claim, own, Fraction(50), 1, "the majority, above", assumptions, price)


def _minority(report: Report, claim: Claim, own: Reading, assumptions: Assumptions) -> list[Case]:
    if own.kind != "share":
        return []
    return _limit(report, claim, own, Fraction(50), -1, "less than", assumptions)


def _middle(sign: int) -> Callable[[Report, Claim, Reading, Assumptions], list[Case]]:
    word = "above the middle," if sign > 0 else "below the middle,"

    def check(report: Report, claim: Claim, own: Reading, assumptions: Assumptions) -> list[Case]:
        answers = report.answers[own.question]
        if own.kind != "mean" or answers.low is None or answers.high is None:
            return []
        middle = (answers.low + answers.high) / 2
        return _limit(report, claim, own, middle, sign, word, assumptions)

    return check


def _bound(sign: int) -> Callable[[Report, Claim, Reading, Assumptions], list[Case]]:
    word = "at least" if sign > 0 else "at most"

    def check(report: Report, claim: Claim, own: Reading, assumptions: Assumptions) -> list[Case]:
        other = compared_with(report, claim, own)
        if not isinstance(other, Fraction) or own.printed.value == other:
            return []
        return _limit(report, claim, own, other, sign, word, assumptions)

    return check


def _equal(close: bool) -> Callable[[Report, Claim, Reading, Assumptions], list[Case]]:
    def check(report: Report, claim: Claim, own: Reading, assumptions: Assumptions) -> list[Case]:
        other = compared_with(report, claim, own)
        if other is None or isinstance(other, Fraction):
            return []
        parts = other if isinstance(other, tuple) else (other,)
        interval = parts[0].interval
        for part in parts[1:]:
            interval = interval.plus(part.interval)
        summed = sum((p.printed.value for p in parts), Fraction(0))
        gap = abs(own.printed.value - summed)
        far = gap > _FAR.get(own.kind, Fraction(0))
        if not (far if close else not own.interval.meets(interval)):
            return []
        price = f"a difference of {text_of(gap)} counts as none"
        size, subject = _size(own, float(gap)), f"{_subject(report, claim)} "
        if own.kind in ("count", "population", "other"):
            price = "one is the plan and the other what was done"
            size = min(1.0, float(gap / max(own.printed.value, Fraction(1))))
            subject = ""
        beside = " + ".join(_named(report, p) for p in parts)
        total = f" = {text_of(summed)}" if len(parts) > 1 else ""
        sentence = (
            f"The text has {subject}{'about ' if close else ''}the same for "
            f"{_named(report, own)} and {beside}{total}."
        )
        return [Case((own.index, *(p.index for p in parts)), sentence, None, price, size)]

    return check


def _named(report: Report, r: Reading) -> str:
    """Return a figure with its place; for counts with its row and column."""
    if r.kind in ("mean", "share"):
        return report.quote(r)
    places = [report.label(n) for n in (r.figure.row, r.figure.column) if n != TOTAL]
    where = ", ".join(places) or "all"
    return f"{where} {r.figure.printed.strip()} ({r.table})"


CHECKS: dict[str, Callable[[Report, Claim, Reading, Assumptions], list[Case]]] = {
    "highest": _extreme(1),
    "lowest": _extreme(-1),
    "higher_than": _than(1),
    "lower_than": _than(-1),
    "equal_to": _equal(False),
    "close_to": _equal(True),
    "majority": _majority,
    "minority": _minority,
    "at_least": _bound(1),
    "at_most": _bound(-1),
    "above_middle": _middle(1),
    "below_middle": _middle(-1),
    "positive": _middle(1),
    "negative": _middle(-1),
}
