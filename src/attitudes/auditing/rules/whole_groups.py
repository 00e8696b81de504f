"""Percentages against the size of their group: bases that are printed, and bases recovered."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from attitudes.auditing.model import Assumptions, Case
from attitudes.auditing.readings import Reading, Report
from attitudes.auditing.rules.whole_numbers import (
    around,
    fits,
    no_integer,
    rounded,
    share_interval,
)
from attitudes.numerics.printed.grim import nearest_base, workable_bases

__all__ = ["group_bases", "survey_base"]


def group_bases(report: Report, assumptions: Assumptions) -> list[Case]:
    """Percentages of one group, or of groups named together, against their printed size."""
    found: dict[tuple[str, tuple[str, ...]], list[Reading]] = {}
    for r in report.readings:
        answers = report.answers.get(r.question)
        plain = r.kind == "share" and r.groups and r.known and r.base is None
        if plain and answers is not None and not answers.asked_of:
            found.setdefault(r.place, []).append(r)
    cases = []
    for (breakdown, groups), readings in found.items():
        bases = [b for g in groups if (b := report.bases.get((breakdown, g))) is not None]
        if len(bases) < len(groups):
            continue
        sizes = range(sum(b.low for b in bases), sum(b.high for b in bases) + 1)
        failing = [r for r in readings if not any(fits(r, n) for n in sizes)]
        if failing:
            n = sum(b.printed for b in bases)
            cases.append(_group_case(report, readings, failing, n, assumptions))
    return cases


def survey_base(report: Report, assumptions: Assumptions) -> list[Case]:
    """Percentages of all respondents, printed with so many digits that the survey's size shows."""
    if report.size is None:
        return []
    low, high = report.size
    cases = []
    for r in report.readings:
        answers = report.answers.get(r.question)
        if r.kind != "share" or not r.total or r.base is not None or answers is None:
            continue
        if answers.asked_of or (answers.missing and r.box in answers.missing):
            continue
        if high >= 100 * 10**r.printed.decimals or any(rounded(r, n) for n in range(low, high + 1)):
            continue
        near = nearest_base([share_interval(r)], high, low=Fraction(0), high=Fraction(1))
        least = math.ceil(high * assumptions.response)
        answered = [n for n in range(least, low) if rounded(r, n)]
        price = f"the base is {near}" if near else "the base is another"
        if answered:
            price = f"only {answered[-1]} answered; or {price}, the digits cut off"
        sentence = (
            f"{report.label(r.question)}: {report.quote(r)}; of {low} to {high} respondents: "
            f"{around(r, low)}; {around(r, high)}."
        )
        proof = no_integer(r, high, assumptions.rounding) if not fits(r, high) else None
        cases.append(Case((r.index,), sentence, proof, price, 0.1))
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
    listed = "; ".join(f"{r.figure.printed.strip()}: {around(r, n)}" for r in failing)
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
