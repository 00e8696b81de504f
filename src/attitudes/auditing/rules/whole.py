"""Whole answers behind percentages, means and standard deviations; bases recovered from them."""

from __future__ import annotations

import math
from fractions import Fraction

from attitudes.auditing.model import Assumptions, Case, Finding
from attitudes.auditing.proofs import group_cases, rounding_words
from attitudes.auditing.readings import Reading, Report
from attitudes.auditing.rules.whole_bars import bar_bases, filter_bases
from attitudes.auditing.rules.whole_groups import group_bases, survey_base
from attitudes.auditing.rules.whole_numbers import (
    around,
    fits,
    no_integer,
    no_spread,
    share_interval,
)
from attitudes.numerics.printed.grim import debit, grimmer, nearest_base

__all__ = ["check_whole_answers"]

_BESIDE = "the number printed beside a figure is its base: all of them answered"


def check_whole_answers(report: Report, assumptions: Assumptions) -> list[Finding]:
    """Hold percentages, means and standard deviations against the number of people behind them."""
    words = [rounding_words(assumptions), "every respondent counts once: no weights"]
    beside, spreads = _beside(report, assumptions)
    return [
        *group_cases("whole_answers", "base_beside", "impossible", [*words, _BESIDE], beside),
        *group_cases("whole_answers", "spread", "impossible", [*words, _BESIDE], spreads),
        *group_cases(
            "whole_answers",
            "base_of_group",
            "consistent_if",
            [*words, "all respondents of the group are the base"],
            group_bases(report, assumptions),
        ),
        *group_cases(
            "whole_answers",
            "base_of_bar",
            "consistent_if",
            [*words, "one rounding rule within a bar", "all respondents of the group are in it"],
            bar_bases(report, assumptions),
        ),
        *group_cases(
            "whole_answers",
            "base_of_all",
            "consistent_if",
            [*words, "all respondents are the base"],
            survey_base(report, assumptions),
        ),
        *group_cases(
            "whole_answers",
            "base_of_filter",
            "consistent_if",
            [
                *words,
                "one rounding rule within a bar",
                "those who gave the filtering answer are the base",
            ],
            filter_bases(report, assumptions),
        ),
        *group_cases(
            "whole_answers",
            "means_of_group",
            "consistent_if",
            [*words, "no more people answered than the group has"],
            _means(report, assumptions),
        ),
    ]


def _beside(report: Report, assumptions: Assumptions) -> tuple[list[Case], list[Case]]:
    """Figures with their own base (and standard deviation) printed beside them."""
    bases, spreads = [], []
    for r in report.readings:
        if r.base is None or r.kind not in ("mean", "share"):
            continue
        if not fits(r, r.base):
            whole = share_interval(r) if r.kind == "share" else r.interval
            top = Fraction(1) if r.kind == "share" else r.printed.value + 1
            near = nearest_base([whole], r.base, low=Fraction(-(10**6)), high=top)
            price = None if near is None else f"the base is {near}"
            sentence = (
                f"{report.label(r.question or r.figure.row)}: {report.quote(r)} of {r.base}: "
                f"{around(r, r.base)}."
            )
            proof = no_integer(r, r.base, assumptions.rounding)
            bases.append(Case((r.index,), sentence, proof, price, 0.5))
        elif r.sd is not None and not _spread_fits(report, r, assumptions):
            sentence = (
                f"{report.label(r.question or r.figure.row)}: no {r.base} answers on the scale "
                f"have mean {r.figure.printed} and standard deviation {r.sd}."
            )
            proof = no_spread(report, r, assumptions.rounding)
            spreads.append(Case((r.index,), sentence, proof, "the base is another", 0.5))
    return bases, spreads


def _spread_fits(report: Report, r: Reading, assumptions: Assumptions) -> bool:
    answers = report.answers.get(r.question)
    if r.base is None or r.sd is None or r.base < 2 or r.kind != "mean" or answers is None:
        return True
    if answers.low is None or answers.high is None:
        return True
    low, high = int(answers.low), int(answers.high)
    rounding = assumptions.rounding
    if (low, high) == (0, 1):
        return any(debit(r.figure.printed, r.sd, r.base, ddof=d, rounding=rounding) for d in (0, 1))
    return any(
        grimmer(r.figure.printed, r.sd, r.base, low=low, high=high, ddof=d, rounding=rounding)
        for d in (0, 1)
    )


def _means(report: Report, assumptions: Assumptions) -> list[Case]:
    """Item means that no number of respondents up to the group's size can print."""
    cases = []
    for r in report.readings:
        answers = report.answers.get(r.question)
        if r.kind != "mean" or len(r.groups) != 1 or r.base is not None or answers is None:
            continue
        base = report.bases.get((r.breakdown, r.groups[0]))
        if answers.is_scale or base is None or base.high >= 10**r.printed.decimals:
            continue
        least = math.ceil(base.low * assumptions.floor)
        if any(fits(r, n) for n in range(max(1, least), base.high + 1)):
            continue
        assert r.interval.low is not None
        near = next(n for n in range(base.high + 1, 10**r.printed.decimals + 1) if fits(r, n))
        sentence = (
            f"{report.label(r.question)}: {report.quote(r)}: no number of answers from {least} to "
            f"{base.high} gives it; {around(r, base.high)}."
        )
        cases.append(Case((r.index,), sentence, None, f"the base is {near} or more", 0.1))
    return cases
