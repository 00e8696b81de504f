"""Sentences about order: highest, lowest, more, less, a majority."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from attitudes.auditing.conditions import Conditions
from attitudes.auditing.model import Assumptions, Case, Finding
from attitudes.auditing.proofs import group_cases, prove, text_of
from attitudes.auditing.readings import TOTAL, Reading, Report
from attitudes.study.claims import Claim

__all__ = ["check_orders", "claim_readings"]

_FAR = {"mean": Fraction(1, 4), "share": Fraction(5)}


def claim_readings(
    report: Report,
    claim: Claim,
    *,
    group: str | None = None,
    question: str | None = None,
    statistic: str | None = None,
) -> list[Reading]:
    """Return the figures that a claim speaks of, those of its own exhibit if there are any.

    Parameters
    ----------
    group, question, statistic
        In place of the claim's own.
    """
    stem, _, box = (claim.statistic if statistic is None else statistic).partition(":")
    if stem not in ("mean", "percent"):
        return []
    kind = "mean" if stem == "mean" else "share"
    place = claim.group if group is None else group
    about = claim.question if question is None else question
    groups = () if place in (TOTAL, "") else tuple(place.split("+"))
    answers = report.answers.get(about)
    inside = answers.boxes.get(box, frozenset({box})) if answers else frozenset({box})
    found = [
        r
        for r in report.readings
        if r.question == about
        and r.kind == kind
        and r.known
        and r.groups == groups
        and (kind == "mean" or (answers and answers.boxes.get(r.box, frozenset({r.box})) == inside))
    ]
    return [r for r in found if r.table == claim.exhibit] or found


def check_orders(report: Report, assumptions: Assumptions) -> list[Finding]:
    """Hold each sentence about order against the figures that it speaks of."""
    wrong: list[Case] = []
    loose: list[Case] = []
    for claim in report.claims:
        check = _CHECKS.get(claim.relation)
        own = claim_readings(report, claim)
        if check is None or not own:
            continue
        for case in check(report, claim, own[0], assumptions):
            (loose if case.price else wrong).append(case)
    words = ["the sentence speaks of the figures of its own exhibit"]
    return [
        *group_cases("order", "sentence", "impossible", words, wrong),
        *group_cases("order", "sentence_loose", "consistent_if", words, loose),
    ]


def _against(
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
        certificate = _against(*pair, f"{report.place(own)} is the {word}", assumptions)
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
        other = _other(report, claim, own)
        if other is None:
            return []
        if isinstance(other, Fraction):
            return _limit(report, claim, own, other, sign, word, assumptions)
        if sign * (own.printed.value - other.printed.value) > 0:
            return []
        pair = (own, other) if sign > 0 else (other, own)
        certificate = _against(*pair, f"the first is the {word}", assumptions)
        price = None if certificate else "the two differ in digits that were not printed"
        sentence = (
            f"The text has {_subject(report, claim)} {word} for {report.quote(own)} than for "
            f"{report.quote(other)}."
        )
        gap = float(abs(other.printed.value - own.printed.value))
        return [Case((own.index, other.index), sentence, certificate, price, _size(own, gap))]

    return check


def _other(report: Report, claim: Claim, own: Reading) -> Reading | Fraction | None:
    """Return what a claim compares with: a group, a question, or a number."""
    if not claim.other:
        return None
    try:
        return Fraction(claim.other.replace(",", ".").rstrip("%"))
    except ValueError:
        pass
    if claim.other.startswith(("percent:", "mean")):
        found = claim_readings(report, claim, statistic=claim.other)
    elif claim.other in report.answers:
        found = claim_readings(report, claim, question=claim.other)
    else:
        found = claim_readings(report, claim, group=claim.other)
    near = [r for r in found if r.table == own.table]
    return next(iter(near or found), None)


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
    price = "“most” stands for the largest part and not for more than half"
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
        other = _other(report, claim, own)
        if not isinstance(other, Fraction) or own.printed.value == other:
            return []
        return _limit(report, claim, own, other, sign, word, assumptions)

    return check


def _equal(close: bool) -> Callable[[Report, Claim, Reading, Assumptions], list[Case]]:
    def check(report: Report, claim: Claim, own: Reading, assumptions: Assumptions) -> list[Case]:
        other = _other(report, claim, own)
        if not isinstance(other, Reading):
            return []
        gap = abs(own.printed.value - other.printed.value)
        apart = (
            gap > _FAR.get(own.kind, Fraction(0))
            if close
            else not own.interval.meets(other.interval)
        )
        if not apart:
            return []
        sentence = (
            f"The text has {_subject(report, claim)} {'about ' if close else ''}the same for "
            f"{report.quote(own)} and {report.quote(other)}."
        )
        price = f"a difference of {text_of(gap)} counts as none"
        return [Case((own.index, other.index), sentence, None, price, _size(own, float(gap)))]

    return check


_CHECKS: dict[str, Callable[[Report, Claim, Reading, Assumptions], list[Case]]] = {
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
