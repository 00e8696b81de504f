"""Where within its printed interval each mean should lie, so that the totals print too.

A printed total is a plain mean of other means, each of another group or of another question. The
questions are solved one after the other; what each must leave to the others is planned here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from attitudes.numerics.design import FloatArray
from attitudes.reconstruction.printed import Printed, print_interval
from attitudes.study.figures import Figure
from attitudes.study.forms import Form, MeanForm, NotComputable, RatioForm, form_of
from attitudes.study.models import Study
from attitudes.study.responses import Code

__all__ = [
    "Aim",
    "Part",
    "Remainder",
    "Target",
    "mean_targets",
    "part_of",
    "plan_aims",
    "remainders",
    "unmet_targets",
]

Part = tuple[
    str,
    tuple[tuple[str, tuple[Code, ...]], ...],
    tuple[tuple[Code, Fraction], ...],
    tuple[tuple[Code, int], ...],
]
"""A ratio that totals are made of: column, domain, numerator and denominator."""

_INNER, _OUTER = 0.6, 0.4
_SPREAD = 0.15
"""How far a mean that is not printed may be from that of all, as a part of its scale's range."""


@dataclass(frozen=True, slots=True)
class Target:
    """A printed plain mean of ratios.

    Attributes
    ----------
    figure
        As printed.
    lower, upper
        Ends of what prints so, the upper one left out.
    parts
        The ratios, each with its share of the mean.
    required
        Whether it must be printed.
    """

    figure: Figure
    lower: float
    upper: float
    parts: Mapping[Part, float]
    required: bool

    def value(self, values: Mapping[Part, float]) -> float:
        """Return the mean for given values of the ratios."""
        return sum(share * values[part] for part, share in self.parts.items())

    def distance(self, values: Mapping[Part, float]) -> float:
        """Return how far given values of the ratios are from the middle of what prints."""
        return abs(self.value(values) - (self.lower + self.upper) / 2)

    def printed_by(self, values: Mapping[Part, float]) -> bool:
        """Whether given values of the ratios print the figure."""
        return self.lower - 1e-9 <= self.value(values) < self.upper - 1e-9


@dataclass(frozen=True, slots=True)
class Remainder:
    """What a target leaves to the ratios of one column, those of the others being settled.

    Attributes
    ----------
    figure
        The target's figure.
    shares
        The column's ratios, each with its share of the mean.
    lower, upper
        Ends of the sum of shares times ratios.
    required
        Whether the target must be printed.
    """

    figure: Figure
    shares: Mapping[Part, float]
    lower: float
    upper: float
    required: bool

    def within(self, parts: Sequence[Part], values: Mapping[Part, float]) -> Remainder:
        """Return what is left to some of the ratios when the others keep their values."""
        kept = {p: s for p, s in self.shares.items() if p in parts}
        rest = sum(s * values[p] for p, s in self.shares.items() if p not in kept)
        ends = self.lower - rest, self.upper - rest
        return Remainder(self.figure, kept, *ends, self.required)


@dataclass(frozen=True, slots=True)
class Aim:
    """Ends between which a ratio should lie."""

    lower: float
    upper: float


def part_of(form: RatioForm) -> Part:
    """Return a ratio as something that can be looked up."""
    numerator = tuple(sorted(form.numerator.items(), key=str))
    return form.column, form.domain, numerator, tuple(sorted(form.denominator.items(), key=str))


def mean_targets(
    study: Study, decimals: Mapping[tuple[str, str], int], exact: frozenset[str]
) -> list[Target]:
    """Return the printed figures that are plain means of ratios.

    Parameters
    ----------
    study
        The pack.
    decimals
        Decimals of each table, for figures cut of a zero.
    exact
        Exhibits whose figures must be printed.
    """
    out: list[Target] = []
    for figure in study.figures():
        form = form_of(study, figure)
        if isinstance(form, NotComputable | RatioForm):
            continue
        lower, upper = print_interval(study, figure, decimals)
        parts: dict[Part, float] = {}
        _gather(form, 1.0, parts)
        required = figure.exhibit in exact
        out.append(Target(figure, float(lower), float(upper), parts, required))
    return out


