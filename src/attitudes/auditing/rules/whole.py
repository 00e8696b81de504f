"""Whole answers behind percentages, means and standard deviations; bases recovered from them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from attitudes.auditing.filters import filter_base
from attitudes.auditing.model import Assumptions, Case, Finding
from attitudes.auditing.proofs import group_cases, rounding_words
from attitudes.auditing.readings import Reading, Report
from attitudes.numerics.printed.exact import Interval
from attitudes.numerics.printed.feasibility import shrink
from attitudes.numerics.printed.grim import attainable, debit, grimmer, nearest_base, workable_bases

__all__ = ["check_whole_answers", "share_interval"]

_UNIT = Fraction(1, 100)


def share_interval(reading: Reading) -> Interval:
    """Return the share (0 to 1) that a percentage prints."""
    return reading.interval.times(_UNIT)


def check_whole_answers(report: Report, assumptions: Assumptions) -> list[Finding]:
    """Hold percentages, means and standard deviations against the number of people behind them."""
    words = [rounding_words(assumptions), "every respondent counts once: no weights"]
    beside, spreads = _beside(report, assumptions)
    return [
        *group_cases("whole_answers", "base_beside", "impossible", words, beside),
        *group_cases("whole_answers", "spread", "impossible", words, spreads),
        *group_cases(
            "whole_answers",
            "base_of_group",
            "consistent_if",
            [*words, "all respondents of the group are the base"],
            _groups(report, assumptions),
        ),
        *group_cases(
            "whole_answers",
            "base_of_filter",
            "consistent_if",
            [*words, "those who gave the filtering answer are the base"],
            _filtered(report, assumptions),
        ),
        *group_cases(
            "whole_answers",
            "means_of_group",
            "consistent_if",
            [*words, "no more people answered than the group has"],
            _means(report, assumptions),
        ),
    ]


def no_integer(reading: Reading, base: int, rounding: str) -> dict[str, Any]:
    """Return the certificate that no whole number over ``base`` prints as the figure does."""
    return {
        "kind": "no_integer",
        "rounding": rounding,
        "figure": reading.index,
        "printed": reading.figure.printed,
        "percent": reading.kind == "share",
        "base": base,
    }


def no_spread(report: Report, reading: Reading, rounding: str) -> dict[str, Any]:
    """Return the certificate that no answers have a printed mean and standard deviation."""
    answers = report.answers[reading.question]
    assert answers.low is not None
    assert answers.high is not None
    return {
        "kind": "no_spread",
        "rounding": rounding,
        "figure": reading.index,
        "printed": reading.figure.printed,
        "sd": reading.sd,
        "base": reading.base,
        "low": int(answers.low),
        "high": int(answers.high),
    }


def _fits(reading: Reading, n: int) -> bool:
    if reading.kind == "share":
        return bool(attainable(share_interval(reading), n, low=Fraction(0), high=Fraction(1)))
    interval = reading.interval
    assert interval.low is not None
    assert interval.high is not None
    return bool(attainable(interval, n, low=interval.low - 1, high=interval.high + 1))


def _around(reading: Reading, n: int) -> str:
    """Say which whole numbers come nearest."""
    unit = 100 if reading.kind == "share" else 1
    sign = " %" if reading.kind == "share" else ""
    digits = reading.printed.decimals + 1
    below = math.floor(reading.printed.value * n / unit)
    values = [
        f"{k}/{n} = {float(Fraction(k * unit, n)):.{digits}f}{sign}" for k in (below, below + 1)
    ]
    return " and ".join(values)


def _beside(report: Report, assumptions: Assumptions) -> tuple[list[Case], list[Case]]:
    """Figures with their own base (and standard deviation) printed beside them."""
    bases, spreads = [], []
    for r in report.readings:
        if r.base is None or r.kind not in ("mean", "share"):
            continue
        if not _fits(r, r.base):
            whole = share_interval(r) if r.kind == "share" else r.interval
            top = Fraction(1) if r.kind == "share" else r.printed.value + 1
            near = nearest_base([whole], r.base, low=Fraction(-(10**6)), high=top)
            price = None if near is None else f"the base is {near}"
            sentence = (
                f"{report.label(r.question or r.figure.row)}: {report.quote(r)} of {r.base}: "
                f"{_around(r, r.base)}."
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


def _groups(report: Report, assumptions: Assumptions) -> list[Case]:
    """Percentages of one group against the group's printed size."""
    found: dict[tuple[str, str], list[Reading]] = {}
    for r in report.readings:
        answers = report.answers.get(r.question)
        plain = r.kind == "share" and len(r.groups) == 1 and r.base is None
        if plain and answers is not None and not answers.asked_of:
            found.setdefault((r.breakdown, r.groups[0]), []).append(r)
    cases = []
    for key, readings in found.items():
        base = report.bases.get(key)
        if base is None:
            continue
        sizes = range(base.low, base.high + 1)
        failing = [r for r in readings if not any(_fits(r, n) for n in sizes)]
        if failing:
            cases.append(_group_case(report, readings, failing, base.printed, assumptions))
    return cases


