"""Where within its printed interval each mean should lie, so that the totals print too.

A printed total is a plain mean of other means, each of another group or of another question. The
questions are solved one after the other; what each must leave to the others is planned here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from attitudes.numerics.design import FloatArray
from attitudes.reconstruction.printed import Printed
from attitudes.reconstruction.targets import Part, Target, part_of
from attitudes.study.figures import Figure
from attitudes.study.responses import Code

__all__ = ["Aim", "plan_aims"]

_INNER, _OUTER = 0.6, 0.4
_POOL = 0.02
_SPREAD = 0.1
"""How far a mean that is not printed may be from that of all, as a part of its scale's range."""


@dataclass(frozen=True, slots=True)
class Aim:
    """Ends between which a ratio should lie."""

    lower: float
    upper: float


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
    get the widest. Targets that cannot be had with the others are left out, required ones never;
    of sentences that give one mean by groups either all are sought or none.
    """
    open_parts = [p for p in dict.fromkeys(q for t in targets for q in t.parts) if p not in done]
    if not open_parts:
        return {}
    intervals = _intervals(printed)
    ends = np.array([_ends(p, intervals, printed, sizes) for p in open_parts])
    kept = [t for t in targets if any(p not in done for p in t.parts)]
    worth = np.array([1.0 + 100.0 / _size(p, sizes) for p in open_parts])
    kept += _pooled_targets(open_parts, intervals, ends, sizes)
    low, high, missed = _programme(kept, open_parts, ends, done, worth)
    if missed.any():
        far = {(t.figure.exhibit, t.figure.row) for t, m in zip(kept, missed, strict=True) if m}
        within = [
            t
            for t, m in zip(kept, missed, strict=True)
            if t.required or not (m or (t.said and (t.figure.exhibit, t.figure.row) in far))
        ]
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


def _pooled_targets(
    parts: Sequence[Part],
    intervals: Mapping[Part, tuple[float, float]],
    ends: FloatArray,
    sizes: Mapping[str, Mapping[Code, int]],
) -> list[Target]:
    """Return that means that are not printed pool to that of all respondents."""
    families: dict[tuple[object, ...], dict[Part, int]] = {}
    for part in parts:
        if part not in intervals and len(part[1]) == 1:
            key = (part[0], part[1][0][0], *part[2:])
            families.setdefault(key, {})[part] = _size(part, sizes)
    place = {p: i for i, p in enumerate(parts)}
    out: list[Target] = []
    for members in families.values():
        first = next(iter(members))
        variable = first[1][0][0]
        if len(members) < len(sizes.get(variable, {})):
            continue
        whole = sum(members.values())
        middle = float(ends[place[first]].mean())
        shares = {p: n / whole for p, n in members.items()}
        figure = Figure("", first[0], variable, "mean", f"{middle:.3f}", "")
        out.append(Target(figure, middle - _POOL, middle + _POOL, shares, True))
    return out


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