def _gather(form: Form, share: float, parts: dict[Part, float]) -> None:
    if isinstance(form, MeanForm):
        for part in form.parts:
            _gather(part, share / len(form.parts), parts)
    else:
        key = part_of(form)
        parts[key] = parts.get(key, 0.0) + share


def unmet_targets(targets: Iterable[Target], values: Mapping[Part, float]) -> list[Target]:
    """Return the targets whose ratios are all known and do not print them."""
    return [t for t in targets if t.parts.keys() <= values.keys() and not t.printed_by(values)]


def remainders(
    targets: Iterable[Target], values: Mapping[Part, float], column: str
) -> list[Remainder]:
    """Return what targets leave to a column, where all their other ratios are settled."""
    out: list[Remainder] = []
    for t in targets:
        own = {p: s for p, s in t.parts.items() if p[0] == column}
        others = {p: s for p, s in t.parts.items() if p[0] != column}
        if own and others.keys() <= values.keys():
            settled = sum(s * values[p] for p, s in others.items())
            ends = t.lower - settled + 1e-6, t.upper - settled - 1e-6
            out.append(Remainder(t.figure, own, *ends, t.required))
    return out


def plan_aims(
    targets: Sequence[Target],
    printed: Mapping[str, Sequence[Printed]],
    done: Mapping[Part, float],
    sizes: Mapping[str, Mapping[Code, int]],
) -> dict[Part, Aim]:
    """Return where the ratios that are not settled yet should lie.

    Parameters
    ----------
    targets
        Printed means of ratios.
    printed
        Printed ratios by column.
    done
        Values of the ratios that are settled.
    sizes
        Variable → group → respondents, to pool groups by.

    Notes
    -----
    A linear programme: every ratio gets an interval within its printed one, as wide as can be,
    such that any values within them print the targets; small groups, whose means are far apart,
    get the widest. Targets that cannot be had with the others are left out, required ones never.
    """
    open_parts = [p for p in dict.fromkeys(q for t in targets for q in t.parts) if p not in done]
    if not open_parts:
        return {}
    intervals = _intervals(printed)
    ends = np.array([_ends(p, intervals, printed, sizes) for p in open_parts])
    kept = [t for t in targets if any(p not in done for p in t.parts)]
    worth = np.array([1.0 + 100.0 / _size(p, sizes) for p in open_parts])
    low, high, missed = _programme(kept, open_parts, ends, done, worth)
    if missed.any():
        within = [t for t, far in zip(kept, missed, strict=True) if t.required or not far]
        low, high, _ = _programme(within, open_parts, ends, done, worth)
    return {
        p: Aim(float(a), float(b)) for p, a, b in zip(open_parts, low, high, strict=True) if b > a
    }


def _intervals(printed: Mapping[str, Sequence[Printed]]) -> dict[Part, tuple[float, float]]:
    out: dict[Part, tuple[float, float]] = {}
    for own in printed.values():
        for p in own:
            key = part_of(p.form)
            low, high = out.get(key, (-np.inf, np.inf))
            both = max(low, float(p.lower)), min(high, float(p.upper))
            out[key] = both if both[0] < both[1] else (low, high)
    return out