def _group_case(
    report: Report,
    readings: Sequence[Reading],
    failing: Sequence[Reading],
    n: int,
    assumptions: Assumptions,
) -> Case:
    sharp = [r for r in readings if r.printed.decimals > 0]
    intervals = [share_interval(r) for r in (sharp or failing)]
    fitting = nearest_base(intervals, n, low=Fraction(0), high=Fraction(1))
    listed = "; ".join(f"{r.figure.printed.strip()}: {_around(r, n)}" for r in failing)
    others = [r for r in sharp if r not in failing]
    together = f" together with {', '.join(r.figure.printed for r in others)}" if others else ""
    sentence = f"{report.place(failing[0])} has {n} respondents: {listed}."
    what = "them" if len(sharp) > 1 else "it"
    price = (
        f"the base is {fitting}, the nearest that gives {what}{together}"
        if fitting
        else "the figures have different bases"
    )
    smaller = [
        m for m in workable_bases([share_interval(r) for r in failing], largest=n - 1) if 2 * m > n
    ]
    if smaller:
        price += f"; or only {smaller[-1]} answered"
    proof = no_integer(failing[0], n, assumptions.rounding)
    size = 0.1 + 0.1 * len(failing)
    figures = tuple(r.index for r in (*failing, *others))
    return Case(figures, sentence, proof, price, size)


def _filtered(report: Report, assumptions: Assumptions) -> list[Case]:
    """Percentages among those who gave an answer to another question."""
    found: dict[tuple[str, str, tuple[str, ...]], list[Reading]] = {}
    for r in report.readings:
        answers = report.answers.get(r.question)
        if (
            r.kind == "share"
            and answers is not None
            and answers.asked_of
            and len(r.groups) < 2
            and r.known
        ):
            found.setdefault((r.question, *r.place), []).append(r)
    cases = []
    for (question, breakdown, groups), readings in found.items():
        between = filter_base(report, question, breakdown, groups, assumptions.base_slack)
        if between is None:
            continue
        table = max({r.table for r in readings}, key=lambda t: sum(r.table == t for r in readings))
        case = _filter_case(report, [r for r in readings if r.table == table], between, assumptions)
        cases += [case] if case else []
    return cases


def _filter_case(
    report: Report, readings: Sequence[Reading], between: tuple[int, int], assumptions: Assumptions
) -> Case | None:
    exclusive = report.answers[readings[0].question].exclusive

    def works(chosen: frozenset[int]) -> bool:
        shares = [share_interval(readings[i]) for i in sorted(chosen)]
        bases = workable_bases(shares, largest=between[1], exclusive=exclusive)
        return any(n >= between[0] for n in bases)

    everything = frozenset(range(len(readings)))
    if works(everything):
        return None
    minimal = [readings[i] for i in sorted(shrink(everything, lambda s: not works(s)))]
    rest = [share_interval(r) for r in readings if r not in minimal[:1]]
    price = "the figures have different bases"
    for r in minimal:
        rest = [share_interval(other) for other in readings if other is not r]
        fits = [
            n
            for n in workable_bases(rest, largest=between[1], exclusive=exclusive)
            if n >= between[0]
        ]
        if fits:
            nearest = f"{_around(r, fits[0])}"
            price = f"the base is {fits[0]}, which gives all but {r.figure.printed} ({nearest})"
            break
    listed = ", ".join(f"{r.figure.printed.strip()} ({r.box})" for r in minimal)
    sentence = (
        f"{report.label(readings[0].question)}, {report.place(readings[0])}, "
        f"{readings[0].table}: no base from {between[0]} to {between[1]} gives {listed} together."
    )
    return Case(tuple(r.index for r in minimal), sentence, None, price, 0.2)


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
        if any(_fits(r, n) for n in range(max(1, least), base.high + 1)):
            continue
        assert r.interval.low is not None
        near = next(n for n in range(base.high + 1, 10**r.printed.decimals + 1) if _fits(r, n))
        sentence = (
            f"{report.label(r.question)}: {report.quote(r)}: no number of answers from {least} to "
            f"{base.high} gives it; {_around(r, base.high)}."
        )
        cases.append(Case((r.index,), sentence, None, f"the base is {near} or more", 0.1))
    return cases
