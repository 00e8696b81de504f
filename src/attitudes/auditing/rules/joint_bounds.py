"""Sharp bounds of a mean, or of a share, given printed shares of the same people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from attitudes.auditing.questions import Coding
from attitudes.auditing.readings import Answers, Reading
from attitudes.auditing.rules.joint_setting import Setting
from attitudes.numerics.printed.exact import Interval, decimal_text

__all__ = ["MeanBounds", "inside_of", "mean_bounds", "share_bounds"]

_GRAIN = 10**9


@dataclass(frozen=True, slots=True)
class MeanBounds:
    """How small and how large a mean can be given shares.

    Attributes
    ----------
    interval
        The ends.
    least, greatest
        The arithmetic that reaches each end.
    answered
        Smallest part of the people that the bounds let answer.
    """

    interval: Interval
    least: str
    greatest: str
    answered: Fraction


def inside_of(answers: Answers, box: str) -> frozenset[str]:
    """Return the answers that a box holds; kinds of non-answers hold themselves."""
    if box in answers.boxes:
        return answers.boxes[box]
    return frozenset({box}) if box in answers.missing else frozenset()


def mean_bounds(
    setting: Setting, shares: Sequence[Reading], coding: Coding, response: Fraction
) -> MeanBounds | None:
    """Return the sharp bounds of a coded mean given the shares of one place.

    Notes
    -----
    A printed share is one of all or of those who answered: among the answered it lies between its
    lower end and its upper end divided by ``response``, the smallest part that answered. Where
    shares of non-answers are printed beside it, all are the base, and a mean of the answered is
    Σ v·x / Σ x over the substantive answers: with y = x·t and Σ y = 1 a linear programme again
    (Charnes and Cooper).
    """
    answers = setting.report.answers[setting.question]
    valued = [a for a in answers.values if a in coding.values]
    held = [(r, inside_of(answers, r.box)) for r in shares]
    if not valued or not any(inside & set(valued) for _, inside in held):
        return None
    shown = any(r.box in answers.missing for r in shares)
    everything = [*answers.values, *answers.missing] if shown else valued
    rows, limits = [], []
    for r, inside in held:
        if not inside or r.interval.low is None or r.interval.high is None:
            continue
        low, high = float(r.interval.low / 100), float(r.interval.high / 100)
        row = np.array([*(1.0 if a in inside else 0.0 for a in everything), 0.0])
        if not inside & set(everything):
            continue
        if shown:
            rows += [row - high * _last(row), low * _last(row) - row]
            limits += [0.0, 0.0]
        else:
            rows += [row, -row]
            limits += [min(1.0, high / float(response)), -low]
    answered = np.array([*(1.0 if a in valued else 0.0 for a in everything), 0.0])
    equal, right = [answered], [1.0]
    if shown:
        equal.append(1.0 - 2.0 * _last(answered))
        right.append(0.0)
    else:
        equal.append(_last(answered))
        right.append(1.0)
    values = np.array([*(float(coding.values.get(a, 0)) for a in everything), 0.0])
    programme = (np.array(rows), np.array(limits), np.array(equal), np.array(right))
    found = [_extreme(sign * values * answered, *programme) for sign in (1, -1)]
    if found[0] is None or found[1] is None:
        return None
    ends = [float((values * answered) @ p) for p in found if p is not None]
    words = [_words(p * answered, values, p[-1]) for p in found if p is not None]
    exact = [Fraction(round(e * _GRAIN), _GRAIN) for e in ends]
    part = Fraction(1) if shown else response
    return MeanBounds(Interval(exact[0], exact[1]), words[0], words[1], part)


def _last(row: NDArray[np.float64]) -> NDArray[np.float64]:
    unit = np.zeros(len(row))
    unit[-1] = 1.0
    return unit


def _extreme(
    cost: NDArray[np.float64],
    rows: NDArray[np.float64],
    limits: NDArray[np.float64],
    equal: NDArray[np.float64],
    right: NDArray[np.float64],
) -> NDArray[np.float64] | None:
    result: Any = optimize.linprog(
        cost, A_ub=rows, b_ub=limits, A_eq=equal, b_eq=right, method="highs"
    )
    return None if result.x is None else np.asarray(result.x, dtype=float)


def _words(parts: NDArray[np.float64], values: NDArray[np.float64], scale: float) -> str:
    """Return shares times values; over their sum when non-answers are among the shares."""
    kept = [(p / scale, v) for p, v in zip(parts, values, strict=True) if p / scale > 5e-4]
    listed = " + ".join(f"{100 * p:.1f} % × {decimal_text(Fraction(str(v)))}" for p, v in kept)
    whole = sum(p for p, _ in kept)
    return listed if abs(whole - 1) < 5e-4 else f"({listed}) / {100 * whole:.1f} %"


def share_bounds(setting: Setting, shares: Sequence[Reading], inside: frozenset[str]) -> Interval:
    """Return between which percentages answers lie given printed shares of one place."""
    answers = setting.report.answers[setting.question]
    everything = [*answers.values, *answers.missing]
    rows, limits = [], []
    for r in shares:
        if r.interval.low is None or r.interval.high is None:
            continue
        held = inside_of(answers, r.box)
        row = np.array([1.0 if a in held else 0.0 for a in everything])
        rows += [row, -row]
        limits += [float(r.interval.high), -float(r.interval.low)]
    if not rows:
        return Interval(Fraction(0), Fraction(100))
    cost = np.array([1.0 if a in inside else 0.0 for a in everything])
    ends = []
    for sign in (1, -1):
        result: Any = optimize.linprog(
            sign * cost,
            A_ub=np.array(rows),
            b_ub=np.array(limits),
            A_eq=np.ones((1, len(everything))),
            b_eq=np.array([100.0]),
            method="highs",
        )
        if result.x is None:
            return Interval(Fraction(0), Fraction(100))
        ends.append(Fraction(round(float(cost @ result.x) * _GRAIN), _GRAIN))
    return Interval(ends[0], ends[1])
