"""Where the estimation of a model begins."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from attitudes.numerics.design import FloatArray
from attitudes.numerics.sem.ordinal import OrdinalSample
from attitudes.psychometrics.confirmatory.model_table import ModelTable, Parameter
from attitudes.psychometrics.confirmatory.samples import Samples

__all__ = ["other_starts", "starting_values"]

_LEAST, _MOST = 0.15, 0.9


def starting_values(table: ModelTable, samples: Samples) -> FloatArray:
    """Return a value for each parameter of the table: fixed, as written, or from the sample.

    Parameters
    ----------
    table, samples
        Model and moments.

    Notes
    -----
    Factors are taken in turn, those with most items first. Each is the first principal factor of
    its items' correlations, less what the factors before it explain; the sign is that of its first
    loading. Factors measured by factors come from the correlations of their parts' composites.
    """
    out = np.empty(len(table.parameters))
    for g in range(table.n_groups):
        start = _GroupStart(table, samples.moments[g])
        for k, p in enumerate(table.parameters):
            if p.group == g:
                out[k] = _value(p, start, samples, g, table)
    return _shared(table, out)


def other_starts(table: ModelTable, samples: Samples) -> Iterator[FloatArray]:
    """Yield other values to start from, for when the first ones lead nowhere.

    Notes
    -----
    Loadings by instrumental variables (FABIN 3) relative to the first, or all 1; variances of
    factors ±0.05 of the first item's; residual variances half of the items'.

    References
    ----------
    Hägglund, G. (1982). Factor analysis by instrumental variables methods. *Psychometrika* 47,
    209–222.
    """
    base = starting_values(table, samples)
    for instrumental, share in ((True, 0.0), (True, 0.05), (True, -0.05), (False, 0.05)):
        out = base.copy()
        for k, p in enumerate(table.parameters):
            if p.fixed is not None or p.start is not None:
                continue
            if p.op == "=~" and p.rhs in table.observed:
                out[k] = _fabin(table, samples.moments[p.group], p) if instrumental else 1.0
            elif p.op == "~~" and p.lhs == p.rhs:
                first = _first_item(table, p.lhs)
                at = table.observed.index(first)
                part = 0.5 if p.lhs in table.observed else share
                if part == 0.0:
                    part = _direction(table, samples.moments[p.group], p)
                out[k] = part * samples.moments[p.group][at, at]
        yield _shared(table, out)


def _direction(table: ModelTable, S: FloatArray, p: Parameter) -> float:
    """±0.05: the sign that a factor's variance has by its instrumental loadings."""
    items = _items_of(table, p.lhs)
    if len(items) < 2:
        return 0.05
    at = [table.observed.index(n) for n in items]
    loads = [_fabin(table, S, Parameter(p.lhs, "=~", n, p.group)) for n in items[1:]]
    return 0.05 if float(S[at[0], at[1:]] @ np.array(loads)) >= 0 else -0.05


def _items_of(table: ModelTable, factor: str) -> list[str]:
    return [
        p.rhs
        for p in table.parameters
        if p.group == 0 and p.op == "=~" and p.lhs == factor and p.rhs in table.observed
    ]


def _first_item(table: ModelTable, name: str) -> str:
    """The variable itself, or the first item under a factor."""
    if name in table.observed:
        return name
    items = _items_of(table, name)
    return items[0] if items else table.observed[0]


def _fabin(table: ModelTable, S: FloatArray, p: Parameter) -> float:
    """Loading of an item relative to the first, with the factor's other items as instruments."""
    items = [table.observed.index(n) for n in _items_of(table, p.lhs)]
    first, mine = items[0], table.observed.index(p.rhs)
    others = [k for k in items if k not in (first, mine)]
    if mine == first or not others:
        return 1.0
    weights = np.linalg.solve(S[np.ix_(others, others)], S[others, first])
    below = float(weights @ S[others, first])
    if abs(below) < 1e-12:
        return 1.0
    return float(np.clip(weights @ S[others, mine] / below, -10.0, 10.0))


def _shared(table: ModelTable, values: FloatArray) -> FloatArray:
    """Let parameters of one number start at one value: that of the first."""
    first: dict[int, float] = {}
    out = values.copy()
    for k, p in enumerate(table.parameters):
        if p.free >= 0:
            out[k] = first.setdefault(p.free, values[k])
    return out


