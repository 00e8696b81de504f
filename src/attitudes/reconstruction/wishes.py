"""What counts are wished for where the print leaves them open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from attitudes.numerics.design import FloatArray
from attitudes.reconstruction.printed import ColumnCodes, Printed
from attitudes.study.reconstruction_spec import ReconstructionSpec
from attitudes.study.responses import Code

__all__ = ["missing_shares", "vary", "wished_counts"]

_SHAPE = {5: (1.0, 1.35, 1.3, 1.35, 1.0)}


def missing_shares(
    printed: Sequence[Printed],
    codes: ColumnCodes,
    sizes: Mapping[str, Mapping[Code, int]],
    spec: ReconstructionSpec,
) -> FloatArray:
    """Return the shares of the missing codes that the print suggests, or the declared ones.

    Where some tables average non-answers in as a number and others leave them out, the distance
    of their pooled means tells how many there are.
    """
    shares = np.array([spec.dont_know, spec.refused])[: len(codes.codes) - codes.n_answers]
    direct = _printed_shares(printed, codes)
    shares = np.where(np.isnan(direct), shares, direct)
    clean: list[tuple[float, Printed]] = []
    mixed: list[Printed] = []
    by_table: dict[str, list[Printed]] = {}
    for p in printed:
        if p.figure.statistic == "mean" and p.form.domain:
            by_table.setdefault(p.figure.exhibit, []).append(p)
    for own in by_table.values():
        if any(c in own[0].form.denominator for c in codes.codes[codes.n_answers :]):
            mixed += own
        else:
            clean.append((_pooled(own, sizes), own[0]))
    if clean and mixed and np.isnan(direct).any():
        implied = [(_implied(float(p.figure.value), p, clean, codes), p) for p in mixed]
        known = [(share, _people(p, sizes)) for share, p in implied if share is not None]
        if known:
            mean = np.average([s for s, _ in known], weights=[n for _, n in known])
            shares[0] = float(np.clip(mean, 0.01, 0.45))
    return np.asarray(shares, dtype=np.float64)


def _people(p: Printed, sizes: Mapping[str, Mapping[Code, int]]) -> int:
    """Return the respondents of a figure's groups."""
    variable, groups = p.form.domain[0]
    return max(1, sum(sizes[variable][g] for g in groups))


def _printed_shares(printed: Sequence[Printed], codes: ColumnCodes) -> FloatArray:
    out = np.full(len(codes.codes) - codes.n_answers, np.nan)
    for p in printed:
        for k, code in enumerate(codes.codes[codes.n_answers :]):
            if not p.form.domain and list(p.form.numerator) == [code]:
                out[k] = float(p.figure.value) / 100
    return out


def _pooled(own: Sequence[Printed], sizes: Mapping[str, Mapping[Code, int]]) -> float:
    weights = [_people(p, sizes) for p in own]
    return float(np.average([float(p.figure.value) for p in own], weights=weights))


def _implied(
    value: float, p: Printed, clean: Sequence[tuple[float, Printed]], codes: ColumnCodes
) -> float | None:
    """Solve (1 − d)·mean + d·code = value for the share d of non-answers."""
    code = codes.codes[codes.n_answers]
    number = float(p.form.numerator.get(code, 0))
    answers = [c for c in codes.codes[: codes.n_answers] if c in p.form.numerator]
    slope = float(p.form.numerator[answers[-1]] - p.form.numerator[answers[0]])
    base, first = clean[0]
    if slope * float(first.form.numerator[answers[-1]] - first.form.numerator[answers[0]]) < 0:
        ends = first.form.numerator[answers[0]] + p.form.numerator[answers[0]]
        base = float(ends) - base
    return None if abs(number - base) < 0.2 else (value - base) / (number - base)


def wished_counts(
    printed: Sequence[Printed],
    codes: ColumnCodes,
    sizes: Mapping[str, Mapping[Code, int]],
    missing: FloatArray,
) -> list[FloatArray]:
    """Return the counts wished for, groups × codes, one array a variable of ``sizes``.

    Answers are as even as the printed mean (or the printed shares) of the group allows.
    """
    scores = _scores(printed, codes)
    overall = _overall(printed, codes, scores, missing)
    out = []
    for variable, groups in sizes.items():
        table = np.empty((len(groups), len(codes.codes)))
        for g, (group, size) in enumerate(groups.items()):
            shares = _group_shares(printed, variable, group, codes, scores, missing)
            table[g] = size * (overall if shares is None else shares)
        out.append(table)
    return out


def _scores(printed: Sequence[Printed], codes: ColumnCodes) -> FloatArray:
    """Return the number of each answer, up to turning: from the first printed mean."""
    for p in printed:
        if p.figure.statistic == "mean":
            return codes.vector(p.form.numerator)[: codes.n_answers]
    return np.arange(codes.n_answers, dtype=np.float64)


