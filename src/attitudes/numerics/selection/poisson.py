"""Poisson, conditional Poisson (maximum entropy) and Sampford selection."""

from __future__ import annotations

import numpy as np

from attitudes.errors import ConvergenceError, OptionError
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.selection.result import Selection, split, whole_size

__all__ = [
    "conditional_inclusion",
    "count_tables",
    "max_entropy",
    "poisson",
    "sampford",
    "sampford_first",
    "working_probabilities",
]

LARGEST_TABLE = 50_000_000


def poisson(probabilities: FloatArray, rng: np.random.Generator) -> Selection:
    """Draw each unit by itself; the size of the sample is random.

    Examples
    --------
    >>> poisson(np.array([1.0, 0.0, 1.0]), np.random.default_rng(5)).units.tolist()
    [0, 2]
    """
    parts = split(probabilities)
    drawn = np.flatnonzero(rng.random(len(parts.open)) < parts.probabilities)
    return Selection(parts.join(drawn), probabilities, "poisson")


def max_entropy(probabilities: FloatArray, rng: np.random.Generator) -> Selection:
    """Draw by conditional Poisson sampling with exactly the given inclusion probabilities.

    Notes
    -----
    Of all designs of fixed size with these probabilities, the one of largest entropy: Poisson
    sampling with working probabilities p̃, given that n units are drawn; p̃ is solved for.

    References
    ----------
    Hájek (1981), Sampling from a Finite Population; Chen, Dempster and Liu (1994), Biometrika 81;
    Deville (2000), Note sur l'algorithme de Chen, Dempster et Liu.

    Examples
    --------
    >>> max_entropy(np.array([0.2, 0.4, 0.6, 0.8]), np.random.default_rng(6)).n
    2
    """
    parts = split(probabilities)
    n = whole_size(parts.probabilities)
    working = working_probabilities(parts.probabilities, n)
    drawn = _conditional(working, n, rng)
    return Selection(parts.join(drawn), probabilities, "max_entropy")


def sampford(probabilities: FloatArray, rng: np.random.Generator) -> Selection:
    """Draw by Sampford's design, without rejections.

    Notes
    -----
    p(s) ∝ Πₛ λₖ · Σₛ (1 − πₖ) with λ = π/(1 − π): one unit j is drawn first, with probability
    proportional to πⱼ(1 − πⱼ) times the chance that n − 1 of the others are drawn in Poisson
    sampling; the others follow by conditional Poisson sampling with π.

    References
    ----------
    Sampford (1967), Biometrika 54.

    Examples
    --------
    >>> sampford(np.array([0.2, 0.4, 0.6, 0.8]), np.random.default_rng(7)).n
    2
    """
    parts = split(probabilities)
    n = whole_size(parts.probabilities)
    p = parts.probabilities
    if n == 0:
        return Selection(parts.join(np.empty(0, dtype=np.int64)), probabilities, "sampford")
    cumulated = np.cumsum(sampford_first(p, n))
    first = int(np.searchsorted(cumulated, rng.random() * cumulated[-1], side="right"))
    others = np.delete(np.arange(len(p)), first)
    rest = others[_conditional(p[others], n - 1, rng)]
    return Selection(parts.join(np.append(rest, first)), probabilities, "sampford")


def sampford_first(p: FloatArray, n: int) -> FloatArray:
    """Return weights of the first unit in Sampford's design: πⱼ(1 − πⱼ) P(n − 1 of the others)."""
    before, after = count_tables(p, n - 1)
    weights: FloatArray = p * (1 - p) * np.einsum("kz,kz->k", before[:-1], after[1:, ::-1])
    return weights


def count_tables(p: FloatArray, n: int) -> tuple[FloatArray, FloatArray]:
    """Return P(z of the units before k) and P(z of the units from k on), both (N + 1) × (n + 1).

    Raises
    ------
    OptionError
        When the tables would not fit in memory.
    """
    if (len(p) + 1) * (n + 1) > LARGEST_TABLE:
        raise OptionError(
            "selection, method",
            f"{len(p)} units of which {n} are drawn",
            f"tables of at most {LARGEST_TABLE} cells for 'max_entropy' and 'sampford'",
            "use 'pivotal_random' or 'pps_systematic_random', or draw within strata",
        )
    return _counts(p, n), _counts(p[::-1], n)[::-1]


def _counts(p: FloatArray, n: int) -> FloatArray:
    table = np.zeros((len(p) + 1, n + 1))
    table[0, 0] = 1.0
    for k, chance in enumerate(p.tolist()):
        row = table[k + 1]
        np.multiply(table[k], 1 - chance, out=row)
        row[1:] += chance * table[k, :-1]
    return table


def conditional_inclusion(p: FloatArray, n: int) -> FloatArray:
    """Return first-order inclusion probabilities of Poisson sampling given the size n."""
    if n == 0:
        return np.zeros(len(p))
    before, after = count_tables(p, n)
    without = np.einsum("kz,kz->k", before[:-1, :n], after[1:, n - 1 :: -1])
    inclusion: FloatArray = p * without / before[-1, n]
    return inclusion


def working_probabilities(
    probabilities: FloatArray, n: int, *, tolerance: float = 1e-13, max_steps: int = 500
) -> FloatArray:
    """Solve for Poisson probabilities whose conditional inclusion probabilities are given.

    Raises
    ------
    ConvergenceError
        When the iteration does not reach ``tolerance``.
    """
    if n in (0, len(probabilities)):
        return probabilities.copy()
    target = np.log(probabilities) - np.log1p(-probabilities)
    logit = target.copy()
    damping = 1 - 1 / len(probabilities)
    for _ in range(max_steps):
        p: FloatArray = 1 / (1 + np.exp(-logit))
        found = conditional_inclusion(p, n)
        gap = float(np.abs(found - probabilities).max())
        if gap < tolerance:
            return p
        found = np.clip(found, 1e-300, 1 - 1e-16)
        logit = logit + damping * (target - np.log(found) + np.log1p(-found))
        logit = logit - _centre(logit, n)
    raise ConvergenceError(
        "maximum-entropy design", f"a gap of {gap:.2g} after {max_steps} steps", f"{tolerance:g}"
    )


def _centre(logit: FloatArray, n: int) -> float:
    """Return the shift after which the Poisson probabilities sum to n (the tables stay stable)."""
    low, high = float(logit.min()) - 40.0, float(logit.max()) + 40.0
    shift = 0.0
    for _ in range(80):
        p: FloatArray = 1 / (1 + np.exp(-(logit - shift)))
        slope = float((p * (1 - p)).sum())
        gap = float(p.sum()) - n
        if abs(gap) < 1e-10:
            break
        low, high = (shift, high) if gap > 0 else (low, shift)
        step = shift + gap / slope if slope > 0 else np.inf
        shift = step if low < step < high else (low + high) / 2
    return shift


def _conditional(p: FloatArray, n: int, rng: np.random.Generator) -> IntArray:
    """Draw by Poisson sampling given the size n, unit by unit."""
    if n == 0:
        return np.empty(0, dtype=np.int64)
    _, after = count_tables(p, n)
    drawn: list[int] = []
    left = n
    for k, u in enumerate(rng.random(len(p)).tolist()):
        if u * after[k, left] < p[k] * after[k + 1, left - 1]:
            drawn.append(k)
            left -= 1
            if left == 0:
                break
    return np.asarray(drawn, dtype=np.int64)