def _ends(
    part: Part,
    intervals: Mapping[Part, tuple[float, float]],
    printed: Mapping[str, Sequence[Printed]],
    sizes: Mapping[str, Mapping[Code, int]],
) -> tuple[float, float]:
    """Return between which ends a ratio may lie: as printed, or near that of all respondents."""
    if part in intervals:
        low, high = intervals[part]
        return low + 1e-6, high - 1e-6
    column, _, numerator, denominator = part
    values = [float(v) for _, v in numerator]
    least, most = min(values), max(values)
    pooled: dict[str, list[tuple[float, int]]] = {}
    for p in printed.get(column, []):
        key = part_of(p.form)
        if key[2:] == (numerator, denominator) and len(p.form.domain) == 1:
            variable, groups = p.form.domain[0]
            size = sum(sizes.get(variable, {}).get(g, 0) for g in groups)
            pooled.setdefault(variable, []).append((float(p.figure.value), size))
    if not pooled:
        return least, most
    best = max(pooled.values(), key=lambda rows: sum(n for _, n in rows))
    middle = float(np.average([v for v, _ in best], weights=[n for _, n in best]))
    reach = _SPREAD * (most - least)
    return max(least, middle - reach), min(most, middle + reach)


def _size(part: Part, sizes: Mapping[str, Mapping[Code, int]]) -> int:
    """Return the respondents of a ratio's domain; small groups need wide intervals."""
    if not part[1]:
        return sum(next(iter(sizes.values())).values())
    variable, groups = part[1][0]
    return max(1, sum(sizes.get(variable, {}).get(g, 0) for g in groups))


def _programme(
    targets: Sequence[Target],
    parts: Sequence[Part],
    ends: FloatArray,
    done: Mapping[Part, float],
    worth: FloatArray,
) -> tuple[FloatArray, FloatArray, NDArray[np.bool_]]:
    """Return low and high ends of the ratios, and which targets they miss.

    Unknowns: low ends, inner widths, outer widths (worth less), a slack a target, and a shift of
    the middles from those of the given ends, the largest one of which is kept small.
    """
    n, m = len(parts), len(targets)
    place = {p: i for i, p in enumerate(parts)}
    full = np.minimum(ends[:, 1] - ends[:, 0], 0.02)
    width = 3 * n + m + 1
    rows: list[FloatArray] = []
    right: list[float] = []
    for t, target in enumerate(targets):
        settled = sum(s * done[p] for p, s in target.parts.items() if p in done)
        row = np.zeros(width)
        for p, share in target.parts.items():
            if p in place:
                row[place[p]] = share
        low = -row
        low[3 * n + t] = -1.0
        rows.append(low)
        right.append(settled - target.lower - 1e-6)
        high = row.copy()
        for p, share in target.parts.items():
            if p in place:
                high[n + place[p]] = high[2 * n + place[p]] = share
        high[3 * n + t] = -1.0
        rows.append(high)
        right.append(target.upper - 1e-6 - settled)
    middle = ends.mean(axis=1)
    for i in range(n):
        row = np.zeros(width)
        row[i], row[n + i], row[2 * n + i] = 1.0, 1.0, 1.0
        rows.append(row)
        right.append(ends[i, 1])
        centre = np.zeros(width)
        centre[i], centre[n + i], centre[2 * n + i], centre[-1] = 1.0, 0.5, 0.5, -1.0
        rows.append(centre)
        right.append(middle[i])
        away = -centre
        away[-1] = -1.0
        rows.append(away)
        right.append(-middle[i])
    price = np.array([1e4 if t.required else 10.0 * len(t.parts) for t in targets])
    cost = np.concatenate([np.zeros(n), -worth, -0.3 * worth, price, [0.1 * n]])
    bounds = [
        *((lo, hi) for lo, hi in ends),
        *((0.0, _INNER * w) for w in full),
        *((0.0, _OUTER * w) for w in full),
        *((0.0, None) for _ in range(m + 1)),
    ]
    result = linprog(cost, A_ub=np.array(rows), b_ub=np.array(right), bounds=bounds, method="highs")
    if result.x is None:
        return ends[:, 0], ends[:, 1], np.zeros(m, dtype=bool)
    low_end = result.x[:n]
    high_end = low_end + result.x[n : 2 * n] + result.x[2 * n : 3 * n]
    return low_end, high_end, result.x[3 * n : 3 * n + m] > 1e-7
