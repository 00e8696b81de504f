"""Sentences that name the group with most or fewest who agree, against the means by group."""

from __future__ import annotations

from fractions import Fraction

from attitudes.auditing.model import Case
from attitudes.auditing.proofs import box_words
from attitudes.auditing.readings import Answers, Reading, Report
from attitudes.study.claims import Claim

__all__ = ["against_means"]

_SIGNS = {"highest": 1, "lowest": -1, "higher_than": 1, "lower_than": -1, "minority": -1}


def against_means(report: Report, claim: Claim, own: Reading) -> list[Case]:
    """Return where the means of the groups put another group first.

    Parameters
    ----------
    claim, own
        A sentence about a share by group, and its figure.

    Notes
    -----
    Shares and means may order groups differently: a note with a price, never a proof.
    """
    if own.kind != "share" or not own.groups:
        return []
    sign = _SIGNS.get(claim.relation, 0) * _direction(report.answers[own.question], own.box)
    if not sign:
        return []
    means = [
        r
        for r in report.readings
        if r.question == own.question
        and r.kind == "mean"
        and (r.breakdown == own.breakdown or r.total)
        and not r.table.startswith("text")
    ]
    mine = [r for r in means if set(r.groups) <= set(own.groups) and r.groups]
    if claim.relation in ("highest", "lowest", "minority"):
        rivals = [r for r in means if len(r.groups) == 1 and r not in mine]
    else:
        rivals = [r for r in means if r.total and claim.other == "total"]
    beaten = {
        m.index: [r for r in rivals if sign * (r.printed.value - m.printed.value) > 0] for m in mine
    }
    if not mine or (not all(beaten.values()) and claim.relation == "minority"):
        return []
    worst = max(mine, key=lambda m: len(beaten[m.index]), default=None)
    if worst is None or not beaten[worst.index]:
        return []
    word = "above" if sign > 0 else "below"
    listed = ", ".join(f"{report.place(r)} {r.figure.printed.strip()}" for r in beaten[worst.index])
    sentence = (
        f"The text names {report.place(own)} for “{report.label(own.question)}” "
        f"({own.figure.printed.strip()} {box_words(own.box)}); {worst.table} prints "
        f"{worst.figure.printed.strip()} for {report.place(worst)}, and {word} it {listed}."
    )
    price = "shares and means put the groups in different orders"
    figures = (own.index, *(m.index for m in mine), *(r.index for r in beaten[worst.index]))
    return [Case(tuple(dict.fromkeys(figures)), sentence, None, price, 0.05)]


def _direction(answers: Answers, box: str) -> int:
    """Return whether more people in a box raise (1) or lower (-1) the published mean."""
    values = [v for a in answers.boxes.get(box, ()) if (v := answers.values.get(a)) is not None]
    if not values or answers.low is None or answers.high is None:
        return 0
    middle = (answers.low + answers.high) / 2
    above = sum(values, Fraction(0)) / len(values) - middle
    sign = (above > 0) - (above < 0)
    return -sign if answers.keying == "-" else sign
