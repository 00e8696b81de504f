"""How many people were asked a question that only some were asked."""

from __future__ import annotations

import math
from fractions import Fraction

from attitudes.auditing.readings import Report

__all__ = ["filter_base"]


def filter_base(
    report: Report, question: str, breakdown: str, groups: tuple[str, ...], slack: Fraction
) -> tuple[int, int] | None:
    """Return between which whole numbers those who were asked a question lie.

    Parameters
    ----------
    question
        A question asked of those who gave one answer to another question.
    breakdown, groups
        The group; empty for all respondents.
    slack
        How far the size of a group may be from the printed one; the size of the whole survey is
        taken as printed.

    Returns
    -------
    tuple of int, or None
        None when the question was asked of everyone, or the share of those who gave the filtering
        answer, or the size of the group, is not printed.
    """
    filters = list(report.answers[question].asked_of.items())
    if len(filters) != 1 or len(filters[0][1]) != 1:
        return None
    variable, (answer,) = filters[0]
    shares = [
        r.interval.times(Fraction(1, 100))
        for r in report.readings
        if r.question == variable
        and r.kind == "share"
        and r.box == answer
        and r.place == (breakdown, groups)
        and r.known
    ]
    ends = report.size if not groups else None
    if len(groups) == 1 and (base := report.bases.get((breakdown, groups[0]))):
        ends = (base.low, base.high)
    if not shares or ends is None or shares[0].low is None or shares[0].high is None:
        return None
    room = slack if groups else Fraction(0)
    low = math.ceil(shares[0].low * ends[0] * (1 - room))
    return max(1, low), math.floor(shares[0].high * ends[1] * (1 + room))
