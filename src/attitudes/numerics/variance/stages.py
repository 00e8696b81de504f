"""One stage of a design, as its variance sees it: units, their strata, their outcome."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from attitudes.numerics.design import DesignArrays, FloatArray, IntArray
from attitudes.numerics.segments import compact_pairs, group_sums
from attitudes.numerics.variance.singletons import SingletonPolicy, average_factors, refuse

__all__ = ["CenteredTotals", "Stage", "build_stages", "center"]

CERTAIN = 1e-7


@dataclass(frozen=True, slots=True)
class Stage:
    """The sampled units of one stage that hold members of a domain.

    Attributes
    ----------
    number
        1 for the first stage.
    unit
        Unit of each row of scores, 0 … m−1.
    stratum
        Stratum of each unit, 0 … k−1, length m.
    remaining
        1 − sampling fraction of each unit, length m.
    multiplier
        Product of the sampling fractions of the earlier stages, by unit, length m.
    sampled
        Units sampled in each stratum (members of the domain or not), length k.
    present
        Units with members of the domain in each stratum, length k.
    group
        Parent of each stratum: outcome × unit of the stage before, length k.
    n_groups
        Number of parents.
    outcome
        Outcome (domain) of each stratum, length k; sorted.
    unit_outcome
        Outcome of each unit, length m; sorted.
    code
        Code of each stratum in the design, length k.
    certain
        Strata whose every unit was drawn with certainty, length k.
    first
        First unit of each stratum, length k.
    direct
        Whether each row is a unit of its own, in order.
    root
        Square root of multiplier × remaining × n/(n − 1), 0 in certain strata, length m: what
        deviations carry where no stratum needs a policy.
    """

    number: int
    unit: IntArray
    stratum: IntArray
    remaining: FloatArray
    multiplier: FloatArray
    sampled: FloatArray
    present: FloatArray
    group: IntArray
    n_groups: int
    outcome: IntArray
    unit_outcome: IntArray
    code: IntArray
    certain: NDArray[np.bool_]
    first: IntArray
    direct: bool
    root: FloatArray

    @property
    def singletons(self) -> NDArray[np.bool_]:
        """Strata with one sampled unit that was not certain, length k."""
        return np.asarray((self.sampled == 1) & ~self.certain, dtype=bool)


@dataclass(frozen=True, slots=True)
class CenteredTotals:
    """Deviations of unit totals from their stratum's mean, scaled so that their squares add up.

    Attributes
    ----------
    units
        Scaled deviations, m × p.
    absent
        Scaled deviations of the units without members of the domain, one row a stratum, k × p.
    """

    units: FloatArray
    absent: FloatArray


def build_stages(
    design: DesignArrays,
    row: IntArray | slice = slice(None),
    outcome: IntArray | None = None,
) -> tuple[Stage, ...]:
    """Return the stages that add to the variance of totals of rows.

    Parameters
    ----------
    design
        The whole design, one entry a unit of its last stage or a respondent.
    row
        Entry of the design that each row of scores belongs to; default: one row an entry.
    outcome
        Domain of each row; default: all in one.

    Returns
    -------
    tuple of Stage
        A stage after one without sampling fractions adds nothing and is left out.
    """
    first = design.psus[0][row]
    parent = np.zeros(len(first), dtype=np.int64) if outcome is None else outcome
    domain = parent
    multiplier = np.ones(len(first))
    stages: list[Stage] = []
    for s, (strata, units) in enumerate(zip(design.strata, design.psus, strict=True)):
        fraction = design.fractions[s]
        sampled = _units_per_stratum(strata, units)
        stage, parent = _stage(
            s + 1,
            strata[row],
            units[row],
            None if fraction is None else fraction[row],
            multiplier,
            parent,
            domain,
            sampled,
        )
        stages.append(stage)
        if fraction is None:
            break
        multiplier = multiplier * fraction[row]
    return tuple(stages)


def _units_per_stratum(strata: IntArray, units: IntArray) -> FloatArray:
    if not len(units):
        return np.zeros(0)
    of_unit = np.full(int(units.max()) + 1, -1, dtype=np.int64)
    of_unit[units] = strata
    return np.bincount(of_unit[of_unit >= 0], minlength=int(strata.max()) + 1).astype(np.float64)


def _stage(
    number: int,
    strata: IntArray,
    units: IntArray,
    fraction: FloatArray | None,
    multiplier: FloatArray,
    parent: IntArray,
    domain: IntArray,
    sampled: FloatArray,
) -> tuple[Stage, IntArray]:
    unit, at = _pairs_in_order(domain, units)
    own, outcome = strata[at], domain[at]
    stratum, stratum_at = compact_pairs(outcome, own)
    group, group_at = compact_pairs(np.zeros(len(stratum_at), np.int64), parent[at][stratum_at])
    remaining = np.ones(len(at)) if fraction is None else 1.0 - fraction[at]
    k = len(stratum_at)
    certain = _certain(stratum, remaining, k)
    scale = multiplier[at] * remaining
    scale *= _factors(sampled[own[stratum_at]], certain)[stratum]
    return (
        Stage(
            number,
            unit,
            stratum,
            remaining,
            multiplier[at],
            sampled[own[stratum_at]],
            np.bincount(stratum, minlength=k).astype(np.float64),
            group,
            len(group_at),
            outcome[stratum_at],
            outcome,
            own[stratum_at],
            certain,
            stratum_at,
            len(at) == len(units) and np.array_equal(unit, np.arange(len(unit))),
            np.sqrt(scale, out=scale),
        ),
        unit,
    )


def _pairs_in_order(outer: IntArray, inner: IntArray) -> tuple[IntArray, IntArray]:
    """Return `compact_pairs`, at once where every pair is there once and they are sorted."""
    ahead = np.diff(outer)
    if (ahead >= 0).all() and ((ahead > 0) | (np.diff(inner) > 0)).all():
        each = np.arange(len(inner), dtype=np.int64)
        return each, each
    return compact_pairs(outer, inner)


def _factors(sampled: FloatArray, certain: NDArray[np.bool_]) -> FloatArray:
    """Return n/(n − 1) of each stratum, 1 for a single unit, 0 where all are certain."""
    factor = np.where(sampled > 1, sampled / np.maximum(sampled - 1, 1), 1.0)
    factor[certain] = 0.0
    return factor


def _certain(stratum: IntArray, remaining: FloatArray, size: int) -> NDArray[np.bool_]:
    uncertain = np.zeros(size, dtype=bool)
    uncertain[stratum[remaining >= CERTAIN]] = True
    return np.logical_not(uncertain)


def center(
    totals: FloatArray, stage: Stage, policy: SingletonPolicy, domains_too: bool = False
) -> CenteredTotals:
    """Return scaled deviations of unit totals from the mean of their stratum.

    Parameters
    ----------
    totals
        Totals of the stage's units, m × p.
    stage
        The stage.
    policy
        What to do with strata of a single sampled unit.
    domains_too
        Treat strata of which a single sampled unit holds members of the domain likewise
        (``"adjust"`` and ``"average"`` only), as R does with survey.adjust.domain.lonely.

    Raises
    ------
    DesignError
        Under ``"error"``, when a stratum has a single sampled unit.

    Notes
    -----
    Deviations carry the square root of multiplier × (1 − f) × n/(n − 1), so that their sum of
    squares is the stage's part of the variance.
    """
    lonely = stage.singletons
    if policy == "error" and lonely.any():
        refuse(np.unique(stage.code[lonely]), stage.number)
    if domains_too and policy in ("adjust", "average"):
        lonely = lonely | ((stage.sampled > 1) & (stage.present == 1) & ~stage.certain)
    n = stage.sampled
    sums = group_sums(totals, stage.stratum, len(n))
    means = sums / n[:, None]
    root = stage.root
    if lonely.any() and policy in ("adjust", "average"):
        factor = _factors(n, stage.certain)
        if policy == "adjust":
            units = np.bincount(stage.group, weights=n, minlength=stage.n_groups)
            grand = group_sums(sums, stage.group, stage.n_groups) / units[:, None]
            means = np.where(lonely[:, None], grand[stage.group], means)
        else:
            factor = factor * average_factors(stage.group, lonely, stage.n_groups)[stage.group]
            factor[lonely & np.isfinite(factor)] = 0.0
        root = np.sqrt(stage.multiplier * stage.remaining * factor[stage.stratum])
    deviations = np.take(means, stage.stratum, axis=0)
    np.subtract(totals, deviations, out=deviations)
    deviations *= root[:, None]
    absent = means * (root[stage.first] * np.sqrt(n - stage.present))[:, None]
    return CenteredTotals(deviations, absent)