def _group_shares(
    printed: Sequence[Printed],
    variable: str,
    group: Code,
    codes: ColumnCodes,
    scores: FloatArray,
    missing: FloatArray,
) -> FloatArray | None:
    own = [p for p in printed if p.form.domain == ((variable, (group,)),)]
    direct = _from_percentages(own, codes, missing)
    if direct is not None:
        return direct
    for p in own:
        if p.figure.statistic == "mean":
            return _from_mean(p, codes, missing)
    return None


def _overall(
    printed: Sequence[Printed], codes: ColumnCodes, scores: FloatArray, missing: FloatArray
) -> FloatArray:
    whole = [p for p in printed if not p.form.domain]
    direct = _from_percentages(whole, codes, missing)
    if direct is not None:
        return direct
    means = [p for p in printed if p.figure.statistic == "mean"]
    if means:
        return np.asarray(np.mean([_from_mean(p, codes, missing) for p in means], axis=0))
    even = np.full(codes.n_answers, (1.0 - missing.sum()) / codes.n_answers)
    return np.concatenate([even, missing])


def _from_percentages(
    own: Sequence[Printed], codes: ColumnCodes, missing: FloatArray
) -> FloatArray | None:
    """Return shares where single answers are printed; what is left goes to the others evenly."""
    shares = np.full(len(codes.codes), np.nan)
    for p in own:
        if p.figure.statistic.startswith("percent") and len(p.form.numerator) == 1:
            code = next(iter(p.form.numerator))
            whole = sum(1 for c in codes.codes if c in p.form.denominator) == len(codes.codes)
            scale = 1.0 if whole else 1.0 - missing.sum()
            shares[codes.codes.index(code)] = float(p.figure.value) / 100 * scale
    if np.isnan(shares).all():
        return None
    blank = np.isnan(shares)
    tail = blank.copy()
    tail[: codes.n_answers] = False
    shares[tail] = missing[tail[codes.n_answers :]]
    blank = np.isnan(shares)
    if blank.any():
        shares[blank] = max(0.0, 1.0 - float(np.nansum(shares))) / blank.sum()
    return np.asarray(shares / shares.sum(), dtype=np.float64)


def _from_mean(p: Printed, codes: ColumnCodes, missing: FloatArray) -> FloatArray:
    """Return the shares of maximum entropy (about a mild hump) with the printed mean."""
    values = codes.vector(p.form.numerator)
    counted = codes.vector(p.form.denominator) > 0
    target = float(p.figure.value)
    answers = np.arange(len(codes.codes)) < codes.n_answers
    other = counted & ~answers
    if other.any():
        weight = np.zeros(len(codes.codes))
        weight[codes.n_answers :] = missing
        inside = 1.0 - missing.sum() + weight[other].sum()
        target = (target * inside - (weight * values)[other].sum()) / (1.0 - missing.sum())
    scores = values[: codes.n_answers]
    spread = scores.max() - scores.min()
    target = float(np.clip(target, scores.min() + 0.01 * spread, scores.max() - 0.01 * spread))
    hump = np.array(_SHAPE.get(codes.n_answers, (1.0,) * codes.n_answers))
    return np.concatenate([_tilt(scores, hump, target) * (1.0 - missing.sum()), missing])


def _tilt(scores: FloatArray, hump: FloatArray, target: float) -> FloatArray:
    """Tilt a distribution exponentially to a mean, by Newton steps."""
    centred = scores - scores.mean()
    theta = 0.0
    for _ in range(200):
        p = hump * np.exp(theta * centred - np.max(theta * centred))
        p /= p.sum()
        gap = target - float(p @ scores)
        if abs(gap) < 1e-10:
            break
        variance = float(p @ scores**2 - (p @ scores) ** 2)
        theta += float(np.clip(gap / max(variance, 1e-3), -1.0, 1.0))
    return np.asarray(p, dtype=np.float64)


def vary(
    wished: Sequence[FloatArray], n_answers: int, rng: np.random.Generator
) -> list[FloatArray]:
    """Return wished counts moved by chance, as much as the print leaves open.

    Parameters
    ----------
    wished
        Groups × codes, one array a variable.
    n_answers
        How many of the codes are answers.
    rng
        Source of chance.

    Notes
    -----
    Each answer's counts are multiplied by one factor for all groups and one a group (lognormal,
    standard deviations 0.2 and 0.1), and every group keeps its size. Means that are printed are
    restored by the programmes that follow.
    """
    codes = wished[0].shape[1]
    common = rng.normal(0.0, 0.2, codes)
    out = []
    for table in wished:
        own = rng.normal(0.0, 0.1, table.shape)
        moved = table * np.exp(np.where(np.arange(codes) < n_answers, common + own, own))
        sums = moved.sum(axis=1, keepdims=True)
        whole = table.sum(axis=1, keepdims=True)
        out.append(np.divide(moved * whole, sums, out=table.copy(), where=sums > 0))
    return out