class _GroupStart:
    """Standardised loadings, uniquenesses and correlations of factors of one group."""

    def __init__(self, table: ModelTable, moments: FloatArray) -> None:
        self.sd = dict(zip(table.observed, np.sqrt(np.diag(moments)), strict=True))
        sd = np.sqrt(np.diag(moments))
        R = moments / np.outer(sd, sd)
        own = [p for p in table.parameters if p.group == 0 and p.op == "=~"]
        self.loading: dict[tuple[str, str], float] = {}
        self.explained: dict[str, float] = {}
        self.scale: dict[str, float] = {}
        place = {name: k for k, name in enumerate(table.observed)}
        weights = np.zeros((len(table.latent), len(table.observed)))
        self._first_order(table, own, R, place, weights)
        self._second_order(table, own, R, weights)
        self._scales(table, own)

    def _first_order(
        self,
        table: ModelTable,
        own: list[Parameter],
        R: FloatArray,
        place: dict[str, int],
        weights: FloatArray,
    ) -> None:
        measured = {f: [p.rhs for p in own if p.lhs == f and p.rhs in place] for f in table.latent}
        order = sorted(table.latent, key=lambda f: -len(measured[f]))
        rest = R.copy()
        for f in order:
            names = measured[f]
            if not names:
                continue
            at = np.array([place[n] for n in names])
            found = _principal(rest[np.ix_(at, at)], R[at, at] - (R - rest)[at, at])
            if found[0] < 0:
                found = -found
            overlap = [n for n in names if sum(n in m for m in measured.values()) > 1]
            if len(overlap) > 1:
                rest[np.ix_(at, at)] -= np.outer(found, found)
            weights[table.latent.index(f), at] = found
            for n, value in zip(names, found, strict=True):
                self.loading[f, n] = float(value)
                self.explained[n] = self.explained.get(n, 0.0) + float(value) ** 2

    def _second_order(
        self, table: ModelTable, own: list[Parameter], R: FloatArray, weights: FloatArray
    ) -> None:
        for f in table.latent:
            parts = [p.rhs for p in own if p.lhs == f and p.rhs in table.latent]
            if not parts:
                continue
            at = [table.latent.index(n) for n in parts]
            w = weights[at]
            squares = np.maximum((w**2).sum(axis=1), 1e-6)
            cross = (w @ (R - np.diag(np.diag(R))) @ w.T) / np.outer(squares, squares)
            cross = np.clip(cross, -0.9, 0.9)
            np.fill_diagonal(cross, 1.0)
            found = _principal(cross, np.ones(len(parts)))
            found = -found if found[0] < 0 else found
            weights[table.latent.index(f)] = (found[:, None] * w).sum(axis=0)
            for n, value in zip(parts, found, strict=True):
                self.loading[f, n] = float(value)
                self.explained[n] = self.explained.get(n, 0.0) + float(value) ** 2

    def _scales(self, table: ModelTable, own: list[Parameter]) -> None:
        """Standard deviation of each factor that its fixed loading or fixed variance gives."""
        fixed_variance = {
            p.lhs: p.fixed
            for p in table.parameters
            if p.group == 0 and p.op == "~~" and p.lhs == p.rhs and p.fixed is not None
        }
        for f in table.latent:  # parts before wholes: a part's scale is its whole's unit
            self.scale[f] = float(np.sqrt(max(fixed_variance.get(f, 1.0) or 1.0, 1e-8)))
        for _ in table.latent:
            for f in table.latent:
                if f in fixed_variance:
                    continue
                fixed = [p for p in own if p.lhs == f and p.fixed]
                if fixed:
                    p = fixed[0]
                    value = self.loading.get((f, p.rhs), 0.5)
                    value = np.sign(value or 1.0) * max(abs(value), _LEAST)
                    self.scale[f] = abs(value) * self.unit(p.rhs) / abs(float(p.fixed or 1.0))

    def unit(self, name: str) -> float:
        """Standard deviation of a variable or factor."""
        return float(self.sd.get(name, self.scale.get(name, 1.0)))

    def rest(self, name: str) -> float:
        """Share of a variable's variance that no factor explains."""
        return float(np.clip(1.0 - self.explained.get(name, 0.0), 0.1, 1.0))


def _principal(R: FloatArray, ceiling: FloatArray) -> FloatArray:
    """First principal factor with iterated communalities, loadings at most 0.9."""
    k = len(R)
    if k == 1:
        return np.array([0.7])
    if k == 2:
        value = np.sqrt(np.clip(abs(R[0, 1]), _LEAST**2, _MOST**2))
        return np.array([value, value * (np.sign(R[0, 1]) or 1.0)])
    off = R - np.diag(np.diag(R))
    h = np.minimum(np.abs(off).max(axis=1), 0.8)
    loadings = np.full(k, 0.5)
    for _ in range(30):
        values, vectors = np.linalg.eigh(off + np.diag(h))
        loadings = vectors[:, -1] * np.sqrt(max(values[-1], 1e-4))
        h = np.clip(loadings**2, 0.0, 0.8 * np.clip(ceiling, 0.05, 1.0))
    return np.asarray(np.clip(loadings, -_MOST, _MOST))


def _value(p: Parameter, start: _GroupStart, samples: Samples, g: int, table: ModelTable) -> float:
    if p.fixed is not None:
        return p.fixed
    if p.start is not None:
        return p.start
    if p.op == "=~":
        ratio = start.unit(p.rhs) / start.scale[p.lhs]
        return start.loading.get((p.lhs, p.rhs), 0.0) * ratio
    if p.op == "~~":
        if p.lhs != p.rhs:
            return 0.0
        return start.rest(p.lhs) * start.unit(p.lhs) ** 2
    if p.op == "~1" and p.lhs in table.observed:
        return float(samples.means[g][table.observed.index(p.lhs)])
    if p.op == "|":
        sample = samples.groups[g]
        assert isinstance(sample, OrdinalSample)
        at = sum(samples.thresholds[: table.observed.index(p.lhs)]) + int(p.rhs[1:]) - 1
        return float(sample.thresholds[at])
    return 1.0 if p.op == "~*~" else 0.0
